//! The Flight SQL door as Python's Arrow clients meet it: into Arrow, pandas and polars, own rows only, no way to write, and an
//! end to every power that was taken away.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use chrono::{TimeDelta, Utc};
use qunlian_domain::access::Role;
use qunlian_domain::access::token::TokenScope;
use qunlian_domain::audit::AuditAction;
use qunlian_registry::secret::{key_of, new_secret};
use qunlian_registry::{AccountBooks, AuditBooks, AuditFilter, NewToken};

use crate::support::psql::{Analyst, Door};
use crate::support::{Folder, python, words};

const SWITCHED_ON: &str = "[doors]\nflight = \"127.0.0.1:0\"\n[limits]\nsql_seconds = 20\n";

fn open() -> Door {
    Door::named("flight", Folder::with_sample(7, Vec::new()).0, SWITCHED_ON)
}

fn door() -> &'static (Door, Analyst) {
    static DOOR: OnceLock<(Door, Analyst)> = OnceLock::new();
    DOOR.get_or_init(|| {
        let door = open();
        let analyst = door.analyst("fenxi", None);
        (door, analyst)
    })
}

fn script(name: &str) -> Command {
    let mut command = Command::new(python());
    command.arg(format!("{}/tests/end_to_end/flight/{name}.py", env!("CARGO_MANIFEST_DIR"))).stdin(Stdio::null());
    command
}

fn asking(door: &Door, token: &str, sql: &str) -> Command {
    let mut command = script("ask");
    command.args([&door.port, sql]).env("QUNLIAN_TOKEN", token);
    command
}

fn asked(door: &Door, token: &str, sql: &str) -> Output {
    asking(door, token, sql).output().unwrap()
}

/// What a statement gives that must succeed: cells with `|` between.
fn answer(door: &Door, analyst: &Analyst, sql: &str) -> String {
    let output = asked(door, &analyst.token, sql);
    assert!(output.status.success(), "{sql}: {}", words(&output));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// What is said to a statement that must fail.
fn refused(door: &Door, token: &str, sql: &str) -> String {
    let output = asked(door, token, sql);
    assert!(!output.status.success(), "{sql}: {}", words(&output));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn python_reads_arrow_pandas_and_polars() {
    // Of its own: the last check uses up all tries.
    let door = open();
    let analyst = door.analyst("python", None);
    let output = script("check").args([&door.port, &analyst.name, &analyst.token]).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let expect = ["arrow", "pandas", "polars", "prepared", "catalogs", "faults", "writes", "streams", "login", "connections", "tries"];
    assert_eq!(said.lines().collect::<Vec<_>>(), expect);
}

#[test]
fn figures_are_those_of_the_command_line() {
    let (door, analyst) = door();
    for sql in [
        "select count(*) from projects where known_until is null",
        "select sum(value) from targets where year = 2022",
        "select count(distinct carrier_id) from milestones",
    ] {
        assert_eq!(answer(door, analyst, sql), door.folder.number(None, sql).to_string(), "{sql}");
    }
}

#[test]
fn a_carriers_analyst_learns_of_no_other_rows() {
    let (door, analyst) = door();
    let own = door.analyst("suixi-fenxi", Some("suixi"));
    let carriers = "select distinct carrier_id from projects order by 1";
    let all = answer(door, analyst, carriers);
    let seen = answer(door, &own, carriers);
    let subtree = door.folder.sql(None, "select carrier_id from carriers where carrier_id = 'suixi' or parent_id = 'suixi'");
    assert!(!seen.is_empty() && seen.len() < all.len());
    assert!(seen.lines().all(|id| subtree.iter().any(|row| row[0] == id)), "{seen:?}");
    // Not by a fault that a foreign row would make …
    let other = all.lines().find(|id| !seen.contains(id)).unwrap();
    let trap = format!("select sum(1 / (case when carrier_id = '{other}' then 0 else 1 end)) from projects");
    assert!(refused(door, &analyst.token, &trap).contains("refused"));
    assert_eq!(answer(door, &own, &trap), answer(door, &own, "select count(*) from projects"));
    // … nor by a plan, its statistics, its counts …
    let explained = answer(door, &own, "explain analyze select * from projects");
    let whole = door.folder.number(None, "select count(*) from projects").to_string();
    assert!(!explained.contains(other) && !explained.contains(&format!("output_rows={whole}")), "{explained}");
    assert!(!explained.contains(door.folder.dir.path().to_str().unwrap()), "{explained}");
    // … nor by the history of others.
    assert_ne!(answer(door, analyst, "select count(*) from system.queries where asker = 'fenxi'"), "0");
    assert_eq!(answer(door, &own, "select count(*) from system.queries where asker <> 'suixi-fenxi'"), "0");
}

#[test]
fn a_ticket_gives_whoever_brings_it_their_own_rows() {
    let (door, analyst) = door();
    let own = door.analyst("suixi-piao", Some("suixi"));
    let carriers = "select distinct carrier_id from projects order by 1";
    let rows = [analyst, &own].map(|analyst| answer(door, analyst, carriers).replace('\n', ","));
    let output = script("tickets").arg(&door.port).env("QUNLIAN_TOKENS", format!("{} {}", analyst.token, own.token)).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // A cancel by somebody else stops nothing (status 3), one's own does (1).
    let expect = [&rows[0], &rows[1], "refused", "refused", "closed", "unreadable", "0803", "0801", "cancelled"];
    assert_eq!(said.lines().collect::<Vec<_>>(), expect);
}

#[test]
fn only_a_living_token_for_statements_opens() {
    let (door, _) = door();
    assert!(refused(door, &"0".repeat(64), "select 1").contains("令牌不正确"));
    let reader = door.analyst("duqu", None);
    assert_eq!(answer(door, &reader, "select 40 + 2"), "42");
    let books = door.folder.books();
    let account = books.account_named("duqu").unwrap().unwrap();
    let token = books.tokens_of(account.id).unwrap().remove(0);
    assert!(books.revoke_token(token.id, Utc::now()).unwrap());
    assert!(refused(door, &reader.token, "select 1").contains("令牌已撤销或过期"));
    let (secret, now) = (new_secret().unwrap(), Utc::now());
    let made = |scope, key, expires_at| NewToken { account: account.id, title: "t".to_owned(), key, scopes: vec![scope], now, expires_at };
    books.create_token(&made(TokenScope::Read, key_of(&secret), now + TimeDelta::days(1))).unwrap();
    assert!(refused(door, &secret, "select 1").contains("令牌已撤销或过期"), "good for figures, not for statements");
    // The right is taken away: the token is as good as before, and opens nothing.
    let (secret, granted) = (new_secret().unwrap(), |role| vec![qunlian_registry::Grant { role, carrier_id: None }]);
    books.create_token(&made(TokenScope::Sql, key_of(&secret), now + TimeDelta::days(1))).unwrap();
    assert!(asked(door, &secret, "select 1").status.success());
    books.grant_roles(account.id, &granted(Role::SystemAdministrator), "test", now).unwrap();
    assert!(refused(door, &secret, "select 1").contains("没有自助查询的权限"));
    books.grant_roles(account.id, &granted(Role::Analyst), "test", now).unwrap();
    assert!(asked(door, &secret, "select 1").status.success());
    books.set_disabled(account.id, true, now).unwrap();
    assert!(refused(door, &secret, "select 1").contains("Unauthenticated"));
}

#[test]
fn a_client_that_is_gone_frees_its_place() {
    let (door, analyst) = door();
    let long = "select a.day from calendar a cross join calendar b cross join calendar c";
    let running = format!("select count(*) from system.queries where state = 'running' and door = 'flight' and sql = '{long}'");
    let mut child = asking(door, &analyst.token, long).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // It says so once its rows begin; before that the same words are asked for their columns only.
    let begun = BufReader::new(child.stderr.take().unwrap()).lines().next().unwrap().unwrap();
    assert_eq!(begun, "begun");
    door.server.wait_for("the statement to run", |_| answer(door, analyst, &running) == "1");
    child.kill().unwrap();
    child.wait().unwrap();
    door.server.wait_for("the statement to end", |_| answer(door, analyst, &running) == "0");
    // What was planned beforehand is done; what ran was stopped.
    let state = format!("select distinct state from system.queries where door = 'flight' and sql = '{long}' order by 1");
    assert_eq!(answer(door, analyst, &state), "done\nstopped");
}

/// The most memory a process has had, KiB.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_great_answer_streams_in_little_memory() {
    let door = open();
    let analyst = door.analyst("duxie", None);
    assert_eq!(answer(&door, &analyst, "select 1"), "1");
    let before = peak(door.server.id());
    let days = door.folder.number(None, "select count(*) from calendar");
    let wide = "select a.*, b.* from calendar a cross join calendar b limit 4000000";
    let output = asking(&door, &analyst.token, wide).env("QUNLIAN_COUNTS", "1").output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    let rows: i64 = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap();
    assert_eq!(rows, (days * days).min(4_000_000));
    // Each row has two dates, six numbers, two truths and two texts: 70 bytes and more.
    let (grown, whole) = ((peak(door.server.id()) - before) / 1024, rows * 70 / 1_048_576);
    assert!(grown < 64 && whole > 100, "{grown} MiB more for an answer of {whole} MiB");
}

#[test]
fn statements_and_logins_are_in_the_audit_log() {
    let (door, analyst) = door();
    answer(door, analyst, "select 'recorded-9c1e'");
    refused(door, &analyst.token, "select 'recorded-77b0' from accounts");
    refused(door, &"2".repeat(64), "select 1");
    let books = door.folder.books();
    let page = |action| books.audit_page(&AuditFilter { action: Some(action), ..AuditFilter::default() }, None, 200).unwrap();
    let of = |action, part: &str| page(action).iter().any(|record| record.detail.contains("flight") && record.detail.contains(part));
    let ran = page(AuditAction::Sql).iter().filter(|record| record.detail.contains("recorded-9c1e")).count();
    assert_eq!(ran, 1, "once, although it was planned before");
    assert!(of(AuditAction::Sql, "recorded-77b0") && of(AuditAction::Login, "127.0.0.1") && of(AuditAction::LoginFailed, "127.0.0.1"));
    for action in [AuditAction::Sql, AuditAction::Login, AuditAction::LoginFailed] {
        let records = page(action);
        assert!(records.iter().all(|record| !record.detail.contains(&analyst.token) && !record.detail.contains(&"2".repeat(64))));
    }
}

#[test]
fn an_open_address_without_a_certificate_is_refused() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.data()).unwrap();
    std::fs::write(folder.data().join("qunlian.toml"), "[doors]\nflight = \"0.0.0.0:0\"\n").unwrap();
    let said = folder.fail(&["serve", "--listen", "127.0.0.1:0"], 2);
    assert!(said.contains("Flight SQL") && said.contains("certificate") && said.contains("hint:"), "{said}");
}

#[test]
fn off_loopback_only_encrypted_connections_are_served() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1";
    let mut openssl = Command::new("openssl");
    openssl.args(made.split(' ')).args(["-keyout", "key.pem", "-out", "chain.pem"]).current_dir(folder.data());
    let made = openssl.output().unwrap();
    assert!(made.status.success(), "{}", words(&made));
    let chain = folder.data().join("chain.pem");
    let configuration = "[server]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n[doors]\nflight = \"0.0.0.0:0\"\n";
    let door = Door::named("flight", folder, configuration);
    let analyst = door.known("fenxi");
    let encrypted = asking(&door, &analyst.token, "select 20 + 22").env("QUNLIAN_CERTIFICATE", &chain).output().unwrap();
    assert!(encrypted.status.success() && encrypted.stdout.starts_with(b"42"), "{}", words(&encrypted));
    let plain = asked(&door, &analyst.token, "select 20 + 22");
    assert!(!plain.status.success() && !words(&plain).contains("42\n"), "{}", words(&plain));
    let lines = door.folder.run(&["connect", "--host", "10.0.0.5"]);
    assert!(lines.contains("grpc+tls://10.0.0.5:0") && lines.contains("useEncryption=true") && !lines.contains("psql"), "{lines}");
}
