//! Tables as known and in force on a day (截至某日): domain rule 3 over whatever columns a table has.

use chrono::NaiveDate;
use datafusion::common::ScalarValue;
use datafusion::error::Result as DataResult;
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::prelude::SessionContext;
use qunlian_domain::contract::{Contract, Table};

use crate::error::EngineError;
use crate::functions::arrow_date;

/// Puts in place of each dated table a view of the rows that counted on `day`.
pub(super) async fn as_known_on(context: &SessionContext, contract: &Contract, day: NaiveDate) -> Result<(), EngineError> {
    for table in &contract.tables {
        if let Some(condition) = in_force(table, day) {
            replace(context, table, condition).await.map_err(|fault| EngineError::table(&table.name, &fault))?;
        }
    }
    Ok(())
}

async fn replace(context: &SessionContext, table: &Table, condition: Expr) -> DataResult<()> {
    let provider = context.table_provider(table.name.as_str()).await?;
    let view = context.read_table(provider)?.filter(condition)?.into_view();
    context.deregister_table(table.name.as_str())?;
    context.register_table(table.name.as_str(), view)?;
    Ok(())
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
