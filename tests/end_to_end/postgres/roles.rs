//! What an analyst of one carrier cannot learn over the PostgreSQL door (数据范围): by counts, errors, plans, catalogs, COPY, the
//! statements of others, or a connection that outlives its rights.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};

use chrono::Utc;
use qunlian_domain::access::Role;
use qunlian_registry::{AccountBooks, Grant};

use super::super::postgres_clients::{own, python};
use crate::support::psql::{Analyst, Door};
use crate::support::words;

/// Each gives one number, which is 0 for whoever sees nothing of another carrier, and more for the city's analyst.
const COUNTS: [&str; 12] = [
    "select count(*) from projects where carrier_id = 'xiangshan'",
    "select count(*) from public.projects where carrier_id = 'xiangshan'",
    "select count(*) from qunlian.public.projects where carrier_id = 'xiangshan'",
    "select count(*) from milestones m left join projects p on p.project_id = m.project_id where m.carrier_id = 'xiangshan'",
    "select count(*) from generation_1.projects where carrier_id = 'xiangshan'",
    "select count(*) from qunlian.asof_20220531.projects where carrier_id = 'xiangshan'",
    "select coalesce(max(case when carrier_id = 'xiangshan' then 1 end), 0) from projects",
    "select count(*) from projects p, pg_catalog.pg_class c where c.relname = 'projects' and p.carrier_id = 'xiangshan'",
    "select count(*) from (select carrier_id from projects union select carrier_id from milestones) as t where carrier_id = 'xiangshan'",
    "select count(*) from (select array_agg(carrier_id) as ids from projects) where array_has(ids, 'xiangshan')",
    "select count(*) from information_schema.tables t join projects p on p.carrier_id = 'xiangshan' where t.table_name = 'projects'",
    "begin; declare c cursor for select count(*) from projects where carrier_id = 'xiangshan'; fetch 1 from c; commit",
];

/// Statements that fail over another's row and are answered without it.
const ORACLES: [&str; 5] = [
    "select cast(name as int) from projects where carrier_id = 'xiangshan'",
    "select 1 / (1 - (select least(count(*), 1) from projects where carrier_id = 'xiangshan'))",
    "select (select name from projects where carrier_id = 'xiangshan')",
    "copy (select cast(name as int) from projects where carrier_id = 'xiangshan') to stdout",
    "select cast(p.name as int) from projects p, pg_class c where c.relname = 'projects' and p.carrier_id = 'xiangshan'",
];

/// The catalogs say the same to everybody: what is published, never how much of it there is.
const CATALOGS: [&str; 9] = [
    "select relname, reltuples, relpages, relkind, relnatts from pg_class order by 1",
    "select * from pg_attribute order by attrelid, attnum",
    "select * from pg_description order by 1, 3",
    "select * from pg_settings order by 1",
    "select * from information_schema.columns order by 3, 5",
    "select count(*), sum(n_live_tup) from pg_stat_user_tables",
    "select count(*) from pg_stat_activity",
    "select pg_total_relation_size(oid), pg_relation_size(oid) from pg_class order by oid",
    "select table_name, table_type from information_schema.tables order by 1",
];

#[test]
fn an_analyst_of_one_carrier_learns_nothing_of_another() {
    let door = Door::open(7);
    let (city, carrier) = (door.analyst("shi-fenxi", None), door.analyst("suixi-fenxi", Some("suixi")));
    for sql in COUNTS {
        let number = |analyst: &Analyst| door.ask(analyst, sql).lines().find(|line| line.parse::<i64>().is_ok()).unwrap().to_owned();
        assert_eq!(number(&carrier), "0", "{sql}");
        assert_ne!(number(&city), "0", "{sql}: the city's analyst sees it, or nothing is proven");
    }
    for sql in ORACLES {
        door.refused(&city, sql);
        door.ask(&carrier, sql);
    }
    for sql in CATALOGS {
        assert_eq!(door.ask(&carrier, sql), door.ask(&city, sql), "{sql}");
    }
    for refused in ["select * from pg_stats", "select * from pg_statistic", "select * from pg_shadow", "select * from system.accounts"] {
        assert!(door.refused(&carrier, refused).contains("42P01"), "{refused}");
    }
    assert_eq!(door.ask(&carrier, "copy (select * from projects where carrier_id = 'xiangshan') to stdout"), "");
    let plan = door.ask(&carrier, "explain analyze select name from projects where carrier_id = 'xiangshan'");
    assert!(plan.contains("output_rows=0") && !plan.contains(&door.folder.data().display().to_string()), "{plan}");
    // One's own statements are told, others' are not.
    door.ask(&city, "select count(*) from projects where name = '问他人的话'");
    let asked = "select count(*) from system.queries where sql like '%问他人%' and sql not like '%system.queries%'";
    assert_eq!((door.ask(&city, asked).as_str(), door.ask(&carrier, asked).as_str()), ("1", "0"));
    assert_eq!(door.ask(&carrier, "select count(distinct asker), min(asker) from system.queries"), "1|suixi-fenxi");
    assert_eq!(door.ask(&carrier, "select rolname from pg_roles where rolcanlogin"), "suixi-fenxi");
}

/// A client whose connection stays open.
struct Connected {
    child: Child,
    input: ChildStdin,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Connected {
    fn open(door: &Door, analyst: &Analyst) -> Self {
        let mut child = python()
            .arg(own("changed.py"))
            .args([&door.port, &analyst.name, &analyst.token])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, lines) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
        Self { child, input, lines }
    }

    fn told(&mut self, word: &str) -> String {
        writeln!(self.input, "{word}").unwrap();
        self.lines.next().unwrap_or_else(|| panic!("no answer to {word}")).unwrap()
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_connection_has_the_rights_of_the_moment() {
    let door = Door::open(7);
    let analyst = door.analyst("huangang", Some("suixi"));
    let (books, now) = (door.folder.books(), Utc::now());
    let account = books.account_named("huangang").unwrap().unwrap().id;
    let allow = |role: Role, carrier: Option<&str>| {
        books.grant_roles(account, &[Grant { role, carrier_id: carrier.map(str::to_owned) }], "test", now).unwrap();
    };
    let of_xiangshan = door.folder.number(None, "select count(*) from projects where carrier_id = 'xiangshan'").to_string();
    let mut connected = Connected::open(&door, &analyst);
    assert_eq!((connected.told("prepared"), connected.told("copied")), ("0".to_owned(), "0".to_owned()));
    assert_eq!(connected.told("declare"), "1");
    // The city's analyst from now on: the prepared statement is planned for him anew, the rows asked for before are not.
    allow(Role::Analyst, None);
    assert_eq!(connected.told("portion"), "42501");
    assert_eq!((connected.told("prepared"), connected.told("copied")), (of_xiangshan.clone(), of_xiangshan.clone()));
    assert_eq!(connected.told("prepared"), of_xiangshan);
    // And back: nothing that he saw is left in a cache of the connection.
    allow(Role::Analyst, Some("suixi"));
    assert_eq!((connected.told("prepared"), connected.told("copied")), ("0".to_owned(), "0".to_owned()));
    // Without the right to ask, the connection ends.
    allow(Role::Clerk, Some("suixi"));
    assert_eq!(connected.told("prepared"), "42501");
    assert_ne!(connected.told("prepared"), "0");
    assert!(door.refused(&analyst, "select 1 + 1").contains("没有自助查询的权限"));

    allow(Role::Analyst, Some("suixi"));
    let mut connected = Connected::open(&door, &analyst);
    assert_eq!(connected.told("declare"), "1");
    let token = books.tokens_of(account).unwrap().remove(0);
    assert!(books.revoke_token(token.id, Utc::now()).unwrap());
    assert_eq!(connected.told("portion"), "28000", "not even rows that were asked for before");
}

#[test]
fn guesses_are_slowed() {
    let door = Door::open(7);
    let (one, other) = (door.analyst("caice", None), door.analyst("pangren", None));
    let output = python().arg(own("wrong.py")).args([&door.port, &one.name, &one.token, &other.name, &other.token]).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "locked\nslowed\n", "{}", words(&output));
}
