//! What becomes of signings (转化): cohorts by month, the curve of their starts and completions, who is stuck.

mod promises;

use std::collections::BTreeMap;

use axum::response::Response;
use futures::try_join;
use qunlian_charts::{Column as ChartColumn, ColumnSeries, Columns, Size, Tone};
use qunlian_domain::figures::{print_count, ratio_percent};
use qunlian_domain::forecast::conversion::cohort_lines;
use qunlian_domain::forecast::{ConversionCurve, Passage};
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
    let (answer, rates, progress) = try_join!(ask("stage_passages"), ask("conversion_rates"), ask("city_progress"))?;
    let words = reader.words;
    let scoped =
        |scope: &'static str, title: &str| by_scope(&reader, &board, &Asked { rates: &rates, passages: &answer, step }, scope, title);
    let view = ConversionView {
        tabs: tabs(&reader, step),
        rates: sentences(&reader, &board, &rates, &progress),
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
fn sentences(reader: &Reader, board: &Board, rates: &Answer, progress: &Answer) -> Vec<String> {
    let words = reader.words;
    let cohort = of_step(rates, "city", Step::SignedStarted).next();
    let plan = rows_where(progress, "metric", Metric::Started.id()).next();
    let count = |row: Option<Row<'_>>, column: &str| print_count(row.map_or(0, |row| row.count(column)));
    let percent = |row: Option<Row<'_>>, column: &str| words.percent(row.and_then(|row| row.number(column)));
    vec![
        words.fill(
            "conversion.rate.cohort",
            &[
                ("rate", &percent(cohort, "share_of_year")),
                ("part", &count(cohort, "reached_of_year")),
                ("whole", &count(cohort, "projects_of_year")),
                ("year", &board.year.to_string()),
            ],
        ),
        words.fill(
            "conversion.rate.plan",
            &[
                ("rate", &percent(plan, "completion")),
                ("part", &count(plan, "done")),
                ("whole", &plan.and_then(|row| row.int("target")).map_or_else(|| "—".to_owned(), print_count)),
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

/// What was asked of one step.
struct Asked<'a> {
    rates: &'a Answer,
    passages: &'a Answer,
    step: Step,
}

/// One line for each carrier, chain or kind of region, in the question's order: the best converted first.
fn by_scope(reader: &Reader, board: &Board, asked: &Asked<'_>, scope: &'static str, title: &str) -> Panel {
    let words = reader.words;
    let mut passages: BTreeMap<&str, Vec<Passage>> = BTreeMap::new();
    for row in of_step(asked.passages, scope, asked.step) {
        passages.entry(row.text("scope_id")).or_default().extend(passage(row));
    }
    let keys =
        ["conversion.projects", "conversion.reached", "conversion.waiting", "conversion.died", "conversion.share", "conversion.half"];
    let columns = std::iter::once(Column::text(words.t("conversion.name"))).chain(keys.map(|key| Column::number(words.t(key)))).collect();
    let line = |row: Row<'_>| {
        let id = row.text("scope_id");
        let name = Cell::text(row.text("name"));
        let name = match scope {
            "carrier" => name.link(board.link(&format!("/carriers/{id}"), &[])),
            "chain" if id != "none" => name.link(board.link(&format!("/chains/{id}"), &[])),
            _ => name,
        };
        let after = passages.get(id).and_then(|passages| ConversionCurve::estimate(passages, board.as_of).share_after(6));
        let mut cells = vec![name];
        cells.extend(["projects", "reached", "waiting", "died"].map(|column| Cell::number(print_count(row.count(column)))));
        cells.extend([row.number("share"), after].map(|share| Cell::number(words.percent(share))));
        cells
    };
    let table = Twin { columns, rows: of_step(asked.rates, scope, asked.step).map(line).collect() };
    Panel::new(reader, board, scope, title, "conversion_rates", &[], table)
}

pub(crate) use promises::chart as promises_chart;

/// The chart for `/charts/conversion.svg`.
pub(crate) async fn chart(reader: &Reader, board: &Board) -> Result<Figure, Fault> {
    let answer = reader.ask("stage_passages", board.params()).await?;
    figure(reader, board, chosen_step(reader)?, &answer)
}
