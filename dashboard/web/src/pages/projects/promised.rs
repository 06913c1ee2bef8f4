//! What the project list says of promises (承诺筛选): the facet of the overdue, and the columns beside them.

use qunlian_domain::figures::print_count;
use qunlian_domain::promise::{Kept, Promised};
use qunlian_queries::Answer;

use super::{Facet, FacetValue};
use crate::query_string::QueryString;
use crate::rows::rows_where;
use crate::words::Words;

/// Promises whose day has passed without the fact (逾期未开工 逾期未竣工): each value sets two filters.
pub(super) fn facet(words: Words, facets: &Answer, query: &QueryString) -> Facet {
    let bare = query.without("promise").without("kept").without("slip").without("due");
    let value = |promised: Promised| {
        let row = rows_where(facets, "facet", &format!("overdue_{}", promised.id())).next().map(|row| row.count("count"))?;
        let chosen = query.get("promise") == Some(promised.id()) && query.get("kept") == Some(Kept::Overdue.id());
        let next = if chosen { bare.clone() } else { bare.with("promise", promised.id()).with("kept", Kept::Overdue.id()) };
        Some(FacetValue {
            label: words.t(&format!("facet.overdue.{}", promised.id())).to_owned(),
            count: print_count(row),
            rows: row,
            href: next.without("page").href("/projects"),
            chosen,
        })
    };
    let values: Vec<FacetValue> = Promised::ALL.into_iter().filter_map(value).collect();
    Facet { title: words.t("facet.overdue"), open: values.iter().any(|value| value.chosen), values }
}

/// First promise, promise now, and the fact.
pub(super) fn columns(promised: Promised) -> [&'static str; 3] {
    match promised {
        Promised::Start => ["first_planned_start_on", "planned_start_on", "started_on"],
        Promised::Completion => ["first_planned_completion_on", "planned_completion_on", "completed_on"],
    }
}
