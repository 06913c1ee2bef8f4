//! The gate: a sound generation passes, and each injected fault is found by the check meant for it.

use qunlian_engine::{CheckOutcome, check};
use qunlian_queries::Library;

use crate::fixture::{self, Tables, Written, set};

async fn outcomes(written: &Written) -> Vec<CheckOutcome> {
    check(&written.files, &fixture::contract(), &fixture::rules(), &Library::embedded().unwrap()).await.unwrap()
}

async fn failed(tables: &Tables) -> Vec<String> {
    let outcomes = outcomes(&fixture::write(tables, 3)).await;
    outcomes.iter().filter(|outcome| !outcome.passed).map(|outcome| outcome.name.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_generation_passes() {
    let written = fixture::write(&fixture::tables(), 3);
    let outcomes = outcomes(&written).await;
    assert!(outcomes.len() >= 10);
    for outcome in outcomes {
        assert!(outcome.passed, "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_found() {
    let spoil = |table: &str, at: usize, column: &str, value: &str| {
        let mut tables = fixture::tables();
        set(&mut tables.0.get_mut(table).unwrap()[at], column, value);
        tables
    };
    let check = |tables: Tables, expect: &'static str| async move {
        let failed = failed(&tables).await;
        assert!(failed.iter().any(|name| name == expect), "{expect}: {failed:?}");
    };
    let mut twice = fixture::tables();
    let copied = twice.0["milestones"][0].clone();
    twice.0.get_mut("milestones").unwrap().push(copied);
    check(twice, "milestone_versions_do_not_overlap").await;
    let mut unknown_twice = fixture::tables();
    set(&mut unknown_twice.0.get_mut("milestones").unwrap()[0], "milestone", "topped_out");
    let copied = unknown_twice.0["milestones"][0].clone();
    unknown_twice.0.get_mut("milestones").unwrap().push(copied);
    check(unknown_twice, "milestone_versions_do_not_overlap").await;
    let mut paid_twice = fixture::tables();
    let copied = paid_twice.0["investments"][0].clone();
    paid_twice.0.get_mut("investments").unwrap().push(copied);
    check(paid_twice, "amounts_do_not_overlap").await;
    let mut unset = fixture::tables();
    let copied = unset.0["targets"][0].clone();
    unset.0.get_mut("targets").unwrap().push(copied);
    check(unset, "one_current_target").await;
    check(spoil("projects", 0, "known_until", "2022-01-01"), "one_current_project_version").await;
    // p05's first version stands sixth: p02 before it has two.
    check(spoil("projects", 5, "known_until", "2022-05-01"), "project_versions_are_gapless").await;
    check(spoil("projects", 6, "version", "4"), "project_versions_are_gapless").await;
    check(spoil("projects", 0, "planned_start_on", "2022-06-30"), "promises_keep_their_first").await;
    check(spoil("projects", 0, "first_planned_completion_on", ""), "promises_keep_their_first").await;
    check(spoil("projects", 0, "planned_start_moved", ""), "promises_keep_their_first").await;
    check(spoil("projects", 0, "version", "2"), "one_current_project_version").await;
    let mut two_parts = fixture::tables();
    let copied = two_parts.0["projects"][0].clone();
    two_parts.0.get_mut("projects").unwrap().push(copied);
    check(two_parts, "one_current_project_version").await;
    check(spoil("milestones", 0, "carrier_id", "nowhere"), "carriers_sum_to_city").await;
    check(spoil("milestones", 0, "carrier_id", "nowhere"), "codes_are_known").await;
    check(spoil("projects", 0, "chain_id", "nochain"), "chains_sum_to_city").await;
    check(spoil("projects", 0, "segment_id", "food-drink"), "codes_are_known").await;
    check(spoil("targets", 7, "value", "13"), "carrier_targets_sum_to_city").await;
    // A target that the center revised needs not wait until its parts are: the daily reconciliation shows it.
    let mut revised = spoil("targets", 7, "value", "13");
    set(&mut revised.0.get_mut("targets").unwrap()[7], "source", "books");
    assert_eq!(failed(&revised).await, Vec::<String>::new());
    check(spoil("milestones", 0, "project_id", "p99"), "facts_have_their_project").await;
    check(spoil("milestones", 0, "known_until", "2022-01-01"), "spans_are_forward").await;
    check(spoil("milestones", 0, "year", "2021"), "year_is_of_recognition").await;
    check(spoil("projects", 0, "region_kind", "outside_province"), "words_are_known").await;
    check(spoil("milestones", 0, "milestone", ""), "words_are_known").await;
    check(spoil("projects", 0, "agreed_yuan", "-5"), "money_is_not_negative").await;
    check(spoil("bands", 1, "at_least_yuan", "1500000000"), "bands_nest").await;
    check(spoil("milestones", 0, "revoked_on", "2022-01-01"), "revocations_follow_recognition").await;
    check(spoil("claims", 1, "milestones", "started,completed"), "recognised_claims_count").await;
    check(spoil("milestones", 0, "source", "books-xiangshan:2022:2"), "books_count_what_is_recognised").await;
    check(spoil("investments", 0, "source", "books-suixi:2022:1"), "books_count_what_is_recognised").await;
    assert_eq!(failed(&spoil("milestones", 0, "source", "books-suixi:2022:1")).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_break_the_contract_stop_the_gate() {
    let mut short = fixture::write(&fixture::tables(), 3);
    short.files.generation.rows[0].1 += 1;
    let mut swapped = fixture::write(&fixture::tables(), 3);
    let carriers = swapped.files.parts("carriers").to_vec();
    swapped.files.tables.iter_mut().find(|(name, _)| name == "chains").unwrap().1 = carriers;
    let mut stray = fixture::write(&fixture::tables(), 3);
    stray.files.tables.push(("secrets".into(), Vec::new()));
    let mut missing = fixture::write(&fixture::tables(), 3);
    missing.files.tables[0].1[0] = missing.folder.path().join("gone.parquet");
    for (written, words) in [(short, "清单写"), (swapped, "约定为"), (stray, "secrets"), (missing, "gone.parquet")] {
        let outcomes = outcomes(&written).await;
        assert_eq!(outcomes.len(), 1, "no query runs over files that break the contract");
        assert!(!outcomes[0].passed && outcomes[0].rows.iter().any(|row| row.contains(words)), "{words}: {outcomes:?}");
    }
}
