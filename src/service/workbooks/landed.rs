//! What a reading child landed, as a clerk would type it (读出的行).

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::Path;

use anyhow::Context;
use csv::StringRecord;
use qunlian_domain::project::Milestone;
use qunlian_domain::promise::Promised;
use qunlian_ingest::Report;
use qunlian_web::{BookComplaint, ReadBook, ReadRow};

/// Rows and complaints that are handed on; one more row than a page takes tells that there are too many.
const MOST_ROWS: usize = 2_001;
const MOST_COMPLAINTS: usize = 1_000;
/// Landing columns whose text is a field's as it stands.
const TEXTS: [(&str, &str); 11] = [
    ("name", "name"),
    ("content", "content"),
    ("address", "address"),
    ("industry_code", "industry_code"),
    ("chain_given", "chain_given"),
    ("segment_given", "segment_given"),
    ("investor", "investor"),
    ("investor_address", "investor_address"),
    ("credit_code", "credit_code"),
    ("country_given", "country_given"),
    ("remark", "remark"),
];

/// Reads what the child landed.
pub fn book(out: &Path, report: &Report) -> anyhow::Result<ReadBook> {
    let mut book = ReadBook::default();
    complaints(out, &mut book)?;
    for sheet in report.sheets.iter().filter(|sheet| sheet.rows_in > 0) {
        let path = out.join(format!("sheet-{}.csv", sheet.sheet));
        let table = Table::open(&path)?;
        table.each(|line| {
            if book.rows.len() >= MOST_ROWS {
                return false;
            }
            match line.get("action") {
                "" | "report" => book.rows.push(read_row(line, &sheet.name)),
                _ => other_action(line, &sheet.name, &mut book),
            }
            true
        })?;
    }
    Ok(book)
}

fn complaints(out: &Path, book: &mut ReadBook) -> anyhow::Result<()> {
    Table::open(&out.join("complaints.csv"))?.each(|line| {
        book.complaint_count += 1;
        if book.complaints.len() < MOST_COMPLAINTS {
            let text = |column: &str| line.get(column).to_owned();
            book.complaints.push(BookComplaint {
                sheet: text("sheet_name"),
                row: text("row"),
                column: text("column"),
                value: text("value"),
                problem: text("message"),
                hint: text("hint"),
                severity: text("severity"),
            });
        }
        true
    })
}

/// Corrections and revocations are about filings that stand: they are told, not filed as new projects.
fn other_action(line: &Line<'_>, sheet: &str, book: &mut ReadBook) {
    book.complaint_count += 1;
    book.complaints.insert(
        0,
        BookComplaint {
            sheet: sheet.to_owned(),
            row: line.get("row").to_owned(),
            column: String::new(),
            value: line.get("name").to_owned(),
            problem: "更正或撤销的行不作为新备案".to_owned(),
            hint: "请在原备案中办理信息变更、状态变更或删除申请".to_owned(),
            severity: "row_left_out".to_owned(),
        },
    );
}

/// A landed row as a clerk would type it.
fn read_row(line: &Line<'_>, sheet: &str) -> ReadRow {
    let mut typed = BTreeMap::new();
    let mut set = |field: &str, text: String| {
        if !text.is_empty() {
            typed.insert(field.to_owned(), text);
        }
    };
    for (column, field) in TEXTS {
        set(field, line.get(column).to_owned());
    }
    for amount in ["agreed_yuan", "planned_fixed_yuan"] {
        let yuan = line.get(amount);
        let about = if line.inexact(amount) == "about" { "约" } else { "" };
        set(amount, if yuan.is_empty() { String::new() } else { format!("{about}{yuan}元") });
    }
    let milestones = Milestone::ALL.map(|milestone| format!("{}_on", milestone.id()));
    for column in milestones.into_iter().chain(Promised::ALL.map(|promised| promised.column().to_owned())) {
        let day = line.get(&column);
        // No more is said than the workbook said.
        let said = match line.inexact(&column) {
            "month" | "ten_days" => day.get(..7),
            "year" | "half_year" | "quarter" => day.get(..4),
            _ => Some(day),
        };
        set(&column, said.unwrap_or(day).to_owned());
    }
    if line.get("confidential") == "1" {
        set("confidential", "是".to_owned());
    }
    ReadRow { sheet: sheet.to_owned(), row: line.get("row").parse().unwrap_or(0), carrier_id: line.get("carrier_id").to_owned(), typed }
}

/// A csv with a header.
struct Table {
    reader: csv::Reader<File>,
    columns: HashMap<String, usize>,
}

/// One record of it, by column.
struct Line<'a> {
    columns: &'a HashMap<String, usize>,
    record: &'a StringRecord,
}

impl Table {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
        let columns = reader.headers()?.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
        Ok(Self { reader, columns })
    }

    /// Calls until there is no more, or until the call says false.
    fn each(mut self, mut call: impl FnMut(&Line<'_>) -> bool) -> anyhow::Result<()> {
        let mut record = StringRecord::new();
        while self.reader.read_record(&mut record)? {
            if !call(&Line { columns: &self.columns, record: &record }) {
                break;
            }
        }
        Ok(())
    }
}

impl<'a> Line<'a> {
    /// Empty for what is not there.
    fn get(&self, column: &str) -> &'a str {
        self.columns.get(column).and_then(|at| self.record.get(*at)).unwrap_or("")
    }

    /// `month`, `year` or `about`; empty for what is exact.
    fn inexact(&self, column: &str) -> &'a str {
        let mut pairs = self.get("inexact").split(';').filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == column).map_or("", |(_, word)| word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_the_workbook_said() {
        let headers = ["row", "carrier_id", "name", "agreed_yuan", "signed_on", "started_on", "inexact", "confidential"];
        let columns = headers.iter().enumerate().map(|(at, name)| ((*name).to_owned(), at)).collect();
        let inexact = "signed_on=month;agreed_yuan=about";
        let record = StringRecord::from(vec!["7", "suixi", "铝箔项目", "120000000", "2022-05-01", "2022-05-18", inexact, "1"]);
        let row = read_row(&Line { columns: &columns, record: &record }, "明细");
        assert_eq!((row.row, row.carrier_id.as_str(), row.sheet.as_str()), (7, "suixi", "明细"));
        let expect = [
            ("agreed_yuan", "约120000000元"),
            ("confidential", "是"),
            ("name", "铝箔项目"),
            ("signed_on", "2022-05"),
            ("started_on", "2022-05-18"),
        ];
        assert_eq!(row.typed.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn every_field_exists() {
        for (column, field) in TEXTS {
            assert!(qunlian_domain::landing::COLUMNS.iter().any(|(known, _)| *known == column), "{column}");
            assert!(qunlian_domain::filing::kind_of(field).is_some(), "{field}");
        }
    }
}
