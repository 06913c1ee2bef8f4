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

/// Merges pairs of lists, and settles those that no value can be in.
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

/// A pair of lists of one expression as one list; if no value or every one is in it, NULL where the expression is NULL.
///
/// The engine merges lists, too, and then decides for itself: so all that can be merged is merged here.
fn settled(expr: Expr) -> Transformed<Expr> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = &expr else { return Transformed::no(expr) };
    let (Some(one), Some(other)) = (list(left, false), list(right, false)) else { return Transformed::no(expr) };
    if one.of != other.of || one.of.is_volatile() {
        return Transformed::no(expr);
    }
    let (values, excluded) = match (op, one.excluded, other.excluded) {
        (Operator::And, false, false) => (one.and(&other), false),
        (Operator::Or, true, true) => (one.and(&other), true),
        (Operator::Or, false, false) => (one.or(&other), false),
        (Operator::And, true, true) => (one.or(&other), true),
        (Operator::And, false, true) => (one.without(&other), false),
        (Operator::And, true, false) => (other.without(&one), false),
        _ => return Transformed::no(expr),
    };
    if !values.is_empty() {
        let values = values.into_iter().map(|value| lit(value.clone())).collect();
        return Transformed::yes(Expr::InList(InList { expr: Box::new(one.of.clone()), list: values, negated: excluded }));
    }
    match when(one.of.clone().is_null(), lit(ScalarValue::Boolean(None))).otherwise(lit(excluded)) {
        Ok(case) => Transformed::yes(case),
        Err(_) => Transformed::no(expr),
    }
}

/// `x in (1, 2)`, `x = 1`, and their negations.
struct List<'e> {
    of: &'e Expr,
    values: Vec<&'e ScalarValue>,
    excluded: bool,
}

impl<'e> List<'e> {
    fn has(&self) -> impl Fn(&&'e ScalarValue) -> bool + use<'e> {
        let values: HashSet<&ScalarValue> = self.values.iter().copied().collect();
        move |value| values.contains(*value)
    }

    fn and(&self, other: &Self) -> Vec<&'e ScalarValue> {
        self.values.iter().copied().filter(other.has()).collect()
    }

    fn without(&self, other: &Self) -> Vec<&'e ScalarValue> {
        let has = other.has();
        self.values.iter().copied().filter(|value| !has(value)).collect()
    }

    fn or(&self, other: &Self) -> Vec<&'e ScalarValue> {
        self.values.iter().copied().chain(other.without(self)).collect()
    }
}

fn list(expr: &Expr, negated: bool) -> Option<List<'_>> {
    match expr {
        Expr::Not(inner) => list(inner, !negated),
        Expr::InList(InList { expr, list, negated: excluded }) => {
            let values = list.iter().map(value_of).collect::<Option<_>>()?;
            Some(List { of: expr, values, excluded: *excluded != negated })
        }
        Expr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::Eq | Operator::NotEq), right }) => {
            let (of, value) = match (value_of(left), value_of(right)) {
                (None, Some(value)) => (left, value),
                (Some(value), None) => (right, value),
                _ => return None,
            };
            Some(List { of, values: vec![value], excluded: (*op == Operator::NotEq) != negated })
        }
        _ => None,
    }
}

/// The value of a literal that has one.
fn value_of(expr: &Expr) -> Option<&ScalarValue> {
    match expr {
        Expr::Literal(value, _) if !value.is_null() => Some(value),
        _ => None,
    }
}
