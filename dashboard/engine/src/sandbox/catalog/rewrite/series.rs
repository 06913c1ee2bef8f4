//! Functions in FROM (表函数改写): short series of numbers, lists, and PostgreSQL's words, each as a table of its own.

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, Query, SetExpr, TableAlias, TableAliasColumnDef, TableFactor,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;

use super::super::PG;
use super::words::{literal, part};

/// The longest series; clients count the schemas of their path or the columns of a key by them.
const LONGEST: i64 = 64;
/// The table of PostgreSQL's words.
pub(in crate::sandbox::catalog) const KEYWORDS: &str = "pg_get_keywords";
/// Functions that give rows out of nothing but their arguments.
const GIVE_ROWS: &[&str] = &["generate_series", "string_to_array", "unnest"];

/// Replaces a function in FROM by a table.
pub(super) fn replace(factor: &mut TableFactor) {
    let TableFactor::Table { name, args: Some(args), alias, .. } = factor else { return };
    let last = name.0.len().checked_sub(1).and_then(|last| part(name, last));
    let is_own = name.0.len() == 1 || (name.0.len() == 2 && part(name, 0).as_deref() == Some(PG));
    let Some(function) = last.filter(|_| is_own) else { return };
    let given: Vec<&Expr> = args
        .args
        .iter()
        .filter_map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        })
        .collect();
    match (function.as_str(), given.as_slice()) {
        (KEYWORDS, []) => {
            let TableFactor::Table { args, .. } = factor else { return };
            *args = None;
        }
        ("generate_series", [first, last]) => {
            let whole = |expr: &Expr| literal(expr).and_then(|digits| digits.parse::<i64>().ok());
            let (Some(first), Some(last)) = (whole(first), whole(last)) else { return };
            if last.checked_sub(first).is_some_and(|span| span < LONGEST)
                && let Some(series) = series(first, last, alias.take())
            {
                *factor = series;
            }
        }
        _ => {}
    }
}

/// The numbers as a table; its column is called as the table, unless the alias names it.
fn series(first: i64, last: i64, alias: Option<TableAlias>) -> Option<TableFactor> {
    let rows: Vec<String> = (first..=last).map(|number| format!("({number})")).collect();
    let sql = if rows.is_empty() { "select 1 where false".to_owned() } else { format!("values {}", rows.join(", ")) };
    let subquery = Parser::new(&PostgreSqlDialect {}).try_with_sql(&sql).ok()?.parse_query().ok()?;
    let mut alias =
        alias.unwrap_or_else(|| TableAlias { explicit: false, name: Ident::new("generate_series"), columns: Vec::new(), at: None });
    if alias.columns.is_empty() {
        alias.columns.push(TableAliasColumnDef { name: alias.name.clone(), data_type: None });
    }
    Some(TableFactor::Derived { lateral: false, subquery, alias: Some(alias), sample: None })
}

/// True for a query that takes the search path apart and reads nothing else.
pub(super) fn reads_path(query: &Query) -> bool {
    let SetExpr::Select(select) = query.body.as_ref() else { return false };
    let gives_rows = |factor: &TableFactor| match factor {
        TableFactor::Table { name, args: Some(_), .. } => part(name, 0).is_some_and(|name| GIVE_ROWS.contains(&name.as_str())),
        _ => false,
    };
    let all = select.from.iter().flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)));
    let mut all = all.peekable();
    all.peek().is_some() && all.all(gives_rows) && query.to_string().contains("search_path")
}
