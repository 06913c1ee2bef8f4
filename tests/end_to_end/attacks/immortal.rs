//! Statements that would never end (不死语句): each gives its place back at its deadline, and the server stays as it was.

use super::client::{Ended, shortened};
use super::ground::Ground;
use super::list::families;

/// Seconds that a statement may take here.
const SECONDS: u64 = 1;
/// What promise 9 gives beyond the deadline, milliseconds.
const PROMISED: u64 = 500;
/// The machine of a test may be busy with others: its clock is trusted this far, milliseconds. The promise itself is measured by
/// `benchmarks/statements`.
const TOLERANCE: u64 = 3_000;

#[test]
fn immortal_statements_give_their_place_back_at_the_deadline() {
    let ground = Ground::new(SECONDS);
    let families = families(include_str!("immortal.toml"));
    let endless = families[0].statements(&ground.places);
    assert!(endless.len() >= 40, "{}", endless.len());
    let mut faults = Vec::new();
    let mut late = 0;
    for sql in families.iter().flat_map(|family| family.statements(&ground.places)) {
        let outcome = ground.city.ask(&sql);
        faults.extend(ground.city.faults(&sql, &outcome));
        late += usize::from(outcome.is_late());
        if outcome.ended == Ended::Answered {
            faults.push(format!("has an answer: {}", shortened(&sql)));
        }
        // The same person's next statement is answered: the place is free.
        if ground.city.ask_small("select 40 + 2 as n").ended != Ended::Answered {
            faults.push(format!("the place was not free after {}", shortened(&sql)));
        }
    }
    faults.extend(ground.harm());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // The others take all memory that they may have before it.
    assert!(late >= endless.len() / 2, "only {late} of {} met the deadline", endless.len());
    // What the desk itself wrote down: from the worker's beginning to the place given back.
    let longest: u64 = ground.city.cells("select max(ran_ms) from system.queries")[0].parse().unwrap();
    assert!(longest >= SECONDS * 1_000, "{longest} ms: nothing ran to its deadline");
    assert!(longest <= SECONDS * 1_000 + PROMISED + TOLERANCE, "{longest} ms from beginning to end");
}
