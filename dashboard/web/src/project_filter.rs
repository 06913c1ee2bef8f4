//! The filters of projects (项目筛选): the same keys in links, in the form and in the queries, so that counts agree.

use chrono::{Datelike, NaiveDate};
use qunlian_domain::project::Milestone;
use qunlian_domain::promise::{Kept, Promised, SlipBand};
use qunlian_queries::Params;

use crate::fault::Fault;
use crate::query_string::QueryString;

/// Text filters that go to the queries as they are. Those that take a comma list may also stand several times.
const TEXTS: [&str; 13] = [
    "carrier",
    "chain",
    "segment",
    "region_kind",
    "region",
    "region_group",
    "band",
    "stage",
    "status",
    "waiting",
    "promise",
    "kept",
    "slip",
];

/// What else than a milestone chooses projects: signed and started in one year, and kinds of amounts.
pub(crate) const MORE_CHOICES: [&str; 3] = ["started_of_signed", "fixed_assets", "paid_in"];

/// Sort keys; a leading minus turns them round.
const SORTS: [&str; 7] = ["recognised", "agreed", "name", "carrier", "chain", "fixed", "stage"];

/// Newest first.
pub(crate) const DEFAULT_SORT: &str = "-recognised";

/// Rows on a page.
pub(crate) const PAGE_ROWS: i64 = 50;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProjectFilter {
    /// 0: any year.
    pub year: i32,
    pub as_of: NaiveDate,
    /// Empty: any; else a milestone's id or one of [`MORE_CHOICES`].
    pub milestone: String,
    /// 0: any month.
    pub month: u32,
    /// From January to this month; 0: to the end.
    pub through: u32,
    /// Only promises due in this year; 0: any.
    pub due: i32,
    /// Values of [`TEXTS`], comma lists joined.
    texts: Vec<String>,
    pub q: String,
    pub sort: String,
    /// From 1.
    pub page: i64,
}

impl ProjectFilter {
    /// Reads the address. Without a year, a milestone means that of any year.
    pub(crate) fn read(query: &QueryString, today: NaiveDate) -> Result<Self, Fault> {
        let (year, due) = (year(query, "year")?, year(query, "due")?);
        let as_of = match query.get("as_of") {
            None if year != 0 && year < today.year() => NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(today),
            None => today,
            Some(text) => {
                let day: NaiveDate = text.parse().map_err(|_| Fault::bad("bad.as_of", text))?;
                if day > today {
                    return Err(Fault::bad("bad.future", text));
                }
                day
            }
        };
        let milestone = query.get("milestone").unwrap_or("");
        if !milestone.is_empty() && Milestone::from_id(milestone).is_none() && !MORE_CHOICES.contains(&milestone) {
            return Err(Fault::bad("bad.milestone", milestone));
        }
        let sort = query.get("sort").unwrap_or(DEFAULT_SORT);
        if !SORTS.contains(&sort.trim_start_matches('-')) {
            return Err(Fault::bad("bad.sort", sort));
        }
        let waiting = query.get("waiting").unwrap_or("");
        if !matches!(waiting, "" | "signed_not_started" | "started_not_producing") {
            return Err(Fault::bad("bad.waiting", waiting));
        }
        promises(query)?;
        let q = query.get("q").unwrap_or("");
        if q.chars().count() > 100 {
            return Err(Fault::bad("bad.q", q));
        }
        Ok(Self {
            year,
            as_of,
            milestone: milestone.to_owned(),
            month: month(query, "month")?,
            through: month(query, "through")?,
            due,
            texts: TEXTS.map(|key| several(query, key)).into(),
            q: q.to_owned(),
            sort: sort.to_owned(),
            page: page(query)?,
        })
    }

    /// The value of one text filter.
    pub(crate) fn text(&self, key: &str) -> &str {
        TEXTS.iter().position(|known| *known == key).and_then(|at| self.texts.get(at)).map_or("", String::as_str)
    }

    /// Parameters that all project queries share.
    pub(crate) fn params(&self) -> Params {
        let mut params = Params::new()
            .with("year", self.year)
            .with("as_of", self.as_of)
            .with("milestone", self.milestone.as_str())
            .with("month", i64::from(self.month))
            .with("through", i64::from(self.through))
            .with("due", self.due)
            .with("q", self.q.as_str());
        for (key, value) in TEXTS.iter().zip(&self.texts) {
            params = params.with(key, value.as_str());
        }
        params
    }

    /// Parameters of one page of the list.
    pub(crate) fn list_params(&self) -> Params {
        self.params().with("sort", self.sort.as_str()).with("offset", (self.page - 1) * PAGE_ROWS).with("limit", PAGE_ROWS)
    }

    /// Parameters of the whole list, at most `most` rows.
    pub(crate) fn whole_params(&self, most: i64) -> Params {
        self.params().with("sort", self.sort.as_str()).with("offset", 0).with("limit", most)
    }
}

/// A year; 0 when nothing is said.
fn year(query: &QueryString, key: &str) -> Result<i32, Fault> {
    match query.get(key) {
        None | Some("0") => Ok(0),
        Some(text) => text.parse().ok().filter(|year| (1990..=2100).contains(year)).ok_or_else(|| Fault::bad("bad.year", text)),
    }
}

/// Refuses promises, outcomes and delays that do not exist. One promise is asked for at a time: it decides what the others mean.
fn promises(query: &QueryString) -> Result<(), Fault> {
    let promise = several(query, "promise");
    if !promise.is_empty() && Promised::from_id(&promise).is_none() {
        return Err(Fault::bad("bad.promise", &promise));
    }
    let wrong = |key: &str, exists: fn(&str) -> bool| {
        several(query, key).split(',').find(|value| !value.is_empty() && !exists(value)).map(str::to_owned)
    };
    if let Some(kept) = wrong("kept", |id| Kept::from_id(id).is_some()) {
        return Err(Fault::bad("bad.kept", &kept));
    }
    match wrong("slip", |id| SlipBand::from_id(id).is_some()) {
        Some(slip) => Err(Fault::bad("bad.slip", &slip)),
        None => Ok(()),
    }
}

/// A month of the year; 0 when nothing is said.
fn month(query: &QueryString, key: &str) -> Result<u32, Fault> {
    match query.get(key) {
        None | Some("0") => Ok(0),
        Some(text) => text.parse().ok().filter(|month| (1..=12).contains(month)).ok_or_else(|| Fault::bad("bad.month", text)),
    }
}

/// `page`, from 1.
pub(crate) fn page(query: &QueryString) -> Result<i64, Fault> {
    match query.get("page") {
        None => Ok(1),
        Some(text) => text.parse().ok().filter(|page| (1..=1_000_000).contains(page)).ok_or_else(|| Fault::bad("bad.page", text)),
    }
}

/// All values of a key as one comma list.
pub(crate) fn several(query: &QueryString, key: &str) -> String {
    let values = query.pairs().filter(|(name, value)| *name == key && !value.trim().is_empty()).map(|(_, value)| value.trim());
    values.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<ProjectFilter, Fault> {
        ProjectFilter::read(&QueryString::read(query), NaiveDate::from_ymd_opt(2022, 5, 31).unwrap())
    }

    #[test]
    fn bad_values_are_refused_by_name() {
        let check = |query: &str, key: &str| match read(query) {
            Err(Fault::Bad { key: found, .. }) => assert_eq!(found, key, "{query}"),
            other => panic!("{query}: {other:?}"),
        };
        check("year=x", "bad.year");
        check("as_of=2022-13-01", "bad.as_of");
        check("as_of=2023-01-01", "bad.future");
        check("milestone=married", "bad.milestone");
        check("month=13", "bad.month");
        check("through=0.5", "bad.month");
        check("sort=colour", "bad.sort");
        check("page=0", "bad.page");
        check("waiting=long", "bad.waiting");
        check("promise=marriage", "bad.promise");
        check("promise=start&kept=overdue,broken", "bad.kept");
        check("promise=start&slip=late2", "bad.slip");
        check("promise=start&due=22", "bad.year");
    }

    #[test]
    fn several_values_become_a_comma_list() {
        let filter = read("carrier=suixi&carrier=xiangshan&milestone=signed&year=2022").unwrap();
        assert_eq!(filter.text("carrier"), "suixi,xiangshan");
        assert_eq!(filter.as_of.to_string(), "2022-05-31");
        assert_eq!(read("year=2021").unwrap().as_of.to_string(), "2021-12-31");
        assert_eq!(read("").unwrap().year, 0);
    }
}
