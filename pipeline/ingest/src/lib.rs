//! Any workbook or csv to typed landing rows and complaints (导入), streaming, in bounded memory.
//!
//! Parsing trusts nothing in the file. The caller runs it in a child process whose limits it sets; this
//! library keeps its own bounds ([`Limits`]) and gives a clear [`Refusal`] before those of the system bite.

mod body;
mod cells;
mod complaints;
mod convert;
mod encoding;
mod field;
mod guard;
mod header;
mod landing;
mod limits;
mod mapping;
mod problem;
mod refusal;
mod report;
mod row;
mod sheet;
mod source;
mod table;
#[cfg(test)]
mod testing;
mod title;

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use chrono::NaiveDate;
use qunlian_domain::catalogue::City;

use crate::complaints::{Complaint, ComplaintFile};
use crate::guard::Format;
use crate::sheet::{Outcome, Shared};
use crate::source::{Delimited, Workbook, find_delimiter};
use crate::title::Titles;

pub use cells::{CellSheet, CellsRequest, cells};
pub use field::Field;
pub use limits::Limits;
pub use mapping::{Mapping, MappingError, SkipRule};
pub use problem::Problem;
pub use refusal::Refusal;
pub use report::{ColumnReport, Progress, Report, SheetReport};

/// One file to parse.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub file: &'a Path,
    /// The name it was handed in under; dates and carriers may be read from it.
    pub original_name: &'a str,
    /// Folder to create and write to directly; the caller renames it to `landing/<blake3>` when all is well.
    pub out: &'a Path,
    pub city: &'a City,
    /// The business day.
    pub today: NaiveDate,
    pub mapping: Option<&'a Mapping>,
    /// The carrier the file is handed in for, by id or name: rows may only name units inside it.
    pub carrier: Option<&'a str>,
    pub limits: Limits,
}

/// Parses a file into `sheet-<n>.csv`, `complaints.csv` and `source.json` in `request.out`.
///
/// # Errors
/// A [`Refusal`] when no sheet yields a table; what lies in `out` by then is to be thrown away.
pub fn parse(request: &Request<'_>, progress: &mut dyn FnMut(Progress)) -> Result<Report, Refusal> {
    // calamine indexes into what files claim; a panic in it is damage to the file, not to this program.
    match catch_unwind(AssertUnwindSafe(|| parse_file(request, progress))) {
        Ok(outcome) => outcome,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
            Err(Refusal::Damaged { detail: text.unwrap_or("the reader gave up").to_owned() })
        }
    }
}

fn parse_file(request: &Request<'_>, progress: &mut dyn FnMut(Progress)) -> Result<Report, Refusal> {
    let limits = &request.limits;
    let format = guard::admit(request.file, limits)?;
    let fingerprint = encoding::fingerprint(request.file, limits.file_bytes)?;
    fs::create_dir_all(request.out).map_err(Refusal::Write)?;
    let blake3 = fingerprint.blake3.to_hex().to_string();
    let mut shared = Shared {
        request,
        titles: Titles::new(request.city),
        file: blake3.chars().take(12).collect(),
        bytes: fingerprint.bytes,
        complaints: ComplaintFile::create(request.out, limits.complaints)?,
        carriers: BTreeMap::new(),
        rows: 0,
        progress,
    };
    let mut report = Report {
        original_name: request.original_name.to_owned(),
        blake3,
        bytes: fingerprint.bytes,
        format: format.id().to_owned(),
        encoding: String::new(),
        delimiter: String::new(),
        sheets: Vec::new(),
        carriers: BTreeMap::new(),
        complaints: 0,
        landing_version: qunlian_domain::landing::VERSION,
    };
    match format {
        Format::Csv => read_text(&mut shared, fingerprint.valid_utf8, &mut report)?,
        _ => read_workbook(&mut shared, format, &mut report)?,
    }
    report.carriers = shared.carriers;
    report.complaints = shared.complaints.count();
    shared.complaints.finish()?;
    let json = serde_json::to_vec_pretty(&report).map_err(|error| Refusal::Write(error.into()))?;
    fs::write(request.out.join("source.json"), json).map_err(Refusal::Write)?;
    Ok(report)
}

fn read_text(shared: &mut Shared<'_, '_>, valid_utf8: bool, report: &mut Report) -> Result<(), Refusal> {
    let request = shared.request;
    let declared = request.mapping.and_then(|mapping| mapping.encoding.as_deref());
    let encoding = encoding::detect(request.file, valid_utf8, declared)?;
    let delimiter = match request.mapping.and_then(|mapping| mapping.delimiter) {
        Some(delimiter) => delimiter,
        None => find_delimiter(request.file, encoding, valid_utf8)?,
    };
    report.encoding = encoding.name().to_owned();
    report.delimiter = char::from(delimiter).to_string();
    let mut rows = Delimited::open(request.file, encoding, valid_utf8, delimiter, &request.limits)?;
    let name = Path::new(request.original_name).file_stem().map_or_else(|| "csv".to_owned(), |stem| stem.to_string_lossy().into_owned());
    match sheet::read(shared, 1, &name, &mut rows, &[])? {
        Outcome::Read(sheet) => report.sheets.push(sheet),
        Outcome::NoTable(refusal) => return Err(refusal),
        Outcome::Empty => return Err(Refusal::Empty),
    }
    Ok(())
}

fn read_workbook(shared: &mut Shared<'_, '_>, format: Format, report: &mut Report) -> Result<(), Refusal> {
    let request = shared.request;
    let mut book = Workbook::open(request.file, format, &request.limits)?;
    let sheets = book.sheets()?;
    let wanted: Vec<_> =
        sheets.into_iter().filter(|sheet| request.mapping.is_none_or(|mapping| mapping.wants(sheet.number, &sheet.name))).collect();
    if let (true, Some(mapping)) = (wanted.is_empty(), request.mapping) {
        return Err(mapping.no_such_sheet());
    }
    let mut refusals: Vec<Refusal> = Vec::new();
    let mut waiting: Vec<(u32, String, Complaint)> = Vec::new();
    for sheet in &wanted {
        if sheet.hidden && wanted.iter().any(|other| !other.hidden) {
            waiting.push((sheet.number, sheet.name.clone(), Complaint::new(Problem::SheetHidden, None, "", "")));
            report.sheets.push(not_read(sheet, "hidden"));
            continue;
        }
        match book.read(sheet, |rows, merges| sheet::read(shared, sheet.number, &sheet.name, rows, merges))? {
            Outcome::Read(sheet) => report.sheets.push(sheet),
            Outcome::Empty => report.sheets.push(not_read(sheet, "empty")),
            Outcome::NoTable(refusal) => {
                waiting.push((
                    sheet.number,
                    sheet.name.clone(),
                    Complaint::new(Problem::SheetNotRead, None, "", "").because(refusal.hint()),
                ));
                report.sheets.push(not_read(sheet, &refusal.to_string()));
                refusals.push(refusal);
            }
        }
    }
    if report.sheets.iter().all(|sheet| !sheet.not_read.is_empty()) {
        // A header that lacks something says more than no header.
        let best = refusals.iter().position(|refusal| matches!(refusal, Refusal::UnknownLayout { .. })).unwrap_or(0);
        return Err(if refusals.is_empty() { Refusal::Empty } else { refusals.swap_remove(best) });
    }
    for (sheet, name, complaint) in waiting {
        shared.complaints.write(sheet, &name, "", &complaint)?;
    }
    Ok(())
}

fn not_read(sheet: &source::Sheet, why: &str) -> SheetReport {
    SheetReport { sheet: sheet.number, name: sheet.name.clone(), not_read: why.to_owned(), ..SheetReport::default() }
}
