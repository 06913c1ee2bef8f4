//! What a statement would read (执行前估算): files, row groups and bytes left after pruning, and the logical plan.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::common::TableReference;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::physical_plan::{FileScanConfig, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::{MemTable, source_as_provider};
use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;
use datafusion::parquet::arrow::arrow_reader::ArrowReaderMetadata;
use datafusion::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::physical_optimizer::pruning::{PruningPredicateBuilder, PruningStatistics};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::scalar::ScalarValue;
use datafusion::{arrow, common::Column};
use qunlian_queries::{Outline, OutlineColumn};

use super::physical::Physical;

/// Looks at footers; `parts` gives the files of a table that is held in memory.
pub(super) fn outline<'p>(Physical { logical, plan, .. }: &Physical, parts: impl Fn(&TableReference) -> &'p [PathBuf]) -> Result<Outline> {
    let columns = plan
        .schema()
        .fields()
        .iter()
        .map(|field| OutlineColumn { name: field.name().clone(), kind: field.data_type().to_string() })
        .collect();
    let mut reading = Reading::default();
    walk(plan, &mut |scan| reading.scan(scan))?;
    // Small tables are in memory: what counts is what was read to bring them there.
    for (table, columns) in held(logical)? {
        for part in parts(&table) {
            reading.whole(part, &columns)?;
        }
    }
    Ok(Outline {
        columns,
        plan: logical.display_indent().to_string(),
        files: reading.files,
        row_groups: reading.row_groups,
        bytes: reading.bytes,
        generation: 0,
    })
}

fn walk(plan: &Arc<dyn ExecutionPlan>, on_scan: &mut dyn FnMut(&FileScanConfig) -> Result<()>) -> Result<()> {
    if let Some(source) = plan.downcast_ref::<DataSourceExec>()
        && let Some(scan) = source.data_source().downcast_ref::<FileScanConfig>()
    {
        on_scan(scan)?;
    }
    plan.children().into_iter().try_for_each(|child| walk(child, on_scan))
}

/// The tables of a plan that are held in memory, each with the columns that are wanted of it.
fn held(plan: &LogicalPlan) -> Result<Vec<(TableReference, Vec<String>)>> {
    let mut held = Vec::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && source_as_provider(&scan.source)?.is::<MemTable>()
        {
            let columns = scan.projected_schema.fields().iter().map(|field| field.name().clone()).collect();
            held.push((scan.table_name.clone(), columns));
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(held)
}

/// What is left to read.
#[derive(Default)]
struct Reading {
    files: u64,
    row_groups: u64,
    bytes: u64,
}

impl Reading {
    fn scan(&mut self, scan: &FileScanConfig) -> Result<()> {
        let source = scan.file_source().downcast_ref::<ParquetSource>();
        let predicate = source.and_then(FileSource::filter);
        let schema = scan.file_schema();
        let pruning = match predicate {
            Some(predicate) => Some(PruningPredicateBuilder::new().with_file_schema(Arc::clone(schema)).try_build(predicate)?),
            None => None,
        };
        let wanted: Vec<String> = scan.projected_schema()?.fields().iter().map(|field| field.name().clone()).collect();
        // One file may stand in several groups, each with a range of it.
        let mut seen = std::collections::BTreeSet::new();
        for file in scan.file_groups.iter().flat_map(|group| group.iter()) {
            let path = PathBuf::from(format!("/{}", file.object_meta.location));
            if !seen.insert(path.clone()) {
                continue;
            }
            let meta = footer(&path)?;
            let kept = match &pruning {
                Some(pruning) => pruning.prune(&Groups { meta: &meta, schema })?,
                None => vec![true; meta.num_row_groups()],
            };
            self.count(&meta, &kept, &wanted);
        }
        Ok(())
    }

    fn whole(&mut self, part: &Path, wanted: &[String]) -> Result<()> {
        let meta = footer(part)?;
        self.count(&meta, &vec![true; meta.num_row_groups()], wanted);
        Ok(())
    }

    fn count(&mut self, meta: &ParquetMetaData, kept: &[bool], wanted: &[String]) {
        let groups: Vec<_> = meta.row_groups().iter().zip(kept).filter(|(_, kept)| **kept).map(|(group, _)| group).collect();
        self.files += u64::from(!groups.is_empty());
        self.row_groups += groups.len() as u64;
        let columns = groups.iter().flat_map(|group| group.columns());
        let read = columns.filter(|column| wanted.iter().any(|wanted| wanted == column.column_descr().name()));
        self.bytes += read.map(|column| u64::try_from(column.compressed_size()).unwrap_or(0)).sum::<u64>();
    }
}

fn footer(path: &Path) -> Result<Arc<ParquetMetaData>> {
    let file = File::open(path)?;
    Ok(Arc::clone(ArrowReaderMetadata::load(&file, Default::default())?.metadata()))
}

/// Statistics of a file's row groups.
struct Groups<'m> {
    meta: &'m ParquetMetaData,
    schema: &'m arrow::datatypes::Schema,
}

impl Groups<'_> {
    fn converter(&self, column: &Column) -> Option<StatisticsConverter<'_>> {
        StatisticsConverter::try_new(&column.name, self.schema, self.meta.file_metadata().schema_descr()).ok()
    }
}

impl PruningStatistics for Groups<'_> {
    fn min_values(&self, column: &Column) -> Option<arrow::array::ArrayRef> {
        self.converter(column)?.row_group_mins(self.meta.row_groups()).ok()
    }

    fn max_values(&self, column: &Column) -> Option<arrow::array::ArrayRef> {
        self.converter(column)?.row_group_maxes(self.meta.row_groups()).ok()
    }

    fn num_containers(&self) -> usize {
        self.meta.num_row_groups()
    }

    fn null_counts(&self, column: &Column) -> Option<arrow::array::ArrayRef> {
        let counts = self.converter(column)?.row_group_null_counts(self.meta.row_groups()).ok()?;
        Some(Arc::new(counts))
    }

    fn row_counts(&self) -> Option<arrow::array::ArrayRef> {
        let rows = self.meta.row_groups().iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(0));
        Some(Arc::new(rows.collect::<arrow::array::UInt64Array>()))
    }

    fn contained(&self, _: &Column, _: &std::collections::HashSet<ScalarValue>) -> Option<arrow::array::BooleanArray> {
        None
    }
}
