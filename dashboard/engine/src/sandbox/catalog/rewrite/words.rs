//! Expressions of our own (表达式构造), and what is read out of a statement's.

use datafusion::sql::sqlparser::ast::{
    Array, CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, Value,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;

/// A part of a name, as it is looked up.
pub(super) fn part(name: &ObjectName, at: usize) -> Option<String> {
    let ident = name.0.get(at)?.as_ident()?;
    Some(if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() })
}

/// The text or number that an expression is.
pub(super) fn literal(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::Number(text, _) => Some(text),
            _ => None,
        },
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => literal(inner),
        _ => None,
    }
}

/// The first argument of a call.
pub(super) fn first_argument(function: &Function) -> Option<Expr> {
    let FunctionArguments::List(list) = &function.args else { return None };
    match list.args.first()? {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
        _ => None,
    }
}

/// A call of a function.
pub(super) fn call(name: &str, first: Expr, second: Option<Expr>) -> Expr {
    let mut call = constant(&format!("{name}()"));
    if let Some(Expr::Function(function)) = &mut call
        && let FunctionArguments::List(list) = &mut function.args
    {
        list.args = std::iter::once(first).chain(second).map(|expr| FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))).collect();
    }
    call.unwrap_or_else(|| number(None))
}

/// A call with one more argument.
pub(super) fn with_argument(mut call: Expr, last: Expr) -> Expr {
    if let Expr::Function(function) = &mut call
        && let FunctionArguments::List(list) = &mut function.args
    {
        list.args.push(FunctionArg::Unnamed(FunctionArgExpr::Expr(last)));
    }
    call
}

/// An expression of our own.
pub(super) fn constant(sql: &str) -> Option<Expr> {
    Parser::new(&PostgreSqlDialect {}).try_with_sql(sql).ok()?.parse_expr().ok()
}

/// A text.
pub(super) fn text(text: &str) -> Expr {
    Expr::Value(Value::SingleQuotedString(text.to_owned()).into())
}

/// A whole number, or nothing of that type.
pub(super) fn number(number: Option<i64>) -> Expr {
    let value = number.map_or(Value::Null, |number| Value::Number(number.to_string(), false));
    Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(Expr::Value(value.into())),
        data_type: DataType::BigInt(None),
        array: false,
        format: None,
    }
}

/// The arguments of a call.
pub(super) fn arguments(function: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    list.args
        .iter()
        .filter_map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        })
        .collect()
}

/// A list of texts.
pub(super) fn texts(items: &[&str]) -> Expr {
    Expr::Array(Array { elem: items.iter().map(|item| text(item)).collect(), named: true })
}
