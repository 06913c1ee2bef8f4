//! The PostgreSQL door as psql meets it: figures equal to the command line's, own rows only, no way to write, and an end to
//! every power that was taken away.

mod hostile;
mod roles;

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use qunlian_domain::audit::AuditAction;
use qunlian_registry::{AccountBooks, AuditBooks, AuditFilter};

use crate::support::psql::{Analyst, Door};
use crate::support::{Folder, words};

fn door() -> &'static (Door, Analyst) {
    static DOOR: OnceLock<(Door, Analyst)> = OnceLock::new();
    DOOR.get_or_init(|| {
        let door = Door::open(7);
        let analyst = door.analyst("fenxi", None);
        (door, analyst)
    })
}

#[test]
fn psql_reads_what_the_command_line_reads() {
    let (door, analyst) = door();
    for sql in [
        "select count(*) from projects where known_until is null",
        "select sum(value) from targets where year = 2022",
        "select count(distinct carrier_id) from milestones",
    ] {
        assert_eq!(door.ask(analyst, sql), door.folder.number(None, sql).to_string(), "{sql}");
    }
    let sql = "select name, title from system.tables where name = 'projects'";
    assert_eq!(door.ask(analyst, sql).split('|').next(), Some("projects"));
    let sql = "select cast('2022-05-31' as date), null, true, 1.5, '濉溪', array_agg(n) from (values (1), (2)) as v(n)";
    assert_eq!(door.ask(analyst, sql), "2022-05-31||t|1.5|濉溪|[1, 2]");
    assert_eq!(door.ask(analyst, "begin; select 1 + 1; commit"), "BEGIN\n2\nCOMMIT");
    assert_eq!(door.ask(analyst, "set timezone to 'UTC'; show timezone"), "SET\nUTC");
    assert_eq!(door.ask(analyst, "select current_user, current_database()"), "fenxi|qunlian");
    // More rows than one batch of the engine holds.
    let many = "select a.day as d from calendar a cross join (select * from calendar limit 40) b limit 30000";
    let rows = door.ask(analyst, many).lines().count();
    assert_eq!(rows, 30_000);
}

/// What psql says to one of its own commands.
fn described(command: &str) -> String {
    let (door, analyst) = door();
    let output = door.psql(analyst).args(["-A", "-v", "ON_ERROR_STOP=1", "-c", command]).output().unwrap();
    assert!(output.status.success() && !words(&output).contains("ERROR"), "{command}: {}", words(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn psql_describes_the_published_tables() {
    let tables = described("\\dt");
    for table in ["projects", "milestones", "targets", "carriers"] {
        assert!(tables.contains(&format!("public|{table}|table|qunlian")), "{table}: {tables}");
    }
    assert!(!tables.contains("pg_class"), "{tables}");
    assert!(described("\\d").contains("public|calendar|table|qunlian"));
    let table = described("\\d targets");
    assert!(
        table.contains("Table \"public.targets\"") && table.contains("value|bigint|||") && table.contains("known_from|date|||"),
        "{table}"
    );
    assert!(described("\\d+ targets").contains("目标值"), "titles are comments");
    assert!(described("\\dt+").contains("projects"));
    assert!(described("\\dn").contains("public|qunlian"));
    assert!(described("\\l").contains("qunlian|qunlian|UTF8"));
    assert!(described("\\df").contains("(0 rows)"));
    for other in ["\\du", "\\di", "\\dv", "\\dT", "\\dp", "\\conninfo", "\\dd", "\\encoding"] {
        described(other);
    }
    let (door, analyst) = door();
    let missing = door.psql(analyst).args(["-c", "\\d nothing"]).output().unwrap();
    assert!(words(&missing).contains("Did not find any relation"), "{}", words(&missing));
    assert_eq!(
        door.ask(analyst, "select count(*) from \"public\".\"carriers\""),
        door.folder.number(None, "select count(*) from carriers").to_string()
    );
    let columns = "select column_name from information_schema.columns where table_name = 'carriers' and ordinal_position = 1";
    assert_eq!(door.ask(analyst, columns), "carrier_id");
    // Not by any other way: the page's own statements know no such schema.
    assert!(door.folder.fail(&["sql", "select * from pg_catalog.pg_class"], 2).contains("no such table"));
}

#[test]
fn copy_gives_lines() {
    let (door, analyst) = door();
    let lines = door.ask(analyst, "copy (select carrier_id, carrier from carriers order by 1 limit 2) to stdout csv header");
    let rows = door.folder.sql(None, "select carrier_id, carrier from carriers order by 1 limit 2");
    let expect: Vec<String> = rows.iter().map(|row| format!("{},{}", row[0].as_str().unwrap(), row[1].as_str().unwrap())).collect();
    assert_eq!(lines, format!("carrier_id,carrier\n{}", expect.join("\n")));
    assert!(door.refused(analyst, "copy projects from stdin").contains("25006"));
    assert!(door.refused(analyst, "copy (select 1) to '/tmp/x'").contains("42501"));
}

#[test]
fn faults_have_a_code_a_hint_and_a_place() {
    let (door, analyst) = door();
    let check = |sql: &str, code: &str, more: &str| {
        let said = door.refused(analyst, sql);
        assert!(said.contains(&format!("{code}:")) && said.contains(more), "{sql}: {said}");
    };
    check("select nmae from projects", "42703", "LINE 1: select nmae from projects\n               ^");
    check("select 1 from project", "42P01", "projects");
    check("selec 1", "42601", "");
    check("select (1", "42601", "LINE 1");
    check("insert into projects values (1)", "25006", "");
    check("with a as (select 1) delete from projects", "25006", "");
    check("set datafusion.execution.batch_size = 1", "42704", "");
    check("select 1; drop table projects", "25006", "");
    check("select * from '/etc/passwd'", "42P01", "");
    check(&format!("select {}1", "1+".repeat(2_000)), "54000", "");
    check("select 1/0", "42000", "");
}

#[test]
fn only_a_living_token_opens() {
    let (door, analyst) = door();
    let wrong = Analyst { token: "0".repeat(64), ..analyst.clone() };
    let nobody = Analyst { name: "nobody".to_owned(), ..analyst.clone() };
    let (wrong, nobody) = (door.refused(&wrong, "select 1"), door.refused(&nobody, "select 1"));
    let cleaned = |said: &str| said.split("FATAL").nth(1).map(str::to_owned).unwrap_or_else(|| panic!("{said}"));
    assert!(cleaned(&wrong).contains("用户名或令牌不正确"), "{wrong}");
    assert_eq!(cleaned(&wrong), cleaned(&nobody), "nobody learns which names exist");
    let reader = door.analyst("duqu", None);
    let books = door.folder.books();
    let account = books.account_named("duqu").unwrap().unwrap();
    assert_eq!(door.ask(&reader, "select 1 as one"), "1");

    // Taken away while connected: the next statement fails and the connection ends.
    let mut child =
        door.psql(&reader).args(["-A", "-t"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    input.write_all(b"select 40 + 2;\n").unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), "42");
    let token = books.tokens_of(account.id).unwrap().remove(0);
    assert!(books.revoke_token(token.id, chrono::Utc::now()).unwrap());
    input.write_all(b"select 40 + 3;\n").unwrap();
    drop(input);
    assert!(lines.next().is_none());
    let output = child.wait_with_output().unwrap();
    assert!(words(&output).contains("28000"), "{}", words(&output));
    assert!(door.refused(&reader, "select 1").contains("用户名或令牌不正确"), "revoked");
}

#[test]
fn a_carriers_analyst_sees_the_carriers_rows() {
    let (door, analyst) = door();
    let own = door.analyst("suixi-fenxi", Some("suixi"));
    let carriers = "select distinct carrier_id from projects order by 1";
    let all: Vec<String> = door.ask(analyst, carriers).lines().map(str::to_owned).collect();
    assert!(all.len() > 3);
    let seen: Vec<String> = door.ask(&own, carriers).lines().map(str::to_owned).collect();
    let subtree = door.folder.sql(None, "select carrier_id from carriers where carrier_id = 'suixi' or parent_id = 'suixi'");
    assert!(!seen.is_empty() && seen.len() < all.len());
    assert!(seen.iter().all(|id| subtree.iter().any(|row| row[0] == id.as_str())), "{seen:?}");
    let count = "select count(*) from complaints where carrier_id <> 'suixi'";
    assert_ne!(door.ask(analyst, count), "0");
}

#[test]
fn statements_are_stopped_by_time_and_by_hand() {
    let (door, analyst) = door();
    let long = "select sum(a.month + b.month + c.month + d.month) from calendar a cross join calendar b cross join calendar c cross join calendar d";
    let started = Instant::now();
    let said = door.refused(analyst, &format!("set statement_timeout = '1s'; {long}"));
    assert!(said.contains("57014"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(20), "long before the server's own deadline: {:?}", started.elapsed());
    let long = &format!("{long} where a.month > 0");
    let child = door.psql(analyst).args(["-c", long]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    door.server.wait_for("the statement to run", |_| {
        door.ask(analyst, "select count(*) from system.queries where state = 'running' and door = 'postgres' and sql like '%a.month > 0'")
            != "0"
    });
    // What psql does at Ctrl-C: it asks for the end on a connection of its own.
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert!(words(&output).contains("57014"), "{}", words(&output));
}

#[test]
fn statements_and_logins_are_in_the_audit_log() {
    let (door, analyst) = door();
    door.ask(analyst, "select 'recorded-7f3a'");
    let _ = door.refused(&Analyst { token: "1".repeat(64), name: "ghost".to_owned() }, "select 1");
    let books = door.folder.books();
    let page = |action| books.audit_page(&AuditFilter { action: Some(action), ..AuditFilter::default() }, None, 200).unwrap();
    assert!(page(AuditAction::Sql).iter().any(|record| record.actor == "fenxi" && record.detail.contains("recorded-7f3a")));
    assert!(page(AuditAction::Login).iter().any(|record| record.actor == "fenxi" && record.detail.contains("postgres")));
    assert!(page(AuditAction::LoginFailed).iter().any(|record| record.subject == "ghost"));
    assert!(page(AuditAction::Sql).iter().all(|record| !record.detail.contains("timezone")), "session parameters are no statements");
}

#[test]
fn an_open_address_without_a_certificate_is_refused() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.data()).unwrap();
    std::fs::write(folder.data().join("qunlian.toml"), "[doors]\npostgres = \"0.0.0.0:0\"\n").unwrap();
    let said = folder.fail(&["serve", "--listen", "127.0.0.1:0"], 2);
    assert!(said.contains("certificate") && said.contains("hint:"), "{said}");
}

#[test]
fn off_loopback_only_encrypted_connections_are_served() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let made = std::process::Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-keyout",
            "key.pem",
            "-out",
            "chain.pem",
        ])
        .current_dir(folder.data())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", words(&made));
    let configuration = "[server]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n[doors]\npostgres = \"0.0.0.0:0\"\n";
    let door = Door::of(folder, configuration);
    let analyst = door.known("fenxi");
    let with = |mode: &str| door.psql(&analyst).env("PGSSLMODE", mode).args(["-A", "-t", "-c", "select 20 + 22"]).output().unwrap();
    let encrypted = with("require");
    assert!(encrypted.status.success() && encrypted.stdout.starts_with(b"42"), "{}", words(&encrypted));
    let plain = with("disable");
    assert!(!plain.status.success() && words(&plain).contains("sslmode=require"), "{}", words(&plain));
}
