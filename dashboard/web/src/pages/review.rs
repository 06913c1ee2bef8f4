//! Review (审核): the queue, a claim with everything to decide on it, objections, pace, first report and credit.

pub(crate) mod acts;
mod aside;
pub(crate) mod claim;
pub(crate) mod credit;
mod due;
mod duplicates;
mod facts;
pub(crate) mod pace;
mod pace_charts;
pub(crate) mod queue;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use qunlian_domain::audit::{Via as Door, is_bidi_control};
use qunlian_domain::claim::Refused;
use qunlian_domain::privacy::holds_phone;
use qunlian_domain::review::ReviewTerm;
use qunlian_domain::text::tidy;
use qunlian_registry::{Claim, Doer, RegistryError};
use serde::Serialize;

use crate::Shared;
use crate::app::Desk;
use crate::fault::Fault;
use crate::reader::Section;
use crate::shell::Shell;
use crate::visit::Visit;
use crate::who::{Via, Who};
use crate::words::Words;

/// Seconds by which Beijing is ahead.
const BEIJING: i32 = 8 * 3600;

/// Calls of the books block: they run beside the server's threads.
async fn blocking<T: Send + 'static>(desk: &Shared, call: impl FnOnce(&Desk) -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    let desk = Arc::clone(desk);
    tokio::task::spawn_blocking(move || call(&desk)).await.map_err(|error| Fault::Internal(error.to_string()))?
}

/// Whoever asks, as the books record it.
pub(crate) fn doer(desk: &Desk, who: &Who) -> Doer {
    let via = match who.via {
        Via::Nobody => Door::Public,
        Via::Session { .. } => Door::Web,
        Via::Token { .. } => Door::Api,
        Via::Demo => Door::Demo,
    };
    Doer { account: who.account, name: who.name.clone(), via, now: desk.now(), today: desk.today() }
}

/// A carrier's name, also of one that is no more; its id when it is unknown.
fn carrier_name(desk: &Desk, id: &str) -> String {
    let carriers = &desk.app.rules.city.carriers;
    let found = carriers.get(id, desk.today()).or_else(|| carriers.rows().iter().find(|carrier| carrier.id == id));
    found.map_or_else(|| id.to_owned(), |carrier| carrier.name.clone())
}

/// The term of a review in this city.
fn term(desk: &Desk) -> ReviewTerm<'_> {
    let city = &desk.app.rules.city;
    ReviewTerm::new(&city.workdays, city.procedure.review_days)
}

/// The claim of an address, if the reader may see it.
fn find_claim(desk: &Desk, who: &Who, id: &str) -> Result<Claim, Fault> {
    let id: i64 = id.parse().map_err(|_| Fault::NotFound)?;
    let claim = desk.app.books.find_claim(id)?.ok_or(Fault::NotFound)?;
    if who.scope.holds(&claim.carrier_id) { Ok(claim) } else { Err(Fault::NotFound) }
}

/// `2022-05-31 08:05` of Beijing.
fn moment(time: DateTime<Utc>) -> String {
    let local = FixedOffset::east_opt(BEIJING).map(|offset| time.with_timezone(&offset).naive_local());
    local.unwrap_or_else(|| time.naive_utc()).format("%Y-%m-%d %H:%M").to_string()
}

/// The day in Beijing.
fn local_day(time: DateTime<Utc>) -> NaiveDate {
    FixedOffset::east_opt(BEIJING).map_or_else(|| time.date_naive(), |offset| time.with_timezone(&offset).date_naive())
}

/// Why something was not done, for the reader.
#[derive(Debug, Clone)]
struct Refusal {
    status: StatusCode,
    text: String,
}

impl Refusal {
    /// Somebody or something else was first: 409.
    fn conflict(text: impl Into<String>) -> Self {
        Self { status: StatusCode::CONFLICT, text: text.into() }
    }

    /// What was typed cannot be taken: 422.
    fn wrong(text: impl Into<String>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, text: text.into() }
    }

    /// What the books refused, in plain words; everything else is a fault.
    fn of(words: Words, error: RegistryError) -> Result<Self, Fault> {
        match error {
            RegistryError::Conflict { .. } => Ok(Self::conflict(words.t("review.conflict"))),
            RegistryError::NotNow { why, .. } => Ok(Self::conflict(words.t(not_now(why)))),
            RegistryError::Refused { .. } => Ok(Self::wrong(words.t("review.refused"))),
            RegistryError::Unknown { .. } => Err(Fault::NotFound),
            other => Err(other.into()),
        }
    }
}

fn not_now(why: Refused) -> &'static str {
    match why {
        Refused::State => "review.not_now.state",
        Refused::SameReviewer => "review.not_now.same_reviewer",
        Refused::OwnApproval => "review.not_now.own_approval",
        Refused::NoticeOver => "review.not_now.notice_over",
        Refused::NoticeRuns => "review.not_now.notice_runs",
    }
}

/// A text for others to read, line by line, without what cannot be seen. Too long a text and telephone numbers are
/// refused in words.
fn remark(words: Words, raw: &str, most: usize) -> Result<String, String> {
    let text: String = raw.chars().filter(|c| !is_bidi_control(*c)).collect();
    let lines: Vec<String> = text.split('\n').map(tidy).collect();
    let text = lines.join("\n").trim().to_owned();
    if text.chars().count() > most {
        return Err(words.fill("review.too_long", &[("most", &most.to_string())]));
    }
    if holds_phone(&text) {
        return Err(words.t("review.phone_in_remark").to_owned());
    }
    Ok(text)
}

/// A page of the review in its frame; never kept.
fn page(
    desk: &Shared,
    visit: &Visit,
    (template, title): (&str, &str),
    crumbs: &[(&str, &str)],
    status: StatusCode,
    view: impl Serialize,
) -> Result<Response, Fault> {
    #[derive(Serialize)]
    struct Page<V> {
        lang: &'static str,
        shell: Shell,
        view: V,
    }
    let mut shell = Shell::of(desk, visit, title, Some(Section::Review));
    let crumb = |(label, href): &(&str, &str)| crate::shell::Crumb { label: (*label).to_owned(), href: (*href).to_owned() };
    shell.crumbs = crumbs.iter().map(crumb).collect();
    let mut response = Html(desk.templates.render(template, Page { lang: visit.lang.id(), shell, view })?).into_response();
    *response.status_mut() = status;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn remarks_are_clean_short_and_without_numbers() {
        let words = Words::of(Lang::Chinese);
        assert_eq!(remark(words, "  请写\u{202e}全称\r\n\r\n谢谢\u{200b} ", 50).unwrap(), "请写全称\n\n谢谢");
        assert_eq!(remark(words, " \r\n ", 5).unwrap(), "");
        assert!(remark(words, "一二三四五六", 5).unwrap_err().contains('5'));
        assert!(remark(words, "请联系 13900001234", 50).is_err());
    }
}
