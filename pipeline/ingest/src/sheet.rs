//! Reads one sheet from its first row to its last (逐表读取): title, header, body, and any table below.

mod ahead;
mod opening;

use std::collections::BTreeMap;

use qunlian_domain::landing::Severity;

use crate::Request;
use crate::body::kinds::{self, RowKind};
use crate::body::spill::Spill;
use crate::complaints::{Complaint, ComplaintFile};
use crate::convert::{Converter, Fate};
use crate::header::{self, Found, Header};
use crate::landing::LandingFile;
use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::report::{Progress, SheetReport};
use crate::row::Row;
use crate::source::{Merge, Rows};
use crate::table::{self, Table};
use crate::title::{TitleFacts, Titles};
use ahead::Ahead;
use opening::{column_reports, opening_report, set_defaults, skip_rules, stem};

/// Rows looked at for a header.
const LOOK_AHEAD: usize = 60;
/// Cells above a header, or in one note, that are read for facts.
const TITLE_CELLS: usize = 200;
const NOTE_CELLS: usize = 8;
/// Rows between two calls of the progress function.
const STRIDE: u64 = 8_192;

/// What all sheets of a file share.
pub struct Shared<'a, 'p> {
    pub request: &'a Request<'a>,
    pub titles: Titles<'a>,
    /// First 12 characters of the file's BLAKE3.
    pub file: String,
    pub bytes: u64,
    pub complaints: ComplaintFile,
    /// Landed rows by carrier id.
    pub carriers: BTreeMap<String, u64>,
    pub rows: u64,
    pub progress: &'p mut dyn FnMut(Progress),
}

/// A sheet that was read, or why it is no table of projects.
pub enum Outcome {
    Read(SheetReport),
    NoTable(Refusal),
    Empty,
}

/// Reads a sheet into its landing file and the complaints.
pub fn read(shared: &mut Shared<'_, '_>, number: u32, name: &str, rows: &mut dyn Rows, merges: &[Merge]) -> Result<Outcome, Refusal> {
    let request = shared.request;
    let mut ahead = Ahead::new(rows);
    ahead.fill(LOOK_AHEAD)?;
    if ahead.waiting.is_empty() {
        return Ok(Outcome::Empty);
    }
    let names = shared.titles.read(name).or(shared.titles.read(stem(request.original_name)));
    let words = header::Words { vocabulary: &request.city.sheets, mapping: request.mapping };
    let (found, first, levels) = match header::find(ahead.waiting.make_contiguous(), merges, words) {
        Found::Header { header, first, levels } => (header, first, levels),
        Found::Nameless { header } => {
            let missing = vec![crate::field::Field::Name.name().to_owned()];
            return Ok(Outcome::NoTable(Refusal::UnknownLayout {
                sheet: name.to_owned(),
                row: header.row,
                missing,
                unknown: header.unknown(),
            }));
        }
        Found::Nothing(nearest) => {
            let (row, cells) = nearest.map_or((0, Vec::new()), |nearest| (nearest.row, nearest.cells));
            return Ok(Outcome::NoTable(Refusal::NoHeader { sheet: name.to_owned(), row, cells }));
        }
    };
    let titles = ahead.waiting.iter().take(first).flat_map(|row| row.filled().map(|(_, cell)| cell.text)).take(TITLE_CELLS);
    let facts = titles.map(|text| shared.titles.read(text)).fold(TitleFacts::default(), TitleFacts::or).or(names);
    ahead.drop_first(first + levels);
    let table = Table::new(found, &facts, request.mapping);
    let mut converter = Converter::new(request.city, request.mapping, request.today, number, &shared.file);
    let carrier = set_defaults(&mut converter, request, &facts, &table)?;
    let missing = table::missing(&table, carrier.is_some());
    if !missing.is_empty() {
        return Ok(Outcome::NoTable(Refusal::UnknownLayout {
            sheet: name.to_owned(),
            row: table.header.row,
            missing,
            unknown: table.header.unknown(),
        }));
    }
    let mut reading = Reading {
        report: opening_report(number, name, &table, carrier),
        landing: LandingFile::new(request.out, number),
        skip_rules: skip_rules(request, &table)?,
        shared,
        table,
        facts,
        converter,
        merges,
        title: None,
    };
    reading.opening_complaints()?;
    reading.body(&mut ahead)?;
    reading.close().map(Outcome::Read)
}

/// One sheet while it is read.
struct Reading<'s, 'a, 'p> {
    shared: &'s mut Shared<'a, 'p>,
    report: SheetReport,
    landing: LandingFile,
    /// Index of a mapping's rule and the column it looks at.
    skip_rules: Vec<(usize, usize)>,
    table: Table,
    facts: TitleFacts,
    converter: Converter<'a>,
    merges: &'s [Merge],
    /// What a title between two tables said.
    title: Option<TitleFacts>,
}

impl Reading<'_, '_, '_> {
    fn body(&mut self, ahead: &mut Ahead<'_>) -> Result<(), Refusal> {
        let mut spill = Spill::new(self.merges);
        let mut row = Row::default();
        while ahead.next_row(&mut row)? {
            self.report.rows_seen += 1;
            self.shared.rows += 1;
            if self.shared.rows.is_multiple_of(STRIDE) {
                let progress = Progress {
                    sheet: self.report.sheet,
                    rows: self.shared.rows,
                    bytes: ahead.rows.bytes(),
                    total_bytes: self.shared.bytes,
                };
                (self.shared.progress)(progress);
            }
            let table = &self.table;
            spill.fill(&mut row, |field| table.place(field));
            self.row(&row, ahead)?;
        }
        Ok(())
    }

    fn row(&mut self, row: &Row, ahead: &mut Ahead<'_>) -> Result<(), Refusal> {
        if self.is_skipped(row) {
            self.report.rows_skipped += 1;
            return Ok(());
        }
        let mut kind = kinds::of(row, &self.table, &self.shared.request.city.sheets);
        let fate = if kind == RowKind::Data { Some(self.converter.convert(row, &self.table)) } else { None };
        if fate == Some(Fate::NewHeader) {
            kind = RowKind::NewHeader;
        }
        if kind == RowKind::NewHeader && !self.change_table(row, ahead)? {
            kind = RowKind::Note;
        }
        match (kind, fate) {
            (RowKind::Data, Some(fate)) => self.settle(fate),
            (RowKind::Note, _) => {
                self.note(row);
                Ok(())
            }
            _ => {
                self.report.rows_skipped += 1;
                Ok(())
            }
        }
    }

    fn is_skipped(&self, row: &Row) -> bool {
        let Some(mapping) = self.shared.request.mapping else { return row.is_blank() };
        row.is_blank() || self.skip_rules.iter().any(|(rule, column)| mapping.skip_rows_where[*rule].skips(row, *column))
    }

    /// A note or title: what it says may hold for a table below.
    fn note(&mut self, row: &Row) {
        self.report.rows_skipped += 1;
        let titles = &self.shared.titles;
        let said = row.filled().take(NOTE_CELLS).map(|(_, cell)| titles.read(cell.text)).fold(TitleFacts::default(), TitleFacts::or);
        self.title = Some(self.title.take().unwrap_or_default().or(said));
    }

    /// Another header below the first table; `false` when it is none after all.
    fn change_table(&mut self, row: &Row, ahead: &mut Ahead<'_>) -> Result<bool, Refusal> {
        ahead.fill(2)?;
        let rows: Vec<Row> = std::iter::once(row.clone()).chain(ahead.waiting.iter().take(2).cloned()).collect();
        let words = header::Words { vocabulary: &self.shared.request.city.sheets, mapping: None };
        let Found::Header { header, first: 0, levels } = header::find(&rows, self.merges, words) else { return Ok(false) };
        let lower = (levels - 1) as u64;
        ahead.drop_first(levels - 1);
        self.report.rows_seen += lower;
        self.report.rows_skipped += lower;
        self.finish_table()?;
        self.open_table(header)?;
        Ok(true)
    }

    fn open_table(&mut self, header: Header) -> Result<(), Refusal> {
        let facts = self.title.take().unwrap_or_default().or(self.facts.clone());
        self.table = Table::new(header, &facts, self.shared.request.mapping);
        for column in column_reports(&self.table) {
            if !self.report.columns.contains(&column) {
                self.report.columns.push(column);
            }
        }
        Ok(())
    }

    fn settle(&mut self, fate: Fate) -> Result<(), Refusal> {
        match fate {
            Fate::Landed { carrier, questioned } => {
                let id = self.converter.finder.id(carrier);
                self.landing.write(&self.converter.record, self.converter.keys, id)?;
                self.report.rows_in += 1;
                self.report.rows_questioned += u64::from(questioned);
                match self.shared.carriers.get_mut(id) {
                    Some(rows) => *rows += 1,
                    None => _ = self.shared.carriers.insert(id.to_owned(), 1),
                }
                for complaint in self.converter.complaints.drain(..) {
                    self.shared.complaints.write(self.report.sheet, &self.report.name, self.converter.finder.id(carrier), &complaint)?;
                }
            }
            Fate::LeftOut | Fate::NewHeader => {
                self.report.rows_left_out += 1;
                for complaint in self.converter.complaints.drain(..) {
                    self.shared.complaints.write(self.report.sheet, &self.report.name, &self.report.carrier_id, &complaint)?;
                }
            }
        }
        self.settle_late()
    }

    /// Writes suspicions about earlier rows whose turn has come.
    fn settle_late(&mut self) -> Result<(), Refusal> {
        for slip in self.converter.late.drain(..) {
            self.report.rows_questioned += u64::from(slip.first);
            let complaint = Complaint::new(slip.problem, Some(slip.row), self.table.label(slip.field), &slip.raw).because(slip.detail);
            self.shared.complaints.write(self.report.sheet, &self.report.name, &slip.carrier, &complaint)?;
        }
        Ok(())
    }

    fn finish_table(&mut self) -> Result<(), Refusal> {
        let late = self.converter.slips.finish();
        self.converter.late.extend(late);
        self.settle_late()?;
        self.converter.slips = crate::body::slips::Slips::default();
        Ok(())
    }

    /// Complaints about the sheet as a whole.
    fn opening_complaints(&mut self) -> Result<(), Refusal> {
        let mut complaints = Vec::new();
        let today = self.shared.request.today;
        if let (Some(forced), Some(stated)) = (self.converter.defaults.forced, self.converter.defaults.sheet) {
            let day = self.table.reported_on.unwrap_or(today);
            if !self.converter.finder.is_within(stated, forced, day) {
                complaints.push(
                    Complaint::new(Problem::CarrierDiffers, None, "", self.converter.finder.id(stated)).because("表头写明的填报单位不同"),
                );
            }
        }
        if let Some(day) = self.table.reported_on.filter(|day| *day > today) {
            complaints.push(Complaint::new(Problem::DataDateInFuture, None, "", &day.to_string()));
        }
        // A mapping names the columns it wants; the others are known to be unwanted.
        if self.shared.request.mapping.is_none() {
            for label in self.table.header.unknown() {
                complaints.push(Complaint::new(Problem::ColumnUnknown, Some(self.table.header.row), &label, ""));
            }
            for (index, field) in &self.table.header.repeated {
                let label =
                    self.table.header.columns.iter().find(|column| column.index == *index).map_or("", |column| column.label.as_str());
                complaints.push(Complaint::new(Problem::ColumnTwice, Some(self.table.header.row), label, "").because(field.name()));
            }
        }
        for complaint in complaints {
            debug_assert_eq!(complaint.severity, Severity::Questioned);
            self.shared.complaints.write(self.report.sheet, &self.report.name, &self.report.carrier_id, &complaint)?;
        }
        Ok(())
    }

    fn close(mut self) -> Result<SheetReport, Refusal> {
        self.finish_table()?;
        self.landing.finish()?;
        Ok(self.report)
    }
}
