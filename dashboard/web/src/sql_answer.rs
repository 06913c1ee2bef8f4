//! What a SQL child answers (查询结果), read back from its JSON; and named parameters written out for a fork.

use chrono::NaiveDate;
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{Answer, AnswerColumn, ParamType, Value};
use serde::Deserialize;

use crate::sql_port::SqlFailure;

#[derive(Deserialize)]
struct Wire {
    ok: bool,
    #[serde(default)]
    error: String,
    #[serde(default)]
    hint: String,
    #[serde(default)]
    generation: u64,
    #[serde(default)]
    as_of: Option<String>,
    #[serde(default)]
    columns: Vec<WireColumn>,
    #[serde(default)]
    rows: Vec<Vec<serde_json::Value>>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct WireColumn {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    unit: String,
}

/// Reads the JSON of `qunlian sql --format json`.
pub(crate) fn read(json: &[u8]) -> Result<Answer, SqlFailure> {
    let wire: Wire = serde_json::from_slice(json)
        .map_err(|error| SqlFailure { error: format!("the result cannot be read: {error}"), hint: String::new() })?;
    if !wire.ok {
        return Err(SqlFailure { error: wire.error, hint: wire.hint });
    }
    let columns: Vec<AnswerColumn> = wire.columns.into_iter().map(column).collect();
    let rows = wire.rows.into_iter().map(|row| row.into_iter().zip(&columns).map(|(value, column)| cell(value, column.kind)).collect());
    Ok(Answer {
        rows: rows.collect(),
        generation: wire.generation,
        as_of: wire.as_of.and_then(|day| day.parse::<NaiveDate>().ok()),
        truncated: wire.truncated,
        columns,
    })
}

fn column(wire: WireColumn) -> AnswerColumn {
    let kind = match wire.kind.as_str() {
        "int" => ColumnType::Int,
        "decimal" => ColumnType::Decimal,
        "date" => ColumnType::Date,
        "bool" => ColumnType::Bool,
        _ => ColumnType::Text,
    };
    let title = if wire.title.is_empty() { wire.name.clone() } else { wire.title };
    AnswerColumn { name: wire.name, kind, title, unit: wire.unit }
}

fn cell(value: serde_json::Value, kind: ColumnType) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(yes) => Value::Bool(yes),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) if kind != ColumnType::Decimal => Value::Int(whole),
            (_, Some(decimal)) => Value::Decimal(decimal),
            _ => Value::Text(number.to_string()),
        },
        serde_json::Value::String(text) => match kind {
            ColumnType::Date => text.parse().map_or(Value::Text(text), Value::Date),
            _ => Value::Text(text),
        },
        other => Value::Text(other.to_string()),
    }
}

/// A parameter's text as a value of its type; what does not fit stays text.
pub(crate) fn typed(kind: ParamType, text: &str) -> Value {
    match kind {
        ParamType::Int => text.parse().map_or_else(|_| Value::Int(0), Value::Int),
        ParamType::Date => text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Date),
        ParamType::Text => Value::Text(text.to_owned()),
    }
}

/// Writes literals where `$name` stands, outside of quotes and comments. The text is for a person to read,
/// change and run in the sandbox; named queries themselves always bind their parameters.
pub(crate) fn written_out(sql: &str, values: &[(&str, Value)]) -> String {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some(start) = rest.find(['$', '\'', '-']) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let taken = match rest.as_bytes()[0] {
            b'\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
            b'-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            b'$' => {
                let end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(rest.len(), |end| end + 1);
                if let Some((_, value)) = values.iter().find(|(name, _)| *name == &rest[1..end]) {
                    out.push_str(&literal(value));
                    rest = &rest[end..];
                    continue;
                }
                end
            }
            _ => 1,
        };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Date(day) => format!("date '{day}'"),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_written_out_as_literals() {
        let values =
            [("year", Value::Int(2022)), ("as_of", Value::Date("2022-05-31".parse().unwrap())), ("q", Value::Text("o'x $year".into()))];
        let check = |sql: &str, expect: &str| assert_eq!(written_out(sql, &values), expect);
        check("where year = $year and d <= $as_of", "where year = 2022 and d <= date '2022-05-31'");
        check("name = $q", "name = 'o''x $year'");
        check("'$year' -- $year\n$yearly - $year", "'$year' -- $year\n$yearly - 2022");
        check("select '中文', $year", "select '中文', 2022");
        check("'open", "'open");
    }

    #[test]
    fn answers_and_failures_are_read() {
        let json = r#"{"ok":true,"generation":7,"as_of":"2022-05-31","columns":[{"name":"n","type":"int","title":"个数","unit":"个"},{"name":"d","type":"date","title":"","unit":""},{"name":"x","type":"decimal","title":"x","unit":"%"}],"rows":[[188,"2022-05-31",60],[null,null,0.5]]}"#;
        let answer = read(json.as_bytes()).unwrap();
        assert_eq!(answer.generation, 7);
        assert_eq!(answer.columns[1].title, "d");
        assert_eq!(answer.rows[0], [Value::Int(188), Value::Date("2022-05-31".parse().unwrap()), Value::Decimal(60.0)]);
        assert_eq!(answer.rows[1][0], Value::Null);
        let failure = read(br#"{"ok":false,"error":"no table","hint":"look"}"#).unwrap_err();
        assert_eq!(failure, SqlFailure { error: "no table".into(), hint: "look".into() });
        assert!(read(b"oops").is_err());
    }
}
