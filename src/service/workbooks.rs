//! Workbooks from the page (网页报表): read by a limited child into a folder that goes away; nothing reaches the lake.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use chrono::NaiveDate;
use csv::StringRecord;
use qunlian_domain::project::Milestone;
use qunlian_ingest::Report;
use qunlian_lake::Layout;
use qunlian_queries::BoxFuture;
use qunlian_registry::secret::new_secret;
use qunlian_web::{BookComplaint, BookRefusal, ReadBook, ReadRow, WorkbookReader};
use serde_json::Value;

use crate::child;
use crate::workspace::Workspace;

/// Rows and complaints that are handed on; one more row than a page takes tells that there are too many.
const MOST_ROWS: usize = 2_001;
const MOST_COMPLAINTS: usize = 1_000;
/// Folders of uploads in the staging folder.
const PREFIX: &str = "upload-";

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

/// Starts `qunlian parse` for each workbook.
#[derive(Clone)]
pub struct WorkbookChild {
    layout: Layout,
    seconds: u64,
}

impl WorkbookChild {
    /// A reader for a data folder; what a killed server left of its uploads is removed.
    pub fn new(workspace: &Workspace) -> anyhow::Result<Self> {
        let staging = workspace.layout.staging();
        for entry in fs::read_dir(&staging).with_context(|| staging.display().to_string())? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                fs::remove_dir_all(entry.path()).with_context(|| entry.path().display().to_string())?;
            }
        }
        Ok(Self { layout: workspace.layout.clone(), seconds: workspace.config.limits.parse_seconds })
    }

    fn read_now(&self, bytes: &[u8], name: &str, carrier: &str, today: NaiveDate) -> anyhow::Result<Result<ReadBook, BookRefusal>> {
        let folder = OwnFolder::make(&self.layout)?;
        let (file, out) = (folder.0.join("workbook"), folder.0.join("landing"));
        fs::write(&file, bytes).with_context(|| file.display().to_string())?;
        fs::create_dir(&out).with_context(|| out.display().to_string())?;
        let (name, carrier, today) = (format!("--name={name}"), format!("--carrier={carrier}"), format!("--today={today}"));
        let args: [&OsStr; 9] = [
            "parse".as_ref(),
            file.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
            name.as_ref(),
            today.as_ref(),
            carrier.as_ref(),
            "--data".as_ref(),
            self.layout.root().as_os_str(),
        ];
        let ended = child::run(&args, Duration::from_secs(self.seconds), |_| {})?;
        let Some(last) = ended.last else {
            tracing::warn!(overdue = ended.overdue, status = %ended.status, "a workbook from the page was not read");
            return Ok(Err(refusal("文件过于复杂或已损坏，未能在限定的时间和内存内读完。请另存为 .xlsx 或拆分后重新上传")));
        };
        if let Some(why) = last.get("refusal").and_then(Value::as_str) {
            tracing::info!(why, "a workbook from the page was refused");
            return Ok(Err(refusal(last.get("hint").and_then(Value::as_str).unwrap_or(""))));
        }
        let report: Report =
            serde_json::from_value(last.get("report").cloned().unwrap_or_default()).context("the report of the reading process")?;
        Ok(Ok(book(&out, &report)?))
    }
}

impl WorkbookReader for WorkbookChild {
    fn read<'a>(
        &'a self,
        bytes: Vec<u8>,
        file_name: &'a str,
        carrier_id: &'a str,
        today: NaiveDate,
    ) -> BoxFuture<'a, Result<ReadBook, BookRefusal>> {
        let (own, name, carrier) = (self.clone(), file_name.to_owned(), carrier_id.to_owned());
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || own.read_now(&bytes, &name, &carrier, today)).await;
            match read.map_err(anyhow::Error::from).and_then(|read| read) {
                Ok(read) => read,
                Err(error) => {
                    tracing::error!("a workbook from the page could not be read: {error:#}");
                    Err(refusal("系统暂时不能读取报表，请稍后重试或联系管理员"))
                }
            }
        })
    }
}

fn refusal(hint: &str) -> BookRefusal {
    BookRefusal { text: "报表未能读取".to_owned(), hint: hint.to_owned() }
}

/// A folder that nobody else reads, and that goes away.
struct OwnFolder(PathBuf);

impl OwnFolder {
    fn make(layout: &Layout) -> anyhow::Result<Self> {
        let secret = new_secret()?;
        let folder = layout.staging().join(format!("{PREFIX}{}", secret.get(..16).unwrap_or(&secret)));
        DirBuilder::new().mode(0o700).create(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self(folder))
    }
}

impl Drop for OwnFolder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "an upload was not cleared away");
        }
    }
}

/// Reads what the child landed.
fn book(out: &Path, report: &Report) -> anyhow::Result<ReadBook> {
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
    for milestone in Milestone::ALL {
        let column = format!("{}_on", milestone.id());
        let day = line.get(&column);
        // No more is said than the workbook said.
        let said = match line.inexact(&column) {
            "month" => day.get(..7),
            "year" => day.get(..4),
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
