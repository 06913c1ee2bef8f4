//! Fills the landing record (落地记录) of a row, column by column in the order of `landing::COLUMNS`.

use chrono::NaiveDate;
use qunlian_domain::credit_code::CreditCode;
use qunlian_domain::landing::keys::RowKeys;
use qunlian_domain::period::{self, Precision};
use qunlian_domain::project::{self, Status};
use qunlian_domain::text::fold;

use super::Converter;
use super::typed::Typed;
use crate::body::carriers::Known;
use crate::body::texts;
use crate::complaints::Complaint;
use crate::field::Field;
use crate::landing::Fields;
use crate::problem::Problem;
use crate::row::{Kind, Row};
use crate::table::Table;

impl Converter<'_> {
    /// Fills the record in the order of `landing::COLUMNS`; gives the project's key.
    pub(super) fn write_record(&mut self, row: &Row, table: &Table, typed: &Typed, reported_on: NaiveDate, carrier: Known) -> u64 {
        let name = self.said(row, table, Field::Name);
        let investor = self.said(row, table, Field::Investor);
        let code = typed.code;
        let code_text = code.as_ref().map_or("", CreditCode::as_str);
        let keys = project::keys(name, investor, code_text, &mut self.key_text);
        let previous = self.cell(row, table, Field::PreviousName).text;
        let previous_key =
            (!matches!(previous, "" | "-" | "/" | "—" | "--")).then(|| project::keys(previous, investor, "", &mut self.key_text).by_name);
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
        fields.date(Some(table.month.unwrap_or_else(|| period::start_of_month(reported_on))));
        fields.date(Some(reported_on));
        fields.date(typed.recognised.map(|date| date.first));
        fields.text(self.action(row, table));
        for field in [
            Field::Name,
            Field::Content,
            Field::Address,
            Field::Chain,
            Field::Segment,
            Field::IndustryCode,
            Field::Investor,
            Field::InvestorAddress,
        ] {
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
        for promised in typed.promised {
            fields.date(promised.map(|planned| planned.on));
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
        self.keys = RowKeys {
            name_key: keys.by_name,
            code_key: keys.by_code.unwrap_or(0),
            previous_key: previous_key.unwrap_or(0),
            reported_on,
            carrier: 0,
        };
        keys.by_name
    }

    /// A free text: tidied, masked, cut; formula errors are left out.
    fn text(&mut self, row: &Row, table: &Table, field: Field, fields: &mut Fields<'_>) {
        let cell = self.cell(row, table, field);
        if cell.kind == Kind::Error {
            self.complain_of(Problem::FormulaError, row, table, field, "");
            return fields.text("");
        }
        let text = self.said(row, table, field);
        if text.is_empty() {
            return fields.text("");
        }
        let cleaned = texts::clean(text);
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

    /// Takes back what the last row's complaints quote, when it is confidential. A degree of secrecy (密级) counts in whatever
    /// column it stands: a shifted row says it elsewhere.
    pub(super) fn hide_confidential(&mut self, row: &Row, table: &Table) {
        const DEGREES: [&str; 4] = ["涉密", "秘密", "机密", "绝密"];
        let has_degree = || row.filled().any(|(_, cell)| DEGREES.contains(&cell.text.trim()));
        if !self.complaints.is_empty() && (self.is_confidential(row, table) || has_degree()) {
            self.complaints.iter_mut().for_each(Complaint::hide);
        }
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
        for (field, promised) in Field::PROMISED.into_iter().zip(typed.promised) {
            if let Some(word) = promised.and_then(|planned| planned.span.word()) {
                add_inexact(&mut self.inexact, field, word);
            }
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
