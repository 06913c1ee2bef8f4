//! The drawings of the review's pace, each with its table (审核时效图).

use minijinja::Value;
use qunlian_charts::{Column as ChartColumn, ColumnSeries, Columns, Head, Link, RankedBars, RankedRow, Size, Tone};
use qunlian_domain::figures::print;
use qunlian_domain::review::Turnaround;
use serde::Serialize;

use super::pace::{Group, median};
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Twin};
use crate::query_string::link;
use crate::words::Words;

/// One drawing at two widths, with the same figures as a table.
#[derive(Serialize)]
pub(super) struct Drawn {
    pub id: &'static str,
    pub title: String,
    pub desk: Value,
    pub phone: Value,
    pub twin: Twin,
}

fn head(words: Words, id: &str, title: &str) -> Head {
    Head {
        id: id.to_owned(),
        title: title.to_owned(),
        desc: words.t("review.pace.desc").to_owned(),
        empty: words.t("chart.empty").to_owned(),
    }
}

/// `2022-W22：办结 12 件，中位 2 个工作日，按期 91.7%`
fn tip(words: Words, name: &str, turnaround: &Turnaround) -> String {
    let (count, share) = (turnaround.count.to_string(), words.percent(turnaround.in_time_percent()));
    let median = median(turnaround);
    words.fill("review.pace.tip", &[("name", name), ("count", &count), ("median", &median), ("share", &share)])
}

/// Median days and share in time, week by week.
pub(super) fn by_week(words: Words, weeks: &[Group]) -> Result<Vec<Drawn>, Fault> {
    let twin = table(words, words.t("review.pace.week"), weeks, |group| {
        Cell::text(format!("{}（{}）", group.id, group.label)).rows(week_href(group), group.turnaround.count as i64)
    });
    let days = |turnaround: &Turnaround| turnaround.median_days.map(|days| (days, median(turnaround)));
    let share = |turnaround: &Turnaround| turnaround.in_time_percent().map(|share| (share, print(Some(share), 0)));
    Ok(vec![
        columns(words, ("pace-days", "review.pace.by_week_days", "review.pace.unit_days"), weeks, days, twin.clone())?,
        columns(words, ("pace-share", "review.pace.by_week_share", "review.pace.unit_share"), weeks, share, twin)?,
    ])
}

fn week_href(group: &Group) -> String {
    format!("{}#decided", link("/review/pace", &[("week", &group.id)]))
}

fn columns(
    words: Words,
    (id, title, unit): (&'static str, &str, &str),
    weeks: &[Group],
    measure: impl Fn(&Turnaround) -> Option<(f64, String)>,
    twin: Twin,
) -> Result<Drawn, Fault> {
    let title = words.t(title).to_owned();
    let column = |group: &Group| {
        let (value, text) = measure(&group.turnaround)?;
        Some(ChartColumn { value, text, link: Some(Link { href: week_href(group), tip: tip(words, &group.id, &group.turnaround) }) })
    };
    let chart = Columns {
        head: head(words, id, &title),
        unit: words.t(unit).to_owned(),
        categories: weeks.iter().map(|group| group.label.clone()).collect(),
        series: vec![ColumnSeries { label: title.clone(), tone: Tone::Accent, values: weeks.iter().map(column).collect() }],
    };
    let (desk, phone) = Drawings::of(Size::DESK, |size| chart.svg(size))?.into_parts();
    Ok(Drawn { id, title, desk, phone, twin })
}

/// Share in time by reviewer; nothing when nobody decided.
pub(super) fn by_reviewer(words: Words, reviewers: &[Group]) -> Result<Option<Drawn>, Fault> {
    if reviewers.is_empty() {
        return Ok(None);
    }
    let title = words.t("review.pace.by_reviewer").to_owned();
    let href = |group: &Group| format!("{}#decided", link("/review/pace", &[("by", &group.id)]));
    let row = |group: &Group| {
        let Turnaround { count, in_time, .. } = group.turnaround;
        RankedRow {
            name: group.label.clone(),
            done: in_time as f64,
            target: Some(count as f64),
            done_text: words.fill("review.pace.of", &[("in_time", &in_time.to_string()), ("count", &count.to_string())]),
            completion_text: words.percent(group.turnaround.in_time_percent()),
            link: Some(Link { href: href(group), tip: tip(words, &group.label, &group.turnaround) }),
            ..RankedRow::default()
        }
    };
    let chart =
        RankedBars { head: head(words, "pace-reviewers", &title), rows: reviewers.iter().map(row).collect(), ..RankedBars::default() };
    let (desk, phone) = Drawings::of(Size::FULL, |size| chart.svg(size))?.into_parts();
    let name = words.t("review.pace.reviewer");
    let twin = table(words, name, reviewers, |group| Cell::text(&group.label).rows(href(group), group.turnaround.count as i64));
    Ok(Some(Drawn { id: "pace-reviewers", title, desk, phone, twin }))
}

fn table(words: Words, first: &str, groups: &[Group], name: impl Fn(&Group) -> Cell) -> Twin {
    let mut columns = vec![Column::text(first)];
    columns.extend(
        ["review.pace.count", "review.pace.median", "review.pace.in_time_count", "review.pace.share"]
            .map(|key| Column::number(words.t(key))),
    );
    let row = |group: &Group| {
        let turnaround = &group.turnaround;
        vec![
            name(group),
            Cell::number(turnaround.count.to_string()),
            Cell::number(median(turnaround)),
            Cell::number(turnaround.in_time.to_string()),
            Cell::number(words.percent(turnaround.in_time_percent())),
        ]
    };
    Twin { columns, rows: groups.iter().map(row).collect() }
}
