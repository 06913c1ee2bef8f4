//! The charts of a bulletin (通报插图): drawn once more for print, without links and tooltips.

use chrono::Datelike;
use qunlian_charts::{
    AsOf, ChartError, CumulativeLines, Curve, CurvePoint, Emphasis, Head, Lamp, Light, Measure, PaceMark, RankedBars, RankedRow, Size,
    TargetLine,
};
use qunlian_documents::Chart as Print;
use qunlian_domain::figures::print_percent;
use qunlian_domain::light::Light as DomainLight;
use qunlian_domain::money::Unit;
use qunlian_domain::period::months_into;
use qunlian_domain::target::Metric;
use qunlian_queries::rows::{Row, ranked, rows_where};

use crate::tables::{quantity, target};
use crate::{BulletinError, Issue, Sources};

/// A chart for print and for a narrow screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartOf {
    pub print: Print,
    /// The same, drawn for a phone.
    pub narrow_svg: String,
    /// The question whose rows it draws.
    pub query: &'static str,
}

/// The year's line against pace, target and last year.
pub(crate) fn cumulative(sources: &Sources, metric: Metric, issue: &Issue<'_>, number: u32) -> Result<ChartOf, BulletinError> {
    let months: Vec<Row<'_>> = rows_where(&sources.months, "metric", metric.id()).collect();
    let end = months_into(issue.year, issue.as_of);
    let scaled = |value: f64| if metric == Metric::FixedAssets { value / Unit::Yi.yuan() as f64 } else { value };
    let curve = |label: String, value: &dyn Fn(Row<'_>) -> Option<f64>, until: f64| {
        let point = |row: &Row<'_>| {
            let month = row.int("month").filter(|month| (1..=12).contains(month))?;
            Some(CurvePoint { month: (month as f64).min(until), value: scaled(value(*row)?), link: None })
        };
        Curve { label, points: months.iter().filter_map(point).collect() }
    };
    let latest = months.iter().rev().find_map(|row| row.int("cumulative")).unwrap_or(0);
    let goal = months.first().and_then(|row| row.int("target"));
    let this_year = curve(format!("{}年 {}", issue.year, quantity(metric, latest)), &|row| row.number("cumulative"), end);
    let last_year = curve(format!("{}年", issue.year - 1), &|row| row.number("last_year_cumulative"), 12.0);
    let pace = curve("序时".to_owned(), &|row| row.number("plan"), 12.0);
    let day = format!("{}月{}日", issue.on().month(), issue.on().day());
    let unit = if metric == Metric::FixedAssets { "亿元" } else { "个" };
    let caption = format!("{}累计与序时进度", metric.name());
    let description = format!("截至{day}，{}{}{unit}", metric.name(), quantity(metric, latest));
    let lines = CumulativeLines {
        head: head(number, &caption, &description),
        unit: format!("单位：{unit}"),
        months: (1..=12).map(|month| format!("{month}月")).collect(),
        this_year,
        last_year: Some(last_year).filter(|curve| !curve.points.is_empty()),
        pace: Some(pace).filter(|curve| !curve.points.is_empty()),
        target: goal.map(|value| TargetLine { value: scaled(value as f64), label: format!("目标 {}", target(metric, Some(value))) }),
        forecast: None,
        as_of: Some(AsOf { month: end, label: format!("截至 {day}") }),
    };
    drawn("monthly_cumulative", number, caption, description, |size| lines.svg(size))
}

/// Carriers by completion, with the pace.
pub(crate) fn carriers(sources: &Sources, metric: Metric, issue: &Issue<'_>, number: u32) -> Result<ChartOf, BulletinError> {
    let ranked = ranked(&sources.carriers, metric.id());
    let pace = ranked.iter().find_map(|row| row.number("pace")).unwrap_or(0.0);
    let caption = format!("各载体单位{}完成率", metric.name());
    let description = format!("{}个单位，完成率从高到低，序时{}", ranked.len(), print_percent(Some(pace)));
    let bars = RankedBars {
        head: head(number, &caption, &description),
        measure: Measure::Completion,
        pace: Some(PaceMark { share: pace / 100.0, label: format!("序时 {}", print_percent(Some(pace))) }),
        rows: ranked.iter().map(|row| bar(sources, metric, *row, issue)).collect(),
    };
    drawn("carrier_progress", number, caption, description, |size| bars.svg(size))
}

fn bar(sources: &Sources, metric: Metric, row: Row<'_>, issue: &Issue<'_>) -> RankedRow {
    let (done, goal, gap) = (row.count("done"), row.int("target"), row.number("gap_points"));
    let light = sources.light(metric, row.text("carrier_id"), row.text("light"));
    RankedRow {
        name: row.text("carrier").to_owned(),
        done: done as f64,
        target: goal.map(|value| value as f64),
        done_text: format!("{}/{}", quantity(metric, done), target(metric, goal)),
        completion_text: print_percent(row.number("completion")),
        place: row.int("place").and_then(|place| u32::try_from(place).ok()),
        moved: None,
        lamp: light.map(|light| Lamp { light: shape(light), word: issue.light.words.of(light, gap).to_owned() }),
        emphasis: Emphasis::Plain,
        link: None,
    }
}

fn shape(light: DomainLight) -> Light {
    match light {
        DomainLight::Green => Light::Ok,
        DomainLight::Yellow => Light::Warn,
        DomainLight::Red => Light::Bad,
    }
}

fn head(number: u32, title: &str, description: &str) -> Head {
    Head { id: format!("bulletin-{number}"), title: title.to_owned(), desc: description.to_owned(), empty: "暂无数据".to_owned() }
}

fn drawn(
    query: &'static str,
    number: u32,
    caption: String,
    description: String,
    draw: impl Fn(Size) -> Result<String, ChartError>,
) -> Result<ChartOf, BulletinError> {
    let print = Print { svg: draw(Size::DESK)?, caption: format!("图{number}  {caption}"), description };
    Ok(ChartOf { print, narrow_svg: draw(Size::PHONE)?, query })
}
