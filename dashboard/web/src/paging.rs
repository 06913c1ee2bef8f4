//! Pages of a long list (翻页): where we are, and the links to both sides.

use qunlian_domain::figures::print_count;
use serde::Serialize;

use crate::query_string::QueryString;
use crate::words::Words;

/// Where we are in a long list.
#[derive(Debug, Serialize)]
pub(crate) struct Pages {
    pub text: String,
    pub previous: String,
    pub next: String,
    pub several: bool,
}

/// A long list and the page of it that is shown.
pub(crate) struct Listing<'a> {
    pub path: &'a str,
    /// Key of the unit's word.
    pub unit: &'a str,
    /// From 1.
    pub page: i64,
    pub size: i64,
    pub total: i64,
}

/// `第 51—100 个，共 188 个`, and the links to both sides.
pub(crate) fn pages(words: Words, query: &QueryString, listing: &Listing<'_>) -> Pages {
    let Listing { path, unit, page, size, total } = *listing;
    let from = (page - 1) * size + 1;
    let to = (page * size).min(total);
    let go = |page: i64| if page <= 1 { query.without("page").href(path) } else { query.with("page", &page.to_string()).href(path) };
    Pages {
        text: if from > total {
            words.t("pages.beyond").to_owned()
        } else {
            words.fill(
                "pages.range",
                &[("from", &print_count(from)), ("to", &print_count(to)), ("total", &print_count(total)), ("unit", words.t(unit))],
            )
        },
        previous: if page > 1 { go((page - 1).min((total - 1).max(0) / size + 1)) } else { String::new() },
        next: if to < total && from <= total { go(page + 1) } else { String::new() },
        several: total > size || from > total,
    }
}
