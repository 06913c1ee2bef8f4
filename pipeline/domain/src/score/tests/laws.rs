//! Laws over any figures: more never scores less, caps hold, groups do not touch, order does not matter.

use proptest::prelude::*;

use super::*;

/// A level with every shape, a bonus and a deduction.
fn every_shape() -> Scoring {
    let steps = "rows = [{ from = 50, points = 5 }, { from = 100, points = 15 }]";
    let bands = "rows = [{ input = \"signed.ge10\", name = \"10亿\", each = 3 }, { input = \"signed.ge50\", name = \"50亿\", each = 5, least = 1 }]";
    let raters = "raters = [{ group = \"parks\", percent = 70 }, { group = \"towns\", percent = 30 }]";
    let shapes = [
        ("signed", 25.0, "kind = \"ratio\", input = \"signed\", cap_percent = 120".to_owned()),
        ("floor", 15.0, "kind = \"floor_ratio\", input = \"started\", floor_percent = 60, cap_percent = 100".to_owned()),
        ("steps", 15.0, format!("kind = \"steps\", input = \"completed\", measure = \"rate\", {steps}")),
        ("efficacy", 20.0, "kind = \"efficacy\", input = \"paid_in\", measure = \"done\", base = 60, span = 40".to_owned()),
        ("bands", 10.0, format!("kind = \"minimum_per_band\", {bands}")),
        ("peers", 15.0, format!("kind = \"peer_rating\", full = 100, {raters}")),
    ];
    let indicators: String = shapes.iter().map(|(id, weight, shape)| indicator(id, id, *weight, shape)).collect();
    let rest = r#"
[[level.bonus]]
id = "over"
name = "超额"
most = 6
shape = { kind = "over_target", input = "signed", each = 2 }
[[level.bonus]]
id = "tiers"
name = "大项目"
most = 12
[level.bonus.shape]
kind = "tiers"
counting = "each"
rows = [{ input = "signed.ge10", name = "10亿", points = 4 }, { input = "signed.ge50", name = "50亿", points = 8 }]
[[level.deduction]]
id = "behind"
name = "缺额"
most = 5
shape = { kind = "missing", input = "started", each = 0.5 }
[[level.grade]]
id = "g1"
name = "优秀"
least = 80
[[level.grade]]
id = "g2"
name = "其他"
least = 0
"#;
    let mut scoring = rules(100.0, &(indicators + rest));
    scoring.levels[0].bonus_most = Some(15.0);
    scoring
}

const INPUTS: [&str; 6] = ["signed", "started", "completed", "paid_in", "signed.ge10", "signed.ge50"];
const CARRIERS: [&str; 6] = ["a", "b", "c", "d", "p", "q"];
/// More than an indicator, bonus or total can reach: 120 % of 25, 15.
const CAPS: [(&str, f64); 8] = [
    ("signed", 30.0),
    ("floor", 15.0),
    ("steps", 15.0),
    ("efficacy", 20.0),
    ("bands", 10.0),
    ("peers", 15.0),
    ("over", 6.0),
    ("tiers", 12.0),
];

fn any_figures() -> impl Strategy<Value = Figures> {
    let figure = (0i64..40, proptest::option::weighted(0.8, 0i64..30));
    let rows = proptest::collection::vec(figure, CARRIERS.len() * INPUTS.len());
    let ratings = proptest::collection::vec((0usize..6, 0usize..6, 0u32..=100), 0..20);
    (rows, ratings).prop_map(|(figures, ratings)| {
        let keys = CARRIERS.iter().flat_map(|carrier| INPUTS.iter().map(move |input| (*carrier, *input)));
        let rows = keys.zip(figures).map(|((carrier, input), (done, target))| row(carrier, input, done, target)).collect();
        let ratings = ratings.iter().map(|(rater, rated, points)| rating(CARRIERS[*rater], CARRIERS[*rated], f64::from(*points)));
        Figures { rows, ratings: ratings.collect(), entries: Vec::new() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn more_done_never_scores_less(figures in any_figures(), at in 0usize..36, more in 1i64..50) {
        let scoring = every_shape();
        let before = sheet(&scoring, &figures);
        let mut raised = figures.clone();
        raised.rows[at].done += more;
        let carrier = raised.rows[at].carrier_id.clone();
        let after = sheet(&scoring, &raised);
        for (then, now) in before.of(&carrier).unwrap().lines.iter().zip(&after.of(&carrier).unwrap().lines) {
            let (then, now) = if then.kind == LineKind::Deduction { (now, then) } else { (then, now) };
            prop_assert!(now.points.unwrap_or(-1.0) >= then.points.unwrap_or(-1.0) - 1e-9, "{} → {}", then.text, now.text);
        }
        let totals = [&before, &after].map(|sheet| sheet.of(&carrier).unwrap().total.unwrap_or(-1.0));
        prop_assert!(totals[1] >= totals[0] - 1e-9, "{totals:?}");
    }

    #[test]
    fn caps_hold_and_lines_add_up(figures in any_figures()) {
        let found = sheet(&every_shape(), &figures);
        for (_, score) in found.carriers() {
            for line in &score.lines {
                let cap = CAPS.iter().find(|(id, _)| *id == line.id).map_or(5.0, |(_, cap)| *cap);
                prop_assert!(line.points.is_none_or(|points| (0.0..=cap + 1e-9).contains(&points)), "{}", line.text);
                prop_assert!(line.points.is_some() || line.place.is_none(), "not scored, not ranked");
            }
            prop_assert!(score.bonus <= 15.0 && score.deduction <= 5.0);
            // Rescaled or not: 105 is the most that 120 % of 25 allows when nothing is skipped.
            let scored: Vec<_> = score.lines.iter().filter(|line| line.kind == LineKind::Indicator && line.points.is_some()).collect();
            let weight: f64 = scored.iter().filter_map(|line| line.most).sum();
            let points: f64 = scored.iter().filter_map(|line| line.points).sum();
            match score.base {
                Some(base) => {
                    prop_assert!((base * weight - points * 100.0).abs() < 1e-6);
                    prop_assert!((score.total.unwrap() - (base + score.bonus - score.deduction).max(0.0)).abs() < 1e-9);
                }
                None => prop_assert!(scored.is_empty() && score.place.is_none()),
            }
        }
    }

    #[test]
    fn places_follow_printed_totals_and_equals_share(figures in any_figures()) {
        for group in sheet(&every_shape(), &figures).groups {
            let printed = |score: &CarrierScore| crate::figures::print(score.total, 2);
            for one in &group.carriers {
                let better = group.carriers.iter().filter(|other| {
                    other.total.is_some() && printed(other) != printed(one) && other.total > one.total
                });
                prop_assert_eq!(one.place, one.total.map(|_| better.count() + 1));
                prop_assert!(group.carriers.iter().all(|other| printed(other) != printed(one) || other.place == one.place));
            }
            prop_assert!(group.carriers.is_sorted_by_key(|score| score.place.unwrap_or(usize::MAX)));
        }
    }

    #[test]
    fn groups_do_not_touch_each_other(figures in any_figures(), other in any_figures()) {
        let scoring = every_shape();
        let before = sheet(&scoring, &figures);
        // Other figures for the parks, the same for the towns.
        let mut mixed = figures.clone();
        mixed.rows[24..].clone_from_slice(&other.rows[24..]);
        let after = sheet(&scoring, &mixed);
        prop_assert_eq!(&before.groups[0], &after.groups[0]);
    }

    #[test]
    fn the_order_of_rows_does_not_matter(figures in any_figures()) {
        let scoring = every_shape();
        let mut turned = figures.clone();
        turned.rows.reverse();
        prop_assert_eq!(sheet(&scoring, &figures), sheet(&scoring, &turned));
    }

    #[test]
    fn a_trial_without_changes_is_the_sheet(figures in any_figures(), from in 0usize..6, to in 0usize..6) {
        let scoring = every_shape();
        let standing = sheet(&scoring, &figures);
        let outcome = what_if(&scoring, "l", WHOLE_YEAR, &figures, &[]).unwrap();
        prop_assert_eq!(&outcome.sheet, &standing);
        prop_assert!(outcome.differences.is_empty());
        // There and back again is no change either, and nothing is lost on the way.
        let change = |from: usize, to: usize| Change::Move {
            inputs: vec!["signed".to_owned()],
            from: CARRIERS[from].to_owned(),
            to: CARRIERS[to].to_owned(),
            done: 1,
        };
        if let Ok(outcome) = what_if(&scoring, "l", WHOLE_YEAR, &figures, &[change(from, to), change(to, from)]) {
            prop_assert_eq!(&outcome.sheet, &standing);
        }
    }

    #[test]
    fn a_record_survives_its_text(figures in any_figures()) {
        let mut sound = figures;
        sound.ratings.clear();
        let closed = Record::draft(&sheet(&every_shape(), &sound), 3, day("2023-01-09"));
        let read = Record::from_text(&closed.to_text().unwrap()).unwrap();
        prop_assert_eq!(read.print(), closed.print());
        prop_assert_eq!(read, closed);
    }
}
