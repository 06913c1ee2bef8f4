//! The desk of analysts' statements over this data folder: who makes its tables, and what the `system` schema tells.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use chrono::NaiveDate;
use qunlian_domain::access::RowScope;
use qunlian_engine::{Serving, function_docs};
use qunlian_lake::{LakeError, Layout, snapshot};
use qunlian_queries::{Answers, BoxFuture, FailureKind, FunctionDoc, SqlFailure, Value};
use qunlian_registry::JobBoard;
use qunlian_statements::{Desk, DeskConfig, Folder, FolderMaker, Launch, SystemTables, Turns};
use tokio::process::Command;

use crate::data::load_rules;
use crate::workspace::Workspace;

/// How long a statement waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);
/// Tables of a scope that are not written by then are given up.
const WRITING: Duration = Duration::from_secs(300);
/// Bytes of a statement's text.
const TEXT_BYTES: usize = 64 << 10;
/// Runs of jobs that `system.jobs` tells of.
const JOB_RUNS: usize = 500;
/// How often a newly published generation is looked for, to have a worker wait over it.
const LOOK: Duration = Duration::from_secs(2);
/// And how much later it is tried again when none could be had.
const RETRY: Duration = Duration::from_secs(30);

/// The desk of a running service. What an earlier one left in its folder is removed.
pub fn desk(workspace: &Workspace, engine: &Arc<Serving>, jobs: Arc<dyn JobBoard>) -> anyhow::Result<Arc<Desk>> {
    let folder = workspace.layout.desk();
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("clear {}", folder.display()));
        }
        _ => std::fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?,
    }
    let program = std::env::current_exe().context("find this program")?;
    let data = workspace.layout.root().to_path_buf();
    let bounds = &workspace.config.limits;
    let usual = Turns::default();
    let config = DeskConfig {
        launch: Launch { program: program.clone(), data: data.clone(), spill: folder.join("spill") },
        turns: Turns { at_once: if bounds.sql_at_once == 0 { usual.at_once } else { bounds.sql_at_once }, ..usual },
        patience: PATIENCE,
        deadline: Duration::from_secs(bounds.sql_seconds),
        file_deadline: Duration::from_secs(bounds.sql_file_seconds),
        text_bytes: TEXT_BYTES,
        functions: functions(workspace)?,
    };
    let tables = Tables { program, data, folder, engine: Arc::clone(engine), made: AtomicU64::new(0) };
    let system = System { layout: workspace.layout.clone(), jobs };
    Ok(Arc::new(Desk::new(config, Arc::new(tables), Arc::new(system))))
}

/// The city's functions with their syntax and meaning.
fn functions(workspace: &Workspace) -> anyhow::Result<Vec<FunctionDoc>> {
    // Some exist with the classifiers only, which the service itself shares with nobody.
    let (_, rules) = load_rules(&workspace.config)?.for_sql(NaiveDate::MAX)?;
    let docs = function_docs(&Arc::new(rules));
    let doc = |doc: qunlian_engine::FunctionDoc| FunctionDoc {
        name: doc.name.to_owned(),
        syntax: doc.syntax.to_owned(),
        description: doc.description.to_owned(),
    };
    Ok(docs.into_iter().map(doc).collect())
}

/// Has a worker wait over each newly published generation; says once which fences statements run in.
pub async fn keep_warm(desk: Arc<Desk>, engine: Arc<Serving>) {
    let mut warm = None;
    let mut told = false;
    loop {
        let served = engine.generation().map(|generation| generation.number);
        if served.is_some() && served != warm {
            match desk.warm().await {
                Ok(fences) => {
                    warm = served;
                    if !told {
                        tracing::info!("statements run in processes of their own: {}", fences.join("; "));
                    }
                    told = true;
                }
                Err(failure) => {
                    tracing::error!(error = %failure, "statements cannot be run");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Writes tables by `qunlian sql-tables`.
struct Tables {
    program: PathBuf,
    data: PathBuf,
    folder: PathBuf,
    engine: Arc<Serving>,
    made: AtomicU64,
}

impl FolderMaker for Tables {
    fn served(&self) -> Result<u64, SqlFailure> {
        let generation = self.engine.generation().ok_or_else(|| {
            SqlFailure::new(
                FailureKind::NoData,
                "no generation has been published yet",
                "数据尚未生成",
                "请先导入工作簿，并在作业页运行 build_lake",
            )
        })?;
        Ok(generation.number)
    }

    fn make<'a>(&'a self, generation: u64, scope: &'a RowScope) -> BoxFuture<'a, Result<Folder, SqlFailure>> {
        Box::pin(async move {
            let number = self.made.fetch_add(1, Ordering::Relaxed);
            let folder = Folder::new(self.folder.join(format!("{generation}-{number}")));
            let mut command = Command::new(&self.program);
            command.arg("sql-tables").arg("--data").arg(&self.data).args(["--generation", &generation.to_string()]);
            if let RowScope::Carriers(carriers) = scope {
                for carrier in carriers {
                    command.args(["--carrier", carrier]);
                }
            }
            command.arg("--out").arg(folder.path());
            command.env_clear().stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
            let mut child = command.spawn().map_err(|error| unwritten(&error.to_string()))?;
            // The held stdin tells the process that we live.
            let _alive = child.stdin.take();
            match tokio::time::timeout(WRITING, child.wait_with_output()).await {
                Ok(Ok(ended)) if ended.status.success() => Ok(folder),
                Ok(Ok(ended)) if ended.status.code() == Some(2) => Err(gone(generation)),
                Ok(Ok(ended)) => Err(unwritten(String::from_utf8_lossy(&ended.stderr).trim())),
                Ok(Err(error)) => Err(unwritten(&error.to_string())),
                Err(_) => Err(unwritten("it took too long")),
            }
        })
    }
}

fn gone(generation: u64) -> SqlFailure {
    let (error, said) = (format!("generation {generation} is not kept"), format!("第 {generation} 代数据已不再保存"));
    SqlFailure::new(FailureKind::NoData, error, said, "仍保存的各代见 system.generations；按日看可用 asof_20220331.表名")
}

fn unwritten(fault: &str) -> SqlFailure {
    tracing::error!(fault, "tables for statements cannot be written");
    SqlFailure::new(
        FailureKind::Internal,
        "the tables cannot be prepared",
        "查询用的数据准备失败",
        "请稍后重试；若持续出现，请联系管理员查看日志",
    )
}

/// Generations from the lake, runs from the books.
struct System {
    layout: Layout,
    jobs: Arc<dyn JobBoard>,
}

impl System {
    fn generations(&self) -> Result<Vec<Vec<Value>>, LakeError> {
        let mut rows = Vec::new();
        for number in snapshot::kept(&self.layout)? {
            // A damaged or just retired one is not offered.
            let Ok(kept) = snapshot::generation(&self.layout, number, qunlian_lake::Depth::Manifest) else { continue };
            let manifest = kept.manifest();
            let all: u64 = manifest.tables.iter().map(|table| table.rows).sum();
            rows.push(vec![
                int(number),
                Value::Text(manifest.data_date.to_string()),
                Value::Text(manifest.published_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
                Value::Text(manifest.rule_version.clone()),
                int(all),
            ]);
        }
        Ok(rows)
    }
}

impl SystemTables for System {
    fn rows(&self, table: &str, scope: &RowScope) -> Vec<Vec<Value>> {
        match table {
            "generations" => self.generations().unwrap_or_else(|error| {
                tracing::error!(%error, "the generations cannot be listed");
                Vec::new()
            }),
            "jobs" => match self.jobs.runs(None, JOB_RUNS) {
                Ok(runs) => runs.iter().map(|run| job_row(run, scope)).collect(),
                Err(error) => {
                    tracing::error!(%error, "the runs of jobs cannot be listed");
                    Vec::new()
                }
            },
            _ => Vec::new(),
        }
    }
}

fn job_row(run: &qunlian_registry::Run, scope: &RowScope) -> Vec<Value> {
    let time = |time: &chrono::DateTime<chrono::Utc>| Value::Text(time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    vec![
        Value::Text(run.job.clone()),
        time(&run.slot),
        run.outcome.map_or(Value::Null, |outcome| Value::Text(outcome.id().to_owned())),
        time(&run.started),
        run.finished.as_ref().map_or(Value::Null, time),
        if scope.hears_jobs() { Value::Text(run.message.clone()) } else { Value::Null },
    ]
}

fn int(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}
