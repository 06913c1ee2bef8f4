//! Real statements over the pages around the desk: an administrator stops one, a saved one has an address, a workbook has an end.

use qunlian_domain::access::Role;
use qunlian_domain::audit::AuditAction;
use qunlian_registry::{AuditBooks, AuditFilter};
use serde_json::Value;

use crate::support::Folder;
use crate::support::guest::Guest;
use crate::support::server::Server;

/// Would run until its deadline: some 600⁴ pairs.
const ENDLESS: &str = "select count(*) from projects a, projects b, projects c, projects d where a.name < b.name";

#[test]
fn an_administrator_stops_an_endless_statement_and_its_place_is_free() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let analyst = folder.let_in("zhou", &[Role::Analyst], None);
    let system = folder.let_in("system", &[Role::SystemAdministrator], None);
    let server = Server::start(&folder);
    let (analyst, system) = (Guest::new(&server, &analyst), Guest::new(&server, &system));
    let told = std::thread::scope(|scope| {
        let asking = scope.spawn(|| analyst.post("/sql/run", &[("sql", ENDLESS), ("ticket", "t-1")]));
        server.wait_for("the statement to run", |_| system.page("/statements/live").contains("▶</span> 运行"));
        let stop = system.first_action("/statements", "/statements/");
        assert!(!system.page("/statements").contains("projects"), "its text is its asker's");
        assert_eq!(system.post(&stop, &[]).header("location"), "/statements?done=stopped");
        asking.join().unwrap()
    });
    let said: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!((told.status, said["kind"].as_str(), said["said"].as_str()), (409, Some("stopped"), Some("查询已被管理员停止")));
    let next: Value = serde_json::from_slice(&analyst.post("/sql/run", &[("sql", "select 40 + 2 as n")]).body).unwrap();
    assert_eq!(next["rows"], serde_json::json!([[42]]), "the place is free");
    // Whoever asked has the answer a moment before it is written down.
    server.wait_for("the statement to be written down", |_| system.page("/statements").contains("目前没有正在运行的查询"));
    let page = system.page("/statements");
    assert!(page.contains("由管理员停止") && page.contains("目前没有正在运行的查询"), "{page}");
    let filter = AuditFilter { action: Some(AuditAction::StatementStopped), ..AuditFilter::default() };
    let records = folder.books().audit_page(&filter, None, 9).unwrap();
    assert_eq!(records.iter().map(|one| (one.actor.as_str(), one.subject.as_str())).collect::<Vec<_>>(), [("system", "zhou")]);
}

#[test]
fn a_saved_statement_is_answered_in_every_format_by_its_address() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let analyst = folder.let_in("zhou", &[Role::Analyst], None);
    let server = Server::start(&folder);
    let analyst = Guest::new(&server, &analyst);
    let sql = "select count(*) as n from projects where known_until is null and $least > 0";
    let form = [("sql", sql), ("p.least", "1"), ("t.least", "int"), ("name", "项目数")];
    let saved = analyst.post("/sql/saved", &form);
    let page = analyst.page(saved.header("location").split('?').next().unwrap());
    let address = page.split("data-copy=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#x2f;", "/");
    let stem = address.strip_suffix(".csv").unwrap();
    let expected = folder.number(None, "select count(*) from projects where known_until is null");
    let json: Value = serde_json::from_slice(&analyst.get(&format!("{stem}.json")).body).unwrap();
    assert_eq!(json["rows"], serde_json::json!([[expected]]));
    let none: Value = serde_json::from_slice(&analyst.get(&format!("{stem}.json?p.least=0")).body).unwrap();
    assert_eq!(none["rows"], serde_json::json!([[0]]), "the address gives another value");
    for (suffix, start) in [("csv", "\u{feff}n".as_bytes()), ("parquet", b"PAR1"), ("arrow", b"\xff\xff\xff\xff"), ("xlsx", b"PK")] {
        let got = analyst.get(&format!("{stem}.{suffix}"));
        assert!(got.status == 200 && got.body.starts_with(start), "{suffix}: {} {:?}", got.status, got.body.get(..20));
        assert!(got.header("etag").starts_with("W/\"g1-"), "{suffix}: {}", got.header("etag"));
    }
    // One row more than a worksheet holds under its heading.
    let long = "select a.version from projects a, projects b, projects c limit 1048576";
    let refused = analyst.post("/sql", &[("sql", long), ("format", "xlsx")]);
    assert!(refused.text().contains("1,048,575 行") && refused.text().contains("CSV 或 Parquet"), "{}", refused.text());
}
