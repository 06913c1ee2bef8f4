//! The four cards (指标卡): done, target, completion, pace gap, growth, light, bar and trend.

use minijinja::Value;
use qunlian_charts::{Light, ProgressBar, Sparkline};
use qunlian_domain::figures::print_count;
use qunlian_domain::forecast::Forecast;
use qunlian_domain::target::Metric;
use qunlian_queries::Answer;
use serde::Serialize;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::head;
use crate::figures::forecast::chance_words;
use crate::reader::Reader;
use crate::rows::{Row, rows, rows_where};
use crate::wording::LampView;

/// One card.
#[derive(Debug, Serialize)]
pub(crate) struct Card {
    pub metric: &'static str,
    pub name: &'static str,
    pub done: String,
    pub target: String,
    pub unit: &'static str,
    pub completion: String,
    pub gap: String,
    pub behind: bool,
    pub growth: String,
    pub last_year: String,
    pub lamp: LampView,
    pub bar: Value,
    pub trend: Value,
    pub href: String,
    /// Rows behind the link; none for amounts.
    pub count: Option<i64>,
    /// What is needed by the month's end to be on pace, in words; empty when it is not known.
    pub missing: String,
    pub is_short: bool,
    /// False when the target is invented.
    pub documented: bool,
    /// How likely the year's target is, in words; empty where nothing is forecast.
    pub forecast: String,
    pub forecast_href: String,
}

/// Whose cards they are: which filter the links carry, and where the months come from.
pub(crate) struct Whose<'a> {
    /// `("carrier", "suixi")`, or none for the city.
    pub filter: &'a [(&'a str, &'a str)],
    /// Rows with metric, month and cumulative.
    pub months: &'a Answer,
    /// Column and value that choose the rows of `months`.
    pub of: Option<(&'a str, &'a str)>,
    /// Part of the drawings' ids.
    pub id: &'a str,
    /// Where each metric's year will end; empty where cards do not tell it.
    pub forecasts: &'a [(Metric, Forecast)],
}

/// A card per row of a progress answer, in the metrics' order.
pub(crate) fn cards<'a>(
    reader: &Reader,
    board: &Board,
    progress: impl Iterator<Item = Row<'a>>,
    whose: &Whose<'_>,
) -> Result<Vec<Card>, Fault> {
    let mut cards = Vec::new();
    for row in progress {
        if let Some(metric) = Metric::from_id(row.text("metric")) {
            cards.push(card(reader, board, row, metric, whose)?);
        }
    }
    Ok(cards)
}

fn card(reader: &Reader, board: &Board, row: Row<'_>, metric: Metric, whose: &Whose<'_>) -> Result<Card, Fault> {
    let words = reader.words;
    let (done, target) = (row.count("done"), row.int("target"));
    let gap = row.number("gap_points");
    let lamp = words.lamp(&reader.desk.app.city.light, row.text("light"), gap);
    let mut pairs = vec![("milestone", metric.id())];
    pairs.extend_from_slice(whose.filter);
    let href = board.link("/projects", &pairs);
    let pace = row.number("pace").unwrap_or(0.0);
    let completion = words.percent(row.number("completion"));
    let sentence = words.fill(
        "card.sentence",
        &[
            ("metric", words.metric(metric)),
            ("done", &words.quantity(metric, done)),
            (
                "target",
                &target.map_or_else(|| "—".to_owned(), |_| format!("{} {}", words.bare_target(metric, target), words.metric_unit(metric))),
            ),
            ("completion", &completion),
            ("gap", &words.gap(gap)),
        ],
    );
    let bar = ProgressBar {
        head: head(reader, &format!("bar-{}-{}", whose.id, metric.id()), words.metric(metric), sentence.clone()),
        done: done as f64,
        target: target.map(|target| target as f64),
        pace: target.map(|target| target as f64 * pace / 100.0),
        light: chart_light(&lamp),
        link: None,
    };
    Ok(Card {
        metric: metric.id(),
        name: words.metric(metric),
        done: words.bare_quantity(metric, done),
        target: words.bare_target(metric, target),
        unit: words.metric_unit(metric),
        completion,
        gap: words.gap(gap),
        behind: gap.is_some_and(|gap| gap < -0.05),
        growth: words.fill("card.growth", &[("growth", &words.growth(row.number("growth")))]),
        last_year: row.int("last_year").map_or_else(|| "—".to_owned(), |value| words.bare_quantity(metric, value)),
        bar: Value::from_safe_string(bar.svg()?),
        trend: Value::from_safe_string(trend(reader, board, metric, whose).svg()?),
        count: (metric != Metric::FixedAssets).then_some(done),
        href,
        missing: missing(reader, metric, target, row.int("missing")),
        is_short: row.int("missing").is_some_and(|missing| missing > 0),
        forecast: forecast(reader, whose.forecasts, metric, target),
        forecast_href: board.link("/forecast", &[("metric", metric.id())]),
        documented: row.value("documented") != &qunlian_queries::Value::Bool(false),
        lamp,
    })
}

/// 预测：96%可完成. Nothing where no forecast is made, or no target set.
fn forecast(reader: &Reader, forecasts: &[(Metric, Forecast)], metric: Metric, target: Option<i64>) -> String {
    let found = forecasts.iter().find(|(known, _)| *known == metric).map(|(_, found)| found);
    let chance = found.filter(|found| found.done < target.unwrap_or(0)).and_then(|found| found.chance);
    chance.map(|chance| reader.words.fill("card.forecast", &[("chance", &chance_words(chance))])).unwrap_or_default()
}

fn missing(reader: &Reader, metric: Metric, target: Option<i64>, missing: Option<i64>) -> String {
    let words = reader.words;
    match (target, missing) {
        (None, _) | (_, None) => String::new(),
        (_, Some(missing)) if missing > 0 => {
            let size = if metric == Metric::FixedAssets { words.large(missing) } else { print_count(missing) };
            words.fill("card.missing", &[("n", &size), ("unit", words.metric_unit(metric))])
        }
        _ => words.t("card.reached").to_owned(),
    }
}

fn trend(reader: &Reader, board: &Board, metric: Metric, whose: &Whose<'_>) -> Sparkline {
    let chosen = |row: &Row<'_>| whose.of.is_none_or(|(column, value)| row.text(column) == value);
    let mut points = vec![None; 12];
    let mut before = vec![None; 12];
    for row in rows_where(whose.months, "metric", metric.id()).filter(chosen) {
        let Some(place) = row.int("month").and_then(|month| usize::try_from(month - 1).ok()).filter(|place| *place < 12) else { continue };
        points[place] = row.number("cumulative");
        before[place] = row.number("last_year_cumulative");
    }
    let title = reader.words.fill("card.trend", &[("metric", reader.words.metric(metric)), ("year", &board.year.to_string())]);
    let desc = reader.words.t("card.trend.desc").to_owned();
    Sparkline { head: head(reader, &format!("trend-{}-{}", whose.id, metric.id()), &title, desc), points, before, link: None }
}

fn chart_light(lamp: &LampView) -> Light {
    lamp.of_chart().map_or(Light::None, |lamp| lamp.light)
}

/// `10·50·100亿` counts under the cards.
#[derive(Debug, Serialize)]
pub(crate) struct BandChip {
    pub name: String,
    pub done: String,
    pub target: String,
    pub completion: String,
    pub href: String,
    pub count: i64,
}

/// One chip per band that stands among the year's targets, even with "-": those are the ones leaders ask for.
pub(crate) fn band_chips(reader: &Reader, board: &Board, bands: &Answer) -> Vec<BandChip> {
    rows(bands)
        .filter(|row| row.is_true("in_targets"))
        .map(|row| {
            let done = row.count("done");
            BandChip {
                name: reader.words.band(row.text("band"), row.count("at_least_yuan")),
                done: print_count(done),
                target: row.int("target").map_or_else(|| "—".to_owned(), print_count),
                completion: reader.words.percent(row.number("completion")),
                href: board.link("/projects", &[("milestone", "signed"), ("band", row.text("band_id"))]),
                count: done,
            }
        })
        .collect()
}

/// The sentence of the bulletin (通报), such as `1—5月，全市新签约工业项目188个，完成年度目标任务310个的60.6%，…`.
pub(crate) fn bulletin(reader: &Reader, board: &Board, progress: &Answer) -> String {
    let words = reader.words;
    let last = words.month(board.month());
    let period = match (board.closes_month(), board.month()) {
        (true, 1) => words.month(1),
        (true, 12) => words.fill("bulletin.year", &[("year", &board.year.to_string())]),
        (true, _) => words.fill("bulletin.months", &[("last", &last)]),
        (false, _) => words.fill("bulletin.day", &[("day", &words.day(board.as_of))]),
    };
    let clauses: Vec<String> = rows(progress).filter_map(|row| clause(reader, row)).collect();
    words.fill("bulletin.sentence", &[("period", &period), ("clauses", &clauses.join(words.t("bulletin.between")))])
}

fn clause(reader: &Reader, row: Row<'_>) -> Option<String> {
    let words = reader.words;
    let metric = Metric::from_id(row.text("metric"))?;
    let done = words.bare_quantity(metric, row.count("done"));
    let unit = words.metric_unit(metric);
    let what = words.fill(&format!("bulletin.{}", metric.id()), &[("done", &done), ("unit", unit)]);
    let Some(target) = row.int("target") else { return Some(what) };
    let gap = row.number("gap_points").map(|gap| qunlian_domain::figures::round_half_up(gap, 1)).unwrap_or(0.0);
    let size = qunlian_domain::figures::print(Some(gap.abs()), 1);
    let key = if gap > 0.0 {
        "bulletin.ahead"
    } else if gap < 0.0 {
        "bulletin.behind"
    } else {
        "bulletin.even"
    };
    let target = words.fill(
        "bulletin.target",
        &[("target", &words.bare_target(metric, Some(target))), ("unit", unit), ("completion", &words.percent(row.number("completion")))],
    );
    Some(format!("{what}{target}{}", words.fill(key, &[("points", &size)])))
}
