//! One key of a grouping: an expression, and the numbers of its values.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr_common::physical_expr::is_volatile;

use super::codes::{Codes, has_codes};

pub(super) struct Key {
    by: Arc<dyn PhysicalExpr>,
    /// While its only column has few values.
    source: Option<Source>,
    pub codes: Codes,
    /// Bits that its numbers take of a place.
    pub bits: u32,
    /// The number in each group.
    pub of_group: Vec<u32>,
    /// The number in each row of the last batch.
    pub of_row: Vec<u32>,
}

/// The only column of an expression such as a day's month: worked out once for each value, not for each row.
struct Source {
    column: usize,
    schema: SchemaRef,
    /// The expression over a batch of that column alone.
    by: Arc<dyn PhysicalExpr>,
    codes: Codes,
    /// The key's number by the column's.
    to_key: Vec<u32>,
}

impl Key {
    pub(super) fn new(by: &Arc<dyn PhysicalExpr>, schema: &SchemaRef) -> Result<Self> {
        let source = Source::of(by, schema)?;
        Ok(Self { by: Arc::clone(by), source, codes: Codes::default(), bits: 0, of_group: Vec::new(), of_row: Vec::new() })
    }

    /// Numbers the rows of a batch. False when there are more than few values.
    pub(super) fn number(&mut self, batch: &RecordBatch) -> Result<bool> {
        if let Some(source) = &mut self.source {
            if source.codes.number(batch.column(source.column), &mut self.of_row)? {
                source.follow(&mut self.codes)?;
                for code in &mut self.of_row {
                    *code = source.to_key[*code as usize];
                }
                return Ok(self.codes.are_few());
            }
            self.source = None;
        }
        let values = self.by.evaluate(batch)?.into_array(batch.num_rows())?;
        self.codes.number(&values, &mut self.of_row)
    }

    /// Bytes in use.
    pub(super) fn size(&self) -> usize {
        let source = self.source.as_ref().map_or(0, |source| source.codes.size() + source.to_key.capacity() * 4);
        self.codes.size() + source + (self.of_group.capacity() + self.of_row.capacity()) * 4
    }
}

impl Source {
    /// None for a plain column, for what reads several, and for what differs from row to row.
    fn of(by: &Arc<dyn PhysicalExpr>, schema: &SchemaRef) -> Result<Option<Self>> {
        let columns = collect_columns(by);
        let Some(column) = columns.iter().next().filter(|_| columns.len() == 1) else { return Ok(None) };
        let field = schema.field(column.index());
        if by.is::<Column>() || is_volatile(by) || !has_codes(field.data_type()) {
            return Ok(None);
        }
        let alone = |node: Arc<dyn PhysicalExpr>| {
            Ok(match node.downcast_ref::<Column>() {
                Some(column) => Transformed::yes(Arc::new(Column::new(column.name(), 0)) as Arc<dyn PhysicalExpr>),
                None => Transformed::no(node),
            })
        };
        Ok(Some(Self {
            column: column.index(),
            schema: Arc::new(Schema::new(vec![field.clone()])),
            by: Arc::clone(by).transform_up(alone).data()?,
            codes: Codes::default(),
            to_key: Vec::new(),
        }))
    }

    /// Works out the key of the values that are new.
    fn follow(&mut self, keys: &mut Codes) -> Result<()> {
        if self.codes.len() == self.to_key.len() {
            return Ok(());
        }
        let fresh = self.codes.values(self.to_key.len())?;
        let rows = fresh.len();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), vec![fresh])?;
        let mut numbers = Vec::with_capacity(rows);
        keys.number(&self.by.evaluate(&batch)?.into_array(rows)?, &mut numbers)?;
        self.to_key.extend(numbers);
        Ok(())
    }
}
