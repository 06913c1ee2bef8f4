//! PostgreSQL's own spellings in statements over the catalogs (目录语句改写): qualified functions and operators, casts to object
//! names, functions whose answer is always the same here, and parts that read a table which is always empty.

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, Ident, JoinOperator,
    ObjectName, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, TableFactor, Value, Visit, VisitMut, Visitor,
    VisitorMut,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;
use qunlian_domain::contract::{ColumnType, Contract};

use super::functions::{REGCLASS_NAME, REGCLASS_NUMBER, REGTYPE_NUMBER};
use super::rows::{OWN_TABLES, TYPES, numbered};
use super::{INFORMATION, PG, empty};

/// Functions whose answer is always the same here: expressions of ours, never of the statement.
const CONSTANT: &[(&str, &str)] = &[
    ("has_table_privilege", "true"),
    ("has_schema_privilege", "true"),
    ("has_database_privilege", "true"),
    ("has_column_privilege", "true"),
    ("has_any_column_privilege", "true"),
    ("pg_has_role", "true"),
    ("pg_is_in_recovery", "false"),
    ("pg_is_other_temp_schema", "false"),
    ("row_security_active", "false"),
    ("pg_get_userbyid", "'qunlian'"),
    ("pg_encoding_to_char", "'UTF8'"),
    ("pg_size_pretty", "'0 bytes'"),
    ("current_schema", "'public'"),
    ("current_database", "'qunlian'"),
    ("current_catalog", "'qunlian'"),
    ("current_schemas", "array['pg_catalog', 'public']"),
    ("pg_relation_size", "0"),
    ("pg_total_relation_size", "0"),
    ("pg_table_size", "0"),
    ("pg_indexes_size", "0"),
    ("pg_database_size", "0"),
    ("pg_my_temp_schema", "0"),
    ("pg_backend_pid", "0"),
    ("pg_get_expr", NOTHING),
    ("pg_get_constraintdef", NOTHING),
    ("pg_get_indexdef", NOTHING),
    ("pg_get_viewdef", NOTHING),
    ("pg_get_ruledef", NOTHING),
    ("pg_get_triggerdef", NOTHING),
    ("pg_get_functiondef", NOTHING),
    ("pg_get_function_result", NOTHING),
    ("pg_get_function_arguments", NOTHING),
    ("pg_get_function_identity_arguments", NOTHING),
    ("pg_get_partkeydef", NOTHING),
    ("pg_get_serial_sequence", NOTHING),
    ("pg_get_statisticsobjdef_columns", NOTHING),
    ("pg_tablespace_location", NOTHING),
    ("shobj_description", NOTHING),
    ("current_setting", NOTHING),
    ("array_upper", "cast(null as bigint)"),
    ("array_lower", "cast(null as bigint)"),
];
const NOTHING: &str = "cast(null as varchar)";
/// Functions that take rows together: a statement with them gives a row even over an empty table.
const TOGETHER: &[&str] = &["count", "sum", "min", "max", "avg", "array_agg", "string_agg", "bool_or", "bool_and", "json_agg"];

/// True for a function by which a statement is known to be over the catalogs.
pub(super) fn is_function(word: &str) -> bool {
    CONSTANT.iter().any(|(name, _)| *name == word)
        || is_visibility(word)
        || matches!(word, "obj_description" | "col_description" | "format_type" | "to_regclass" | "to_regtype" | "regclass" | "regtype")
}

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

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        if reads_nothing(select) {
            select.projection = select.projection.iter().enumerate().map(|(at, item)| nothing_named(at, item)).collect();
            (select.from, select.selection) = (Vec::new(), constant("false"));
            select.distinct = None;
        }
        // `c.oid, c.*` names a column twice, which the engine refuses: the star has it.
        let stars: Vec<String> = select.projection.iter().filter_map(star).collect();
        select.projection.retain(|item| !is_in_star(item, &stars));
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        if is_nothing(query) {
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
            Expr::Subquery(query) if is_nothing(query) => constant(NOTHING),
            // The engine joins such a query only if it gives one row for sure; over the catalogs it does.
            Expr::Subquery(query) => {
                one_row(query);
                None
            }
            // The number of `pg_class`, by which descriptions are filed.
            Expr::CompoundIdentifier(names) if names.last().is_some_and(|name| name.value == "tableoid") => Some(number(Some(1_259))),
            Expr::Exists { subquery, negated } if is_nothing(subquery) => constant(if *negated { "true" } else { "false" }),
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
            Expr::Function(function) => self.function(function),
            _ => None,
        }
    }

    fn function(&self, function: &mut Function) -> Option<Expr> {
        if function.name.0.len() == 2 && part(&function.name, 0).as_deref() == Some(PG) {
            function.name.0.remove(0);
        }
        if function.name.0.len() != 1 {
            return None;
        }
        let name = part(&function.name, 0)?;
        match name.as_str() {
            "current_user" | "session_user" | "user" | "current_role" => return Some(text(self.reader)),
            "version" => return Some(text("PostgreSQL 15.0 (Qunlian)")),
            // No column of ours is a list.
            "array" if matches!(&function.args, FunctionArguments::Subquery(_)) => return constant(NOTHING),
            name if is_visibility(name) => return constant("true"),
            "array_to_string" | "quote_ident" => return first_argument(function).filter(|first| !matches!(first, Expr::Array(_))),
            "obj_description" | "format_type" => {
                // The second argument, a name or a modifier, says nothing here.
                let first = first_argument(function)?;
                return Some(call(&name, first, constant("cast(null as bigint)")));
            }
            _ => {}
        }
        CONSTANT.iter().find(|(known, _)| *known == name).and_then(|(_, value)| constant(value))
    }

    /// Casts to object names and to PostgreSQL's own types.
    fn cast(&self, inner: &Expr, data_type: &mut DataType) -> Option<Expr> {
        let name = data_type.to_string().to_lowercase().replace('"', "");
        let name = name.strip_prefix("pg_catalog.").or_else(|| name.strip_prefix("information_schema.")).unwrap_or(&name);
        match name {
            "regclass" => Some(match literal(inner) {
                Some(literal) => self.number_of(literal),
                None if matches!(inner, Expr::Value(_)) => call(REGCLASS_NUMBER, inner.clone(), None),
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
        let name = name.trim_start_matches("public.").trim_start_matches("pg_catalog.").trim_matches('"');
        let published = numbered(self.contract).find(|(_, table)| table.name == name).map(|(oid, _)| oid);
        let own = || OWN_TABLES.iter().find(|(known, _)| *known == name).map(|(_, oid)| *oid);
        number(name.parse().ok().or(published).or_else(own))
    }
}

/// True when a select reads a table that is always empty, and gives no row because of it.
fn reads_nothing(select: &Select) -> bool {
    let empty = |factor: &TableFactor| matches!(factor, TableFactor::Table { name, .. } if is_empty_table(name));
    let inner = |operator: &JoinOperator| matches!(operator, JoinOperator::Join(_) | JoinOperator::Inner(_) | JoinOperator::CrossJoin(_));
    let is_left = |operator: &JoinOperator| matches!(operator, JoinOperator::Left(_) | JoinOperator::LeftOuter(_));
    let reads = select.from.iter().any(|from| {
        let joins_keep = from.joins.iter().all(|join| inner(&join.join_operator) || is_left(&join.join_operator));
        joins_keep && (empty(&from.relation) || from.joins.iter().any(|join| inner(&join.join_operator) && empty(&join.relation)))
    });
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty()) || select.having.is_some();
    let plain = select.projection.iter().all(|item| match item {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => !takes_together(expr),
        _ => false,
    });
    reads && !grouped && plain
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

/// The column keeps its name.
fn nothing_named(at: usize, item: &SelectItem) -> SelectItem {
    let name = match item {
        SelectItem::ExprWithAlias { alias, .. } => alias.clone(),
        SelectItem::UnnamedExpr(Expr::Identifier(name)) => name.clone(),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last().cloned().unwrap_or_else(|| Ident::new("column")),
        _ => Ident::with_quote('"', format!("column{}", at + 1)),
    };
    SelectItem::ExprWithAlias { expr: constant(kind_of(item)).unwrap_or_else(|| number(None)), alias: name }
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

fn is_nothing(query: &Query) -> bool {
    matches!(query.body.as_ref(), SetExpr::Select(select) if select.from.is_empty() && select.selection == constant("false"))
}

/// `pg_table_is_visible` and its likes.
fn is_visibility(name: &str) -> bool {
    name.starts_with("pg_") && name.ends_with("_is_visible")
}

fn one_row(query: &mut Query) {
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
        _ => None,
    }
}

fn part(name: &ObjectName, at: usize) -> Option<String> {
    let ident = name.0.get(at)?.as_ident()?;
    Some(if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() })
}

fn literal(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::Number(text, _) => Some(text),
            _ => None,
        },
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => literal(inner),
        _ => None,
    }
}

fn type_number(name: &str) -> Expr {
    let name = name.trim_start_matches("pg_catalog.").trim_matches('"');
    number(TYPES.iter().find(|(known, .., full)| *known == name || *full == name).map(|(_, oid, ..)| *oid))
}

fn first_argument(function: &Function) -> Option<Expr> {
    let FunctionArguments::List(list) = &function.args else { return None };
    match list.args.first()? {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
        _ => None,
    }
}

fn call(name: &str, first: Expr, second: Option<Expr>) -> Expr {
    let mut call = constant(&format!("{name}()"));
    if let Some(Expr::Function(function)) = &mut call
        && let FunctionArguments::List(list) = &mut function.args
    {
        list.args = std::iter::once(first).chain(second).map(|expr| FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))).collect();
    }
    call.unwrap_or_else(|| number(None))
}

fn with_argument(mut call: Expr, last: Expr) -> Expr {
    if let Expr::Function(function) = &mut call
        && let FunctionArguments::List(list) = &mut function.args
    {
        list.args.push(FunctionArg::Unnamed(FunctionArgExpr::Expr(last)));
    }
    call
}

/// An expression of our own.
fn constant(sql: &str) -> Option<Expr> {
    Parser::new(&PostgreSqlDialect {}).try_with_sql(sql).ok()?.parse_expr().ok()
}

fn text(text: &str) -> Expr {
    Expr::Value(Value::SingleQuotedString(text.to_owned()).into())
}

fn number(number: Option<i64>) -> Expr {
    let value = number.map_or(Value::Null, |number| Value::Number(number.to_string(), false));
    Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(Expr::Value(value.into())),
        data_type: DataType::BigInt(None),
        array: false,
        format: None,
    }
}
