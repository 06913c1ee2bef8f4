//! Workbooks through calamine: xlsx and xlsb cell by cell, xls and ods as the rectangles it holds.

mod values;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{
    Cell, Data, DataRef, Dimensions, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, XlsbError, Xlsx, XlsxError,
};

use crate::guard::Format;
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::row::Row;
use crate::source::{CellCount, Merge, Rows};
use values::{put, put_ref};

type Input = BufReader<File>;

/// Merged cells of a sheet that are honoured; tables of projects have one per group of rows.
const MERGES: usize = 50_000;

/// An open workbook.
pub struct Workbook {
    book: Book,
    limits: Limits,
    cells: u64,
}

enum Book {
    Xlsx(Box<Xlsx<Input>>),
    Xlsb(Box<Xlsb<Input>>),
    Xls(Box<Xls<Input>>),
    Ods(Box<Ods<Input>>),
}

/// A worksheet's place, name and visibility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// 1-based position in the workbook.
    pub number: u32,
    pub name: String,
    pub hidden: bool,
}

impl Workbook {
    /// Opens a file that has passed the checks for its format.
    pub fn open(path: &Path, format: Format, limits: &Limits) -> Result<Self, Refusal> {
        let input = BufReader::new(File::open(path).map_err(Refusal::Unreadable)?);
        let book = match format {
            Format::Xlsx => Book::Xlsx(Box::new(Xlsx::new(input).map_err(xlsx)?)),
            Format::Xlsb => Book::Xlsb(Box::new(Xlsb::new(input).map_err(xlsb)?)),
            Format::Xls => Book::Xls(Box::new(Xls::new(input).map_err(xls)?)),
            Format::Ods => Book::Ods(Box::new(Ods::new(input).map_err(ods)?)),
            Format::Csv => return Err(Refusal::Unsupported { found: "文本" }),
        };
        Ok(Self { book, limits: *limits, cells: 0 })
    }

    /// The worksheets in order; charts, dialogs and macros are none.
    pub fn sheets(&self) -> Result<Vec<Sheet>, Refusal> {
        let all = match &self.book {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xlsb(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
            Book::Ods(book) => book.sheets_metadata(),
        };
        let mut sheets = Vec::new();
        for (index, sheet) in all.iter().enumerate() {
            if sheet.typ == SheetType::WorkSheet {
                sheets.push(Sheet { number: index as u32 + 1, name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible });
            }
        }
        let found = sheets.len() as u64;
        if found > self.limits.sheets {
            return Err(Refusal::TooLarge { limit: "sheets", found, allowed: self.limits.sheets });
        }
        Ok(sheets)
    }

    /// Reads a sheet through `with`, which gets its rows and its merged cells.
    pub fn read<T>(&mut self, sheet: &Sheet, with: impl FnOnce(&mut dyn Rows, &[Merge]) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let name = sheet.name.as_str();
        let count = CellCount { read: self.cells, allowed: self.limits.cells };
        let columns = self.limits.columns;
        match &mut self.book {
            Book::Xlsx(book) => {
                let merges = merges(book.merge_cells_by_sheet_name(name).unwrap_or_default());
                let mut reader = book.worksheet_cells_reader(name).map_err(xlsx)?;
                let mut rows = Cells::new(count, columns, || reader.next_cell().map_err(xlsx));
                let outcome = with(&mut rows, &merges);
                self.cells = rows.count.read;
                outcome
            }
            Book::Xlsb(book) => {
                let mut reader = book.worksheet_cells_reader(name).map_err(xlsb)?;
                let mut rows = Cells::new(count, columns, || reader.next_cell().map_err(xlsb));
                let outcome = with(&mut rows, &[]);
                self.cells = rows.count.read;
                outcome
            }
            Book::Xls(book) => {
                let merges = merges(book.merge_cells_by_sheet_name(name).unwrap_or_default());
                let mut rows = Rectangle::new(book.worksheet_range(name).map_err(xls)?, count, columns);
                let outcome = with(&mut rows, &merges);
                self.cells = rows.count.read;
                outcome
            }
            Book::Ods(book) => {
                let mut rows = Rectangle::new(book.worksheet_range(name).map_err(ods)?, count, columns);
                let outcome = with(&mut rows, &[]);
                self.cells = rows.count.read;
                outcome
            }
        }
    }
}

fn merges(all: Vec<Dimensions>) -> Vec<Merge> {
    let mut merges: Vec<Merge> = all
        .into_iter()
        .filter(|merge| merge.start.0 <= merge.end.0 && merge.start.1 <= merge.end.1)
        .map(|merge| Merge { top: merge.start.0, left: merge.start.1, bottom: merge.end.0, right: merge.end.1 })
        .collect();
    merges.sort_by_key(|merge| (merge.top, merge.left));
    merges.truncate(MERGES);
    merges
}

/// Rows gathered from a stream of cells.
struct Cells<'a, N> {
    next: N,
    /// The first cell of the next row.
    ahead: Option<Cell<DataRef<'a>>>,
    count: CellCount,
    columns: u64,
    buffer: String,
    ended: bool,
}

impl<'a, N> Cells<'a, N>
where
    N: FnMut() -> Result<Option<Cell<DataRef<'a>>>, Refusal>,
{
    fn new(count: CellCount, columns: u64, next: N) -> Self {
        Self { next, ahead: None, count, columns, buffer: String::new(), ended: false }
    }

    /// The next cell that holds something.
    fn filled(&mut self) -> Result<Option<Cell<DataRef<'a>>>, Refusal> {
        if let Some(cell) = self.ahead.take() {
            return Ok(Some(cell));
        }
        while !self.ended {
            let Some(cell) = (self.next)()? else {
                self.ended = true;
                break;
            };
            self.count.add(1)?;
            let (_, column) = cell.get_position();
            if *cell.get_value() == DataRef::Empty {
                continue;
            }
            within(column, self.columns)?;
            return Ok(Some(cell));
        }
        Ok(None)
    }
}

impl<'a, N> Rows for Cells<'a, N>
where
    N: FnMut() -> Result<Option<Cell<DataRef<'a>>>, Refusal>,
{
    fn next_row(&mut self, row: &mut Row) -> Result<bool, Refusal> {
        let Some(first) = self.filled()? else { return Ok(false) };
        let (number, _) = first.get_position();
        row.start(u64::from(number) + 1);
        let mut cell = Some(first);
        while let Some(found) = cell {
            if found.get_position().0 != number {
                self.ahead = Some(found);
                break;
            }
            put_ref(row, found.get_position().1 as usize, found.get_value(), &mut self.buffer);
            cell = self.filled()?;
        }
        Ok(true)
    }
}

/// Rows of a rectangle in memory.
struct Rectangle {
    range: Range<Data>,
    next: usize,
    count: CellCount,
    columns: u64,
    buffer: String,
}

impl Rectangle {
    fn new(range: Range<Data>, count: CellCount, columns: u64) -> Self {
        Self { range, next: 0, count, columns, buffer: String::new() }
    }
}

impl Rows for Rectangle {
    fn next_row(&mut self, row: &mut Row) -> Result<bool, Refusal> {
        let Some((top, left)) = self.range.start() else { return Ok(false) };
        let width = self.range.width();
        while self.next < self.range.height() {
            let index = self.next;
            self.next += 1;
            row.start(u64::from(top) + index as u64 + 1);
            let mut filled = 0;
            for offset in 0..width {
                let Some(data) = self.range.get((index, offset)) else { break };
                if *data == Data::Empty {
                    continue;
                }
                within(left + offset as u32, self.columns)?;
                filled += 1;
                put(row, left as usize + offset, data, &mut self.buffer);
            }
            self.count.add(filled)?;
            if filled > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn within(column: u32, allowed: u64) -> Result<(), Refusal> {
    let found = u64::from(column) + 1;
    if found > allowed { Err(Refusal::TooLarge { limit: "columns", found, allowed }) } else { Ok(()) }
}

fn xlsx(error: XlsxError) -> Refusal {
    match error {
        XlsxError::Password => Refusal::Encrypted,
        XlsxError::Io(error) => Refusal::from(error),
        XlsxError::XmlEof(_) => Refusal::Truncated { detail: error.to_string() },
        other => Refusal::Damaged { detail: other.to_string() },
    }
}

fn xlsb(error: XlsbError) -> Refusal {
    match error {
        XlsbError::Password => Refusal::Encrypted,
        XlsbError::Io(error) => Refusal::from(error),
        other => Refusal::Damaged { detail: other.to_string() },
    }
}

fn xls(error: XlsError) -> Refusal {
    match error {
        XlsError::Password => Refusal::Encrypted,
        XlsError::Io(error) => Refusal::from(error),
        XlsError::EoStream(_) => Refusal::Truncated { detail: error.to_string() },
        other => Refusal::Damaged { detail: other.to_string() },
    }
}

fn ods(error: OdsError) -> Refusal {
    match error {
        OdsError::Password => Refusal::Encrypted,
        OdsError::Io(error) => Refusal::from(error),
        OdsError::Eof(_) => Refusal::Truncated { detail: error.to_string() },
        other => Refusal::Damaged { detail: other.to_string() },
    }
}
