//! One table of a sheet (数据表): its header, and everything that holds for all its rows.

use chrono::{Datelike, NaiveDate};
use qunlian_domain::catalogue::SheetAbout;
use qunlian_domain::money::{Denomination, ExchangeRates};
use qunlian_domain::period::NumericOrder;
use qunlian_domain::text::fold;

use crate::field::{self, Field, Holds};
use crate::header::Header;
use crate::mapping::Mapping;
use crate::row::Row;
use crate::title::TitleFacts;

/// A header with its units, its dates and what its rows are.
#[derive(Debug, Clone)]
pub struct Table {
    pub header: Header,
    places: [Option<usize>; field::COUNT],
    units: [Option<Denomination>; 4],
    /// `agreed_yuan=万元;fixed_yuan=亿元`, for the record.
    pub units_text: String,
    /// Columns from the left edge of the sheet to the header's last.
    pub width: usize,
    pub about: Option<SheetAbout>,
    pub month: Option<NaiveDate>,
    pub reported_on: Option<NaiveDate>,
    /// The header's words for the project's name, folded.
    name_words: Vec<String>,
}

/// Longest cell, in bytes, that is compared with the header's word for the name.
const NAME_WORD_BYTES: usize = 36;

impl Table {
    /// Joins a header with what its title, the sheet's and the file's name say. A mapping's word on what the
    /// rows are counts first; its dates stand in for those that are said nowhere.
    pub fn new(mut header: Header, facts: &TitleFacts, mapping: Option<&Mapping>) -> Self {
        let about = mapping.and_then(|mapping| mapping.about).or(facts.about());
        if about == Some(SheetAbout::FixedAssets) {
            read_plain_fixed_assets(&mut header);
        }
        let units = Field::AMOUNTS.map(|amount| {
            let own = header.column(amount).and_then(|column| column.unit);
            own.or_else(|| mapping.and_then(|mapping| mapping.units.get(&amount).copied())).or(facts.unit())
        });
        let reported_on = facts.reported_on().or(mapping.and_then(|mapping| mapping.reported_on));
        Self {
            places: header.places(),
            units_text: units_text(&header, &units),
            units,
            width: header.columns.iter().map(|column| column.index + 1).max().unwrap_or(0),
            about,
            month: facts.month().or(mapping.and_then(|mapping| mapping.month)).or(reported_on.map(qunlian_domain::period::start_of_month)),
            reported_on,
            name_words: header
                .column(Field::Name)
                .map(|column| column.levels.iter().map(|level| fold(level)).collect())
                .unwrap_or_default(),
            header,
        }
    }

    /// The column of a field.
    pub fn place(&self, field: Field) -> Option<usize> {
        self.places[field as usize]
    }

    /// True when a column holds the field.
    pub fn has(&self, field: Field) -> bool {
        self.place(field).is_some()
    }

    /// A row's text for a field; empty without such a column.
    pub fn text<'r>(&self, row: &'r Row, field: Field) -> &'r str {
        self.place(field).map_or("", |place| row.text(place))
    }

    /// The unit of an amount's column.
    pub fn unit(&self, amount: Field) -> Option<Denomination> {
        Field::AMOUNTS.iter().position(|field| *field == amount).and_then(|index| self.units[index])
    }

    /// The words right over a field's cells, as a clerk sees them; the field's own name without such a column.
    pub fn label(&self, field: Field) -> &str {
        self.header.column(field).and_then(|column| column.levels.last()).map_or(field.name(), String::as_str)
    }

    /// True when a text in the name's column is the header's own word for it.
    pub fn is_name_header(&self, text: &str) -> bool {
        text.len() <= NAME_WORD_BYTES && self.name_words.contains(&fold(text))
    }

    /// The date without which a row of this table counts nowhere.
    pub fn headline(&self) -> Option<Field> {
        let field = match self.about? {
            SheetAbout::Signed => Field::SignedOn,
            SheetAbout::Started => Field::StartedOn,
            SheetAbout::Completed => Field::CompletedOn,
            SheetAbout::FixedAssets | SheetAbout::Ledger => return None,
        };
        self.has(field).then_some(field)
    }

    /// The id of what the rows are, for reports.
    pub fn kind(&self) -> &'static str {
        match self.about {
            Some(SheetAbout::Signed) => "signed",
            Some(SheetAbout::Started) => "started",
            Some(SheetAbout::Completed) => "completed",
            Some(SheetAbout::FixedAssets) => "fixed_assets",
            Some(SheetAbout::Ledger) => "ledger",
            None => "",
        }
    }
}

/// In a table of recognised fixed assets a plain 固定资产投资 is no plan.
fn read_plain_fixed_assets(header: &mut Header) {
    const PLANS: [&str; 5] = ["计划", "其中", "协议", "拟", "约定"];
    if header.column(Field::Fixed).is_some() {
        return;
    }
    for column in &mut header.columns {
        if column.field == Some(Field::PlannedFixed) && !PLANS.iter().any(|word| column.label.contains(word)) {
            column.field = Some(Field::Fixed);
        }
    }
}

fn units_text(header: &Header, units: &[Option<Denomination>; 4]) -> String {
    let mut text = String::new();
    for (amount, unit) in Field::AMOUNTS.into_iter().zip(units) {
        if let (Some(_), Some(unit)) = (header.column(amount), unit) {
            if !text.is_empty() {
                text.push(';');
            }
            text.push_str(amount.landing_column());
            text.push('=');
            text.push_str(&unit_name(*unit));
        }
    }
    text
}

/// 万元, 万美元, 亿 (EUR).
pub fn unit_name(unit: Denomination) -> String {
    match unit.currency {
        "CNY" => unit.unit.name().to_owned(),
        "USD" => unit.unit.name().replace('元', "美元"),
        other => format!("{}({other})", unit.unit.name()),
    }
}

/// What a check of single cells needs to know beside the table.
pub struct Surroundings<'s> {
    pub rates: &'s ExchangeRates,
    pub order: NumericOrder,
    /// Folded texts that mean "nothing".
    pub nulls: &'s [String],
    /// The table's data date, or today.
    pub day: NaiveDate,
}

impl Surroundings<'_> {
    /// True for a text that the mapping declares to mean nothing.
    pub fn is_null(&self, text: &str) -> bool {
        !self.nulls.is_empty() && self.nulls.contains(&fold(text))
    }

    /// The year for exchange rates when a row has no date.
    pub fn day_year(&self) -> i32 {
        self.day.year()
    }
}

/// What a usable table must have, by the names people know; empty when it has it all.
pub fn missing(table: &Table, has_carrier: bool) -> Vec<String> {
    let mut missing = Vec::new();
    if !table.has(Field::Name) {
        missing.push(Field::Name.name().to_owned());
    }
    if !has_carrier && !table.has(Field::Carrier) {
        missing.push(Field::Carrier.name().to_owned());
    }
    if table.reported_on.is_none() && !table.has(Field::ReportedOn) && !table.has(Field::RecognisedOn) {
        missing.push(Field::ReportedOn.name().to_owned());
    }
    let facts = Field::ALL
        .into_iter()
        .any(|field| table.has(field) && matches!(field.holds(), Holds::Amount | Holds::Date | Holds::PlannedDate | Holds::CreditCode));
    if !facts && !table.has(Field::Investor) {
        missing.push("投资方、金额或日期".to_owned());
    }
    missing
}
