//! The columnar path for single-row projects and the fold for all others publish the same rows.
//!
//! The same landing is built twice: once as it is, and once with every row repeated, which sends each
//! project through the fold without changing what is known.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::*;
use qunlian_domain::history::Rank;
use qunlian_domain::landing::COLUMNS;
use qunlian_domain::landing::keys::{RowKeys, trailer};
use qunlian_domain::project::keys;
use qunlian_domain::rules::Rules;
use qunlian_transform::{BuildInput, Parts, Sheet, Source, build};

struct Folder(PathBuf);

impl Parts for Folder {
    fn new_part(&mut self, table: &str, key: &str, _fingerprint: &str) -> Result<PathBuf, String> {
        let folder = self.0.join(table);
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        Ok(folder.join(format!("part-{key}.parquet")))
    }
}

fn rules() -> Arc<Rules> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    Arc::new(Rules::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap())
}

/// Landing rows with all kinds of facts; `row` is the row's number in the sheet.
fn row(row: usize, project: usize) -> Vec<(&'static str, String)> {
    let name = format!("年产{project}万吨铝箔项目");
    let investor = format!("上海示例{project}有限公司");
    let code = "";
    let key = keys(&name, &investor, code, &mut String::new());
    let carrier = ["suixi", "duji", "gaoxin"][project % 3];
    let mut cells = vec![
        ("row", row.to_string()),
        ("name_key", key.by_name.to_string()),
        ("carrier_id", carrier.to_owned()),
        ("month", "2022-03-01".to_owned()),
        ("reported_on", "2022-03-31".to_owned()),
        ("action", "report".to_owned()),
        ("name", name),
        ("investor", investor),
        ("investor_address", "上海市浦东新区示例路1号".to_owned()),
        ("confidential", usize::from(project.is_multiple_of(7)).to_string()),
        ("sheet", "1".to_owned()),
        ("file", "a".repeat(12)),
    ];
    if project.is_multiple_of(2) {
        cells.push(("recognised_on", "2022-03-15".to_owned()));
        cells.push(("agreed_yuan", (project as i64 * 100_000_000).to_string()));
    }
    if !project.is_multiple_of(5) {
        cells.push(("signed_on", "2022-03-02".to_owned()));
    }
    if project.is_multiple_of(3) {
        cells.push(("started_on", "2022-03-09".to_owned()));
        cells.push(("fixed_yuan", "5000000".to_owned()));
        cells.push(("status", "delayed".to_owned()));
    }
    if !project.is_multiple_of(6) {
        cells.push(("planned_start_on", format!("2022-{:02}-28", project % 12 + 1)));
    }
    if project.is_multiple_of(4) {
        cells.push(("planned_completion_on", "2023-06-30".to_owned()));
        cells.push(("completed_on", "2022-03-20".to_owned()));
        cells.push(("paid_in_yuan", "7000000".to_owned()));
        cells.push(("inexact", "completed_on=month".to_owned()));
        cells.push(("content", "建设锂电池隔膜生产线".to_owned()));
    }
    cells
}

fn landing(folder: &Path, repeats: usize, rank: Rank) -> Source {
    let mut text: String = COLUMNS.map(|(name, _)| name).join(",");
    let (mut keys, mut carriers) = (Vec::new(), Vec::<String>::new());
    let mut rows_in = 0;
    for repeat in 0..repeats {
        for project in 1..=60 {
            // All rows of one filing share its place in the books.
            let place = if rank == Rank::Books { project } else { repeat * 1000 + project };
            let cells: BTreeMap<&str, String> = row(place, project).into_iter().collect();
            let line: Vec<&str> = COLUMNS.iter().map(|(name, _)| cells.get(name).map_or("", String::as_str)).collect();
            text.push('\n');
            text.push_str(&line.join(","));
            if !carriers.iter().any(|known| known == &cells["carrier_id"]) {
                carriers.push(cells["carrier_id"].clone());
            }
            let carrier = carriers.iter().position(|known| known == &cells["carrier_id"]).unwrap() as u32;
            let name_key = cells["name_key"].parse().unwrap();
            let row = RowKeys { name_key, code_key: 0, previous_key: 0, reported_on: cells["reported_on"].parse().unwrap(), carrier };
            keys.extend(row.to_bytes());
            rows_in += 1;
        }
    }
    text.push('\n');
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("sheet-1.csv"), text).unwrap();
    keys.extend(trailer(&carriers, rows_in as u64));
    std::fs::write(folder.join("keys-1.bin"), keys).unwrap();
    let day = "2022-03-31".parse().unwrap();
    Source {
        blake3: "a".repeat(64),
        number: "a".repeat(12),
        rank,
        name: "示例.csv".to_owned(),
        folder: folder.to_path_buf(),
        imported_on: day,
        sheets: vec![Sheet {
            position: 1,
            name: "示例".to_owned(),
            carrier_id: String::new(),
            month: None,
            reported_on: Some(day),
            header_row: 1,
            rows_in,
            rows_questioned: 0,
            rows_left_out: 0,
        }],
    }
}

fn published(rules: &Arc<Rules>, repeats: usize, rank: Rank) -> (tempfile::TempDir, BTreeMap<&'static str, DataFrame>) {
    let folder = tempfile::tempdir().unwrap();
    let input = BuildInput {
        rules: Arc::clone(rules),
        rule_version: "test".to_owned(),
        sources: vec![landing(&folder.path().join("landing"), repeats, rank)],
        books: Vec::new(),
        decisions: Vec::new(),
        entered_targets: Vec::new(),
        runs: Vec::new(),
        previous: BTreeMap::new(),
    };
    let out = folder.path().join("out");
    build(&input, &mut Folder(out.clone()), &mut |_| {}).unwrap();
    let mut tables = BTreeMap::new();
    for (table, order) in
        [("projects", vec!["project_id"]), ("milestones", vec!["project_id", "milestone"]), ("investments", vec!["project_id", "kind"])]
    {
        let mut all: Option<DataFrame> = None;
        for carrier in ["duji", "gaoxin", "suixi"] {
            let file = std::fs::File::open(out.join(table).join(format!("part-{carrier}.parquet"))).unwrap();
            let part = ParquetReader::new(file).finish().unwrap();
            match &mut all {
                None => all = Some(part),
                Some(all) => {
                    all.vstack_mut(&part).unwrap();
                }
            }
        }
        let sorted = all.unwrap().sort(order, SortMultipleOptions::default()).unwrap();
        tables.insert(table, sorted);
    }
    (folder, tables)
}

#[test]
fn both_paths_publish_the_same_rows() {
    let rules = rules();
    for rank in [Rank::Workbook, Rank::Books] {
        let (_once, single) = published(&rules, 1, rank);
        let (_twice, folded) = published(&rules, 2, rank);
        assert_eq!(single["projects"].height(), 60);
        assert!(single["milestones"].height() > 60 && single["investments"].height() >= 30);
        for (table, rows) in &single {
            let other = &folded[table];
            assert_eq!(rows.height(), other.height(), "{table}");
            for column in rows.columns() {
                let (name, again) = (column.name().as_str(), other.column(column.name()).unwrap());
                assert!(column.equals_missing(again), "{rank:?} {table}.{name}:\n{column:?}\n{again:?}");
            }
        }
    }
}
