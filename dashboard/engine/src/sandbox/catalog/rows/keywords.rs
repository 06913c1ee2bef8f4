//! PostgreSQL's reserved words (保留字), which clients put into quotes when they name something by them.

use qunlian_queries::Value;

use super::columns::KEYWORDS;
use super::{row, text};

/// PostgreSQL 15 documentation, appendix C: reserved.
const RESERVED: &str = "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create \
    current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else \
    end except false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime \
    localtimestamp not null offset on only or order placing primary references returning select session_user some symmetric table \
    then to trailing true union unique user using variadic when where window with";
/// The same: reserved, though a function or type may be called so.
const FUNCTION_OR_TYPE: &str = "authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull \
    join left like natural notnull outer overlaps right similar tablesample verbose";

/// The rows of `pg_get_keywords()`.
pub(super) fn rows() -> Vec<Vec<Value>> {
    let of = |words: &'static str, code: &'static str, said: &'static str| {
        words.split_whitespace().map(move |word| row(KEYWORDS, &[("word", text(word)), ("catcode", text(code)), ("catdesc", text(said))]))
    };
    of(RESERVED, "R", "reserved").chain(of(FUNCTION_OR_TYPE, "T", "reserved (can be function or type name)")).collect()
}
