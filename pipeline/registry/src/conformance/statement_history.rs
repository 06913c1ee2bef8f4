//! History of free SQL, as any books must keep it.

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_domain::audit::AuditAction;
use qunlian_domain::contract::ColumnType;
use qunlian_domain::saved_query::{HISTORY_DAYS, HISTORY_ROWS, Parameter};

use super::{at, open_account};
use crate::{AuditFilter, HistoryFilter, PastStatement, RanStatement, StatementOutcome, Store};

pub(super) fn suite<S: Store>(make: &impl Fn() -> S) {
    a_statement_is_kept_whole_for_its_own_account(&make());
    history_is_searched(&make());
    history_forgets_what_is_old_or_too_much(&make());
}

fn ran(account: i64, sql: &str, asked_at: DateTime<Utc>) -> RanStatement {
    RanStatement {
        account,
        door: "page".into(),
        sql: sql.into(),
        parameters: vec![Parameter { name: "year".into(), kind: ColumnType::Int, value: "2022".into() }],
        as_of: at(0).date_naive().pred_opt(),
        asked_at,
        outcome: StatementOutcome::Done,
        waited_ms: 1,
        planned_ms: 20,
        ran_ms: 300,
        rows: 12,
        bytes: 4_096,
        generation: 42,
        error: String::new(),
    }
}

fn failed(account: i64, sql: &str, outcome: StatementOutcome) -> RanStatement {
    RanStatement {
        outcome,
        rows: 0,
        generation: 0,
        error: "line 1, column 8: no such column".into(),
        as_of: None,
        ..ran(account, sql, at(1))
    }
}

fn found(store: &impl Store, account: i64, filter: &HistoryFilter) -> Vec<PastStatement> {
    store.statement_history(account, filter, None, 1_000).unwrap()
}

fn a_statement_is_kept_whole_for_its_own_account(store: &impl Store) {
    let (one, other) = (open_account(store, "zhang").id, open_account(store, "li").id);
    store.record_statement(&ran(one, "select 1", at(0))).unwrap();
    store.record_statement(&ran(other, "select 'foreign'", at(0))).unwrap();
    let own = found(store, one, &HistoryFilter::default());
    assert_eq!(own.iter().map(|past| &past.ran).collect::<Vec<_>>(), [&ran(one, "select 1", at(0))]);
    assert_eq!(store.past_statement(one, own[0].id).unwrap().as_ref(), Some(&own[0]));
    let foreign = found(store, other, &HistoryFilter::default()).remove(0).id;
    assert_eq!(store.past_statement(one, foreign).unwrap(), None, "another's is not there");
    assert!(store.record_statement(&ran(99, "select 1", at(0))).is_err(), "nobody's history");
    assert!(store.record_statement(&RanStatement { door: "window".into(), ..ran(one, "select 1", at(0)) }).is_err());
    let told = AuditFilter { action: Some(AuditAction::Sql), ..AuditFilter::default() };
    assert!(store.audit_page(&told, None, 9).unwrap().is_empty(), "the door records the text before it runs");
}

fn history_is_searched(store: &impl Store) {
    let account = open_account(store, "zhang").id;
    store.record_statement(&ran(account, "select * from Projects where name like '%铝%'", at(0))).unwrap();
    store.record_statement(&failed(account, "select nmae from projects", StatementOutcome::Failed)).unwrap();
    store.record_statement(&failed(account, "select 100%", StatementOutcome::TimedOut)).unwrap();
    let search = |outcome: Option<StatementOutcome>, text: &str| {
        let filter = HistoryFilter { outcome, text: text.into() };
        found(store, account, &filter).into_iter().map(|past| past.ran.sql).collect::<Vec<_>>()
    };
    assert_eq!(search(None, "").len(), 3);
    assert_eq!(search(Some(StatementOutcome::TimedOut), ""), ["select 100%"]);
    assert_eq!(search(None, "PROJECTS"), ["select nmae from projects", "select * from Projects where name like '%铝%'"]);
    assert_eq!(search(None, "铝"), ["select * from Projects where name like '%铝%'"]);
    assert_eq!(search(None, "%"), ["select 100%", "select * from Projects where name like '%铝%'"], "a sign is a sign");
    assert_eq!(search(Some(StatementOutcome::Done), "nmae"), Vec::<String>::new());
    let newest = store.statement_history(account, &HistoryFilter::default(), None, 1).unwrap();
    let older = store.statement_history(account, &HistoryFilter::default(), Some(newest[0].id), 9).unwrap();
    assert_eq!((newest.len(), older.len()), (1, 2), "page by page");
}

fn history_forgets_what_is_old_or_too_much(store: &impl Store) {
    let (account, other) = (open_account(store, "zhang").id, open_account(store, "li").id);
    let day = |days: u64| at(0) + TimeDelta::days(days as i64);
    store.record_statement(&ran(account, "old", day(0))).unwrap();
    store.record_statement(&ran(other, "theirs", day(0))).unwrap();
    store.record_statement(&ran(account, "on the last day", day(HISTORY_DAYS))).unwrap();
    assert_eq!(found(store, account, &HistoryFilter::default()).len(), 2);
    store.record_statement(&ran(account, "a day later", day(HISTORY_DAYS + 1))).unwrap();
    let kept: Vec<String> = found(store, account, &HistoryFilter::default()).into_iter().map(|past| past.ran.sql).collect();
    assert_eq!(kept, ["a day later", "on the last day"]);
    for number in 0..HISTORY_ROWS {
        store.record_statement(&ran(account, &number.to_string(), day(HISTORY_DAYS + 1))).unwrap();
    }
    let kept = found(store, account, &HistoryFilter::default());
    assert_eq!((kept.len(), kept[HISTORY_ROWS - 1].ran.sql.as_str()), (HISTORY_ROWS, "0"));
    assert_eq!(found(store, other, &HistoryFilter::default()).len(), 1, "another's stays");
}
