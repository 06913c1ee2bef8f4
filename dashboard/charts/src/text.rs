//! Text from data (文字): cleaned, escaped, measured and fitted.

use crate::{ChartError, font};

/// Ordinary label size in px; nothing is smaller.
pub(crate) const LABEL: f64 = 12.0;
/// Names and figures of rows.
pub(crate) const ROW: f64 = 13.0;

/// Bold digits and Latin letters of the page's fonts are up to 6 % wider than the metrics' regular.
const BOLD_ROOM: f64 = 1.06;

/// Weight of a text (字重).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// Drops what XML forbids or what could reorder a line, turns white space into single blanks.
pub(crate) fn clean(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() {
            if !kept.ends_with(' ') {
                kept.push(' ');
            }
            continue;
        }
        let reorders = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let forbidden = character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}' | '\u{feff}');
        if !reorders && !forbidden {
            kept.push(character);
        }
    }
    kept
}

/// Cleans a text and escapes it for element content and attribute values.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in clean(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Width in px of a text at a font size.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> Result<f64, ChartError> {
    let regular = font::em_width(&clean(text))? * size;
    Ok(match weight {
        Weight::Regular => regular,
        Weight::Bold => regular * BOLD_ROOM,
    })
}

/// The widest of several texts, 0 when there is none.
pub(crate) fn widest<'a>(texts: impl Iterator<Item = &'a str>, size: f64, weight: Weight) -> Result<f64, ChartError> {
    let mut widest = 0.0_f64;
    for text in texts {
        widest = widest.max(width(text, size, weight)?);
    }
    Ok(widest)
}

/// Widest of several texts, but at most `cap` px: whoever draws them fits them to this width.
pub(crate) fn column_width<'a>(texts: impl Iterator<Item = &'a str>, size: f64, weight: Weight, cap: f64) -> Result<f64, ChartError> {
    Ok(widest(texts, size, weight)?.min(cap))
}

/// Shortens a text with an ellipsis so that it is at most `room` px wide; empty when nothing fits.
pub(crate) fn fit(text: &str, size: f64, weight: Weight, room: f64) -> Result<String, ChartError> {
    let text = clean(text);
    if width(&text, size, weight)? <= room {
        return Ok(text);
    }
    let characters: Vec<char> = text.chars().collect();
    let (mut fits, mut too_long) = (0, characters.len());
    while fits + 1 < too_long {
        let middle = fits.midpoint(too_long);
        if width(&shortened(&characters, middle), size, weight)? <= room {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    Ok(if fits == 0 { String::new() } else { shortened(&characters, fits) })
}

fn shortened(characters: &[char], length: usize) -> String {
    let mut start: String = characters.iter().take(length).collect();
    while start.ends_with(' ') {
        start.pop();
    }
    start.push('…');
    start
}

/// Only addresses of this site: `/…` or `?…`, no other host, no control characters.
pub(crate) fn relative(href: &str) -> Option<String> {
    let other_host = href.starts_with("//") || href.contains('\\');
    let local = href.starts_with('/') || href.starts_with('?');
    let clean = !href.chars().any(char::is_control);
    (local && clean && !other_host).then(|| href.replace(char::is_whitespace, "%20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_becomes_harmless() {
        fn check(input: &str, expect: &str) {
            assert_eq!(escape(input), expect, "{input:?}");
        }
        check("\"><script>alert(1)</script>", "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
        check("R&D 'x'", "R&amp;D &#39;x&#39;");
        check("a\u{0}b\u{8}c\u{7f}d\u{85}e\u{ffff}f", "abcd ef");
        check("行\r\n\t行", "行 行");
        check("\u{202e}gpj.exe\u{202c}", "gpj.exe");
        check("&amp;", "&amp;amp;");
    }

    #[test]
    fn han_characters_are_one_em_and_digits_those_of_the_font() {
        fn check(input: &str, expect: f64) {
            let em = width(input, 1.0, Weight::Regular).unwrap();
            assert!((em - expect).abs() < 0.002, "{input}: {em} em, expected {expect}");
        }
        check("新签约", 3.0);
        check("188", 1.665);
        check("濉溪县(市)", 4.676);
        check("●▲■↑", 4.0);
        check("", 0.0);
    }

    /// Widths in em that Chromium 156 measured at 160 px with the page's font stack on a machine
    /// whose first matching family is Noto Sans CJK SC.
    #[test]
    fn estimates_agree_with_the_browser() {
        fn check(input: &str, regular: f64, bold: f64) {
            let estimate = width(input, 1.0, Weight::Regular).unwrap();
            assert!((estimate / regular - 1.0).abs() < 0.03, "{input}: {estimate} em, browser {regular}");
            let estimate = width(input, 1.0, Weight::Bold).unwrap();
            assert!((0.99..1.07).contains(&(estimate / bold)), "{input} bold: {estimate} em, browser {bold}");
        }
        check("新签约项目 188 个", 8.1131, 8.2240);
        check("2022年 188", 5.1091, 5.3570);
        check("淮北高新技术产业开发区(濉溪)", 13.6761, 13.7561);
        check("61.3%", 2.8641, 3.0580);
        check("截至 5月31日", 5.8891, 5.9971);
        check("▲ 黄灯", 3.2240, 3.2271);
        check("↓11", 2.1101, 2.1801);
        check("1—5亿元", 4.0040, 4.0881);
        check("≥10亿元 13/24", 6.9461, 7.1540);
        check("10,000·20", 5.1631, 5.4551);
        check("Qunlian WAVE To 12,345.6", 12.0150, 12.7091);
    }

    #[test]
    fn long_names_end_in_an_ellipsis_and_fit() {
        fn check(input: &str, room: f64, expect: &str) {
            let fitted = fit(input, 10.0, Weight::Regular, room).unwrap();
            assert_eq!(fitted, expect);
            assert!(width(&fitted, 10.0, Weight::Regular).unwrap() <= room);
        }
        check("淮北市高新技术产业开发区", 120.0, "淮北市高新技术产业开发区");
        check("淮北市高新技术产业开发区", 119.0, "淮北市高新技术产业开…");
        check("淮北市高新技术产业开发区", 55.0, "淮北市高…");
        check("淮北市高新技术产业开发区", 9.0, "");
        check("", 0.0, "");
    }

    #[test]
    fn only_addresses_of_this_site_become_links() {
        fn check(href: &str, accepted: bool) {
            assert_eq!(relative(href).is_some(), accepted, "{href}");
        }
        check("/projects?carrier=1&month=2022-05", true);
        check("?as_of=2022-05-31", true);
        check("/projects?q=铝 箔", true);
        check("//evil.example/x", false);
        check("/\\evil.example", false);
        check("https://evil.example", false);
        check("javascript:alert(1)", false);
        check("/a\nb", false);
        check("", false);
        check("projects", false);
    }
}
