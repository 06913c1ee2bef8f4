//! The audit log: exports and statements leave their record, and the audit administrator reads and verifies it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_registry::{AuditEntry, AuditFilter, AuditRecord, Store};
use qunlian_web::Mode;
use serde_json::json;

use super::roles::staffed;
use super::{get_with, post, send};
use crate::fixture::morning;

const AUDITOR: (&str, &str) = ("cookie", "qunlian=a");
const LEADER: (&str, &str) = ("cookie", "qunlian=L");
const ANALYST: (&str, &str) = ("cookie", "qunlian=A");

fn staffed_site() -> (Router, Arc<dyn Store>) {
    let app = staffed(Mode::Serve);
    let books = Arc::clone(&app.books);
    (qunlian_web::router(app).unwrap(), books)
}

/// Oldest first.
fn recorded(books: &Arc<dyn Store>, action: AuditAction) -> Vec<AuditRecord> {
    let filter = AuditFilter { action: Some(action), ..AuditFilter::default() };
    let mut records = books.audit_page(&filter, None, 1_000).unwrap();
    records.reverse();
    records
}

#[tokio::test]
async fn every_file_handed_out_leaves_a_record() {
    let (site, books) = staffed_site();
    for path in ["/projects.csv?year=2022", "/projects.csv?year=2022", "/carriers.xlsx", "/api/queries/city_progress.json"] {
        let got = get_with(&site, path, &[LEADER]).await;
        assert_eq!((got.status, got.header("qunlian-rows")), (StatusCode::OK, ""), "{path}");
    }
    let records = recorded(&books, AuditAction::Export);
    let subjects: Vec<&str> = records.iter().map(|record| record.subject.as_str()).collect();
    let expect = ["/projects.csv?year=2022", "/projects.csv?year=2022", "/carriers.xlsx", "/api/queries/city_progress.json"];
    assert_eq!(subjects, expect, "a kept file leaves its record each time");
    assert!(records.iter().all(|record| record.account.is_some() && record.actor == "one-L-leader" && record.via == "web"));
    let rows = |record: &AuditRecord| serde_json::from_str::<serde_json::Value>(&record.detail).unwrap()["rows"].as_u64().unwrap();
    assert!(rows(&records[0]) > 100 && rows(&records[0]) == rows(&records[1]));
}

#[tokio::test]
async fn what_hands_nothing_out_leaves_none() {
    let (site, books) = staffed_site();
    let etag = get_with(&site, "/carriers.csv", &[LEADER]).await.header("etag").to_owned();
    assert_eq!(recorded(&books, AuditAction::Export).len(), 1);
    assert_eq!(get_with(&site, "/carriers.csv", &[LEADER, ("if-none-match", &etag)]).await.status, StatusCode::NOT_MODIFIED);
    let head = Request::head("/carriers.csv").header("host", "127.0.0.1:8080").header(LEADER.0, LEADER.1).body(Body::empty()).unwrap();
    assert_eq!(send(&site, head).await.status, StatusCode::OK);
    assert_eq!(get_with(&site, "/projects.csv?year=abc", &[LEADER]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(get_with(&site, "/projects.csv", &[("cookie", "qunlian=T")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(get_with(&site, "/carriers", &[LEADER]).await.status, StatusCode::OK);
    assert_eq!(recorded(&books, AuditAction::Export).len(), 1);
}

#[tokio::test]
async fn statements_are_recorded_with_their_text_whatever_becomes_of_them() {
    let (site, books) = staffed_site();
    for body in ["sql=select+1&as_of=2022-05-31", "sql=drop+table+projects", "sql=select+2&format=csv", "sql="] {
        post(&site, "/sql", body, &[ANALYST]).await;
    }
    post(&site, "/sql", "sql=select+3", &[LEADER]).await;
    let texts: Vec<String> = recorded(&books, AuditAction::Sql)
        .iter()
        .map(|record| serde_json::from_str::<serde_json::Value>(&record.detail).unwrap()["sql"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(texts, ["select 1", "drop table projects", "select 2"]);
    assert_eq!(recorded(&books, AuditAction::Export).len(), 1, "its file is an export, too");
}

#[tokio::test]
async fn the_log_is_read_filtered_and_taken_away() {
    let (site, books) = staffed_site();
    for number in 0..60 {
        let (action, actor) = if number % 2 == 0 { (AuditAction::Login, "chen.jia") } else { (AuditAction::Approved, "sun") };
        let (subject, detail) = (format!("F-{number:03}"), json!({ "phone": "13900001234" }));
        let entry = AuditEntry { at: morning(), account: None, actor: actor.into(), via: Via::Web, action, subject, detail };
        books.append(&entry).unwrap();
    }
    let page = get_with(&site, "/audit", &[AUDITOR]).await.text();
    assert!(page.contains("F-059") && page.contains("F-010") && !page.contains("F-009"), "50 on a page");
    assert!(page.contains("139****1234") && !page.contains("13900001234"), "numbers are masked");
    assert!(page.contains("2022-05-31 09:00:00") && page.contains("审核通过"));
    let older = page.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let second = get_with(&site, &older, &[AUDITOR]).await.text();
    assert!(second.contains("F-009") && !second.contains("F-010") && second.contains("最新的记录"));
    let filtered = get_with(&site, "/audit?action=login&actor=CHEN&subject=05&from=2022-05-31&until=2022-05-31", &[AUDITOR]).await.text();
    assert!(filtered.contains("F-058") && !filtered.contains("F-059") && !filtered.contains("F-048"), "{filtered}");
    assert!(get_with(&site, "/audit?from=2022-06-01", &[AUDITOR]).await.text().contains("没有符合条件的记录"));
    for bad in ["action=nope", "from=31.5.2022", "before=x", &format!("actor={}", "x".repeat(101))] {
        assert_eq!(get_with(&site, &format!("/audit?{bad}"), &[AUDITOR]).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let english = get_with(&site, "/audit?lang=en&action=login", &[AUDITOR]).await.text();
    assert!(english.contains("Audit log") && english.contains("<td class=\"w\" data-label=\"Action\">login</td>"), "{english}");
    let file = get_with(&site, "/audit.csv?action=login", &[AUDITOR]).await;
    assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert!(file.text().contains("30 rows"), "{}", file.text());
    assert_eq!(recorded(&books, AuditAction::Export).last().unwrap().subject, "/audit.csv?action=login");
}

#[tokio::test]
async fn the_chain_is_verified_on_demand() {
    let (site, books) = staffed_site();
    assert!(!get_with(&site, "/audit", &[AUDITOR]).await.text().contains("记录完整"));
    let head = books.audit_head().unwrap().unwrap();
    let page = get_with(&site, "/audit?verify=1", &[AUDITOR]).await.text();
    assert!(page.contains("记录完整") && page.contains(&head.to_string()), "{page}");
}

#[tokio::test]
async fn hostile_records_stay_text() {
    let (site, books) = staffed_site();
    let odd = "<script>alert(1)</script>\"'&\u{202e}\r\n";
    let entry = AuditEntry {
        at: morning(),
        account: None,
        actor: odd.into(),
        via: Via::Public,
        action: AuditAction::LoginFailed,
        subject: odd.into(),
        detail: json!({ odd: odd }),
    };
    books.append(&entry).unwrap();
    let page = get_with(&site, "/audit?actor=%3Cscript%3E&subject=%22%27", &[AUDITOR]).await.text();
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"), "{page}");
    assert!(!page.contains('\u{202e}'));
}
