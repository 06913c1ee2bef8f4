//! What if: other weights, other caps, figures that move; the sheet that stands is left alone.

use super::*;

fn two_ratios() -> Scoring {
    let steps =
        "kind = \"steps\", input = \"started\", measure = \"rate\", rows = [{ from = 50, points = 20 }, { from = 100, points = 40 }]";
    let rest = indicator("signed", "签约", 60.0, "kind = \"ratio\", input = \"signed\", cap_percent = 100")
        + &indicator("started", "开工", 40.0, steps)
        + "[[level.bonus]]\nid = \"visits\"\nname = \"出访\"\nmost = 3\nshape = { kind = \"entries\", each = 1 }\n";
    rules(100.0, &rest)
}

/// a: 10 of 10 and 5 of 10; b: 5 of 10 and 10 of 10; c and d: half of both; parks have no targets.
fn figures() -> Figures {
    let done = [("a", 10, 5), ("b", 5, 10), ("c", 5, 5), ("d", 5, 5)];
    let mut rows: Vec<FigureRow> = done
        .iter()
        .flat_map(|(carrier, signed, started)| [row(carrier, "signed", *signed, Some(10)), row(carrier, "started", *started, Some(10))])
        .collect();
    rows.extend(["p", "q"].iter().flat_map(|park| [row(park, "signed", 1, None), row(park, "started", 1, None)]));
    Figures { rows, entries: vec![entry("d", "visits", 5, "2022-05-01")], ratings: Vec::new() }
}

fn tried(changes: &[Change]) -> Result<Outcome, WhatIfError> {
    what_if(&two_ratios(), "l", WHOLE_YEAR, &figures(), changes)
}

fn weight(indicator: &str, weight: f64) -> Change {
    Change::Weight { indicator: indicator.into(), weight }
}

fn moved(input: &str, from: &str, to: &str, done: i64) -> Change {
    Change::Move { inputs: vec![input.into()], from: from.into(), to: to.into(), done }
}

/// carrier, total before and after, place before and after.
fn found(outcome: &Outcome) -> Vec<(&str, f64, f64, usize, usize)> {
    let of = |difference: &'_ Difference| {
        let (before, after) = difference.total;
        (before.unwrap(), after.unwrap(), difference.place.0.unwrap(), difference.place.1.unwrap())
    };
    outcome.differences.iter().map(|one| (one.carrier_id.as_str(), of(one))).map(|(id, (a, b, c, d))| (id, a, b, c, d)).collect()
}

#[test]
fn without_changes_nothing_differs() {
    let outcome = tried(&[]).unwrap();
    assert_eq!(outcome.sheet, sheet(&two_ratios(), &figures()));
    assert_eq!(outcome.differences, []);
}

#[test]
fn other_weights() {
    // a: 60 + 20 = 80 → 40 + 30; b: 30 + 40 = 70 → 20 + 60; c: 30 + 20 = 50 → 20 + 30 = 50; d: + 3. Steps grow with the weight.
    let outcome = tried(&[weight("signed", 40.0), weight("started", 60.0)]).unwrap();
    assert_eq!(found(&outcome), [("a", 80.0, 70.0, 1, 2), ("b", 70.0, 80.0, 2, 1)]);
    assert_eq!(text(&outcome.sheet, "b", "started"), "开工 10/10 → 100.0%，达到100%档 = 60.00分");
}

#[test]
fn other_caps() {
    let outcome = tried(&[Change::Cap { item: "visits".into(), most: None }]).unwrap();
    assert_eq!(found(&outcome), [("d", 53.0, 55.0, 3, 3)]);
    let outcome = tried(&[Change::Cap { item: "signed".into(), most: Some(50.0) }]).unwrap();
    assert_eq!(found(&outcome), [("a", 80.0, 50.0, 1, 3), ("b", 70.0, 70.0, 2, 1), ("c", 50.0, 50.0, 4, 3), ("d", 53.0, 53.0, 3, 2)]);
}

#[test]
fn figures_that_move() {
    let standing = figures();
    // a: 5 of 10 and 5 of 10 = 50; c: 10 of 10 and 5 of 10 = 80
    let outcome = what_if(&two_ratios(), "l", WHOLE_YEAR, &standing, &[moved("signed", "a", "c", 5)]).unwrap();
    assert_eq!(found(&outcome), [("a", 80.0, 50.0, 1, 4), ("c", 50.0, 80.0, 4, 1)]);
    assert_eq!(standing, figures(), "the original stands");
    assert_eq!(tried(&[moved("signed", "a", "a", 5)]).unwrap().differences, [], "nothing moves to itself");
}

#[test]
fn changes_that_make_no_sense_are_refused() {
    let check = |change: Change, expect: &str| {
        let error = tried(&[change]).unwrap_err().to_string();
        assert!(error.contains(expect) && error.contains("\nhint: "), "{error}");
    };
    check(weight("signed", 50.0), "the weights add up to 90, not to 100");
    check(weight("leads", 60.0), "no indicator \"leads\"");
    check(weight("signed", -1.0), "out of bounds");
    check(weight("signed", f64::NAN), "out of bounds");
    check(Change::Cap { item: "started".into(), most: Some(1.0) }, "\"started\" has no cap");
    check(Change::Cap { item: "visits".into(), most: Some(f64::INFINITY) }, "out of bounds");
    check(moved("signed", "a", "c", 11), "a has 10 for signed, 11 cannot be moved");
    check(moved("signed", "a", "c", 0), "0 cannot be moved");
    check(moved("signed", "a", "z", 1), "z has no figure for signed");
    check(moved("leads", "a", "c", 1), "a has no figure for leads");
    let unknown = what_if(&two_ratios(), "m", WHOLE_YEAR, &figures(), &[]).unwrap_err();
    assert_eq!(unknown, WhatIfError::Score(ScoreError::NoLevel("m".into())));
}
