//! A target set by the center and the lake: from its day on boards follow its value and its curve, before it nothing moves.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::Via;
use qunlian_domain::pace::MonthlyCurve;
use qunlian_domain::target::{Metric, Scope, Target, TargetKind};
use qunlian_registry::{Doer, NewTarget, SqliteStore, TargetBooks};
use serde_json::Value;

use crate::support::Folder;

const CURRENT: &str = "select value, source, round(pace(date '2022-06-30', 2022, curve), 6) from targets
    where year = 2022 and metric = 'started' and scope = 'city' and kind = 'count'";

fn doer() -> Doer {
    let today: NaiveDate = "2022-05-31".parse().unwrap();
    let now: DateTime<Utc> = "2022-05-31T01:00:00Z".parse().unwrap();
    Doer { account: Some(7), name: "reviewer".to_owned(), via: Via::Web, now, today }
}

/// By quarters 15, 30, 30 and 25 %: 45 % by the end of June. The file's 225 go by twelfths: 50 %.
#[test]
fn a_revision_of_the_books_counts_from_its_day_on() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let current = |day: &str| folder.sql(Some(day), CURRENT);
    let file = vec![vec![Value::from(225), Value::from("file"), Value::from(50.0)]];
    assert_eq!(current("2022-06-01"), file);
    let target = Target {
        year: 2022,
        metric: Metric::Started,
        band: None,
        scope: Scope::City,
        scope_id: "huaibei".to_owned(),
        kind: TargetKind::Count,
        value: Some(240),
        issuer: "淮北市人民政府".to_owned(),
        known_from: "2022-06-01".parse().unwrap(),
        known_until: None,
        documented: true,
        note: String::new(),
        reason: "年中调整".to_owned(),
        curve: MonthlyCurve::from_text("5,5,5,10,10,10,10,10,10,9,8,8").unwrap(),
    };
    let store = SqliteStore::open(&folder.data().join("books.sqlite")).unwrap();
    store.enter_target(&NewTarget { target, seen: 0 }, &doer()).unwrap();
    let first = folder.newest_generation();
    assert!(folder.run(&["run", "export_registry", "--today", "2022-05-31"]).contains("已更新"));
    assert!(folder.newest_generation() > first, "the parts of the carriers need not add up before they are revised");
    assert_eq!(current("2022-05-31"), file, "what was known is known still");
    assert_eq!(current("2022-06-01"), vec![vec![Value::from(240), Value::from("books"), Value::from(45.0)]]);
    let trail = "select value, reason, known_until from issued_targets
        where year = 2022 and metric = 'started' and scope = 'city' and kind = 'count' order by known_from";
    let first = vec![Value::from(225), Value::Null, Value::from("2022-06-01")];
    assert_eq!(folder.sql(None, trail), vec![first, vec![Value::from(240), Value::from("年中调整"), Value::Null]]);
    let generation = folder.newest_generation();
    assert!(folder.run(&["run", "export_registry", "--today", "2022-06-01"]).contains("没有变化"));
    assert_eq!(folder.newest_generation(), generation);
}
