//! What the center enters for the assessment: faults beside their fields, effect on the open sheet at once with who, when
//! and why, corrections that keep what they correct, and a level that can be closed once everything is there.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use qunlian_domain::audit::AuditAction;
use qunlian_domain::score::{Period, Quarter};
use qunlian_registry::{AuditFilter, Store};
use qunlian_web::Mode;

use super::roles::staffed;
use super::{get_with, post};

const CITY: &str = "level=city&year=2022&quarter=1";
const COUNTY: &str = "level=suixi&year=2022&quarter=1";
pub const REVIEWER: [(&str, &str); 1] = [("cookie", "qunlian=R")];
const FIRST: Period = Period { year: 2022, quarter: Some(Quarter::First) };

pub fn serve() -> (Router, Arc<dyn Store>) {
    let parts = staffed(Mode::Serve);
    let books: Arc<dyn Store> = Arc::clone(&parts.books);
    (qunlian_web::router(parts).unwrap(), books)
}

pub async fn page(site: &Router, path: &str) -> String {
    let got = get_with(site, path, &REVIEWER).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text());
    got.text()
}

pub fn encoded(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(key, value)| format!("{key}={}", value.replace(' ', "+"))).collect::<Vec<String>>().join("&")
}

pub fn entered(books: &dyn Store) -> usize {
    books.audit_page(&AuditFilter { action: Some(AuditAction::ScoreEntered), ..AuditFilter::default() }, None, 99).unwrap().len()
}

const LATE: [(&str, &str); 6] = [
    ("unit", "duji"),
    ("item", "late_reports"),
    ("quantity", "2"),
    ("on", "2022-02-18"),
    ("reason", "2月报表迟报"),
    ("evidence", "通报第3号"),
];

fn with(change: (&'static str, &'static str)) -> String {
    let pairs: Vec<(&str, &str)> = LATE.iter().map(|(key, value)| if *key == change.0 { change } else { (*key, *value) }).collect();
    encoded(&pairs)
}

#[tokio::test]
async fn an_entry_counts_at_once_and_is_corrected_by_another() {
    let (site, books) = serve();
    let sheet = format!("/scores?{CITY}");
    assert!(page(&site, &sheet).await.contains("报送不及时或数据有误 0次 × 0.5分 = 扣0.00分"));
    let kept = post(&site, &format!("/scores/entries?{CITY}"), &encoded(&LATE), &REVIEWER).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    // 2 × 0.5 = 1
    let line = "报送不及时或数据有误 2次（2022-02-18 2月报表迟报 ×2（示例审核人员2022-05-31录入，依据：通报第3号）） × 0.5分 = 扣1.00分";
    assert!(page(&site, &sheet).await.contains(line));
    let form = page(&site, &format!("/scores/entries?{CITY}&correct=1")).await;
    assert!(
        form.contains("更正第1号：杜集 扣分 · 报送不及时或数据有误") && form.contains("name=\"reason\" value=\"2月报表迟报\""),
        "{form}"
    );
    let correction = [("correct", "1"), ("quantity", "1"), ("on", "2022-02-18"), ("reason", "复核为1次"), ("evidence", "通报第4号")];
    let kept = post(&site, &format!("/scores/entries?{CITY}"), &encoded(&correction), &REVIEWER).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let now = page(&site, &sheet).await;
    assert!(now.contains("1次（2022-02-18 复核为1次（示例审核人员2022-05-31录入，依据：通报第4号）） × 0.5分 = 扣0.50分"));
    let list = page(&site, &format!("/scores/entries?{CITY}")).await;
    assert!(list.contains("已由第2号更正") && list.contains("2月报表迟报") && list.contains("更正第1号"), "both stay: {list}");
    let again = post(&site, &format!("/scores/entries?{CITY}"), &encoded(&correction), &REVIEWER).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "what was corrected cannot be corrected again");
    let withdrawal = [("correct", "2"), ("quantity", "0"), ("on", "2022-02-18"), ("reason", "误录"), ("evidence", "通报第5号")];
    assert_eq!(post(&site, &format!("/scores/entries?{CITY}"), &encoded(&withdrawal), &REVIEWER).await.status, StatusCode::SEE_OTHER);
    assert!(page(&site, &sheet).await.contains("报送不及时或数据有误 0次 × 0.5分 = 扣0.00分"));
    assert_eq!(books.score_entries("city", 2022).unwrap().len(), 3, "nothing is removed");
    assert_eq!(entered(books.as_ref()), 3, "each left its trace");
}

#[tokio::test]
async fn wrong_entries_are_told_beside_their_fields_and_not_kept() {
    let (site, books) = serve();
    let checks = [
        (with(("unit", "moon")), "unit", "请选择考核单位"),
        (with(("item", "signed")), "item", "请选择加分、扣分或否决事项"),
        (with(("quantity", "0")), "quantity", "请填写1至99的整数"),
        (with(("quantity", "1.5")), "quantity", "请填写1至99的整数"),
        (with(("on", "2022-06-01")), "on", "请填写2022年内已经发生的日期"),
        (with(("on", "2021-12-31")), "on", "请填写2022年内已经发生的日期"),
        (with(("reason", "")), "reason", "请填写事由"),
        (with(("reason", "联系13800000000")), "reason", "请勿填写电话"),
        (with(("evidence", "")), "evidence", "请填写依据"),
    ];
    for (form, field, words) in checks {
        let got = post(&site, &format!("/scores/entries?{CITY}"), &form, &REVIEWER).await;
        let html = got.text();
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let beside = html.split(&format!("id=\"{field}-trouble\"")).nth(1).unwrap_or_default();
        assert!(beside.split("</span>").next().unwrap().contains(words), "{form}: {html}");
        assert!(html.contains(&format!("aria-describedby=\"{field}-trouble\"")));
    }
    assert_eq!((books.score_entries("city", 2022).unwrap().len(), entered(books.as_ref())), (0, 0));
    let veto = with(("item", "fraud"));
    assert_eq!(post(&site, &format!("/scores/entries?{CITY}"), &veto, &REVIEWER).await.status, StatusCode::SEE_OTHER);
    assert!(page(&site, &format!("/scores?{CITY}")).await.contains("一票否决：项目弄虚作假（2022-02-18 2月报表迟报 ×2（示例审核人员"));
}

/// Every town's six figures, the park's target of leads, and a paper of each unit.
async fn fill(site: &Router) {
    let figures = [
        ("signed", "3", "4"),
        ("started", "2", "4"),
        ("fixed_assets", "12000", "1.5亿元"),
        ("leads", "9", "10"),
        ("signed.ge10", "1", ""),
        ("signed.ge50", "0", ""),
    ];
    for town in ["suixi-zhen", "baishan-zhen", "linhuan-zhen"] {
        let mut form = format!("unit={town}&evidence=镇月报第3期");
        for (input, done, target) in figures {
            form += &format!("&done-{input}={done}&target-{input}={target}");
        }
        let kept = post(site, &format!("/scores/figures?{COUNTY}"), &form, &REVIEWER).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    }
    let kept = post(site, &format!("/scores/figures?{COUNTY}"), "unit=suixi-jkq&evidence=任务书&target-leads=8", &REVIEWER).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    for (rater, points) in [("suixi-jkq", "90"), ("suixi-zhen", "80")] {
        let units = ["suixi-jkq", "suixi-zhen", "baishan-zhen", "linhuan-zhen"].into_iter().filter(|unit| *unit != rater);
        let rated: String = units.map(|unit| format!("&points-{unit}={points}")).collect();
        let form = format!("item=peers&rater={rater}&evidence=互评表第3号{rated}");
        let kept = post(site, &format!("/scores/ratings?{COUNTY}"), &form, &REVIEWER).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    }
}

#[tokio::test]
async fn a_level_of_towns_is_named_missing_then_filled_then_closed() {
    let (site, books) = serve();
    let sheet = format!("/scores?{COUNTY}");
    let empty = page(&site, &sheet).await;
    for words in ["临涣镇：“新引进项目”缺数据", "临涣镇：“引进重大项目”缺数据", "临涣镇：“互评”无评分", "引进重大项目 缺数据，不计"]
    {
        assert!(empty.contains(words), "{words}");
    }
    assert!(!empty.contains("/scores/close"));
    let form = page(&site, &format!("/scores/figures?{COUNTY}&unit=linhuan-zhen")).await;
    assert!(form.contains("缺6项") && form.contains("name=\"done-signed.ge10\"") && form.contains("万元"), "{form}");
    let park = page(&site, &format!("/scores/figures?{COUNTY}&unit=suixi-jkq")).await;
    assert!(!park.contains("name=\"done-") && park.contains("name=\"target-leads\"") && park.contains("备案簿册"), "{park}");
    fill(&site).await;
    let full = page(&site, &sheet).await;
    // 3 ÷ 4 × 30 = 22.5; 1.2亿 ÷ 1.5亿 × 20 = 16; 9 of 10 is 90 %: the step of 80 %.
    for line in [
        "新引进项目 3/4 → 75.0% × 30分 = 22.50分 ｜ 完成数（示例审核人员2022-05-31录入，依据：镇月报第3期）",
        "固定资产投资 1.2亿元/1.5亿元 → 80.0% × 20分 = 16.00分 ｜ 完成数（示例审核人员2022-05-31录入，依据：镇月报第3期）",
        "有效招商线索 9/10 → 90.0%，达到80%档 = 10.00分",
        "有效招商线索 0/8 → 0.0%，未达最低档 = 0.00分 ｜ 目标数（示例审核人员2022-05-31录入，依据：任务书）",
        "濉溪经开区：90（示例审核人员2022-05-31录入，依据：互评表第3号）",
        "引进重大项目 10亿元以上1个 × 4分 = 加4.00分",
    ] {
        assert!(full.contains(line), "{line}: {full}");
    }
    assert!(!full.contains("数据问题"), "{full}");
    let seen = full.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let closed = post(&site, &format!("/scores/close?{COUNTY}"), &format!("sure=yes&seen={seen}"), &REVIEWER).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text());
    // 3 towns, the park, two papers of three.
    assert_eq!(entered(books.as_ref()), 3 + 1 + 2 * 3);
    let late = post(&site, &format!("/scores/figures?{COUNTY}"), "unit=linhuan-zhen&evidence=补报&done-signed=9", &REVIEWER).await;
    assert!(late.status == StatusCode::CONFLICT && late.text().contains("本考核期已经关账，不能再填报"), "{}", late.text());
    let kept = page(&site, &sheet).await;
    assert!(kept.contains("已关账") && kept.contains("新引进项目 3/4 → 75.0%"), "{kept}");
}

#[tokio::test]
async fn wrong_figures_and_ratings_are_told_beside_their_fields() {
    let (site, books) = serve();
    let figures = format!("/scores/figures?{COUNTY}");
    for (form, field, words) in [
        ("unit=linhuan-zhen&evidence=x&done-signed=many", "done-signed", "请填写0以上的整数"),
        ("unit=linhuan-zhen&evidence=x&done-signed=-1", "done-signed", "请填写0以上的整数"),
        ("unit=linhuan-zhen&evidence=x&done-fixed_assets=约好", "done-fixed_assets", "请填写数字"),
        ("unit=linhuan-zhen&done-signed=3", "evidence", "请填写依据"),
        ("unit=linhuan-zhen&evidence=x", "evidence", "没有新的数字"),
        // The park's signings are counted: typing them changes nothing.
        ("unit=suixi-jkq&evidence=x&done-signed=99", "evidence", "没有新的数字"),
        ("unit=moon&evidence=x&done-signed=3", "evidence", "请选择考核单位"),
    ] {
        let got = post(&site, &figures, form, &REVIEWER).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(got.text().contains(&format!("id=\"{field}-trouble\"")) && got.text().contains(words), "{form}: {}", got.text());
    }
    let ratings = format!("/scores/ratings?{COUNTY}");
    for (form, field, words) in [
        ("item=peers&rater=suixi-zhen&evidence=x&points-linhuan-zhen=101", "points-linhuan-zhen", "请填写0至100的分数"),
        ("item=peers&rater=suixi-zhen&evidence=x&points-linhuan-zhen=NaN", "points-linhuan-zhen", "请填写0至100的分数"),
        ("item=peers&rater=suixi-zhen&evidence=x&points-suixi-zhen=99", "evidence", "没有新的分数"),
        ("item=peers&rater=suixi-zhen&points-linhuan-zhen=80", "evidence", "请填写依据"),
        ("item=peers&rater=duji&evidence=x&points-linhuan-zhen=80", "rater", "请选择评分单位"),
    ] {
        let got = post(&site, &ratings, form, &REVIEWER).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(got.text().contains(&format!("id=\"{field}-trouble\"")) && got.text().contains(words), "{form}: {}", got.text());
    }
    assert_eq!(books.typed_figures("suixi", FIRST).unwrap(), []);
    assert_eq!(books.score_ratings("suixi", FIRST).unwrap(), []);
    assert_eq!(entered(books.as_ref()), 0);
}

#[tokio::test]
async fn a_typed_figure_is_replaced_and_withdrawn_by_a_later_one() {
    let (site, books) = serve();
    let path = format!("/scores/figures?{COUNTY}");
    for form in
        ["unit=linhuan-zhen&evidence=一报&done-signed=3&target-signed=4", "unit=linhuan-zhen&evidence=更正&done-signed=2&target-signed=4"]
    {
        assert_eq!(post(&site, &path, form, &REVIEWER).await.status, StatusCode::SEE_OTHER);
    }
    let sheet = page(&site, &format!("/scores?{COUNTY}")).await;
    assert!(sheet.contains("新引进项目 2/4 → 50.0%") && sheet.contains("依据：更正"), "{sheet}");
    let list = page(&site, &format!("{path}&unit=linhuan-zhen")).await;
    assert!(list.contains("已被更正") && list.contains("一报") && list.contains("name=\"done-signed\" value=\"2\""), "{list}");
    assert_eq!(post(&site, &path, "unit=linhuan-zhen&evidence=误填", &REVIEWER).await.status, StatusCode::SEE_OTHER);
    assert!(page(&site, &format!("/scores?{COUNTY}")).await.contains("临涣镇：“新引进项目”缺数据"));
    assert_eq!(books.typed_figures("suixi", FIRST).unwrap().len(), 3);
}
