//! What the desk's form, its script, or an address asks for (查询请求): statement, day, parameters, and what becomes of the result.

use axum::Form;
use axum::extract::FromRequest;
use axum::extract::rejection::FormRejection;
use chrono::{Datelike, NaiveDate};
use qunlian_queries::template::{Field, Given, Template};
use qunlian_queries::{FailureKind, ParamType, Query, SqlFailure, Statement};

use crate::fault::Fault;
use crate::query_string::QueryString;
use crate::words::Words;

/// Longest statement, in bytes.
const LONGEST: usize = 64 * 1024;

/// Longer addresses are refused on their way by some programs.
const LONGEST_ADDRESS: usize = 6_000;

/// One request, however it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub sql: String,
    pub as_of: String,
    /// Empty to show, else a suffix of a file, `svg`, `png` or `outline`.
    pub format: String,
    /// The script's own name for the run.
    pub ticket: String,
    /// The answer is wanted as the page shows it, not as values.
    pub shown: bool,
    /// The number of the saved query that the statement was opened from; empty without one.
    pub saved: String,
    pub given: Given,
    pub chart: ChartWish,
}

/// How a result shall be drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChartWish {
    /// `bar`, `line`, `stacked`; empty for none.
    pub kind: String,
    pub x: String,
    pub y: Vec<String>,
    pub title: String,
}

impl Asked {
    /// Reads `sql`, `as_of`, `format`, `ticket`, `saved`, `chart`, `x`, `y`, `title`, `p.NAME` and `t.NAME`.
    pub(crate) fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut asked = Self::default();
        for (key, value) in pairs {
            match key {
                "sql" => asked.sql = value.replace("\r\n", "\n"),
                "as_of" => asked.as_of = value.trim().to_owned(),
                "format" => asked.format = value.to_owned(),
                "ticket" => asked.ticket = value.chars().take(64).collect(),
                "shown" => asked.shown = value == "yes",
                "saved" => asked.saved = value.chars().take(20).collect(),
                "chart" => asked.chart.kind = value.to_owned(),
                "x" => asked.chart.x = value.to_owned(),
                "y" => asked.chart.y.push(value.to_owned()),
                "title" => asked.chart.title = value.chars().take(60).collect(),
                _ => asked.read_param(key, value),
            }
        }
        asked
    }

    fn read_param(&mut self, key: &str, value: &str) {
        if let Some(name) = key.strip_prefix("p.") {
            self.given.values.insert(name.to_owned(), value.replace("\r\n", "\n"));
        } else if let Some((name, kind)) = key.strip_prefix("t.").zip(ParamType::from_name(value)) {
            self.given.kinds.insert(name.to_owned(), kind);
        }
    }

    /// A named query with the values of an address, for an analyst to change.
    pub(crate) fn fork(named: &Query, address: &QueryString) -> Self {
        let mut asked = Self { sql: named.sql.trim().to_owned(), ..Self::default() };
        for spec in &named.about.params {
            asked.given.kinds.insert(spec.name.clone(), spec.kind);
            if let Some(value) = address.get(&spec.name).or(spec.default.as_deref()) {
                asked.given.values.insert(spec.name.clone(), value.to_owned());
            }
        }
        if !named.about.params.iter().any(|spec| spec.name == "as_of") {
            asked.as_of = address.get("as_of").unwrap_or("").to_owned();
        }
        asked
    }

    /// Year and day take what the boards take while nobody has said anything about them.
    pub(crate) fn with_defaults(mut self, today: NaiveDate) -> Self {
        let as_of = if self.as_of.is_empty() { today.to_string() } else { self.as_of.clone() };
        self.given.values.entry("as_of".to_owned()).or_insert(as_of);
        self.given.values.entry("year".to_owned()).or_insert_with(|| today.year().to_string());
        self
    }

    /// The day to which the tables are cut.
    pub(crate) fn day(&self) -> Result<Option<NaiveDate>, Fault> {
        match self.as_of.as_str() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Fault::bad("bad.as_of", text)),
        }
    }

    /// Refuses what is too long to be read at all.
    pub(crate) fn check_length(&self) -> Result<(), Fault> {
        if self.sql.len() > LONGEST { Err(Fault::bad("bad.sql_long", &self.sql.len().to_string())) } else { Ok(()) }
    }

    /// The statement with its parameters bound; `most` as in [`Statement::most`].
    pub(crate) fn statement(&self, words: Words, day: Option<NaiveDate>, most: Option<usize>) -> Result<Statement, SqlFailure> {
        if self.sql.trim().is_empty() {
            let (said, hint) = (words.t("sql.nothing"), words.t("sql.nothing.hint"));
            return Err(SqlFailure::new(FailureKind::NotOne, said, said, hint));
        }
        let filled = Template::parse(&self.sql)?.fill(&self.given)?;
        Ok(Statement { sql: filled.sql, as_of: day, params: filled.params, most, ticket: self.ticket.clone() })
    }

    /// The parameters to fill in. While the statement cannot be read, those that were shown before stay.
    pub(crate) fn fields(&self) -> Vec<Field> {
        if let Ok(template) = Template::parse(&self.sql) {
            return template.fields(&self.given);
        }
        let field = |(name, kind): (&String, &ParamType)| Field {
            name: name.clone(),
            kind: *kind,
            value: self.given.values.get(name).cloned().unwrap_or_default(),
            optional: false,
        };
        self.given.kinds.iter().map(field).collect()
    }

    /// Everything but what becomes of the result, for hidden fields and addresses. Only parameters that stand in the
    /// statement are kept.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = vec![("sql".to_owned(), self.sql.clone())];
        if !self.as_of.is_empty() {
            pairs.push(("as_of".to_owned(), self.as_of.clone()));
        }
        for field in self.fields() {
            pairs.push((format!("p.{}", field.name), field.value));
            pairs.push((format!("t.{}", field.name), field.kind.id().to_owned()));
        }
        pairs
    }

    /// The same for the desk, which knows what the statement was opened from.
    pub(crate) fn desk_pairs(&self) -> Vec<(String, String)> {
        let mut pairs = self.pairs();
        if !self.saved.is_empty() {
            pairs.push(("saved".to_owned(), self.saved.clone()));
        }
        pairs
    }

    /// `/sql?sql=…`: the same desk for somebody else.
    pub(crate) fn address(&self) -> String {
        let pairs: Vec<(String, String)> = self.desk_pairs().into_iter().chain(self.chart.pairs()).collect();
        QueryString::of(pairs).href("/sql")
    }

    /// `/q.json?sql=…`: the same statement for a program; empty when it is too long for an address.
    pub(crate) fn data_address(&self) -> String {
        let address = QueryString::of(self.pairs()).href("/q.json");
        if address.len() > LONGEST_ADDRESS { String::new() } else { address }
    }
}

impl ChartWish {
    /// As it was asked for; nothing without a chart.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        if self.kind.is_empty() {
            return Vec::new();
        }
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let mut pairs = vec![pair("chart", &self.kind), pair("x", &self.x), pair("title", &self.title)];
        pairs.extend(self.y.iter().map(|name| pair("y", name)));
        pairs
    }
}

/// The form as a handler takes it.
pub(crate) struct AskedForm(pub Asked);

impl<S: Send + Sync> FromRequest<S> for AskedForm {
    type Rejection = FormRejection;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, FormRejection> {
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, state).await?;
        Ok(Self(Asked::read(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())))))
    }
}
