//! Filings and claims as landing rows, day by day.

use super::*;
use crate::catalogue::City;

fn city() -> City {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect()
}

fn project() -> Values {
    values(&[
        ("name", "双零铝箔项目"),
        ("content", "新建厂房，\n年产双零铝箔3万吨"),
        ("investor", "样例铝业有限公司"),
        ("chain_given", "lv-ji"),
        ("agreed_yuan", "1200000000"),
        ("signed_on", "2022-05-18"),
        ("lead_person", "某某"),
        ("firm_phone", "13900001234"),
        ("needs", "用电"),
    ])
}

fn counted<'a>(id: i64, matter: Matter, values: &'a Values, from: &str, revoked: Option<&str>) -> Counted<'a> {
    Counted { id, matter, values, counted_from: day(from), revoked_on: revoked.map(day) }
}

fn rows(claims: Vec<Counted<'_>>) -> Vec<LandingRow> {
    rows_of(&Filed { number: "2022-00017", carrier: "suixi", claims }, &city().chains)
}

/// Day, action and what the row dates or takes back: `06-11 report signed=2022-05-18`.
fn told(rows: &[LandingRow]) -> Vec<String> {
    let line = |row: &LandingRow| {
        let mut line = format!("{} {}", row.on.format("%m-%d"), row.action.id());
        for milestone in Milestone::ALL {
            if let Some(on) = row.happened[milestone as usize] {
                line.push_str(&format!(" {}={on}", milestone.id()));
            }
        }
        for (what, yuan) in [("fixed", row.fixed), ("paid", row.paid_in)] {
            if let Some(yuan) = yuan {
                line.push_str(&format!(" {what} {}={yuan}", row.month.format("%m")));
            }
        }
        line
    };
    rows.iter().map(line).collect()
}

#[test]
fn a_project_claim_becomes_one_row_without_persons() {
    let facts = project();
    let rows = rows(vec![counted(1, Matter::Project, &facts, "2022-06-11", None)]);
    assert_eq!(told(&rows), ["06-11 report signed=2022-05-18"]);
    let cells: BTreeMap<&str, String> = COLUMNS.iter().map(|(name, _)| *name).zip(rows[0].cells()).collect();
    for (column, expected) in [
        ("row", "17"),
        ("sheet", "2022"),
        ("file", "books-suixi"),
        ("carrier_id", "suixi"),
        ("month", "2022-06-01"),
        ("reported_on", "2022-06-11"),
        ("recognised_on", "2022-06-11"),
        ("action", "report"),
        ("name", "双零铝箔项目"),
        ("content", "新建厂房， 年产双零铝箔3万吨"),
        ("chain_given", "铝基高端金属材料"),
        ("agreed_yuan", "1200000000"),
        ("signed_on", "2022-05-18"),
        ("confidential", "0"),
        ("remark", "2022-00017"),
        ("code_key", ""),
        ("started_on", ""),
    ] {
        assert_eq!(cells[column], expected, "{column}");
    }
    let all = cells.values().cloned().collect::<String>();
    assert!(!all.contains("某某") && !all.contains("1390000"), "{all}");
    assert_eq!(rows[0].row_keys(3).name_key, project_keys(&facts).by_name);
}

#[test]
fn a_promise_is_told_and_told_again_when_it_moves() {
    let mut facts = project();
    facts.set("planned_start_on", "2022-09-30");
    facts.set("planned_completion_on", "2023-09-30");
    facts.set("planned_production_on", "2023-12-31");
    let later = values(&[("planned_start_on", "2022-11-30"), ("reason", "用地未批")]);
    let rows = rows(vec![counted(1, Matter::Project, &facts, "2022-06-11", None), counted(2, Matter::Change, &later, "2022-07-04", None)]);
    let told: Vec<(String, String, String)> = rows
        .iter()
        .map(|row| {
            let cells: BTreeMap<&str, String> = COLUMNS.iter().map(|(name, _)| *name).zip(row.cells()).collect();
            (cells["reported_on"].clone(), cells["planned_start_on"].clone(), cells["planned_completion_on"].clone())
        })
        .collect();
    let line = |on: &str, start: &str, completion: &str| (on.to_owned(), start.to_owned(), completion.to_owned());
    // What did not change is not said again.
    assert_eq!(told, [line("2022-06-11", "2022-09-30", "2023-09-30"), line("2022-07-04", "2022-11-30", "")]);
}

#[test]
fn telephones_in_texts_are_masked() {
    let mut facts = project();
    facts.set("address", "濉溪开发区，联系13900001234");
    let rows = rows(vec![counted(1, Matter::Project, &facts, "2022-06-11", None)]);
    assert_eq!(rows[0].facts.text("address"), "濉溪开发区，联系139****1234");
}

#[test]
fn nothing_counts_before_the_filing_itself() {
    let (facts, start) = (project(), values(&[("started_on", "2022-06-01")]));
    let started = Matter::Milestone(Milestone::Started);
    assert_eq!(rows(vec![counted(2, started, &start, "2022-06-11", None)]), []);
    let both = vec![counted(2, started, &start, "2022-06-11", None), counted(1, Matter::Project, &facts, "2022-06-18", None)];
    assert_eq!(told(&rows(both)), ["06-18 report signed=2022-05-18 started=2022-06-01"]);
}

#[test]
fn a_revocation_is_told_from_its_day() {
    let (facts, start) = (project(), values(&[("started_on", "2022-06-01")]));
    let claims = vec![
        counted(1, Matter::Project, &facts, "2022-06-11", None),
        counted(2, Matter::Milestone(Milestone::Started), &start, "2022-06-18", Some("2022-07-01")),
        counted(3, Matter::Milestone(Milestone::Started), &start, "2022-06-19", Some("2022-06-19")),
    ];
    assert_eq!(
        told(&rows(claims)),
        ["06-11 report signed=2022-05-18", "06-18 report started=2022-06-01", "07-01 revoke started=2022-06-01"]
    );
}

#[test]
fn the_claim_before_stands_again_when_the_last_is_revoked() {
    let (facts, other) = (project(), values(&[("signed_on", "2022-05-20")]));
    let signed = Matter::Milestone(Milestone::Signed);
    let claims =
        vec![counted(1, Matter::Project, &facts, "2022-06-11", None), counted(2, signed, &other, "2022-06-18", Some("2022-07-01"))];
    assert_eq!(told(&rows(claims)), ["06-11 report signed=2022-05-18", "06-18 report signed=2022-05-20", "07-01 report signed=2022-05-18"]);
    let gone = vec![counted(1, Matter::Project, &facts, "2022-06-11", Some("2022-07-01")), counted(2, signed, &other, "2022-06-18", None)];
    assert_eq!(told(&rows(gone)), ["06-11 report signed=2022-05-18", "06-18 report signed=2022-05-20"]);
}

#[test]
fn amounts_go_by_month() {
    let (facts, may, june) = (project(), values(&[("yuan", "5000000")]), values(&[("yuan", "7000000")]));
    let of = |kind, month| Matter::Investment(kind, day(month));
    let claims = vec![
        counted(1, Matter::Project, &facts, "2022-06-11", None),
        counted(2, of(InvestmentKind::FixedAssets, "2022-05-01"), &may, "2022-07-08", None),
        counted(3, of(InvestmentKind::PaidIn, "2022-05-01"), &june, "2022-07-08", None),
        counted(4, of(InvestmentKind::FixedAssets, "2022-06-01"), &june, "2022-07-08", Some("2022-08-01")),
    ];
    assert_eq!(
        told(&rows(claims)),
        [
            "06-11 report signed=2022-05-18",
            "07-08 report fixed 05=5000000 paid 05=7000000",
            "07-08 report fixed 06=7000000",
            "08-01 revoke fixed 06=7000000"
        ]
    );
}

#[test]
fn changes_say_what_is_new_and_who_was_meant() {
    let (facts, change) = (project(), values(&[("name", "双零铝箔一期项目"), ("agreed_yuan", "1500000000"), ("reason", "扩建")]));
    let delayed = values(&[("status", "delayed"), ("status_reason", "用地未批")]);
    let rows = rows(vec![
        counted(1, Matter::Project, &facts, "2022-06-11", None),
        counted(2, Matter::Change, &change, "2022-06-20", None),
        counted(3, Matter::Status, &delayed, "2022-06-25", None),
    ]);
    assert_eq!(told(&rows), ["06-11 report signed=2022-05-18", "06-20 report", "06-25 report"]);
    let (name, key) = rows[1].previous.clone().unwrap();
    assert_eq!((name.as_str(), key), ("双零铝箔项目", rows[0].keys.by_name));
    assert_ne!(rows[1].keys.by_name, rows[0].keys.by_name);
    assert_eq!((rows[1].facts.yuan("agreed_yuan"), rows[1].facts.text("content")), (Some(1_500_000_000), ""));
    assert_eq!(rows[2].facts, values(&[("name", "双零铝箔一期项目"), ("investor", "样例铝业有限公司"), ("status", "delayed")]));
    assert_eq!(rows[2].previous, None);
}

#[test]
fn a_deletion_takes_back_everything() {
    let (facts, may, why) = (project(), values(&[("yuan", "5000000")]), values(&[("reason", "重复备案")]));
    let rows = rows(vec![
        counted(1, Matter::Project, &facts, "2022-06-11", Some("2022-08-01")),
        counted(2, Matter::Investment(InvestmentKind::FixedAssets, day("2022-05-01")), &may, "2022-07-08", Some("2022-08-01")),
        counted(3, Matter::Deletion, &why, "2022-08-01", None),
    ]);
    assert_eq!(told(&rows[2..]), ["08-01 report", "08-01 revoke signed=2022-05-18", "08-01 revoke fixed 05=5000000"]);
    assert_eq!(rows[2].facts.text("status"), "abandoned");
}

#[test]
fn claims_name_the_milestones_they_state() {
    let facts = values(&[("signed_on", "2022-05-18"), ("started_on", "2022-06-01")]);
    assert_eq!(milestones_of(Matter::Project, &facts), "signed,started");
    assert_eq!(milestones_of(Matter::Change, &facts), "");
}

/// The rows folded give back what the claims say, day by day.
#[test]
fn folded_rows_count_what_is_recognised() {
    let (facts, other) = (project(), values(&[("started_on", "2022-06-01")]));
    let claims = vec![
        counted(1, Matter::Project, &facts, "2022-06-11", Some("2022-07-15")),
        counted(2, Matter::Milestone(Milestone::Started), &other, "2022-06-18", None),
    ];
    let rows = rows(claims);
    let reports = (0u64..).zip(&rows).map(|(order, row)| crate::history::Report {
        action: row.action,
        rank: crate::history::Rank::Books,
        month: row.month,
        reported_on: row.on,
        recognised_on: Some(row.on),
        facts: crate::history::Facts { carrier: &row.carrier, ..Default::default() },
        happened: row.happened,
        fixed: row.fixed,
        paid_in: row.paid_in,
        order,
        source: String::new(),
    });
    let history = crate::history::fold(reports.collect(), vec![]);
    assert_eq!(history.conflicts, []);
    let in_force = |on: &str| {
        let on = day(on);
        let counts = |m: &&crate::history::Recognised<'_, crate::history::Happened>| {
            m.recognised_on <= on && m.revoked_on.is_none_or(|r| r > on) && m.known_from <= on && m.known_until.is_none_or(|u| u > on)
        };
        history.milestones.iter().filter(counts).map(|m| m.what.milestone.id()).collect::<Vec<_>>()
    };
    assert_eq!(in_force("2022-06-10"), Vec::<&str>::new());
    assert_eq!(in_force("2022-06-11"), ["signed"]);
    assert_eq!(in_force("2022-07-14"), ["signed", "started"]);
    assert_eq!(in_force("2022-07-15"), ["started"]);
}
