//! The files that rule the desk, the scoring and the forecast, and no figure of the lake: outside the rule version, so that they build nothing anew.

use std::io::ErrorKind;

use serde::de::DeserializeOwned;

use super::CatalogueError;
use super::files::{at, parse, read_text};
use crate::bulletin::{Template, TemplateIndex, Templates};
use crate::carriers::Carriers;
use crate::chain::ChainCatalogue;
use crate::forecast::ForecastRules;
use crate::procedure::Procedure;
use crate::reserve::Reserve;
use crate::scale::Bands;
use crate::score::Scoring;

/// What is wrong in a file of the desk, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct DeskFault {
    /// `retention.audit_days`, `step intent`.
    pub place: String,
    pub problem: String,
    pub hint: String,
}

impl DeskFault {
    pub fn new(place: &str, problem: String, hint: &str) -> Self {
        Self { place: place.to_owned(), problem, hint: hint.to_owned() }
    }
}

type Read<'r> = &'r dyn Fn(&str) -> std::io::Result<String>;

/// `procedure.toml`
pub(super) fn load_procedure(read: Read<'_>, path: &str) -> Result<Procedure, CatalogueError> {
    load(read, path, Procedure::check)
}

/// `reserve.toml`
pub(super) fn load_reserve(read: Read<'_>, path: &str, chains: &ChainCatalogue) -> Result<Reserve, CatalogueError> {
    load(read, path, |reserve: &Reserve| reserve.check(chains))
}

/// `forecast.toml`
pub(super) fn load_forecast(read: Read<'_>, path: &str) -> Result<ForecastRules, CatalogueError> {
    load(read, path, ForecastRules::check)
}

/// `scoring-<year>.toml`; `None` where a city does not score that year.
pub(super) fn load_scoring(
    read: Read<'_>,
    path: &str,
    year: i32,
    carriers: &Carriers,
    bands: &Bands,
) -> Result<Option<Scoring>, CatalogueError> {
    if read(path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(None);
    }
    let scoring: Scoring = parse(path, &read_text(read, path)?)?;
    let complete = scoring.complete(year, carriers, bands);
    complete.map(Some).map_err(|fault| at(path, &fault.place, fault.problem, &fault.hint))
}

/// `bulletins/index.toml` and the templates that it names.
pub(super) fn load_bulletins(read: Read<'_>, folder: &str) -> Result<Templates, CatalogueError> {
    let path = format!("{folder}/index.toml");
    let index: TemplateIndex = parse(&path, &read_text(read, &path)?)?;
    let mut all: Vec<Template> = Vec::with_capacity(index.templates.len());
    for id in &index.templates {
        let is_plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_plain || all.iter().any(|template| template.id == *id) {
            let hint = "write each name once, in small letters, digits and hyphens";
            return Err(at(&path, "templates", format!("{id:?} cannot be the name of a template"), hint));
        }
        let template = load(read, &format!("{folder}/{id}.toml"), Template::check)?;
        all.push(Template { id: id.clone(), ..template });
    }
    index.with(all).map_err(|fault| at(&path, &fault.place, fault.problem, &fault.hint))
}

fn load<T: DeserializeOwned>(read: Read<'_>, path: &str, check: impl Fn(&T) -> Result<(), DeskFault>) -> Result<T, CatalogueError> {
    let text = read_text(read, path)?;
    let table: T = parse(path, &text)?;
    check(&table).map_err(|fault| at(path, &fault.place, fault.problem, &fault.hint))?;
    Ok(table)
}
