//! Workbooks from the page (网页报表): read by a limited child into a folder that goes away; nothing reaches the lake.

mod landed;

use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use chrono::NaiveDate;
use qunlian_ingest::Report;
use qunlian_lake::Layout;
use qunlian_queries::BoxFuture;
use qunlian_registry::secret::new_secret;
use qunlian_web::{BookRefusal, CellSheet, ReadBook, WorkbookReader};
use serde_json::Value;

use crate::child;
use crate::workspace::Workspace;

/// Folders of uploads in the staging folder.
const PREFIX: &str = "upload-";

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
        let upload = Upload::keep(&self.layout, bytes)?;
        let args = [format!("--name={name}"), format!("--today={today}"), format!("--carrier={carrier}")];
        let last = match self.spawn(&upload, &args)? {
            Ok(last) => last,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let report: Report =
            serde_json::from_value(last.get("report").cloned().unwrap_or_default()).context("the report of the reading process")?;
        Ok(Ok(landed::book(&upload.out, &report)?))
    }

    fn cells_now(&self, bytes: &[u8]) -> anyhow::Result<Result<Vec<CellSheet>, BookRefusal>> {
        let upload = Upload::keep(&self.layout, bytes)?;
        let args = ["--cells", "--name=cells", "--today=1970-01-01"].map(str::to_owned);
        let last = match self.spawn(&upload, &args)? {
            Ok(last) => last,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let sheets: Vec<qunlian_ingest::CellSheet> =
            serde_json::from_value(last.get("sheets").cloned().unwrap_or_default()).context("the sheets of the reading process")?;
        Ok(Ok(sheets.into_iter().map(|sheet| sheet_of(&upload.out, sheet)).collect::<anyhow::Result<_>>()?))
    }

    /// What the child said last, unless it refused the file.
    fn spawn(&self, upload: &Upload, more: &[String]) -> anyhow::Result<Result<Value, BookRefusal>> {
        let mut args: Vec<&OsStr> = vec!["parse".as_ref(), upload.file.as_os_str(), "--out".as_ref(), upload.out.as_os_str()];
        args.extend(more.iter().map(OsStr::new));
        args.extend(["--data".as_ref(), self.layout.root().as_os_str()]);
        let ended = child::run(&args, Duration::from_secs(self.seconds), |_| {})?;
        let Some(last) = ended.last else {
            tracing::warn!(overdue = ended.overdue, status = %ended.status, "a workbook from the page was not read");
            return Ok(Err(refusal("文件过于复杂或已损坏，未能在限定的时间和内存内读完。请另存为 .xlsx 或拆分后重新上传")));
        };
        if let Some(why) = last.get("refusal").and_then(Value::as_str) {
            tracing::info!(why, "a workbook from the page was refused");
            return Ok(Err(refusal(last.get("hint").and_then(Value::as_str).unwrap_or(""))));
        }
        Ok(Ok(last))
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
        Box::pin(async move { aside(move || own.read_now(&bytes, &name, &carrier, today)).await })
    }

    fn cells(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Vec<CellSheet>, BookRefusal>> {
        let own = self.clone();
        Box::pin(async move { aside(move || own.cells_now(&bytes)).await })
    }
}

/// Reads on a thread that may wait; a failure of ours is logged and becomes a refusal.
async fn aside<T: Send + 'static>(
    read: impl FnOnce() -> anyhow::Result<Result<T, BookRefusal>> + Send + 'static,
) -> Result<T, BookRefusal> {
    let read = tokio::task::spawn_blocking(read).await;
    match read.map_err(anyhow::Error::from).and_then(|read| read) {
        Ok(read) => read,
        Err(error) => {
            tracing::error!("a workbook from the page could not be read: {error:#}");
            Err(refusal("系统暂时不能读取报表，请稍后重试或联系管理员"))
        }
    }
}

fn refusal(hint: &str) -> BookRefusal {
    BookRefusal { text: "报表未能读取".to_owned(), hint: hint.to_owned() }
}

/// An uploaded file and where its child writes, for as long as this lives.
struct Upload {
    file: PathBuf,
    out: PathBuf,
    _folder: OwnFolder,
}

impl Upload {
    fn keep(layout: &Layout, bytes: &[u8]) -> anyhow::Result<Self> {
        let folder = OwnFolder::make(layout)?;
        let (file, out) = (folder.0.join("workbook"), folder.0.join("landing"));
        fs::write(&file, bytes).with_context(|| file.display().to_string())?;
        fs::create_dir(&out).with_context(|| out.display().to_string())?;
        Ok(Self { file, out, _folder: folder })
    }
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

fn sheet_of(out: &Path, sheet: qunlian_ingest::CellSheet) -> anyhow::Result<CellSheet> {
    let path = out.join(format!("cells-{}.csv", sheet.number));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(&path)?;
    let rows = reader.records().map(|record| Ok(record?.iter().map(str::to_owned).collect()));
    Ok(CellSheet { name: sheet.name, rows: rows.collect::<anyhow::Result<_>>().with_context(|| path.display().to_string())? })
}
