//! A data row becomes a landing record (逐行转换): typed cells first, then texts, then what the row as a whole must have.

use chrono::{Datelike, NaiveDate};
use csv::ByteRecord;
use qunlian_domain::catalogue::City;
use qunlian_domain::credit_code::{CreditCode, CreditCodeError};
use qunlian_domain::landing::Severity;
use qunlian_domain::period::{PartialDate, Precision};
use qunlian_domain::project::{self, Status};
use qunlian_domain::text::fold;

use crate::body::amounts::{self, Yuan};
use crate::body::carriers::{Defaults, Finder, Known, Resolved};
use crate::body::repeats::{self, Repeats};
use crate::body::shift::{self, Alignment};
use crate::body::slips::{Amounts, Slip, Slips};
use crate::body::{dates, kinds, order, texts};
use crate::complaints::Complaint;
use crate::field::Field;
use crate::landing::Fields;
use crate::mapping::Mapping;
use crate::problem::Problem;
use crate::row::{Cell, Row};
use crate::table::{Surroundings, Table};

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
    /// Of the last row, and of earlier rows whose turn has come.
    pub complaints: Vec<Complaint>,
    pub late: Vec<Slip>,
    key_text: String,
    inexact: String,
}

/// The typed cells of a row.
#[derive(Default)]
struct Typed {
    /// In the order of [`Field::MILESTONES`].
    dates: [Option<PartialDate>; 7],
    reported: Option<PartialDate>,
    recognised: Option<PartialDate>,
    amounts: [Option<Yuan>; 4],
    code: Option<CreditCode>,
    /// Cells that do not look like their column.
    odd: usize,
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
            complaints: Vec::new(),
            late: Vec::new(),
            key_text: String::new(),
            inexact: String::new(),
        }
    }

    /// Converts a row. Complaints and late suspicions are left in their fields for the caller to take.
    pub fn convert(&mut self, row: &Row, table: &Table) -> Fate {
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
        let around = Surroundings { rates: &self.city.exchange, order: self.order(), nulls: self.nulls, day: table.reported_on.unwrap_or(self.today) };
        match shift::check(row, table, &mut self.finder, &around) {
            Alignment::Straight => self.finish(row, table, &typed),
            Alignment::Moved(moved) => {
                self.complaints.clear();
                self.complain(Complaint::new(Problem::ColumnShifted, Some(row.number), "", &excerpt(row)).because("已按数据类型移回"));
                let typed = self.typed(&moved, table);
                self.finish(&moved, table, &typed)
            }
            Alignment::Unclear => {
                self.complaints.clear();
                let mut complaint = Complaint::new(Problem::ColumnShifted, Some(row.number), "", &excerpt(row)).because("无法确定错在哪一列，整行未入库");
                complaint.severity = Severity::RowLeftOut;
                self.complain(complaint);
                Fate::LeftOut
            }
        }
    }

    fn order(&self) -> qunlian_domain::period::NumericOrder {
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
            Some(mapping) if cell.is_blank() => mapping.constants.get(&field).map_or(cell, |text| Cell { text: text.as_str(), ..Cell::BLANK }),
            _ => cell,
        }
    }

    fn typed(&mut self, row: &Row, table: &Table) -> Typed {
        let mut typed = Typed::default();
        for (index, field) in Field::MILESTONES.into_iter().enumerate() {
            typed.dates[index] = self.date(row, table, field, &mut typed.odd);
        }
        typed.reported = self.date(row, table, Field::ReportedOn, &mut typed.odd);
        typed.recognised = self.date(row, table, Field::RecognisedOn, &mut typed.odd);
        let dated = typed.dates.iter().flatten().next().map(|date| date.first).or(typed.reported.map(|date| date.first)).or(table.reported_on);
        let year = dated.unwrap_or(self.today).year();
        for (index, field) in Field::AMOUNTS.into_iter().enumerate() {
            let cell = self.cell(row, table, field);
            if cell.is_blank() {
                continue;
            }
            match amounts::read(cell, table.unit(field), year, &self.city.exchange) {
                Ok(amount) => typed.amounts[index] = amount,
                Err((problem, detail)) => {
                    typed.odd += 1;
                    self.complain_of(problem, row, table, field, &detail);
                }
            }
        }
        self.credit_code(row, table, &mut typed);
        typed
    }

    fn date(&mut self, row: &Row, table: &Table, field: Field, odd: &mut usize) -> Option<PartialDate> {
        let cell = self.cell(row, table, field);
        if cell.is_blank() {
            return None;
        }
        match dates::read(cell, self.order()) {
            Ok(date) => {
                // A bare number may be an amount that slipped into this column.
                *odd += usize::from(date.is_some() && !dates::is_written_out(cell));
                date
            }
            Err(problem) => {
                *odd += 1;
                self.complain_of(problem, row, table, field, "");
                None
            }
        }
    }

    fn credit_code(&mut self, row: &Row, table: &Table, typed: &mut Typed) {
        let cell = self.cell(row, table, Field::CreditCode);
        if cell.is_blank() || matches!(cell.text, "-" | "/" | "无" | "—") {
            return;
        }
        match CreditCode::parse(cell.text) {
            Ok(code) => typed.code = Some(code),
            Err(error) => {
                typed.odd += usize::from(matches!(error, CreditCodeError::Length { .. }));
                self.complain_of(Problem::CreditCodeWrong, row, table, Field::CreditCode, &code_fault(&error));
            }
        }
    }

    /// Checks the row as a whole and writes the record.
    fn finish(&mut self, row: &Row, table: &Table, typed: &Typed) -> Fate {
        let name = self.cell(row, table, Field::Name);
        if name.is_blank() {
            self.complain(Complaint::new(Problem::NameMissing, Some(row.number), table.label(Field::Name), &excerpt(row)));
            return Fate::LeftOut;
        }
        if self.is_nearly_empty(row, table) {
            self.complain_of(Problem::RowNearlyEmpty, row, table, Field::Name, "");
            return Fate::LeftOut;
        }
        let Some(reported_on) = typed.reported.map(PartialDate::last).or(table.reported_on).or(typed.recognised.map(|date| date.first)) else {
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

    fn is_nearly_empty(&self, row: &Row, table: &Table) -> bool {
        let says_something = |field: &Field| !matches!(field, Field::Seq | Field::Carrier | Field::Name) && !self.cell(row, table, *field).is_blank();
        // The usual columns are asked first: almost every row answers at once.
        !says_something(&Field::Investor) && !Field::ALL.iter().any(says_something)
    }

    fn carrier(&mut self, row: &Row, table: &Table, reported_on: NaiveDate) -> Option<Known> {
        let cell = self.cell(row, table, Field::Carrier);
        match self.finder.resolve(cell.text, reported_on, self.defaults) {
            Resolved::Sure(carrier) => Some(carrier),
            Resolved::Questioned(carrier, problem) => {
                let used = self.city.carriers.get(self.finder.id(carrier), reported_on).map_or(String::new(), |carrier| format!("按“{}”入库", carrier.name));
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

    /// Fills the record in the order of `landing::COLUMNS`; gives the project's key.
    fn write_record(&mut self, row: &Row, table: &Table, typed: &Typed, reported_on: NaiveDate, carrier: Known) -> u64 {
        let name = self.cell(row, table, Field::Name).text;
        let investor = self.cell(row, table, Field::Investor).text;
        let code = typed.code;
        let code_text = code.as_ref().map_or("", CreditCode::as_str);
        let keys = project::keys(name, investor, code_text, &mut self.key_text);
        let previous = self.cell(row, table, Field::PreviousName).text;
        let previous_key = (!matches!(previous, "" | "-" | "/" | "—" | "--")).then(|| project::keys(previous, investor, "", &mut self.key_text).by_name);
        self.note_inexact(typed);
        let mut record = std::mem::take(&mut self.record);
        record.clear();
        let mut fields = Fields(&mut record);
        fields.unsigned(row.number);
        fields.unsigned(keys.by_name);
        match keys.by_code {
            Some(key) => fields.unsigned(key),
            None => fields.text(""),
        }
        fields.text(self.finder.id(carrier));
        fields.date(Some(table.month.unwrap_or_else(|| qunlian_domain::period::start_of_month(reported_on))));
        fields.date(Some(reported_on));
        fields.date(typed.recognised.map(|date| date.first));
        fields.text(self.action(row, table));
        for field in [Field::Name, Field::Content, Field::Address, Field::Chain, Field::Segment, Field::IndustryCode, Field::Investor, Field::InvestorAddress] {
            self.text(row, table, field, &mut fields);
        }
        fields.text(code_text);
        self.text(row, table, Field::Region, &mut fields);
        self.text(row, table, Field::Country, &mut fields);
        for amount in typed.amounts {
            fields.yuan(amount.map(|amount| amount.yuan));
        }
        for date in typed.dates {
            fields.date(date.map(|date| date.first));
        }
        fields.text(&self.inexact);
        fields.text(typed.amounts[0].map(|agreed| agreed.currency).filter(|currency| *currency != "CNY").unwrap_or(""));
        fields.text(if self.is_confidential(row, table) { "1" } else { "0" });
        self.status(row, table, &mut fields);
        self.text(row, table, Field::Remark, &mut fields);
        self.text(row, table, Field::PreviousName, &mut fields);
        fields.text(&table.units_text);
        fields.unsigned(u64::from(self.sheet));
        fields.text(&self.file);
        match previous_key {
            Some(key) => fields.unsigned(key),
            None => fields.text(""),
        }
        self.record = record;
        keys.by_name
    }

    /// A free text: tidied, masked, cut; formula errors are left out.
    fn text(&mut self, row: &Row, table: &Table, field: Field, fields: &mut Fields<'_>) {
        let cell = self.cell(row, table, field);
        if cell.kind == crate::row::Kind::Error {
            self.complain_of(Problem::FormulaError, row, table, field, "");
            return fields.text("");
        }
        if matches!(cell.text, "" | "-" | "/" | "—" | "--") {
            return fields.text("");
        }
        let cleaned = texts::clean(cell.text);
        if cleaned.masked {
            self.complain_of(Problem::PhoneInText, row, table, field, "");
        }
        if cleaned.cut {
            self.complain_of(Problem::TextTooLong, row, table, field, "");
        }
        fields.text(&cleaned.text);
    }

    fn action(&mut self, row: &Row, table: &Table) -> &'static str {
        let text = self.cell(row, table, Field::Action).text;
        if text.is_empty() {
            return "report";
        }
        let words = &self.city.sheets;
        if words.is_revocation(text) {
            return "revoke";
        }
        if words.is_correction(text) {
            return "correct";
        }
        const REPORTS: [&str; 10] = ["上报", "新增", "报送", "初报", "首报", "正常", "无", "-", "/", "否"];
        if !REPORTS.contains(&fold(text).as_str()) {
            self.complain_of(Problem::ActionUnknown, row, table, Field::Action, "");
        }
        "report"
    }

    /// 是, √, 涉密, and any named degree of secrecy.
    fn is_confidential(&self, row: &Row, table: &Table) -> bool {
        let text = self.cell(row, table, Field::Confidential).text;
        if matches!(text, "" | "否") {
            return false;
        }
        let denied = ["非", "不", "未", "无", "否"].iter().any(|word| text.starts_with(word));
        self.city.sheets.is_yes(text) || (text.contains('密') && !denied)
    }

    /// A known status by its id; a longer narrative stays as it is.
    fn status(&mut self, row: &Row, table: &Table, fields: &mut Fields<'_>) {
        const CODE_BYTES: usize = 24;
        let text = self.cell(row, table, Field::Status).text;
        if text.is_empty() {
            return fields.text("");
        }
        if text.len() > CODE_BYTES {
            return self.text(row, table, Field::Status, fields);
        }
        match Status::read(text) {
            Some(status) => fields.text(status.id()),
            None => {
                self.complain_of(Problem::StatusUnknown, row, table, Field::Status, "");
                fields.text("");
            }
        }
    }

    fn note_inexact(&mut self, typed: &Typed) {
        self.inexact.clear();
        let dated = Field::MILESTONES.into_iter().zip(typed.dates).chain([(Field::RecognisedOn, typed.recognised)]);
        for (field, date) in dated {
            let word = match date.map(|date| date.precision) {
                Some(Precision::Month) => "month",
                Some(Precision::Year) => "year",
                Some(Precision::Day) | None => continue,
            };
            add_inexact(&mut self.inexact, field, word);
        }
        for (field, amount) in Field::AMOUNTS.into_iter().zip(typed.amounts) {
            if amount.is_some_and(|amount| amount.about) {
                add_inexact(&mut self.inexact, field, "about");
            }
        }
    }
}

fn add_inexact(text: &mut String, field: Field, word: &str) {
    if !text.is_empty() {
        text.push(';');
    }
    text.push_str(field.landing_column());
    text.push('=');
    text.push_str(word);
}

fn code_fault(error: &CreditCodeError) -> String {
    match error {
        CreditCodeError::Length { found } => format!("共 {found} 位，应为 18 位"),
        CreditCodeError::Character { position, found, .. } => format!("第 {position} 位“{found}”不是代码字符"),
        CreditCodeError::CheckDigit { expected, found } => format!("校验位为“{found}”，应为“{expected}”"),
    }
}

/// The row's cells in one line, for complaints about the whole row.
fn excerpt(row: &Row) -> String {
    let cells: Vec<&str> = row.filled().take(8).map(|(_, cell)| cell.text).collect();
    cells.join(" | ")
}
