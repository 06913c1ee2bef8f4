//! The listed attacks once more over the PostgreSQL door, by the analyst of one carrier: whose catalogs, cursors and COPY no page
//! has.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use super::super::postgres_clients::{own, python};
use super::client::{Asker, Ended, Outcome};
use super::ground::Ground;
use super::list::{Family, families};
use super::listed::FILES;

/// Seconds that a page's statement may take; here the client sets two.
const SECONDS: u64 = 20;

#[test]
fn no_listed_attack_reaches_anything_by_postgres() {
    let ground = Ground::new(SECONDS);
    let families: Vec<Family> = FILES.iter().chain(&[include_str!("postgres.toml")]).flat_map(|file| families(file)).collect();
    let statements: Vec<String> = families.iter().flat_map(|family| family.statements(&ground.places)).collect();
    let outcomes = asked(&ground, &ground.carrier, &statements);
    assert!(statements.len() >= 600, "{} statements", statements.len());
    assert_eq!(outcomes.len(), statements.len(), "each is answered or refused");
    let faults: Vec<String> = statements.iter().zip(&outcomes).flat_map(|(sql, outcome)| ground.carrier.faults(sql, outcome)).collect();
    assert!(faults.is_empty(), "{} statements, {} faults:\n{}", statements.len(), faults.len(), faults.join("\n"));
    assert_eq!(ground.harm(), Vec::<String>::new());
}

/// What the door says to each.
fn asked(ground: &Ground, asker: &Asker, statements: &[String]) -> Vec<Outcome> {
    let token = ground.token(asker.name);
    let mut child = python()
        .arg(own("asks.py"))
        .args([&ground.postgres, asker.name, &token])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: Vec<String> = statements.iter().map(|sql| Value::from(sql.as_str()).to_string()).collect();
    let sender = std::thread::spawn(move || lines.iter().for_each(|line| writeln!(input, "{line}").unwrap()));
    let output = child.wait_with_output().unwrap();
    sender.join().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(outcome).collect()
}

fn outcome(line: &str) -> Outcome {
    let told: Value = serde_json::from_str(line).unwrap();
    let words = told["words"].as_str().unwrap().to_owned();
    let ended = match told["state"].as_str() {
        None => Ended::Answered,
        Some(state @ ("broken" | "XX000")) => Ended::Broken(format!("{state}: {words}")),
        Some(_) => Ended::Refused(words.clone()),
    };
    Outcome { page: words, ended }
}
