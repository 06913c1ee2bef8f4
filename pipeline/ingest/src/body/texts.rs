//! Free text of a cell (文字): white space squashed, phones masked, overlong texts cut; borrowed when nothing changes.

use std::borrow::Cow;

use qunlian_domain::privacy;
use qunlian_domain::text::tidy;

/// Characters of one text that are kept.
pub const LONGEST: usize = 4_000;

/// A text ready for landing, and what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned<'c> {
    pub text: Cow<'c, str>,
    /// A telephone or identity number was masked.
    pub masked: bool,
    pub cut: bool,
}

/// Cleans a trimmed text.
pub fn clean(text: &str) -> Cleaned<'_> {
    let survey = survey(text);
    let mut cleaned = Cleaned { text: Cow::Borrowed(text), masked: false, cut: false };
    if survey.untidy {
        cleaned.text = Cow::Owned(tidy(text));
    }
    if survey.may_hold_phone
        && let Cow::Owned(masked) = privacy::mask(&cleaned.text)
    {
        cleaned = Cleaned { text: Cow::Owned(masked), masked: true, cut: false };
    }
    if text.len() > LONGEST
        && let Some((end, _)) = cleaned.text.char_indices().nth(LONGEST)
    {
        cleaned.text = Cow::Owned(cleaned.text[..end].to_owned());
        cleaned.cut = true;
    }
    cleaned
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Survey {
    /// [`tidy`] might change it.
    untidy: bool,
    /// [`privacy::mask`] might change it: ten ASCII digits, or any full-width ones.
    may_hold_phone: bool,
}

/// One pass over the bytes; Chinese characters open with E4–E9, take three bytes and are never odd.
fn survey(text: &str) -> Survey {
    let bytes = text.as_bytes();
    let mut digits = 0;
    let mut survey = Survey::default();
    let mut after_space = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            0xE4..=0xE9 => 3,
            b'0'..=b'9' => {
                digits += 1;
                1
            }
            b' ' => {
                survey.untidy |= after_space;
                after_space = true;
                at += 1;
                continue;
            }
            0x21..=0x7E => 1,
            _ => odd_character(bytes, at, &mut survey),
        };
        after_space = false;
    }
    survey.may_hold_phone |= digits >= 10;
    survey
}

/// Looks at a character that is neither plain ASCII nor Chinese; gives its length in bytes.
fn odd_character(bytes: &[u8], at: usize, survey: &mut Survey) -> usize {
    let (first, second, third) = (bytes[at], bytes.get(at + 1).copied().unwrap_or(0), bytes.get(at + 2).copied().unwrap_or(0));
    let (odd, length) = match first {
        0..=0x7F => (true, 1),
        0xC2 => (true, 2),
        0xC3..=0xDF => (false, 2),
        0xE1 => (second == 0x9A, 3),
        0xE2 => (matches!((second, third), (0x80, 0x80..=0x8F | 0xA8..=0xAF) | (0x81, 0x9F | 0xA0)), 3),
        0xE3 => ((second, third) == (0x80, 0x80), 3),
        0xEF => {
            // Full-width digits; brackets and commas share their first two bytes.
            survey.may_hold_phone |= second == 0xBC && matches!(third, 0x90..=0x99);
            ((second, third) == (0xBB, 0xBF), 3)
        }
        0xF0..=0xFF => (false, 4),
        _ => (false, 3),
    };
    survey.untidy |= odd;
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn clean_texts_are_borrowed() {
        assert!(matches!(clean("年产5万吨铝箔“一期”—A（淮北）").text, Cow::Borrowed(_)));
        assert_eq!(clean("铝箔\n 项目").text, "铝箔 项目");
        assert_eq!(clean("电话13900001234").text, "电话139****1234");
        assert!(clean("电话１３９００００１２３４").masked);
        assert_eq!(clean(&"长".repeat(5_000)).text.chars().count(), LONGEST);
    }

    proptest! {
        #[test]
        fn the_short_way_gives_what_the_long_way_gives(text in "(\\PC|[\u{3000}\u{a0}\u{200b}\u{2028}\n\t ]|[0-9]){0,40}") {
            let text = text.trim();
            let long = tidy(text);
            let long = privacy::mask(&long);
            prop_assert_eq!(clean(text).text, long);
        }
    }
}
