//! Contacts in full (查看联系方式): with a reason, so often a day, and never without a trace.

use std::sync::{Mutex, PoisonError};

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use qunlian_domain::access::Right;
use qunlian_domain::audit::AuditAction;
use qunlian_domain::filing::kind_of;
use qunlian_registry::{AuditEntry, AuditFilter, Doer, Store};
use serde_json::json;

use crate::Shared;
use crate::fault::Fault;
use crate::visit::Visit;

use super::books::{doer, refused, with_books};
use super::sent::Sent;
use super::show::{UnmaskView, look, render};
use super::shown::{field_title, in_full};

/// Characters that a reason has at least and at most.
const LEAST: usize = 5;
const MOST: usize = 200;
/// Times a day for one account.
pub(super) const A_DAY: usize = 20;

/// Looking at the count and adding to it is one act.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// `POST /filings/{number}/unmask`: the page with the contacts, once.
pub(crate) async fn reveal(
    State(desk): State<Shared>,
    visit: Visit,
    Path(number): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    visit.who.require(Right::Unmask)?;
    let reason = Sent::of(pairs).line("reason", MOST);
    let whole = look(&desk, &visit, number.clone()).await?;
    let mut view =
        UnmaskView { action: format!("/filings/{number}/unmask"), contacts: Vec::new(), reason: reason.clone(), problem: String::new() };
    let words = visit.words();
    if reason.chars().filter(|c| !c.is_whitespace()).count() < LEAST {
        view.problem = words.t("unmask.reason.short").to_owned();
        return render(&desk, &visit, whole, StatusCode::UNPROCESSABLE_ENTITY, Some(view)).await;
    }
    let (by, subject) = (doer(&desk, &visit.who), number);
    let allowed = with_books(&desk, move |books| trace(books, &by, &subject, &reason)).await?;
    if !allowed {
        view.problem = words.fill("unmask.too_often", &[("n", &A_DAY.to_string())]);
        return render(&desk, &visit, whole, StatusCode::TOO_MANY_REQUESTS, Some(view)).await;
    }
    let city = &desk.app.rules.city;
    let is_personal = |field: &str| kind_of(field).is_some_and(|kind| kind.is_personal());
    let kept = |field: &str| match whole.filing.facts.text(field) {
        "" => whole.typed.get(field).cloned().unwrap_or_default(),
        known => known.to_owned(),
    };
    let fields = city.filing.fields.iter().filter(|entry| is_personal(entry.id));
    view.contacts = fields
        .map(|entry| (field_title(words, city, entry.id), in_full(words, city, entry.id, &kept(entry.id))))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    render(&desk, &visit, whole, StatusCode::OK, Some(view)).await
}

/// Records the look. False when the account has looked often enough today.
fn trace(books: &dyn Store, by: &Doer, number: &str, reason: &str) -> Result<bool, Fault> {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let filter = AuditFilter { action: Some(AuditAction::Unmasked), actor: Some(by.name.clone()), ..AuditFilter::default() };
    let filter = filter.within(Some(local_day(by.now)), None);
    // The filter takes parts of names; the account tells them apart.
    let page = books.audit_page(&filter, None, 10_000).map_err(refused)?;
    if page.iter().filter(|record| record.account == by.account).count() >= A_DAY {
        return Ok(false);
    }
    let entry = AuditEntry {
        at: by.now,
        account: by.account,
        actor: by.name.clone(),
        via: by.via,
        action: AuditAction::Unmasked,
        subject: number.to_owned(),
        detail: json!({ "reason": reason }),
    };
    books.append(&entry).map_err(refused)?;
    Ok(true)
}

/// The day in Beijing: the clock's, not the business day, which may stand.
fn local_day(now: DateTime<Utc>) -> chrono::NaiveDate {
    (now + chrono::TimeDelta::hours(8)).date_naive()
}
