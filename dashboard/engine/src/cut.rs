//! The tables as a reader of some carriers finds them (数据范围): what belongs to others is not there.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::prelude::SessionContext;
use qunlian_domain::contract::{Contract, RowsOf, Table};

use crate::error::EngineError;

/// Registers in `context` every table of `whole`, cut to the rows of `carriers`. A question planned there
/// cannot name what is left out, whichever way it joins.
pub(crate) async fn register(
    context: &SessionContext,
    whole: &SessionContext,
    contract: &Contract,
    carriers: &BTreeSet<String>,
) -> std::result::Result<(), EngineError> {
    for table in &contract.tables {
        let provider = provider(whole, table, carriers).await.map_err(|fault| EngineError::table(&table.name, &fault))?;
        context.register_table(table.name.as_str(), provider).map_err(|fault| EngineError::table(&table.name, &fault))?;
    }
    Ok(())
}

async fn provider(whole: &SessionContext, table: &Table, carriers: &BTreeSet<String>) -> Result<Arc<dyn TableProvider>> {
    let provider = whole.table_provider(table.name.as_str()).await?;
    let seen = match table.rows_of() {
        RowsOf::Everybody => return Ok(provider),
        RowsOf::Carriers => is_one_of(Table::CARRIER, carriers),
        RowsOf::City => lit(false),
    };
    Ok(whole.read_table(provider)?.filter(seen)?.into_view())
}

/// Rows without a carrier are nobody's.
pub(crate) fn is_one_of(column: &str, carriers: &BTreeSet<String>) -> Expr {
    let list = carriers.iter().map(|id| lit(ScalarValue::Utf8View(Some(id.clone())))).collect();
    col(column).in_list(list, false)
}
