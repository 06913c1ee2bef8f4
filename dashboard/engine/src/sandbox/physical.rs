//! The physical plan of a statement (物理计划), with its filters where they cost least.
//!
//! A filter within the reader of a file decodes its own columns first and the others only where it let rows through. That spares
//! much where few rows pass or rows are wide, and costs up to twice the time where most pass and little else is read, as
//! `known_until is null` above a join does.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator, TableScan};
use datafusion::parquet::arrow::arrow_reader::ArrowReaderMetadata;
use datafusion::parquet::file::metadata::ColumnChunkMetaData;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;

/// Columns read of one table from which on rows are wide.
const WIDE: usize = 8;
/// Bytes of a dictionary page up to which its column has few values: some hundred short words.
const FEW_VALUES_BYTES: i64 = 4 << 10;
/// What the conditions of a scan must weigh to let few rows through.
const SELECTIVE: u32 = 2;

/// Columns of few values, as table and column.
pub(super) type FewValues = BTreeSet<(String, String)>;

/// A statement as it will run.
pub(super) struct Physical {
    pub state: SessionState,
    pub logical: LogicalPlan,
    pub plan: Arc<dyn ExecutionPlan>,
}

/// Optimizes and plans.
pub(super) async fn physical(context: &SessionContext, plan: &LogicalPlan, few: &FewValues) -> Result<Physical> {
    let mut state = context.state();
    let logical = state.optimize(plan)?;
    state.config_mut().options_mut().execution.parquet.pushdown_filters = filters_early(&logical, few)?;
    let plan = state.query_planner().create_physical_plan(&logical, &state).await?;
    Ok(Physical { state, logical, plan })
}

/// The columns whose dictionaries are small, by the footers of each table's first part. A file that cannot be read has none:
/// the statement that needs it says so.
pub(super) fn columns_of_few_values(tables: &[(String, Vec<PathBuf>)]) -> FewValues {
    let mut few = FewValues::new();
    for (table, parts) in tables {
        let opened = parts.first().and_then(|part| File::open(part).ok());
        let Some(meta) = opened.and_then(|file| ArrowReaderMetadata::load(&file, Default::default()).ok()) else { continue };
        let Some(group) = meta.metadata().row_groups().first() else { continue };
        let small = group.columns().iter().filter(|chunk| has_small_dictionary(chunk));
        few.extend(small.map(|chunk| (table.clone(), chunk.column_descr().name().to_owned())));
    }
    few
}

fn has_small_dictionary(chunk: &ColumnChunkMetaData) -> bool {
    chunk.dictionary_page_offset().is_some_and(|begins| chunk.data_page_offset() - begins <= FEW_VALUES_BYTES)
}

/// True when the reader of files should filter.
fn filters_early(plan: &LogicalPlan, few: &FewValues) -> Result<bool> {
    let mut early = false;
    plan.apply_with_subqueries(|node| {
        early |= match node {
            LogicalPlan::TableScan(scan) => scan.projected_schema.fields().len() >= WIDE || weight(scan, few) >= SELECTIVE,
            // The first of an order: what cannot be among them any more need not be read. Of groups all rows are read.
            LogicalPlan::Sort(sort) => {
                sort.fetch.is_some() && !sort.input.exists(|below| Ok(matches!(below, LogicalPlan::Aggregate(_))))?
            }
            _ => false,
        };
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(early)
}

fn weight(scan: &TableScan, few: &FewValues) -> u32 {
    let table = scan.table_name.table();
    let has_few = |expression: &Expr| expression.column_refs().iter().all(|column| few.contains(&(table.to_owned(), column.name.clone())));
    scan.filters.iter().map(|condition| weight_of(condition, &has_few)).sum()
}

/// How much a condition leaves out: nothing to rely on, one of few values or all beyond a bound, or more.
fn weight_of(condition: &Expr, has_few: &impl Fn(&Expr) -> bool) -> u32 {
    match condition {
        Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::IsTrue(_) | Expr::IsNotTrue(_) | Expr::Column(_) | Expr::Not(_) => 0,
        Expr::BinaryExpr(both) if both.op == Operator::And => weight_of(&both.left, has_few) + weight_of(&both.right, has_few),
        Expr::BinaryExpr(both) if both.op == Operator::NotEq => 0,
        // `agreed_yuan >= 100000000` is how people leave out the small ones, and most remain.
        Expr::BinaryExpr(both) if matches!(both.op, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq) => 1,
        condition if has_few(condition) => 1,
        _ => SELECTIVE,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use datafusion::parquet::arrow::ArrowWriter;
    use datafusion::prelude::ParquetReadOptions;

    use super::*;

    /// 20,000 rows: ids that differ, four stages, a number, and six more columns to be wide.
    fn file(folder: &std::path::Path) -> PathBuf {
        let numbers = || 0..20_000_i64;
        let mut columns: Vec<(String, ArrayRef)> = vec![
            ("id".into(), Arc::new(StringArray::from_iter_values(numbers().map(|n| format!("id-{n:012}"))))),
            ("stage".into(), Arc::new(StringArray::from_iter_values(numbers().map(|n| format!("stage {}", n % 4))))),
            ("band".into(), Arc::new(StringArray::from_iter_values(numbers().map(|n| format!("band {}", n % 3))))),
            ("yuan".into(), Arc::new(Int64Array::from_iter_values(numbers()))),
        ];
        columns.extend((0..6).map(|n| (format!("other_{n}"), Arc::new(Int64Array::from_iter_values(numbers())) as ArrayRef)));
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let path = folder.join("part-0.parquet");
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        path
    }

    #[tokio::test]
    async fn filters_are_early_where_few_rows_pass_or_rows_are_wide() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path());
        let few = columns_of_few_values(&[("rows".into(), vec![path.clone()])]);
        assert_eq!(few.iter().map(|(_, column)| column.as_str()).collect::<Vec<_>>(), ["band", "stage"]);
        let context = SessionContext::new();
        context.register_parquet("rows", path.to_str().unwrap(), ParquetReadOptions::default()).await.unwrap();
        for (early, sql) in [
            (false, "select sum(yuan) from rows"),
            (false, "select sum(yuan) from rows where stage = 'stage 1'"),
            (false, "select sum(yuan) from rows where id is not null and stage <> 'stage 1'"),
            (false, "select a.id from rows a join rows b on a.id = b.id where b.stage = 'stage 2'"),
            (true, "select sum(yuan) from rows where stage = 'stage 1' and band = 'band 2'"),
            (false, "select sum(yuan) from rows where yuan >= 100"),
            (true, "select sum(yuan) from rows where yuan >= 100 and yuan < 200"),
            (true, "select sum(yuan) from rows where id = 'id-000000000007'"),
            (true, "select stage from rows where id like '%77'"),
            (true, "select stage, id from rows order by yuan desc limit 5"),
            (false, "select stage, count(*) from rows group by stage order by 2 desc limit 5"),
            (true, "select * from rows where stage = 'stage 1'"),
            (true, "select stage from rows where yuan in (select max(yuan) from rows where id like '%77')"),
        ] {
            let plan = context.state().create_logical_plan(sql).await.unwrap();
            let made = physical(&context, &plan, &few).await.unwrap();
            assert_eq!(made.state.config_options().execution.parquet.pushdown_filters, early, "{sql}");
        }
    }
}
