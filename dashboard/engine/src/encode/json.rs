//! JSON in the shape that others rely on: `{"ok":true,"generation":n,"as_of":…,"columns":[…],"rows":[[…]]}`.

use std::fmt::Write;

use qunlian_queries::{Answer, Value};

/// Dates are ISO texts; decimals are the shortest digits that read back to the same number.
pub(super) fn write(answer: &Answer) -> Vec<u8> {
    let mut out = String::with_capacity(256 + answer.rows.len() * answer.columns.len() * 12);
    // Writing to a String cannot fail.
    let _ = write!(out, "{{\"ok\":true,\"generation\":{},\"as_of\":", answer.generation);
    match answer.as_of {
        Some(day) => {
            let _ = write!(out, "\"{day}\"");
        }
        None => out.push_str("null"),
    }
    if answer.truncated {
        out.push_str(",\"truncated\":true");
    }
    out.push_str(",\"columns\":[");
    for (at, column) in answer.columns.iter().enumerate() {
        separate(&mut out, at);
        out.push_str("{\"name\":");
        text(&mut out, &column.name);
        out.push_str(",\"type\":");
        text(&mut out, column.kind.id());
        out.push_str(",\"title\":");
        text(&mut out, &column.title);
        out.push_str(",\"unit\":");
        text(&mut out, &column.unit);
        out.push('}');
    }
    out.push_str("],\"rows\":[");
    for (at, row) in answer.rows.iter().enumerate() {
        separate(&mut out, at);
        out.push('[');
        for (at, cell) in row.iter().enumerate() {
            separate(&mut out, at);
            value(&mut out, cell);
        }
        out.push(']');
    }
    out.push_str("]}");
    out.into_bytes()
}

fn separate(out: &mut String, at: usize) {
    if at > 0 {
        out.push(',');
    }
}

fn value(out: &mut String, cell: &Value) {
    match cell {
        Value::Null => out.push_str("null"),
        Value::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Decimal(number) => {
            out.push_str(&serde_json::Number::from_f64(*number).map_or_else(|| "null".to_owned(), |number| number.to_string()))
        }
        Value::Text(words) => text(out, words),
        Value::Date(day) => {
            let _ = write!(out, "\"{day}\"");
        }
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
    }
}

fn text(out: &mut String, words: &str) {
    out.push_str(&serde_json::Value::from(words).to_string());
}
