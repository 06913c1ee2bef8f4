//! Any workbook or csv as it stands (原样单元格): the texts of its cells, sheet by sheet, with no meaning read into them.

mod formats;

use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::encoding;
use crate::guard::{self, Format};
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::row::{Kind, Row};
use crate::source::{Delimited, Rows, Workbook, find_delimiter};
use formats::{Formats, Styles};

/// One file whose cells are wanted.
#[derive(Debug, Clone, Copy)]
pub struct CellsRequest<'a> {
    pub file: &'a Path,
    /// Folder that exists; each sheet becomes a `cells-<number>.csv` in it.
    pub out: &'a Path,
    pub limits: Limits,
    /// Rows written of a sheet: what lies below is left out.
    pub rows: usize,
    /// Columns written of a row, likewise.
    pub columns: usize,
}

/// A sheet that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellSheet {
    /// 1-based position in the workbook.
    pub number: u32,
    /// Empty for a csv.
    pub name: String,
    /// Rows written; rows without cells are passed over.
    pub rows: usize,
}

/// Writes the visible sheets that hold something, in order. Numbers of an xlsx are written as its number formats
/// print them (0.606 under `0.0%` is `60.6%`), elsewhere as the shortest decimal.
///
/// # Errors
/// A [`Refusal`] when the file is no table, is beyond a limit, or holds nothing.
pub fn cells(request: &CellsRequest<'_>) -> Result<Vec<CellSheet>, Refusal> {
    // As in `parse`: a panic of the reader is damage to the file.
    let read = catch_unwind(AssertUnwindSafe(|| cells_of_file(request)));
    read.unwrap_or_else(|_| Err(Refusal::Damaged { detail: "the reader gave up".to_owned() }))
}

fn cells_of_file(request: &CellsRequest<'_>) -> Result<Vec<CellSheet>, Refusal> {
    let limits = &request.limits;
    let format = guard::admit(request.file, limits)?;
    let sheets = if format == Format::Csv { text_cells(request)? } else { workbook_cells(request, format)? };
    if sheets.is_empty() { Err(Refusal::Empty) } else { Ok(sheets) }
}

fn text_cells(request: &CellsRequest<'_>) -> Result<Vec<CellSheet>, Refusal> {
    let valid_utf8 = encoding::fingerprint(request.file, request.limits.file_bytes)?.valid_utf8;
    let encoding = encoding::detect(request.file, valid_utf8, None)?;
    let delimiter = find_delimiter(request.file, encoding, valid_utf8)?;
    let mut rows = Delimited::open(request.file, encoding, valid_utf8, delimiter, &request.limits)?;
    Ok(write(request, 1, "", &mut rows, &Styles::default())?.into_iter().collect())
}

fn workbook_cells(request: &CellsRequest<'_>, format: Format) -> Result<Vec<CellSheet>, Refusal> {
    let formats = if format == Format::Xlsx { Formats::read(request.file) } else { None };
    let mut book = Workbook::open(request.file, format, &request.limits)?;
    let mut written = Vec::new();
    for sheet in book.sheets()?.into_iter().filter(|sheet| !sheet.hidden) {
        let most = request.rows.saturating_mul(request.columns);
        let styles = formats.as_ref().map(|formats| formats.of_sheet(sheet.number, most)).unwrap_or_default();
        written.extend(book.read(&sheet, |rows, _| write(request, sheet.number, &sheet.name, rows, &styles))?);
    }
    Ok(written)
}

/// Nothing for a sheet without cells.
fn write(request: &CellsRequest<'_>, number: u32, name: &str, rows: &mut dyn Rows, styles: &Styles) -> Result<Option<CellSheet>, Refusal> {
    let path = request.out.join(format!("cells-{number}.csv"));
    let file = File::create(&path).map_err(Refusal::Write)?;
    let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(file);
    let mut row = Row::default();
    let mut count = 0;
    while count < request.rows && rows.next_row(&mut row)? {
        let width = row.filled().map(|(column, _)| column + 1).last().unwrap_or(0).min(request.columns);
        if width == 0 {
            continue;
        }
        let texts = (0..width).map(|column| printed(&row, column, styles));
        csv.write_record(texts).map_err(|error| Refusal::Write(error.into()))?;
        count += 1;
    }
    csv.flush().map_err(Refusal::Write)?;
    if count == 0 {
        fs::remove_file(&path).map_err(Refusal::Write)?;
        return Ok(None);
    }
    Ok(Some(CellSheet { number, name: name.to_owned(), rows: count }))
}

fn printed(row: &Row, column: usize, styles: &Styles) -> String {
    let cell = row.cell(column);
    let value = if cell.kind == Kind::Number { cell.text.parse::<f64>().ok() } else { None };
    value.map_or_else(|| cell.text.to_owned(), |value| styles.print(row.number, column, value))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use rust_xlsxwriter::{Format as CellFormat, Workbook as Writer};

    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn file(&self, bytes: &[u8]) -> PathBuf {
            let path = self.0.path().join("upload");
            fs::write(&path, bytes).unwrap();
            path
        }

        fn read(&self, bytes: &[u8], rows: usize) -> Result<Vec<CellSheet>, Refusal> {
            let file = self.file(bytes);
            cells(&CellsRequest { file: &file, out: self.0.path(), limits: Limits::uploads(), rows, columns: 4 })
        }

        fn sheet(&self, number: u32) -> String {
            fs::read_to_string(self.0.path().join(format!("cells-{number}.csv"))).unwrap()
        }
    }

    /// Two sheets: formatted figures under a merged title, and one of them hidden.
    fn workbook() -> Vec<u8> {
        let mut book = Writer::new();
        let percent = CellFormat::new().set_num_format("0.0%");
        let one = CellFormat::new().set_num_format("0.0_ ;[Red]\\-0.0\\ ");
        let sheet = book.add_worksheet().set_name("进度").unwrap();
        sheet.merge_range(0, 0, 0, 3, "1—5月进度", &CellFormat::new()).unwrap();
        sheet.write_row(2, 0, ["项目", "完成", "完成率", "差距"]).unwrap();
        sheet.write(3, 0, "新开工").unwrap().write(3, 1, 92).unwrap();
        sheet.write_with_format(3, 2, 92.0 / 225.0, &percent).unwrap();
        sheet.write_with_format(3, 3, -0.777_777, &one).unwrap();
        sheet.write(4, 0, "合计,“一”").unwrap().write(4, 1, 0.1 + 0.2).unwrap();
        book.add_worksheet().set_name("底稿").unwrap().set_hidden(true).write(0, 0, "x").unwrap();
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn numbers_are_written_as_the_sheet_prints_them() {
        let folder = Folder::new();
        let sheets = folder.read(&workbook(), 10).unwrap();
        assert_eq!(sheets, [CellSheet { number: 1, name: "进度".into(), rows: 4 }], "a hidden sheet is not handed round");
        // 92/225 = 0.40888…
        assert_eq!(folder.sheet(1), "1—5月进度\n项目,完成,完成率,差距\n新开工,92,40.9%,-0.8\n\"合计,“一”\",0.3\n");
        assert_eq!(folder.read(&workbook(), 2).unwrap()[0].rows, 2, "no more rows than wanted");
    }

    #[test]
    fn text_comes_in_its_own_encoding() {
        let folder = Folder::new();
        let (gbk, ..) = encoding_rs::GBK.encode("项目\t完成率\r\n新签约\t60.6%\r\n新开工\t40.9%\r\n");
        assert_eq!(folder.read(&gbk, 10).unwrap()[0].rows, 3);
        assert_eq!(folder.sheet(1), "项目,完成率\n新签约,60.6%\n新开工,40.9%\n");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let folder = Folder::new();
        assert_eq!(folder.read(b"", 10).unwrap_err().id(), "empty");
        assert_eq!(folder.read(b"%PDF-1.7 ...", 10).unwrap_err().id(), "unsupported");
        let cut = &workbook()[..2_000];
        assert!(matches!(folder.read(cut, 10), Err(Refusal::Truncated { .. } | Refusal::Damaged { .. })));
        let file = folder.file(&workbook());
        let small = Limits { file_bytes: 100, ..Limits::uploads() };
        let refused = cells(&CellsRequest { file: &file, out: folder.0.path(), limits: small, rows: 9, columns: 9 }).unwrap_err();
        assert!(refused.hint().contains("文件过大"), "{refused}");
    }
}
