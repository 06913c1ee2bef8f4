//! Each kind of change by example, the sentences, and the laws of the totals.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn signed(project: &str) -> CountedFact<'_> {
    CountedFact {
        project,
        metric: Metric::Signed,
        carrier: "suixi",
        chain: "lv-ji",
        amount: Some(100_000_000),
        standing: Standing::Counted,
    }
}

fn revoked(project: &str) -> CountedFact<'_> {
    CountedFact { standing: Standing::Revoked, ..signed(project) }
}

#[test]
fn each_kind_of_change_is_told_apart() {
    let before = [signed("a"), signed("b"), signed("c"), signed("d"), revoked("e"), revoked("f")];
    let moved = CountedFact { carrier: "duji", chain: "tao-lv", amount: Some(250_000_000), ..signed("d") };
    let after = [signed("a"), revoked("b"), moved, signed("e"), revoked("f"), signed("g")];
    let comparison = compare(&before, &after).unwrap();
    let lines: Vec<_> = comparison.changes.iter().map(|change| (change.project, change.kind)).collect();
    let expect = [
        ("b", ChangeKind::Revoked),
        ("c", ChangeKind::Left),
        ("d", ChangeKind::Carrier { from: "suixi", to: "duji" }),
        ("d", ChangeKind::Chain { from: "lv-ji", to: "tao-lv" }),
        ("d", ChangeKind::Amount { from: Some(100_000_000), to: Some(250_000_000) }),
        ("e", ChangeKind::Entered),
        ("g", ChangeKind::Entered),
    ];
    assert_eq!(lines, expect);
    let totals = comparison.totals[&Metric::Signed];
    // a b c d = 4亿 before; a d e g = 1 + 2.5 + 1 + 1 = 5.5亿 after.
    let expect = Totals {
        before: 4,
        after: 4,
        entered: 2,
        left: 1,
        revoked: 1,
        carrier_moved: 1,
        chain_moved: 1,
        amount_changed: 1,
        yuan_before: 400_000_000,
        yuan_after: 550_000_000,
        yuan_entered: 200_000_000,
        yuan_gone: 200_000_000,
        yuan_revalued: 150_000_000,
    };
    assert_eq!(totals, expect);
    let said = comparison.sentence(day("2022-05-31"), day("2022-06-30"));
    let expect =
        "与5月31日相比，新签约总数不变：新增2个，移出1个，撤销1个，调整载体单位1个，调整产业链1个，协议投资额更正1个（净增1.5亿元）。";
    assert_eq!(said, expect);
}

#[test]
fn the_sentence_names_each_metric() {
    let ids: Vec<String> = (0..14).map(|number| format!("new-{number:02}")).collect();
    let mut before = vec![signed("x"), signed("y")];
    let started = CountedFact { metric: Metric::Started, ..signed("x") };
    let fixed = |amount| CountedFact { metric: Metric::FixedAssets, amount: Some(amount), ..signed("x") };
    before.extend([started, fixed(100_000_000)]);
    let mut after: Vec<CountedFact<'_>> = ids.iter().map(|id| signed(id)).collect();
    after.extend([revoked("x"), revoked("y"), started, fixed(70_000_000)]);
    let comparison = compare(&before, &after).unwrap();
    let said = comparison.sentence(day("2022-05-31"), day("2022-06-30"));
    let expect =
        "与5月31日相比，新签约净增12个：新增14个，撤销2个；新开工无变化；固定资产投资净减3,000万元：投资额变动1个（净减3,000万元）。";
    assert_eq!(said, expect);
}

#[test]
fn nothing_changed_says_so() {
    let facts = [signed("a"), revoked("b")];
    let comparison = compare(&facts, &facts).unwrap();
    assert!(comparison.is_empty());
    assert_eq!(comparison.sentence(day("2022-05-31"), day("2022-06-01")), "与5月31日相比，无变化。");
    assert_eq!(compare(&[], &[]).unwrap().sentence(day("2021-12-31"), day("2022-01-01")), "与2021年12月31日相比，无变化。");
}

#[test]
fn a_project_counts_once() {
    let error = compare(&[], &[signed("a"), signed("a")]).unwrap_err();
    assert!(error.to_string().contains("project a is there twice under signed on the later day"), "{error}");
    assert!(compare(&[], &[signed("a"), CountedFact { metric: Metric::Started, ..signed("a") }]).is_ok());
}

/// A fact of some project and metric, over few enough values that days often agree.
fn facts() -> impl Strategy<Value = Vec<CountedFact<'static>>> {
    let fact = (
        prop::sample::select(vec!["suixi", "duji"]),
        prop::sample::select(vec!["lv-ji", "tao-lv"]),
        prop::option::of(0i64..3),
        prop::sample::select(vec![Standing::Counted, Standing::Revoked]),
    );
    let project = prop::sample::select(vec!["a", "b", "c", "d", "e"]);
    prop::collection::btree_map((project, 0usize..4), fact, 0..12).prop_map(|map| {
        map.into_iter()
            .map(|((project, slot), (carrier, chain, amount, standing))| CountedFact {
                project,
                metric: Metric::ALL[slot],
                carrier,
                chain,
                amount,
                standing,
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn totals_add_up(before in facts(), after in facts()) {
        let comparison = compare(&before, &after).unwrap();
        let counted = |facts: &[CountedFact<'_>], metric| {
            facts.iter().filter(|fact| fact.metric == metric && fact.standing == Standing::Counted).count() as i64
        };
        for (metric, totals) in &comparison.totals {
            prop_assert_eq!(totals.before, counted(&before, *metric));
            prop_assert_eq!(totals.after, counted(&after, *metric));
            prop_assert_eq!(totals.after, totals.before + totals.entered - totals.left - totals.revoked);
            prop_assert_eq!(totals.yuan_after, totals.yuan_before + totals.yuan_entered - totals.yuan_gone + totals.yuan_revalued);
        }
        let lines = |kind: fn(&ChangeKind<'_>) -> bool| comparison.changes.iter().filter(|change| kind(&change.kind)).count() as i64;
        let total = |of: fn(&Totals) -> i64| comparison.totals.values().map(of).sum::<i64>();
        prop_assert_eq!(lines(|kind| *kind == ChangeKind::Entered), total(|totals| totals.entered));
        prop_assert_eq!(lines(|kind| *kind == ChangeKind::Revoked), total(|totals| totals.revoked));
        prop_assert_eq!(lines(|kind| matches!(kind, ChangeKind::Amount { .. })), total(|totals| totals.amount_changed));
    }

    #[test]
    fn backwards_is_the_opposite(before in facts(), after in facts()) {
        let (forth, back) = (compare(&before, &after).unwrap(), compare(&after, &before).unwrap());
        for (metric, totals) in &forth.totals {
            let other = back.totals[metric];
            prop_assert_eq!(totals.after - totals.before, other.before - other.after);
            prop_assert_eq!(totals.entered, other.left + other.revoked);
            prop_assert_eq!(totals.yuan_revalued, -other.yuan_revalued);
        }
        prop_assert_eq!(forth.is_empty(), back.is_empty());
        prop_assert!(compare(&before, &before).unwrap().is_empty());
    }
}
