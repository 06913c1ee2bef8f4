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

/// One pass over the bytes; Chinese characters other than these few open with E4–E9.
fn survey(text: &str) -> Survey {
    let bytes = text.as_bytes();
    let mut digits = 0;
    let mut survey = Survey::default();
    let mut after_space = false;
    for (at, byte) in bytes.iter().enumerate() {
        let odd = match byte {
            b'0'..=b'9' => {
                digits += 1;
                false
            }
            b' ' => after_space,
            0..=0x1F | 0x7F | 0xC2 => true,
            0xE1 => bytes.get(at + 1) == Some(&0x9A),
            0xE2 => matches!((bytes.get(at + 1), bytes.get(at + 2)), (Some(0x80), Some(0x80..=0x8F | 0xA8..=0xAF)) | (Some(0x81), Some(0x9F | 0xA0))),
            0xE3 => bytes.get(at + 1..at + 3) == Some(&[0x80, 0x80]),
            0xEF => {
                survey.may_hold_phone |= bytes.get(at + 1) == Some(&0xBC);
                bytes.get(at + 1..at + 3) == Some(&[0xBB, 0xBF])
            }
            _ => false,
        };
        survey.untidy |= odd;
        after_space = *byte == b' ';
    }
    survey.may_hold_phone |= digits >= 10;
    survey
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
