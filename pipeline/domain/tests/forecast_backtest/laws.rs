//! Laws of the forecast: the seed decides, nothing falls, later months are not read, a higher target is never likelier.

use chrono::NaiveDate;
use proptest::prelude::*;
use qunlian_domain::forecast::{Basis, Forecast, Passage, Question, YearFlow, forecast};
use qunlian_domain::target::Metric;

use super::city::{YEAR, simulate, sum};
use super::record::{known, shipped};
use super::truth::Kind;

fn asked(flow: YearFlow, passages: &[Passage], metric: Metric, target: Option<i64>) -> Question<'_> {
    let as_of = NaiveDate::from_ymd_opt(YEAR, 5, 31).unwrap();
    Question { metric, as_of, target, flow, city: None, passages, seed: 20_220_531 }
}

#[test]
fn projects_in_hand_narrow_the_band() {
    let city = sum(&simulate(Kind::Steady, 2000));
    let (flow, passages) = known(&city, Metric::Started, 5);
    let with = forecast(&asked(flow, &passages, Metric::Started, None), &shipped()).unwrap();
    let without = forecast(&asked(flow, &[], Metric::Started, None), &shipped()).unwrap();
    let width = |forecast: &Forecast| forecast.year_end.p90 - forecast.year_end.p10;
    assert_eq!((with.basis, without.basis), (Basis::FlowAndPipeline, Basis::Flow));
    assert!(width(&with) < width(&without), "{with:?}\n{without:?}");
}

fn any_flow() -> impl Strategy<Value = YearFlow> {
    (prop::array::uniform12(0i64..40), prop::array::uniform12(1i64..40))
        .prop_map(|(this_year, last_year)| YearFlow { this_year, last_year: Some(last_year) })
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (59u32..364).prop_map(|ordinal| NaiveDate::from_yo_opt(YEAR, ordinal).unwrap())
}

fn ordered(forecast: &Forecast) -> bool {
    let ends = &forecast.year_end;
    let mut low = forecast.done;
    let band_rises = forecast.band.iter().all(|point| {
        let rises = low <= point.low && point.low <= point.middle && point.middle <= point.high;
        low = point.low;
        rises
    });
    let last = forecast.band.last().unwrap();
    let ends_meet = (last.low, last.middle, last.high) == (ends.p10, ends.p50, ends.p90);
    band_rises && ends_meet && ends.p10 <= ends.p25 && ends.p25 <= ends.p50 && ends.p50 <= ends.p75 && ends.p75 <= ends.p90
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_falls_and_the_seed_decides(flow in any_flow(), as_of in any_day(), seed in any::<u64>(), money in any::<bool>()) {
        let scale = if money { 7_310_000 } else { 1 };
        let scaled = |months: [i64; 12]| months.map(|value| value * scale);
        let flow = YearFlow { this_year: scaled(flow.this_year), last_year: flow.last_year.map(scaled) };
        let metric = if money { Metric::FixedAssets } else { Metric::Signed };
        let question = Question { as_of, seed, ..asked(flow, &[], metric, Some(300 * scale)) };
        if let Ok(first) = forecast(&question, &shipped()) {
            prop_assert!(ordered(&first), "{:?}", first);
            prop_assert!(first.mean >= first.done as f64);
            prop_assert_eq!(forecast(&question, &shipped()).unwrap(), first);
        }
    }

    #[test]
    fn a_higher_target_is_never_likelier(flow in any_flow(), as_of in any_day(), target in 0i64..600, more in 0i64..200) {
        let chance = |target: i64| {
            let question = Question { as_of, ..asked(flow, &[], Metric::Signed, Some(target)) };
            forecast(&question, &shipped()).ok().and_then(|forecast| forecast.chance)
        };
        prop_assert!(chance(target) >= chance(target + more));
    }

    #[test]
    fn months_to_come_are_not_read(flow in any_flow(), as_of in any_day(), later in 0i64..40) {
        use chrono::Datelike;
        let mut changed = flow;
        changed.this_year[as_of.month0() as usize + 1..].fill(later);
        let answer = |flow: YearFlow| forecast(&Question { as_of, ..asked(flow, &[], Metric::Signed, Some(200)) }, &shipped());
        prop_assert_eq!(answer(flow), answer(changed));
    }

    #[test]
    fn the_order_of_projects_does_not_matter(seed in 0u64..50, shuffled in Just((0..400usize).collect::<Vec<_>>()).prop_shuffle()) {
        let carriers = simulate(Kind::Steady, seed);
        let (flow, passages) = known(&carriers[0], Metric::Started, 5);
        let mixed: Vec<Passage> = shuffled.iter().filter_map(|place| passages.get(*place).copied()).collect();
        prop_assume!(mixed.len() == passages.len());
        let answer = |passages: &[Passage]| forecast(&asked(flow, passages, Metric::Started, Some(60)), &shipped());
        prop_assert_eq!(answer(&mixed), answer(&passages));
    }
}
