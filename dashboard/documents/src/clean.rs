//! Texts as they are printed (净化): one line, nothing invisible in it.

use qunlian_domain::text::tidy;

/// `tidy`, and without what could turn the direction of a line, what XML cannot hold, and marks that ask for a
/// picture in place of a character.
pub(crate) fn clean(raw: &str) -> String {
    let plain: String = raw.chars().filter(|c| !is_unprintable(*c)).collect();
    tidy(&plain)
}

fn is_unprintable(c: char) -> bool {
    matches!(c,
        '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2061}'..='\u{206f}' // direction and invisible operators
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' // variations and tags
        | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_controls_and_breaks_are_dropped_and_markup_is_kept() {
        assert_eq!(clean("  a\u{202e}b\u{2066}c\u{0}\u{8}\u{7f}d\u{fe0f}\r\n e\u{ffff} "), "abcd e");
        assert_eq!(clean("#set $x$ *b* <i>&amp;</i> \\ \"'"), "#set $x$ *b* <i>&amp;</i> \\ \"'");
    }
}
