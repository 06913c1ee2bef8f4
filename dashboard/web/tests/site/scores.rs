//! The assessment: what the page says and leads to, and that a closed period is printed as it was.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use qunlian_domain::audit::AuditAction;
use qunlian_domain::rules::Rules;
use qunlian_registry::{AuditFilter, Store};
use qunlian_web::Mode;

use super::marks::{check, counted_links};
use super::roles::staffed;
use super::{get, get_with, post, site};
use crate::fixture::FakeAnswers;

const FIRST: &str = "/scores?level=city&year=2022&quarter=1";
const CLOSE: &str = "/scores/close?level=city&year=2022&quarter=1";
const REVIEWER: [(&str, &str); 1] = [("cookie", "qunlian=R")];

/// What the page prints of scores: everything between the first group and the foot.
fn printed(html: &str) -> String {
    let from = html.find("id=\"group-districts\"").unwrap();
    let until = html.find("id=\"close\"").unwrap();
    // Links count rows only while the period is open.
    html[from..until].split(" data-count=\"").enumerate().fold(String::new(), |mut kept, (at, part)| {
        kept.push_str(if at == 0 { part } else { part.split_once('"').unwrap().1 });
        kept
    })
}

fn seen(html: &str) -> String {
    html.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// The shipped rules with other weights and another version.
fn other_rules() -> Arc<Rules> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let read = |path: &str| {
        let text = std::fs::read_to_string(data.join(path))?;
        let text = if path.ends_with("scoring-2022.toml") {
            text.replacen("weight = 25", "weight = 5", 1).replacen("weight = 20", "weight = 40", 1).replacen("示例-1", "示例-2", 1)
        } else {
            text
        };
        Ok(text)
    };
    Arc::new(Rules::load(&read, "cities/huaibei").unwrap())
}

#[tokio::test]
async fn the_page_ranks_peers_and_derives_every_point() {
    let site = site();
    // On 31 May the last quarter that has ended is the first.
    let page = get(&site, "/scores").await.text();
    for words in
        ["2022年第一季度县区、园区考核得分", "县区组", "园区组", "评分规则为示例", "得分推导", "新签约项目 ", "指标得分合计", "口径"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("数据问题") && !page.contains("考核期尚未结束"), "nothing is missing and the quarter is over");
    assert_eq!(page.matches("得分推导 ·").count(), 6, "one for every carrier");
    assert_eq!(printed(&page), printed(&get(&site, FIRST).await.text()));
    let running = get(&site, "/scores?quarter=2").await.text();
    assert!(running.contains("考核期尚未结束") && running.contains("2022年第二季度"));
    assert!(["持平", "上升", "下降"].iter().any(|word| running.contains(word)), "places are held against the first quarter");
    let future = get(&site, "/scores?quarter=3").await;
    assert_eq!(future.status, StatusCode::BAD_REQUEST);
    assert!(future.text().contains("考核期尚未开始"));
    for (path, words) in
        [("/scores?level=moon", "没有这个考核层级"), ("/scores?year=2021", "没有2021年的考核规则"), ("/scores?quarter=9", "季度无法识别")]
    {
        assert!(get(&site, path).await.text().contains(words), "{path}");
    }
}

#[tokio::test]
async fn every_counted_figure_leads_to_so_many_rows() {
    let site = site();
    let mut followed = 0;
    for page in ["/scores", "/scores?quarter=2"] {
        let html = get(&site, page).await.text();
        for (href, count) in counted_links(&html).into_iter().filter(|(href, _)| href.contains("milestone=")) {
            check(&site, &href, count).await;
            followed += 1;
        }
        for rest in html.split("<a class=\"mark\" href=\"#").skip(1) {
            let anchor = rest.split('"').next().unwrap();
            assert!(html.contains(&format!("<details class=\"twin\" id=\"{anchor}\"")), "{anchor}");
        }
    }
    assert!(followed > 40, "only {followed} links were followed");
}

#[tokio::test]
async fn what_is_not_published_is_a_complaint_and_cannot_be_closed() {
    let site = qunlian_web::router(staffed(Mode::Serve)).unwrap();
    let county = "level=suixi&year=2022&quarter=1";
    let page = get_with(&site, &format!("/scores?{county}"), &REVIEWER).await.text();
    assert!(page.contains("数据问题") && page.contains("“有效招商线索”缺数据") && !page.contains("/scores/close"), "{page}");
    let refused = post(&site, &format!("/scores/close?{county}"), "sure=yes", &REVIEWER).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("数据问题未解决，不能关账"));
    let running = post(&site, "/scores/close?level=city&year=2022&quarter=2", "sure=yes", &REVIEWER).await;
    assert!(running.status == StatusCode::CONFLICT && running.text().contains("考核期尚未结束，不能关账"));
}

#[tokio::test]
async fn the_sheet_leaves_as_a_file() {
    let site = site();
    let file = get(&site, "/scores.csv?level=city&year=2022&quarter=1").await;
    assert_eq!(file.status, StatusCode::OK);
    let text = file.text();
    // 6 carriers: a total, 3 sums, 6 indicators, 3 bonuses, 2 deductions, and at least 3 lines of summary.
    assert!(text.starts_with("2022年第一季度县区、园区考核得分表\ngroup,carrier,part,name,points,place,text\n"), "{text}");
    assert!(text.contains("新签约项目 ") && text.contains("指标得分合计"));
}

async fn close_first(site: &Router) -> String {
    let open = get_with(site, FIRST, &REVIEWER).await.text();
    let unsure = post(site, CLOSE, &format!("seen={}", seen(&open)), &REVIEWER).await;
    assert!(unsure.status == StatusCode::CONFLICT && unsure.text().contains("请先勾选"));
    let other = post(site, CLOSE, "sure=yes&seen=0", &REVIEWER).await;
    assert!(other.status == StatusCode::CONFLICT && other.text().contains("数据或规则已变化"));
    let closed = post(site, CLOSE, &format!("sure=yes&seen={}", seen(&open)), &REVIEWER).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text());
    open
}

#[tokio::test]
async fn a_closed_period_is_printed_as_it_was_whatever_changes() {
    let parts = staffed(Mode::Serve);
    let books: Arc<dyn Store> = Arc::clone(&parts.books);
    let site = qunlian_web::router(parts).unwrap();
    let leader = get_with(&site, FIRST, &[("cookie", "qunlian=L")]).await.text();
    assert!(!leader.contains("/scores/close"), "only the center closes");
    let open = close_first(&site).await;
    let again = post(&site, CLOSE, &format!("sure=yes&seen={}", seen(&open)), &REVIEWER).await;
    assert!(again.status == StatusCode::CONFLICT && again.text().contains("本考核期已经关账"));
    let filter = AuditFilter { action: Some(AuditAction::SheetClosed), ..AuditFilter::default() };
    let written = books.audit_page(&filter, None, 9).unwrap();
    assert_eq!(written.len(), 1);
    assert_eq!(written[0].subject, "县区、园区 2022年第一季度");
    // The same books under other rules, and with every figure twice what it was.
    let mut later = staffed(Mode::Serve);
    later.rules = other_rules();
    later.answers = Arc::new(FakeAnswers::recounted());
    let changed = qunlian_web::router(later).unwrap();
    let without_record = get_with(&changed, FIRST, &REVIEWER).await.text();
    assert_ne!(printed(&without_record), printed(&open), "the change is one that shows");
    let mut later = staffed(Mode::Serve);
    later.rules = other_rules();
    later.answers = Arc::new(FakeAnswers::recounted());
    later.books = books;
    let closed = get_with(&qunlian_web::router(later).unwrap(), FIRST, &REVIEWER).await.text();
    assert!(closed.contains("已关账 · 第 42 代 · 规则版本 2022-示例-1 · one-R-reviewer 2022-05-31"), "{closed}");
    assert_eq!(printed(&closed), printed(&open));
}
