//! Mapping files (映射文件): TOML that says how a foreign table's columns become fields.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use qunlian_domain::catalogue::SheetAbout;
use qunlian_domain::money::Denomination;
use qunlian_domain::period::{self, NumericOrder};
use qunlian_domain::text::fold;
use serde::Deserialize;

use crate::field::{Field, Holds};
use crate::refusal::Refusal;
use crate::row::Row;

/// How to read one kind of foreign table. Unknown keys are refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// What the table is, for people.
    pub title: String,
    /// Only this sheet, by name or 1-based position; all sheets when missing.
    pub sheet: Option<String>,
    /// 1-based row of the header's last line; searched for by the mapped headers when missing.
    pub header_row: Option<u64>,
    /// Encoding label of a csv (`gb18030`, `windows-1252`); found when missing.
    pub encoding: Option<String>,
    /// Delimiter of a csv; found when missing.
    pub delimiter: Option<u8>,
    pub date_order: NumericOrder,
    /// Cell texts that mean "nothing", compared folded.
    pub nulls: Vec<String>,
    pub about: Option<SheetAbout>,
    /// The carrier of rows that name none, by id or name.
    pub carrier: Option<String>,
    /// Data date and month, where neither table, sheet nor file name says them.
    pub reported_on: Option<NaiveDate>,
    pub month: Option<NaiveDate>,
    /// Folded header → field.
    pub columns: BTreeMap<String, Field>,
    /// Unit of an amount whose header names none.
    pub units: BTreeMap<Field, Denomination>,
    /// Texts for every row, where its own cell is blank.
    pub constants: BTreeMap<Field, String>,
    pub skip_rows_where: Vec<SkipRule>,
}

/// Rows to pass over. All conditions given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkipRule {
    /// Header of the column to look at.
    pub column: String,
    /// The cell is one of these.
    #[serde(default)]
    pub is: Vec<String>,
    /// The cell holds this text.
    #[serde(default)]
    pub contains: Option<String>,
    /// The cell is blank (`true`) or filled (`false`).
    #[serde(default)]
    pub blank: Option<bool>,
}

impl SkipRule {
    /// True when the row is to be passed over; `column` is where the rule's header was found.
    pub fn skips(&self, row: &Row, column: usize) -> bool {
        let text = row.text(column);
        let named = self.is.is_empty() || self.is.iter().any(|value| value == text);
        let held = self.contains.as_deref().is_none_or(|part| text.contains(part));
        let blank = self.blank.is_none_or(|blank| blank == text.is_empty());
        named && held && blank
    }
}

/// A mapping that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}\nhint: {hint}")]
pub struct MappingError {
    pub file: String,
    pub problem: String,
    pub hint: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    title: String,
    sheet: Option<String>,
    header_row: Option<u64>,
    encoding: Option<String>,
    delimiter: Option<String>,
    date_order: Option<String>,
    #[serde(default)]
    nulls: Vec<String>,
    about: Option<SheetAbout>,
    carrier: Option<String>,
    reported_on: Option<String>,
    month: Option<String>,
    columns: BTreeMap<String, String>,
    #[serde(default)]
    units: BTreeMap<String, String>,
    #[serde(default)]
    constants: BTreeMap<String, String>,
    #[serde(default)]
    skip_rows_where: Vec<SkipRule>,
}

impl Mapping {
    /// Reads a mapping; `file` names it in errors.
    pub fn read(file: &str, text: &str) -> Result<Self, MappingError> {
        let fault = |problem: String, hint: &str| MappingError { file: file.to_owned(), problem, hint: hint.to_owned() };
        let raw: MappingFile = toml::from_str(text).map_err(|error| fault(error.to_string(), "see mappings/README.md for the keys"))?;
        let field = |id: &str| {
            let names = || Field::ALL.map(Field::id).join(", ");
            Field::from_id(id).ok_or_else(|| fault(format!("there is no field {id:?}"), &format!("the fields are {}", names())))
        };
        let day = |text: &Option<String>, last: bool| match text.as_deref().map(|text| period::parse(text, NumericOrder::default())) {
            None | Some(Ok(None)) => Ok(None),
            Some(Ok(Some(date))) => Ok(Some(if last { date.last() } else { date.first })),
            Some(Err(error)) => Err(fault(error.to_string(), "write 2022-03-31")),
        };
        let mut columns = BTreeMap::new();
        for (header, id) in &raw.columns {
            columns.insert(fold(header), field(id)?);
        }
        let mut units = BTreeMap::new();
        for (id, unit) in &raw.units {
            let denomination = Denomination::in_header(&format!("({unit})"));
            let denomination = denomination.ok_or_else(|| fault(format!("{unit:?} is no unit"), "write 元, 万元, 亿元 or 美元"))?;
            units.insert(
                amount(field(id)?)
                    .ok_or_else(|| fault(format!("{id} is no amount"), "units belong to agreed, planned_fixed, paid_in, fixed"))?,
                denomination,
            );
        }
        let mut constants = BTreeMap::new();
        for (id, value) in &raw.constants {
            constants.insert(field(id)?, value.clone());
        }
        let date_order = match raw.date_order.as_deref() {
            None | Some("month_first") => NumericOrder::MonthFirst,
            Some("day_first") => NumericOrder::DayFirst,
            Some(other) => return Err(fault(format!("date_order {other:?}"), "write month_first or day_first")),
        };
        let delimiter = match raw.delimiter.as_deref() {
            None => None,
            Some(text) => Some(single_byte(text).ok_or_else(|| fault(format!("delimiter {text:?}"), "write one ASCII character"))?),
        };
        if !columns.values().any(|field| *field == Field::Name) {
            return Err(fault("no column is mapped to name".to_owned(), "every project needs a name"));
        }
        Ok(Self {
            reported_on: day(&raw.reported_on, true)?,
            month: day(&raw.month, false)?.map(period::start_of_month),
            title: raw.title,
            sheet: raw.sheet,
            header_row: raw.header_row,
            encoding: raw.encoding,
            delimiter,
            date_order,
            nulls: raw.nulls.iter().map(|text| fold(text)).collect(),
            about: raw.about,
            carrier: raw.carrier,
            columns,
            units,
            constants,
            skip_rows_where: raw.skip_rows_where,
        })
    }

    /// The field that a header is mapped to.
    pub fn field_of(&self, header: &str) -> Option<Field> {
        self.columns.get(&fold(header)).copied()
    }

    /// True when the mapping is for this sheet.
    pub fn wants(&self, number: u32, name: &str) -> bool {
        self.sheet.as_deref().is_none_or(|sheet| sheet == name || sheet.parse() == Ok(number))
    }

    /// The refusal for a file without the sheet that the mapping names.
    pub fn no_such_sheet(&self) -> Refusal {
        Refusal::Mapping(format!("没有名为“{}”的工作表", self.sheet.as_deref().unwrap_or_default()))
    }
}

fn amount(field: Field) -> Option<Field> {
    (field.holds() == Holds::Amount).then_some(field)
}

fn single_byte(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() => Some(*byte),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        title = "示例"
        date_order = "day_first"
        reported_on = "2022-03"
        nulls = ["Nah"]
        [columns]
        "Site Name" = "name"
        "Cost" = "agreed"
        [units]
        agreed = "美元"
        [[skip_rows_where]]
        column = "Site Name"
        is = ["Total"]
    "#;

    #[test]
    fn a_mapping_is_read_and_compared_folded() {
        let mapping = Mapping::read("m.toml", SMALL).unwrap();
        assert_eq!(mapping.field_of(" site  NAME "), Some(Field::Name));
        assert_eq!(mapping.units[&Field::Agreed].currency, "USD");
        assert_eq!(mapping.reported_on, Some("2022-03-31".parse().unwrap()));
        assert_eq!(mapping.nulls, ["nah"]);
    }

    #[test]
    fn faults_are_named() {
        let check = |text: &str, expect: &str| {
            let error = Mapping::read("m.toml", text).unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        };
        check("title = 'x'\nbogus = 1\n[columns]\n'a' = 'name'", "bogus");
        check("title = 'x'\n[columns]\n'a' = 'nonsense'", "no field \"nonsense\"");
        check("title = 'x'\n[columns]\n'a' = 'agreed'", "no column is mapped to name");
        check("title = 'x'\n[columns]\n'a' = 'name'\n[units]\nagreed = '亩'", "no unit");
        check("title = 'x'\n[columns]\n'a' = 'name'\n[units]\nname = '元'", "no amount");
    }
}
