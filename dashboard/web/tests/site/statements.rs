//! Everybody's statements: an administrator sees what runs and stops it; nobody else does, and nobody reads another's text.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use qunlian_domain::audit::AuditAction;
use qunlian_registry::{AuditFilter, Store};
use qunlian_web::Mode;
use serde_json::Value as Json;

use super::roles::staffed;
use super::{get_with, post};
use crate::fixture::FakeSql;

const ANALYST: (&str, &str) = ("cookie", "qunlian=A");
const SYSTEM: (&str, &str) = ("cookie", "qunlian=s");

fn house() -> (Router, Arc<FakeSql>, Arc<dyn Store>) {
    let sql = Arc::new(FakeSql::default());
    let mut parts = staffed(Mode::Serve);
    parts.sql = Arc::clone(&sql) as Arc<_>;
    let books = Arc::clone(&parts.books);
    (qunlian_web::router(parts).unwrap(), sql, books)
}

fn recorded(books: &dyn Store) -> Vec<(String, String, Json)> {
    let filter = AuditFilter { action: Some(AuditAction::StatementStopped), ..AuditFilter::default() };
    let all = books.audit_page(&filter, None, 9).unwrap();
    all.into_iter().map(|record| (record.actor, record.subject, serde_json::from_str(&record.detail).unwrap())).collect()
}

#[tokio::test]
async fn an_administrator_stops_anothers_statement_and_its_owner_is_told() {
    let (site, sql, books) = house();
    let running = tokio::spawn({
        let site = site.clone();
        async move { post(&site, "/sql/run", "sql=select+slow+from+secrets&ticket=t-1&shown=yes", &[ANALYST]).await }
    });
    while sql.asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let page = get_with(&site, "/statements", &[SYSTEM]).await.text();
    // 1,204 rows, 65,536 bytes = 64 KiB, 1 MiB of memory, 3 ms waiting, 4 ms planning, 1,200 ms running.
    for words in ["one-A-analyst", "网页", "▶</span> 运行", "1,204", "64.0 KiB", "1.0 MiB", "3 毫秒", "4 毫秒", "1.20 秒", "42"]
    {
        assert!(page.contains(words), "{words} is missing: {page}");
    }
    assert!(page.contains("action=\"/statements/7/stop\"") && !page.contains("secrets"), "the text is its asker's: {page}");
    assert!(page.contains("http-equiv=\"refresh\" content=\"5;url=/statements\"") && page.contains("data-poll=\"/statements/live\""));
    let part = get_with(&site, "/statements/live?who=ONE-A", &[SYSTEM]).await.text();
    assert!(part.contains("/statements/7/stop") && !part.contains("<html"), "{part}");
    assert!(!get_with(&site, "/statements?who=zhou", &[SYSTEM]).await.text().contains("/statements/7/stop"));
    let foreign = post(&site, "/statements/7/stop", "", &[SYSTEM, ("origin", "https://evil.example")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert_eq!(post(&site, "/statements/7/stop", "", &[ANALYST]).await.status, StatusCode::FORBIDDEN, "not even one's own");
    assert!(recorded(books.as_ref()).is_empty());
    let stopped = post(&site, "/statements/7/stop", "", &[SYSTEM]).await;
    assert_eq!((stopped.status, stopped.header("location")), (StatusCode::SEE_OTHER, "/statements?done=stopped"));
    let told = running.await.unwrap();
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.text().contains("查询已被管理员停止") && told.text().contains("stopped by an administrator"), "{}", told.text());
    let records = recorded(books.as_ref());
    let (actor, subject, detail) = &records[0];
    assert_eq!((records.len(), actor.as_str(), subject.as_str()), (1, "one-s-system", "one-A-analyst"));
    assert_eq!((detail["statement"].as_u64(), detail["door"].as_str(), detail.get("sql")), (Some(7), Some("page"), None));
    assert!(get_with(&site, "/sql/history", &[ANALYST]).await.text().contains("查询已被管理员停止"), "the history says so too");
}

#[tokio::test]
async fn what_has_ended_is_stopped_by_nobody_and_recorded_by_nobody() {
    let (site, _, books) = house();
    let over = post(&site, "/statements/7/stop", "", &[SYSTEM]).await;
    assert_eq!(over.header("location"), "/statements?done=over");
    assert!(recorded(books.as_ref()).is_empty());
    let page = get_with(&site, "/statements?done=over", &[SYSTEM]).await.text();
    assert!(page.contains("该查询已经结束") && page.contains("目前没有正在运行的查询") && page.contains("content=\"30;"), "{page}");
    assert_eq!(post(&site, "/statements/seven/stop", "", &[SYSTEM]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_page_is_in_the_navigation_of_administrators_only() {
    let (site, ..) = house();
    assert!(get_with(&site, "/jobs", &[SYSTEM]).await.text().contains("href=\"/statements\""));
    assert!(!get_with(&site, "/sql", &[ANALYST]).await.text().contains("href=\"/statements\""));
}
