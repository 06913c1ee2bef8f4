//! Masking telephone and identity numbers (脱敏) before a text leaves the books.

use std::borrow::Cow;

/// Masks mobile numbers (138****5678), landlines with area code (0561-****123) and 18-digit identity
/// numbers inside a text; everything else stays. Source: domain rule 20.
///
/// Credit codes, amounts and dates are left alone: a run counts as a phone only with the digit count and
/// opening of one, and not inside a longer run of letters and digits.
pub fn mask(text: &str) -> Cow<'_, str> {
    if text.bytes().filter(u8::is_ascii_digit).count() < 10 && !text.chars().any(|c| ('０'..='９').contains(&c)) {
        return Cow::Borrowed(text);
    }
    let characters: Vec<char> = text.chars().collect();
    let mut out: Vec<char> = Vec::with_capacity(characters.len());
    let mut changed = false;
    let mut at = 0;
    while at < characters.len() {
        let run = run_at(&characters, at);
        if run.is_empty() {
            out.push(characters[at]);
            at += 1;
            continue;
        }
        let alone = at == 0 || !characters[at - 1].is_alphanumeric() || !characters[at - 1].is_ascii();
        let hidden = if alone { hidden_digits(&run) } else { None };
        let mut index = 0;
        for c in &characters[at..at + run.len()] {
            let digit = ascii_digit(*c).is_some();
            let hide = digit && hidden.as_ref().is_some_and(|range| range.contains(&index));
            out.push(if hide { '*' } else { *c });
            index += usize::from(digit);
            changed |= hide;
        }
        at += run.len();
    }
    if changed { Cow::Owned(out.into_iter().collect()) } else { Cow::Borrowed(text) }
}

/// A run of letters, digits and inner separators starting at `at`.
fn run_at(characters: &[char], at: usize) -> Vec<char> {
    let mut run = Vec::new();
    for (offset, c) in characters[at..].iter().enumerate() {
        let next_is_digit = characters.get(at + offset + 1).is_some_and(|c| ascii_digit(*c).is_some());
        let after_digit = run.last().is_some_and(|last| ascii_digit(*last).is_some());
        let separator = matches!(c, '-' | ' ' | '－' | '—') && next_is_digit && after_digit;
        if ascii_digit(*c).is_some() || c.is_ascii_alphabetic() || separator {
            run.push(*c);
        } else {
            break;
        }
    }
    if run.iter().any(|c| ascii_digit(*c).is_some()) { run } else { Vec::new() }
}

/// Which digits (by their index among the digits) of a run must be hidden.
fn hidden_digits(run: &[char]) -> Option<std::ops::Range<usize>> {
    let letters = run.iter().filter(|c| c.is_ascii_alphabetic()).count();
    let digits: Vec<u8> = run.iter().filter_map(|c| ascii_digit(*c)).collect();
    let ends_with_x = matches!(run.last(), Some('x' | 'X')) && letters == 1;
    if letters > 0 && !ends_with_x {
        return None;
    }
    if looks_like_identity(&digits, ends_with_x) {
        return Some(6..14);
    }
    if letters > 0 {
        return None;
    }
    match digits.len() {
        11 if digits[0] == 1 && (3..=9).contains(&digits[1]) => Some(3..7),
        13 if digits[..2] == [8, 6] && digits[2] == 1 && (3..=9).contains(&digits[3]) => Some(5..9),
        10..=12 if digits[0] == 0 && digits[1] != 0 => Some(digits.len() - 7..digits.len() - 3),
        _ => None,
    }
}

/// 18 digits (the last may be X) whose middle is a date of birth of 1900–2029.
fn looks_like_identity(digits: &[u8], ends_with_x: bool) -> bool {
    let expected = if ends_with_x { 17 } else { 18 };
    if digits.len() != expected {
        return false;
    }
    let value = |range: std::ops::Range<usize>| digits[range].iter().fold(0u32, |sum, digit| sum * 10 + u32::from(*digit));
    (1900..2030).contains(&value(6..10)) && (1..=12).contains(&value(10..12)) && (1..=31).contains(&value(12..14))
}

fn ascii_digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => Some(c as u8 - b'0'),
        '０'..='９' => Some((c as u32 - '０' as u32) as u8),
        _ => None,
    }
}

/// True when a text holds something that [`mask`] would hide.
pub fn holds_phone(text: &str) -> bool {
    matches!(mask(text), Cow::Owned(_))
}

/// A name of which only the first character is left: `王**`, at most six characters long.
pub fn mask_name(name: &str) -> String {
    let mut shown = name.chars().enumerate().take(6).map(|(at, c)| if at == 0 { c } else { '*' }).collect::<String>();
    if name.chars().count() == 1 {
        shown.push('*');
    }
    shown
}

/// A phone number as [`mask`] hides it; of what is no number that it knows (a draft may hold anything), at most the
/// first third and never more than three characters stay.
pub fn mask_phone(text: &str) -> String {
    if let Cow::Owned(hidden) = mask(text) {
        return hidden;
    }
    let kept = 3.min(text.chars().count() / 3);
    text.chars().enumerate().map(|(at, c)| if at < kept { c } else { '*' }).collect()
}

/// How somebody can be reached, of which too little is left to reach them: phones as [`mask`] hides them, of every
/// other word that could be an address or account (e-mail, QQ, WeChat) the first two characters and, after an `@`,
/// the host. What holds nothing of either kind is cut as a whole.
pub fn mask_contact(contact: &str) -> String {
    let masked = mask(contact);
    let mut out = String::with_capacity(contact.len());
    for piece in masked.split_inclusive([' ', '\u{3000}', ',', '，', ';', '；', '、', '/', ':', '：']) {
        let word = piece.trim_end_matches([' ', '\u{3000}', ',', '，', ';', '；', '、', '/', ':', '：']);
        let signs = word.chars().filter(char::is_ascii_alphanumeric).count();
        if word.contains('*') || signs < 5 {
            out.push_str(piece);
        } else {
            out.push_str(&cut_word(word));
            out.push_str(&piece[word.len()..]);
        }
    }
    if out == contact { cut_word(contact) } else { out }
}

fn cut_word(word: &str) -> String {
    let (own, host) = match word.rsplit_once('@') {
        Some((own, host)) => (own, format!("@{host}")),
        None => (word, String::new()),
    };
    let kept: String = own.chars().take(2.min(own.chars().count() / 2)).collect();
    format!("{kept}****{host}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn masks_phones_and_identity_numbers_only() {
        let check = |text: &str, expect: &str| assert_eq!(mask(text), expect, "{text}");
        check("联系人 13900001234", "联系人 139****1234");
        check("call 13900001234", "call 139****1234");
        check("13900001234", "139****1234");
        check("139-0000-1234", "139-****-1234");
        check("139 0000 1234", "139 **** 1234");
        check("１３９００００１２３４", "１３９****１２３４");
        check("+8613900001234", "+86139****1234");
        check("0561-3000123", "0561-****123");
        check("05613000123", "0561****123");
        check("340600199001011234", "340600********1234");
        check("34060019900101123X", "340600********123X");
        // Not phones: credit codes, amounts, dates.
        check("91340600MA2N000012", "91340600MA2N000012");
        check("30000000000", "30000000000");
        check("2022-03-05", "2022-03-05");
        check("20220305", "20220305");
        check("投资13.9亿元", "投资13.9亿元");
        check("编号2022-13900", "编号2022-13900");
        check("A13900001234", "A13900001234");
    }

    #[test]
    fn names_and_contacts_keep_too_little_to_find_anybody() {
        let name = |name: &str, expect: &str| assert_eq!(mask_name(name), expect);
        name("王示例", "王**");
        name("王", "王*");
        name("淮北某某铝业有限公司", "淮*****");
        name("", "");
        let contact = |contact: &str, expect: &str| assert_eq!(mask_contact(contact), expect);
        let phone = |text: &str, expect: &str| assert_eq!(mask_phone(text), expect);
        phone("13900001234", "139****1234");
        phone("139000", "13****");
        phone("1390000123412", "139**********");
        phone("3000000", "30*****");
        phone("12", "**");
        contact("13900001234", "139****1234");
        contact("手机 139 0000 1234", "手机 139 **** 1234");
        contact("wang.shili@mail.example", "wa****@mail.example");
        contact("3000123", "30****");
        contact("a@b", "****@b");
        contact("QQ", "Q****");
        contact("微信 abc123456，电话 13900001234", "微信 ab****，电话 139****1234");
        contact("某路12号", "某路****");
    }

    proptest! {
        #[test]
        fn never_panics_and_never_grows(text in "\\PC{0,40}") {
            prop_assert_eq!(mask(&text).chars().count(), text.chars().count());
        }

        #[test]
        fn no_mobile_number_survives(before in "[一-龥 ：]{0,5}", middle in 0u64..1_000_000_000) {
            let phone = 13_000_000_000 + middle;
            let text = format!("{before}{phone}");
            let masked = mask(&text);
            prop_assert!(!masked.contains(&phone.to_string()));
        }
    }
}
