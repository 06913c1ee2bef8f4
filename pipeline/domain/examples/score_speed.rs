//! How long scoring 1,000 carriers by 12 indicators in 4 quarters takes, beside the bare arithmetic.
#![allow(clippy::print_stdout, clippy::disallowed_macros, clippy::unwrap_used, reason = "an example speaks on the terminal")]

use std::hint::black_box;
use std::time::Instant;

use qunlian_domain::score::{
    Bonus, BonusShape, Entry, FigureRow, Figures, Group, Indicator, Level, Measured, NoTarget, Period, Quarter, Scoring, Shape, Step, Unit,
};

const CARRIERS: usize = 1_000;
const INPUTS: [&str; 12] = [
    "signed",
    "started",
    "completed",
    "fixed_assets",
    "registered",
    "in_library",
    "in_production",
    "at_capacity",
    "agreed",
    "paid_in",
    "leads",
    "trips",
];

fn shape(at: usize) -> Shape {
    let input = INPUTS[at].to_owned();
    match at % 4 {
        0 => Shape::Ratio { input, cap_percent: Some(120.0) },
        1 => Shape::FloorRatio { input, floor_percent: 60.0, cap_percent: Some(100.0) },
        2 => Shape::Efficacy { input, measure: Measured::Done, base: 60.0, span: 40.0 },
        _ => {
            let rows = vec![Step { from: 50.0, points: 4.0 }, Step { from: 100.0, points: 8.0 }];
            Shape::Steps { input, measure: Measured::Rate, rows }
        }
    }
}

fn rules() -> Scoring {
    let ids: Vec<String> = (0..CARRIERS).map(|at| format!("c{at}")).collect();
    let groups = ids.chunks(100).enumerate();
    let level = Level {
        id: "all".into(),
        name: "全部".into(),
        of: "city".into(),
        full: 96.0,
        no_target: NoTarget::Skip,
        bonus_most: Some(10.0),
        deduction_most: None,
        least_total: 0.0,
        units: ids.iter().map(|id| Unit { id: id.clone(), name: format!("{id}镇") }).collect(),
        groups: groups.map(|(at, ids)| Group { id: format!("g{at}"), name: format!("第{at}组"), members: ids.to_vec() }).collect(),
        indicators: (0..12).map(|at| Indicator { id: format!("i{at}"), name: INPUTS[at].into(), weight: 8.0, shape: shape(at) }).collect(),
        bonuses: vec![Bonus { id: "visits".into(), name: "出访".into(), most: Some(3.0), shape: BonusShape::Entries { each: 0.5 } }],
        deductions: Vec::new(),
        vetoes: Vec::new(),
        promotions: Vec::new(),
        grades: Vec::new(),
    };
    Scoring { year: 2022, version: "测速".into(), documented: false, decimals: 2, levels: vec![level], recognition: None }
}

fn figures(period: Period) -> Figures {
    let quarter = period.quarter.map_or(4, |quarter| i64::from(quarter.number()));
    let mut figures = Figures::default();
    for carrier in 0..CARRIERS {
        for (at, input) in INPUTS.iter().enumerate() {
            let done = quarter * ((carrier * 37 + at * 11) % 100) as i64;
            let target = (carrier % 17 != at).then_some(quarter * 60);
            let (carrier_id, input) = (format!("c{carrier}"), (*input).to_owned());
            figures.rows.push(FigureRow { carrier_id, input, done, target, ..FigureRow::default() });
        }
        let on = period.last_day();
        let (carrier_id, item, reason) = (format!("c{carrier}"), "visits".into(), "出访".into());
        figures.entries.push(Entry { carrier_id, item, quantity: 3, reason, on, made: None });
    }
    figures
}

fn main() {
    let scoring = rules();
    let supplied: Vec<(Period, Figures)> =
        Quarter::ALL.map(|quarter| Period { year: 2022, quarter: Some(quarter) }).map(|period| (period, figures(period))).into();
    let mut times = Vec::new();
    let mut lines = 0;
    for _ in 0..5 {
        let start = Instant::now();
        lines = 0;
        for (period, figures) in &supplied {
            let sheet = black_box(scoring.sheet("all", *period, black_box(figures)).unwrap());
            assert!(sheet.complaints.is_empty());
            lines += sheet.carriers().map(|(_, score)| score.lines.len()).sum::<usize>();
        }
        times.push(start.elapsed().as_secs_f64());
    }
    let best = times.into_iter().fold(f64::INFINITY, f64::min);
    let floor = add_up(&supplied);
    println!("{CARRIERS} carriers x 12 indicators x 4 quarters: {lines} lines with their derivations in {best:.3} s (best of 5)");
    println!("yardstick, done ÷ target x weight added up and nothing told: {floor:.5} s; scoring takes {:.0} times as long", best / floor);
}

/// Seconds for the bare arithmetic of every figure.
fn add_up(supplied: &[(Period, Figures)]) -> f64 {
    let start = Instant::now();
    for (_, figures) in supplied {
        let points = |row: &FigureRow| row.target.map_or(0.0, |target| (row.done as f64 / target as f64).min(1.2) * 8.0);
        black_box(figures.rows.iter().map(points).sum::<f64>());
    }
    start.elapsed().as_secs_f64()
}
