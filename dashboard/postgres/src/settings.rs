//! Session parameters (会话参数): those that clients set and ask for at their start, by an allow-list. None reaches the engine.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::fault::Fault;

/// What may stand in a parameter.
#[derive(Clone, Copy)]
enum Rule {
    /// Anything of at most 200 characters: it changes nothing.
    Free,
    /// One of these, in whatever case.
    OneOf(&'static [&'static str]),
    /// Milliseconds, with an optional unit.
    Milliseconds,
    /// It can be asked for, not set.
    Fixed,
}

const ON_OFF: &[&str] = &["on", "off", "true", "false", "1", "0"];
const ON: &[&str] = &["on", "true", "1"];
/// Characters of a value.
const LONGEST: usize = 200;

/// Name as it is reported, what it is at first, what may be set.
const KNOWN: &[(&str, &str, Rule)] = &[
    ("application_name", "", Rule::Free),
    ("bytea_output", "hex", Rule::OneOf(&["hex", "escape"])),
    ("client_encoding", "UTF8", Rule::OneOf(&["utf8", "utf-8", "unicode", "sql_ascii"])),
    ("client_min_messages", "notice", Rule::Free),
    ("DateStyle", "ISO, YMD", Rule::OneOf(&["iso", "iso, ymd", "iso, mdy", "iso, dmy", "ymd", "iso,ymd", "iso,mdy", "iso,dmy"])),
    ("default_transaction_deferrable", "off", Rule::OneOf(ON_OFF)),
    ("default_transaction_isolation", "read committed", Rule::Free),
    ("default_transaction_read_only", "on", Rule::OneOf(ON)),
    ("enable_seqscan", "on", Rule::OneOf(ON_OFF)),
    ("extra_float_digits", "1", Rule::OneOf(&["0", "1", "2", "3"])),
    ("geqo", "on", Rule::OneOf(ON_OFF)),
    ("idle_in_transaction_session_timeout", "0", Rule::Free),
    ("in_hot_standby", "off", Rule::Fixed),
    ("integer_datetimes", "on", Rule::Fixed),
    ("IntervalStyle", "postgres", Rule::OneOf(&["postgres", "iso_8601", "postgres_verbose", "sql_standard"])),
    ("is_superuser", "off", Rule::Fixed),
    ("jit", "off", Rule::OneOf(ON_OFF)),
    ("ksqo", "off", Rule::Free),
    ("lc_collate", "C.UTF-8", Rule::Fixed),
    ("lc_ctype", "C.UTF-8", Rule::Fixed),
    ("lc_messages", "C", Rule::Free),
    ("lock_timeout", "0", Rule::Free),
    ("max_identifier_length", "63", Rule::Fixed),
    ("max_index_keys", "32", Rule::Fixed),
    ("quote_all_identifiers", "off", Rule::OneOf(ON_OFF)),
    ("row_security", "on", Rule::OneOf(ON)),
    ("search_path", "\"$user\", public", Rule::Free),
    ("server_encoding", "UTF8", Rule::Fixed),
    ("server_version", VERSION, Rule::Fixed),
    ("server_version_num", "150000", Rule::Fixed),
    ("session_authorization", "", Rule::Fixed),
    ("standard_conforming_strings", "on", Rule::OneOf(ON)),
    ("statement_timeout", "0", Rule::Milliseconds),
    ("synchronize_seqscans", "on", Rule::OneOf(ON_OFF)),
    ("TimeZone", "Asia/Shanghai", Rule::Free),
    ("transaction_isolation", "read committed", Rule::Free),
    ("transaction_read_only", "on", Rule::OneOf(ON)),
];

/// The PostgreSQL whose manners we have; clients choose their statements by it.
pub(crate) const VERSION: &str = "15.0";

/// Parameters that every client is told at the login and when they change.
pub(crate) const REPORTED: &[&str] = &[
    "application_name",
    "client_encoding",
    "DateStyle",
    "default_transaction_read_only",
    "in_hot_standby",
    "integer_datetimes",
    "IntervalStyle",
    "is_superuser",
    "server_encoding",
    "server_version",
    "session_authorization",
    "standard_conforming_strings",
    "TimeZone",
];

/// The parameters of one connection.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    set: BTreeMap<&'static str, String>,
    user: String,
    longest: Duration,
}

impl Settings {
    /// As they are at first; no statement may run longer than `longest`.
    pub(crate) fn new(user: &str, longest: Duration) -> Self {
        Self { set: BTreeMap::new(), user: user.to_owned(), longest }
    }

    /// The name as it is reported, and the value.
    pub(crate) fn get(&self, name: &str) -> Result<(&'static str, String), Fault> {
        let (known, first, _) = find(name)?;
        let value = match known {
            "session_authorization" => self.user.clone(),
            _ => self.set.get(known).cloned().unwrap_or_else(|| first.to_owned()),
        };
        Ok((known, value))
    }

    /// Sets one; gives its name as it is reported.
    ///
    /// # Errors
    /// It is unknown, cannot be set, or not to that.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<&'static str, Fault> {
        let (known, _, rule) = find(name)?;
        let value = value.trim();
        if value.chars().count() > LONGEST {
            return Err(Fault::error("22023", format!("参数 {known} 的取值过长")));
        }
        let wrong = || Fault::error("22023", format!("参数 {known} 不能设为 {value:?}"));
        match rule {
            Rule::Free => {}
            Rule::OneOf(words) if words.contains(&value.to_lowercase().as_str()) => {}
            Rule::Milliseconds => {
                milliseconds(value).ok_or_else(wrong)?;
            }
            Rule::OneOf(_) => return Err(wrong()),
            Rule::Fixed => return Err(Fault::error("55P02", format!("参数 {known} 不能修改"))),
        }
        let value = match known {
            "client_encoding" => "UTF8".to_owned(),
            "DateStyle" => "ISO, YMD".to_owned(),
            _ => value.to_owned(),
        };
        self.set.insert(known, value);
        Ok(known)
    }

    /// Back to what it was at first.
    pub(crate) fn reset(&mut self, name: &str) -> Result<&'static str, Fault> {
        let (known, ..) = find(name)?;
        self.set.remove(known);
        Ok(known)
    }

    /// All back.
    pub(crate) fn reset_all(&mut self) {
        self.set.clear();
    }

    /// Every name with its value.
    pub(crate) fn all(&self) -> Vec<(&'static str, String)> {
        KNOWN.iter().filter_map(|(name, ..)| self.get(name).ok()).collect()
    }

    /// How long a statement may run, as the client wishes it and no longer than it may.
    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        let wished = self.set.get("statement_timeout").and_then(|value| milliseconds(value)).filter(|wished| *wished > 0)?;
        Some(Duration::from_millis(wished).min(self.longest))
    }
}

/// A parameter's name as it is reported; whatever is unknown stays as it is.
pub(crate) fn canonical(name: &str) -> &str {
    find(name).map_or(name, |(known, ..)| known)
}

fn find(name: &str) -> Result<(&'static str, &'static str, Rule), Fault> {
    let known = KNOWN.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
    known.copied().ok_or_else(|| {
        let name: String = name.chars().take(63).collect();
        Fault::error("42704", format!("没有会话参数 {name:?}")).hint("可设置的参数见 show all")
    })
}

fn milliseconds(text: &str) -> Option<u64> {
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let factor = match text[digits..].trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_can_be_set() {
        let mut settings = Settings::new("fenxi", Duration::from_secs(30));
        for (name, value) in
            [("client_encoding", "utf-8"), ("datestyle", "ISO, MDY"), ("TIMEZONE", "UTC"), ("extra_float_digits", "3"), ("jit", "off")]
        {
            assert!(settings.set(name, value).is_ok(), "{name}");
        }
        let mut check = |name: &str, value: &str, code: &str| assert_eq!(settings.set(name, value).unwrap_err().code, code, "{name}");
        check("client_encoding", "GBK", "22023");
        check("standard_conforming_strings", "off", "22023");
        check("default_transaction_read_only", "off", "22023");
        check("transaction_read_only", "off", "22023");
        check("is_superuser", "on", "55P02");
        check("session_authorization", "postgres", "55P02");
        check("server_version", "16", "55P02");
        check("datafusion.execution.batch_size", "1", "42704");
        check("role", "postgres", "42704");
        check("application_name", &"x".repeat(201), "22023");
        check("statement_timeout", "soon", "22023");
        assert_eq!(settings.get("timezone").unwrap(), ("TimeZone", "UTC".to_owned()));
        assert_eq!(settings.get("client_encoding").unwrap().1, "UTF8");
        assert_eq!(settings.get("session_authorization").unwrap().1, "fenxi");
        settings.reset_all();
        assert_eq!(settings.get("timezone").unwrap().1, "Asia/Shanghai");
        assert!(REPORTED.iter().all(|name| settings.get(name).is_ok()));
    }

    #[test]
    fn a_timeout_is_at_most_what_it_may_be() {
        let mut settings = Settings::new("fenxi", Duration::from_secs(30));
        assert_eq!(settings.statement_timeout(), None);
        let mut check = |value: &str, expect: Option<u64>| {
            settings.set("statement_timeout", value).unwrap();
            assert_eq!(settings.statement_timeout(), expect.map(Duration::from_millis), "{value}");
        };
        check("1500", Some(1_500));
        check("2s", Some(2_000));
        check("10 min", Some(30_000));
        check("0", None);
    }
}
