//! Normalising text that people typed: full-width characters, odd spaces, brackets.

use crate::audit::is_bidi_control;

/// Folds one character to the form used for comparing: full-width ASCII to half-width,
/// every kind of space to `' '`, Chinese brackets and dashes to their ASCII cousins.
pub fn fold_char(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => ' ',
        '〔' | '【' => '(',
        '〕' | '】' => ')',
        '—' | '–' | '―' | '−' => '-',
        '。' => '.',
        '、' => ',',
        _ => c,
    }
}

/// True for characters that carry no meaning in a cell: byte-order marks, zero-width joiners, controls.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}') || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// The form of a text for showing and storing: invisible characters dropped, runs of white space
/// and line breaks squashed to one space, both ends trimmed. Full-width letters are kept.
pub fn tidy(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut gap = false;
    for c in raw.chars().filter(|c| !is_invisible(*c)) {
        if c.is_whitespace() || fold_char(c) == ' ' {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push(' ');
            gap = false;
        }
        out.push(c);
    }
    out
}

/// True for a text that a spreadsheet might take for a formula, full-width signs included (promise 16).
pub fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// A text of several lines for showing and storing: line ends are `\n`, and what nobody sees or what turns the reading
/// order round is left out; both ends trimmed.
pub fn lines(raw: &str) -> String {
    let kept: String = raw.replace("\r\n", "\n").chars().filter(|c| *c != '\r' && !is_invisible(*c) && !is_bidi_control(*c)).collect();
    kept.trim().to_owned()
}

/// The form of a text for comparing names, headers and keys: folded, lower case, no white space at all.
pub fn fold(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    fold_into(raw, &mut out);
    out
}

/// As [`fold`], appended to a buffer that the caller reuses.
pub fn fold_into(raw: &str, out: &mut String) {
    for c in raw.chars() {
        // Nearly every character of a Chinese table: nothing to fold, and the tables below are slow.
        match c {
            'a'..='z' | '0'..='9' | '\u{4e00}'..='\u{9fff}' => {
                out.push(c);
                continue;
            }
            'A'..='Z' => {
                out.push(c.to_ascii_lowercase());
                continue;
            }
            _ if is_invisible(c) => continue,
            _ => {}
        }
        let folded = fold_char(c);
        if folded.is_whitespace() {
            continue;
        }
        out.extend(folded.to_lowercase());
    }
}

/// FNV-1a over the bytes, finished with a 64-bit avalanche so that near names land far apart.
///
/// Written down here because published project numbers depend on it: it must never change with a library.
pub fn key_of(bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tidies_and_folds() {
        let check = |raw: &str, tidied: &str, folded: &str| {
            assert_eq!(tidy(raw), tidied, "tidy {raw:?}");
            assert_eq!(fold(raw), folded, "fold {raw:?}");
        };
        check("  铝箔\u{3000}项目\n（一期） ", "铝箔 项目 （一期）", "铝箔项目(一期)");
        check("ＡＢＣ１２３", "ＡＢＣ１２３", "abc123");
        check("\u{feff}投 资\u{200b}额", "投 资额", "投资额");
        check("", "", "");
        check("【淮北】—A", "【淮北】—A", "(淮北)-a");
    }

    #[test]
    fn lines_stay_lines_and_lose_what_nobody_sees() {
        assert_eq!(lines(" 已签\u{202e}意向\u{0}\r\n\u{1b}[31m下周\u{200b}再谈\r\n"), "已签意向\n[31m下周再谈");
        assert_eq!(lines("\u{feff}\r\n"), "");
    }

    #[test]
    fn published_numbers_depend_on_this_hash() {
        assert_eq!(key_of(b""), 17280346270528514342);
        assert_eq!(key_of("群链".as_bytes()), 16622414827329005363);
    }
}
