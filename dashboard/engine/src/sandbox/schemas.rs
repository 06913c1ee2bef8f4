//! Schemas that a statement may name: `asof_20220331` (as known then), `generation_42` (as published), `system`.

use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::catalog::{MemorySchemaProvider, SchemaProvider};
use datafusion::error::Result;
use datafusion::prelude::SessionContext;
use qunlian_queries::Answer;
use qunlian_queries::system::SYSTEM;

use super::error::SqlError;
use super::system;
use super::{Opened, Sandbox, views};
use crate::error::EngineError;
use crate::tables;

/// A schema of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    AsOf(NaiveDate),
    Generation(u64),
    System,
}

impl Named {
    /// Reads a schema's name.
    pub(super) fn read(name: &str) -> Option<Self> {
        if name == SYSTEM {
            return Some(Self::System);
        }
        if let Some(day) = name.strip_prefix("asof_") {
            let digits = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
            return digits.then(|| NaiveDate::parse_from_str(day, "%Y%m%d").ok()).flatten().map(Self::AsOf);
        }
        let number = name.strip_prefix("generation_")?;
        let plain = !number.is_empty() && !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| number.parse().ok()).flatten().map(Self::Generation)
    }

    fn name(self) -> String {
        match self {
            Self::AsOf(day) => day.format("asof_%Y%m%d").to_string(),
            Self::Generation(number) => format!("generation_{number}"),
            Self::System => SYSTEM.to_owned(),
        }
    }
}

/// Registers the schemas that a statement names.
pub(super) async fn register(
    context: &SessionContext,
    sandbox: &Sandbox,
    named: &[Named],
    system_rows: &[(String, Answer)],
) -> std::result::Result<(), SqlError> {
    for schema in named {
        let tables = match schema {
            Named::AsOf(day) => as_of(sandbox, *day)?,
            Named::Generation(number) => opened(sandbox, *number)?.tables.clone(),
            Named::System => system::tables(&sandbox.contract, system_rows)?,
        };
        add(context, &schema.name(), tables).map_err(|fault| EngineError::table(&schema.name(), &fault))?;
    }
    Ok(())
}

fn as_of(sandbox: &Sandbox, day: NaiveDate) -> std::result::Result<Vec<tables::Opened>, SqlError> {
    let mut tables = Vec::with_capacity(sandbox.served.tables.len());
    for (name, provider) in &sandbox.served.tables {
        let table = sandbox.contract.table(name);
        let known = views::known_on(name, table, Arc::clone(provider), day).map_err(|fault| EngineError::table(name, &fault))?;
        tables.push((name.clone(), known));
    }
    Ok(tables)
}

fn opened(sandbox: &Sandbox, number: u64) -> std::result::Result<&Opened, SqlError> {
    if sandbox.generation() == number {
        return Ok(&sandbox.served);
    }
    sandbox.earlier.get(&number).ok_or(SqlError::GenerationGone { number })
}

pub(super) fn add(context: &SessionContext, name: &str, tables: Vec<tables::Opened>) -> Result<()> {
    let schema = MemorySchemaProvider::new();
    for (table, provider) in tables {
        schema.register_table(table, provider)?;
    }
    if let Some(catalog) = context.catalog(&context.copied_config().options().catalog.default_catalog) {
        catalog.register_schema(name, Arc::new(schema))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_schemas_are_exact() {
        let check = |name: &str, expect: Option<Named>| assert_eq!(Named::read(name), expect, "{name}");
        check("asof_20220331", NaiveDate::from_ymd_opt(2022, 3, 31).map(Named::AsOf));
        check("asof_20220230", None);
        check("asof_2022-03-31", None);
        check("asof_+2220331", None);
        check("generation_42", Some(Named::Generation(42)));
        check("generation_042", None);
        check("generation_+4", None);
        check("generation_99999999999999999999", None);
        check("system", Some(Named::System));
        check("information_schema", None);
        check("public", None);
        assert_eq!(
            Named::read(&Named::AsOf(NaiveDate::from_ymd_opt(2022, 3, 31).unwrap()).name()),
            Some(Named::AsOf(NaiveDate::from_ymd_opt(2022, 3, 31).unwrap()))
        );
    }
}
