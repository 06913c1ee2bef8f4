//! A data row becomes a landing record (逐行转换): typed cells first, then texts, then what the row as a whole must have.

mod promises;
mod record;
mod typed;

use chrono::NaiveDate;
use csv::ByteRecord;
use qunlian_domain::catalogue::City;
use qunlian_domain::landing::Severity;
use qunlian_domain::landing::keys::RowKeys;
use qunlian_domain::period::{NumericOrder, PartialDate};
use qunlian_domain::text::fold;

use crate::body::carriers::{Defaults, Finder, Known, Resolved};
use crate::body::repeats::{self, Repeats};
use crate::body::shift::{self, Alignment};
use crate::body::slips::{Amounts, Slip, Slips};
use crate::body::{kinds, order};
use crate::complaints::Complaint;
use crate::field::Field;
use crate::mapping::Mapping;
use crate::problem::Problem;
use crate::row::{Cell, Row};
use crate::table::{Surroundings, Table};
pub(crate) use promises::is_in_words;
use typed::Typed;

/// Fruitless checks for shifted columns that one sheet is granted: a column that is wrong in every row is
/// no shift, and each check costs as much as forty plain rows.
const PATIENCE: u32 = 5_000;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The record is ready in [`Converter::record`].
    Landed { carrier: Known, questioned: bool },
    /// A complaint says why it is not.
    LeftOut,
    /// It is another header after all.
    NewHeader,
}

/// Turns rows of one sheet into records and complaints.
pub struct Converter<'a> {
    city: &'a City,
    mapping: Option<&'a Mapping>,
    nulls: &'a [String],
    today: NaiveDate,
    sheet: u32,
    /// First 12 characters of the file's BLAKE3.
    file: String,
    pub finder: Finder<'a>,
    pub defaults: Defaults,
    repeats: Repeats,
    pub slips: Slips,
    /// Of the last row.
    pub record: ByteRecord,
    /// Of the last row; the carrier's position is the landing file's affair.
    pub keys: RowKeys,
    /// Of the last row, and of earlier rows whose turn has come.
    pub complaints: Vec<Complaint>,
    pub late: Vec<Slip>,
    /// Checks for shifted columns that may still come to nothing.
    patience: u32,
    key_text: String,
    inexact: String,
}

impl<'a> Converter<'a> {
    pub fn new(city: &'a City, mapping: Option<&'a Mapping>, today: NaiveDate, sheet: u32, file: &str) -> Self {
        Self {
            city,
            mapping,
            nulls: mapping.map_or(&[], |mapping| mapping.nulls.as_slice()),
            today,
            sheet,
            file: file.to_owned(),
            finder: Finder::new(&city.carriers),
            defaults: Defaults::default(),
            repeats: Repeats::default(),
            slips: Slips::default(),
            record: ByteRecord::new(),
            keys: RowKeys { name_key: 0, code_key: 0, previous_key: 0, reported_on: today, carrier: 0 },
            complaints: Vec::new(),
            late: Vec::new(),
            patience: PATIENCE,
            key_text: String::new(),
            inexact: String::new(),
        }
    }

    /// Converts a row. Complaints and late suspicions are left in their fields for the caller to take; those about a confidential
    /// project quote nothing.
    pub fn convert(&mut self, row: &Row, table: &Table) -> Fate {
        let fate = self.converted(row, table);
        self.hide_confidential(row, table);
        fate
    }

    fn converted(&mut self, row: &Row, table: &Table) -> Fate {
        self.complaints.clear();
        let typed = self.typed(row, table);
        let headless = table.headline().is_some_and(|headline| table.text(row, headline).is_empty());
        if typed.odd == 0 && !headless {
            return self.finish(row, table, &typed);
        }
        if typed.odd >= 2 && self.mapping.is_none() && kinds::is_new_header(row, &self.city.sheets) {
            self.complaints.clear();
            return Fate::NewHeader;
        }
        if self.patience == 0 {
            return self.finish(row, table, &typed);
        }
        let around = Surroundings {
            rates: &self.city.exchange,
            order: self.order(),
            nulls: self.nulls,
            day: table.reported_on.unwrap_or(self.today),
        };
        match shift::check(row, table, &mut self.finder, &around) {
            Alignment::Straight => {
                self.patience -= u32::from(typed.odd >= 2);
                self.finish(row, table, &typed)
            }
            Alignment::Moved(moved) => {
                self.complaints.clear();
                self.complain(Complaint::new(Problem::ColumnShifted, Some(row.number), "", &excerpt(row)).because("已按数据类型移回"));
                let typed = self.typed(&moved, table);
                let fate = self.finish(&moved, table, &typed);
                self.hide_confidential(&moved, table);
                fate
            }
            Alignment::Unclear => {
                self.complaints.clear();
                let mut complaint =
                    Complaint::new(Problem::ColumnShifted, Some(row.number), "", &excerpt(row)).because("无法确定错在哪一列，整行未入库");
                complaint.severity = Severity::RowLeftOut;
                self.complain(complaint);
                Fate::LeftOut
            }
        }
    }

    fn order(&self) -> NumericOrder {
        self.mapping.map_or_else(Default::default, |mapping| mapping.date_order)
    }

    fn complain(&mut self, complaint: Complaint) {
        self.complaints.push(complaint);
    }

    fn complain_of(&mut self, problem: Problem, row: &Row, table: &Table, field: Field, detail: &str) {
        let complaint = Complaint::new(problem, Some(row.number), table.label(field), table.text(row, field));
        self.complaints.push(complaint.because(detail));
    }

    /// A field's cell; blank when it holds a declared null, the mapping's constant when it is blank.
    fn cell<'r>(&self, row: &'r Row, table: &Table, field: Field) -> Cell<'r>
    where
        'a: 'r,
    {
        let mut cell = table.place(field).map_or(Cell::BLANK, |place| row.cell(place));
        if !self.nulls.is_empty() && !cell.is_blank() && self.nulls.contains(&fold(cell.text)) {
            cell = Cell::BLANK;
        }
        match self.mapping {
            Some(mapping) if cell.is_blank() => {
                mapping.constants.get(&field).map_or(cell, |text| Cell { text: text.as_str(), ..Cell::BLANK })
            }
            _ => cell,
        }
    }

    /// Checks the row as a whole and writes the record.
    fn finish(&mut self, row: &Row, table: &Table, typed: &Typed) -> Fate {
        if self.said(row, table, Field::Name).is_empty() {
            self.complain(Complaint::new(Problem::NameMissing, Some(row.number), table.label(Field::Name), &excerpt(row)));
            return Fate::LeftOut;
        }
        if self.is_nearly_empty(row, table) {
            self.complain_of(Problem::RowNearlyEmpty, row, table, Field::Name, "");
            return Fate::LeftOut;
        }
        let Some(reported_on) = typed.reported.map(PartialDate::last).or(table.reported_on).or(typed.recognised.map(|date| date.first))
        else {
            self.complain_of(Problem::NoDataDate, row, table, Field::ReportedOn, "");
            return Fate::LeftOut;
        };
        let Some(carrier) = self.carrier(row, table, reported_on) else { return Fate::LeftOut };
        self.doubts(row, table, typed, reported_on);
        let key = self.write_record(row, table, typed, reported_on, carrier);
        if self.repeats.seen(key, repeats::digest(&self.record, 1)) {
            self.complain_of(Problem::RepeatedRow, row, table, Field::Name, "");
            return Fate::LeftOut;
        }
        self.defaults.above = Some(carrier);
        let questioned = self.complaints.iter().any(|complaint| complaint.severity == Severity::Questioned);
        self.watch_amounts(row, table, typed, carrier, questioned);
        Fate::Landed { carrier, questioned }
    }

    /// A field's text; strokes that stand for "nothing" are nothing.
    fn said<'r>(&self, row: &'r Row, table: &Table, field: Field) -> &'r str
    where
        'a: 'r,
    {
        match self.cell(row, table, field).text {
            "-" | "/" | "—" | "--" | "——" | "\\" => "",
            text => text,
        }
    }

    fn is_nearly_empty(&self, row: &Row, table: &Table) -> bool {
        let says_something =
            |field: &Field| !matches!(field, Field::Seq | Field::Carrier | Field::Name) && !self.cell(row, table, *field).is_blank();
        // The usual columns are asked first: almost every row answers at once.
        !says_something(&Field::Investor) && !Field::ALL.iter().any(says_something)
    }

    fn carrier(&mut self, row: &Row, table: &Table, reported_on: NaiveDate) -> Option<Known> {
        let cell = self.cell(row, table, Field::Carrier);
        match self.finder.resolve(cell.text, reported_on, self.defaults) {
            Resolved::Sure(carrier) => Some(carrier),
            Resolved::Questioned(carrier, problem) => {
                let used = self
                    .city
                    .carriers
                    .get(self.finder.id(carrier), reported_on)
                    .map_or(String::new(), |carrier| format!("按“{}”入库", carrier.name));
                let mut complaint = Complaint::new(problem, Some(row.number), table.label(Field::Carrier), cell.text).because(used);
                complaint.severity = Severity::Questioned;
                self.complain(complaint);
                Some(carrier)
            }
            Resolved::None(problem) => {
                self.complain(Complaint::new(problem, Some(row.number), table.label(Field::Carrier), cell.text));
                None
            }
        }
    }

    fn doubts(&mut self, row: &Row, table: &Table, typed: &Typed, reported_on: NaiveDate) {
        if typed.dates.iter().flatten().next().is_some() {
            for doubt in order::doubts(&typed.dates, reported_on) {
                self.complain_of(doubt.problem, row, table, doubt.field, &doubt.detail);
            }
        }
        if let Some(recognised) = typed.recognised
            && recognised.first > reported_on
        {
            self.complain_of(Problem::RecognisedAfterReported, row, table, Field::RecognisedOn, &format!("截至日期为 {reported_on}"));
        }
        if let Some(headline) = table.headline()
            && typed.dates[headline as usize - Field::SignedOn as usize].is_none()
        {
            self.complain_of(Problem::MilestoneDateMissing, row, table, headline, headline.name());
        }
    }

    /// Keeps the row's amounts for the medians, or judges them when those are known.
    fn watch_amounts(&mut self, row: &Row, table: &Table, typed: &Typed, carrier: Known, questioned: bool) {
        let yuan = typed.amounts.map(|amount| amount.map(|amount| amount.yuan));
        if yuan.iter().all(Option::is_none) || !self.slips.is_odd(&yuan) {
            return;
        }
        let raw = Field::AMOUNTS.map(|field| table.text(row, field).to_owned());
        let amounts = Amounts { row: row.number, yuan, raw, carrier: self.finder.id(carrier).to_owned(), questioned };
        self.late.extend(self.slips.see(amounts));
    }
}

/// The row's cells in one line, for complaints about the whole row.
fn excerpt(row: &Row) -> String {
    let cells: Vec<&str> = row.filled().take(8).map(|(_, cell)| cell.text).collect();
    cells.join(" | ")
}
