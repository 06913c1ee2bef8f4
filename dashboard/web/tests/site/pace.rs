//! Pace and lights: the strips, what is missing in words, and links that hold exactly what a lamp counts.

use axum::http::StatusCode;

use super::{get, get_with, site};

/// Started in the city: 12, 26, 48, 68 and 92 of 225 by the ends of January to May 2022: 40.9 % against 41.7.
#[tokio::test]
async fn the_strip_of_the_city_is_there_with_its_figures() {
    let site = site();
    let page = get(&site, "/pace?metric=started").await.text();
    for words in [
        "新开工逐月亮灯",
        "产业链新开工逐月亮灯",
        "全市，到5月31日：92/225 个，完成 40.9%，序时 41.7%，慢于序时 0.8 个百分点，略低于序时",
        "全市，到3月31日：48/225 个，完成 21.3%，序时 25.0%，慢于序时 3.7 个百分点，略低于序时",
        "milestone=started&amp;through=3",
        "红黄清单",
        "href=\"/charts/lights-started.svg?",
        "href=\"/pace.xlsx?",
        "aria-current=\"page\">序时与亮灯</a>",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains(">●绿</text>") && page.contains(">▲黄</text>"), "shape and letter, never colour alone");
    let chart = get(&site, "/charts/chain_lights-signed.svg").await;
    assert_eq!((chart.status, chart.header("content-type")), (StatusCode::OK, "image/svg+xml"));
}

/// 48 started by March: the cell leads to these 48, as the table's link says.
#[tokio::test]
async fn a_lamp_leads_to_what_it_counts() {
    let site = site();
    let list = get(&site, "/projects?year=2022&as_of=2022-05-31&milestone=started&through=3").await.text();
    assert!(list.contains("data-total=\"48\"") && list.contains("截至月份：3月"), "{list}");
    assert_eq!(get(&site, "/projects?through=13").await.status, StatusCode::BAD_REQUEST);
}

/// What is behind says how much is missing and by when, in the domain's own words, on each line of the list.
#[tokio::test]
async fn what_is_missing_is_said_in_words() {
    let site = site();
    let page = get(&site, "/pace").await.text();
    let lines = page.split("id=\"missing\"").nth(1).unwrap().matches("<tr>").count() - 1;
    let sentences = page.matches("，6月30日前补齐即回到序时").count();
    assert_eq!((lines, sentences), (2, 2));
    let english = get_with(&site, "/pace", &[("cookie", "qunlian_lang=en")]).await.text();
    assert_eq!(english.matches("short: back on pace if done by 30 Jun").count(), sentences);
}

#[tokio::test]
async fn a_year_without_targets_has_no_lights() {
    let page = get(&site(), "/pace?year=2021").await.text();
    assert!(page.contains(">—</text>") && !page.contains(">●绿</text>"), "no target is not zero");
}
