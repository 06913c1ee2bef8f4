//! JSON in the shape that others rely on: `{"ok":true,"generation":n,"as_of":…,"columns":[…],"rows":[[…]]}`.

use std::fmt::Write;

use qunlian_queries::Value;

use super::FileHead;

/// Rows as they come. Dates are ISO texts; decimals are the shortest digits that read back to the same number.
pub(super) struct JsonRows {
    out: String,
    rows: usize,
}

impl JsonRows {
    /// All that stands before the rows.
    pub(super) fn new(head: &FileHead) -> Self {
        let mut out = String::with_capacity(1 << 12);
        // Writing to a String cannot fail.
        let _ = write!(out, "{{\"ok\":true,\"generation\":{},\"as_of\":", head.generation);
        match head.as_of {
            Some(day) => {
                let _ = write!(out, "\"{day}\"");
            }
            None => out.push_str("null"),
        }
        out.push_str(",\"columns\":[");
        for (at, column) in head.columns.iter().enumerate() {
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
        Self { out, rows: 0 }
    }

    pub(super) fn push(&mut self, rows: &[Vec<Value>]) {
        for row in rows {
            separate(&mut self.out, self.rows);
            self.rows += 1;
            self.out.push('[');
            for (at, cell) in row.iter().enumerate() {
                separate(&mut self.out, at);
                value(&mut self.out, cell);
            }
            self.out.push(']');
        }
    }

    /// What has been written since the last call.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out).into_bytes()
    }

    /// The end; a cut answer says so.
    pub(super) fn finish(mut self, truncated: bool) -> Vec<u8> {
        self.out.push_str(if truncated { "],\"truncated\":true}" } else { "]}" });
        self.out.into_bytes()
    }
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
