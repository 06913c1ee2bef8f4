//! Writes: jobs and statements, only from our own pages; the switches of language and theme.

use std::sync::Arc;

use axum::http::StatusCode;

use super::{get, get_with, post, site};
use crate::fixture::{FakeAnswers, FakeJobs, app};

/// The part of the demonstration that may run jobs.
const SYSTEM: (&str, &str) = ("cookie", "qunlian_demo=system");

#[tokio::test]
async fn a_job_can_be_asked_for() {
    let jobs = Arc::new(FakeJobs::default());
    let mut parts = app(Arc::new(FakeAnswers::new()));
    parts.jobs = Arc::clone(&jobs) as Arc<_>;
    let site = qunlian_web::router(parts).unwrap();
    let page = get_with(&site, "/jobs", &[SYSTEM]).await.text();
    for words in ["收件入库", "每天 7:30 和 12:30", "立即运行", "4/7 · 归类", "● 完成", "■</span> 失败"] {
        assert!(page.contains(words) || page.contains(&words.replace("● ", "●</span> ")), "{words}: {page}");
    }
    let got =
        post(&site, "/jobs/run", "job=build_lake", &[SYSTEM, ("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")]).await;
    assert_eq!((got.status, got.header("location")), (StatusCode::SEE_OTHER, "/jobs?asked=build_lake"));
    assert_eq!(*jobs.asked.lock().unwrap(), ["build_lake"]);
    assert!(get_with(&site, "/jobs?asked=build_lake", &[SYSTEM]).await.text().contains("已安排运行：生成数据"));
    assert_eq!(post(&site, "/jobs/run", "job=nope", &[SYSTEM]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn writes_from_other_sites_are_refused() {
    let jobs = Arc::new(FakeJobs::default());
    let mut parts = app(Arc::new(FakeAnswers::new()));
    parts.jobs = Arc::clone(&jobs) as Arc<_>;
    let site = qunlian_web::router(parts).unwrap();
    for headers in [[("origin", "http://evil.example")], [("origin", "null")], [("sec-fetch-site", "cross-site")]] {
        for path in ["/jobs/run", "/sql"] {
            let got = post(&site, path, "job=build_lake&sql=select+1", &headers).await;
            assert_eq!(got.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
    assert!(jobs.asked.lock().unwrap().is_empty());
    assert_eq!(get(&site, "/jobs/run").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(post(&site, "/projects", "", &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_statement_runs_and_a_failure_keeps_it() {
    let site = site();
    let page = post(&site, "/sql", "sql=select+1&as_of=2022-05-31", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("濉溪县") && page.text().contains("占比（%）") && page.text().contains("第 42 代"), "{}", page.text());
    let failed = post(&site, "/sql", "sql=drop+table+projects", &[]).await.text();
    assert!(
        failed.contains("只能运行一条查询语句")
            && failed.contains("请以 select 或 with 开头")
            && failed.contains(">drop table projects</textarea>"),
        "{failed}"
    );
    assert!(post(&site, "/sql", "sql=", &[]).await.text().contains("没有语句"));
    assert_eq!(post(&site, "/sql", "sql=select+1&as_of=soon", &[]).await.status, StatusCode::BAD_REQUEST);
    let file = post(&site, "/sql", "sql=select+1&format=csv", &[]).await;
    assert!(
        file.header("content-disposition").contains("filename*=UTF-8''%E6%9F%A5%E8%AF%A2%E7%BB%93%E6%9E%9C_2022-05-31.csv"),
        "{}",
        file.header("content-disposition")
    );
}

#[tokio::test]
async fn bodies_are_limited() {
    let site = site();
    let statement = format!("sql={}", "x".repeat(70 * 1024));
    assert_eq!(post(&site, "/sql", &statement, &[]).await.status, StatusCode::BAD_REQUEST);
    let flood = format!("sql={}", "x".repeat(1_100_000));
    let got = post(&site, "/sql", &flood, &[]).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(got.text().contains("提交的内容过大"), "{}", got.text());
}

#[tokio::test]
async fn switches_set_a_cookie_and_lead_back() {
    let site = site();
    let check = async |path: &str, cookie: &str, back: &str| {
        let got = get(&site, path).await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{path}");
        assert!(got.header("set-cookie").starts_with(cookie), "{path}: {}", got.header("set-cookie"));
        assert_eq!(got.header("location"), back, "{path}");
    };
    check("/set?lang=en&back=%2Fprojects%3Fq%3Da", "qunlian_lang=en;", "/projects?q=a").await;
    check("/set?theme=dark&back=https%3A%2F%2Fevil.example", "qunlian_theme=dark;", "/").await;
    check("/set?theme=dark&back=%2F%2Fevil.example", "qunlian_theme=dark;", "/").await;
    assert!(get_with(&site, "/", &[("cookie", "qunlian_theme=dark")]).await.text().contains("data-theme=\"dark\""));
}
