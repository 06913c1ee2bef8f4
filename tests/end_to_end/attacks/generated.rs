//! Statements from a grammar (语法生成): plausible and hostile ones over our tables and functions, the same for the same seed.

mod grammar;

use std::sync::atomic::{AtomicU64, Ordering};

use super::client::Asker;
use super::ground::Ground;
use grammar::Grammar;

/// Seconds that a statement may take.
const SECONDS: u64 = 2;
/// Statements when nothing else is said: with two cores and no optimisation they take less than three minutes.
const USUAL: u64 = 3_000;
/// `QUNLIAN_GENERATED` takes their number instead; a whole run has 20,000.
const NUMBER: &str = "QUNLIAN_GENERATED";
/// `QUNLIAN_SEED` takes another beginning.
const SEED: &str = "QUNLIAN_SEED";

#[test]
fn no_generated_statement_reaches_anything() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap());
    let (count, seed) = (number(NUMBER, USUAL), number(SEED, 20_220_531));
    let ground = Ground::new(SECONDS);
    let (next, answered, late) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    // Two at once of each asker, as many as one person may run.
    let askers = [&ground.city, &ground.carrier, &ground.city, &ground.carrier];
    let mut faults: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = askers.iter().map(|asker| scope.spawn(|| ask(asker, seed, count, &next, [&answered, &late]))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    faults.extend(ground.harm());
    assert!(faults.is_empty(), "seed {seed}, {count} statements, {} faults:\n{}", faults.len(), faults.join("\n"));
    // A generator that only ever makes nonsense would try nothing.
    let (answered, late) = (answered.into_inner(), late.into_inner());
    assert!(answered * 4 >= count - late && answered * 20 >= count, "only {answered} of {count} were answered, {late} were late");
}

/// Takes statement after statement until all are asked.
fn ask(asker: &Asker, seed: u64, count: u64, next: &AtomicU64, [answered, late]: [&AtomicU64; 2]) -> Vec<String> {
    let mut faults = Vec::new();
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        if at >= count || faults.len() > 50 {
            return faults;
        }
        let sql = Grammar::new(seed.wrapping_add(at)).statement();
        let outcome = asker.ask(&sql);
        faults.extend(asker.faults(&sql, &outcome));
        let count = |what: &AtomicU64, holds: bool| what.fetch_add(u64::from(holds), Ordering::Relaxed);
        count(answered, outcome.ended == super::client::Ended::Answered);
        count(late, outcome.is_late());
    }
}
