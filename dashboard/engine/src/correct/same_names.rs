//! Filters do not pass through columns of one name.
//!
//! DataFusion 55.2 moves filters down a physical plan by the names of columns. Above a join of two tables with equal
//! column names, `where l.milestone …` then filters the other table, and rows are missing or too many
//! (`ProjectionExec::gather_filters_for_pushdown`), and a semi join hands a filter of one side's column to the other side's column
//! of that name, though another is compared with it. So the rule is let loose only on the parts of a plan without such nodes; scans
//! are none, and keep their pruning.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::common::JoinType;
use datafusion::common::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::HashJoinExec;
use datafusion::physical_plan::{ExecutionPlan, replace_children_if_necessary};

/// The rule itself, or, if it moves filters, the same rule within bounds.
pub(super) fn guarded(rule: Arc<dyn PhysicalOptimizerRule + Send + Sync>) -> Arc<dyn PhysicalOptimizerRule + Send + Sync> {
    if rule.name().starts_with("FilterPushdown") { Arc::new(Guarded(rule)) } else { rule }
}

#[derive(Debug)]
struct Guarded(Arc<dyn PhysicalOptimizerRule + Send + Sync>);

impl PhysicalOptimizerRule for Guarded {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if !has_same_names(&plan) {
            return self.0.optimize(plan, config);
        }
        let children = plan.children().into_iter().map(|child| self.optimize(Arc::clone(child), config)).collect::<Result<Vec<_>>>()?;
        replace_children_if_necessary(plan, children)
    }

    fn name(&self) -> &str {
        self.0.name()
    }

    fn schema_check(&self) -> bool {
        self.0.schema_check()
    }
}

/// True when a node of the plan gives two columns of one name, or takes one column for another.
fn has_same_names(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let schema = plan.schema();
    let mut seen = HashSet::with_capacity(schema.fields().len());
    let is_twice = schema.fields().iter().any(|field| !seen.insert(field.name()));
    is_twice || takes_for_another(plan) || plan.children().into_iter().any(has_same_names)
}

/// True when the node is a join that gives the columns of one side only, and a column compared there has the name of another column
/// of the other side.
fn takes_for_another(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let Some(join) = plan.downcast_ref::<HashJoinExec>() else { return false };
    if matches!(join.join_type(), JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full) {
        return false;
    }
    let (left, right) = (join.left().schema(), join.right().schema());
    join.on().iter().any(|(one, other)| match (one.downcast_ref::<Column>(), other.downcast_ref::<Column>()) {
        (Some(one), Some(other)) if one.name() == other.name() => false,
        (Some(one), Some(other)) => right.column_with_name(one.name()).is_some() || left.column_with_name(other.name()).is_some(),
        _ => left.fields().iter().any(|field| right.column_with_name(field.name()).is_some()),
    })
}
