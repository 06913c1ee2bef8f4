//! Addresses: status, kind of content, headers, and refusals with a hint.

use std::sync::Arc;

use axum::http::{Request, StatusCode};

use super::{BOARDS, LIVE, get, get_with, send, site};
use crate::fixture::{FakeAnswers, app};

#[tokio::test]
async fn every_page_answers_with_strict_headers() {
    let site = site();
    for path in BOARDS.into_iter().chain(LIVE) {
        let got = get(&site, path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text());
        assert_eq!(got.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(got.header("referrer-policy"), "same-origin", "{path}");
        let policy = got.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

#[tokio::test]
async fn the_first_screen_says_what_the_bulletin_says() {
    let page = get(&site(), "/").await.text();
    for words in [
        "1—5月，全市新签约工业项目188个，完成年度目标任务310个的60.6%，高于序时进度19.0个百分点；",
        "新开工工业项目92个，完成年度目标任务225个的40.9%，低于序时进度0.8个百分点；",
        "新竣工工业项目98个，完成年度目标任务175个的56.0%，高于序时进度14.3个百分点；",
        "完成固定资产投资63.4亿元，完成年度目标任务165亿元的38.4%，低于序时进度3.2个百分点。",
        "数据截至 5月31日",
        "第 42 代",
        "入库 1,204 行",
        "存疑 17 行",
        "校验 9/9",
        "略低于序时",
        "同比增长 250.0%",
        "10亿元以上",
        "红黄清单",
        "已签约未开工",
        "已开工未投产",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let part = get(&site(), "/?as_of=2022-04-15").await.text();
    assert!(part.contains("截至4月15日，全市新签约工业项目"), "a day that closes no month is named");
    assert!(get(&site(), "/?year=2021").await.text().contains("2021年，全市新签约工业项目"));
}

#[tokio::test]
async fn bad_values_are_refused_with_a_hint() {
    let site = site();
    let check = async |path: &str, words: &str| {
        let got = get(&site, path).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(got.text().contains(words), "{path}: {}", got.text());
        assert_eq!(got.header("cache-control"), "no-store", "{path}");
    };
    check("/?year=twenty", "请填写四位年份").await;
    check("/?as_of=2022-02-30", "请按 2022-05-31 的格式").await;
    check("/?as_of=2022-06-01", "请选择今天或更早的日期").await;
    check("/?year=2022&as_of=2021-01-01", "或改选年度").await;
    check("/?metric=happiness", "没有这个指标：happiness").await;
    check("/targets?scope=county", "没有这个范围：county").await;
    check("/carriers/suixi?year=0", "年度无法识别").await;
    check("/projects?milestone=married", "没有这个里程碑").await;
    check("/projects?sort=colour", "请点击表头排序").await;
    check("/projects?page=0", "页码从 1 开始").await;
    check("/wall?board=9", "画面为 1 至 4").await;
    check("/queries/city_progress?year=x&as_of=2022-05-31", "参数无法识别").await;
    check("/set?theme=pink&back=/", "可选 auto").await;
    let json = get(&site, "/api/queries/city_progress.json?as_of=yesterday").await;
    assert_eq!(json.status, StatusCode::BAD_REQUEST);
    assert_eq!(json.header("content-type"), "application/json");
    assert!(
        json.text().starts_with("{\"error\":") && json.text().contains("\"ok\":false") && json.text().contains("\"hint\":"),
        "{}",
        json.text()
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let site = site();
    let paths = [
        "/nope",
        "/carriers/atlantis",
        "/chains/x",
        "/projects/p99999",
        "/queries/nope",
        "/charts/nope.svg",
        "/charts/carrier-signed",
        "/assets/../x",
        "/projects.exe",
    ];
    for path in paths {
        let got = get(&site, path).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
        assert!(got.text().contains("没有找到这个页面或记录"), "{path}");
    }
    assert_eq!(get(&site, "/api/queries/nope.json").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&site, "/api/queries/city_progress.exe").await.status, StatusCode::BAD_REQUEST);
    // The project was filed after that day.
    assert_eq!(get(&site, "/projects/p00300?as_of=2020-01-01").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn before_the_first_generation_pages_wait_politely() {
    let site = qunlian_web::router(app(Arc::new(FakeAnswers::unpublished()))).unwrap();
    let page = get(&site, "/").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.header("retry-after"), "5");
    assert!(page.text().contains("http-equiv=\"refresh\"") && page.text().contains("数据正在生成"));
    assert_eq!(get(&site, "/api/generation").await.status, StatusCode::SERVICE_UNAVAILABLE);
    for path in LIVE {
        assert_eq!(get(&site, path).await.status, StatusCode::OK, "{path}");
    }
    let health = get(&site, "/healthz").await;
    assert_eq!(health.status, StatusCode::OK);
    assert!(health.text().contains("\"ok\":true") && health.text().contains("\"generation\":null"), "{}", health.text());
}

#[tokio::test]
async fn files_carry_their_name_and_type() {
    let site = site();
    let check = async |path: &str, kind: &str, name: &str| {
        let got = get(&site, path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        assert_eq!(got.header("content-type"), kind, "{path}");
        let disposition = got.header("content-disposition");
        if kind == "application/json" {
            assert_eq!(disposition, "", "{path}");
        } else {
            assert!(
                disposition.starts_with("attachment; filename=\"") && disposition.contains(&format!("filename*=UTF-8''{name}")),
                "{path}: {disposition}"
            );
        }
    };
    let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    check("/projects.xlsx?milestone=signed&year=2022", sheet, "%E9%A1%B9%E7%9B%AE%E6%B8%85%E5%8D%95_2022-05-31.xlsx").await;
    check("/projects.csv", "text/csv; charset=utf-8", "%E9%A1%B9%E7%9B%AE%E6%B8%85%E5%8D%95_2022-05-31.csv").await;
    check("/carriers.json", "application/json", "").await;
    check("/targets.xlsx", sheet, "%E7%9B%AE%E6%A0%87%E4%B8%8E%E8%BF%9B%E5%BA%A6_2022-05-31.xlsx").await;
    check("/chains.parquet", "application/vnd.apache.parquet", "").await;
    check("/charts/cumulative-signed.svg", "image/svg+xml", "").await;
}

#[tokio::test]
async fn every_chart_can_be_had_as_a_file() {
    let site = site();
    let mut found = 0;
    for board in ["/", "/carriers", "/carriers/suixi", "/chains", "/chains/lvji", "/regions", "/targets"] {
        let page = get(&site, board).await.text();
        for rest in page.split("href=\"/charts/").skip(1) {
            let path = format!("/charts/{}", rest.split('"').next().unwrap().replace("&amp;", "&"));
            let got = get(&site, &path).await;
            assert_eq!(got.status, StatusCode::OK, "{path}");
            if path.contains(".png?") {
                assert!(got.body.starts_with(b"\x89PNG"), "{path}");
            } else {
                let svg = got.text();
                assert!(svg.starts_with("<?xml") && svg.contains("</svg>") && !svg.contains("href="), "{path}");
            }
            found += 1;
        }
    }
    assert!(found >= 40, "only {found} charts");
}

#[tokio::test]
async fn foreign_hosts_are_refused() {
    let site = site();
    let check = async |host: &str, expect: StatusCode| {
        let request = Request::get("/healthz").header("host", host).body(axum::body::Body::empty()).unwrap();
        assert_eq!(send(&site, request).await.status, expect, "{host}");
    };
    check("localhost:8080", StatusCode::OK).await;
    check("127.0.0.1", StatusCode::OK).await;
    check("[::1]:8080", StatusCode::OK).await;
    check("board.example", StatusCode::OK).await;
    check("evil.example", StatusCode::MISDIRECTED_REQUEST).await;
    check("127.0.0.1.evil.example:8080", StatusCode::MISDIRECTED_REQUEST).await;
}

#[tokio::test]
async fn assets_may_be_kept_for_ever_and_are_named_by_content() {
    let site = site();
    let page = get(&site, "/").await.text();
    for name in ["app.css", "app.js", "icon.svg"] {
        let start = page.find(&format!("/assets/{name}?v=")).unwrap_or_else(|| panic!("{name} is not linked"));
        let path = page[start..].split('"').next().unwrap();
        let got = get(&site, path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        assert!(got.header("cache-control").contains("immutable") && got.body.len() > 200, "{path}");
    }
    let style = get(&site, "/assets/app.css").await.text();
    assert!(style.contains(".chart .f-accent"), "the charts' style sheet is part of it");
    for modern in ["@container", "@layer", ":has(", "oklch(", "color-mix("] {
        assert!(!style.contains(modern), "{modern} needs a browser newer than Chromium 90");
    }
}

#[tokio::test]
async fn the_generation_is_told() {
    let site = site();
    let got = get(&site, "/api/generation").await;
    assert!(got.text().contains("\"generation\":42") && got.text().contains("\"data_date\":\"2022-05-31\""), "{}", got.text());
    assert_eq!(got.header("cache-control"), "no-store");
    assert!(get(&site, "/healthz").await.text().contains("\"generation\":42"));
    assert_eq!(get_with(&site, "/", &[("accept-encoding", "gzip")]).await.header("content-encoding"), "gzip");
}
