//! Answers by size: what would not fit a page is refused in words, and comes whole as a file.

use super::client::Ended;
use super::ground::Ground;

/// Seconds that a statement may take.
const SECONDS: u64 = 60;
/// Bytes of one cell: sixteen letters, each become a thousand, each of those become 64.
const CELL: usize = 16 * 1_000 * 64;

/// Rows of one cell each.
fn cells(rows: usize) -> String {
    let (letters, thousand, more) = ("x".repeat(16), "x".repeat(1_000), "x".repeat(64));
    format!("(select replace(replace('{letters}', 'x', '{thousand}'), 'x', '{more}') as s from projects limit {rows})")
}

#[test]
fn answers_too_large_to_show_are_refused_in_words() {
    let ground = Ground::new(SECONDS);
    let refused = |sql: &str| match ground.city.ask(sql).ended {
        Ended::Refused(words) => words,
        other => panic!("{other:?}"),
    };
    // 39 MiB at once, and five times 20 MiB one after another.
    let words = refused(&cells(40));
    assert!(words.contains("bytes of rows at once"), "{words}");
    let parts = vec![cells(20); 5].join(" union all ");
    let words = refused(&parts);
    assert!(words.contains("bytes of rows to be shown"), "{words}");
    assert_eq!(ground.city.ask("select 1 as n").ended, Ended::Answered);
    // As a file the same is written as it comes.
    let file = ground.city.guest.get(&format!("/q.csv?sql={}", parts.replace(' ', "+").replace('\'', "%27")));
    assert_eq!(file.status, 200);
    assert!(file.body.len() > 100 * CELL, "{} bytes", file.body.len());
    assert_eq!(ground.harm(), Vec::<String>::new());
}
