//! Groups by the numbers of their keys' values, and their figures so far.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode, aggregate_expressions, evaluate_many};

use super::keys::Key;

/// Bits of a place in the table: 65,536 combinations of values.
const PLACE_BITS: u32 = 16;
/// No group.
const NONE: u32 = u32::MAX;

/// The groups of one partition.
pub(super) struct Groups {
    schema: SchemaRef,
    keys: Vec<Key>,
    figures: Vec<Figure>,
    /// Groups by place.
    table: Vec<u32>,
    count: usize,
    /// The group of each row of a batch.
    rows: Vec<usize>,
}

struct Figure {
    of: Vec<Arc<dyn PhysicalExpr>>,
    only: Option<Arc<dyn PhysicalExpr>>,
    kept: Box<dyn GroupsAccumulator>,
}

impl Groups {
    pub(super) fn new(aggregate: &AggregateExec) -> Result<Self> {
        let schema = aggregate.input().schema();
        let keys = aggregate.group_expr().expr().iter().map(|(by, _)| Key::new(by, &schema));
        let of = aggregate_expressions(aggregate.aggr_expr(), &AggregateMode::Partial, 0)?;
        let figures = aggregate.aggr_expr().iter().zip(of).zip(aggregate.filter_expr());
        let figures =
            figures.map(|((function, of), only)| Ok(Figure { of, only: only.clone(), kept: function.create_groups_accumulator()? }));
        Ok(Self {
            schema: datafusion::physical_plan::ExecutionPlan::schema(aggregate),
            keys: keys.collect::<Result<_>>()?,
            figures: figures.collect::<Result<_>>()?,
            table: vec![NONE],
            count: 0,
            rows: Vec::new(),
        })
    }

    /// Takes in the rows of a batch. False, and nothing of it taken in, when there are too many values or groups.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<bool> {
        for key in &mut self.keys {
            if !key.number(batch)? {
                return Ok(false);
            }
        }
        if !self.has_room() {
            return Ok(false);
        }
        self.find();
        for figure in &mut self.figures {
            let values = evaluate_many(std::slice::from_ref(&figure.of), batch)?.pop().unwrap_or_default();
            let only = figure.only.as_ref().map(|only| only.evaluate(batch)?.into_array(batch.num_rows())).transpose()?;
            let only = only.as_ref().map(|only| only.as_boolean());
            figure.kept.update_batch(&values, &self.rows, only, self.count)?;
        }
        Ok(true)
    }

    /// Bytes in use.
    pub(super) fn size(&self) -> usize {
        let keys: usize = self.keys.iter().map(Key::size).sum();
        let figures: usize = self.figures.iter().map(|figure| figure.kept.size()).sum();
        keys + figures + self.table.capacity() * 4 + self.rows.capacity() * size_of::<usize>()
    }

    /// The groups with the state of their figures, as a first stage passes them on.
    pub(super) fn state(mut self) -> Result<RecordBatch> {
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        for key in self.keys {
            columns.push(take(&key.codes.values(0)?, &UInt32Array::from(key.of_group), None)?);
        }
        for figure in &mut self.figures {
            columns.extend(figure.kept.state(EmitTo::All)?);
        }
        Ok(RecordBatch::try_new(self.schema, columns)?)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Makes places for all numbers. False when they would need too many.
    fn has_room(&mut self) -> bool {
        let needed = |key: &Key| key.codes.len().next_power_of_two().trailing_zeros();
        if self.keys.iter().all(|key| needed(key) <= key.bits) {
            return true;
        }
        if self.keys.iter().map(needed).sum::<u32>() > PLACE_BITS {
            return false;
        }
        for key in &mut self.keys {
            key.bits = needed(key);
        }
        let bits: u32 = self.keys.iter().map(|key| key.bits).sum();
        self.table = vec![NONE; 1 << bits];
        for group in 0..self.count {
            let place = self.keys.iter().fold(0, |place, key| place << key.bits | key.of_group[group] as usize);
            self.table[place] = group as u32;
        }
        true
    }

    /// Finds each row's group, a new one where there is none.
    fn find(&mut self) {
        self.rows.clear();
        if let Some((first, others)) = self.keys.split_first() {
            self.rows.extend(first.of_row.iter().map(|code| *code as usize));
            for key in others {
                for (place, code) in self.rows.iter_mut().zip(&key.of_row) {
                    *place = *place << key.bits | *code as usize;
                }
            }
        }
        for (row, place) in self.rows.iter_mut().enumerate() {
            let group = &mut self.table[*place];
            if *group == NONE {
                *group = self.count as u32;
                self.count += 1;
                for key in &mut self.keys {
                    key.of_group.push(key.of_row[row]);
                }
            }
            *place = *group as usize;
        }
    }
}
