//! Questions about the connection (连接自述): `select version()` and the like, answered without the engine.

use crate::scan::Token;
use crate::settings::{Settings, VERSION};
use qunlian_domain::contract::ColumnType;
use qunlian_queries::Value;

/// The name of the one database.
pub(crate) const DATABASE: &str = "qunlian";

/// One row of such answers, each with its column's name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told(pub Vec<(String, Item)>);

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    Text(String),
    Number(i64),
    No,
    Null,
    User,
    Pid,
    Setting(String),
    /// `set_config`: sets and tells it.
    Sets(String, String),
}

impl Item {
    /// The type of its column.
    pub(crate) fn kind(&self) -> ColumnType {
        match self {
            Self::Number(_) | Self::Pid => ColumnType::Int,
            Self::No => ColumnType::Bool,
            _ => ColumnType::Text,
        }
    }

    /// What it is on this connection.
    pub(crate) fn value(&self, settings: &Settings, user: &str, pid: i32) -> Result<Value, crate::fault::Fault> {
        Ok(match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::Number(number) => Value::Int(*number),
            Self::No => Value::Bool(false),
            Self::Null => Value::Null,
            Self::User => Value::Text(user.to_owned()),
            Self::Pid => Value::Int(pid.into()),
            Self::Setting(name) | Self::Sets(name, _) => Value::Text(settings.get(name)?.1),
        })
    }
}

/// The answers, when the statement asks for nothing else.
pub(crate) fn told(tokens: &[Token]) -> Option<Told> {
    let (first, mut rest) = tokens.split_first()?;
    if !first.is("select") {
        return None;
    }
    let mut items = Vec::new();
    loop {
        let (name, item, after) = item(rest)?;
        let (name, after) = alias(after).map_or((name, after), |(alias, after)| (alias, after));
        items.push((name, item));
        match after {
            [] => return Some(Told(items)),
            [Token::Sign(','), next @ ..] => rest = next,
            _ => return None,
        }
    }
}

fn alias(tokens: &[Token]) -> Option<(String, &[Token])> {
    match tokens {
        [with, name, rest @ ..] if with.is("as") => Some((name.name()?.to_owned(), rest)),
        [Token::Quoted(name), rest @ ..] => Some((name.clone(), rest)),
        [Token::Word(name), rest @ ..] if !["from", "where", "union", "limit", "order", "group"].contains(&name.as_str()) => {
            Some((name.clone(), rest))
        }
        _ => None,
    }
}

fn item(tokens: &[Token]) -> Option<(String, Item, &[Token])> {
    let tokens = match tokens {
        [schema, Token::Sign('.'), rest @ ..] if schema.name() == Some("pg_catalog") => rest,
        other => other,
    };
    if let [Token::Number(digits), rest @ ..] = tokens {
        return Some(("?column?".to_owned(), Item::Number(digits.parse().ok()?), rest));
    }
    let (Token::Word(name), rest) = tokens.split_first()? else { return None };
    let bare = match name.as_str() {
        "current_user" | "session_user" | "user" | "current_role" => Some(Item::User),
        "current_catalog" => Some(Item::Text(DATABASE.to_owned())),
        "current_schema" if rest.first() != Some(&Token::Sign('(')) => Some(Item::Text("public".to_owned())),
        _ => None,
    };
    if let Some(item) = bare {
        return Some((name.clone(), item, rest));
    }
    let (arguments, rest) = arguments(rest)?;
    let text = |text: &str| Item::Text(text.to_owned());
    let item = match (name.as_str(), arguments.as_slice()) {
        ("version", []) => Item::Text(version()),
        ("current_database", []) => text(DATABASE),
        ("current_schema", []) => text("public"),
        ("current_schemas", [_]) => text("{pg_catalog,public}"),
        ("pg_backend_pid", []) => Item::Pid,
        ("pg_is_in_recovery", []) => Item::No,
        ("inet_server_addr" | "inet_client_addr" | "pg_advisory_unlock_all", []) => Item::Null,
        ("current_setting", [Token::Text(name)] | [Token::Text(name), _]) => Item::Setting(name.clone()),
        ("set_config", [Token::Text(name), Token::Text(value), _]) => Item::Sets(name.clone(), value.clone()),
        _ => return None,
    };
    Some((name.clone(), item, rest))
}

/// Simple arguments in brackets, and what follows them.
fn arguments(tokens: &[Token]) -> Option<(Vec<Token>, &[Token])> {
    let [Token::Sign('('), rest @ ..] = tokens else { return None };
    let end = rest.iter().position(|token| *token == Token::Sign(')'))?;
    let mut arguments = Vec::new();
    for (at, token) in rest[..end].iter().enumerate() {
        match (at % 2, token) {
            (1, Token::Sign(',')) => {}
            (0, Token::Text(_) | Token::Word(_) | Token::Number(_)) => arguments.push(token.clone()),
            _ => return None,
        }
    }
    Some((arguments, &rest[end + 1..]))
}

/// What `version()` says; clients read the number behind the first word.
pub(crate) fn version() -> String {
    format!("PostgreSQL {VERSION} (Qunlian {}, read-only)", env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::scan::parts;

    fn of(sql: &str) -> Option<Told> {
        told(&parts(sql)[0].tokens)
    }

    #[test]
    fn what_clients_ask_at_their_start_is_told() {
        let settings = Settings::new("fenxi", Duration::from_secs(30));
        let check = |sql: &str, names: &[&str], values: &[Value]| {
            let Told(items) = of(sql).unwrap_or_else(|| panic!("{sql}"));
            assert_eq!(items.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names, "{sql}");
            let told: Vec<Value> = items.iter().map(|(_, item)| item.value(&settings, "fenxi", 7).unwrap()).collect();
            assert_eq!(told, values, "{sql}");
        };
        check("select pg_catalog.version()", &["version"], &[Value::Text(version())]);
        check("SELECT current_schema(),session_user", &["current_schema", "session_user"], &["public".into(), "fenxi".into()]);
        check("select current_user as me, pg_backend_pid() pid", &["me", "pid"], &["fenxi".into(), Value::Int(7)]);
        check("SELECT 1", &["?column?"], &[Value::Int(1)]);
        check(
            "select current_database(), current_setting('server_version_num', true)",
            &["current_database", "current_setting"],
            &["qunlian".into(), "150000".into()],
        );
        check("SELECT pg_catalog.set_config('search_path', '', false)", &["set_config"], &["\"$user\", public".into()]);
        assert!(version().starts_with("PostgreSQL 15.0 "));
    }

    #[test]
    fn all_else_is_the_engines() {
        for sql in [
            "select 1 + 1",
            "select 1 from projects",
            "select version() where true",
            "select name",
            "select current_setting(name)",
            "select *",
            "select count(1)",
            "select 1.5",
            "select pg_sleep(1)",
            "select",
            "values (1)",
        ] {
            assert_eq!(of(sql), None, "{sql}");
        }
    }
}
