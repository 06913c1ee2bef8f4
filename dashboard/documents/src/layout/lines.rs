//! Letters and lines (字与行): measuring, breaking, justifying.

use super::breaks::{has_white_right, is_word, may_break};
use super::{PlacedLine, Style};
use crate::Fonts;
use crate::fonts::Sort;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Letter {
    pub character: char,
    pub sort: Sort,
    /// In points, tracking included.
    pub width: f32,
}

/// One line before it is placed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub letters: Vec<Letter>,
    /// What the eye sees: without spaces or the white half of a mark at its end.
    pub width: f32,
    pub is_last: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    Left,
    Center,
    Right,
    /// Both edges, but for the last line.
    Justified,
}

pub(crate) fn letters(text: &str, style: Style, fonts: &Fonts) -> Vec<Letter> {
    let letter = |character: char| {
        let sort = fonts.sort(style.hand, character);
        Letter { character, sort, width: sort.width * style.size + style.tracking }
    };
    text.chars().map(letter).collect()
}

/// Breaks a text into lines of `width`, the first one shorter by `indent`. There is always at least one line.
pub(crate) fn broken(letters: &[Letter], indent: f32, width: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < letters.len() {
        let limit = if lines.is_empty() { width - indent } else { width };
        let end = line_end(letters, start, limit);
        lines.push(line(&letters[start..end], end == letters.len()));
        start = end;
        while letters.get(start).is_some_and(|letter| letter.character == ' ') {
            start += 1;
        }
    }
    if lines.is_empty() {
        lines.push(Line { letters: Vec::new(), width: 0.0, is_last: true });
    }
    if let Some(last) = lines.last_mut() {
        last.is_last = true;
    }
    lines
}

/// As few lines as possible, and these as equal as possible: for titles.
pub(crate) fn balanced(letters: &[Letter], width: f32) -> Vec<Line> {
    let fewest = broken(letters, 0.0, width).len();
    let (mut narrow, mut wide) = (width / 3.0, width);
    for _ in 0..12 {
        let middle = (narrow + wide) / 2.0;
        if broken(letters, 0.0, middle).len() > fewest { narrow = middle } else { wide = middle }
    }
    broken(letters, 0.0, wide)
}

/// The widest piece that may not be broken.
pub(crate) fn widest_piece(letters: &[Letter]) -> f32 {
    let (mut widest, mut width) = (0.0_f32, 0.0);
    for (index, letter) in letters.iter().enumerate() {
        if index > 0 && may_break(letters[index - 1].character, letter.character) {
            width = 0.0;
        }
        width += letter.width;
        widest = widest.max(width);
    }
    widest
}

pub(crate) fn width_of(letters: &[Letter]) -> f32 {
    letters.iter().map(|letter| letter.width).sum()
}

/// Gives each letter its place between `left` and `left + width`.
pub(crate) fn place(line: &Line, style: Style, fit: Fit, left: f32, width: f32, baseline: f32) -> PlacedLine {
    let spare = width - line.width;
    let mut x = match fit {
        Fit::Left | Fit::Justified => left,
        Fit::Center => left + spare / 2.0,
        Fit::Right => left + spare,
    };
    let stretched = fit == Fit::Justified && !line.is_last && spare > 0.0;
    let gaps = line.letters.windows(2).filter(|pair| is_gap(pair)).count();
    // A line that would have to be torn apart stays as it is.
    let each = if stretched && gaps > 0 && spare / gaps as f32 <= style.size / 2.0 { spare / gaps as f32 } else { 0.0 };
    let mut placed = Vec::with_capacity(line.letters.len());
    for (index, letter) in line.letters.iter().enumerate() {
        placed.push((x, *letter));
        x += letter.width;
        if line.letters.get(index..index + 2).is_some_and(is_gap) {
            x += each;
        }
    }
    PlacedLine { baseline, letters: placed, style }
}

/// White may be added between these letters: not inside a word, not inside a dash.
fn is_gap(pair: &[Letter]) -> bool {
    let [before, after] = [pair[0].character, pair[1].character];
    let is_inside_word = is_word(before) && is_word(after);
    let is_inside_dash = before == after && matches!(before, '—' | '…');
    !is_inside_word && !is_inside_dash
}

fn line_end(letters: &[Letter], start: usize, limit: f32) -> usize {
    const ROUNDING: f32 = 0.01;
    let mut width = 0.0;
    let mut possible = None;
    for index in start..letters.len() {
        if index > start && may_break(letters[index - 1].character, letters[index].character) {
            possible = Some(index);
        }
        width += letters[index].width;
        if width - white_end(&letters[index]) > limit + ROUNDING && index > start {
            return possible.unwrap_or(index);
        }
    }
    letters.len()
}

fn white_end(letter: &Letter) -> f32 {
    match letter.character {
        ' ' => letter.width,
        mark if has_white_right(mark) && letter.sort.width >= 0.9 => letter.width / 2.0,
        _ => 0.0,
    }
}

fn line(letters: &[Letter], is_last: bool) -> Line {
    let end = letters.iter().rposition(|letter| letter.character != ' ').map_or(0, |last| last + 1);
    let letters = letters[..end].to_vec();
    let width = width_of(&letters) - letters.last().map_or(0.0, white_end);
    Line { letters, width, is_last }
}
