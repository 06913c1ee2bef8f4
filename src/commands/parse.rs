//! `qunlian parse`: reads one file inside limits it sets on itself; says JSON lines on stdout.

use qunlian_ingest::{CellsRequest, Limits, Mapping, Request};
use serde_json::json;

use crate::cli::Parse;
use crate::config::Config;
use crate::limits::{self, ChildLimits};
use crate::terminal::print;

/// Rows and columns of one sheet that are written as they stand; each one more than a page takes.
pub(crate) const CELLS: (usize, usize) = (2_021, 61);

pub fn run(args: &Parse) -> anyhow::Result<()> {
    let config = args.data.as_deref().map(Config::of).transpose()?.unwrap_or_default();
    let bounds = if args.operator { Limits::operator() } else { Limits::uploads() };
    let mebibytes = if args.operator { config.limits.parse_mib.max(4096) } else { config.limits.parse_mib };
    let seconds = if args.operator { None } else { Some(config.limits.parse_seconds) };
    limits::set(ChildLimits { memory_bytes: Some(mebibytes << 20), cpu_seconds: seconds, ..ChildLimits::default() })?;
    qunlian_jobs::child::obey_parent()?;
    if args.cells {
        return cells(args, bounds);
    }
    let city = crate::data::load_city(&config)?;
    let mapping = match &args.mapping {
        Some(path) => Some(Mapping::read(&path.display().to_string(), &std::fs::read_to_string(path)?)),
        None => None,
    };
    let mapping = match mapping.transpose() {
        Ok(mapping) => mapping,
        Err(fault) => return Ok(print(&json!({"refusal": fault.to_string(), "hint": "请核对映射文件"}).to_string())?),
    };
    let request = Request {
        file: &args.file,
        original_name: &args.name,
        out: &args.out,
        city: &city,
        today: args.today,
        mapping: mapping.as_ref(),
        carrier: args.carrier.as_deref(),
        limits: bounds,
    };
    let mut told = std::time::Instant::now();
    let outcome = qunlian_ingest::parse(&request, &mut |step| {
        if told.elapsed().as_millis() < 200 {
            return;
        }
        told = std::time::Instant::now();
        // A parent that no longer listens will end this process.
        let _ = print(&json!({"progress": {"done": step.bytes, "total": step.total_bytes, "rows": step.rows}}).to_string());
    });
    let last = match outcome {
        Ok(report) => json!({ "report": report }),
        Err(refusal) => json!({"refusal": refusal.to_string(), "hint": refusal.hint()}),
    };
    Ok(print(&last.to_string())?)
}

/// Sheet by sheet as it stands.
fn cells(args: &Parse, limits: Limits) -> anyhow::Result<()> {
    let request = CellsRequest { file: &args.file, out: &args.out, limits, rows: CELLS.0, columns: CELLS.1 };
    let last = match qunlian_ingest::cells(&request) {
        Ok(sheets) => json!({ "sheets": sheets }),
        Err(refusal) => json!({"refusal": refusal.to_string(), "hint": refusal.hint()}),
    };
    Ok(print(&last.to_string())?)
}
