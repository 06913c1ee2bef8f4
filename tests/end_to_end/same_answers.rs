//! Our answers to free SQL against DuckDB's, on the same Parquet files.

mod statements;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use qunlian_domain::access::RowScope;
use qunlian_engine::{IpcReader, Masking, Rules, Sandbox, Spill, SqlRequest, TableFiles, read_scope, write_scope};
use qunlian_lake::verify::Depth;
use qunlian_queries::{Generation, Value};
use serde_json::Value as Json;

use crate::support::Folder;

/// Statements that are compared.
const COUNT: usize = 2_000;

/// Why, how to tell such a statement, the smallest one.
type Named = (&'static str, fn(&str) -> bool, &'static str);

/// Where the engines differ: why, how such a statement is told from others, and the smallest that shows it. A difference that
/// none of these names fails the test, and so does one that is there no longer.
const NAMED: [Named; 4] = [
    (
        "a column twice in rollup or cube is refused; name it once",
        |sql| repeats_a_column(sql),
        "select carrier_id, carrier_id as again, count(*) from projects group by rollup (carrier_id, carrier_id)",
    ),
    ("whole numbers divide to whole numbers, as in PostgreSQL; cast one to double", |_| false, "select 7 / 2 as n"),
    (
        "`is not distinct from` binds looser than and, or; put it into brackets",
        |_| false,
        "select count(*) from projects where stage is not distinct from 'signed' or version = 1",
    ),
    ("a division by zero is an error, not infinity", |_| false, "select 7 / 0 as n"),
];

fn repeats_a_column(sql: &str) -> bool {
    let list = ["rollup (", "cube ("].iter().find_map(|word| sql.split(word).nth(1));
    let one_and_other = list.and_then(|list| list.split(')').next()?.split_once(", "));
    one_and_other.is_some_and(|(one, other)| one == other)
}

#[test]
fn every_named_difference_is_one() {
    let (folder, _) = Folder::with_sample(11, Vec::new());
    let tables = tempfile::tempdir().unwrap();
    let statements: Vec<String> = NAMED.iter().map(|(.., statement)| (*statement).to_owned()).collect();
    let ours = ours(&folder, tables.path(), &statements);
    let theirs = theirs(tables.path(), &statements);
    for ((why, _, statement), (ours, theirs)) in NAMED.iter().zip(ours.iter().zip(&theirs)) {
        assert!(ours.is_err() != theirs.is_err() || ours.as_ref().ok() != theirs.as_ref().ok(), "no longer: {why}: {statement}: {ours:?}");
    }
}

#[test]
fn two_thousand_statements_have_the_same_answers() {
    let (folder, _) = Folder::with_sample(11, Vec::new());
    let tables = tempfile::tempdir().unwrap();
    let statements = statements::statements(2_022, COUNT);
    let ours = ours(&folder, tables.path(), &statements);
    let theirs = theirs(tables.path(), &statements);
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut different, mut refused, mut rows) = (Vec::new(), 0, 0);
    for ((statement, ours), theirs) in statements.iter().zip(&ours).zip(&theirs) {
        rows += ours.as_ref().map_or(0, Vec::len);
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) if ours == theirs => {}
            (Err(_), Err(_)) => refused += 1,
            _ => match NAMED.iter().find(|(_, is_it, _)| is_it(statement)) {
                Some((why, ..)) => *named.entry(why).or_default() += 1,
                None => different.push(told(statement, ours, theirs)),
            },
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different[..different.len().min(60)].join("\n\n"));
    assert!(refused * 50 < COUNT, "{refused} are refused by both: they compare nothing");
    assert!(named.values().sum::<usize>() * 50 < COUNT, "{named:?}: too many to call them equal");
    assert!(rows > 10 * COUNT, "{rows} rows are too few to compare anything");
}

type Rows = Result<Vec<String>, String>;

fn ours(folder: &Folder, to: &Path, statements: &[String]) -> Vec<Rows> {
    let layout = qunlian_lake::Layout::open(folder.data()).unwrap();
    let published = qunlian_lake::latest(&layout, Depth::Sizes).unwrap().unwrap();
    let read = |path: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(path));
    let rules = qunlian_domain::rules::Rules::load(&read, "cities/huaibei").unwrap();
    let files = TableFiles {
        generation: Generation {
            number: published.generation(),
            data_date: None,
            published_at: String::new(),
            rule_version: String::new(),
            rows: Vec::new(),
            checks: (0, 0),
            damage: None,
        },
        tables: published.manifest().tables.iter().map(|table| (table.name.clone(), published.files(&table.name))).collect(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let engine_rules = Rules::of(&rules.city);
        write_scope(&files, &files, &rules.contract, &engine_rules, &RowScope::City, to).await.unwrap();
        let served = read_scope(to).unwrap();
        let sandbox = Sandbox::open(&rules.contract, engine_rules, served, Vec::new(), Masking::Done, Spill::System).await.unwrap();
        let mut answers = Vec::with_capacity(statements.len());
        for statement in statements {
            answers.push(answer(&sandbox, statement).await);
        }
        answers
    })
}

async fn answer(sandbox: &Sandbox, statement: &str) -> Rows {
    let mut request = SqlRequest::new(statement);
    request.limits.rows = 1_000_000;
    let mut running = sandbox.start(&request).await.map_err(|fault| fault.to_string())?;
    let mut reader = IpcReader::new(running.columns());
    let mut rows = Vec::new();
    while let Some(part) = running.next().await {
        let part = part.map_err(|fault| fault.to_string())?;
        rows.extend(reader.rows(part).unwrap());
    }
    let mut lines: Vec<String> = rows.iter().map(|row| row.iter().map(printed).collect::<Vec<_>>().join("|")).collect();
    lines.sort();
    Ok(lines)
}

fn printed(value: &Value) -> String {
    match value {
        Value::Null => "∅".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number_text(*number),
        Value::Text(text) => text.clone(),
        Value::Date(day) => day.to_string(),
        Value::Bool(truth) => truth.to_string(),
    }
}

/// Ten digits: sums of decimals may be added in another order. A whole decimal equals the whole number.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        return format!("{number:.0}");
    }
    let rounded: f64 = format!("{number:.9e}").parse().unwrap();
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 { format!("{rounded:.0}") } else { format!("{rounded:e}") }
}

fn theirs(tables: &Path, statements: &[String]) -> Vec<Rows> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/end_to_end/same_answers/duckdb_answers.py");
    let mut python =
        Command::new(crate::support::python()).arg(script).arg(tables).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let lines: Vec<String> = statements.iter().map(|statement| Json::from(statement.as_str()).to_string()).collect();
    let feed = std::thread::spawn(move || lines.iter().for_each(|line| writeln!(stdin, "{line}").unwrap()));
    let output = python.wait_with_output().unwrap();
    feed.join().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Rows> = text.lines().map(|line| read(&serde_json::from_str(line).unwrap())).collect();
    assert_eq!(answers.len(), statements.len());
    answers
}

fn read(answer: &Json) -> Rows {
    if let Some(error) = answer["error"].as_str() {
        return Err(error.to_owned());
    }
    let cell = |value: &Json| match value {
        Json::Null => "∅".to_owned(),
        Json::String(text) => text.clone(),
        Json::Number(number) => number.as_i64().map_or_else(|| number_text(number.as_f64().unwrap()), |whole| whole.to_string()),
        other => other.to_string(),
    };
    let rows = answer["rows"].as_array().unwrap().iter().map(|row| row.as_array().unwrap());
    let mut lines: Vec<String> = rows.map(|row| row.iter().map(cell).collect::<Vec<_>>().join("|")).collect();
    lines.sort();
    Ok(lines)
}

fn told(statement: &str, ours: &Rows, theirs: &Rows) -> String {
    let brief = |rows: &Rows, others: &Rows| match (rows, others) {
        (Err(fault), _) => format!("refused: {fault}"),
        (Ok(rows), Ok(others)) => {
            let odd: Vec<&String> = rows.iter().filter(|row| !others.contains(row)).take(3).collect();
            format!("{} rows, only here: {odd:?}", rows.len())
        }
        (Ok(rows), Err(_)) => format!("{} rows", rows.len()),
    };
    format!("{statement}\n  ours:   {}\n  duckdb: {}", brief(ours, theirs), brief(theirs, ours))
}
