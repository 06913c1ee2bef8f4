//! Languages: Chinese pages without English crumbs, English pages without Chinese words of ours.

use axum::http::StatusCode;

use super::{BOARDS, LIVE, get, get_with};

/// Latin words that belong into Chinese pages.
const ALLOWED: [&str; 33] = [
    "SQL", "CSV", "JSON", "Excel", "Parquet", "Arrow", "SVG", "PNG", "Word", "PDF", "EN", "Ctrl", "Enter", "GB", "xlsx", "api", "queries",
    "csv", "json", "parquet", "arrow", "script", "alert", "g", "p", "q", "h", "KiB", "x", "Shift", "F", "Esc", "Tab",
];

#[tokio::test]
async fn chinese_pages_carry_no_english_crumbs() {
    let site = super::site();
    // Query pages show column names and SQL; they are for analysts.
    for path in BOARDS.into_iter().chain(LIVE).filter(|path| !path.starts_with("/queries")) {
        let page = get(&site, path).await.text();
        assert!(page.contains("lang=\"zh-CN\"") || path == "/jobs/live", "{path}");
        // The desk's side bar tells of columns, whose meanings name values such as `signed`.
        let page = if path == "/sql" { page.split("<aside>").next().unwrap_or("") } else { &page };
        for word in latin_words(page) {
            assert!(ALLOWED.contains(&word.as_str()), "{path}: {word:?}");
        }
    }
}

#[tokio::test]
async fn english_pages_speak_english() {
    let site = super::site();
    for path in BOARDS.into_iter().chain(LIVE) {
        let page = get_with(&site, path, &[("cookie", "qunlian_lang=en")]).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let text = page.text();
        assert!(text.contains("lang=\"en\"") || path == "/jobs/live", "{path}");
        // A query's own 口径 and SQL are data, and a bulletin is an official document: they stay as they were written.
        if path.starts_with("/queries") || path == "/bulletins" {
            continue;
        }
        for ours in ["载体单位排名", "查看数据表", "下载", "同比", "个百分点", "筛选", "立即运行", "数据截至", "全部 "]
        {
            assert!(!text.contains(ours), "{path}: {ours}");
        }
    }
    let home = get(&site, "/?lang=en").await;
    assert!(
        home.text().contains(
            "January to May, the city signed 188 projects, 60.6% of the year&#39;s target of 310 projects, 19.0 points ahead of pace"
        ),
        "{}",
        home.text()
    );
    assert!(home.header("set-cookie").starts_with("qunlian_lang=en;"));
}

#[tokio::test]
async fn faults_speak_the_readers_language() {
    let site = super::site();
    let page = get_with(&site, "/?year=x", &[("cookie", "qunlian_lang=en")]).await.text();
    assert!(page.contains("Not a year: x") && page.contains("Write four digits"), "{page}");
    let json = get_with(&site, "/api/queries/city_progress.json?lang=en&year=x", &[]).await.text();
    assert!(json.contains("Not a year: x") && json.contains("Write four digits"), "{json}");
}

/// Words of Latin letters in what a reader sees: no tags, no code, no file names, no options of the API page.
fn latin_words(html: &str) -> Vec<String> {
    let body = html.split_once("<body").and_then(|(_, body)| body.split_once('>')).map_or(html, |(_, body)| body);
    let mut text = String::new();
    let mut rest = body;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        text.push(' ');
        let tag = &rest[start..];
        let skip = ["code", "pre", "textarea", "kbd", "title", "desc", "dialog"].into_iter().find(|name| tag[1..].starts_with(name));
        rest = match skip.and_then(|name| tag.find(&format!("</{name}>"))) {
            Some(end) => &tag[end..],
            None => tag.find('>').map_or("", |end| &tag[end + 1..]),
        };
        if let Some(name) = skip {
            rest = rest.strip_prefix(&format!("</{name}>")).unwrap_or(rest);
        }
    }
    text.push_str(rest);
    let text = text.replace("&lt;", "<").replace("&#39;", "'").replace("&quot;", "\"").replace("&gt;", ">").replace("&amp;", "&");
    let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned);
    let codes = ["MA", "XKQ", "T", "H"];
    words.filter(|word| !codes.contains(&word.as_str())).collect()
}
