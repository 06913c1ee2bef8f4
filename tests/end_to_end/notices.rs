//! The demonstration's days pass: Monday's notice goes up, its period ends, the project is recognised; a restart goes on.

use std::collections::BTreeMap;

use qunlian_domain::audit::Via;
use qunlian_domain::claim::State;
use qunlian_domain::filing::{Matter, Values};
use qunlian_registry::{AuditBooks, AuditFilter, Claim, Doer, FilingBooks, NewFiling, NoticeBooks, SqliteStore, Step, Typed};

use crate::support::Folder;
use crate::support::server::Server;

/// A project filed and approved on 31 May 2022, straight in the books.
fn approved(books: &SqliteStore, name: &str) -> Claim {
    let by = |name: &str| Doer {
        account: Some(1),
        name: name.to_owned(),
        via: Via::Web,
        now: chrono::Utc::now(),
        today: chrono::NaiveDate::from_ymd_opt(2022, 5, 31).unwrap(),
    };
    let typed: Typed = BTreeMap::from([("name".into(), name.into()), ("agreed_yuan".into(), "1250000000".into())]);
    let new = NewFiling { carrier_id: "suixi".into(), stage: 1, typed: typed.clone(), once: None, by: by("clerk") };
    let claim = books.open_filing(&new).unwrap().claim;
    let way = Matter::Project.way(false, false, 5);
    let values: Values = typed.clone().into_iter().collect();
    books.step(claim.id, &Step::Submit { typed, values, way }, &by("clerk")).unwrap();
    books.step(claim.id, &Step::Approve { remark: String::new(), way }, &by("reviewer")).unwrap()
}

/// Presses the button and waits until the day's tasks are done.
fn next_day(server: &Server) -> String {
    let pressed = ureq::post(format!("{}/demo/next-day", server.base)).content_type("application/x-www-form-urlencoded").send("back=%2F");
    assert_eq!(pressed.unwrap().status(), 200, "the button leads to a page");
    server.wait_for("the day's tasks", |server| server.get("/demo/day/live").contains("data-live=\"no\""));
    server.get("/demo/day/live")
}

#[test]
fn days_pass_in_the_demonstration() {
    let folder = Folder::new();
    let books = |folder: &Folder| SqliteStore::open(&folder.data().join("books.sqlite")).unwrap();
    let server = Server::demo(&folder.data());
    let claim = approved(&books(&folder), "铝箔示例项目");
    let mut told = BTreeMap::new();
    for day in ["2022-06-01", "2022-06-02", "2022-06-03", "2022-06-04", "2022-06-05", "2022-06-06"] {
        told.insert(day, next_day(&server));
        assert!(told[day].contains(day), "{}", told[day]);
    }
    assert!(told["2022-06-06"].contains("2022-W22 公示 ") && !told["2022-06-06"].contains("补发"), "{}", told["2022-06-06"]);
    let page = server.get("/notices/2022-W22");
    assert!(page.contains("铝箔示例项目") && page.contains("12.5亿元") && page.contains("2022年6月6日至2022年6月10日"), "{page}");
    let notice = books(&folder).notice("2022-W22").unwrap().unwrap();
    assert!(!notice.late && notice.items.iter().any(|item| item.claim == claim.id));
    for _ in 7..11 {
        next_day(&server);
    }
    assert_eq!(books(&folder).find_claim(claim.id).unwrap().unwrap().standing.state, State::Noticed);
    let last = next_day(&server);
    assert!(last.contains("2022-06-11") && last.contains("认定 "), "{last}");
    let recognised = books(&folder).find_claim(claim.id).unwrap().unwrap();
    assert_eq!((recognised.standing.state, recognised.counted_from.unwrap().to_string()), (State::Recognised, "2022-06-11".to_owned()));
    let filter = AuditFilter::default();
    let moves = books(&folder).audit_page(&filter, None, 500).unwrap().into_iter().filter(|record| record.action == "demo_next_day");
    assert_eq!(moves.count(), 11);
    let published = books(&folder).notices(99).unwrap();
    drop(server);
    let server = Server::demo(&folder.data());
    assert!(server.get("/demo/day").contains("2022-06-11"), "a restart goes on where the day was");
    assert_eq!(books(&folder).notices(99).unwrap(), published, "and publishes nothing again");
}
