//! Free SQL: what it gives, what it refuses, and what it shows as of a day.

use std::time::Duration;

use qunlian_engine::{Masking, Sandbox, Spill, SqlError, SqlLimits, SqlRequest, run_sql};
use qunlian_queries::{Answer, Params, Value};

use crate::fixture::{self, Written};
use crate::golden::day;

fn request(sql: &str) -> SqlRequest<'_> {
    SqlRequest::new(sql)
}

async fn ask(written: &Written, request: SqlRequest<'_>) -> Result<Answer, SqlError> {
    run_sql(&written.files, &fixture::contract(), &fixture::rules(), request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_carry_titles_and_units() {
    let written = fixture::write(&fixture::tables(), 9);
    let answer = ask(&written, request("select project_id, agreed_yuan, yi(agreed_yuan) as 亿 from projects where project_id = 'p10'"))
        .await
        .unwrap();
    assert_eq!(answer.rows, vec![vec![Value::Text("p10".into()), Value::Int(2_000_000_000), Value::Decimal(20.0)]]);
    assert_eq!((answer.columns[1].title.as_str(), answer.columns[1].unit.as_str()), ("协议投资额", "元"));
    assert_eq!(answer.generation, 9);
    let odd =
        ask(&written, request("select interval '1 month' as i, array_agg(version) as v, now() is not null as n, null as z from projects"))
            .await
            .unwrap();
    assert!(matches!(&odd.rows[0][..], [Value::Text(_), Value::Text(_), Value::Bool(true), Value::Null]), "{odd:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn as_of_shows_what_was_known() {
    let written = fixture::write(&fixture::tables(), 9);
    let sql = "select count(*) as n from milestones where milestone = 'signed' and year = 2022";
    let counted = |as_of: Option<&'static str>| {
        let written = &written;
        async move { ask(written, SqlRequest { as_of: as_of.map(day), ..request(sql) }).await.unwrap().get(0, "n").int() }
    };
    assert_eq!(counted(None).await, Some(17));
    assert_eq!(counted(Some("2022-01-31")).await, Some(3));
    assert_eq!(counted(Some("2022-05-19")).await, Some(12));
    assert_eq!(counted(Some("2022-05-31")).await, Some(13));
    let chain = SqlRequest { as_of: Some(day("2022-05-14")), ..request("select chain_id from projects where project_id = 'p05'") };
    assert_eq!(ask(&written, chain).await.unwrap().rows, vec![vec![Value::Text("alu".into())]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boards_statement_can_be_forked() {
    let written = fixture::write(&fixture::tables(), 9);
    let library = qunlian_queries::Library::embedded().unwrap();
    for query in library.iter().filter(|query| query.folder == "boards") {
        let mut params = Params::new();
        for spec in &query.about.params {
            let text = spec.default.clone().unwrap_or(match spec.name.as_str() {
                "year" => "2022".into(),
                "as_of" => "2022-05-31".into(),
                _ => "x".into(),
            });
            let one = Params::read(std::slice::from_ref(spec), &[(spec.name.clone(), text)].into()).unwrap();
            let value = one.get(&spec.name).unwrap().clone();
            params = params.with(&spec.name, value);
        }
        let forked = SqlRequest { params, ..request(&query.sql) };
        ask(&written, forked).await.unwrap_or_else(|fault| panic!("{}: {fault}", query.about.name));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_beyond_the_cap_are_cut_and_said_so() {
    let written = fixture::write(&fixture::tables(), 9);
    let limits = SqlLimits { rows: 5, ..SqlLimits::default() };
    let answer = ask(&written, SqlRequest { limits, ..request("select * from milestones") }).await.unwrap();
    assert_eq!((answer.rows.len(), answer.truncated), (5, true));
    let exact = ask(&written, SqlRequest { limits, ..request("select * from milestones limit 5") }).await.unwrap();
    assert_eq!((exact.rows.len(), exact.truncated), (5, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_say_what_and_offer_near_names() {
    let written = fixture::write(&fixture::tables(), 9);
    let check = |sql: &'static str, error: &'static str, hint: &'static str| {
        let written = &written;
        async move {
            let fault = ask(written, request(sql)).await.expect_err(sql);
            assert!(fault.to_string().contains(error), "{sql}: {fault}");
            assert!(fault.hint().contains(hint), "{sql}: {}", fault.hint());
        }
    };
    check("select nam from projects", "no such column: nam", "name").await;
    check("select p.agreed from projects as p", "no such column: agreed", "agreed_yuan").await;
    check("select * from milestone", "no such table: milestone", "milestones").await;
    check("select pase(current_date, 2022)", "pase", "函数").await;
    check("select repeat('x', 1000000000)", "repeat", "函数").await;
    check("select lpad('x', 1000000000)", "lpad", "函数").await;
    check("select array_repeat(1, 1000000000)", "array_repeat", "函数").await;
    check("select unnest(generate_series(1, 1000000000))", "generate_series", "函数").await;
    check("select $carrier", "$carrier", "参数").await;
    check("select carrier_id, count(*) from projects", "carrier_id", "分组").await;
    check("select 1 +", "syntax", "括号").await;
    check("select 1/0", "zero", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn immortal_statements_end() {
    let written = fixture::write(&fixture::tables(), 9);
    let limits = SqlLimits { deadline: Duration::from_millis(300), memory_bytes: 64 << 20, ..SqlLimits::default() };
    let cross = "select count(*) from milestones a, milestones b, milestones c, milestones d, milestones e, milestones f where a.year + b.year + c.year + d.year + e.year + f.year = 1";
    // Hours of work: whoever does not look at the deadline does not end within a minute.
    let asked = tokio::time::timeout(Duration::from_secs(60), ask(&written, SqlRequest { limits, ..request(cross) }));
    let fault = asked.await.unwrap().unwrap_err();
    assert!(matches!(fault, SqlError::Deadline { .. } | SqlError::Memory), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_do_not_tell_where_the_lake_lies() {
    let written = fixture::write(&fixture::enlarged(2_000), 9);
    let folder = written.folder.path().file_name().unwrap().to_string_lossy().into_owned();
    for how in ["explain", "explain verbose", "explain analyze", "explain analyze verbose", "explain format tree", "explain format pgjson"]
    {
        let answer = ask(&written, request(&format!("{how} select name from projects where version = 2"))).await.unwrap();
        let text: String = answer.rows.iter().flatten().filter_map(Value::text).collect();
        assert!(!text.is_empty() && !text.contains(&folder) && !text.contains("/tmp") && !text.contains("tmp/"), "{how}: {text}");
    }
    let secret = ask(&written, request("select count(*) as n from projects where name like '特种%'")).await.unwrap();
    assert_eq!(secret.get(0, "n").int(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_tables_are_masked_and_whole_on_every_day() {
    let written = fixture::write(&fixture::tables(), 9);
    let changed = ask(&written, request("select \"before\", \"after\" from changes where number = '2022-00003'")).await.unwrap();
    assert_eq!(changed.rows, vec![vec![Value::Text("涉密".into()), Value::Text("涉密".into())]]);
    let filed = ask(&written, request("select name, investor from filings where confidential")).await.unwrap();
    assert_eq!(filed.rows, vec![vec![Value::Text("涉密项目p10".into()), Value::Text("涉密".into())]]);
    // How filings stand now has no day: nothing of it is hidden by one.
    let early = SqlRequest { as_of: Some(day("2022-01-01")), ..request("select count(*) as n from claims") };
    assert_eq!(ask(&written, early).await.unwrap().rows, vec![vec![Value::Int(4)]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn schemas_name_days_and_generations() {
    let written = fixture::write(&fixture::tables(), 9);
    let signed = "select count(*) as n from {}milestones where milestone = 'signed' and year = 2022";
    let check = |schema: &'static str, expect: i64| {
        let (written, sql) = (&written, signed.replace("{}", schema));
        async move { assert_eq!(ask(written, request(&sql)).await.unwrap().get(0, "n").int(), Some(expect), "{schema}") }
    };
    check("", 17).await;
    check("asof_20220131.", 3).await;
    check("asof_20220519.", 12).await;
    check("generation_9.", 17).await;
    let both = "select a.n - b.n as grown from (select count(*) as n from asof_20220531.milestones) a, (select count(*) as n from asof_20220131.milestones) b";
    assert!(ask(&written, request(both)).await.unwrap().get(0, "grown").int().unwrap() > 0);
    let gone = ask(&written, request("select * from generation_8.projects")).await.unwrap_err();
    assert_eq!(gone, SqlError::GenerationGone { number: 8 });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_schema_describes_everything() {
    let written = fixture::write(&fixture::tables(), 9);
    let title = ask(&written, request("select title, unit from system.columns where table_name = 'projects' and name = 'agreed_yuan'"))
        .await
        .unwrap();
    assert_eq!(title.rows, vec![vec![Value::Text("协议投资额".into()), Value::Text("元".into())]]);
    let tables = ask(&written, request("select count(*) as n from system.tables where name like 'system.%'")).await.unwrap();
    assert_eq!(tables.get(0, "n").int(), Some(5));
    let columns = qunlian_queries::system::SystemTable::named("queries").unwrap().answer_columns();
    let row: Vec<Value> =
        columns.iter().map(|column| if column.name == "asker" { Value::Text("zhou".into()) } else { Value::Null }).collect();
    let rows = Answer { columns, rows: vec![row], generation: 9, as_of: None, truncated: false };
    let filled = SqlRequest { system: vec![("queries".into(), rows)], ..request("select asker from system.queries") };
    assert_eq!(ask(&written, filled).await.unwrap().rows, vec![vec![Value::Text("zhou".into())]]);
    assert_eq!(ask(&written, request("select * from system.jobs")).await.unwrap().rows.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_point_at_their_place() {
    let written = fixture::write(&fixture::tables(), 9);
    let check = |sql: &'static str, line: u32, column: u32| {
        let written = &written;
        async move {
            let fault = ask(written, request(sql)).await.expect_err(sql);
            let failure = qunlian_queries::SqlFailure::from(&fault);
            assert_eq!(failure.place, Some(qunlian_queries::Place { line, column }), "{sql}: {failure:?}");
            assert!(failure.said.contains(&format!("第 {line} 行第 {column} 列")), "{}", failure.said);
        }
    };
    check("select 1 +", 1, 11).await;
    check("select name\nfrom projectz", 2, 6).await;
    check("select name,\n  nam\nfrom projects", 2, 3).await;
    check("select 1 as 一,\n  (select x from 项目)", 2, 18).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outline_counts_what_is_left_to_read() {
    let written = fixture::write(&fixture::enlarged(2_000), 9);
    let sandbox = Sandbox::open(&fixture::contract(), fixture::rules(), written.files.clone(), Vec::new(), Masking::Here, Spill::System)
        .await
        .unwrap();
    let all = sandbox.outline(&request("select * from projects")).await.unwrap();
    let few = sandbox.outline(&request("select name from projects where project_id = 'p01'")).await.unwrap();
    assert!(all.files >= 1 && all.bytes > few.bytes && few.plan.contains("TableScan"), "{all:?} {few:?}");
    assert_eq!((few.columns[0].name.as_str(), few.generation), ("name", 9));
    // Whatever a table is seen through, its files are what is read.
    for sql in ["select * from asof_20220531.projects", "select * from generation_9.projects"] {
        let seen = sandbox.outline(&request(sql)).await.unwrap();
        assert_eq!((seen.files, seen.bytes), (all.files, all.bytes), "{sql}");
    }
    let known = sandbox.outline(&SqlRequest { as_of: Some(day("2022-05-31")), ..request("select * from projects") }).await.unwrap();
    assert_eq!((known.files, known.bytes), (all.files, all.bytes));
    let none = sandbox.outline(&request("select 1 as n")).await.unwrap();
    assert_eq!((none.files, none.row_groups, none.bytes), (0, 0, 0));
    let folder = written.folder.path().to_string_lossy().into_owned();
    assert!(!all.plan.contains(folder.trim_start_matches('/')), "{}", all.plan);
}
