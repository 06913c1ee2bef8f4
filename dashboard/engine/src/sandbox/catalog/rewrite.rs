//! PostgreSQL's own spellings in statements over the catalogs (目录语句改写): qualified functions and operators, casts to object
//! names, functions whose answer is always the same here, and parts that read a table which is always empty.

mod calls;
mod names;
mod nothing;
mod series;
mod words;

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, DataType, Expr, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, TableFactor, VisitMut, VisitorMut,
};
use qunlian_domain::contract::Contract;

use super::functions::{REGCLASS_NAME, REGCLASS_NUMBER, REGTYPE_NUMBER};
use super::rows::{OWN_TABLES, TYPES, numbered};
use nothing::NOTHING;
use words::{call, constant, literal, number, text, with_argument};

pub(super) use calls::is_function;
pub(super) use series::KEYWORDS;

/// Columns that every table of PostgreSQL has beside its own.
const SYSTEM_COLUMNS: &[&str] = &["xmin", "xmax", "cmin", "cmax"];

/// Rewrites a statement in place; `reader` is whoever asks.
pub(super) fn normalise(statement: &mut Statement, contract: &Contract, reader: &str) {
    match statement {
        Statement::Statement(statement) => {
            let _ = VisitMut::visit(statement, &mut Rewriter { contract, reader });
        }
        Statement::Explain(explain) => normalise(&mut explain.statement, contract, reader),
        _ => {}
    }
}

struct Rewriter<'a> {
    contract: &'a Contract,
    reader: &'a str,
}

impl VisitorMut for Rewriter<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::InSubquery { expr: inner, subquery, negated } = expr
            && series::reads_path(subquery)
        {
            *expr = Expr::InList { expr: inner.clone(), list: vec![text(self.reader), text(super::PUBLIC)], negated: *negated };
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        names::give(select);
        ControlFlow::Continue(())
    }

    fn post_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        series::replace(factor);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        nothing::replace(select);
        // `c.oid, c.*` names a column twice, which the engine refuses: the star has it.
        let stars: Vec<String> = select.projection.iter().filter_map(star).collect();
        select.projection.retain(|item| !is_in_star(item, &stars));
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        if nothing::is_nothing(query) {
            // It may order by a column that is gone.
            query.order_by = None;
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Some(rewritten) = self.rewritten(expr) {
            *expr = rewritten;
        }
        ControlFlow::Continue(())
    }
}

impl Rewriter<'_> {
    fn rewritten(&self, expr: &mut Expr) -> Option<Expr> {
        match expr {
            Expr::Collate { expr, .. } => Some((**expr).clone()),
            Expr::Subquery(query) if nothing::is_nothing(query) => constant(NOTHING),
            // The engine joins such a query only if it gives one row for sure; over the catalogs it does.
            Expr::Subquery(query) => {
                nothing::one_row(query);
                None
            }
            // The number of `pg_class`, by which descriptions are filed.
            Expr::CompoundIdentifier(names) if names.last().is_some_and(|name| name.value == "tableoid") => Some(number(Some(1_259))),
            Expr::CompoundIdentifier(names) if names.last().is_some_and(|name| SYSTEM_COLUMNS.contains(&name.value.as_str())) => {
                Some(number(Some(0)))
            }
            Expr::Exists { subquery, negated } if nothing::is_nothing(subquery) => constant(if *negated { "true" } else { "false" }),
            Expr::BinaryOp { op, .. } => {
                if let BinaryOperator::PGCustomBinaryOperator(names) = op {
                    *op = operator(names.last()?)?;
                }
                None
            }
            Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => in_list(left, right, false),
            Expr::AllOp { left, compare_op: BinaryOperator::NotEq, right } => in_list(left, right, true),
            Expr::Cast { expr, data_type, .. } => self.cast(expr, data_type),
            Expr::Like { pattern, escape_char, .. } | Expr::ILike { pattern, escape_char, .. } => {
                // The engine's escape is the backslash.
                if let Some(escape) = escape_char.take() {
                    let swap = call("replace", (**pattern).clone(), Some(Expr::Value(escape)));
                    **pattern = with_argument(swap, text("\\"));
                }
                None
            }
            Expr::Function(function) => calls::rewritten(function, self.reader),
            _ => None,
        }
    }

    /// Casts to object names and to PostgreSQL's own types.
    fn cast(&self, inner: &Expr, data_type: &mut DataType) -> Option<Expr> {
        let name = data_type.to_string().to_lowercase().replace('"', "");
        let name = name.strip_prefix("pg_catalog.").or_else(|| name.strip_prefix("information_schema.")).unwrap_or(&name);
        match name {
            "regclass" => Some(match literal(inner) {
                Some(literal) => self.number_of(literal),
                None if matches!(inner, Expr::Value(_)) || is_text(inner) => call(REGCLASS_NUMBER, inner.clone(), None),
                None => call(REGCLASS_NAME, inner.clone(), constant("cast(null as bigint)")),
            }),
            "regtype" => Some(match literal(inner) {
                Some(literal) => type_number(literal),
                None if matches!(inner, Expr::Value(_)) => call(REGTYPE_NUMBER, inner.clone(), None),
                None => call("format_type", inner.clone(), constant("cast(null as bigint)")),
            }),
            "text" | "name" | "char" | "bpchar" | "varchar" | "regproc" | "regprocedure" | "regnamespace" | "regrole" | "cstring"
            | "sql_identifier" | "character_data" | "yes_or_no" => {
                *data_type = DataType::Varchar(None);
                None
            }
            "oid" | "xid" | "int4" | "int8" | "int2" | "cardinal_number" => {
                *data_type = DataType::BigInt(None);
                None
            }
            _ => None,
        }
    }

    fn number_of(&self, name: &str) -> Expr {
        let name = name.replace('"', "");
        let name = name.trim_start_matches("public.").trim_start_matches("pg_catalog.");
        let published = numbered(self.contract).find(|(_, table)| table.name == name).map(|(oid, _)| oid);
        let own = || OWN_TABLES.iter().find(|(known, _)| *known == name).map(|(_, oid)| *oid);
        number(name.parse().ok().or(published).or_else(own))
    }
}

/// True for what is put together from texts: as an object's name it is a name, not a number.
fn is_text(expr: &Expr) -> bool {
    match expr {
        Expr::BinaryOp { op: BinaryOperator::StringConcat, .. } => true,
        Expr::Function(function) => matches!(words::part(&function.name, 0).as_deref(), Some("concat" | "quote_ident")),
        Expr::Cast { expr, .. } | Expr::Nested(expr) => is_text(expr),
        _ => false,
    }
}

/// The table of `c.*`; empty for `*`.
fn star(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::Wildcard(_) => Some(String::new()),
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => Some(name.to_string().to_lowercase()),
        _ => None,
    }
}

fn is_in_star(item: &SelectItem, stars: &[String]) -> bool {
    let SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) = item else { return false };
    let table: Vec<String> = names.iter().take(names.len() - 1).map(|name| name.value.to_lowercase()).collect();
    stars.iter().any(|star| star.is_empty() || *star == table.join("."))
}

fn operator(name: &str) -> Option<BinaryOperator> {
    Some(match name {
        "~" => BinaryOperator::PGRegexMatch,
        "!~" => BinaryOperator::PGRegexNotMatch,
        "~*" => BinaryOperator::PGRegexIMatch,
        "!~*" => BinaryOperator::PGRegexNotIMatch,
        "~~" => BinaryOperator::PGLikeMatch,
        "!~~" => BinaryOperator::PGNotLikeMatch,
        "~~*" => BinaryOperator::PGILikeMatch,
        "=" => BinaryOperator::Eq,
        "<>" => BinaryOperator::NotEq,
        _ => return None,
    })
}

fn in_list(left: &Expr, right: &Expr, negated: bool) -> Option<Expr> {
    match right {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => in_list(left, inner, negated),
        Expr::Array(array) => Some(Expr::InList { expr: Box::new(left.clone()), list: array.elem.clone(), negated }),
        // `'{c,f}'::text[]`
        Expr::Value(_) => {
            let items = literal(right)?.strip_prefix('{')?.strip_suffix('}')?;
            let list: Vec<Expr> = items.split(',').filter(|item| !item.is_empty()).map(|item| text(item.trim_matches('"'))).collect();
            (!list.is_empty()).then(|| Expr::InList { expr: Box::new(left.clone()), list, negated })
        }
        _ => None,
    }
}

fn type_number(name: &str) -> Expr {
    let name = name.trim_start_matches("pg_catalog.").trim_matches('"');
    number(TYPES.iter().find(|(known, .., full)| *known == name || *full == name).map(|(_, oid, ..)| *oid))
}
