//! The engine's own functions that are used most (常用函数). Pages know no engine: a test looks whether it allows them.

use super::SchemaFunction;
use crate::words::Words;

/// What they do are words, `sql.function.<name>`.
const USUAL: [&str; 52] = [
    "sum(x)",
    "count(*)",
    "avg(x)",
    "min(x)",
    "max(x)",
    "median(x)",
    "stddev(x)",
    "string_agg(text, separator)",
    "array_agg(x)",
    "first_value(x order by y)",
    "last_value(x order by y)",
    "row_number() over (order by x)",
    "rank() over (order by x)",
    "dense_rank() over (order by x)",
    "ntile(n) over (order by x)",
    "lag(x) over (order by y)",
    "lead(x) over (order by y)",
    "round(x, places)",
    "floor(x)",
    "ceil(x)",
    "trunc(x)",
    "abs(x)",
    "power(x, n)",
    "sqrt(x)",
    "coalesce(a, b)",
    "nullif(a, b)",
    "greatest(a, b)",
    "least(a, b)",
    "concat(a, b)",
    "concat_ws(separator, a, b)",
    "length(text)",
    "substr(text, start, length)",
    "left(text, n)",
    "right(text, n)",
    "upper(text)",
    "lower(text)",
    "btrim(text)",
    "replace(text, old, new)",
    "split_part(text, separator, n)",
    "strpos(text, part)",
    "starts_with(text, part)",
    "contains(text, part)",
    "regexp_like(text, pattern)",
    "regexp_replace(text, pattern, new)",
    "date_trunc('month', day)",
    "date_part('year', day)",
    "extract(year from day)",
    "make_date(year, month, day)",
    "to_date(text)",
    "to_char(day, '%Y-%m')",
    "current_date()",
    "now()",
];

/// Each with what it does.
pub(super) fn usual(words: Words) -> impl Iterator<Item = SchemaFunction> {
    USUAL.into_iter().map(move |syntax| {
        let name = name_of(syntax);
        let description = words.t(&format!("sql.function.{name}")).to_owned();
        SchemaFunction { name: name.to_owned(), syntax: syntax.to_owned(), description }
    })
}

fn name_of(syntax: &str) -> &str {
    syntax.split('(').next().unwrap_or(syntax)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::words::Lang;

    #[test]
    fn the_functions_may_be_called_and_are_described() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/src/functions/allowed.rs");
        let allowed = std::fs::read_to_string(file).unwrap();
        for syntax in USUAL {
            let name = name_of(syntax);
            // Another name of `character_length`, and a form of `date_part`.
            let is_other = matches!(name, "length" | "extract");
            assert!(is_other || allowed.contains(&format!("    \"{name}\",\n")), "{name} is not allowed");
            assert!(Words::of(Lang::Chinese).find(&format!("sql.function.{name}")).is_some(), "no words for {name}");
        }
    }
}
