//! Statements that would never end (不死语句): each gives its place back at its deadline, and the server stays as it was.

use super::client::Ended;
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
    let statements: Vec<String> =
        families(include_str!("immortal.toml")).iter().flat_map(|family| family.statements(&ground.places)).collect();
    assert!(statements.len() >= 40, "{}", statements.len());
    let mut faults = Vec::new();
    let mut late = 0;
    for sql in &statements {
        let outcome = ground.city.ask(sql);
        faults.extend(ground.city.faults(sql, &outcome));
        late += usize::from(outcome.is_late());
        // The same person's next statement is answered: the place is free.
        if ground.city.ask_small("select 40 + 2 as n").ended != Ended::Answered {
            faults.push(format!("the place was not free after {}", super::client::shortened(sql)));
        }
    }
    faults.extend(ground.harm());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(late >= 15, "only {late} statements met the deadline: they are not immortal");
    // What the desk itself wrote down: from the worker's beginning to the place given back.
    let longest: u64 = ground.city.cells("select max(ran_ms) from system.queries")[0].parse().unwrap();
    assert!(longest >= SECONDS * 1_000, "{longest} ms: nothing ran to its deadline");
    assert!(longest <= SECONDS * 1_000 + PROMISED + TOLERANCE, "{longest} ms from beginning to end");
}
