//! The first characters of a text, folded for matching: full-width to half-width, lower case, no spaces.

/// How much of a Chinese address or name is looked at.
pub(super) const WINDOW: usize = 72;
/// How much is looked at first: divisions stand at the head, and reading less is faster.
pub(super) const HEAD: usize = 28;

/// Folded characters with the byte offset each came from, on the stack.
pub(super) struct Glyphs<'t> {
    text: &'t str,
    units: [u16; WINDOW],
    starts: [u32; WINDOW],
    len: usize,
}

pub(super) const OPEN: u16 = b'(' as u16;
pub(super) const CLOSE: u16 = b')' as u16;

impl<'t> Glyphs<'t> {
    /// Folds the first `limit` characters that count (at most [`WINDOW`]).
    pub(super) fn of(text: &'t str, limit: usize) -> Self {
        let limit = limit.min(WINDOW);
        let mut glyphs = Self { text, units: [0; WINDOW], starts: [0; WINDOW], len: 0 };
        for (start, character) in text.char_indices() {
            let unit = fold(character);
            if unit == 0 {
                continue;
            }
            if glyphs.len == limit {
                break;
            }
            glyphs.units[glyphs.len] = unit;
            glyphs.starts[glyphs.len] = u32::try_from(start).unwrap_or(u32::MAX);
            glyphs.len += 1;
        }
        glyphs
    }

    pub(super) fn units(&self) -> &[u16] {
        self.units.get(..self.len).unwrap_or(&[])
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The folded character at `index`, or 0 past the end.
    pub(super) fn at(&self, index: usize) -> u16 {
        self.units().get(index).copied().unwrap_or(0)
    }

    /// The original text behind the glyphs `from..to`, spaces inside included.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'t str {
        if from >= to || to > self.len {
            return "";
        }
        let start = self.starts[from] as usize;
        let last = self.starts[to - 1] as usize;
        let end = self.text.get(last..).and_then(|rest| rest.chars().next()).map_or(last, |character| last + character.len_utf8());
        self.text.get(start..end).unwrap_or("")
    }

    pub(super) fn starts_with(&self, at: usize, word: &[u16]) -> bool {
        self.units().get(at..).is_some_and(|rest| rest.starts_with(word))
    }
}

/// Folds one character to 16 bits; 0 means "skip it" (spaces, invisible marks).
pub(super) fn fold(character: char) -> u16 {
    let code = u32::from(character);
    if (0x4e00..0xa000).contains(&code) {
        return code as u16;
    }
    let half = match code {
        0xff01..=0xff5e => code - 0xfee0,
        0..=0x20 | 0x7f..=0xa0 | 0x2000..=0x200f | 0x2028..=0x202f | 0x3000 | 0xfeff => return 0,
        _ => code,
    };
    let half = match half {
        0x3010 | 0x3014 | 0x5b | 0x7b => 0x28,
        0x3011 | 0x3015 | 0x5d | 0x7d => 0x29,
        _ => half,
    };
    match u16::try_from(half) {
        Ok(unit) if (0x41..=0x5a).contains(&unit) => unit + 0x20,
        Ok(unit) => unit,
        Err(_) => u16::MAX,
    }
}

pub(super) fn is_chinese(unit: u16) -> bool {
    (0x4e00..0xa000).contains(&unit)
}
