//! Changes between two days: the sentence on every board, the list, its files, whose rows, and bad days.

use axum::http::StatusCode;

use super::{get, get_with, site};

/// In May 2022 the city signed 45, started 24 and completed 24 projects and invested 14.7亿元.
const MAY: [&str; 2] =
    ["与4月30日相比，新签约净增45个：新增45个；新开工净增24个：新增24个；新竣工净增24个：新增24个；", "固定资产投资净增14.7亿元"];

#[tokio::test]
async fn every_board_tells_of_the_changes() {
    let site = site();
    for path in ["/", "/carriers", "/chains", "/regions", "/pace"] {
        let page = get(&site, &format!("{path}?compare=2022-04-30")).await.text();
        for words in MAY {
            assert!(page.contains(words), "{path}: {words}");
        }
        assert!(page.contains("href=\"/changes?year=2022&amp;as_of=2022-05-31&amp;compare=2022-04-30\""), "{path}");
        let plain = get(&site, path).await.text();
        assert!(!plain.contains("id=\"change\""), "{path}");
        for (label, day) in [("对比上周", "2022-05-24"), ("对比上月末", "2022-04-30")] {
            assert!(plain.contains(&format!("compare={day}\">{label}</a>")), "{path}: {label}");
        }
    }
    let own = get(&site, "/carriers/suixi?compare=2022-04-30").await.text();
    assert!(own.contains("与4月30日相比，新签约净增") && !own.contains(MAY[0]), "a carrier's page tells of the carrier");
    assert!(own.contains("compare=2022-04-30&amp;carrier=suixi"));
    let chain = get(&site, "/chains/lvji?compare=2022-04-30").await.text();
    assert!(chain.contains("compare=2022-04-30&amp;chain=lvji") && !chain.contains(MAY[0]));
    assert!(!get(&site, "/wall?compare=2022-04-30").await.text().contains("id=\"change\""));
}

#[tokio::test]
async fn the_list_names_each_change() {
    let site = site();
    let page = get(&site, "/changes?compare=2022-04-30").await.text();
    assert!(page.contains(MAY[0]));
    for (words, count) in [(">新增</td>", 45 + 24 + 24), (">新签约</td>", 45), (">新开工</td>", 24), (">新竣工</td>", 24)] {
        let found = page.matches(words).count();
        assert!(if words == ">新增</td>" { found >= count } else { found == count }, "{words}: {found}");
    }
    assert!(page.contains("<a href=\"/projects/p") && page.contains("?as_of=2022-05-31\">"));
    let one = get(&site, "/changes?compare=2022-04-30&carrier=suixi").await.text();
    let of = |page: &str| page.matches("data-label=\"变化\"").count();
    assert!(of(&one) > 0 && of(&one) < of(&page) && !one.contains(">相山区</td>"));
    let file = get(&site, "/changes.csv?compare=2022-04-30").await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.text().starts_with("变化清单（对比2022-04-30）\nchange,metric,project_id,"), "{}", file.text());
    assert!(file.text().contains(&format!("\n{} rows\n", of(&page))), "the file has every line of the page");
    let week = get(&site, "/changes").await.text();
    assert!(week.contains("与5月24日相比") && week.contains("name=\"compare\" value=\"2022-05-24\""));
}

#[tokio::test]
async fn the_same_day_has_no_changes() {
    let site = site();
    let page = get(&site, "/?compare=2022-05-31").await.text();
    assert!(page.contains("与5月31日相比，无变化。"));
    assert!(get(&site, "/changes?compare=2022-05-31").await.text().contains("无变化"));
    let english = get_with(&site, "/?compare=2022-04-30", &[("cookie", "qunlian_lang=en")]).await.text();
    assert!(english.contains("Since 30 Apr 2022: signed net 45 (entered 45); started net 24 (entered 24);"), "{english}");
}

#[tokio::test]
async fn bad_days_are_refused_with_a_hint() {
    let site = site();
    for path in ["/", "/pace", "/changes", "/changes.csv", "/carriers/suixi"] {
        for (query, words) in [
            ("compare=2022-02-30", "对比日期无法识别：2022-02-30"),
            ("compare=yesterday", "请按 2022-05-31 的格式填写对比日期"),
            ("as_of=2022-03-31&compare=2022-04-01", "对比日期晚于截至日期：2022-04-01"),
        ] {
            let got = get(&site, &format!("{path}?{query}")).await;
            assert_eq!(got.status, StatusCode::BAD_REQUEST, "{path}?{query}");
            assert!(got.text().contains(words), "{path}?{query}: {}", got.text());
        }
    }
}
