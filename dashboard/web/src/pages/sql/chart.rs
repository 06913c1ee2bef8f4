//! A result as a chart (结果作图): what can be chosen, what is, and the drawing.

use minijinja::Value as Markup;
use qunlian_charts::Size;
use qunlian_domain::saved_query::{ChartChoice, ChartKind};
use qunlian_queries::{Answer, AnswerColumn};
use serde::Serialize;

use crate::fault::Fault;
use crate::pages::sql::asked::ChartWish;
use crate::result_chart;
use crate::words::Words;

/// The controls, and the chart when one was asked for.
#[derive(Serialize)]
pub(crate) struct ChartView {
    pub kinds: Vec<Choice>,
    pub xs: Vec<Choice>,
    pub ys: Vec<Choice>,
    pub title: String,
    pub desk: Markup,
    pub phone: Markup,
    /// What is not drawn, and why; may be empty.
    pub note: String,
    pub drawn: bool,
}

#[derive(Serialize)]
pub(crate) struct Choice {
    pub id: String,
    pub label: String,
    pub chosen: bool,
}

/// The controls, with the chart when one was asked for; `None` when nothing in the answer can be drawn.
pub(crate) fn view(words: Words, answer: &Answer, wish: &ChartWish) -> Result<Option<ChartView>, Fault> {
    let Some(proposed) = result_chart::proposal(answer).filter(|_| !answer.rows.is_empty()) else { return Ok(None) };
    let (choice, drawn) = match asked(wish) {
        None => (proposed, None),
        Some(Err(refusal)) => (proposed, Some(Err(refusal))),
        Some(Ok(choice)) => {
            let drawn = result_chart::draw(words, answer, &choice, "result", Size::FULL)?;
            (choice, Some(drawn))
        }
    };
    let mut view = controls(words, answer, &choice);
    match drawn {
        None => {}
        Some(Ok(chart)) => {
            view = ChartView { title: chart.title, desk: chart.desk, phone: chart.phone, note: chart.note, drawn: true, ..view };
        }
        Some(Err(refusal)) => view.note = refusal.say(words),
    }
    Ok(Some(view))
}

/// The chart alone, at full width: its title and its SVG. `None` when there is nothing to draw.
pub(crate) fn svg(words: Words, answer: &Answer, wish: &ChartWish) -> Result<Option<(String, String)>, Fault> {
    let choice = match asked(wish) {
        Some(asked) => asked.ok(),
        None => result_chart::proposal(answer),
    };
    match choice.filter(|_| !answer.rows.is_empty()) {
        Some(choice) => Ok(result_chart::alone(words, answer, &choice)?.ok()),
        None => Ok(None),
    }
}

fn asked(wish: &ChartWish) -> Option<Result<ChartChoice, result_chart::ChartRefusal>> {
    let pairs = wish.pairs();
    result_chart::asked(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

fn controls(words: Words, answer: &Answer, choice: &ChartChoice) -> ChartView {
    let column = |column: &AnswerColumn, chosen: bool| Choice { id: column.name.clone(), label: label(words, column), chosen };
    let numbers = answer.columns.iter().filter(|column| result_chart::is_number(column));
    ChartView {
        kinds: [ChartKind::Bar, ChartKind::Line, ChartKind::Stacked].map(|kind| kind_choice(words, kind, choice.kind)).into(),
        xs: answer.columns.iter().map(|x| column(x, x.name == choice.x)).collect(),
        ys: numbers.map(|y| column(y, choice.y.contains(&y.name))).collect(),
        title: choice.title.clone(),
        desk: Markup::default(),
        phone: Markup::default(),
        note: String::new(),
        drawn: false,
    }
}

fn kind_choice(words: Words, kind: ChartKind, chosen: ChartKind) -> Choice {
    let label = words.t(&format!("result_chart.kind.{}", kind.id()));
    Choice { id: kind.id().to_owned(), label: label.to_owned(), chosen: kind == chosen }
}

fn label(words: Words, column: &AnswerColumn) -> String {
    let name = result_chart::column_name(words, column).to_owned();
    if column.unit.is_empty() {
        return name;
    }
    words.fill("table.with_unit", &[("what", &name), ("unit", &words.named("unit", &column.unit, &column.unit))])
}
