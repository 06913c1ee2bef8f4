//! Audit records as people read them: times of Beijing, names of acts, details as pairs, telephone numbers masked.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use qunlian_domain::audit::clean;
use qunlian_domain::contract::ColumnType;
use qunlian_domain::privacy::mask;
use qunlian_queries::{Answer, AnswerColumn, Value};
use qunlian_registry::AuditRecord;
use serde::Serialize;

use crate::words::{Lang, Words};

/// Beijing time, in seconds ahead.
const BEIJING: i32 = 8 * 3600;
/// A longer detail is folded.
const SHORT: usize = 90;

#[derive(Debug, Serialize)]
pub(crate) struct RecordView {
    time: String,
    action: String,
    actor: String,
    via: String,
    subject: String,
    detail: String,
    /// Beginning of a long detail; empty for a short one.
    summary: String,
    seq: i64,
    hash: String,
}

pub(crate) fn view(words: Words, record: &AuditRecord) -> RecordView {
    let detail = detail(record);
    let is_long = detail.chars().count() > SHORT || detail.contains('\n');
    let first_line = detail.lines().next().unwrap_or_default();
    RecordView {
        time: time(record),
        action: action_name(words, &record.action),
        actor: if record.actor.is_empty() { words.t("audit.public").to_owned() } else { shown(&record.actor) },
        via: named(words, record.via_name(), &record.via),
        subject: shown(&record.subject),
        summary: if is_long { format!("{}…", first_line.chars().take(SHORT).collect::<String>()) } else { String::new() },
        detail,
        seq: record.seq,
        hash: record.hash.chars().take(12).collect(),
    }
}

/// An act's name in the reader's language; the word of the books in English.
pub(crate) fn action_name(words: Words, id: &str) -> String {
    let chinese = qunlian_domain::audit::AuditAction::from_id(id).map_or(id, |action| action.name());
    named(words, chinese, id)
}

/// The records as a table for a file.
pub(crate) fn answer(words: Words, records: &[AuditRecord], day: NaiveDate) -> Answer {
    let column = |name: &str, key: &str, kind: ColumnType| AnswerColumn {
        name: name.to_owned(),
        kind,
        title: words.t(key).to_owned(),
        unit: String::new(),
    };
    let columns = vec![
        column("seq", "audit.seq", ColumnType::Int),
        column("time", "audit.time", ColumnType::Text),
        column("action", "audit.action", ColumnType::Text),
        column("actor", "audit.actor", ColumnType::Text),
        column("via", "audit.via", ColumnType::Text),
        column("subject", "audit.subject", ColumnType::Text),
        column("detail", "audit.detail", ColumnType::Text),
        column("hash", "audit.hash", ColumnType::Text),
    ];
    let row = |record: &AuditRecord| {
        let seen = view(words, record);
        let texts = [seen.time, seen.action, seen.actor, seen.via, seen.subject, seen.detail, clean(&record.hash, 64)];
        std::iter::once(Value::Int(record.seq)).chain(texts.map(Value::Text)).collect()
    };
    Answer { columns, rows: records.iter().map(row).collect(), generation: 0, as_of: Some(day), truncated: false }
}

fn named(words: Words, chinese: &str, id: &str) -> String {
    match words.lang() {
        Lang::Chinese => shown(chinese),
        Lang::English => shown(&id.replace('_', " ")),
    }
}

/// Cleaned again, since a hand in the file may have spoilt it, and masked.
fn shown(text: &str) -> String {
    mask(&clean(text, 400)).into_owned()
}

fn time(record: &AuditRecord) -> String {
    let local = |time: DateTime<Utc>| FixedOffset::east_opt(BEIJING).map(|offset| time.with_timezone(&offset));
    match record.time().and_then(local) {
        Some(time) => time.format("%Y-%m-%d %H:%M:%S").to_string(),
        None => shown(&record.at),
    }
}

/// `rows: 188; method: GET`; what is no JSON object stands as it is.
fn detail(record: &AuditRecord) -> String {
    let Ok(serde_json::Value::Object(pairs)) = serde_json::from_str(&record.detail) else { return shown(&record.detail) };
    let word = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let filled = pairs.iter().filter(|(_, value)| !(value.is_null() || value.as_str() == Some("")));
    let text = filled.map(|(key, value)| format!("{key}: {}", word(value))).collect::<Vec<_>>().join("; ");
    let visible = |c: &char| *c == '\n' || !(c.is_control() || qunlian_domain::audit::is_bidi_control(*c));
    let text: String = text.replace("\r\n", "\n").chars().filter(visible).collect();
    mask(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(actor: &str, detail: &str) -> AuditRecord {
        AuditRecord {
            seq: 7,
            at: "2022-05-31T16:30:05.000Z".into(),
            account: None,
            actor: actor.into(),
            via: "web".into(),
            action: "login_failed".into(),
            subject: "/projects.csv?q=13900001234".into(),
            detail: detail.into(),
            previous: "0".repeat(64),
            hash: "ab".repeat(32),
        }
    }

    #[test]
    fn records_are_written_for_people() {
        let words = Words::of(Lang::Chinese);
        let seen = view(words, &record("chen.jia", r#"{"rows":188,"as_of":"","sql":"select 1"}"#));
        assert_eq!((seen.time.as_str(), seen.action.as_str(), seen.via.as_str()), ("2022-06-01 00:30:05", "登录失败", "网页"));
        assert_eq!((seen.detail.as_str(), seen.summary.as_str()), ("rows: 188; sql: select 1", ""));
        assert_eq!(seen.subject, "/projects.csv?q=139****1234");
        assert_eq!(view(Words::of(Lang::English), &record("", "{}")).action, "login failed");
        assert_eq!(view(words, &record("", "{}")).actor, "（未登录）");
    }

    #[test]
    fn spoilt_and_hostile_records_do_no_harm() {
        let words = Words::of(Lang::Chinese);
        let spoilt = AuditRecord { at: "soon\u{1b}[2J".into(), action: "x\u{202e}y".into(), ..record("a\r\nb", "no json\u{0}") };
        let seen = view(words, &spoilt);
        assert_eq!(
            (seen.time.as_str(), seen.action.as_str(), seen.actor.as_str(), seen.detail.as_str()),
            ("soon[2J", "xy", "a b", "no json")
        );
        let long = view(words, &record("a", &serde_json::json!({ "sql": format!("select 1\n{}", "x".repeat(200)) }).to_string()));
        assert_eq!(long.summary, "sql: select 1…");
        let table = answer(words, &[spoilt], NaiveDate::MIN);
        assert_eq!((table.columns.len(), table.rows[0].len()), (8, 8));
    }
}
