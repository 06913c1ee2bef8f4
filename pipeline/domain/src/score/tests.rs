//! What scoring is held to: published rules worked by hand, every shape at its edges, and laws over any figures.

mod closing;
mod entered;
mod golden;
mod laws;
mod published;
mod recognised;
mod shapes;
mod totals;
mod trials;

use chrono::NaiveDate;

use super::*;
use crate::carriers::{Carrier, CarrierKind, Carriers, NameTrimmings};
use crate::catalogue::DeskFault;
use crate::scale::{Band, Bands};

const YI: i64 = 100_000_000;
const WHOLE_YEAR: Period = Period { year: 2022, quarter: None };

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// One assessed county of the city, which has no other carrier.
fn carriers() -> Carriers {
    let county = Carrier {
        id: "county".into(),
        name: "示例县".into(),
        short_name: "示例".into(),
        kind: CarrierKind::County,
        parent: "town".into(),
        assessed: true,
        aliases: Vec::new(),
        sort: 1,
        valid_from: day("2000-01-01"),
        valid_until: None,
        documented: false,
        note: String::new(),
    };
    Carriers::new("town", vec![county], &NameTrimmings::default()).unwrap()
}

fn bands() -> Bands {
    let band = |id: &str, yi: i64| Band { id: id.into(), name: format!("{yi}亿元以上"), least: yi * YI };
    Bands::new(vec![band("ge1", 1), band("ge10", 10), band("ge50", 50)]).unwrap()
}

/// Rules of one level over one group of towns `a` to `d`, and one of parks `p` and `q`; `rest` holds everything after.
fn try_rules(full: f64, rest: &str) -> Result<Scoring, DeskFault> {
    let units: String =
        ["a", "b", "c", "d", "p", "q"].iter().map(|id| format!("[[level.unit]]\nid = \"{id}\"\nname = \"{id}区\"\n")).collect();
    let text = format!(
        "year = 2022\nversion = \"试行1\"\ndocumented = false\ndecimals = 2\n\
         [[level]]\nid = \"l\"\nname = \"乡镇\"\nof = \"county\"\nfull = {full}\nno_target = \"skip\"\n{units}\
         [[level.group]]\nid = \"towns\"\nname = \"乡镇\"\nmembers = [\"a\", \"b\", \"c\", \"d\"]\n\
         [[level.group]]\nid = \"parks\"\nname = \"园区\"\nmembers = [\"p\", \"q\"]\n{rest}"
    );
    let scoring: Scoring = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
    scoring.complete(2022, &carriers(), &bands())
}

fn rules(full: f64, rest: &str) -> Scoring {
    try_rules(full, rest).unwrap()
}

/// One indicator `x`, named 指标, of weight 30, which is also the full score.
fn one_indicator(shape: &str) -> Scoring {
    rules(30.0, &indicator("x", "指标", 30.0, shape))
}

fn indicator(id: &str, name: &str, weight: f64, shape: &str) -> String {
    format!("[[level.indicator]]\nid = \"{id}\"\nname = \"{name}\"\nweight = {weight}\nshape = {{ {shape} }}\n")
}

fn row(carrier: &str, input: &str, done: i64, target: Option<i64>) -> FigureRow {
    FigureRow { carrier_id: carrier.into(), input: input.into(), done, target, ..FigureRow::default() }
}

fn entry(carrier: &str, item: &str, quantity: i64, on: &str) -> Entry {
    Entry { carrier_id: carrier.into(), item: item.into(), quantity, reason: "事由".into(), on: day(on), made: None }
}

fn rating(rater: &str, carrier: &str, points: f64) -> Rating {
    Rating { item: "peers".into(), rater_id: rater.into(), carrier_id: carrier.into(), points, made: None }
}

fn with_rows(rows: Vec<FigureRow>) -> Figures {
    Figures { rows, ..Figures::default() }
}

fn sheet(scoring: &Scoring, figures: &Figures) -> Sheet {
    scoring.sheet("l", WHOLE_YEAR, figures).unwrap()
}

/// Points of one line of a carrier, to six decimals.
fn points(sheet: &Sheet, carrier: &str, item: &str) -> Option<f64> {
    let line = sheet.of(carrier).unwrap().lines.iter().find(|line| line.id == item).unwrap();
    line.points.map(|points| crate::figures::round_half_up(points, 6))
}

fn text<'s>(sheet: &'s Sheet, carrier: &str, item: &str) -> &'s str {
    &sheet.of(carrier).unwrap().lines.iter().find(|line| line.id == item).unwrap().text
}

fn total(sheet: &Sheet, carrier: &str) -> Option<f64> {
    sheet.of(carrier).unwrap().total.map(|total| crate::figures::round_half_up(total, 6))
}
