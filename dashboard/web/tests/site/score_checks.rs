//! Joint checks of fixed-asset investment: chosen from the rows, judged by the year's rule, taken out of the carrier's figure.

use axum::Router;
use axum::http::StatusCode;

use super::post;
use super::score_forms::{REVIEWER, entered, page, serve};

const CITY: &str = "level=city&year=2022&quarter=1";

/// The number of the largest project of the list, and its counted investment in 万元.
async fn largest(site: &Router) -> (String, f64) {
    let list = page(site, &format!("/scores/checks?{CITY}")).await;
    assert!(list.contains("登记核查") && list.contains("可计额1亿元以上须联合核查，至少2个部门参加"), "{list}");
    let id = list.split("project=").nth(1).unwrap().split(['#', '&', '"']).next().unwrap().to_owned();
    let form = page(site, &format!("/scores/checks?{CITY}&project={id}")).await;
    let counted = form.split("本年计入固定资产投资 ").nth(1).unwrap().split(' ').next().unwrap();
    (id, counted.parse().unwrap())
}

const PAPERS: &str = "proof-works=contract&proof-works=permit&proof-works=progress&proof-works=invoice";

#[tokio::test]
async fn what_a_check_refuses_leaves_the_figure_and_comes_back_when_it_is_withdrawn() {
    let (site, books) = serve();
    let (id, counted) = largest(&site).await;
    assert!(counted > 200.0, "{counted}");
    let sheet = format!("/scores?{CITY}");
    let before = page(&site, &sheet).await;
    assert!(!before.contains("｜ 核减"));
    // Works with all papers, 100万元 of it fiscal money; under 1亿元 no joint check is needed.
    let path = format!("/scores/checks?{CITY}");
    let form = format!("project={id}&on=2022-03-20&yuan-works=200&fiscal-works=100&{PAPERS}&evidence=核查表第2号");
    let kept = post(&site, &path, &form, &REVIEWER).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let now = page(&site, &sheet).await;
    assert!(now.contains("核减100万元：2022-03-20 "), "{now}");
    assert!(now.contains("永久性工程100万元（1,000,000元）：为财政资金，不计入（示例审核人员2022-05-31录入，依据：核查表第2号）"), "{now}");
    let list = page(&site, &path).await;
    assert!(list.contains("200万元") && list.contains("为财政资金，不计入"), "{list}");
    let correction = page(&site, &format!("{path}&correct=1")).await;
    assert!(correction.contains("name=\"yuan-works\" value=\"200\"") && correction.contains("value=\"permit\" checked"), "{correction}");
    // Without the permit none of it counts: 200 leave the figure, not 300.
    let fewer = format!("project={id}&correct=1&on=2022-03-20&yuan-works=200&proof-works=contract&evidence=核查表第3号");
    let kept = post(&site, &path, &fewer, &REVIEWER).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let now = page(&site, &sheet).await;
    assert!(
        now.contains("核减200万元")
            && !now.contains("核减100万元")
            && now.contains("缺少发票、施工许可证、工程进度证明") | now.contains("缺少施工许可证、工程进度证明、发票"),
        "{now}"
    );
    let away = format!("project={id}&correct=2&withdrawn=yes&on=2022-03-20&yuan-works=200&evidence=核查表第4号");
    assert_eq!(post(&site, &path, &away, &REVIEWER).await.status, StatusCode::SEE_OTHER);
    assert_eq!(page(&site, &sheet).await.matches("｜ 核减").count(), 0);
    assert_eq!((books.investment_checks(2022).unwrap().len(), entered(books.as_ref())), (3, 3), "all three stay");
}

#[tokio::test]
async fn wrong_checks_are_told_beside_their_fields_and_not_kept() {
    let (site, books) = serve();
    let (id, counted) = largest(&site).await;
    let path = format!("/scores/checks?{CITY}");
    let too_much = format!("yuan-works={}", counted + 1.0);
    for (form, field, words) in [
        ("yuan-works=abc", "yuan-works", "请填写数字"),
        ("", "yuan-works", "请至少填写一项申报金额"),
        ("yuan-works=10&fiscal-works=11", "fiscal-works", "其中财政资金不能超过该项金额"),
        (too_much.as_str(), "yuan-works", "超过该项目本年计入的固定资产投资"),
        ("yuan-works=10&offices=统计局", "confirmed", "请填写联合核查确认的金额"),
        ("yuan-works=10&confirmed=9", "offices", "请填写参加核查的部门"),
        ("yuan-works=10&on=2022-06-01", "on", "请填写2022年内已经发生的日期"),
        ("yuan-works=10&evidence=", "evidence", "请填写依据"),
    ] {
        let mut whole = format!("project={id}&{form}");
        for (key, value) in [("on", "2022-03-20"), ("evidence", "表1")] {
            if !form.contains(&format!("{key}=")) {
                whole += &format!("&{key}={value}");
            }
        }
        let got = post(&site, &path, &whole, &REVIEWER).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{whole}");
        assert!(got.text().contains(&format!("id=\"{field}-trouble\"")) && got.text().contains(words), "{whole}: {}", got.text());
    }
    let unknown = post(&site, &path, "project=p99999&yuan-works=1&on=2022-03-20&evidence=x", &REVIEWER).await;
    assert!(unknown.status == StatusCode::UNPROCESSABLE_ENTITY && unknown.text().contains("请从下面的清单中选择项目"));
    assert_eq!((books.investment_checks(2022).unwrap().len(), entered(books.as_ref())), (0, 0));
}
