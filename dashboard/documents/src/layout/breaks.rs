//! Where a line may end (避头尾): no closing mark begins a line, no opening mark ends one, words and numbers stay whole.

/// Marks that may not begin a line.
const NOT_FIRST: &str = "，。、；：！？）》〉」』】〕｝］’”…—·～％‰℃°%!,.:;?)]}>〗〞々ー＞";
/// Marks that may not end a line.
const NOT_LAST: &str = "（《〈「『【〔｛［‘“([{<〖〝＜￥¥$#№";
/// Full-width marks whose right half is white: at the end of a line only the left half counts.
const WHITE_RIGHT: &str = "，。、；：！？）》〉」』】〕｝］’”〗";

pub(crate) fn may_break(before: char, after: char) -> bool {
    if after == ' ' {
        return false;
    }
    if before == ' ' {
        return true;
    }
    let dash = |c: char| matches!(c, '—' | '…');
    if dash(before) && dash(after) || NOT_FIRST.contains(after) && !dash(after) || NOT_LAST.contains(before) {
        return false;
    }
    if dash(after) {
        return false;
    }
    !(is_word(before) && is_word(after))
}

/// Letters, digits and the marks inside numbers and names.
pub(crate) fn is_word(c: char) -> bool {
    c.is_ascii_graphic() || (c.is_alphabetic() && (c as u32) < 0x1100) || matches!(c, '−' | '×' | '±')
}

pub(crate) fn has_white_right(c: char) -> bool {
    WHITE_RIGHT.contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_words_and_dashes() {
        for (before, after, may) in [
            ('新', '签', true),
            ('约', '，', false),
            ('（', '一', false),
            ('，', '全', true),
            ('1', '8', false),
            ('8', '个', true),
            ('6', '%', false),
            ('1', '—', false),
            ('—', '—', false),
            ('—', '5', true),
            ('a', ' ', false),
            (' ', 'b', true),
        ] {
            assert_eq!(may_break(before, after), may, "{before}{after}");
        }
    }
}
