//! Cutting a text to what a platform takes (截断): at the end of a line where there is one, never inside a character.

/// Stands at the end of a text that was cut.
const NOTE: &str = "……（内容较长，其余请登录系统查看）";

/// The text in at most `bytes` bytes. Whole lines stay as long as the note fits behind them; a first line that is too
/// long by itself is cut inside.
pub(crate) fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let Some(room) = bytes.checked_sub(NOTE.len() + 1) else { return upto(text, bytes).to_owned() };
    let begun = upto(text, room);
    // A line is whole when the next character of the text ends it.
    let whole = if text[begun.len()..].starts_with('\n') { begun.len() } else { begun.rfind('\n').unwrap_or(0) };
    let kept = if whole == 0 { begun } else { &begun[..whole] };
    format!("{kept}\n{NOTE}")
}

/// The longest beginning of at most `bytes` bytes that ends between two characters.
fn upto(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The note has 18 characters of 3 bytes: with its line break it takes 55.
    #[test]
    fn lines_stay_whole() {
        assert_eq!(NOTE.len() + 1, 55);
        let two = format!("第一行\n{}", "长".repeat(40));
        assert_eq!(two.len(), 130);
        let text = format!("{two}\n{}", "尾".repeat(40));
        assert_eq!(cut(&text, text.len()), text);
        assert_eq!(cut(&text, 130 + 55), format!("{two}\n{NOTE}"));
        assert_eq!(cut(&text, 130 + 54), format!("第一行\n{NOTE}"));
    }

    #[test]
    fn one_long_line_is_cut_between_characters() {
        let text = "长".repeat(100);
        for bytes in 0..300 {
            let short = cut(&text, bytes);
            assert!(short.len() <= bytes, "{bytes}: {}", short.len());
            assert!(short.replace([' ', '\n'], "").chars().all(|c| c == '长' || NOTE.contains(c)), "{short}");
        }
        // 61 bytes hold the note, two characters and the line break.
        assert_eq!(cut(&text, 61), format!("长长\n{NOTE}"));
        assert_eq!(cut(&text, 8), "长长");
    }
}
