//! The files that rule the desk and no figure: kept out of the rule version, so that a new phone number builds nothing anew.

use serde::de::DeserializeOwned;

use super::CatalogueError;
use super::files::{at, parse, read_text};
use crate::chain::ChainCatalogue;
use crate::procedure::Procedure;
use crate::reserve::Reserve;

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

fn load<T: DeserializeOwned>(read: Read<'_>, path: &str, check: impl Fn(&T) -> Result<(), DeskFault>) -> Result<T, CatalogueError> {
    let text = read_text(read, path)?;
    let table: T = parse(path, &text)?;
    check(&table).map_err(|fault| at(path, &fault.place, fault.problem, &fault.hint))?;
    Ok(table)
}
