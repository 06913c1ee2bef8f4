//! Calls of PostgreSQL's functions (目录函数改写): those whose answer is always the same here, and those that are spelt in another way.

use datafusion::sql::sqlparser::ast::{Expr, Function, FunctionArguments};

use super::super::PG;
use super::nothing::NOTHING;
use super::words::{arguments, call, constant, first_argument, literal, number, part, text, texts, with_argument};

/// Functions by which a statement is known to be over the catalogs, with the expression of ours that answers them.
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
    ("pg_relation_size", "0"),
    ("pg_total_relation_size", "0"),
    ("pg_table_size", "0"),
    ("pg_indexes_size", "0"),
    ("pg_database_size", "0"),
    ("pg_stat_get_numscans", "0"),
    ("pg_my_temp_schema", "0"),
    ("pg_backend_pid", "0"),
    ("txid_current", "1"),
    // When the server started is nobody's business here.
    ("pg_postmaster_start_time", "cast('2000-01-01 00:00:00' as timestamp)"),
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
];

/// More of them, answered by what they are called with.
const TOLD: &[&str] = &[
    "current_schemas",
    "current_setting",
    "obj_description",
    "col_description",
    "format_type",
    "to_regclass",
    "to_regtype",
    "regclass",
    "regtype",
    "pg_get_keywords",
];

/// What `current_setting` says; the door answers it for statements that ask nothing else.
const SETTINGS: &[(&str, &str)] = &[
    ("search_path", "\"$user\",public"),
    ("server_version", "15.0"),
    ("server_version_num", "150000"),
    ("server_encoding", "UTF8"),
    ("timezone", "Asia/Shanghai"),
    ("standard_conforming_strings", "on"),
];

/// True for a function by which a statement is known to be over the catalogs.
pub(in crate::sandbox::catalog) fn is_function(word: &str) -> bool {
    CONSTANT.iter().any(|(name, _)| *name == word) || is_visibility(word) || TOLD.contains(&word)
}

/// `pg_table_is_visible` and its likes.
fn is_visibility(name: &str) -> bool {
    name.starts_with("pg_") && name.ends_with("_is_visible")
}

/// What stands in a call's place, in statements over the catalogs only.
pub(super) fn rewritten(function: &mut Function, reader: &str) -> Option<Expr> {
    if function.name.0.len() == 2 && part(&function.name, 0).as_deref() == Some(PG) {
        function.name.0.remove(0);
    }
    if function.name.0.len() != 1 {
        return None;
    }
    let name = part(&function.name, 0)?;
    match name.as_str() {
        "current_user" | "session_user" | "user" | "current_role" => Some(text(reader)),
        "version" => Some(text("PostgreSQL 15.0 (Qunlian)")),
        // No column of ours is a list.
        "array" if matches!(&function.args, FunctionArguments::Subquery(_)) => constant(NOTHING),
        "array_to_string" | "quote_ident" => first_argument(function).filter(|first| !matches!(first, Expr::Array(_))),
        "array_upper" | "array_lower" => Some(bound(&name, &first_argument(function)?)),
        "age" => Some(number(Some(0))),
        "format" => formatted(function),
        "parse_ident" => Some(texts(&literal(&first_argument(function)?)?.split('.').collect::<Vec<_>>())),
        "string_to_array" => match arguments(function).as_slice() {
            [given, mark] => Some(texts(&literal(given)?.split(literal(mark)?).collect::<Vec<_>>())),
            _ => None,
        },
        "current_schemas" => {
            let with_own = first_argument(function).is_none_or(|first| first.to_string().eq_ignore_ascii_case("true"));
            Some(texts(if with_own { &["pg_catalog", "public"] } else { &["public"] }))
        }
        "current_setting" => {
            let asked = first_argument(function).and_then(|first| literal(&first).map(str::to_lowercase));
            let told = SETTINGS.iter().find(|(name, _)| asked.as_deref() == Some(*name));
            told.map(|(_, value)| text(value)).or_else(|| constant(NOTHING))
        }
        // The second argument, a name or a modifier, says nothing here.
        "obj_description" | "format_type" => Some(call(&name, first_argument(function)?, constant("cast(null as bigint)"))),
        name if is_visibility(name) => constant("true"),
        name => CONSTANT.iter().find(|(known, _)| *known == name).and_then(|(_, value)| constant(value)),
    }
}

/// The first or last place of a list.
fn bound(name: &str, list: &Expr) -> Expr {
    match list {
        Expr::Array(array) if name == "array_upper" => number(i64::try_from(array.elem.len()).ok()),
        Expr::Array(_) => number(Some(1)),
        Expr::Nested(inner) => bound(name, inner),
        _ => number(None),
    }
}

/// `format('%I.%I', a, b)` as texts put together.
fn formatted(function: &Function) -> Option<Expr> {
    let given = arguments(function);
    let (pattern, mut values) = (literal(given.first()?)?, given[1..].iter());
    let mut whole: Option<Expr> = None;
    let mut add = |next: Expr| {
        whole = Some(match whole.take() {
            Some(whole) => with_argument(whole, next),
            None => call("concat", next, None),
        });
    };
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        let kind = rest[at + 1..].chars().next()?;
        if at > 0 {
            add(text(&rest[..at]));
        }
        match kind {
            's' | 'I' | 'L' => add((*values.next()?).clone()),
            '%' => add(text("%")),
            _ => return None,
        }
        rest = &rest[at + 2..];
    }
    if !rest.is_empty() {
        add(text(rest));
    }
    whole
}
