//! What becomes of signings (转化): cohorts by month, the curve of their starts and completions, who is stuck.

mod promises;

use std::collections::BTreeMap;

use axum::response::Response;
use chrono::Datelike;
use futures::try_join;
use qunlian_charts::{Column as ChartColumn, ColumnSeries, Columns, Size, Tone};
use qunlian_domain::figures::{print_count, ratio_percent};
use qunlian_domain::forecast::conversion::cohort_lines;
use qunlian_domain::forecast::{ConversionCurve, Fate, Passage};
use qunlian_domain::target::Metric;
use qunlian_queries::Answer;
use serde::Serialize;

use super::home::{Tab, board_query};
use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Figure, Named, Twin, head, mark};
use crate::figures::forecast::{Step, passage};
use crate::panel::{self, Beside, Panel, Waiting};
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, rows_where};
use crate::shell::Crumb;

#[derive(Serialize)]
struct ConversionView {
    tabs: Vec<Tab>,
    /// Both rates of starting, each with its denominator.
    rates: Vec<String>,
    curve: Figure,
    cohorts: Panel,
    carriers: Panel,
    chains: Panel,
    regions: Panel,
    promises: promises::PromisesView,
    stuck: Panel,
}

/// Months since entering that the curve shows.
const MONTHS: u32 = 18;
/// Months after which cohorts are compared.
const AFTER: [u32; 4] = [1, 3, 6, 12];

/// `GET /conversion`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let step = chosen_step(&reader)?;
    let ask = |query: &'static str| reader.ask(query, board.params());
    let (answer, progress) = try_join!(ask("stage_passages"), ask("city_progress"))?;
    let words = reader.words;
    let scoped = |scope: &'static str, title: &str| by_scope(&reader, &board, &answer, step, scope, title);
    let view = ConversionView {
        tabs: tabs(&reader, step),
        rates: rates(&reader, &board, &answer, &progress),
        curve: figure(&reader, &board, step, &answer)?,
        cohorts: cohorts(&reader, &board, &answer, step),
        carriers: scoped("carrier", words.t("conversion.carriers")),
        chains: scoped("chain", words.t("conversion.chains")),
        regions: scoped("region", words.t("conversion.regions")),
        stuck: match step {
            Step::StartedCompleted => stuck(&reader, &board, Waiting::StartedNotProducing).await?,
            Step::SignedStarted | Step::SignedCompleted => stuck(&reader, &board, Waiting::SignedNotStarted).await?,
        },
        promises: promises::section(&reader, &board, step).await?,
    };
    let head = PageHead::new(words.t("conversion.title"), Section::Conversion).board(&board).exports("/city", &board_query(&board));
    reader.page("conversion.html", head, view).await
}

/// The waiting list with what was promised for the step that is waited for.
async fn stuck(reader: &Reader, board: &Board, which: Waiting) -> Result<Panel, Fault> {
    let answer = reader.ask(which.query(), board.params().with("year", 0).with("limit", 10)).await?;
    Ok(panel::waiting(reader, board, which, Beside::Promises, &answer))
}

/// `?step=` of the page and its chart; signed to started when nothing is said.
pub(crate) fn chosen_step(reader: &Reader) -> Result<Step, Fault> {
    match reader.visit.query.get("step") {
        None => Ok(Step::SignedStarted),
        Some(id) => Step::from_id(id).ok_or_else(|| Fault::bad("bad.step", id)),
    }
}

fn tabs(reader: &Reader, current: Step) -> Vec<Tab> {
    let tab = |step: Step| Tab {
        link: Crumb {
            label: reader.words.t(&format!("conversion.{}", step.id())).to_owned(),
            href: reader.visit.query.without("lang").with("step", step.id()).href("/conversion"),
        },
        current: step == current,
    };
    Step::ALL.map(tab).into()
}

fn of_step<'a>(answer: &'a Answer, scope: &'a str, step: Step) -> impl Iterator<Item = Row<'a>> {
    rows_where(answer, "scope", scope).filter(move |row| row.text("step") == step.id())
}

/// 开工率 of the year's signings (同批口径), and 开工完成率 of the plan (计划口径): one word, two denominators.
fn rates(reader: &Reader, board: &Board, answer: &Answer, progress: &Answer) -> Vec<String> {
    let words = reader.words;
    let year = board.year.to_string();
    let of_year = of_step(answer, "city", Step::SignedStarted).filter(|row| row.date("cohort").is_some_and(|day| day.year() == board.year));
    let (mut signed, mut started) = (0, 0);
    for row in of_year {
        signed += row.count("projects");
        started += if row.date("reached").is_some() { row.count("projects") } else { 0 };
    }
    let percent = |part: i64, whole: Option<i64>| words.percent(whole.and_then(|whole| ratio_percent(part, whole)));
    let plan = rows_where(progress, "metric", Metric::Started.id()).next();
    let (done, target) = plan.map_or((0, None), |row| (row.count("done"), row.int("target")));
    vec![
        words.fill(
            "conversion.rate.cohort",
            &[("rate", &percent(started, Some(signed))), ("part", &print_count(started)), ("whole", &print_count(signed)), ("year", &year)],
        ),
        words.fill(
            "conversion.rate.plan",
            &[
                ("rate", &percent(done, target)),
                ("part", &print_count(done)),
                ("whole", &target.map_or_else(|| "—".to_owned(), print_count)),
            ],
        ),
    ]
}

/// The share that has passed on by the end of each month since, with those still waiting counted right.
pub(crate) fn figure(reader: &Reader, board: &Board, step: Step, answer: &Answer) -> Result<Figure, Fault> {
    let words = reader.words;
    let passages: Vec<Passage> = of_step(answer, "city", step).filter_map(passage).collect();
    let curve = ConversionCurve::estimate(&passages, board.as_of);
    let steps: Vec<_> = curve.steps.iter().filter(|step| step.months <= MONTHS && step.at_risk > 0).collect();
    let later = words.t(&format!("conversion.{}.later", step.id()));
    let title = words.fill("conversion.curve", &[("later", later)]);
    let month = |months: u32| if months == 0 { words.t("conversion.month0").to_owned() } else { months.to_string() };
    let column = |step: &&qunlian_domain::forecast::ConversionStep| {
        let tip = words.fill(
            "conversion.tip",
            &[("months", &month(step.months)), ("share", &words.percent(Some(step.share))), ("n", &step.at_risk.to_string())],
        );
        ChartColumn { value: step.share, text: qunlian_domain::figures::print(Some(step.share), 0), link: mark("#cohorts".to_owned(), tip) }
    };
    let chart = Columns {
        head: head(reader, "conversion", &title, words.fill("conversion.desc", &[("n", &steps.len().to_string()), ("later", later)])),
        unit: words.fill("chart.unit", &[("unit", "%")]),
        categories: steps.iter().map(|step| month(step.months)).collect(),
        series: vec![ColumnSeries {
            label: later.to_owned(),
            tone: Tone::default(),
            values: steps.iter().map(|step| Some(column(step))).collect(),
        }],
    };
    let columns = ["conversion.months", "conversion.at_risk", "conversion.reached", "conversion.died", "conversion.share"];
    let row = |step: &&qunlian_domain::forecast::ConversionStep| {
        vec![
            Cell::number(month(step.months)),
            Cell::number(step.at_risk.to_string()),
            Cell::number(step.reached.to_string()),
            Cell::number(step.died.to_string()),
            Cell::number(words.percent(Some(step.share))),
        ]
    };
    let twin = Twin { columns: columns.map(|key| Column::number(words.t(key))).into(), rows: steps.iter().map(row).collect() };
    let named = Named { id: "conversion", title, unit: "unit.count", query: "stage_passages", params: &[("step", step.id())] };
    let drawings = Drawings::of(Size::DESK, |size| chart.svg(size))?;
    Ok(Figure::new(reader, board, &named, drawings, twin).unit_is_drawn().note(words.t("conversion.note")))
}

/// Each month's signings by themselves.
fn cohorts(reader: &Reader, board: &Board, answer: &Answer, step: Step) -> Panel {
    let words = reader.words;
    let passages: Vec<Passage> = of_step(answer, "city", step).filter_map(passage).collect();
    let mut columns = vec![Column::text(words.t("conversion.cohort")), Column::number(words.t("conversion.projects"))];
    columns.extend(AFTER.map(|months| Column::number(words.fill("conversion.after", &[("n", &months.to_string())]))));
    columns.extend([Column::number(words.t("conversion.now")), Column::number(words.t("conversion.died"))]);
    let lines = cohort_lines(&passages, board.as_of).into_iter().rev().map(|line| {
        let share = |reached: u32| words.percent(ratio_percent(i64::from(reached), i64::from(line.projects)));
        let (year, month) = (line.cohort.year().to_string(), line.cohort.month().to_string());
        let milestone = if step == Step::StartedCompleted { Metric::Started } else { Metric::Signed };
        let href = crate::query_string::link(
            "/projects",
            &[("year", &year), ("as_of", &board.as_of.to_string()), ("milestone", milestone.id()), ("month", &month)],
        );
        let mut cells = vec![
            Cell::text(format!("{year}-{:02}", line.cohort.month())).whole(),
            Cell::number(line.projects.to_string()).rows(href, i64::from(line.projects)),
        ];
        // A cohort that is too young has no figure yet, which is not zero.
        cells.extend(AFTER.map(|months| match line.reached_by.get(months as usize) {
            Some(reached) => Cell::number(share(*reached)),
            None => Cell::number("—"),
        }));
        let now = line.reached_by.last().copied().unwrap_or(0);
        cells.extend([Cell::number(share(now)), Cell::number(line.died.to_string())]);
        cells
    });
    let table = Twin { columns, rows: lines.collect() };
    Panel::new(reader, board, "cohorts", words.t("conversion.cohorts"), "stage_passages", &[], table)
}

/// One line for each carrier, chain or kind of region.
fn by_scope(reader: &Reader, board: &Board, answer: &Answer, step: Step, scope: &'static str, title: &str) -> Panel {
    let words = reader.words;
    let mut all: BTreeMap<&str, (&str, Vec<Passage>)> = BTreeMap::new();
    for row in of_step(answer, scope, step) {
        all.entry(row.text("scope_id")).or_insert_with(|| (row.text("name"), Vec::new())).1.extend(passage(row));
    }
    let keys =
        ["conversion.projects", "conversion.reached", "conversion.waiting", "conversion.died", "conversion.share", "conversion.half"];
    let columns = std::iter::once(Column::text(words.t("conversion.name"))).chain(keys.map(|key| Column::number(words.t(key)))).collect();
    let mut lines: Vec<(f64, Vec<Cell>)> = all
        .into_iter()
        .map(|(id, (name, passages))| {
            let count = |wanted: fn(&Fate) -> bool| -> i64 {
                passages.iter().filter(|one| wanted(&one.fate)).map(|one| i64::from(one.projects)).sum()
            };
            let (reached, died) = (count(|fate| matches!(fate, Fate::Reached(_))), count(|fate| matches!(fate, Fate::Died(_))));
            let waiting = count(|fate| matches!(fate, Fate::Waiting));
            let whole = reached + died + waiting;
            let share = ratio_percent(reached, whole);
            let after = ConversionCurve::estimate(&passages, board.as_of).share_after(6);
            let name = Cell::text(name);
            let name = match scope {
                "carrier" => name.link(board.link(&format!("/carriers/{id}"), &[])),
                "chain" if id != "none" => name.link(board.link(&format!("/chains/{id}"), &[])),
                _ => name,
            };
            let cells = vec![
                name,
                Cell::number(print_count(whole)),
                Cell::number(print_count(reached)),
                Cell::number(print_count(waiting)),
                Cell::number(print_count(died)),
                Cell::number(words.percent(share)),
                Cell::number(words.percent(after)),
            ];
            (share.unwrap_or(-1.0), cells)
        })
        .collect();
    lines.sort_by(|left, right| right.0.total_cmp(&left.0));
    let table = Twin { columns, rows: lines.into_iter().map(|(_, cells)| cells).collect() };
    Panel::new(reader, board, scope, title, "stage_passages", &[], table)
}

pub(crate) use promises::chart as promises_chart;

/// The chart for `/charts/conversion.svg`.
pub(crate) async fn chart(reader: &Reader, board: &Board) -> Result<Figure, Fault> {
    let answer = reader.ask("stage_passages", board.params()).await?;
    figure(reader, board, chosen_step(reader)?, &answer)
}
