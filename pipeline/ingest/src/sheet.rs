//! Reads one sheet from its first row to its last (逐表读取): title, header, body, and any table below.

use std::collections::{BTreeMap, VecDeque};

use qunlian_domain::landing::Severity;

use crate::Request;
use crate::body::carriers::Defaults;
use crate::body::kinds::{self, RowKind};
use crate::body::spill::Spill;
use crate::complaints::{Complaint, ComplaintFile};
use crate::convert::{Converter, Fate};
use crate::header::{self, Found, Header};
use crate::landing::LandingFile;
use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::report::{ColumnReport, Progress, SheetReport};
use crate::row::Row;
use crate::source::{Merge, Rows};
use crate::table::{self, Table};
use crate::title::TitleFacts;

/// Rows looked at for a header.
const LOOK_AHEAD: usize = 60;
/// Rows between two calls of the progress function.
const STRIDE: u64 = 8_192;

/// What all sheets of a file share.
pub struct Shared<'a, 'p> {
    pub request: &'a Request<'a>,
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
    let mut ahead = Ahead { rows, waiting: VecDeque::new(), spare: Vec::new() };
    ahead.fill(LOOK_AHEAD)?;
    if ahead.waiting.is_empty() {
        return Ok(Outcome::Empty);
    }
    let names = TitleFacts::read(name, request.city).or(TitleFacts::read(stem(request.original_name), request.city));
    let words = header::Words { vocabulary: &request.city.sheets, mapping: request.mapping };
    let (found, first, levels) = match header::find(ahead.waiting.make_contiguous(), merges, words) {
        Found::Header { header, first, levels } => (header, first, levels),
        Found::Nameless { header } => {
            let missing = vec![crate::field::Field::Name.name().to_owned()];
            return Ok(Outcome::NoTable(Refusal::UnknownLayout { sheet: name.to_owned(), row: header.row, missing, unknown: header.unknown() }));
        }
        Found::Nothing(nearest) => {
            let (row, cells) = nearest.map_or((0, Vec::new()), |nearest| (nearest.row, nearest.cells));
            return Ok(Outcome::NoTable(Refusal::NoHeader { sheet: name.to_owned(), row, cells }));
        }
    };
    let titles = ahead.waiting.iter().take(first).flat_map(|row| row.filled().map(|(_, cell)| TitleFacts::read(cell.text, request.city)));
    let facts = titles.fold(TitleFacts::default(), TitleFacts::or).or(names);
    ahead.drop_first(first + levels);
    let table = Table::new(found, &facts, request.mapping);
    let mut converter = Converter::new(request.city, request.mapping, request.today, number, &shared.file);
    let carrier = set_defaults(&mut converter, request, &facts, &table)?;
    let missing = table::missing(&table, carrier.is_some());
    if !missing.is_empty() {
        return Ok(Outcome::NoTable(Refusal::UnknownLayout { sheet: name.to_owned(), row: table.header.row, missing, unknown: table.header.unknown() }));
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

/// The carrier of the sheet, as the converter is told it: handed in for, mapped, or named in a title.
fn set_defaults(converter: &mut Converter<'_>, request: &Request<'_>, facts: &TitleFacts, table: &Table) -> Result<Option<String>, Refusal> {
    let day = table.reported_on.unwrap_or(request.today);
    let mut defaults = Defaults::default();
    if let Some(forced) = request.carrier {
        let known = converter.finder.find(forced, day);
        defaults.forced = Some(known.ok_or_else(|| Refusal::Mapping(format!("名录中没有载体单位“{forced}”")))?);
    }
    if let Some(mapped) = request.mapping.and_then(|mapping| mapping.carrier.as_deref()) {
        let known = converter.finder.find(mapped, day);
        defaults.sheet = Some(known.ok_or_else(|| Refusal::Mapping(format!("名录中没有载体单位“{mapped}”")))?);
    } else if let Some(id) = facts.carrier(&request.city.carriers, day) {
        defaults.sheet = converter.finder.find(&id, day);
    }
    converter.defaults = defaults;
    Ok(defaults.forced.or(defaults.sheet).map(|known| converter.finder.id(known).to_owned()))
}

fn opening_report(number: u32, name: &str, table: &Table, carrier: Option<String>) -> SheetReport {
    SheetReport {
        sheet: number,
        name: name.to_owned(),
        header_row: table.header.row,
        kind: table.kind().to_owned(),
        carrier_id: carrier.unwrap_or_default(),
        month: table.month,
        reported_on: table.reported_on,
        columns: column_reports(table),
        unknown_columns: table.header.unknown(),
        ..SheetReport::default()
    }
}

fn column_reports(table: &Table) -> Vec<ColumnReport> {
    let mut reports = Vec::new();
    for column in &table.header.columns {
        let Some(field) = column.field else { continue };
        reports.push(ColumnReport {
            column: column.index as u32 + 1,
            header: column.label.clone(),
            field: field.id().to_owned(),
            unit: table.unit(field).map(table::unit_name).unwrap_or_default(),
        });
    }
    reports
}

/// The columns of the mapping's skip rules; a rule for a column that is not there is a fault.
fn skip_rules(request: &Request<'_>, table: &Table) -> Result<Vec<(usize, usize)>, Refusal> {
    let mut rules = Vec::new();
    for (index, rule) in request.mapping.map_or(&[][..], |mapping| &mapping.skip_rows_where).iter().enumerate() {
        let wanted = qunlian_domain::text::fold(&rule.column);
        let column = table.header.columns.iter().find(|column| qunlian_domain::text::fold(&column.label) == wanted);
        let column = column.ok_or_else(|| Refusal::Mapping(format!("skip_rows_where 中的列“{}”不在表头中", rule.column)))?;
        rules.push((index, column.index));
    }
    Ok(rules)
}

/// File name without folders and extension.
fn stem(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Rows read ahead of their turn.
struct Ahead<'r> {
    rows: &'r mut dyn Rows,
    waiting: VecDeque<Row>,
    /// Buffers to use again.
    spare: Vec<Row>,
}

impl Ahead<'_> {
    fn fill(&mut self, wanted: usize) -> Result<(), Refusal> {
        while self.waiting.len() < wanted {
            let mut row = self.spare.pop().unwrap_or_default();
            if !self.rows.next_row(&mut row)? {
                break;
            }
            if !row.is_blank() {
                self.waiting.push_back(row);
            }
        }
        Ok(())
    }

    fn next_row(&mut self, row: &mut Row) -> Result<bool, Refusal> {
        match self.waiting.pop_front() {
            Some(waiting) => {
                self.spare.push(std::mem::replace(row, waiting));
                Ok(true)
            }
            None => self.rows.next_row(row),
        }
    }

    fn drop_first(&mut self, count: usize) {
        self.waiting.drain(..count.min(self.waiting.len()));
    }
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
                let progress = Progress { sheet: self.report.sheet, rows: self.shared.rows, bytes: ahead.rows.bytes(), total_bytes: self.shared.bytes };
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
        let city = self.shared.request.city;
        let said = row.filled().map(|(_, cell)| TitleFacts::read(cell.text, city)).fold(TitleFacts::default(), TitleFacts::or);
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
                self.landing.write(&self.converter.record)?;
                self.report.rows_in += 1;
                self.report.rows_questioned += u64::from(questioned);
                let id = self.converter.finder.id(carrier);
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
        if let Some(day) = self.table.reported_on.filter(|day| *day > today) {
            complaints.push(Complaint::new(Problem::DataDateInFuture, None, "", &day.to_string()));
        }
        // A mapping names the columns it wants; the others are known to be unwanted.
        if self.shared.request.mapping.is_none() {
            for label in self.table.header.unknown() {
                complaints.push(Complaint::new(Problem::ColumnUnknown, Some(self.table.header.row), &label, ""));
            }
            for (index, field) in &self.table.header.repeated {
                let label = self.table.header.columns.iter().find(|column| column.index == *index).map_or("", |column| column.label.as_str());
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
