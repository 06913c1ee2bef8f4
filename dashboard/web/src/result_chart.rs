//! A result as a chart (结果图): bars, lines or stacked bars over one column, with the drawn figures as a table.
//!
//! The marks have tooltips and no links: nobody knows the rows behind a result of free SQL.

mod shapes;

use minijinja::Value as Html;
use qunlian_charts::{Head, Size};
use qunlian_domain::contract::ColumnType;
use qunlian_domain::figures::print_count;
use qunlian_domain::saved_query::{ChartChoice, ChartFault, ChartKind, MOST_SERIES};
use qunlian_queries::{Answer, AnswerColumn};
use serde::Serialize;

use crate::fault::Fault;
use crate::figure::{Drawings, Twin};
use crate::pages::query;
use crate::words::{Lang, Words};

/// Columns that stand side by side before nobody can read them.
const MOST_COLUMNS: usize = 3;

/// A drawn result, for `_result_chart.html`.
#[derive(Debug, Serialize)]
pub(crate) struct ResultChart {
    /// Unique on the page.
    pub id: String,
    pub title: String,
    pub desk: Html,
    pub phone: Html,
    /// What was drawn, row by row.
    pub twin: Twin,
    /// Says that not every row is drawn; may be empty.
    pub note: String,
}

/// Why a result cannot be drawn as chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChartRefusal {
    Choice(ChartFault),
    /// The result has no such column.
    NoColumn(String),
    NotANumber(String),
    /// Parts of a stack count things.
    Negative(String),
    /// More series than stand side by side as bars.
    ManyBars,
}

impl ChartRefusal {
    /// For people.
    pub(crate) fn say(&self, words: Words) -> String {
        let column = |key: &str, name: &str| words.fill(key, &[("column", name)]);
        match self {
            Self::Choice(ChartFault::NoX) => words.t("result_chart.no_x").to_owned(),
            Self::Choice(ChartFault::Y) => words.fill("result_chart.no_y", &[("n", &MOST_SERIES.to_string())]),
            Self::Choice(ChartFault::Title) => words.t("result_chart.long_title").to_owned(),
            Self::NoColumn(name) => column("result_chart.no_column", name),
            Self::NotANumber(name) => column("result_chart.not_a_number", name),
            Self::Negative(name) => column("result_chart.negative", name),
            Self::ManyBars => words.fill("result_chart.many_bars", &[("n", &MOST_COLUMNS.to_string())]),
        }
    }
}

/// Draws a result as chosen, at most as many of its rows as one can read. `id` is unique on the page, `width` is that of
/// its place on the desk.
///
/// # Errors
/// [`Fault`] when plotters fails, which is ours; the inner [`ChartRefusal`] when the result and the choice do not fit.
pub(crate) fn draw(
    words: Words,
    answer: &Answer,
    choice: &ChartChoice,
    id: &str,
    width: Size,
) -> Result<Result<ResultChart, ChartRefusal>, Fault> {
    let plan = match Plan::of(words, answer, choice, id) {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let drawings = Drawings::of(width, |size| plan.shape.svg(words, &plan.head, &plan.drawn, size))?;
    let (desk, phone) = drawings.into_parts();
    let twin = query::table(words, &plan.drawn, plan.drawn.rows.len());
    Ok(Ok(ResultChart { id: id.to_owned(), title: plan.head.title, desk, phone, twin, note: plan.note }))
}

/// The same chart alone, as a file: its title and its SVG.
///
/// # Errors
/// As [`draw`].
pub(crate) fn alone(words: Words, answer: &Answer, choice: &ChartChoice) -> Result<Result<(String, String), ChartRefusal>, Fault> {
    let plan = match Plan::of(words, answer, choice, "alone") {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let svg = plan.shape.svg(words, &plan.head, &plan.drawn, Size::FULL)?;
    Ok(Ok((plan.head.title, svg)))
}

/// What is drawn, and how.
struct Plan {
    shape: shapes::Shape,
    head: Head,
    drawn: Answer,
    note: String,
}

impl Plan {
    fn of(words: Words, answer: &Answer, choice: &ChartChoice, id: &str) -> Result<Self, ChartRefusal> {
        let columns = Columns::find(answer, choice)?;
        let shape = shapes::Shape::of(choice.kind, &columns);
        let shown = answer.rows.len().min(shape.most_rows());
        let title = if choice.title.is_empty() { columns.title(words) } else { choice.title.clone() };
        let all = print_count(answer.rows.len() as i64);
        let note = if shown < answer.rows.len() || answer.truncated {
            words.fill("result_chart.some", &[("shown", &print_count(shown as i64)), ("n", &all)])
        } else {
            String::new()
        };
        let desc = if note.is_empty() { words.fill("result_chart.all", &[("n", &all)]) } else { note.clone() };
        let head = Head { id: format!("result-{id}"), title, desc, empty: words.t("chart.empty").to_owned() };
        Ok(Self { shape, head, drawn: columns.drawn(shown), note })
    }
}

/// A choice to begin with: the first column that is no number, or the first of all, and up to three numbers beside it.
/// `None` when there is nothing to draw.
pub(crate) fn proposal(answer: &Answer) -> Option<ChartChoice> {
    let x = answer.columns.iter().position(|column| !is_number(column)).unwrap_or(0);
    let numbers = answer.columns.iter().enumerate().filter(|(at, column)| *at != x && is_number(column));
    let y: Vec<String> = numbers.map(|(_, column)| column.name.clone()).take(MOST_COLUMNS).collect();
    let x = answer.columns.get(x)?;
    let kind = if x.kind == ColumnType::Date { ChartKind::Line } else { ChartKind::Bar };
    ChartChoice::new(kind, &x.name, y, "").ok()
}

/// The chart that a form asks for by `chart` (`bar`, `line`, `stacked`), `x`, `y` once for each column, and `title`.
/// `None` when it asks for none.
pub(crate) fn asked<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Result<ChartChoice, ChartRefusal>> {
    let (mut kind, mut x, mut title, mut y) = (None, "", "", Vec::new());
    for (key, value) in pairs {
        match key {
            "chart" => kind = ChartKind::from_id(value),
            "x" => x = value,
            "y" if !value.is_empty() => y.push(value.to_owned()),
            "title" => title = value,
            _ => {}
        }
    }
    Some(ChartChoice::new(kind?, x, y, title).map_err(ChartRefusal::Choice))
}

/// True for a column that can be drawn.
pub(crate) fn is_number(column: &AnswerColumn) -> bool {
    matches!(column.kind, ColumnType::Int | ColumnType::Decimal)
}

/// A column's name for people.
pub(crate) fn column_name(words: Words, column: &AnswerColumn) -> &str {
    if words.lang() == Lang::Chinese { &column.title } else { &column.name }
}

/// Where the chosen columns stand in an answer.
struct Columns<'a> {
    answer: &'a Answer,
    x: usize,
    y: Vec<usize>,
}

impl<'a> Columns<'a> {
    fn find(answer: &'a Answer, choice: &ChartChoice) -> Result<Self, ChartRefusal> {
        choice.check().map_err(ChartRefusal::Choice)?;
        let position = |name: &str| answer.position(name).ok_or_else(|| ChartRefusal::NoColumn(name.to_owned()));
        let x = position(&choice.x)?;
        let y = choice.y.iter().map(|name| position(name)).collect::<Result<Vec<usize>, _>>()?;
        if let Some(at) = y.iter().find(|at| !is_number(&answer.columns[**at])) {
            return Err(ChartRefusal::NotANumber(answer.columns[*at].name.clone()));
        }
        let columns = Self { answer, x, y };
        if choice.kind == ChartKind::Bar && columns.y.len() > MOST_COLUMNS {
            return Err(ChartRefusal::ManyBars);
        }
        match columns.negative() {
            Some(at) if choice.kind == ChartKind::Stacked => Err(ChartRefusal::Negative(answer.columns[at].name.clone())),
            _ => Ok(columns),
        }
    }

    /// The first column with a value below zero.
    fn negative(&self) -> Option<usize> {
        let is_below = |at: &usize| self.answer.rows.iter().any(|row| shapes::number(row.get(*at)).is_some_and(|number| number < 0.0));
        self.y.iter().copied().find(is_below)
    }

    /// The chosen columns alone, x first, of the first rows.
    fn drawn(&self, shown: usize) -> Answer {
        let order: Vec<usize> = std::iter::once(self.x).chain(self.y.iter().copied()).collect();
        let rows = self.answer.rows.iter().take(shown);
        Answer {
            columns: order.iter().filter_map(|at| self.answer.columns.get(*at).cloned()).collect(),
            rows: rows.map(|row| order.iter().filter_map(|at| row.get(*at).cloned()).collect()).collect(),
            generation: self.answer.generation,
            as_of: self.answer.as_of,
            truncated: false,
        }
    }

    /// `个数、占比（按载体单位）`.
    fn title(&self, words: Words) -> String {
        let name = |at: &usize| column_name(words, &self.answer.columns[*at]).to_owned();
        let what: Vec<String> = self.y.iter().map(name).collect();
        let what = what.join(if words.lang() == Lang::Chinese { "、" } else { ", " });
        words.fill("result_chart.title", &[("what", &what), ("by", &name(&self.x))])
    }
}

#[cfg(test)]
mod tests;
