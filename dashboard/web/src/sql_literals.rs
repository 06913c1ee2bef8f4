//! Named parameters written out for a fork (参数写入语句).

use qunlian_queries::{ParamType, Value};

/// A parameter's text as a value of its type; what does not fit stays text.
pub(crate) fn typed(kind: ParamType, text: &str) -> Value {
    match kind {
        ParamType::Int => text.parse().map_or_else(|_| Value::Int(0), Value::Int),
        ParamType::Decimal => text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Decimal),
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
}
