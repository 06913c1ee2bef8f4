//! Lists that exclude each other keep their NULL.
//!
//! DataFusion 55.2 makes `x not in (1) or x not in (2)` true and `x in (1) and x in (2)` false for every row, those
//! without an x included, for which both are NULL (`inlist_intersection`, `inlist_except`). The first makes rows count
//! that must not, the second does under `not`.

use std::collections::HashSet;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlan, Operator, lit, when};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};
use datafusion::scalar::ScalarValue;

/// Settles pairs of lists that no value can be in.
#[derive(Debug, Default)]
pub(super) struct NullLists;

impl OptimizerRule for NullLists {
    fn name(&self) -> &str {
        "null_lists"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        // What an expression is called must stay, also when it is rewritten.
        let keeps_names = !matches!(plan, LogicalPlan::Filter(_) | LogicalPlan::Join(_));
        plan.map_expressions(|expr| {
            let name = keeps_names.then(|| expr.schema_name().to_string());
            let rewritten = expr.transform_up(|expr| Ok(settled(expr)))?;
            if !rewritten.transformed {
                return Ok(rewritten);
            }
            Ok(rewritten.update_data(|expr| match name {
                Some(name) if expr.schema_name().to_string() != name => expr.alias(name),
                _ => expr,
            }))
        })
    }
}

/// A pair of lists of one expression that decides every value but NULL.
fn settled(expr: Expr) -> Transformed<Expr> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = &expr else { return Transformed::no(expr) };
    let (Some(one), Some(other)) = (list(left, false), list(right, false)) else { return Transformed::no(expr) };
    if one.0 != other.0 {
        return Transformed::no(expr);
    }
    let decided = match (op, one.2, other.2) {
        (Operator::And, false, false) => one.1.is_disjoint(&other.1).then_some(false),
        (Operator::Or, true, true) => one.1.is_disjoint(&other.1).then_some(true),
        (Operator::And, false, true) => one.1.is_subset(&other.1).then_some(false),
        (Operator::And, true, false) => other.1.is_subset(&one.1).then_some(false),
        _ => None,
    };
    let Some(decided) = decided else { return Transformed::no(expr) };
    match when(one.0.clone().is_null(), lit(ScalarValue::Boolean(None))).otherwise(lit(decided)) {
        Ok(case) => Transformed::yes(case),
        Err(_) => Transformed::no(expr),
    }
}

/// The expression, the values of its list, and whether they are excluded.
fn list(expr: &Expr, negated: bool) -> Option<(&Expr, HashSet<&ScalarValue>, bool)> {
    match expr {
        Expr::Not(inner) => list(inner, !negated),
        Expr::InList(InList { expr, list, negated: excluded }) => {
            let values = list.iter().map(|item| match item {
                Expr::Literal(value, _) if !value.is_null() => Some(value),
                _ => None,
            });
            Some((expr, values.collect::<Option<_>>()?, *excluded != negated))
        }
        _ => None,
    }
}
