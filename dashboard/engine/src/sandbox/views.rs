//! Tables as known and in force on a day (截至某日): domain rule 3 over whatever columns a table has.

use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::catalog::TableProvider;
use datafusion::catalog::view::ViewTable;
use datafusion::common::ScalarValue;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result as DataResult;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, col, lit};
use datafusion::prelude::SessionContext;
use qunlian_domain::contract::{Contract, Table};

use crate::error::EngineError;
use crate::functions::arrow_date;

/// Puts in place of each dated table a view of the rows that counted on `day`.
pub(super) async fn as_known_on(context: &SessionContext, contract: &Contract, day: NaiveDate) -> Result<(), EngineError> {
    for table in &contract.tables {
        replace(context, table, day).await.map_err(|fault| EngineError::table(&table.name, &fault))?;
    }
    Ok(())
}

async fn replace(context: &SessionContext, table: &Table, day: NaiveDate) -> DataResult<()> {
    let provider = context.table_provider(table.name.as_str()).await?;
    let known = known_on(&table.name, Some(table), provider, day)?;
    context.deregister_table(table.name.as_str())?;
    context.register_table(table.name.as_str(), known)?;
    Ok(())
}

/// The rows of a table that counted on `day`; a table without versions stays whole. Plans go on naming it.
pub(super) fn known_on(
    name: &str,
    table: Option<&Table>,
    provider: Arc<dyn TableProvider>,
    day: NaiveDate,
) -> DataResult<Arc<dyn TableProvider>> {
    match table.and_then(|table| in_force(table, day)) {
        Some(condition) => {
            let rows = LogicalPlanBuilder::scan(name, provider_as_source(provider), None)?.filter(condition)?.build()?;
            Ok(Arc::new(ViewTable::new(rows, None)))
        }
        None => Ok(provider),
    }
}

/// begun by the day, and not ended by it; `None` for a table without versions, such as the books' own, which tell
/// how filings stand now.
fn in_force(table: &Table, day: NaiveDate) -> Option<Expr> {
    table.column("known_from")?;
    let date = || lit(ScalarValue::Date32(Some(arrow_date(day))));
    let mut conditions = Vec::new();
    for begins in ["known_from", "recognised_on"] {
        if table.column(begins).is_some() {
            conditions.push(col(begins).lt_eq(date()));
        }
    }
    for ends in ["known_until", "revoked_on"] {
        if table.column(ends).is_some() {
            conditions.push(col(ends).is_null().or(col(ends).gt(date())));
        }
    }
    conditions.into_iter().reduce(Expr::and)
}
