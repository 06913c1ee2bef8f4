//! Parts of a statement that give no row (空结果): they read a table which is always empty, and keep their columns.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Ident, JoinOperator, ObjectName, Query, Select, SelectItem, SetExpr, TableFactor, TableWithJoins, Visit, Visitor,
};
use qunlian_domain::contract::ColumnType;

use super::super::{INFORMATION, PG, empty};
use super::names::{normal, once};
use super::words::{call, constant, number, part};

/// Nothing, as a text.
pub(super) const NOTHING: &str = "cast(null as varchar)";
/// Functions that take rows together: a statement with them gives a row even over an empty table.
const TOGETHER: &[&str] = &["count", "sum", "min", "max", "avg", "array_agg", "string_agg", "bool_or", "bool_and", "json_agg"];

/// Replaces a select that gives no row because it reads a table which is always empty.
pub(super) fn replace(select: &mut Select) {
    if !reads_nothing(select) {
        return;
    }
    let mut seen = BTreeMap::new();
    select.projection = select.projection.iter().enumerate().map(|(at, item)| nothing_named(at, item, &mut seen)).collect();
    (select.from, select.selection) = (Vec::new(), constant("false"));
    select.distinct = None;
}

/// True when a select reads a table that is always empty, and gives no row because of it.
fn reads_nothing(select: &Select) -> bool {
    let reads = select.from.iter().any(joins_nothing);
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty()) || select.having.is_some();
    let plain = select.projection.iter().all(|item| match item {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => !takes_together(expr),
        _ => false,
    });
    reads && !grouped && plain
}

/// True when a table and what is joined to it give no row.
fn joins_nothing(from: &TableWithJoins) -> bool {
    let inner = |operator: &JoinOperator| matches!(operator, JoinOperator::Join(_) | JoinOperator::Inner(_) | JoinOperator::CrossJoin(_));
    let is_left = |operator: &JoinOperator| matches!(operator, JoinOperator::Left(_) | JoinOperator::LeftOuter(_));
    let joins_keep = from.joins.iter().all(|join| inner(&join.join_operator) || is_left(&join.join_operator));
    let inner_nothing = from.joins.iter().any(|join| inner(&join.join_operator) && gives_nothing(&join.relation));
    joins_keep && (gives_nothing(&from.relation) || inner_nothing)
}

fn gives_nothing(factor: &TableFactor) -> bool {
    match factor {
        TableFactor::Table { name, .. } => is_empty_table(name),
        TableFactor::Derived { subquery, .. } => is_nothing(subquery),
        TableFactor::NestedJoin { table_with_joins, .. } => joins_nothing(table_with_joins),
        _ => false,
    }
}

fn is_empty_table(name: &ObjectName) -> bool {
    let parts: Vec<String> = (0..name.0.len()).filter_map(|at| part(name, at)).collect();
    match parts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [table] => empty::columns(PG, table).is_some(),
        [schema, table] if *schema == PG || *schema == INFORMATION => empty::columns(schema, table).is_some(),
        _ => false,
    }
}

/// Whether an expression takes rows together; what stands in a query within it does so for itself.
fn takes_together(expr: &Expr) -> bool {
    #[derive(Default)]
    struct Together {
        depth: usize,
    }
    impl Visitor for Together {
        type Break = ();

        fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
            self.depth += 1;
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
            self.depth -= 1;
            ControlFlow::Continue(())
        }

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            let Expr::Function(function) = expr else { return ControlFlow::Continue(()) };
            let name = function.name.0.len().checked_sub(1).and_then(|last| part(&function.name, last));
            let together = self.depth == 0 && name.is_some_and(|name| TOGETHER.contains(&name.as_str()));
            if together { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
    Visit::visit(expr, &mut Together::default()).is_break()
}

/// The column keeps its name; the engine wants each once.
fn nothing_named(at: usize, item: &SelectItem, seen: &mut BTreeMap<String, usize>) -> SelectItem {
    let name = match item {
        SelectItem::ExprWithAlias { alias, .. } => alias.clone(),
        SelectItem::UnnamedExpr(Expr::Identifier(name)) => name.clone(),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last().cloned().unwrap_or_else(|| Ident::new("column")),
        _ => Ident::with_quote('"', format!("column{}", at + 1)),
    };
    SelectItem::ExprWithAlias { expr: constant(kind_of(item)).unwrap_or_else(|| number(None)), alias: once(normal(&name), seen) }
}

/// Nothing, of the type that the column would have.
fn kind_of(item: &SelectItem) -> &'static str {
    let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else { return NOTHING };
    let column = match expr {
        Expr::Identifier(name) => &name.value,
        Expr::CompoundIdentifier(names) => names.last().map_or("", |name| &name.value),
        Expr::Function(function) if matches!(part(&function.name, 0).as_deref(), Some("unnest" | "generate_subscripts")) => {
            return "cast(null as bigint)";
        }
        _ => "",
    };
    match empty::kind(column) {
        Some(ColumnType::Int) => "cast(null as bigint)",
        Some(ColumnType::Bool) => "cast(null as boolean)",
        _ => NOTHING,
    }
}

/// True for a query that was so replaced.
pub(super) fn is_nothing(query: &Query) -> bool {
    matches!(query.body.as_ref(), SetExpr::Select(select) if select.from.is_empty() && select.selection == constant("false"))
}

/// Makes sure that a query within an expression gives one row.
pub(super) fn one_row(query: &mut Query) {
    let SetExpr::Select(select) = query.body.as_mut() else { return };
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    if grouped || query.limit_clause.is_some() {
        return;
    }
    if let [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] = select.projection.as_mut_slice()
        && !takes_together(expr)
    {
        *expr = call("max", expr.clone(), None);
        query.order_by = None;
    }
}
