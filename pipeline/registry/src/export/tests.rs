//! What the export writes of a small set of books.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::Via;
use qunlian_domain::catalogue::City;
use qunlian_domain::claim::Way;
use qunlian_domain::filing::{Matter, Values};
use qunlian_domain::landing::books::TABLES;
use qunlian_domain::landing::keys::KeyFile;
use qunlian_domain::project::Milestone;

use super::{CarrierExport, export};
use crate::{
    Claim, Doer, FilingBooks, Judgement, NewClaim, NewFiling, NewNotice, NewObjection, NoticeBooks, NoticeFace, SqliteStore, Step, Typed,
};

const WAY: Way = Way { two_reviews: false, notice_days: Some(5) };
const AT_ONCE: Way = Way { two_reviews: false, notice_days: None };

fn city() -> City {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn doer(name: &str, today: &str) -> Doer {
    let today = day(today);
    let now: DateTime<Utc> = today.and_hms_opt(1, 0, 0).unwrap().and_utc();
    Doer { account: Some(7), name: name.to_owned(), via: Via::Web, now, today }
}

fn typed(pairs: &[(&str, &str)]) -> Typed {
    pairs.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect()
}

struct Desk {
    _folder: tempfile::TempDir,
    store: SqliteStore,
    city: City,
}

const FORM: [(&str, &str); 6] = [
    ("name", "双零铝箔,\"一期\"项目"),
    ("investor", "样例铝业有限公司"),
    ("agreed_yuan", "1200000000"),
    ("signed_on", "2022-05-18"),
    ("firm_contact", "某某"),
    ("firm_phone", "13900001234"),
];

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("books.sqlite")).unwrap();
        Self { _folder: folder, store, city: city() }
    }

    fn open(&self, carrier: &str, form: &[(&str, &str)]) -> Claim {
        let new = NewFiling { carrier_id: carrier.into(), stage: 1, typed: typed(form), once: None, by: doer("clerk", "2022-05-30") };
        self.store.open_filing(&new).unwrap().claim
    }

    fn submit(&self, claim: &Claim, on: &str) -> Claim {
        let values: Values = claim.typed.clone().into_iter().collect();
        self.store.step(claim.id, &Step::Submit { typed: claim.typed.clone(), values, way: WAY }, &doer("clerk", on)).unwrap()
    }

    fn approve(&self, claim: &Claim, way: Way, on: &str) -> Claim {
        self.store.step(claim.id, &Step::Approve { remark: String::new(), way }, &doer("reviewer-1", on)).unwrap()
    }

    /// Approved, noticed on Monday 6 June, recognised on 11 June.
    fn recognise(&self, claims: &[&Claim]) {
        for claim in claims {
            let claim = self.submit(claim, "2022-05-30");
            self.approve(&claim, WAY, "2022-06-01");
        }
        let face = |claim: &&Claim| {
            let face = NoticeFace {
                carrier: "濉溪县".into(),
                project: claim.project_name.clone(),
                matter: "项目备案".into(),
                scale: "12亿元".into(),
                chain: "—".into(),
            };
            (claim.id, face)
        };
        let new = NewNotice {
            id: "2022-W22".into(),
            from: day("2022-05-30"),
            until: day("2022-06-05"),
            slot: day("2022-06-06"),
            notice_days: 5,
            faces: claims.iter().map(face).collect(),
        };
        self.store.publish_notice(&new, &doer("job:monday_notice", "2022-06-06")).unwrap();
        let objection = NewObjection {
            notice: "2022-W22".into(),
            claim: claims[0].id,
            reason: "与某某的项目重复，电话13900005678".into(),
            objector: "某先生".into(),
            contact_masked: "139****5678".into(),
            way: WAY,
        };
        let objected = self.store.object(&objection, &doer("public", "2022-06-07")).unwrap();
        let judgement = Judgement { objection: objected.id, upheld: false, reason: "产品不同，已复13900005678".into(), way: WAY };
        self.store.judge(&judgement, &doer("reviewer-2", "2022-06-08")).unwrap();
        self.store.recognise_due(5, &doer("job:recognise", "2022-06-11")).unwrap();
    }

    fn add(&self, filing: i64, matter: Matter, form: &[(&str, &str)], on: &str) {
        let new = NewClaim { filing, matter, typed: typed(form), by: doer("clerk", on) };
        let claim = self.store.open_claim(&new).unwrap();
        let claim = self.submit(&claim, on);
        self.approve(&claim, AT_ONCE, on);
    }

    fn export(&self) -> Vec<CarrierExport> {
        export(&self.store, &self.city).unwrap()
    }
}

/// The lines of a csv below its head, by column.
fn lines(export: &CarrierExport, file: &str) -> Vec<BTreeMap<String, String>> {
    let text = String::from_utf8(export.files[file].clone()).unwrap();
    let mut cells: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut quoted = false;
    for c in text.chars() {
        let row = cells.last_mut().unwrap();
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => cells.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    let head = cells.remove(0);
    assert_eq!(cells.pop().unwrap(), [""], "the last line is closed");
    cells.into_iter().map(|row| head.iter().cloned().zip(row).collect()).collect()
}

#[test]
fn a_recognised_filing_leaves_with_its_rows_and_tables() {
    let desk = Desk::new();
    let claim = desk.open("suixi", &FORM);
    desk.recognise(&[&claim]);
    desk.add(claim.filing, Matter::Milestone(Milestone::Started), &[("started_on", "2022-06-20")], "2022-06-21");
    let all = desk.export();
    assert_eq!(all.len(), 1);
    let suixi = &all[0];
    assert_eq!((suixi.carrier.as_str(), suixi.sheets.len(), suixi.sheets[0].rows), ("suixi", 1, 2));
    assert_eq!((suixi.sheets[0].year, suixi.sheets[0].reported_on), (2022, day("2022-06-21")));
    let rows = lines(suixi, "sheet-2022.csv");
    assert_eq!(
        (rows[0]["name"].as_str(), rows[0]["signed_on"].as_str()),
        ("双零铝箔,一期项目", "2022-05-18"),
        "the reader above drops quotes"
    );
    assert_eq!((rows[1]["recognised_on"].as_str(), rows[1]["started_on"].as_str()), ("2022-06-21", "2022-06-20"));
    let keys = KeyFile::parse(&suixi.files["keys-2022.bin"]).unwrap();
    assert_eq!((keys.carriers.clone(), keys.len()), (vec!["suixi"], 2));
    let filing = &lines(suixi, "filings.csv")[0];
    for (column, expected) in [
        ("number", "2022-00001"),
        ("carrier_id", "suixi"),
        ("agreed_yuan", "1200000000"),
        ("stage", "started"),
        ("state", "recognised"),
        ("first_submitted_on", "2022-05-30"),
        ("recognised_on", "2022-06-11"),
        ("confidential", "0"),
    ] {
        assert_eq!(filing[column], expected, "{column}");
    }
    assert_eq!(filing["name_key"], rows[0]["name_key"]);
    let claims = lines(suixi, "claims.csv");
    let told: Vec<_> = claims.iter().map(|c| (c["matter"].as_str(), c["milestones"].as_str(), c["recognised_on"].as_str())).collect();
    assert_eq!(told, [("project", "signed", "2022-06-11"), ("milestone", "started", "2022-06-21")]);
    assert_eq!((claims[0]["reviewed_on"].as_str(), claims[0]["decided_on"].as_str()), ("2022-06-01", "2022-06-08"));
    assert_eq!(lines(suixi, "notices.csv")[0]["objections_until"], "2022-06-10");
    let objection = &lines(suixi, "objections.csv")[0];
    assert_eq!((objection["state"].as_str(), objection["judgement"].as_str()), ("dismissed", "产品不同，已复139****5678"));
}

#[test]
fn no_person_and_no_draft_leaves_the_books() {
    let desk = Desk::new();
    let claim = desk.open("suixi", &FORM);
    desk.recognise(&[&claim]);
    desk.add(
        claim.filing,
        Matter::Change,
        &[("firm_phone", "13900009999"), ("agreed_yuan", "1300000000"), ("reason", "增资")],
        "2022-06-20",
    );
    desk.open("duji", &[("name", "还在起草的项目"), ("investor", "某某")]);
    let all = desk.export();
    assert_eq!(all.len(), 1, "a draft is its writer's own");
    let changed: Vec<String> = lines(&all[0], "changes.csv").into_iter().map(|line| line["field"].clone()).collect();
    assert!(
        changed.contains(&"agreed_yuan".to_owned()) && !changed.iter().any(|field| field.contains("phone") || field.contains("contact"))
    );
    for (name, bytes) in &all[0].files {
        let text = String::from_utf8_lossy(bytes);
        for secret in ["某某", "某先生", "13900001234", "13900005678", "13900009999", "clerk", "reviewer"] {
            assert!(!text.contains(secret), "{secret} in {name}");
        }
    }
}

#[test]
fn the_same_books_give_the_same_bytes_and_a_submission_moves_no_project() {
    let desk = Desk::new();
    let claim = desk.open("suixi", &FORM);
    desk.recognise(&[&claim]);
    let before = desk.export();
    assert_eq!(before, desk.export());
    let other = desk.open("suixi", &[("name", "另一项目"), ("investor", "另一公司")]);
    desk.submit(&other, "2022-06-20");
    let after = desk.export();
    assert_ne!(before[0].blake3(), after[0].blake3());
    assert_eq!(before[0].rows_blake3(), after[0].rows_blake3());
    assert_eq!(lines(&after[0], "filings.csv")[1]["state"], "submitted");
}

#[test]
fn every_column_of_every_table_is_filled() {
    let desk = Desk::new();
    let claim = desk.open("suixi", &FORM);
    desk.recognise(&[&claim]);
    desk.add(claim.filing, Matter::Change, &[("agreed_yuan", "1300000000"), ("reason", "增资")], "2022-06-20");
    let books = super::Books::read(&desk.store).unwrap();
    let mut carrier = super::Carrier::default();
    for filing in books.filings.values() {
        carrier.take_filing(&books, filing, &desk.city);
    }
    let (claim, filing) = books.claim(claim.id).unwrap();
    let notice = &books.notices[0];
    carrier.table("notices").push(super::lines::notice(notice, &notice.items[0], claim, filing));
    carrier.table("objections").push(super::lines::objection(&books.objections[0], claim, filing));
    for (table, columns) in TABLES {
        let mut named: Vec<&str> = carrier.tables[table][0].columns().collect();
        let mut wanted: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        named.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(named, wanted, "{table}");
    }
}
