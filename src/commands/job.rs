//! `qunlian job`: does one job's work as the runner's child, inside the job's limits.

use anyhow::Context;
use chrono::{DateTime, Utc};
use qunlian_jobs::{Reporter, child, desk, find};
use serde_json::{Value, json};

use crate::cli::Job;
use crate::exit::Unusable;
use crate::work::build::{Built, Effort};
use crate::work::{build, bulletins, deliver, export, ingest, lights, retain};
use crate::workspace::{Workspace, business_day};

pub fn run(args: &Job) -> anyhow::Result<()> {
    let job = find(&args.name).ok_or_else(|| Unusable::new(format!("there is no job {:?}", args.name), "see `qunlian jobs`"))?;
    child::obey_parent().context("watch the parent")?;
    child::limit_memory(&job.limits).context("limit the memory")?;
    let reporter = Reporter::stdout();
    match work(args, &reporter) {
        Ok(result) => {
            reporter.result(result);
            Ok(())
        }
        Err(error) => {
            reporter.error(&format!("{error:#}"), None);
            Err(error)
        }
    }
}

fn work(args: &Job, reporter: &Reporter) -> anyhow::Result<Value> {
    tracing::info!(job = args.name, slot = args.slot, attempt = args.attempt, "begin");
    let workspace = Workspace::open(&args.folder.data)?;
    let today = business_day(args.today);
    let mut progress = |label: &str, done: u64, total: u64| reporter.progress(done, total, label);
    match args.name.as_str() {
        "ingest_inbox" => {
            let done = ingest::inbox(&workspace, today, &mut progress)?;
            let words = format!("接收 {} 个文件、{} 行，重复 {} 个，退回 {} 个", done.accepted, done.rows, done.known, done.refused);
            Ok(json!({"message": words, "files": done.accepted, "new_rows": done.rows, "known": done.known, "refused": done.refused}))
        }
        "build_lake" => Ok(match build::run(&workspace, effort(args), today, &mut progress)? {
            Built::Unchanged { generation } => {
                json!({"message": format!("数据没有变化，仍为第 {generation} 代"), "generation": generation, "published": false, "quiet": true})
            }
            Built::NoInput => json!({"message": "还没有可用的来源文件", "published": false}),
            Built::Published { generation, written, reused, rows_read } => json!({
                "message": format!("发布第 {generation} 代：新写 {written} 个分片，沿用 {reused} 个，读取 {rows_read} 行"),
                "generation": generation, "published": true, "written": written, "reused": reused, "rows_read": rows_read,
            }),
        }),
        "export_registry" => {
            let done = export::run(&workspace)?;
            let words = if done.changed { "已更新" } else { "没有变化" };
            let words = format!("备案登记簿{words}：{} 个载体单位，{} 行已认定记录", done.carriers, done.rows);
            Ok(json!({"message": words, "export": done.hash, "changed": done.changed, "rows": done.rows, "quiet": true}))
        }
        "retain_lake" => {
            let done = retain::run(&workspace)?;
            let words = format!("清理 {} 代，保留 {} 代，释放 {} 字节", done.retired.len(), done.kept.len(), done.bytes_freed);
            Ok(json!({"message": words, "retired": done.retired, "kept": done.kept, "bytes_freed": done.bytes_freed}))
        }
        "bulletins" => Ok(bulletins_report(&bulletins::run(&workspace, today, &mut progress)?)),
        "monday_notice" => {
            let outcome = desk::notice::publish(workspace.store.as_ref(), &workspace.loaded.rules, slot(args)?, today, Utc::now())?;
            Ok(desk::notice::report(&outcome))
        }
        "recognise" => {
            let notice_days = workspace.loaded.rules.city.procedure.notice_days;
            Ok(desk::recognise::report(desk::recognise::run(workspace.store.as_ref(), notice_days, today, Utc::now())?))
        }
        "light_turns" => lights::turns(&workspace, today),
        "weekly_lights" => lights::weekly(&workspace, today),
        "deliver" => deliver::run(&workspace, today),
        other => Err(Unusable::new(format!("nothing is known of how to do {other:?}"), "this is a fault of the program")),
    }
}

fn bulletins_report(done: &bulletins::Outcome) -> Value {
    let names: Vec<String> = done.made.iter().map(|made| format!("{}（截至 {}，第{}版）", made.name, made.until, made.edition)).collect();
    let mut words = if names.is_empty() { "没有新的通报".to_owned() } else { format!("制作 {}", names.join("、")) };
    if let Some(day) = done.without_targets.last() {
        words.push_str(&format!("；{}年没有下达目标，未制作", day.format("%Y")));
    }
    json!({"message": words, "made": done.made.iter().map(|made| made.id).collect::<Vec<_>>(), "known": done.known, "queued": done.queued,
        "quiet": done.made.is_empty()})
}

/// The slot that the run is for; now, when somebody typed the command.
fn slot(args: &Job) -> anyhow::Result<DateTime<Utc>> {
    let Some(slot) = &args.slot else { return Ok(Utc::now()) };
    let slot = slot.parse::<DateTime<Utc>>();
    slot.map_err(|error| Unusable::new(format!("--slot {:?}: {error}", args.slot), "write it like 2022-06-06T00:00:00Z"))
}

fn effort(args: &Job) -> Effort {
    match (args.full, args.all_parts) {
        (true, _) => Effort::Everything,
        (false, true) => Effort::AllParts,
        (false, false) => Effort::Changed,
    }
}
