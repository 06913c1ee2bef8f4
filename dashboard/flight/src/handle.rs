//! What a ticket or the handle of a prepared statement carries (票据): the statement and its values, nothing secret.

use bytes::Bytes;
use chrono::{Datelike, NaiveDate};
use prost::Message;
use qunlian_queries::{Params, Value};
use qunlian_registry::secret::new_secret;
use tonic::Status;

use crate::fault;

/// Characters of a name by which a running statement is found again.
const NAME: usize = 16;

/// A statement to run.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Handle {
    /// As the analyst wrote it.
    #[prost(string, tag = "1")]
    pub sql: String,
    /// In the order of the parameters.
    #[prost(message, repeated, tag = "2")]
    pub values: Vec<Bound>,
    /// The columns as an IPC message, once they are known.
    #[prost(bytes = "bytes", tag = "3")]
    pub schema: Bytes,
    /// Drawn for each answer that was announced, so that it can be stopped.
    #[prost(string, tag = "4")]
    pub name: String,
}

/// A value; none is null.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Bound {
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 5")]
    pub kind: Option<Kind>,
}

/// A value that is not null.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(crate) enum Kind {
    #[prost(sint64, tag = "1")]
    Int(i64),
    #[prost(double, tag = "2")]
    Decimal(f64),
    #[prost(string, tag = "3")]
    Text(String),
    /// Days from the first of the common era.
    #[prost(sint32, tag = "4")]
    Date(i32),
    #[prost(bool, tag = "5")]
    Bool(bool),
}

impl Handle {
    /// A statement without values.
    pub(crate) fn of(sql: String) -> Self {
        Self { sql, ..Self::default() }
    }

    /// Reads what [`Handle::bytes`] wrote.
    ///
    /// # Errors
    /// It did not.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Status> {
        Self::decode(bytes).map_err(|_| fault::unreadable("票据"))
    }

    pub(crate) fn bytes(&self) -> Bytes {
        self.encode_to_vec().into()
    }

    /// With a name of its own.
    ///
    /// # Errors
    /// The operating system gives no random numbers.
    pub(crate) fn named(self) -> Result<Self, Status> {
        let secret = new_secret().map_err(|error| fault::internal(&error))?;
        Ok(Self { name: secret[..NAME.min(secret.len())].to_owned(), ..self })
    }

    /// The name among the reader's running statements.
    pub(crate) fn ticket(&self) -> String {
        let name: String = self.name.chars().filter(char::is_ascii_alphanumeric).take(NAME).collect();
        format!("flight-{name}")
    }

    /// The values as `$1`, `$2` …
    pub(crate) fn params(&self) -> Params {
        let numbered = self.values.iter().enumerate();
        numbered.fold(Params::new(), |params, (at, bound)| params.with(&(at + 1).to_string(), bound.value()))
    }

    /// The values as the audit log keeps them.
    pub(crate) fn recorded(&self) -> Vec<serde_json::Value> {
        self.values.iter().map(Bound::recorded).collect()
    }
}

/// Characters of a value that the audit log keeps.
const RECORDED: usize = 500;

impl Bound {
    pub(crate) fn of(value: Value) -> Self {
        let kind = match value {
            Value::Null => None,
            Value::Int(number) => Some(Kind::Int(number)),
            Value::Decimal(number) => Some(Kind::Decimal(number)),
            Value::Text(text) => Some(Kind::Text(text)),
            Value::Date(date) => Some(Kind::Date(date.num_days_from_ce())),
            Value::Bool(truth) => Some(Kind::Bool(truth)),
        };
        Self { kind }
    }

    fn value(&self) -> Value {
        match &self.kind {
            None => Value::Null,
            Some(Kind::Int(number)) => Value::Int(*number),
            Some(Kind::Decimal(number)) => Value::Decimal(*number),
            Some(Kind::Text(text)) => Value::Text(text.clone()),
            Some(Kind::Date(days)) => NaiveDate::from_num_days_from_ce_opt(*days).map_or(Value::Null, Value::Date),
            Some(Kind::Bool(truth)) => Value::Bool(*truth),
        }
    }

    fn recorded(&self) -> serde_json::Value {
        match self.value() {
            Value::Null => serde_json::Value::Null,
            Value::Int(number) => number.to_string().into(),
            Value::Decimal(number) => number.to_string().into(),
            Value::Text(text) => text.chars().take(RECORDED).collect::<String>().into(),
            Value::Date(date) => date.to_string().into(),
            Value::Bool(truth) => truth.to_string().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_brings_the_statement_back() {
        let values = [
            Value::Int(-7),
            Value::Decimal(0.25),
            "濉溪' or 1=1".into(),
            Value::Date("2022-05-31".parse().unwrap()),
            Value::Bool(false),
            Value::Null,
        ];
        let handle = Handle { values: values.iter().cloned().map(Bound::of).collect(), ..Handle::of("select ?".to_owned()) };
        let back = Handle::read(&handle.bytes()).unwrap();
        assert_eq!(back, handle);
        for (at, value) in values.iter().enumerate() {
            assert_eq!(back.params().get(&(at + 1).to_string()), Some(value));
        }
        assert_eq!(back.recorded()[3], "2022-05-31");
        assert!(Handle::read(&[0xff, 0xff]).is_err());
    }

    #[test]
    fn names_differ_and_bring_nothing_else_along() {
        let (one, other) = (Handle::default().named().unwrap(), Handle::default().named().unwrap());
        assert!(one.ticket() != other.ticket() && one.ticket().len() == 7 + 16, "{}", one.ticket());
        let odd = Handle { name: "a b\n".repeat(100), ..Handle::default() };
        assert_eq!(odd.ticket(), "flight-abababababababab");
    }
}
