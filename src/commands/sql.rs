//! `qunlian sql`: one read-only statement over the newest generation.

use std::io::Read;

use anyhow::Context;
use chrono::NaiveDate;
use qunlian_domain::audit::AuditAction;
use qunlian_engine::{SqlError, SqlLimits, SqlRequest, encode, run_sql, text_table};
use qunlian_lake::verify::Depth;
use qunlian_lake::{Layout, snapshot};
use qunlian_queries::{About, Answer, Format, Params, SqlFailure};
use qunlian_registry::SqliteStore;
use serde_json::json;

use crate::cli::{Sql, SqlFormat};
use crate::config::Config;
use crate::console_log;
use crate::exit::Unusable;
use crate::lake_files::{damage_words, table_files};
use crate::terminal::{print, print_bytes};

pub fn run(args: &Sql) -> anyhow::Result<()> {
    let layout = Layout::existing(&args.folder.data).map_err(|error| Unusable::new(error.to_string(), "name a data folder with --data"))?;
    let config = Config::of(layout.root())?;
    let statement = statement(&args.statement)?;
    let books = SqliteStore::open(&layout.books()).context("the books")?;
    let as_of = args.as_of.map(|day| day.to_string()).unwrap_or_default();
    console_log::record(&books, AuditAction::Sql, "qunlian sql", json!({ "sql": statement, "as_of": as_of }))?;
    match ask(args, &layout, &config, &statement)? {
        Ok(answer) => write(&answer, args.format),
        Err(error) if args.format == SqlFormat::Json => {
            let failure = SqlFailure::from(&error);
            print(&json!({"ok": false, "error": failure.error, "hint": failure.hint}).to_string())?;
            Err(Unusable::new(failure.error, failure.hint))
        }
        Err(error) => {
            let failure = SqlFailure::from(&error);
            Err(Unusable::new(failure.error, failure.hint))
        }
    }
}

fn statement(text: &str) -> anyhow::Result<String> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut statement = String::new();
    std::io::stdin().take(1 << 20).read_to_string(&mut statement).context("read the statement from stdin")?;
    Ok(statement)
}

fn ask(args: &Sql, layout: &Layout, config: &Config, statement: &str) -> anyhow::Result<Result<Answer, SqlError>> {
    let survey = snapshot::survey(layout, Depth::Sizes)?;
    let Some(current) = &survey.good else {
        return Err(Unusable::new("no generation has been published yet", "import files, then `qunlian run build_lake`"));
    };
    let files = table_files(current, damage_words(&survey));
    let (contract, rules) = crate::data::load_rules(config)?.for_sql(files.generation.data_date.unwrap_or(NaiveDate::MAX))?;
    let mut params = Params::new();
    for pair in &args.params {
        let (name, value) =
            pair.split_once('=').ok_or_else(|| Unusable::new(format!("--param {pair}: not NAME=VALUE"), "write --param year=2022"))?;
        params = bind(params, name, value);
    }
    // Whoever types on the server's own command line gets every row and all the time.
    let limits =
        SqlLimits { rows: usize::MAX >> 8, deadline: std::time::Duration::from_secs(3_600), memory_bytes: 2 << 30, ..SqlLimits::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the engine")?;
    let request = SqlRequest { as_of: args.as_of, params, limits, ..SqlRequest::new(statement) };
    let answer = runtime.block_on(run_sql(&files, &contract, &rules, request));
    // Work that does not yield must not hold up the end.
    runtime.shutdown_background();
    Ok(answer)
}

/// Whole numbers and dates are bound as such, everything else as text.
fn bind(params: Params, name: &str, value: &str) -> Params {
    if let Ok(number) = value.parse::<i64>() {
        return params.with(name, number);
    }
    match value.parse::<chrono::NaiveDate>() {
        Ok(day) => params.with(name, day),
        Err(_) => params.with(name, value),
    }
}

fn write(answer: &Answer, format: SqlFormat) -> anyhow::Result<()> {
    let format = match format {
        SqlFormat::Table => return Ok(print(&text_table(answer))?),
        SqlFormat::Csv => Format::Csv,
        SqlFormat::Json => Format::Json,
        SqlFormat::Arrow => Format::Arrow,
        SqlFormat::Parquet => Format::Parquet,
    };
    let about = About { title: "查询结果".to_owned(), ..About::default() };
    Ok(print_bytes(&encode(answer, format, &about)?)?)
}
