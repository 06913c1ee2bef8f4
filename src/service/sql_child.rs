//! Statements from the page: each in a child process of its own, limited, killed at its deadline.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use chrono::NaiveDate;
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{
    About, Answer, AnswerColumn, Asker, BoxFuture, FailureKind, Format, Outline, Parts, Run, SqlFailure, Statement, Statements, Stream,
    Value as Cell,
};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::workspace::Workspace;

/// Statements that may run at once; more wait for a moment, then are told to come back.
const AT_ONCE: usize = 4;
const PATIENCE: Duration = Duration::from_secs(5);
/// More bytes of JSON than this are not shown on a page.
const ANSWER_BYTES: u64 = 32 << 20;
/// After the statement's own deadline the child is killed this much later.
const GRACE: Duration = Duration::from_millis(250);

/// Starts `qunlian sql --fenced --format json`.
pub struct SqlChild {
    program: PathBuf,
    data: PathBuf,
    deadline: Duration,
    places: Semaphore,
}

impl SqlChild {
    /// A runner for a data folder.
    pub fn new(workspace: &Workspace) -> anyhow::Result<Self> {
        Ok(Self {
            program: std::env::current_exe().context("find this program")?,
            data: workspace.layout.root().to_path_buf(),
            deadline: Duration::from_secs(workspace.config.limits.sql_seconds),
            places: Semaphore::new(AT_ONCE),
        })
    }

    async fn ask(&self, sql: &str, as_of: Option<NaiveDate>) -> Result<Vec<u8>, SqlFailure> {
        if sql.len() > 64 << 10 {
            return Err(failure("the statement is longer than 64 KiB", "语句过长，请精简后重试"));
        }
        let place = tokio::time::timeout(PATIENCE, self.places.acquire()).await;
        let Ok(Ok(_place)) = place else {
            return Err(failure("too many statements are running", "正在运行的查询较多，请稍后重试"));
        };
        let mut command = Command::new(&self.program);
        command.args(["sql", "--fenced", "--format", "json", "--data"]).arg(&self.data);
        if let Some(day) = as_of {
            command.args(["--as-of", &day.to_string()]);
        }
        // The held stdin tells the child that we live; nothing of our environment is its business.
        command.arg("--").arg(sql).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| failure(&format!("cannot start: {error}"), "请联系管理员"))?;
        let stdout = child.stdout.take();
        let read = async {
            let mut answer = Vec::new();
            if let Some(stdout) = stdout {
                stdout.take(ANSWER_BYTES + 1).read_to_end(&mut answer).await?;
            }
            std::io::Result::Ok(answer)
        };
        let answer = match tokio::time::timeout(self.deadline + GRACE, read).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(failure(&error.to_string(), "请重试")),
            Err(_) => return Err(failure(&format!("no answer within {} s", self.deadline.as_secs()), "请缩小范围或增加筛选条件后重试")),
        };
        if answer.len() as u64 > ANSWER_BYTES {
            return Err(failure("the answer is larger than 32 MiB", "请减少列数或行数，或用命令行下载"));
        }
        understood(answer)
    }
}

/// A refused statement says so in its JSON; a child that died says nothing.
fn understood(answer: Vec<u8>) -> Result<Vec<u8>, SqlFailure> {
    let Ok(said) = serde_json::from_slice::<Value>(&answer) else {
        return Err(failure("the statement exceeded its memory or time", "请减少连接的表、排序或分组的行数后重试"));
    };
    if said.get("ok").and_then(Value::as_bool) == Some(true) {
        return Ok(answer);
    }
    let text = |key: &str| said.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Err(failure(&text("error"), &text("hint")))
}

fn failure(error: &str, hint: &str) -> SqlFailure {
    SqlFailure::new(FailureKind::Internal, error, error, hint)
}

#[derive(Deserialize)]
struct Wire {
    ok: bool,
    #[serde(default)]
    error: String,
    #[serde(default)]
    hint: String,
    #[serde(default)]
    generation: u64,
    #[serde(default)]
    as_of: Option<String>,
    #[serde(default)]
    columns: Vec<WireColumn>,
    #[serde(default)]
    rows: Vec<Vec<serde_json::Value>>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct WireColumn {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    unit: String,
}

/// Reads the JSON of `qunlian sql --format json`.
fn read_answer(json: &[u8]) -> Result<Answer, SqlFailure> {
    let wire: Wire = serde_json::from_slice(json).map_err(|error| failure(&format!("the result cannot be read: {error}"), ""))?;
    if !wire.ok {
        return Err(failure(&wire.error, &wire.hint));
    }
    let columns: Vec<AnswerColumn> = wire.columns.into_iter().map(column).collect();
    let rows = wire.rows.into_iter().map(|row| row.into_iter().zip(&columns).map(|(value, column)| cell(value, column.kind)).collect());
    Ok(Answer {
        rows: rows.collect(),
        generation: wire.generation,
        as_of: wire.as_of.and_then(|day| day.parse::<NaiveDate>().ok()),
        truncated: wire.truncated,
        columns,
    })
}

fn column(wire: WireColumn) -> AnswerColumn {
    let kind = match wire.kind.as_str() {
        "int" => ColumnType::Int,
        "decimal" => ColumnType::Decimal,
        "date" => ColumnType::Date,
        "bool" => ColumnType::Bool,
        _ => ColumnType::Text,
    };
    let title = if wire.title.is_empty() { wire.name.clone() } else { wire.title };
    AnswerColumn { name: wire.name, kind, title, unit: wire.unit }
}

fn cell(value: serde_json::Value, kind: ColumnType) -> Cell {
    match value {
        serde_json::Value::Null => Cell::Null,
        serde_json::Value::Bool(yes) => Cell::Bool(yes),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) if kind != ColumnType::Decimal => Cell::Int(whole),
            (_, Some(decimal)) => Cell::Decimal(decimal),
            _ => Cell::Text(number.to_string()),
        },
        serde_json::Value::String(text) => match kind {
            ColumnType::Date => text.parse().map_or(Cell::Text(text), Cell::Date),
            _ => Cell::Text(text),
        },
        other => Cell::Text(other.to_string()),
    }
}

fn unavailable<T>() -> Result<T, SqlFailure> {
    Err(failure("not here", ""))
}

impl Statements for SqlChild {
    fn show<'a>(&'a self, _: &'a Asker, statement: Statement) -> BoxFuture<'a, Result<Answer, SqlFailure>> {
        Box::pin(async move { read_answer(&self.ask(&statement.sql, statement.as_of).await?) })
    }

    fn file<'a>(&'a self, _: &'a Asker, _: Statement, _: Format, _: About) -> BoxFuture<'a, Result<Box<dyn Parts>, SqlFailure>> {
        Box::pin(async move { unavailable() })
    }

    fn stream<'a>(&'a self, _: &'a Asker, _: Statement) -> BoxFuture<'a, Result<Stream, SqlFailure>> {
        Box::pin(async move { unavailable() })
    }

    fn outline<'a>(&'a self, _: &'a Asker, _: Statement) -> BoxFuture<'a, Result<Outline, SqlFailure>> {
        Box::pin(async move { unavailable() })
    }

    fn runs(&self, _: &Asker) -> Vec<Run> {
        Vec::new()
    }

    fn stop(&self, _: &Asker, _: u64) -> bool {
        false
    }
}
