//! The books and the lake: what is filed and recognised counts from its day on, once, and no longer when it is revoked.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::Via;
use qunlian_domain::claim::Way;
use qunlian_domain::filing::{Matter, Values};
use qunlian_registry::{Claim, Doer, FilingBooks, NewClaim, NewFiling, NewNotice, NoticeBooks, NoticeFace, SqliteStore, Step, Typed};
use serde_json::Value;

use crate::support::Folder;

const SIGNED: &str = "select count(*) from milestones where milestone = 'signed' and year = 2022";
const WAY: Way = Way { two_reviews: false, notice_days: Some(5) };
const AT_ONCE: Way = Way { two_reviews: false, notice_days: None };

/// Filed on 30 May, approved on 1 June, in the notice of 6 June, recognised on 11 June.
const RECOGNISED: &str = "2022-06-11";
const BEFORE: &str = "2022-06-10";

fn doer(name: &str, today: &str) -> Doer {
    let today: NaiveDate = today.parse().unwrap();
    let now: DateTime<Utc> = today.and_hms_opt(1, 0, 0).unwrap().and_utc();
    Doer { account: Some(7), name: name.to_owned(), via: Via::Web, now, today }
}

fn typed(pairs: &[(&str, &str)]) -> Typed {
    pairs.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect()
}

struct Desk {
    store: SqliteStore,
}

impl Desk {
    fn of(folder: &Folder) -> Self {
        Self { store: SqliteStore::open(&folder.data().join("books.sqlite")).unwrap() }
    }

    fn submit(&self, carrier: &str, form: &[(&str, &str)]) -> Claim {
        let new = NewFiling { carrier_id: carrier.into(), stage: 1, typed: typed(form), once: None, by: doer("clerk", "2022-05-30") };
        let claim = self.store.open_filing(&new).unwrap().claim;
        let values: Values = claim.typed.clone().into_iter().collect();
        let step = Step::Submit { typed: claim.typed.clone(), values, way: WAY };
        self.store.step(claim.id, &step, &doer("clerk", "2022-05-30")).unwrap()
    }

    fn recognise(&self, claim: &Claim) {
        let step = Step::Approve { remark: String::new(), way: WAY };
        self.store.step(claim.id, &step, &doer("reviewer", "2022-06-01")).unwrap();
        let face = NoticeFace {
            carrier: "濉溪县".into(),
            project: claim.project_name.clone(),
            matter: "项目备案".into(),
            scale: "12亿元".into(),
            chain: "—".into(),
        };
        let day = |text: &str| text.parse().unwrap();
        let notice = NewNotice {
            id: "2022-W22".into(),
            from: day("2022-05-30"),
            until: day("2022-06-05"),
            slot: day("2022-06-06"),
            notice_days: 5,
            faces: BTreeMap::from([(claim.id, face)]),
        };
        self.store.publish_notice(&notice, &doer("job:monday_notice", "2022-06-06")).unwrap();
        let done = self.store.recognise_due(5, &doer("job:recognise", RECOGNISED)).unwrap();
        assert_eq!(done.len(), 1);
    }

    fn delete(&self, claim: &Claim, on: &str) {
        let reason = typed(&[("reason", "重复备案")]);
        let new = NewClaim { filing: claim.filing, matter: Matter::Deletion, typed: reason.clone(), by: doer("clerk", on) };
        let deletion = self.store.open_claim(&new).unwrap();
        let step = Step::Submit { typed: reason.clone(), values: reason.into_iter().collect(), way: AT_ONCE };
        self.store.step(deletion.id, &step, &doer("clerk", on)).unwrap();
        let step = Step::Approve { remark: String::new(), way: AT_ONCE };
        self.store.step(deletion.id, &step, &doer("reviewer", on)).unwrap();
    }
}

fn export(folder: &Folder, today: &str) -> String {
    folder.run(&["run", "export_registry", "--today", today])
}

const FORM: [(&str, &str); 6] = [
    ("name", "年产3万吨双零铝箔样例项目"),
    ("content", "新建厂房，购置箔轧机6台，年产双零铝箔3万吨"),
    ("investor", "样例铝业有限公司"),
    ("agreed_yuan", "1200000000"),
    ("signed_on", "2022-05-18"),
    ("firm_phone", "13900001234"),
];

#[test]
fn a_recognised_signing_counts_from_its_day_and_a_deletion_takes_it_back() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let signed = |day: &str| folder.number(Some(day), SIGNED);
    let before = signed(BEFORE);
    assert_eq!(signed(RECOGNISED), before);
    let desk = Desk::of(&folder);
    let claim = desk.submit("suixi", &FORM);
    assert!(export(&folder, "2022-05-30").contains("已更新"));
    assert_eq!(signed("2022-12-31"), before, "what is only filed does not count");
    assert_eq!(folder.number(None, "select count(*) from filings where state = 'submitted' and carrier_id = 'suixi'"), 1);
    let parts = fingerprints(&folder, "projects");
    desk.recognise(&claim);
    export(&folder, RECOGNISED);
    assert_eq!((signed(BEFORE), signed(RECOGNISED)), (before, before + 1));
    let moved: Vec<String> =
        fingerprints(&folder, "projects").into_iter().filter(|(key, print)| parts.get(key) != Some(print)).map(|(key, _)| key).collect();
    assert_eq!(moved, ["suixi"], "only the parts of the carrier that filed are built again");
    let of_books =
        folder.sql(Some(RECOGNISED), "select source, carrier_id, recognised_on from milestones where starts_with(source, 'books-')");
    assert_eq!(of_books, vec![vec![Value::from("books-suixi:2022:1"), Value::from("suixi"), Value::from(RECOGNISED)]]);
    let sources = folder.sql(None, "select file_name, sheet, sheet_name from sources where file = 'books-suixi'");
    assert_eq!(sources, vec![vec![Value::from("备案登记簿"), Value::from(2022), Value::from("2022 年备案")]]);
    let claims = folder.sql(None, "select state, recognised_on, review_days from claims");
    assert_eq!(claims, vec![vec![Value::from("recognised"), Value::from(RECOGNISED), Value::from(2)]]);

    let generation = folder.newest_generation();
    assert!(export(&folder, RECOGNISED).contains("没有变化"));
    folder.run(&["run", "build_lake"]);
    assert_eq!(folder.newest_generation(), generation, "unchanged books publish nothing");

    desk.delete(&claim, "2022-06-20");
    export(&folder, "2022-06-20");
    assert_eq!((signed(BEFORE), signed("2022-06-19"), signed("2022-06-20")), (before, before + 1, before));
    let statement = "select status from projects where name = '年产3万吨双零铝箔样例项目'";
    assert_eq!(folder.sql(Some("2022-06-20"), statement), vec![vec![Value::from("abandoned")]]);
    for table in ["projects", "filings", "changes", "complaints", "sources"] {
        let all = format!("{:?}", folder.sql(None, &format!("select * from {table}")));
        assert!(!all.contains("13900001234"), "{table}");
    }
}

fn fingerprints(folder: &Folder, table: &str) -> BTreeMap<String, String> {
    let manifest = folder.manifest();
    let tables = manifest["tables"].as_array().unwrap();
    let parts = tables.iter().find(|known| known["name"] == table).unwrap()["parts"].as_array().unwrap();
    let text = |part: &Value, key: &str| part[key].as_str().unwrap_or_default().to_owned();
    parts.iter().map(|part| (text(part, "key"), text(part, "fingerprint"))).collect()
}

/// The same project and milestone in workbooks and in the books: counted once, by the workbook's word until the
/// claim's day, by the claim's from then on, and later workbooks become complaints.
#[test]
fn a_claim_outranks_workbook_rows_from_its_day_on() {
    let (folder, truth) = Folder::with_sample(7, Vec::new());
    let signing = truth.signings_2022.iter().find(|signing| signing.alone && signing.carrier != "duji").unwrap();
    let project = &truth.projects[signing.project];
    let of_project = format!(
        "select m.carrier_id, m.happened_on, m.recognised_on from milestones m join projects p using (project_id)
         where m.milestone = 'signed' and p.name = '{}'",
        project.name
    );
    let before = folder.sql(Some("2022-05-31"), &of_project);
    assert_eq!(before.len(), 1);
    let count = folder.number(Some("2022-12-31"), SIGNED);
    let desk = Desk::of(&folder);
    let form = [("name", project.name.as_str()), ("investor", project.investor.as_str()), ("signed_on", "2022-01-04")];
    let claim = desk.submit("duji", &form);
    desk.recognise(&claim);
    export(&folder, RECOGNISED);
    assert_eq!(folder.sql(Some(BEFORE), &of_project), before, "until that day the workbook's statement stands");
    let since = before[0][2].clone();
    let after = vec![vec![Value::from("duji"), Value::from("2022-01-04"), since]];
    assert_eq!(folder.sql(Some(RECOGNISED), &of_project), after);
    assert_eq!(folder.number(Some("2022-12-31"), SIGNED), count, "it does not count twice");

    let sent = folder.dir.path().join("相山区2022年6月签约.csv");
    let row = format!("1,{},{},2022年6月20日", project.name, project.investor);
    let text = format!(
        "淮北市相山区2022年6月新签约项目情况统计表\n填报单位：相山区,,截至日期：2022年6月30日,\n序号,项目名称,投资方,签约时间\n{row}\n"
    );
    std::fs::write(&sent, text).unwrap();
    folder.run(&["import", "--today", "2022-07-01", &sent.display().to_string()]);
    folder.run(&["run", "build_lake"]);
    assert_eq!(folder.sql(Some("2022-12-31"), &of_project), after, "a later workbook does not replace it");
    assert_eq!(folder.number(Some("2022-12-31"), SIGNED), count);
    assert_eq!(folder.number(None, "select count(*) from complaints where problem = 'outranked_by_books'"), 1);
}
