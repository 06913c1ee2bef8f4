//! The demonstration's role switch (演示身份切换): everybody's eyes without a password, on loopback, in demo mode only.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::access::Role;
use qunlian_domain::carriers::Carriers;
use qunlian_registry::{Grant, NewAccount, RegistryError, Store};
use serde::{Deserialize, Serialize};

use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::identity;
use crate::pages::set::is_local;
use crate::visit::Visit;
use crate::who::{Via, Who};

/// Names the part that is played; no secret.
pub(crate) const COOKIE: &str = "qunlian_demo";
/// The part of those who have no account.
const PUBLIC: &str = "public";
/// Login names of the demonstration's accounts begin with it.
const PREFIX: &str = "demo-";
const PERSON_CLERK: &str = "示范填报员";

/// Parts beside the clerks: id, person, roles.
const PARTS: [(&str, &str, &[Role]); 9] = [
    ("visitor", "演示访客", &[Role::Leader, Role::Analyst]),
    ("leader", "示范领导", &[Role::Leader]),
    ("analyst", "示范分析员", &[Role::Analyst]),
    ("reviewer-1", "示范审核员一", &[Role::Reviewer]),
    ("reviewer-2", "示范审核员二", &[Role::Reviewer]),
    ("team", "示范招商队员", &[Role::TeamMember]),
    ("system", "示范系统管理员", &[Role::SystemAdministrator]),
    ("security", "示范安全管理员", &[Role::SecurityAdministrator]),
    ("audit", "示范审计管理员", &[Role::AuditAdministrator]),
];

/// Opens the accounts of the demonstration, without passwords; those that are there stay as they are.
pub fn open_demo_accounts(books: &dyn Store, carriers: &Carriers, day: NaiveDate, now: DateTime<Utc>) -> Result<(), RegistryError> {
    for (part, person, roles) in PARTS {
        let grants: Vec<Grant> = roles.iter().map(|role| Grant { role: *role, carrier_id: None }).collect();
        open(books, part, person, &grants, now)?;
    }
    for carrier in carriers.assessed_on(day) {
        let grants = [Grant { role: Role::Clerk, carrier_id: Some(carrier.id.clone()) }];
        open(books, &format!("clerk-{}", carrier.id), &format!("{PERSON_CLERK}（{}）", carrier.short_name), &grants, now)?;
    }
    Ok(())
}

fn open(books: &dyn Store, part: &str, person: &str, grants: &[Grant], now: DateTime<Utc>) -> Result<(), RegistryError> {
    let name = format!("{PREFIX}{part}");
    if books.account_named(&name)?.is_some() {
        return Ok(());
    }
    let account = books.create_account(&NewAccount { name, person: person.to_owned(), created_by: "demo".to_owned(), now })?;
    books.grant_roles(account.id, grants, "demo", now)
}

/// Whoever has chosen no part.
pub(crate) fn visitor(desk: &Shared) -> Who {
    desk.visitor
        .get_or_init(|| match account_of(desk, PARTS[0].0) {
            Ok(Some(who)) => who,
            _ => {
                let grants: Vec<Grant> = PARTS[0].2.iter().map(|role| Grant { role: *role, carrier_id: None }).collect();
                let who = Who { name: format!("{PREFIX}{}", PARTS[0].0), person: PARTS[0].1.to_owned(), via: Via::Demo, ..Who::default() };
                who.with_grants(&grants, &desk.app.rules.city.carriers, desk.today())
            }
        })
        .clone()
}

/// Whoever plays the part that the cookie names; `None` when there is no such part.
pub(crate) fn by_cookie(desk: &Shared, part: &str) -> Result<Option<Who>, RegistryError> {
    if part == PUBLIC {
        return Ok(Some(Who::default()));
    }
    account_of(desk, part)
}

fn account_of(desk: &Shared, part: &str) -> Result<Option<Who>, RegistryError> {
    let account = desk.app.books.account_named(&format!("{PREFIX}{part}"))?;
    Ok(account.filter(|account| account.disabled_at.is_none()).map(|account| identity::of_account(desk, &account, Via::Demo)))
}

/// The bar on every page of the demonstration.
#[derive(Debug, Serialize)]
pub(crate) struct DemoBar {
    parts: Vec<PartChoice>,
    back: String,
}

#[derive(Debug, Serialize)]
struct PartChoice {
    id: String,
    label: String,
    chosen: bool,
}

/// The parts to choose from, the one that is played marked.
pub(crate) fn bar(desk: &crate::app::Desk, visit: &Visit) -> DemoBar {
    let words = visit.words();
    let played = visit.who.name.strip_prefix(PREFIX).unwrap_or(PUBLIC);
    let choice = |id: String, label: String| PartChoice { chosen: id == played, id, label };
    let mut parts: Vec<PartChoice> =
        PARTS.iter().map(|(id, ..)| choice((*id).to_owned(), words.t(&format!("demo.part.{id}")).to_owned())).collect();
    let clerks = desk.app.rules.city.carriers.assessed_on(desk.today());
    let clerk = words.t("demo.part.clerk");
    parts.extend(clerks.map(|carrier| choice(format!("clerk-{}", carrier.id), format!("{clerk} · {}", carrier.short_name))));
    parts.push(choice(PUBLIC.to_owned(), words.t("demo.part.public").to_owned()));
    DemoBar { parts, back: visit.address() }
}

/// Which part to play.
#[derive(Deserialize)]
pub(crate) struct RoleForm {
    role: String,
    #[serde(default)]
    back: String,
}

/// `POST /demo/role`, in demo mode only.
pub(crate) async fn choose(State(desk): State<Shared>, Form(form): Form<RoleForm>) -> Result<Response, Fault> {
    let asked = form.role.clone();
    let known = tokio::task::spawn_blocking(move || by_cookie(&desk, &asked)).await;
    let known = known.map_err(|error| Fault::Internal(error.to_string()))??;
    if known.is_none() {
        return Err(Fault::bad("bad.demo", &form.role));
    }
    let mut response = see(if is_local(&form.back) { &form.back } else { "/" });
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", form.role);
    let cookie = HeaderValue::from_str(&cookie).map_err(|error| Fault::Internal(error.to_string()))?;
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}
