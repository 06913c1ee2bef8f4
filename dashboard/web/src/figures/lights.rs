//! Strips of a year's lights (亮灯历史): the city with its carriers, or the chains, under one metric.

use chrono::{Datelike, NaiveDate};
use qunlian_charts::{Emphasis, LightStrip, Size, StripCell, StripRow};
use qunlian_domain::light::{Light, MonthLight, MonthStand};
use qunlian_domain::target::Metric;
use qunlian_queries::Answer;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Figure, Named, Twin, head, mark};
use crate::query_string::encode;
use crate::reader::Reader;
use crate::rows::{Row, rows_where};
use crate::wording::LampView;

/// Whose lights (亮灯对象).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lit {
    /// The city first, then each assessed carrier.
    Carriers,
    /// The chains, then their teams where these have targets.
    Chains,
}

impl Lit {
    /// The start of the chart's name, before the metric's id.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Carriers => "lights",
            Self::Chains => "chain_lights",
        }
    }

    fn holds(self, scope: &str) -> bool {
        match self {
            Self::Carriers => matches!(scope, "city" | "carrier"),
            Self::Chains => matches!(scope, "chain" | "team"),
        }
    }
}

/// One row of the chart.
struct Strip<'a> {
    /// `city`, `carrier`, `chain` or `team`.
    scope: &'a str,
    id: &'a str,
    name: &'a str,
    months: Vec<(MonthStand, MonthLight)>,
}

/// The strips of one metric out of the answer to `pace_months`.
pub(crate) fn figure(reader: &Reader, board: &Board, lit: Lit, metric: Metric, answer: &Answer, width: Size) -> Result<Figure, Fault> {
    let words = reader.words;
    let strips = strips(reader, lit, metric, answer);
    let title = words.fill(&format!("lights.title.{}", lit.id()), &[("metric", words.metric(metric))]);
    let id = format!("{}-{}", lit.id(), metric.id());
    let behind = |strip: &&Strip<'_>| strip.months.last().is_some_and(|(_, lamp)| lamp.shown >= Some(Light::Yellow));
    let desc = words.fill(
        "lights.desc",
        &[
            ("day", &words.day(board.as_of)),
            ("n", &strips.len().to_string()),
            ("behind", &strips.iter().filter(behind).count().to_string()),
        ],
    );
    let chart = LightStrip {
        head: head(reader, &id, &title, desc),
        months: words.months(),
        rows: strips.iter().map(|strip| row(reader, board, metric, strip)).collect(),
    };
    let drawings = Drawings::of(width, |size| chart.svg(size))?;
    let named = Named { id: &id, title, unit: "lights.unit", query: "pace_months", params: &[] };
    Ok(Figure::new(reader, board, &named, drawings, twin(reader, board, metric, &strips)).note(words.t("lights.note")))
}

fn strips<'a>(reader: &Reader, lit: Lit, metric: Metric, answer: &'a Answer) -> Vec<Strip<'a>> {
    let mut strips: Vec<(Strip<'a>, Vec<MonthStand>)> = Vec::new();
    for row in rows_where(answer, "metric", metric.id()).filter(|row| lit.holds(row.text("scope"))) {
        let (scope, id) = (row.text("scope"), row.text("scope_id"));
        let Some(stand) = stand(row) else { continue };
        match strips.iter_mut().find(|(strip, _)| strip.scope == scope && strip.id == id) {
            Some((_, stands)) => stands.push(stand),
            None => strips.push((Strip { scope, id, name: row.text("name"), months: Vec::new() }, vec![stand])),
        }
    }
    let rule = &reader.desk.app.city.light;
    let lighted = strips.into_iter().map(|(strip, stands)| {
        let lamps = rule.strip(&stands);
        Strip { months: stands.into_iter().zip(lamps).collect(), ..strip }
    });
    lighted.collect()
}

fn stand(row: Row<'_>) -> Option<MonthStand> {
    Some(MonthStand { on: row.date("on_day")?, done: row.count("done"), target: row.int("target"), pace: row.number("pace")? })
}

fn row(reader: &Reader, board: &Board, metric: Metric, strip: &Strip<'_>) -> StripRow {
    let words = reader.words;
    let cell = |(stand, lamp): &(MonthStand, MonthLight)| {
        let view = lamp_view(reader, lamp);
        let letter = match lamp.shown {
            Some(_) if lamp.is_escalated() => "lights.letter.raised",
            Some(Light::Green) => "lights.letter.green",
            Some(Light::Yellow) => "lights.letter.yellow",
            Some(Light::Red) => "lights.letter.red",
            None => "lights.letter.none",
        };
        let tip = tip(reader, metric, strip, stand, lamp);
        StripCell {
            light: view.of_chart().map(|lamp| lamp.light).unwrap_or_default(),
            letter: words.t(letter).to_owned(),
            link: (stand.done != 0).then(|| cell_link(board, metric, strip, stand.on)).and_then(|href| mark(href, tip)),
        }
    };
    StripRow {
        name: city_name(reader, strip),
        emphasis: if strip.scope == "city" { Emphasis::Strong } else { Emphasis::Plain },
        cells: strip.months.iter().map(cell).collect(),
    }
}

fn city_name(reader: &Reader, strip: &Strip<'_>) -> String {
    if strip.scope == "city" { reader.words.t("lights.city").to_owned() } else { strip.name.to_owned() }
}

/// The lamp as shown, after escalation.
fn lamp_view(reader: &Reader, lamp: &MonthLight) -> LampView {
    let view = reader.words.lamp(&reader.desk.app.city.light, lamp.shown.map_or("", Light::id), lamp.gap);
    if lamp.is_escalated() { LampView { word: reader.words.fill("warnings.raised", &[("light", &view.word)]), ..view } } else { view }
}

fn tip(reader: &Reader, metric: Metric, strip: &Strip<'_>, stand: &MonthStand, lamp: &MonthLight) -> String {
    let words = reader.words;
    let done = format!("{}/{}", words.bare_quantity(metric, stand.done), words.bare_target(metric, stand.target));
    words.fill(
        "lights.tip",
        &[
            ("name", &city_name(reader, strip)),
            ("day", &words.day(stand.on)),
            ("done", &format!("{done} {}", words.metric_unit(metric))),
            ("completion", &words.percent(lamp.completion)),
            ("pace", &words.percent(Some(stand.pace))),
            ("gap", &words.gap(lamp.gap)),
            ("light", &lamp_view(reader, lamp).word),
        ],
    )
}

/// The projects from January to that month: as many as the cell counts.
fn cell_link(board: &Board, metric: Metric, strip: &Strip<'_>, on: NaiveDate) -> String {
    let month = on.month().to_string();
    let mut pairs = vec![("milestone", metric.id()), ("through", month.as_str())];
    match strip.scope {
        "city" => {}
        "team" => pairs.push(("chain", strip.id)),
        scope => pairs.push((scope, strip.id)),
    }
    board.link("/projects", &pairs)
}

fn twin(reader: &Reader, board: &Board, metric: Metric, strips: &[Strip<'_>]) -> Twin {
    let words = reader.words;
    let columns = vec![
        Column::text(words.t("table.who")),
        Column::text(words.t("table.month")),
        Column::number(words.t("table.cumulative")),
        Column::number(words.t("table.target")),
        Column::number(words.t("table.completion")),
        Column::number(words.t("lights.pace")),
        Column::number(words.t("table.gap")),
        Column::text(words.t("table.light")),
        Column::number(words.t("table.months_behind")),
    ];
    let line = |strip: &Strip<'_>, (stand, lamp): &(MonthStand, MonthLight)| {
        let name = Cell::text(city_name(reader, strip));
        let page = match strip.scope {
            "carrier" => Some("/carriers"),
            "chain" | "team" => Some("/chains"),
            _ => None,
        };
        let done = Cell::number(words.bare_quantity(metric, stand.done));
        let href = cell_link(board, metric, strip, stand.on);
        let view = lamp_view(reader, lamp);
        vec![
            page.map_or(name.clone(), |page| name.link(board.link(&format!("{page}/{}", encode(strip.id)), &[]))),
            Cell::text(words.month(stand.on.month())).whole(),
            match metric {
                Metric::FixedAssets if stand.done != 0 => done.link(href),
                Metric::FixedAssets => done,
                _ => done.rows(href, stand.done),
            },
            Cell::number(words.bare_target(metric, stand.target)),
            Cell::number(words.percent(lamp.completion)),
            Cell::number(words.percent(Some(stand.pace))),
            Cell::number(words.signed(lamp.gap)),
            Cell::text(view.text()).whole().tone(view.cell_tone()),
            Cell::number(lamp.months_lit.to_string()),
        ]
    };
    Twin { columns, rows: strips.iter().flat_map(|strip| strip.months.iter().map(move |month| line(strip, month))).collect() }
}
