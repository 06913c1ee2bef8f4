//! The columns of a result as the data of a chart: which chart carries which choice, and how its values are written.

use qunlian_charts::{
    ChartError, Column as Bar, ColumnSeries, Columns as ColumnChart, Head, Layer, Measure, RankedBars, RankedRow, Size, Stacked,
    StackedPart, StackedRow, Tone, TrendLines, TrendPoint, TrendSeries,
};
use qunlian_domain::contract::ColumnType;
use qunlian_domain::figures::{print, print_count, round_half_up};
use qunlian_domain::saved_query::ChartKind;
use qunlian_queries::{Answer, Value};

use super::{Columns, column_name};
use crate::pages::query;
use crate::words::Words;

/// Colours of columns side by side.
const SERIES: [Tone; 3] = [Tone::Accent, Tone::Muted, Tone::Shade5];

/// The chart that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One bar a row, lying: names have room.
    Lying,
    /// Columns side by side, standing.
    Standing,
    Lines,
    Stacked,
}

impl Shape {
    /// Bars of one column over names lie; over days and numbers they stand, and so do several, and what goes below zero.
    pub(super) fn of(kind: ChartKind, columns: &Columns<'_>) -> Self {
        let over_names = columns.answer.columns[columns.x].kind == ColumnType::Text;
        match kind {
            ChartKind::Line => Self::Lines,
            ChartKind::Stacked => Self::Stacked,
            ChartKind::Bar if columns.y.len() == 1 && over_names && columns.negative().is_none() => Self::Lying,
            ChartKind::Bar => Self::Standing,
        }
    }

    /// Rows beyond which a drawing cannot be read.
    pub(super) fn most_rows(self) -> usize {
        match self {
            Self::Lying | Self::Stacked => 30,
            Self::Standing => 60,
            Self::Lines => 400,
        }
    }

    /// Draws an answer whose first column is x and all others y.
    pub(super) fn svg(self, words: Words, head: &Head, drawn: &Answer, size: Size) -> Result<String, ChartError> {
        let head = head.clone();
        match self {
            Self::Lying => RankedBars { head, measure: Measure::Amount, pace: None, rows: lying(drawn) }.svg(size),
            Self::Standing => {
                ColumnChart { head, unit: unit(words, drawn), categories: categories(words, drawn), series: standing(words, drawn) }
                    .svg(size)
            }
            Self::Lines => {
                TrendLines { head, unit: unit(words, drawn), categories: categories(words, drawn), series: lines(words, drawn) }.svg(size)
            }
            Self::Stacked => {
                let layers = drawn.columns.iter().skip(1).map(|column| Layer { label: column_name(words, column).to_owned() });
                Stacked { head, layers: layers.collect(), rows: stacked(drawn) }.svg(size)
            }
        }
    }
}

/// A drawable number; nothing for empty cells, NaN and infinities.
pub(super) fn number(value: Option<&Value>) -> Option<f64> {
    value?.number().filter(|number| number.is_finite() && number.abs() < 1e18)
}

/// `1,204`, `24.47`; a dash where there is none.
fn figure(value: Option<&Value>) -> String {
    match value {
        Some(Value::Int(whole)) => print_count(*whole),
        other => {
            let Some(number) = number(other) else { return "—".to_owned() };
            let decimals = (0..2).find(|places| round_half_up(number, *places) == round_half_up(number, 2)).unwrap_or(2);
            print(Some(number), decimals)
        }
    }
}

fn name(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "—".to_owned(),
        Some(value) => query::text(value),
    }
}

fn categories(words: Words, drawn: &Answer) -> Vec<String> {
    let label = |row: &Vec<Value>| match row.first() {
        Some(Value::Bool(yes)) => words.t(if *yes { "value.yes" } else { "value.no" }).to_owned(),
        other => name(other),
    };
    drawn.rows.iter().map(label).collect()
}

/// The unit over the axis when all columns share one.
fn unit(words: Words, drawn: &Answer) -> String {
    let mut units = drawn.columns.iter().skip(1).map(|column| column.unit.as_str());
    let first = units.next().unwrap_or("");
    if first.is_empty() || units.any(|unit| unit != first) {
        return String::new();
    }
    words.fill("chart.unit", &[("unit", &words.named("unit", first, first))])
}

fn lying(drawn: &Answer) -> Vec<RankedRow> {
    let unit = drawn.columns.get(1).map_or("", |column| column.unit.as_str());
    let row = |row: &Vec<Value>| RankedRow {
        name: name(row.first()),
        done: number(row.get(1)).unwrap_or(0.0),
        completion_text: match (number(row.get(1)), unit) {
            (None, _) | (_, "") => figure(row.get(1)),
            (Some(_), unit) => format!("{} {unit}", figure(row.get(1))),
        },
        ..RankedRow::default()
    };
    drawn.rows.iter().map(row).collect()
}

fn standing(words: Words, drawn: &Answer) -> Vec<ColumnSeries> {
    let of = |(at, tone): (usize, Tone)| {
        let bar = |row: &Vec<Value>| number(row.get(at)).map(|value| Bar { value, text: figure(row.get(at)), link: None });
        ColumnSeries { label: label(words, drawn, at), tone, values: drawn.rows.iter().map(bar).collect() }
    };
    (1..drawn.columns.len()).zip(SERIES).map(of).collect()
}

fn lines(words: Words, drawn: &Answer) -> Vec<TrendSeries> {
    let of = |at: usize| {
        let point = |row: &Vec<Value>| number(row.get(at)).map(|value| TrendPoint { value, text: figure(row.get(at)), link: None });
        TrendSeries { label: label(words, drawn, at), points: drawn.rows.iter().map(point).collect() }
    };
    (1..drawn.columns.len()).map(of).collect()
}

fn stacked(drawn: &Answer) -> Vec<StackedRow> {
    let row = |row: &Vec<Value>| {
        let values: Vec<f64> = (1..drawn.columns.len()).map(|at| number(row.get(at)).unwrap_or(0.0)).collect();
        let parts = values.iter().enumerate().map(|(at, value)| StackedPart {
            value: *value,
            text: if *value == 0.0 { String::new() } else { figure(row.get(at + 1)) },
            link: None,
        });
        let total = Value::Decimal(values.iter().sum());
        StackedRow { name: name(row.first()), total_text: figure(Some(&total)), parts: parts.collect(), link: None }
    };
    drawn.rows.iter().map(row).collect()
}

fn label(words: Words, drawn: &Answer, at: usize) -> String {
    drawn.columns.get(at).map(|column| column_name(words, column).to_owned()).unwrap_or_default()
}
