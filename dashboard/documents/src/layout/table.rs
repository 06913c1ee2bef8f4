//! Tables (表格): widths of columns, heights of rows, rows higher than what is left of a page.

use super::Style;
use super::lines::{self, Fit, Letter, Line, widest_piece, width_of};
use crate::clean::clean;
use crate::fonts::Hand;
use crate::paper::{SIZE_5, TEXT_WIDTH};
use crate::{Align, Column, DocumentError, Fonts, Table};

/// Width of all rules.
pub(crate) const RULE: f32 = 0.5;
/// White between a cell's text and its upright.
pub(crate) const PADDING: f32 = 4.0;
pub(crate) const NOTE: Style = Style::new(Hand::SongTi, 9.0);
/// White above and below a cell's lines.
const ABOVE: f32 = 3.0;
/// Height of a line in sizes of type.
const LEADING: f32 = 1.4;
/// Beyond this the long columns may take what is left.
const MOST_LINES: u32 = 8;
/// Tried in this order until no word has to be torn: 五号, 小五, 六号.
const SIZES: [f32; 3] = [SIZE_5, 9.0, 7.5];

/// A table with its columns measured and its cells broken into lines.
#[derive(Debug)]
pub(crate) struct Set {
    pub caption: String,
    pub note: String,
    /// In points; together as wide as the text.
    pub widths: Vec<f32>,
    pub size: f32,
    pub head: Row,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub lines: Vec<Line>,
    pub style: Style,
    pub fit: Fit,
}

impl Set {
    pub(crate) fn of(table: &Table, fonts: &Fonts) -> Result<Set, DocumentError> {
        let caption = clean(&table.caption);
        let is_too_long = |(_, row): &(usize, &Vec<String>)| row.len() > table.columns.len();
        if let Some((index, row)) = table.rows.iter().enumerate().find(is_too_long) {
            return Err(DocumentError::Cells { caption, row: index + 1, cells: row.len(), columns: table.columns.len() });
        }
        let (size, widths) = widths(table, fonts);
        let body = Style::new(Hand::SongTi, size);
        let cell = |column: &Column, width: &f32, text: Option<&String>| {
            let letters = lines::letters(&clean(text.map_or("", String::as_str)), body, fonts);
            Cell { lines: lines::broken(&letters, 0.0, width - 2.0 * PADDING), style: body, fit: fit(column.align) }
        };
        let row = |texts: &Vec<String>| {
            let cells = table.columns.iter().zip(&widths).enumerate();
            Row { cells: cells.map(|(index, (column, width))| cell(column, width, texts.get(index))).collect() }
        };
        let rows = table.rows.iter().map(row).collect();
        let head = head(&table.columns, &widths, size, fonts);
        Ok(Set { caption, note: table.note.as_deref().map(clean).unwrap_or_default(), widths, size, head, rows })
    }

    /// Head and first row: what must not be parted from the caption.
    pub(crate) fn opening_height(&self) -> f32 {
        let first = self.rows.first().map_or(0.0, |row| row.height().min(5.0 * LEADING * SIZE_5));
        self.head.height() + first
    }
}

impl Row {
    pub(crate) fn height(&self) -> f32 {
        self.cells.iter().map(Cell::height).fold(0.0, f32::max) + 2.0 * ABOVE
    }

    /// The row itself, or as many pieces of at most `height` as it takes.
    pub(crate) fn slices(&self, height: f32) -> Vec<Row> {
        let pitch = self.cells.iter().map(Cell::line_height).fold(1.0, f32::max);
        let fitting = (((height - 2.0 * ABOVE) / pitch) as usize).max(1);
        let most = self.cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0);
        let slice = |from: usize| {
            let part = |cell: &Cell| Cell { lines: cell.lines.iter().skip(from).take(fitting).cloned().collect(), ..*cell };
            Row { cells: self.cells.iter().map(part).collect() }
        };
        (0..most.max(1)).step_by(fitting).map(slice).collect()
    }
}

impl Cell {
    pub(crate) fn line_height(&self) -> f32 {
        self.style.size * LEADING
    }

    pub(crate) fn height(&self) -> f32 {
        self.lines.len() as f32 * self.line_height()
    }

    /// Upper edges of the lines, from the upper edge of the first.
    pub(crate) fn tops(&self) -> impl Iterator<Item = f32> {
        let pitch = self.line_height();
        (0..self.lines.len()).map(move |index| index as f32 * pitch)
    }
}

/// The largest size at which nothing has to be torn, and the columns' widths in points.
pub(crate) fn widths(table: &Table, fonts: &Fonts) -> (f32, Vec<f32>) {
    let mut found = (SIZES[0], Vec::new());
    for size in SIZES {
        let wishes: Vec<Wish> = (0..table.columns.len()).map(|column| wish(table, column, size, fonts)).collect();
        let least: f32 = wishes.iter().map(|wish| wish.least).sum();
        found = (size, shared(&wishes));
        if least <= TEXT_WIDTH {
            break;
        }
    }
    found
}

/// What a column needs, in points and with its white.
#[derive(Debug, Clone, Copy)]
struct Wish {
    /// So that nothing is torn.
    least: f32,
    /// So that every cell is one line.
    most: f32,
    size: f32,
}

impl Wish {
    /// So that no cell takes more lines; one character a line may be lost at its end.
    fn in_lines(&self, lines: u32) -> f32 {
        (self.most / lines as f32 + self.size + PADDING).clamp(self.least, self.most)
    }
}

fn wish(table: &Table, index: usize, size: f32, fonts: &Fonts) -> Wish {
    let column = &table.columns[index];
    let title = roomy(&column.title, Hand::HeiTi, size, fonts);
    let unit = width_of(&roomy(&unit(column), Hand::HeiTi, size, fonts));
    // A head may take two lines.
    let half = (width_of(&title) / 2.0 + size).max(4.0 * size).min(width_of(&title));
    let mut least = widest_piece(&title).max(unit).max(2.0 * size);
    let mut most = half.max(least);
    for text in table.rows.iter().filter_map(|row| row.get(index)) {
        let letters = roomy(text, Hand::SongTi, size, fonts);
        least = least.max(widest_piece(&letters));
        most = most.max(width_of(&letters));
    }
    // One endless word does not push the other columns out.
    let bound = TEXT_WIDTH / 3.0;
    let white = 2.0 * PADDING + 0.5;
    Wish { least: least.min(bound) + white, most: most.max(least.min(bound)) + white, size }
}

/// Letters no narrower than those of the usual Chinese fonts, where Latin is half an em wide: Word sets the same columns.
fn roomy(text: &str, hand: Hand, size: f32, fonts: &Fonts) -> Vec<Letter> {
    let mut letters = lines::letters(&clean(text), Style::new(hand, size), fonts);
    for letter in &mut letters {
        letter.width = letter.width.max(size / 2.0);
    }
    letters
}

/// Columns that can have all they wish for share what is left in proportion. Else rows become as low as possible: each
/// column gets what it needs for the fewest lines that all of them can keep to, then small wishes for more are granted
/// before large ones.
fn shared(wishes: &[Wish]) -> Vec<f32> {
    let most: f32 = wishes.iter().map(|wish| wish.most).sum();
    if most <= TEXT_WIDTH {
        return wishes.iter().map(|wish| wish.most * TEXT_WIDTH / most).collect();
    }
    let in_lines = |lines: u32| wishes.iter().map(|wish| wish.in_lines(lines)).collect::<Vec<f32>>();
    let fits = |widths: &Vec<f32>| widths.iter().sum::<f32>() <= TEXT_WIDTH;
    let least = || wishes.iter().map(|wish| wish.least).collect::<Vec<f32>>();
    let mut widths = (2..=MOST_LINES).map(in_lines).find(fits).unwrap_or_else(least);
    let needed: f32 = widths.iter().sum();
    if needed >= TEXT_WIDTH {
        return widths.iter().map(|own| own * TEXT_WIDTH / needed).collect();
    }
    let more: Vec<f32> = wishes.iter().zip(&widths).map(|(wish, width)| wish.most - width).collect();
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by(|one, other| more[*one].total_cmp(&more[*other]));
    let mut left = TEXT_WIDTH - needed;
    for (place, column) in order.into_iter().enumerate() {
        let granted = more[column].min(left / (wishes.len() - place) as f32);
        widths[column] += granted;
        left -= granted;
    }
    widths
}

fn head(columns: &[Column], widths: &[f32], size: f32, fonts: &Fonts) -> Row {
    let style = Style::new(Hand::HeiTi, size);
    let cell = |(column, width): (&Column, &f32)| {
        let inside = width - 2.0 * PADDING;
        let mut set = lines::balanced(&lines::letters(&clean(&column.title), style, fonts), inside);
        if column.unit.is_some() {
            set.extend(lines::broken(&lines::letters(&unit(column), style, fonts), 0.0, inside));
        }
        Cell { lines: set, style, fit: Fit::Center }
    };
    Row { cells: columns.iter().zip(widths).map(cell).collect() }
}

/// `（亿元）`, nothing without a unit.
pub(crate) fn unit(column: &Column) -> String {
    column.unit.as_deref().map(|unit| format!("（{}）", clean(unit))).unwrap_or_default()
}

fn fit(align: Align) -> Fit {
    match align {
        Align::Left => Fit::Left,
        Align::Center => Fit::Center,
        Align::Right => Fit::Right,
    }
}
