//! Names of columns that a statement leaves unnamed (列名): as PostgreSQL calls them, each once, because the engine wants that.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::ast::{Expr, Ident, Select, SelectItem};

use super::words::part;

/// Names what calls a function, casts or chooses; a column keeps its own name.
pub(super) fn give(select: &mut Select) {
    let mut seen = BTreeMap::new();
    for item in &mut select.projection {
        let SelectItem::UnnamedExpr(expr) = item else { continue };
        if matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_)) {
            continue;
        }
        let Some(name) = name_of(expr) else { continue };
        *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias: once(name, &mut seen) };
    }
}

/// The name with a number behind it, if it was given before.
pub(super) fn once(name: String, seen: &mut BTreeMap<String, usize>) -> Ident {
    let times = seen.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
    Ident::with_quote('"', if *times > 1 { format!("{name}{times}") } else { name })
}

/// A name as it is looked up: in lower case unless it stands in quotes.
pub(super) fn normal(name: &Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

fn name_of(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(name) => Some(normal(name)),
        Expr::CompoundIdentifier(names) => names.last().map(normal),
        Expr::Function(function) => part(&function.name, function.name.0.len().checked_sub(1)?),
        Expr::Cast { expr, data_type, .. } => Some(name_of(expr).unwrap_or_else(|| data_type.to_string().to_lowercase())),
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => name_of(inner),
        Expr::Case { .. } => Some("case".to_owned()),
        _ => None,
    }
}
