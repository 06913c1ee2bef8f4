//! Targets of the city's files and of the books in one table: what the center entered outranks the file from its day on.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::*;
use qunlian_domain::pace::MonthlyCurve;
use qunlian_domain::rules::Rules;
use qunlian_domain::target::{Metric, Scope, Target, TargetKind};
use qunlian_transform::{BuildInput, BuildReport, Parts, build};

struct Folder(PathBuf);

impl Parts for Folder {
    fn new_part(&mut self, table: &str, key: &str, _fingerprint: &str) -> Result<PathBuf, String> {
        std::fs::create_dir_all(&self.0).map_err(|error| error.to_string())?;
        Ok(self.0.join(format!("{table}-{key}.parquet")))
    }
}

const QUARTERS: &str = "5,5,5,10,10,10,10,10,10,9,8,8";

fn entered(value: Option<i64>, issuer: &str, from: &str, curve: &str) -> Target {
    Target {
        year: 2022,
        metric: Metric::Started,
        band: None,
        scope: Scope::City,
        scope_id: "huaibei".to_owned(),
        kind: TargetKind::Count,
        value,
        issuer: issuer.to_owned(),
        known_from: from.parse().unwrap(),
        known_until: None,
        documented: true,
        note: String::new(),
        reason: "年中调整".to_owned(),
        curve: MonthlyCurve::from_text(curve).unwrap(),
    }
}

fn built(out: &Path, entered_targets: Vec<Target>, previous: BTreeMap<String, String>) -> BuildReport {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let rules = Rules::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap();
    let input = BuildInput {
        rules: Arc::new(rules),
        rule_version: "test".to_owned(),
        sources: Vec::new(),
        books: Vec::new(),
        decisions: Vec::new(),
        entered_targets,
        runs: Vec::new(),
        previous,
    };
    build(&input, &mut Folder(out.to_owned()), &mut |_| {}).unwrap()
}

/// The rows of the city's started target: issuer, value, source, curve, from and until.
fn started(out: &Path, table: &str) -> Vec<[String; 6]> {
    let file = std::fs::File::open(out.join(format!("{table}-all.parquet"))).unwrap();
    let rows = ParquetReader::new(file).finish().unwrap();
    let all = rows.height();
    let cell = |column: &str, row: usize| rows.column(column).unwrap().get(row).unwrap().to_string().trim_matches('"').to_owned();
    let wanted = [("year", "2022"), ("metric", "started"), ("scope", "city"), ("kind", "count")];
    let fits = |row: &usize| wanted.iter().all(|(column, value)| cell(column, *row) == *value);
    let told = ["issuer", "value", "source", "curve", "known_from", "known_until"];
    (0..all).filter(fits).map(|row| told.map(|column| cell(column, row))).collect()
}

#[test]
fn the_books_outrank_the_file_from_their_day_on() {
    let folder = tempfile::tempdir().unwrap();
    let city = "淮北市人民政府";
    let entries = vec![entered(Some(240), city, "2022-06-01", QUARTERS), entered(Some(200), "安徽省", "2022-06-01", "")];
    built(folder.path(), entries, BTreeMap::new());
    let row = |cells: [&str; 6]| cells.map(str::to_owned);
    let file = row([city, "225", "file", "null", "2022-01-01", "2022-06-01"]);
    let books = row([city, "240", "books", QUARTERS, "2022-06-01", "null"]);
    let province = row(["安徽省", "200", "books", "null", "2022-06-01", "null"]);
    assert_eq!(started(folder.path(), "targets"), [file.clone(), books.clone()], "one leads at a time");
    assert_eq!(started(folder.path(), "issued_targets"), [file, books, province]);
}

#[test]
fn nothing_new_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = built(folder.path(), Vec::new(), BTreeMap::new());
    let known: BTreeMap<String, String> =
        first.parts.iter().map(|part| (format!("{}/{}", part.table, part.key), part.fingerprint.clone())).collect();
    let rows = |report: &BuildReport| {
        let targets = report.parts.iter().filter(|part| part.table.ends_with("targets"));
        targets.map(|part| (part.table.clone(), part.rows.is_some())).collect::<Vec<_>>()
    };
    let of = |written: bool| vec![("targets".to_owned(), written), ("issued_targets".to_owned(), written)];
    assert_eq!(rows(&first), of(true));
    assert_eq!(rows(&built(folder.path(), Vec::new(), known.clone())), of(false));
    assert_eq!(rows(&built(folder.path(), vec![entered(None, "市", "2022-06-01", "")], known)), of(true));
}
