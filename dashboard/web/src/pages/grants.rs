//! One account (账号与授权): the security administrator grants roles, unlocks, ends sessions and revokes tokens.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use qunlian_domain::access::{Right, Role, Roles};
use qunlian_domain::audit::AuditAction;
use qunlian_registry::{Account, Grant};
use serde::Serialize;
use serde_json::json;

use super::account::role_lines;
use super::accounts::{Opened, change, first_password, last_of, may_manage, newly_vacant, state_of};
use super::tokens::{TokenView, revoke_one, token_views};
use crate::Shared;
use crate::access::see;
use crate::audit::audit;
use crate::door;
use crate::fault::Fault;
use crate::form::{Troubles, page, status_of};
use crate::shell::full_time;
use crate::visit::Visit;
use crate::words::Words;

#[derive(Serialize)]
struct GrantsView {
    troubles: Troubles,
    id: i64,
    name: String,
    person: String,
    state: &'static str,
    tone: &'static str,
    held: Vec<String>,
    opened: String,
    opened_by: String,
    closed: bool,
    locked: bool,
    may_manage: bool,
    may_grant: bool,
    /// Nobody changes their own roles.
    oneself: bool,
    /// The three administrators' passwords are reset on the console only.
    may_reset: bool,
    roles: Vec<RoleChoice>,
    carriers: Vec<CarrierChoice>,
    tokens: Vec<TokenView>,
    reset: Option<Opened>,
}

#[derive(Serialize)]
struct RoleChoice {
    id: &'static str,
    name: String,
    about: &'static str,
    chosen: bool,
}

#[derive(Serialize)]
struct CarrierChoice {
    id: String,
    name: String,
    chosen: bool,
}

/// What the form calls an analyst who reaches the ticked carriers' rows only (载体分析人员).
const ANALYST_OF_CARRIERS: &str = "analyst_of_carriers";

/// `GET /accounts/{id}`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    view(&desk, &visit, id, Troubles::default(), None).await
}

/// `POST /accounts/{id}/roles`: replaces the roles; every session of the account ends with the old ones.
pub(crate) async fn grant(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let words = visit.words();
    let who = visit.who.clone();
    let trouble = change(&desk, id, move |desk, account| {
        if who.account == Some(account.id) {
            return Ok(Some(words.t("grants.not_oneself").to_owned()));
        }
        let grants = match read_grants(desk, words, &pairs) {
            Ok(grants) => grants,
            Err(trouble) => return Ok(Some(trouble)),
        };
        let roles: Vec<Role> = grants.iter().map(|grant| grant.role).collect();
        let stays = |other: &Account| other.disabled_at.is_none() && other.id != account.id;
        let still = if account.disabled_at.is_none() { roles.as_slice() } else { &[] };
        if let Some(role) = newly_vacant(&desk.app.books.accounts()?, stays, still) {
            return Ok(Some(last_of(words, role)));
        }
        // The books record it.
        desk.app.books.grant_roles(account.id, &grants, &who.name, desk.now())?;
        Ok(None)
    })
    .await?;
    match trouble {
        None => Ok(see(&format!("/accounts/{id}"))),
        Some(trouble) => view(&desk, &visit, id, Troubles::of("roles", trouble), None).await,
    }
}

/// The roles that were ticked, or why they cannot be had.
fn read_grants(desk: &Shared, words: Words, pairs: &[(String, String)]) -> Result<Vec<Grant>, String> {
    let ticked = || pairs.iter().filter(|(name, _)| name == "role").map(|(_, id)| id.as_str());
    let is_bound = ticked().any(|id| id == ANALYST_OF_CARRIERS) && !ticked().any(|id| id == Role::Analyst.id());
    let role = |id: &str| if id == ANALYST_OF_CARRIERS { Some(Role::Analyst) } else { Role::from_id(id) };
    let roles: Option<BTreeSet<Role>> = ticked().map(role).collect();
    let roles = roles.ok_or_else(|| words.t("grants.unknown").to_owned())?;
    let roles = Roles::new(roles).map_err(|fault| match words.lang() {
        crate::words::Lang::Chinese => words.fill("grants.apart", &[("one", fault.roles().0.name()), ("other", fault.roles().1.name())]),
        crate::words::Lang::English => words.fill(
            "grants.apart",
            &[("one", &words.named("role", fault.roles().0.id(), "")), ("other", &words.named("role", fault.roles().1.id(), ""))],
        ),
    })?;
    let ticked = pairs.iter().filter(|(name, _)| name == "carrier").map(|(_, id)| id);
    let known: Vec<&String> = ticked.filter(|id| desk.app.rules.city.carriers.get(id, desk.today()).is_some()).collect();
    let (for_carriers, for_all): (Vec<Role>, Vec<Role>) =
        roles.iter().partition(|role| role.needs_carrier() || (is_bound && *role == Role::Analyst));
    if !for_carriers.is_empty() && known.is_empty() {
        return Err(words.t("grants.no_carrier").to_owned());
    }
    let bound = |role: Role| known.iter().map(move |id| Grant { role, carrier_id: Some((*id).clone()) });
    let free = for_all.into_iter().map(|role| Grant { role, carrier_id: None });
    Ok(for_carriers.into_iter().flat_map(bound).chain(free).collect())
}

/// `POST /accounts/{id}/unlock`
pub(crate) async fn unlock(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let who = visit.who.clone();
    change(&desk, id, move |desk, account| {
        desk.app.books.forget_failures(account.id)?;
        audit(desk, &who, AuditAction::Unlocked, &account.name, json!({ "account": account.id }))
    })
    .await?;
    Ok(see(&format!("/accounts/{id}")))
}

/// `POST /accounts/{id}/sessions`: ends them all.
pub(crate) async fn end_sessions(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let who = visit.who.clone();
    change(&desk, id, move |desk, account| {
        let ended = desk.app.books.end_sessions(account.id)?;
        audit(desk, &who, AuditAction::SessionsEnded, &account.name, json!({ "account": account.id, "sessions": ended }))
    })
    .await?;
    Ok(see(&format!("/accounts/{id}")))
}

/// `POST /accounts/{id}/password`: a first password again, shown once. Not for administrators: who resets another's
/// password could act as them.
pub(crate) async fn reset(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let who = visit.who.clone();
    let reset = door::hashing(&desk, move |desk| {
        let account = desk.app.books.account(id)?.ok_or(Fault::NotFound)?;
        if is_administrator(&account) {
            return Err(Fault::Forbidden);
        }
        let password = first_password(desk, account.id)?;
        audit(desk, &who, AuditAction::PasswordReset, &account.name, json!({ "account": account.id }))?;
        Ok(Opened { name: account.name, password })
    })
    .await?;
    view(&desk, &visit, id, Troubles::default(), Some(reset)).await
}

/// `POST /accounts/{id}/tokens/{token}/revoke`
pub(crate) async fn revoke(State(desk): State<Shared>, visit: Visit, Path((id, token)): Path<(i64, i64)>) -> Result<Response, Fault> {
    let who = visit.who.clone();
    change(&desk, id, move |desk, account| revoke_one(desk, &who, account.id, token)).await?;
    Ok(see(&format!("/accounts/{id}")))
}

fn is_administrator(account: &Account) -> bool {
    account.grants.iter().any(|grant| grant.role.is_administrator())
}

/// The page of one account, as far as the reader's own role goes.
pub(crate) async fn view(desk: &Shared, visit: &Visit, id: i64, troubles: Troubles, reset: Option<Opened>) -> Result<Response, Fault> {
    let words = visit.words();
    let (account, tokens) = change(desk, id, |desk, account| Ok((account.clone(), desk.app.books.tokens_of(account.id)?))).await?;
    let (state, tone) = state_of(desk, words, &account);
    let held = |role: Role, bound: bool| account.grants.iter().any(|grant| grant.role == role && grant.carrier_id.is_some() == bound);
    let choice = |id: &'static str, name: &str, chosen: bool| RoleChoice {
        id,
        name: words.named("role", id, name),
        about: words.t(&format!("role.about.{id}")),
        chosen,
    };
    let mut roles: Vec<RoleChoice> = Vec::with_capacity(Role::ALL.len() + 1);
    for role in Role::ALL {
        roles.push(choice(role.id(), role.name(), held(role, role.needs_carrier())));
        if role.may_have_carrier() && !role.needs_carrier() {
            roles.push(choice(ANALYST_OF_CARRIERS, words.t("role.analyst_of_carriers"), held(role, true)));
        }
    }
    let files_for = |id: &str| account.grants.iter().any(|grant| grant.carrier_id.as_deref() == Some(id));
    let carriers = desk.app.rules.city.carriers.on(desk.today());
    let may_grant = visit.who.may(Right::GrantRoles);
    let view = GrantsView {
        id,
        state,
        tone,
        held: role_lines(desk, words, &account.grants),
        opened: full_time(account.created_at),
        opened_by: account.created_by.clone(),
        closed: account.disabled_at.is_some(),
        locked: account.failures.locked_until(&desk.app.security.limits, desk.now()).is_some(),
        may_manage: may_manage(&visit.who),
        may_grant,
        oneself: visit.who.account == Some(id),
        may_reset: may_grant && !is_administrator(&account),
        roles,
        carriers: carriers
            .map(|carrier| CarrierChoice { chosen: files_for(&carrier.id), id: carrier.id.clone(), name: carrier.name.clone() })
            .collect(),
        tokens: if may_grant { token_views(desk, words, &tokens) } else { Vec::new() },
        name: account.name,
        person: account.person,
        reset,
        troubles,
    };
    let status = status_of(&view.troubles);
    page(desk, visit, "account_of.html", words.t("grants.title"), status, view)
}
