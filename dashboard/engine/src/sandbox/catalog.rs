//! PostgreSQL's catalogs (系统目录) for clients of its protocol: `pg_catalog` and `information_schema`, told from the contract.
//!
//! They are there only for statements that come by that protocol and name them; no other statement is touched, and what an
//! analyst writes over published tables is never rewritten.

mod empty;
mod formats;
mod functions;
mod rewrite;
mod rows;

use std::collections::BTreeSet;

use datafusion::error::Result;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use qunlian_domain::contract::Contract;

use super::schemas::add;
use super::system::{answer, table};
use crate::error::EngineError;

/// The schema of published tables, as clients of the protocol name it.
pub(super) const PUBLIC: &str = "public";
const PG: &str = "pg_catalog";
const INFORMATION: &str = "information_schema";
/// The name of the one database, and of the owner of everything.
pub(super) const DATABASE: &str = "qunlian";
/// Object number of the first published table; those of PostgreSQL's own objects are lower.
const FIRST_TABLE: i64 = 16_385;

/// A catalog table of which rows are told: its name, its columns as [`empty::specs`] reads them, its rows.
type Told = (&'static str, &'static str, Vec<Vec<qunlian_queries::Value>>);

/// True when the words of a statement name a catalog, one of its tables or functions.
pub(super) fn is_named(sql: &str) -> bool {
    let Ok(tokens) = Tokenizer::new(&PostgreSqlDialect {}, sql).tokenize() else { return false };
    tokens.iter().any(|token| match token {
        Token::Word(word) => {
            let word = word.value.to_lowercase();
            word == PG || word == INFORMATION || is_known(None, &word) || rewrite::is_function(&word)
        }
        _ => false,
    })
}

/// True for a table of the catalogs; those of `pg_catalog` are found without a schema too.
pub(super) fn is_known(schema: Option<&str>, name: &str) -> bool {
    match schema {
        None | Some(PG) => rows::PG_NAMES.contains(&name) || empty::columns(PG, name).is_some(),
        Some(INFORMATION) => rows::INFORMATION_NAMES.contains(&name) || empty::columns(INFORMATION, name).is_some(),
        Some(_) => false,
    }
}

/// Spells a statement over the catalogs as the engine reads it; `reader` is whoever asks.
pub(super) fn normalise(statement: &mut Statement, contract: &Contract, reader: &str) {
    rewrite::normalise(statement, contract, reader);
}

/// Registers the catalogs and the functions over them.
pub(super) fn register(context: &SessionContext, contract: &Contract, reader: &str) -> std::result::Result<(), EngineError> {
    functions::register(context, contract);
    let fault = |fault: datafusion::error::DataFusionError| EngineError::table(PG, &fault);
    schema(context, PG, rows::pg(contract, reader), empty::PG).map_err(fault)?;
    schema(context, INFORMATION, rows::information(contract), empty::INFORMATION).map_err(fault)
}

/// What every statement by that protocol may do: name tables with the database before their schema, and write formats of days
/// and times as PostgreSQL does.
pub(super) fn welcome(context: &SessionContext) {
    formats::register(context);
    if let Some(catalog) = context.catalog(&context.copied_config().options().catalog.default_catalog) {
        context.register_catalog(DATABASE, catalog);
    }
}

fn schema(context: &SessionContext, name: &str, told: Vec<Told>, empty: &'static [(&str, &str)]) -> Result<()> {
    let of = |error: EngineError| datafusion::error::DataFusionError::Plan(error.to_string());
    let mut tables = Vec::new();
    let mut names = BTreeSet::new();
    for (table_name, columns, rows) in told {
        names.insert(table_name);
        tables.push(table(table_name, answer(&empty::specs(columns), rows)).map_err(of)?);
    }
    for (table_name, columns) in empty {
        if names.insert(table_name) {
            tables.push(table(table_name, answer(&empty::specs(columns), Vec::new())).map_err(of)?);
        }
    }
    if name == PG {
        // Found without their schema too.
        for (table_name, provider) in &tables {
            if !context.table_exist(table_name.as_str())? {
                context.register_table(table_name.as_str(), std::sync::Arc::clone(provider))?;
            }
        }
    }
    add(context, name, tables)
}
