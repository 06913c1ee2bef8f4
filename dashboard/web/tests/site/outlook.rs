//! The boards that look ahead: the forecast says where the year will end or why not, conversions have their denominators.

use axum::http::StatusCode;

use super::{get, site};

#[tokio::test]
async fn the_forecast_says_where_the_year_will_end_and_for_whom() {
    let site = site();
    let page = get(&site, "/forecast?as_of=2022-05-31").await.text();
    for part in ["年底新签约在", "80%把握", "完成目标310个的可能性", "余下7个月", "今年以来月均37.6个", "预测 ", "80%范围"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("濉溪县") && page.contains("固定资产投资"));
    let again = get(&site, "/forecast?as_of=2022-05-31").await.text();
    assert_eq!(page, again, "the same day has the same forecast");
    let drawn = get(&site, "/charts/forecast-signed.svg?as_of=2022-05-31").await;
    assert!(drawn.status == StatusCode::OK && drawn.text().contains("预测 "));
}

#[tokio::test]
async fn a_forecast_that_cannot_be_made_says_why() {
    let site = site();
    let early = get(&site, "/forecast?as_of=2022-01-20").await.text();
    assert!(early.contains("满2个月后开始预测") && !early.contains("80%把握"), "{early}");
    let over = get(&site, "/forecast?year=2021").await.text();
    assert!(over.contains("全年已经结束"), "{over}");
    assert_eq!(get(&site, "/forecast?metric=visits").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn both_rates_of_starting_name_their_denominators() {
    let site = site();
    let page = get(&site, "/conversion?as_of=2022-05-31").await.text();
    assert!(page.contains("2022年签约 188 个，其中已开工"), "{page}");
    assert!(page.contains("计划开工 225 个，已开工 92 个") && page.contains("40.9%"));
    assert!(page.contains("id=\"cohorts\"") && page.contains("2022-05</td>"), "each month is a cohort");
    let completed = get(&site, "/conversion?as_of=2022-05-31&step=signed_completed").await.text();
    assert_ne!(page, completed);
    let wrong = get(&site, "/conversion?step=visited").await;
    assert!(wrong.status == StatusCode::BAD_REQUEST && wrong.text().contains("没有这个环节"));
    assert_eq!(get(&site, "/charts/conversion.svg?step=started_completed").await.status, StatusCode::OK);
}

#[tokio::test]
async fn promises_stand_beside_what_became_of_them() {
    let site = site();
    let page = get(&site, "/conversion?as_of=2022-05-31").await.text();
    for part in [
        "按期开工率（首次承诺口径）",
        "改期不改判",
        "首次承诺的开工日与实际相差",
        "各载体单位按期开工率",
        "逾期未开工的项目",
        "promise=start&amp;due=2022&amp;kept=overdue",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let completed = get(&site, "/conversion?as_of=2022-05-31&step=started_completed").await.text();
    assert!(completed.contains("按期竣工率（首次承诺口径）") && completed.contains("promise=completion&amp;due=2022"));
    for chart in ["promises", "promises-kept"] {
        let drawn = get(&site, &format!("/charts/{chart}.svg?as_of=2022-05-31&step=signed_completed")).await;
        assert!(drawn.status == StatusCode::OK && drawn.text().contains("竣工"), "{chart}");
    }
    // A year of which nothing was promised says so and draws no bars.
    let none = get(&site, "/conversion?year=2019&as_of=2019-12-31").await.text();
    assert!(none.contains("没有到期的开工承诺"), "{none}");
}

#[tokio::test]
async fn overdue_projects_can_be_listed_and_show_their_promises() {
    let site = site();
    let list = get(&site, "/projects?as_of=2022-05-31&promise=start&kept=overdue").await.text();
    for part in ["承诺：计划开工", "兑现：逾期未办", "首次承诺", "实际日期", "承诺逾期"] {
        assert!(list.contains(part), "{part}");
    }
    let href = list.split("href=\"/projects/").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let project = get(&site, &format!("/projects/{href}")).await.text();
    assert!(project.contains("计划开工：首次承诺") && project.contains("逾期未开工，已"), "{project}");
    for wrong in ["promise=marriage", "promise=start&kept=broken", "promise=start&slip=late2", "promise=start,completion"] {
        assert_eq!(get(&site, &format!("/projects?{wrong}")).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
