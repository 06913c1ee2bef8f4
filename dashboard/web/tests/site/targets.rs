//! Targets: issuers side by side, the dated trail, curves drawn small, and the center's form with its books.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use qunlian_domain::audit::AuditAction;
use qunlian_domain::target::{Metric, Scope, TargetKind};
use qunlian_registry::{AuditFilter, Store};
use qunlian_web::Mode;

use super::roles::staffed;
use super::{get, get_with, post, site};

const REVIEWER: (&str, &str) = ("cookie", "qunlian=R");

/// 188 of 310 and of the province's 280; growth 208.2 % where 60 % were asked; "-" for 100亿元 and up.
#[tokio::test]
async fn issuers_stand_side_by_side() {
    let site = site();
    let page = get(&site, "/targets").await.text();
    for words in [
        "全市目标与进度",
        ">淮北市人民政府</th>",
        ">安徽省</th>",
        "310 个（现行）",
        ">280 个<",
        ">增长 60%<",
        "增长 208.2%",
        "+148.2",
        "新签约 · 10亿元以上",
        "60.6%",
        ">165 亿元<",
        "按月均衡",
        "自定：3月末 15.0%，6月末 45.0%，9月末 75.0%",
        "略低于序时",
        "href=\"/targets.xlsx?",
        "href=\"/charts/curve-signed.svg?",
        "href=\"/queries/targets_board?",
        "年度目标 310 个，6月末应完成 50.0%",
        "aria-current=\"page\">目标</a>",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains(">-</td>"), "a dash where none was set");
    assert!(!page.contains("/targets/edit"), "a leader does not set targets");
    let chart = get(&site, "/charts/curve-completed.svg").await;
    assert_eq!((chart.status, chart.header("content-type")), (StatusCode::OK, "image/svg+xml"));
    let carriers = get(&site, "/targets?scope=carrier&metric=started").await.text();
    assert!(carriers.contains(">濉溪县</a>") && carriers.contains(">54 个<") && !carriers.contains("/charts/curve-"));
    let teams = get(&site, "/targets?scope=team").await.text();
    assert!(teams.contains(">铝基高端金属材料专班</a>") && teams.contains(">60 个<"));
}

/// 300 until the end of March, 310 from April on with its reason; what comes later is not known in March.
#[tokio::test]
async fn revisions_are_a_dated_trail() {
    let site = site();
    let trail = |page: &str| page.split("id=\"revisions\"").nth(1).unwrap().to_owned();
    let now = trail(&get(&site, "/targets").await.text());
    for words in ["2022-01-01", ">300 个<", "首次下达", "2022-04-01", ">310 个<", "一季度经济分析会", ">现行<"] {
        assert!(now.contains(words), "{words}");
    }
    let then = trail(&get(&site, "/targets?as_of=2022-03-31").await.text());
    assert!(then.contains(">300 个<") && !then.contains(">310 个<"), "{then}");
    let suixi = trail(&get(&site, "/targets?scope=carrier").await.text());
    assert!(suixi.contains("年中调整") && suixi.contains(">登记簿<"), "{suixi}");
    assert!(trail(&get(&site, "/targets?year=2021").await.text()).contains("没有调整过"));
}

fn staff() -> (Router, Arc<dyn Store>) {
    let parts = staffed(Mode::Serve);
    let books = Arc::clone(&parts.books);
    (qunlian_web::router(parts).unwrap(), books)
}

const GOOD: &str = "seen=0&year=2022&metric=started&whom=city%3Ahuaibei&band=&kind=count&value=240&issuer=%E6%B7%AE%E5%8C%97%E5%B8%82%E4%BA%BA%E6%B0%91%E6%94%BF%E5%BA%9C&from=2022-06-01&curve=own&share1=5&share2=5&share3=5&share4=10&share5=10&share6=10&share7=10&share8=10&share9=10&share10=9&share11=8&share12=8&reason=%E5%B9%B4%E4%B8%AD%E8%B0%83%E6%95%B4";

fn written(books: &dyn Store) -> usize {
    let filter = AuditFilter { action: Some(AuditAction::TargetChanged), ..AuditFilter::default() };
    books.audit_page(&filter, None, 50).unwrap().len()
}

#[tokio::test]
async fn the_form_begins_with_what_stands() {
    let (site, _) = staff();
    let board = get_with(&site, "/targets", &[REVIEWER]).await.text();
    let link = board.split("href=\"/targets/edit?").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let form = get_with(&site, &format!("/targets/edit?{link}"), &[REVIEWER]).await;
    assert_eq!((form.status, form.header("cache-control")), (StatusCode::OK, "no-store"));
    let page = form.text();
    // The shipped catalogue's own: 310 signings, by twelfths.
    for words in [
        "name=\"value\" value=\"310\"",
        "<option value=\"city:huaibei\" selected>",
        "value=\"linear\" checked",
        "value=\"2022-05-31\" min=\"2022-05-31\"",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("<optgroup label=\"产业链专班\">") && !page.contains("team:other"), "what is left over has no team");
}

#[tokio::test]
async fn a_target_is_kept_with_its_record() {
    let (site, books) = staff();
    let kept = post(&site, "/targets/edit", GOOD, &[REVIEWER]).await;
    assert_eq!((kept.status, kept.header("location")), (StatusCode::SEE_OTHER, "/targets/edit?kept=1"), "{}", kept.text());
    let all = books.entered_targets().unwrap();
    let target = &all[0].target;
    assert_eq!((target.metric, target.scope, target.kind, target.value), (Metric::Started, Scope::City, TargetKind::Count, Some(240)));
    assert_eq!(
        (target.known_from.to_string(), target.curve.to_text().as_str()),
        ("2022-06-01".to_owned(), "5,5,5,10,10,10,10,10,10,9,8,8")
    );
    assert_eq!((all[0].by.as_str(), written(books.as_ref())), ("one-R-reviewer", 1));
    let page = get_with(&site, kept.header("location"), &[REVIEWER]).await.text();
    // 225 of the carriers and of the chains against the city's 240.
    for words in [
        "已登记：2022 · 全市 · 新开工 · 240 个 · 淮北市人民政府 · 2022-06-01起生效",
        "2022年新开工，淮北市人民政府：载体单位合计 225 个，全市 240 个",
        "2022年新开工，淮北市人民政府：产业链合计 225 个，全市 240 个",
        "示例审核人员",
        ">年中调整<",
        "name=\"seen\" value=\"1\"",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // Somebody who had not seen that entry is told, and keeps what was typed.
    let late = post(&site, "/targets/edit", &GOOD.replace("value=240", "value=250"), &[REVIEWER]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text().contains("刚被别人登记过") && late.text().contains("value=\"250\""), "{}", late.text());
    let again = post(&site, "/targets/edit", &GOOD.replace("seen=0", "seen=1").replace("value=240", "value=-"), &[REVIEWER]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!((books.entered_targets().unwrap()[1].target.value, written(books.as_ref())), (None, 2));
    let page = get_with(&site, "/targets/edit", &[REVIEWER]).await.text();
    assert!(page.contains("已被后来的替代"), "both entries are there: {page}");
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field() {
    let (site, books) = staff();
    let check = async |from: &str, to: &str, field: &str, words: &str| {
        assert!(GOOD.contains(from), "{from}");
        let got = post(&site, "/targets/edit", &GOOD.replace(from, to), &[REVIEWER]).await;
        let page = got.text();
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(page.contains(&format!("id=\"{field}-trouble\">■ ")) && page.contains(words), "{field} {words}: {page}");
        assert!(page.contains("年中调整") || field == "reason", "what was typed is kept");
    };
    check("share12=8", "share12=7", "curve", "合计为99，应为100").await;
    check("value=240", "value=abc", "value", "整数").await;
    check("from=2022-06-01", "from=2022-05-30", "from", "不能早于今天").await;
    check("year=2022", "year=2019", "year", "2022年、2023年").await;
    check("whom=city%3Ahuaibei", "whom=carrier%3Anowhere", "whom", "请选择").await;
    check("reason=%E5%B9%B4%E4%B8%AD%E8%B0%83%E6%95%B4", "reason=", "reason", "请填写调整原因").await;
    let hostile =
        post(&site, "/targets/edit", &GOOD.replace("value=240", "value=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E"), &[REVIEWER]).await;
    assert!(!hostile.text().contains("<script>alert"), "{}", hostile.text());
    for headers in [("origin", "http://evil.example"), ("sec-fetch-site", "cross-site")] {
        assert_eq!(post(&site, "/targets/edit", GOOD, &[REVIEWER, headers]).await.status, StatusCode::FORBIDDEN);
    }
    for other in ["qunlian=L", "qunlian=A", "qunlian=C", "qunlian=T", "qunlian=s"] {
        assert_eq!(post(&site, "/targets/edit", GOOD, &[("cookie", other)]).await.status, StatusCode::FORBIDDEN, "{other}");
    }
    assert_eq!((books.entered_targets().unwrap().len(), written(books.as_ref())), (0, 0));
}
