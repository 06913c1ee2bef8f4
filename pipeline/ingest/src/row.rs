//! One row of a table in a buffer that is used again for every row: no allocation per cell.

/// What kind of cell the file said it is. A csv knows text only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// The text is the shortest decimal of the number.
    Number,
    /// The text is `YYYY-MM-DD`, possibly with a time behind it.
    Date,
    /// The text is 是 or 否.
    Truth,
    /// The text is a formula error such as `#REF!`.
    Error,
}

/// A cell as a person sees it; blank cells have an empty text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'r> {
    pub kind: Kind,
    /// Without white space at its ends.
    pub text: &'r str,
}

impl Cell<'_> {
    /// A cell that holds nothing.
    pub const BLANK: Cell<'static> = Cell { kind: Kind::Text, text: "" };

    /// True when there is nothing to read.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }
}

/// A row: its place in the sheet and its cells from column 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// 1-based row in the sheet, as a spreadsheet program numbers it, for a csv too.
    pub number: u64,
    text: String,
    spans: Vec<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    start: u32,
    end: u32,
    kind: Kind,
}

const NOTHING: Span = Span { start: 0, end: 0, kind: Kind::Text };

impl Row {
    /// Empties the row and puts it at `number`.
    pub fn start(&mut self, number: u64) {
        self.number = number;
        self.text.clear();
        self.spans.clear();
    }

    /// Appends a cell behind the last one.
    pub fn push(&mut self, kind: Kind, text: &str) {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        self.spans.push(Span { start, end: self.text.len() as u32, kind });
    }

    /// Sets the cell of a column, filling the gap before it with blanks.
    pub fn set(&mut self, column: usize, kind: Kind, text: &str) {
        if column >= self.spans.len() {
            self.spans.resize(column, NOTHING);
            self.push(kind, text);
            return;
        }
        let start = self.text.len() as u32;
        self.text.push_str(text);
        self.spans[column] = Span { start, end: self.text.len() as u32, kind };
    }

    /// Takes a whole record of text cells; `ends` are the ends of the fields in `text`.
    pub fn fill(&mut self, text: &str, ends: impl Iterator<Item = usize>) {
        let mut start = self.text.len() as u32;
        let offset = start;
        self.text.push_str(text);
        for end in ends {
            let end = offset + end as u32;
            self.spans.push(Span { start, end, kind: Kind::Text });
            start = end;
        }
    }

    /// The cell of a column; blank beyond the row's end.
    pub fn cell(&self, column: usize) -> Cell<'_> {
        let Some(span) = self.spans.get(column) else { return Cell::BLANK };
        let text = trimmed(self.text.get(span.start as usize..span.end as usize).unwrap_or(""));
        let kind = if span.kind == Kind::Text && text.starts_with('#') && is_formula_error(text) { Kind::Error } else { span.kind };
        Cell { kind, text }
    }

    /// The text of a column's cell, trimmed.
    pub fn text(&self, column: usize) -> &str {
        self.cell(column).text
    }

    /// Number of cells, blank ones included.
    pub fn width(&self) -> usize {
        self.spans.len()
    }

    /// The cells that are not blank, with their columns.
    pub fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        (0..self.width()).map(|column| (column, self.cell(column))).filter(|(_, cell)| !cell.is_blank())
    }

    /// True when no cell holds anything.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The row as it would read with each column taken from `from(column)`.
    pub fn rearranged(&self, width: usize, from: impl Fn(usize) -> Option<usize>) -> Self {
        let mut row = Self { number: self.number, ..Self::default() };
        for column in 0..width {
            let cell = from(column).map_or(Cell::BLANK, |source| self.cell(source));
            row.push(cell.kind, cell.text);
        }
        row
    }
}

/// As `str::trim`; texts that begin and end in a plain letter, digit or Chinese character pass at a glance.
fn trimmed(text: &str) -> &str {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return "" };
    let chinese = |byte: &u8| (0xE4..=0xEF).contains(byte);
    let plain_start = first.is_ascii_graphic() || chinese(first);
    let plain_end = last.is_ascii_graphic() || (bytes.len() >= 3 && chinese(&bytes[bytes.len() - 3]));
    if plain_start && plain_end { text } else { text.trim() }
}

fn is_formula_error(text: &str) -> bool {
    matches!(text, "#REF!" | "#N/A" | "#VALUE!" | "#DIV/0!" | "#NAME?" | "#NUM!" | "#NULL!" | "#SPILL!" | "#CALC!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_trimmed_and_missing_ones_are_blank() {
        let mut row = Row::default();
        row.start(7);
        row.set(2, Kind::Number, "3.5");
        row.set(0, Kind::Text, "\u{3000}铝箔\u{a0}");
        assert_eq!(row.text(0), "铝箔");
        assert!(row.cell(1).is_blank());
        assert_eq!(row.cell(2), Cell { kind: Kind::Number, text: "3.5" });
        assert!(row.cell(99).is_blank());
        assert_eq!(row.filled().count(), 2);
    }

    #[test]
    fn trimming_is_that_of_the_standard_library() {
        for text in ["", " ", "铝 ", "\u{3000}铝", "铝\u{3000}", "a", "\u{a0}a\u{2003}", "（铝）", "x铝", "铝1", "é ", "\u{feff}a"]
        {
            assert_eq!(trimmed(text), text.trim(), "{text:?}");
        }
    }

    #[test]
    fn a_record_is_taken_whole() {
        let mut row = Row::default();
        row.start(1);
        row.fill("甲乙#REF!", [3, 3, 6, 11].into_iter());
        assert_eq!((0..5).map(|column| row.text(column)).collect::<Vec<_>>(), ["甲", "", "乙", "#REF!", ""]);
        assert_eq!(row.cell(3).kind, Kind::Error);
    }

    #[test]
    fn rearranging_moves_cells() {
        let mut row = Row::default();
        row.start(1);
        for text in ["a", "", "b"] {
            row.push(Kind::Text, text);
        }
        let moved = row.rearranged(2, |column| Some(if column == 0 { 0 } else { column + 1 }));
        assert_eq!((moved.text(0), moved.text(1)), ("a", "b"));
    }
}
