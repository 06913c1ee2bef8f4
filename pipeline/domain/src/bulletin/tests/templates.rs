//! Templates: names in braces, what is due when, and what is refused.

use super::day;
use crate::bulletin::{MetricId, Occasion, Template, TemplateBlock, TemplateIndex, Templates};
use crate::target::Metric;

fn template(id: &str) -> Template {
    Template {
        id: id.into(),
        name: "月度通报".into(),
        number: None,
        title: "关于{year}年{period}{city}招商引资情况的通报".into(),
        addressees: None,
        basis: "按认定日期".into(),
        project_word: "项目".into(),
        whole: "全市".into(),
        attachments: Vec::new(),
        blocks: vec![TemplateBlock::Sentences { metric: MetricId(Metric::Signed) }],
    }
}

fn templates(monthly: &str, quarterly: &str) -> Templates {
    let index = TemplateIndex { templates: Vec::new(), monthly: monthly.into(), quarterly: quarterly.into(), day_of_month: 5 };
    index.with(vec![template("monthly"), template("quarterly")]).unwrap()
}

#[test]
fn names_in_braces_are_filled_once() {
    let occasion = Occasion { on: day("2022-06-30"), city: "{year}市", center: "中心" };
    assert_eq!(occasion.fill("{year}年{quarter}季度{month}月，{period}，{day}"), "2022年2季度6月，1—6月，2022年6月30日");
    assert_eq!(occasion.fill("{city}{center}"), "{year}市中心", "what is filled in is not read again");
    assert_eq!(occasion.fill("{nobody} {year"), "{nobody} {year");
    assert_eq!(occasion.fill("一{{year}}"), "一{2022}");
}

#[test]
fn what_is_due_after_a_month() {
    let ids = |templates: &Templates, end: &str| templates.due_after(day(end)).iter().map(|due| due.id.clone()).collect::<Vec<_>>();
    let two = templates("monthly", "quarterly");
    assert_eq!(ids(&two, "2022-05-31"), ["monthly"]);
    assert_eq!(ids(&two, "2022-06-30"), ["monthly", "quarterly"]);
    assert_eq!(ids(&two, "2022-12-31"), ["monthly", "quarterly"]);
    assert_eq!(ids(&templates("monthly", "monthly"), "2022-06-30"), ["monthly"], "once");
}

#[test]
fn months_fall_due_on_their_day_and_missed_ones_are_made_up_for() {
    let months = |since: &str, today: &str| {
        templates("monthly", "quarterly").months_due(day(since), day(today)).iter().map(|end| end.to_string()).collect::<Vec<_>>()
    };
    // April is due on 5 May, May on 5 June. The first run makes the latest one only.
    assert_eq!(months("2022-05-31", "2022-05-31"), ["2022-04-30"]);
    assert_eq!(months("2022-06-04", "2022-06-04"), ["2022-04-30"]);
    assert_eq!(months("2022-06-04", "2022-06-05"), ["2022-05-31"]);
    // Nobody ran it from 10 January to 20 April: January, February and March fell due on 5 February, March and April.
    assert_eq!(months("2022-01-10", "2022-04-20"), ["2022-01-31", "2022-02-28", "2022-03-31"]);
    assert_eq!(
        months("2021-01-10", "2022-01-05"),
        [
            "2021-01-31",
            "2021-02-28",
            "2021-03-31",
            "2021-04-30",
            "2021-05-31",
            "2021-06-30",
            "2021-07-31",
            "2021-08-31",
            "2021-09-30",
            "2021-10-31",
            "2021-11-30",
            "2021-12-31"
        ]
    );
    assert_eq!(months("1900-01-01", "2022-05-31").len(), 36);
}
