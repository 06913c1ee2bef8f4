//! The tables against the sample's truth: counts, amounts, complaints, and what single changes move.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use qunlian_domain::text::fold;
use qunlian_sample::truth::Truth;
use qunlian_sample::{Change, CorrectedField};
use serde_json::Value;

use crate::support::Folder;

/// milestone, month, carrier, chain, region → count
type Cells = BTreeMap<(String, String, String, String, String), i64>;

const CELLS: &str = "
    select m.milestone, cast(date_trunc('month', m.recognised_on) as date) as month, m.carrier_id, p.chain_id,
           coalesce(p.province_code, p.country) as region, count(*) as n
    from milestones m join projects p using (project_id)
    where m.milestone in ('signed', 'started', 'completed')
    group by 1, 2, 3, 4, 5";

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn cells(folder: &Folder, as_of: &str) -> Cells {
    let rows = folder.sql(Some(as_of), CELLS);
    rows.iter().map(|r| ((text(&r[0]), text(&r[1]), text(&r[2]), text(&r[3]), text(&r[4])), r[5].as_i64().unwrap())).collect()
}

fn expected_cells(truth: &Truth, countries: &BTreeMap<String, String>) -> Cells {
    let mut cells = Cells::new();
    for cell in &truth.cells {
        let region = countries.get(cell.region).cloned().unwrap_or_else(|| cell.region.to_owned());
        let key = (cell.milestone.to_owned(), cell.month.to_string(), cell.carrier.to_owned(), cell.chain.to_owned(), region);
        *cells.entry(key).or_default() += i64::from(cell.count);
    }
    cells
}

/// Country code → the Chinese name that the tables carry.
fn countries() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/codes/countries.csv")).unwrap();
    text.lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .map(|(code, rest)| (code.to_owned(), rest.split(',').next().unwrap().to_owned()))
        .collect()
}

fn difference<K: Ord + Clone + std::fmt::Debug>(expected: &BTreeMap<K, i64>, found: &BTreeMap<K, i64>) -> Vec<String> {
    let keys: BTreeSet<K> = expected.keys().chain(found.keys()).cloned().collect();
    let of = |map: &BTreeMap<K, i64>, key: &K| map.get(key).copied().unwrap_or(0);
    keys.iter()
        .filter(|key| of(expected, key) != of(found, key))
        .map(|key| format!("{key:?}: expected {}, found {}", of(expected, key), of(found, key)))
        .collect()
}

#[test]
fn twenty_samples_give_what_their_truth_says() {
    let countries = countries();
    let mut faults = Vec::new();
    for seed in 1..=20 {
        let (folder, truth) = Folder::with_sample(seed, Vec::new());
        let day = truth.known_on.to_string();
        faults.extend(
            difference(&expected_cells(&truth, &countries), &cells(&folder, &day))
                .into_iter()
                .map(|fault| format!("seed {seed}, counts {fault}")),
        );
        faults.extend(amount_faults(&folder, &truth).into_iter().map(|fault| format!("seed {seed}, fixed assets {fault}")));
        faults.extend(total_faults(&folder, &truth).into_iter().map(|fault| format!("seed {seed}, totals {fault}")));
        faults.extend(promise_faults(&folder, &truth).into_iter().map(|fault| format!("seed {seed}, promise {fault}")));
        faults.extend(complaint_faults(&folder, &truth).into_iter().map(|fault| format!("seed {seed}, complaint {fault}")));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(60)].join("\n"));
}

fn amount_faults(folder: &Folder, truth: &Truth) -> Vec<String> {
    let expected: BTreeMap<(String, String), i64> =
        truth.fixed_assets.iter().map(|cell| ((cell.month.to_string(), cell.carrier.to_owned()), cell.yuan)).collect();
    let statement = "select month, carrier_id, sum(amount_yuan) from investments where kind = 'fixed_assets' group by 1, 2";
    let rows = folder.sql(Some(&truth.known_on.to_string()), statement);
    let found = rows.iter().map(|r| ((text(&r[0]), text(&r[1])), r[2].as_i64().unwrap())).collect();
    difference(&expected, &found)
}

/// Year-to-date totals on every day that the truth names: this is where corrections and revocations show.
fn total_faults(folder: &Folder, truth: &Truth) -> Vec<String> {
    let mut faults = Vec::new();
    for known in &truth.totals {
        let statement =
            format!("select milestone, count(*) from milestones where year = {} group by 1", chrono::Datelike::year(&known.day));
        let rows = folder.sql(Some(&known.day.to_string()), &statement);
        let found: BTreeMap<String, i64> = rows.iter().map(|r| (text(&r[0]), r[1].as_i64().unwrap())).collect();
        for (milestone, expected) in [("signed", known.signed), ("started", known.started), ("completed", known.completed)] {
            let count = found.get(milestone).copied().unwrap_or(0);
            if count != i64::from(expected) {
                faults.push(format!("{} {milestone}: expected {expected}, found {count}", known.day));
            }
        }
    }
    faults
}

/// Project (whatever the width of its digits), kind of promise → first day, day now, times moved; a difference is told as a missing line and a spare one.
fn promise_faults(folder: &Folder, truth: &Truth) -> Vec<String> {
    let expected: BTreeMap<String, i64> = truth
        .promises
        .iter()
        .map(|promise| {
            let name = fold(&truth.projects[promise.project].name);
            (format!("{name} {} {} {} {}", promise.promised, promise.first_on, promise.planned_on, promise.moved), 1)
        })
        .collect();
    let mut found = BTreeMap::new();
    for promised in ["start", "completion"] {
        let statement = format!(
            "select name, first_planned_{promised}_on, planned_{promised}_on, planned_{promised}_moved from projects
             where first_planned_{promised}_on is not null"
        );
        for row in folder.sql(Some(&truth.known_on.to_string()), &statement) {
            found.insert(format!("{} {promised} {} {} {}", fold(&text(&row[0])), text(&row[1]), text(&row[2]), row[3]), 1);
        }
    }
    assert!(found.len() > 400, "{} promises", found.len());
    difference(&expected, &found)
}

fn complaint_faults(folder: &Folder, truth: &Truth) -> Vec<String> {
    let mut expected: BTreeMap<(String, String, i64, String, String), i64> = BTreeMap::new();
    for fault in &truth.faults {
        if let (Some(problem), Some(severity)) = (fault.problem, fault.severity) {
            let severity = serde_json::to_value(severity).unwrap();
            *expected
                .entry((fault.file.clone(), sheet_of(&fault.file, &fault.sheet), fault.row as i64, problem.to_owned(), text(&severity)))
                .or_default() += 1;
        }
    }
    let rows = folder.sql(None, "select file_name, sheet, \"row\", problem, severity, count(*) from complaints group by 1, 2, 3, 4, 5");
    let found = rows
        .iter()
        .map(|r| {
            (
                (text(&r[0]), sheet_of(&text(&r[0]), &text(&r[1])), r[2].as_i64().unwrap_or(0), text(&r[3]), text(&r[4])),
                r[5].as_i64().unwrap(),
            )
        })
        .collect();
    difference(&expected, &found)
}

/// A csv has no sheets: what its one sheet is called is the reader's choice.
fn sheet_of(file: &str, sheet: &str) -> String {
    if file.ends_with(".csv") { String::new() } else { sheet.to_owned() }
}

/// The cells that differ between the unchanged sample and one with a change, as (carrier, chain) moves.
fn moved(change: Change) -> (Cells, Cells) {
    let countries = countries();
    let (before, truth) = Folder::with_sample(7, Vec::new());
    let (after, changed) = Folder::with_sample(7, vec![change]);
    let day = truth.known_on.to_string();
    let (before, after) = (cells(&before, &day), cells(&after, &day));
    assert_eq!(difference(&expected_cells(&changed, &countries), &after), Vec::<String>::new());
    let only = |one: &Cells, other: &Cells| {
        one.iter().filter(|(key, count)| other.get(*key) != Some(count)).map(|(key, count)| (key.clone(), *count)).collect()
    };
    (only(&before, &after), only(&after, &before))
}

fn signed(cells: &Cells) -> i64 {
    cells.iter().filter(|(key, _)| key.0 == "signed").map(|(_, count)| count).sum()
}

/// The first signing of 2022 whose project has no other rows.
fn lone_signing() -> qunlian_sample::truth::SigningTruth {
    let folder = tempfile::tempdir().unwrap();
    let options = qunlian_sample::Options { seed: 7, out: folder.path().to_path_buf(), changes: Vec::new() };
    let truth = qunlian_sample::write(&options, |_| {}).unwrap();
    truth.signings_2022.iter().find(|signing| signing.alone).unwrap().clone()
}

#[test]
fn taking_out_one_signing_row_gives_187() {
    let signing = lone_signing();
    let (folder, _) = Folder::with_sample(7, vec![Change::DropSigning { index: signing.index }]);
    assert_eq!(folder.number(Some("2022-05-31"), "select count(*) from milestones where milestone = 'signed' and year = 2022"), 187);
}

#[test]
fn another_carrier_moves_exactly_one_cell() {
    let signing = lone_signing();
    let to = if signing.carrier == "duji" { "suixi" } else { "duji" };
    let (lost, gained) = moved(Change::Carrier { index: signing.index, to });
    assert!(
        lost.keys()
            .chain(gained.keys())
            .all(|key| key.0 == "signed" && key.3 == signing.chain && key.4 == *gained.keys().next().map_or(&key.4, |k| &k.4))
    );
    assert!(lost.keys().any(|key| key.2 == signing.carrier) && gained.keys().any(|key| key.2 == to));
    assert!(signed(&gained) - signed(&lost) <= 1 && lost.len() <= 2 && gained.len() <= 2, "{lost:?} {gained:?}");
}

#[test]
fn another_chain_moves_exactly_one_cell() {
    let signing = lone_signing();
    let to = if signing.chain == "lv-ji" { "gaofenzi" } else { "lv-ji" };
    let (lost, gained) = moved(Change::Chain { index: signing.index, to });
    assert!(
        lost.keys()
            .chain(gained.keys())
            .all(|key| key.0 == "signed" && key.2 == signing.carrier && (key.3 == signing.chain || key.3 == to)),
        "{lost:?} {gained:?}"
    );
    assert!(gained.keys().any(|key| key.3 == to));
}

#[test]
fn another_unit_moves_its_band_and_nothing_else() {
    let signing = lone_signing();
    let (lost, gained) = moved(Change::Unit { index: signing.index });
    assert_eq!((lost.len(), gained.len()), (0, 0), "counts do not depend on amounts");
    let (folder, _) = Folder::with_sample(7, vec![Change::Unit { index: signing.index }]);
    let large = "select count(*) from milestones m join projects p using (project_id)
                 where m.milestone = 'signed' and m.year = 2022 and p.agreed_yuan >= 10000000000";
    assert_eq!(folder.number(Some("2022-05-31"), large), 1, "the slip of ten thousand times shows as one project of 100 亿元 or more");
}

#[test]
fn a_correction_of_april_counts_only_from_its_day_on() {
    let signing = lone_signing();
    let on = NaiveDate::from_ymd_opt(2022, 4, 15).unwrap();
    let correction = Change::Correction { index: signing.index, on, field: CorrectedField::Agreed { yuan: 1_234_560_000 } };
    let (folder, _) = Folder::with_sample(7, vec![correction]);
    let corrected = "select count(*) from milestones m join projects p using (project_id)
                     where m.milestone = 'signed' and m.year = 2022 and p.agreed_yuan = 1234560000";
    assert_eq!(folder.number(Some("2022-04-14"), corrected), 0);
    let from = if signing.recognised_on <= on { 1 } else { 0 };
    assert_eq!(folder.number(Some("2022-04-15"), corrected), from);
    assert_eq!(folder.number(Some("2022-05-31"), corrected), 1);
    assert_eq!(folder.number(Some("2022-05-31"), "select count(*) from milestones where milestone = 'signed' and year = 2022"), 188);
}
