//! What an analyst of one carrier cannot learn (数据范围): rows, counts, extremes, names, plans and statements of others.

use super::client::{Asker, Ended, cells};
use super::ground::Ground;
use crate::support::guest::Answer;

/// Seconds that a statement may take: none of these is slow, but the machine may be.
const SECONDS: u64 = 20;

/// Each gives one number, which is 0 for whoever sees nothing of another carrier, and more for the city's analyst.
const COUNTS: [&str; 18] = [
    "select count(*) from projects where carrier_id = 'xiangshan'",
    "select count(*) from projects where agreed_yuan = 776543210",
    "select count(distinct carrier_id) - 1 from projects",
    "select count(*) from milestones where carrier_id <> 'suixi'",
    "select count(*) from milestones m left join projects p on p.project_id = m.project_id and p.carrier_id = 'suixi' where p.name is null",
    "select count(*) from carriers c join projects p on p.carrier_id = c.carrier_id where c.carrier = '相山区'",
    "select count(*) from generation_2.projects where name like '%乙标记%'",
    "select count(*) from asof_20220531.projects where investor like '%乙标记%'",
    "select count(*) from asof_20991231.milestones where carrier_id = 'xiangshan'",
    "select count(*) from sources where file_name like '%乙标记%'",
    "select count(*) filter (where content like '%乙标记%') from projects",
    "select coalesce(max(case when carrier_id = 'xiangshan' then 1 end), 0) from projects",
    "with p as (select * from projects) select count(*) from p where investor like '%' and carrier_id = 'xiangshan'",
    "select count(*) from (select carrier_id from projects union select carrier_id from milestones) as t where carrier_id <> 'suixi'",
    "select count(*) from projects a full join projects b on a.agreed_yuan <> b.agreed_yuan where b.carrier_id = 'xiangshan'",
    "select count(*) from system.jobs where message like '%乙标记%'",
    "select count(*) from runs where message like '%乙标记%'",
    "select max(rank) - 1 from (select dense_rank() over (order by carrier_id) as rank from projects) as t",
];

/// Statements that would fail over another's row and be answered without it, or the other way round.
const ORACLES: [&str; 8] = [
    "select cast(name as int) from projects where carrier_id = 'xiangshan'",
    "select 1 / (agreed_yuan - 776543210) from projects",
    "select 1 / (select case when count(*) > 60 then 0 else 1 end from projects)",
    "select (select name from projects where carrier_id = 'xiangshan')",
    "select date_part('year', to_date(name)) from projects where name like '%乙标记%'",
    "select arrow_cast(agreed_yuan, 'Int8') from projects where carrier_id <> 'suixi'",
    "select 1 / (1 - (select least(count(*), 1) from projects where carrier_id = 'xiangshan'))",
    "select regexp_like('x', name || '[') from projects where agreed_yuan = 776543210",
];

#[test]
fn an_analyst_of_one_carrier_learns_nothing_of_another() {
    let ground = Ground::new(SECONDS);
    for sql in COUNTS {
        let (city, carrier) = (ground.city.cells(sql), ground.carrier.cells(sql));
        assert_eq!(carrier, ["0"], "{sql}");
        assert_ne!(city, ["0"], "{sql}: the city's analyst sees it, or nothing is proven");
    }
    by_address(&ground);
    for sql in ORACLES {
        let (city, carrier) = (ground.city.ask(sql), ground.carrier.ask(sql));
        assert!(matches!(city.ended, Ended::Refused(_)), "{sql}: {:?}", city.ended);
        assert_eq!(carrier.ended, Ended::Answered, "{sql}");
    }
    plans(&ground);
    statements_of_others(&ground);
    assert_eq!(ground.harm(), Vec::<String>::new());
}

/// The same by `/q.json`: own rows, and no answer kept for another is taken for one's own.
fn by_address(ground: &Ground) {
    for sql in COUNTS {
        let address = format!("/q.json?sql={}", encoded(sql));
        let (city, carrier) = (ground.city.guest.get(&address), ground.carrier.guest.get(&address));
        assert_eq!((city.status, carrier.status), (200, 200), "{sql}: {} {}", city.text(), carrier.text());
        let rows = |answer: &Answer| serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap()["rows"].clone();
        let is_nought = |answer: &Answer| rows(answer)[0][0].as_f64() == Some(0.0);
        assert!(is_nought(&carrier), "{sql}: {}", carrier.text());
        assert_ne!(rows(&city), rows(&carrier), "{sql}");
        let etag = city.header("etag");
        if !etag.is_empty() {
            let again = ground.carrier.guest.get_unless(&address, etag);
            assert!(again.status == 200 && is_nought(&again), "{sql}: {}", again.text());
            assert_eq!(ground.city.guest.get_unless(&address, etag).status, 304, "{sql}");
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// Plans count the rows of one's own files only.
fn plans(ground: &Ground) {
    let lines = |asker: &Asker, sql: &str| {
        let outcome = asker.ask(sql);
        assert_eq!((&outcome.ended, asker.faults(sql, &outcome)), (&Ended::Answered, Vec::new()), "{sql}");
        outcome.page
    };
    let analyzed = "explain analyze select name from projects where carrier_id = 'xiangshan'";
    let page = lines(&ground.carrier, analyzed);
    assert!(page.contains("output_rows=0"), "{page}");
    for how in ["explain", "explain verbose", "explain analyze verbose", "explain format tree"] {
        let sql = format!("{how} select min(name), max(name), count(*) from projects where agreed_yuan > 0");
        lines(&ground.carrier, &sql);
        lines(&ground.city, &sql);
    }
}

/// One's own statements are told, others' are not: neither their text, nor who, nor how many.
fn statements_of_others(ground: &Ground) {
    let secret = "select count(*) from projects where name = '问他人的话'";
    ground.city.cells(secret);
    ground.city.ask("select nothing_of_this_name from projects where name = '问他人的话'");
    let asked = "select count(*) from system.queries where sql like '%问他人%' and sql not like '%system.queries%'";
    assert_eq!((ground.city.cells(asked), ground.carrier.cells(asked)), (vec!["2".to_owned()], vec!["0".to_owned()]));
    let people = "select count(distinct asker), min(asker) from system.queries";
    assert_eq!(ground.carrier.cells(people), ["1", "carrier-analyst"]);
    assert_eq!(ground.city.cells(people), ["1", "city-analyst"]);
    let errors = ground.carrier.ask("select error from system.queries where error like '%nothing_of_this_name%'");
    assert_eq!((&errors.ended, cells(&errors.page).len()), (&Ended::Answered, 0));
}
