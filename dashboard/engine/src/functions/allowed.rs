//! The engine's own functions that free SQL may call (函数白名单). What is not listed is not there, whatever a new
//! version of the engine brings.
//!
//! Left out on purpose: what allocates as much as an argument says, outside the memory pool (`repeat`, `lpad`, `rpad`,
//! `array_repeat`, `array_resize`, `range`, `generate_series`), what tells of files or of the build (`input_file_name`,
//! `file_row_index`, `version`), and what only serves other programs (`arrow_metadata`, `digest` …).

use std::collections::BTreeSet;

use datafusion::prelude::SessionContext;

const ALLOWED: &[&str] = &[
    // Numbers.
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "cos",
    "cosh",
    "cot",
    "degrees",
    "exp",
    "factorial",
    "floor",
    "gcd",
    "isnan",
    "iszero",
    "lcm",
    "ln",
    "log",
    "log10",
    "log2",
    "nanvl",
    "pi",
    "power",
    "radians",
    "random",
    "round",
    "signum",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "trunc",
    // Texts.
    "ascii",
    "bit_length",
    "btrim",
    "character_length",
    "chr",
    "concat",
    "concat_ws",
    "contains",
    "decode",
    "encode",
    "ends_with",
    "find_in_set",
    "initcap",
    "left",
    "levenshtein",
    "lower",
    "ltrim",
    "octet_length",
    "overlay",
    "replace",
    "reverse",
    "right",
    "rtrim",
    "split_part",
    "starts_with",
    "strpos",
    "substr",
    "substr_index",
    "to_hex",
    "translate",
    "upper",
    "uuid",
    "regexp_count",
    "regexp_instr",
    "regexp_like",
    "regexp_match",
    "regexp_replace",
    // Days and times.
    "current_date",
    "current_time",
    "date_bin",
    "date_part",
    "date_trunc",
    "from_unixtime",
    "make_date",
    "make_time",
    "now",
    "to_char",
    "to_date",
    "to_local_time",
    "to_time",
    "to_timestamp",
    "to_timestamp_micros",
    "to_timestamp_millis",
    "to_timestamp_nanos",
    "to_timestamp_seconds",
    "to_unixtime",
    // Choices and structure.
    "arrow_cast",
    "arrow_try_cast",
    "arrow_typeof",
    "coalesce",
    "get_field",
    "greatest",
    "least",
    "named_struct",
    "nullif",
    "nvl",
    "nvl2",
    "struct",
    // Lists.
    "array_any_value",
    "array_append",
    "array_concat",
    "array_dims",
    "array_distance",
    "array_distinct",
    "array_element",
    "array_except",
    "array_has",
    "array_has_all",
    "array_has_any",
    "array_intersect",
    "array_length",
    "array_max",
    "array_min",
    "array_ndims",
    "array_pop_back",
    "array_pop_front",
    "array_position",
    "array_positions",
    "array_prepend",
    "array_remove",
    "array_remove_all",
    "array_remove_n",
    "array_replace",
    "array_replace_all",
    "array_replace_n",
    "array_reverse",
    "array_slice",
    "array_sort",
    "array_to_string",
    "array_union",
    "arrays_overlap",
    "cardinality",
    "empty",
    "flatten",
    "make_array",
    "map",
    "map_entries",
    "map_extract",
    "map_keys",
    "map_values",
    "string_to_array",
    // Aggregates.
    "any_value",
    "approx_distinct",
    "approx_median",
    "approx_percentile_cont",
    "approx_percentile_cont_with_weight",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar_pop",
    "covar_samp",
    "first_value",
    "grouping",
    "last_value",
    "max",
    "median",
    "min",
    "nth_value",
    "percentile_cont",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "stddev",
    "stddev_pop",
    "string_agg",
    "sum",
    "var",
    "var_pop",
    // Windows.
    "cume_dist",
    "dense_rank",
    "lag",
    "lead",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
];

/// Takes away every function of the engine that is not listed; `own` are ours.
pub(crate) fn only(context: &SessionContext, own: &BTreeSet<String>) {
    let allowed = |name: &str| ALLOWED.contains(&name) || own.contains(name);
    let state = context.state();
    for (key, function) in state.scalar_functions() {
        if !allowed(function.name()) {
            context.deregister_udf(key);
        }
    }
    for (key, function) in state.aggregate_functions() {
        if !allowed(function.name()) {
            context.deregister_udaf(key);
        }
    }
    for (key, function) in state.window_functions() {
        if !allowed(function.name()) {
            context.deregister_udwf(key);
        }
    }
    // Functions that take functions are young, and functions that give tables reach beyond the tables.
    for key in state.higher_order_functions().keys() {
        context.deregister_higher_order_function(key);
    }
    for key in state.table_functions().keys() {
        context.deregister_udtf(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_gone() {
        let context = SessionContext::new();
        let before: BTreeSet<String> = names(&context);
        only(&context, &BTreeSet::new());
        let after = names(&context);
        let gone: BTreeSet<&str> = before.difference(&after).map(String::as_str).collect();
        for name in [
            "repeat",
            "lpad",
            "rpad",
            "array_repeat",
            "list_repeat",
            "range",
            "generate_series",
            "array_resize",
            "version",
            "input_file_name",
        ] {
            assert!(gone.contains(name), "{name} can still be called");
        }
        for name in ["sum", "count", "row_number", "date_trunc", "round", "coalesce", "array_agg", "length", "char_length"] {
            assert!(after.contains(name), "{name} is gone");
        }
        // Every listed function is one of the engine's: a name that changed with a new version is found here.
        let strange: Vec<&str> = ALLOWED.iter().copied().filter(|name| !after.contains(*name)).collect();
        assert_eq!(strange, Vec::<&str>::new());
        assert_eq!(ALLOWED.len(), ALLOWED.iter().collect::<BTreeSet<_>>().len(), "a function is listed twice");
    }

    fn names(context: &SessionContext) -> BTreeSet<String> {
        let state = context.state();
        let scalar = state.scalar_functions().keys();
        scalar
            .chain(state.aggregate_functions().keys())
            .chain(state.window_functions().keys())
            .chain(state.table_functions().keys())
            .cloned()
            .collect()
    }
}
