//! Parameters of a question: always bound as typed values, never spliced into SQL.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{ParamSpec, Value};

/// Type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamType {
    Text,
    Int,
    Decimal,
    Date,
}

impl ParamType {
    /// Reads the type's name as written in front matter.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "text" => Some(Self::Text),
            "int" => Some(Self::Int),
            "decimal" => Some(Self::Decimal),
            "date" => Some(Self::Date),
            _ => None,
        }
    }

    /// The name in front matter and in forms.
    pub fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "int",
            Self::Decimal => "decimal",
            Self::Date => "date",
        }
    }
}

/// Why a parameter cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    #[error("parameter {name} is missing")]
    Missing { name: String },
    #[error("parameter {name}: not a whole number: {text:?}")]
    NotAnInt { name: String, text: String },
    #[error("parameter {name}: not a number: {text:?}")]
    NotADecimal { name: String, text: String },
    #[error("parameter {name}: not a date such as 2022-05-31: {text:?}")]
    NotADate { name: String, text: String },
    #[error("parameter {name} is longer than {limit} characters")]
    TooLong { name: String, limit: usize },
}

/// Named, typed values. The order is by name, so equal sets have equal keys in the cache.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Params {
    values: BTreeMap<String, Value>,
}

/// A parameter's text may not be longer than this.
const TEXT_LIMIT: usize = 2_000;

impl Params {
    /// No parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// All values by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Reads texts (from a query string or the command line) by a question's declared types.
    /// A missing parameter takes its default; without one it is an error. Unknown names are ignored.
    pub fn read(specs: &[ParamSpec], given: &BTreeMap<String, String>) -> Result<Self, ParamError> {
        let mut params = Self::new();
        for spec in specs {
            let text = given.get(&spec.name).map(String::as_str).filter(|text| !text.is_empty()).or(spec.default.as_deref());
            let Some(text) = text else {
                return Err(ParamError::Missing { name: spec.name.clone() });
            };
            params.values.insert(spec.name.clone(), read_one(spec, text)?);
        }
        Ok(params)
    }

    /// A text that is equal exactly for equal parameters: part of the cache's key.
    pub fn key(&self) -> String {
        self.values.iter().map(|(name, value)| format!("{name}={value:?}")).collect::<Vec<_>>().join("&")
    }
}

fn read_one(spec: &ParamSpec, text: &str) -> Result<Value, ParamError> {
    let name = || spec.name.clone();
    if text.chars().count() > TEXT_LIMIT {
        return Err(ParamError::TooLong { name: name(), limit: TEXT_LIMIT });
    }
    match spec.kind {
        ParamType::Text => Ok(Value::Text(text.to_owned())),
        ParamType::Int => text.parse().map(Value::Int).map_err(|_| ParamError::NotAnInt { name: name(), text: text.to_owned() }),
        ParamType::Decimal => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Decimal(number)),
            _ => Err(ParamError::NotADecimal { name: name(), text: text.to_owned() }),
        },
        ParamType::Date => text.parse().map(Value::Date).map_err(|_| ParamError::NotADate { name: name(), text: text.to_owned() }),
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<NaiveDate> for Value {
    fn from(value: NaiveDate) -> Self {
        Self::Date(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(name: &str, kind: ParamType, default: Option<&str>) -> ParamSpec {
        ParamSpec { name: name.into(), kind, default: default.map(Into::into) }
    }

    #[test]
    fn reads_by_declared_type() {
        let specs =
            [spec("year", ParamType::Int, None), spec("as_of", ParamType::Date, None), spec("carrier", ParamType::Text, Some("all"))];
        let given = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>();
        let params = Params::read(&specs, &given(&[("year", "2022"), ("as_of", "2022-05-31"), ("stray", "x")])).unwrap();
        assert_eq!(params.get("year"), Some(&Value::Int(2022)));
        assert_eq!(params.get("carrier"), Some(&Value::Text("all".into())));
        assert_eq!(params.get("stray"), None);
        assert_eq!(Params::read(&specs, &given(&[("as_of", "2022-05-31")])), Err(ParamError::Missing { name: "year".into() }));
        assert!(matches!(Params::read(&specs, &given(&[("year", "x"), ("as_of", "2022-05-31")])), Err(ParamError::NotAnInt { .. })));
        assert!(matches!(Params::read(&specs, &given(&[("year", "1"), ("as_of", "31/5")])), Err(ParamError::NotADate { .. })));
    }
}
