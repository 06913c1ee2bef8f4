//! The operator in a plan.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::metrics::{BaselineMetrics, Count, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions, replace_children_if_necessary,
};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

use super::groups::Groups;

/// The first stage of a grouping by few values.
#[derive(Debug, Clone)]
pub(super) struct FewGroupsExec {
    /// What it does the work of; the same columns come out.
    aggregate: AggregateExec,
    metrics: ExecutionPlanMetricsSet,
}

impl FewGroupsExec {
    pub(super) fn new(aggregate: AggregateExec) -> Self {
        Self { aggregate, metrics: ExecutionPlanMetricsSet::new() }
    }
}

impl DisplayAs for FewGroupsExec {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("FewGroups: ")?;
        self.aggregate.fmt_as(kind, f)
    }
}

impl ExecutionPlan for FewGroupsExec {
    fn name(&self) -> &str {
        "FewGroupsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.aggregate.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.aggregate.children()
    }

    fn apply_expressions(&self, f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>) -> Result<TreeNodeRecursion> {
        self.aggregate.apply_expressions(f)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let aggregate = Arc::new(self.aggregate.clone()).replace_children(children, options)?;
        Ok(match aggregate.downcast_ref::<AggregateExec>() {
            Some(aggregate) => Arc::new(Self::new(aggregate.clone())),
            None => aggregate,
        })
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(datafusion::physical_plan::ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let rows = self.aggregate.input().execute(partition, Arc::clone(&context))?;
        let given = BaselineMetrics::new(&self.metrics, partition);
        let passed_on = MetricBuilder::new(&self.metrics).counter(PASSED_ON, partition);
        let gathered = stream::once(gather(self.aggregate.clone(), rows, context, partition, passed_on)).try_flatten();
        let counted = gathered.inspect_ok(move |batch| given.record_output(batch.num_rows()));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), counted)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

/// The figure that tells how many partitions turned out to have many groups.
pub(super) const PASSED_ON: &str = "passed_on";

/// Gathers a partition's rows into groups; what does not fit goes on to the engine's own operator.
async fn gather(
    aggregate: AggregateExec,
    mut rows: SendableRecordBatchStream,
    context: Arc<TaskContext>,
    partition: usize,
    passed_on: Count,
) -> Result<BoxStream<'static, Result<RecordBatch>>> {
    let mut groups = Groups::new(&aggregate)?;
    let memory = MemoryConsumer::new(format!("FewGroups[{partition}]")).register(context.memory_pool());
    while let Some(batch) = rows.next().await.transpose()? {
        let left = if !groups.add(&batch)? { Some(Some(batch)) } else { memory.try_resize(groups.size()).is_err().then_some(None) };
        if let Some(batch) = left {
            passed_on.add(1);
            memory.free();
            return pass_on(groups, aggregate, batch, rows, context);
        }
    }
    let state = if groups.is_empty() { None } else { Some(groups.state()?) };
    // The memory is held until what it holds has been taken.
    Ok(stream::iter(state.map(Ok))
        .inspect(move |_| {
            let _held = &memory;
        })
        .boxed())
}

/// What is known so far, and then the other rows' groups as the engine makes them.
fn pass_on(
    groups: Groups,
    aggregate: AggregateExec,
    batch: Option<RecordBatch>,
    rows: SendableRecordBatchStream,
    context: Arc<TaskContext>,
) -> Result<BoxStream<'static, Result<RecordBatch>>> {
    let known = if groups.is_empty() { None } else { Some(groups.state()?) };
    let schema = rows.schema();
    let rest = stream::iter(batch.map(Ok)).chain(rows);
    let rest =
        Rest { schema: Arc::clone(&schema), rows: Mutex::new(Some(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&schema), rest)))) };
    let input = StreamingTableExec::try_new(schema, vec![Arc::new(rest)], None, [], false, None)?;
    let own = replace_children_if_necessary(Arc::new(aggregate), vec![Arc::new(input)])?.execute(0, context)?;
    Ok(stream::iter(known.map(Ok)).chain(own).boxed())
}

/// The rows that are left, read once.
struct Rest {
    schema: SchemaRef,
    rows: Mutex<Option<SendableRecordBatchStream>>,
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rest of the rows")
    }
}

impl PartitionStream for Rest {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner).take();
        rows.unwrap_or_else(|| Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), stream::empty())))
    }
}
