//! The sample as its users see it: figures, files, and what changes move.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use chrono::{Datelike, NaiveDate};
use qunlian_domain::catalogue::City;
use qunlian_sample::truth::{CountCell, Truth};
use qunlian_sample::{Change, CorrectedField, Options, truth_of, write};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn made(seed: u64, changes: Vec<Change>) -> (tempfile::TempDir, Truth) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { seed, out: folder.path().to_owned(), changes };
    let truth = write(&options, |_| {}).unwrap();
    (folder, truth)
}

#[test]
fn figures_are_the_published_ones_for_twenty_seeds() {
    for seed in 0..20 {
        let truth = truth_of(seed, &[]).unwrap();
        let may = truth.on(day("2022-05-31")).unwrap();
        assert_eq!((may.signed, may.started, may.completed), (188, 92, 98), "seed {seed}");
        assert_eq!((may.last_year.signed, may.last_year.started, may.last_year.completed), (61, 39, 28), "seed {seed}");
        assert_eq!((may.bands.ge10, may.bands.ge50, may.bands.ge100), (13, 1, 0), "seed {seed}");
        assert_eq!(may.fixed_yuan, 6_340_000_000, "seed {seed}");
        assert_eq!(may.last_year.fixed_yuan, 4_512_000_000, "seed {seed}");
        let december = truth.on(day("2021-12-31")).unwrap();
        assert_eq!((december.signed, december.started, december.completed), (194, 141, 110), "seed {seed}");
        assert_eq!(december.fixed_yuan, 10_297_000_000, "seed {seed}");
        let agreed: i64 = truth.signings_2022.iter().map(|signing| signing.agreed_yuan).sum();
        assert!((50_000_000_000..85_000_000_000).contains(&agreed), "seed {seed}: {agreed} yuan agreed");
    }
}

#[test]
fn sources_and_chains_are_spread_as_promised() {
    for seed in 0..20 {
        let truth = truth_of(seed, &[]).unwrap();
        let delta = truth.signings_2022.iter().filter(|signing| ["310000", "320000", "330000"].contains(&signing.region)).count();
        assert!((55.0..=60.0).contains(&(delta as f64 / 1.88)), "seed {seed}: {delta} of 188");
        let regions: BTreeSet<&str> = truth.signings_2022.iter().map(|signing| signing.region).collect();
        assert!(regions.contains("440000") && regions.contains("340000"), "seed {seed}");
        let chains: BTreeSet<&str> = truth.signings_2022.iter().map(|signing| signing.chain).collect();
        assert!(chains.len() >= 9, "seed {seed}: {chains:?}");
    }
}

#[test]
fn corrections_and_revocations_move_figures_from_their_day_on() {
    let truth = truth_of(7, &[]).unwrap();
    let on = |text: &str| truth.on(day(text)).unwrap();
    assert_eq!(on("2022-04-14").bands.ge10, on("2022-04-15").bands.ge10 + 1);
    assert_eq!(on("2022-04-20").fixed_yuan - on("2022-04-19").fixed_yuan, 2_600_000);
    // One signing of February is revoked on 30 April, one start of March on 31 May.
    let signings = |known: &str, until: &str| {
        let stands = |milestone: &&qunlian_sample::truth::MilestoneTruth| {
            milestone.milestone == "signed"
                && milestone.recognised_on.year() == 2022
                && milestone.recognised_on <= day(until)
                && milestone.revoked_on.is_none_or(|revoked| revoked > day(known))
        };
        truth.milestones.iter().filter(stands).count() as u32
    };
    assert_eq!(signings("2022-03-31", "2022-03-31"), on("2022-03-31").signed);
    assert_eq!(signings("2022-04-30", "2022-03-31") + 1, on("2022-03-31").signed);
    let revoked_start =
        truth.milestones.iter().find(|milestone| milestone.milestone == "started" && milestone.revoked_on.is_some()).unwrap();
    assert_eq!(revoked_start.revoked_on, Some(day("2022-05-31")));
}

#[test]
fn equal_seeds_give_equal_bytes() {
    let (first, one) = made(7, vec![]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let (second, other) = made(7, vec![]);
    assert_eq!(one, other);
    let files = |folder: &Path| -> BTreeMap<String, Vec<u8>> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        entries.map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())).collect()
    };
    let (one, other) = (files(first.path()), files(second.path()));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &other[name], "{name} differs");
    }
}

#[test]
fn there_are_a_hundred_and_two_workbooks_and_all_say_that_they_are_made_up() {
    let (folder, truth) = made(3, vec![]);
    let monthly: BTreeSet<(&str, NaiveDate)> =
        truth.files.iter().filter(|file| !file.corrects).map(|file| (file.carrier, file.month)).collect();
    assert_eq!(monthly.len(), 102);
    for file in &truth.files {
        assert!(file.file.contains("示例"), "{}", file.file);
        let path = folder.path().join(&file.file);
        if file.file.ends_with(".csv") {
            let bytes = std::fs::read(&path).unwrap();
            assert!(std::str::from_utf8(&bytes).is_err(), "{} is not UTF-8", file.file);
            let (text, _, broken) = encoding_rs::GB18030.decode(&bytes);
            assert!(!broken && text.contains("示例数据") && text.contains("截至日期"), "{}", file.file);
        } else {
            let mut book: Xlsx<_> = open_workbook(&path).unwrap();
            for sheet in &file.sheets {
                let range = book.worksheet_range(&sheet.sheet).unwrap();
                assert!(range.rows().flatten().any(|cell| cell.to_string().contains("示例数据")), "{} {}", file.file, sheet.sheet);
            }
        }
    }
}

#[test]
fn faults_stand_where_the_truth_says() {
    let (folder, truth) = made(11, vec![]);
    let mut checked = 0;
    for fault in truth.faults.iter().filter(|fault| fault.row > 0 && fault.column > 0) {
        let shown = if fault.file.ends_with(".csv") {
            csv_cell(&folder.path().join(&fault.file), fault.row, fault.column)
        } else {
            let mut book: Xlsx<_> = open_workbook(folder.path().join(&fault.file)).unwrap();
            let range = book.worksheet_range(&fault.sheet).unwrap();
            let cell = range.get_value((fault.row as u32 - 1, fault.column as u32 - 1)).cloned().unwrap_or(Data::Empty);
            match cell {
                Data::DateTime(date) => from_serial(date.as_f64()).to_string(),
                other => other.to_string(),
            }
        };
        assert_eq!(shown, fault.value, "{fault:?}");
        checked += 1;
    }
    assert!(checked > 60, "{checked} faults with a cell");
    let problems: BTreeSet<&str> = truth.faults.iter().filter_map(|fault| fault.problem).collect();
    for problem in [
        "column_shifted",
        "phone_in_text",
        "credit_code_wrong",
        "date_in_future",
        "order_of_dates",
        "repeated_row",
        "unit_slip",
        "column_unknown",
        "name_missing",
        "row_nearly_empty",
        "milestone_date_missing",
        "amount_not_a_number",
        "amount_range",
        "formula_error",
        "no_such_day",
        "date_not_a_date",
        "sentinel_date",
        "sheet_not_read",
    ] {
        assert!(problems.contains(problem), "no {problem}");
    }
}

fn csv_cell(path: &Path, row: usize, column: usize) -> String {
    let bytes = std::fs::read(path).unwrap();
    let (text, _, _) = encoding_rs::GB18030.decode(&bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    // No cell of these files holds a line break, so the n-th record is line n.
    let record = reader.records().map(Result::unwrap).nth(row - 1);
    record.unwrap()[column - 1].to_owned()
}

fn from_serial(days: f64) -> NaiveDate {
    day("1899-12-30") + chrono::TimeDelta::days(days as i64)
}

#[test]
fn headers_are_in_the_citys_vocabulary() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let city = City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap();
    let (folder, truth) = made(5, vec![]);
    let mut unknown = BTreeSet::new();
    for file in truth.files.iter().filter(|file| file.file.ends_with(".xlsx")) {
        let mut book: Xlsx<_> = open_workbook(folder.path().join(&file.file)).unwrap();
        for sheet in file.sheets.iter().filter(|sheet| sheet.kind.is_some()) {
            assert_eq!(city.sheets.about(&sheet.sheet).map(|about| format!("{about:?}")), sheet.kind.map(camel), "{}", sheet.sheet);
            let range = book.worksheet_range(&sheet.sheet).unwrap();
            let start = range.start().unwrap();
            let lines = range.rows().skip(2 - start.0 as usize).take(sheet.header_row - 2).collect::<Vec<_>>();
            for column in 0..range.width() {
                let leaf = lines.iter().rev().map(|line| line[column].to_string()).find(|text| !text.is_empty());
                if let Some(leaf) = leaf
                    && city.sheets.field_of(&leaf).is_none()
                {
                    unknown.insert(leaf);
                }
            }
        }
    }
    assert_eq!(unknown, BTreeSet::from(["用地面积（亩）".to_owned()]));
}

fn camel(kind: &str) -> String {
    match kind {
        "signed" => "Signed",
        "started" => "Started",
        "completed" => "Completed",
        _ => "FixedAssets",
    }
    .to_owned()
}

/// Cells that differ, with their counts before and after.
fn moved(before: &Truth, after: &Truth) -> Vec<(CountCell, u32, u32)> {
    let counts = |truth: &Truth| -> BTreeMap<CountCell, u32> {
        truth.cells.iter().map(|cell| (CountCell { count: 0, ..cell.clone() }, cell.count)).collect()
    };
    let (one, other) = (counts(before), counts(after));
    let keys: BTreeSet<&CountCell> = one.keys().chain(other.keys()).collect();
    let mut moved = Vec::new();
    for key in keys {
        let (was, is) = (one.get(key).copied().unwrap_or(0), other.get(key).copied().unwrap_or(0));
        if was != is {
            moved.push((key.clone(), was, is));
        }
    }
    moved
}

#[test]
fn changes_move_exactly_their_cells() {
    let before = truth_of(7, &[]).unwrap();
    let alone =
        before.signings_2022.iter().find(|signing| signing.alone && signing.carrier == "suixi" && signing.chain == "lv-ji").unwrap();
    let index = alone.index;
    let may = day("2022-05-31");

    let dropped = truth_of(7, &[Change::DropSigning { index }]).unwrap();
    assert_eq!(dropped.on(may).unwrap().signed, 187);
    let cells = moved(&before, &dropped);
    assert_eq!(cells.len(), 1);
    assert_eq!((cells[0].0.carrier, cells[0].0.chain, cells[0].0.region, cells[0].1 - cells[0].2), ("suixi", "lv-ji", alone.region, 1));

    let carried = truth_of(7, &[Change::Carrier { index, to: "duji" }]).unwrap();
    let cells = moved(&before, &carried);
    let sides: BTreeSet<(&str, i64)> = cells.iter().map(|cell| (cell.0.carrier, i64::from(cell.2) - i64::from(cell.1))).collect();
    assert_eq!(sides, BTreeSet::from([("suixi", -1), ("duji", 1)]));

    let chained = truth_of(7, &[Change::Chain { index, to: "gaofenzi" }]).unwrap();
    let cells = moved(&before, &chained);
    let sides: BTreeSet<(&str, i64)> = cells.iter().map(|cell| (cell.0.chain, i64::from(cell.2) - i64::from(cell.1))).collect();
    assert_eq!(sides, BTreeSet::from([("lv-ji", -1), ("gaofenzi", 1)]));

    let units = truth_of(7, &[Change::Unit { index }]).unwrap();
    assert!(moved(&before, &units).is_empty());
    let (was, is) = (before.on(may).unwrap().bands, units.on(may).unwrap().bands);
    assert_eq!((is.ge100 - was.ge100, is.ge50 - was.ge50), (1, 1));

    let on = day("2022-05-20");
    let field = CorrectedField::Agreed { yuan: 7_000_000_000 };
    let corrected = truth_of(7, &[Change::Correction { index, on, field }]).unwrap();
    assert!(moved(&before, &corrected).is_empty());
    // The days of the plain sample's totals: any of them before the correction is as it was.
    for known in &corrected.totals {
        let Some(plain) = before.on(known.day) else { continue };
        assert_eq!(known.bands.ge50, plain.bands.ge50 + u32::from(known.day >= on), "{}", known.day);
    }
    assert!(corrected.on(day("2022-05-19")).is_some() && corrected.on(on).is_some());
}

#[test]
fn a_change_leaves_every_other_file_as_it_was() {
    let (plain, before) = made(7, vec![]);
    let signing = before.signings_2022.iter().find(|signing| signing.alone && signing.carrier == "xiangshan").unwrap();
    let (changed, _) = made(7, vec![Change::DropSigning { index: signing.index }]);
    let month = signing.recognised_on.format("%Y-%m");
    let expected = format!("xiangshan_{month}_示例.xlsx");
    let mut different = Vec::new();
    for file in &before.files {
        let read = |folder: &Path| std::fs::read(folder.join(&file.file)).unwrap();
        if read(plain.path()) != read(changed.path()) {
            different.push(file.file.clone());
        }
    }
    assert_eq!(different, [expected]);
}

#[test]
fn changes_that_make_no_sense_are_refused() {
    let check = |change: Change, expect: &str| {
        let error = truth_of(7, &[change]).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    check(Change::DropSigning { index: 188 }, "no signing 188: the sample has 188");
    check(Change::Carrier { index: 0, to: "bengbu" }, "no carrier \"bengbu\"");
    check(Change::Chain { index: 0, to: "gold" }, "no chain \"gold\"");
    let field = CorrectedField::Revoked;
    check(Change::Correction { index: 0, on: day("2022-04-15"), field }, "give the month's last day");
    let field = CorrectedField::SignedOn { day: day("2022-01-02") };
    check(Change::Correction { index: 0, on: day("2021-12-01"), field }, "comes after the signing");
}
