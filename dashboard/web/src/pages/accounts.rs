//! Accounts (账号管理): the system administrator opens, renames and closes them; roles are another's business.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::access::roster::vacant;
use qunlian_domain::access::{Right, Role};
use qunlian_domain::audit::AuditAction;
use qunlian_registry::secret::new_password;
use qunlian_registry::{Account, NewAccount, RegistryError};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::account::role_lines;
use super::setup::PERSON_CHARACTERS;
use crate::Shared;
use crate::access::see;
use crate::audit::audit;
use crate::door;
use crate::fault::Fault;
use crate::form::{Troubles, line, page, status_of};
use crate::shell::full_time;
use crate::visit::Visit;
use crate::who::Who;
use crate::words::Words;

#[derive(Serialize)]
struct AccountsView {
    troubles: Troubles,
    accounts: Vec<AccountLine>,
    may_open: bool,
    name: String,
    person: String,
    /// A new account's name and first password: shown this once.
    opened: Option<Opened>,
}

/// What a new or reset account's owner must be told.
#[derive(Serialize)]
pub(crate) struct Opened {
    pub name: String,
    pub password: String,
}

/// One account in the list.
#[derive(Serialize)]
struct AccountLine {
    id: i64,
    name: String,
    person: String,
    roles: String,
    state: &'static str,
    tone: &'static str,
    opened: String,
}

/// `GET /accounts`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    view(&desk, &visit, OpenForm::default(), Troubles::default(), None).await
}

/// Whose account to open.
#[derive(Deserialize, Default)]
pub(crate) struct OpenForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    person: String,
}

/// `POST /accounts`: opens an account without roles; its first password must be changed at once.
pub(crate) async fn open(State(desk): State<Shared>, visit: Visit, Form(form): Form<OpenForm>) -> Result<Response, Fault> {
    let words = visit.words();
    let mut troubles = Troubles::default();
    let name = form.name.trim().to_owned();
    if !qunlian_registry::is_login_name(&name) {
        troubles.add("name", words.t("accounts.bad_name"));
    }
    let person = line(&form.person, PERSON_CHARACTERS);
    if person.is_none() {
        troubles.add("person", words.fill("accounts.bad_person", &[("n", &PERSON_CHARACTERS.to_string())]));
    }
    let (Some(person), true) = (person, troubles.is_empty()) else {
        return view(&desk, &visit, form, troubles, None).await;
    };
    let who = visit.who.clone();
    let opened = door::hashing(&desk, move |desk| {
        // The books record it.
        let new = NewAccount { name: name.clone(), person, created_by: who.name.clone(), now: desk.now() };
        let account = match desk.app.books.create_account(&new) {
            Ok(account) => account,
            Err(RegistryError::Refused { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let password = first_password(desk, account.id)?;
        Ok(Some(Opened { name, password }))
    })
    .await?;
    match opened {
        Some(opened) => view(&desk, &visit, OpenForm::default(), Troubles::default(), Some(opened)).await,
        None => view(&desk, &visit, form, Troubles::of("name", words.t("accounts.taken")), None).await,
    }
}

/// Sets a password that serves once: it must be changed at the first login.
pub(crate) fn first_password(desk: &Shared, account: i64) -> Result<String, Fault> {
    let broken = |error: qunlian_registry::secret::SecretError| Fault::Internal(error.to_string());
    let password = new_password().map_err(broken)?;
    let hash = desk.app.security.passwords.hash(&password).map_err(broken)?;
    desk.app.books.set_password(account, &hash, true, desk.now())?;
    Ok(password)
}

/// A new name for the person or duty.
#[derive(Deserialize)]
pub(crate) struct PersonForm {
    #[serde(default)]
    person: String,
}

/// `POST /accounts/{id}/person`
pub(crate) async fn rename(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<PersonForm>,
) -> Result<Response, Fault> {
    let Some(person) = line(&form.person, PERSON_CHARACTERS) else {
        let trouble = visit.words().fill("accounts.bad_person", &[("n", &PERSON_CHARACTERS.to_string())]);
        return super::grants::view(&desk, &visit, id, Troubles::of("person", trouble), None).await;
    };
    let who = visit.who.clone();
    change(&desk, id, move |desk, account| {
        desk.app.books.rename_account(account.id, &person)?;
        let detail = json!({ "account": account.id, "before": account.person, "after": person });
        audit(desk, &who, AuditAction::AccountRenamed, &account.name, detail)
    })
    .await?;
    Ok(see(&format!("/accounts/{id}")))
}

/// Whether an account shall be closed.
#[derive(Deserialize)]
pub(crate) struct ClosedForm {
    #[serde(default)]
    closed: String,
}

/// `POST /accounts/{id}/closed`: closes (`closed=yes`) or opens again. Never one's own, never the last of the three.
pub(crate) async fn close(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<ClosedForm>,
) -> Result<Response, Fault> {
    let (who, words, closes) = (visit.who.clone(), visit.words(), form.closed == "yes");
    let trouble = change(&desk, id, move |desk, account| {
        if closes && who.account == Some(account.id) {
            return Ok(Some(words.t("accounts.not_oneself").to_owned()));
        }
        let stays = |other: &Account| other.disabled_at.is_none() && other.id != account.id;
        if closes && let Some(role) = newly_vacant(&desk.app.books.accounts()?, stays, &[]) {
            return Ok(Some(last_of(words, role)));
        }
        desk.app.books.set_disabled(account.id, closes, desk.now())?;
        let action = if closes { AuditAction::AccountClosed } else { AuditAction::AccountOpened };
        audit(desk, &who, action, &account.name, json!({ "account": account.id, "again": !closes }))?;
        Ok(None)
    })
    .await?;
    match trouble {
        None => Ok(see(&format!("/accounts/{id}"))),
        Some(trouble) => super::grants::view(&desk, &visit, id, Troubles::of("closed", trouble), None).await,
    }
}

/// An administrator's role that is held now and would not be, if only these accounts stayed, and that one had `roles`.
pub(crate) fn newly_vacant(accounts: &[Account], stays: impl Fn(&Account) -> bool, roles: &[Role]) -> Option<Role> {
    let of = |account: &Account| account.grants.iter().map(|grant| grant.role).collect::<Vec<_>>();
    let now = accounts.iter().filter(|account| account.disabled_at.is_none()).map(of);
    let then = accounts.iter().filter(|account| stays(account)).map(of).chain([roles.to_vec()]);
    let (now, then) = (vacant(now), vacant(then));
    then.into_iter().find(|role| !now.contains(role))
}

pub(crate) fn last_of(words: Words, role: Role) -> String {
    words.fill("accounts.last", &[("role", &words.named("role", role.id(), role.name()))])
}

/// Runs a change of one account beside the server's threads.
pub(crate) async fn change<T: Send + 'static>(
    desk: &Shared,
    id: i64,
    work: impl FnOnce(&Shared, &Account) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let desk = Shared::clone(desk);
    let changing = tokio::task::spawn_blocking(move || {
        let account = desk.app.books.account(id)?.ok_or(Fault::NotFound)?;
        work(&desk, &account)
    });
    changing.await.map_err(|error| Fault::Internal(error.to_string()))?
}

/// State of an account in a word, and its tone.
pub(crate) fn state_of(desk: &Shared, words: Words, account: &Account) -> (&'static str, &'static str) {
    let locked = account.failures.locked_until(&desk.app.security.limits, desk.now()).is_some();
    let (key, tone) = if account.disabled_at.is_some() {
        ("accounts.state.closed", "soft")
    } else if locked {
        ("accounts.state.locked", "bad")
    } else if account.password.is_none() {
        ("accounts.state.none", "soft")
    } else if account.must_change {
        ("accounts.state.first", "warn")
    } else {
        ("accounts.state.open", "good")
    };
    (words.t(key), tone)
}

async fn view(desk: &Shared, visit: &Visit, form: OpenForm, troubles: Troubles, opened: Option<Opened>) -> Result<Response, Fault> {
    let (words, reading) = (visit.words(), Shared::clone(desk));
    let accounts = tokio::task::spawn_blocking(move || reading.app.books.accounts()).await;
    let accounts = accounts.map_err(|error| Fault::Internal(error.to_string()))??;
    let one = |account: &Account| {
        let (state, tone) = state_of(desk, words, account);
        AccountLine {
            id: account.id,
            name: account.name.clone(),
            person: account.person.clone(),
            roles: role_lines(desk, words, &account.grants).join("、"),
            state,
            tone,
            opened: full_time(account.created_at),
        }
    };
    let view = AccountsView {
        accounts: accounts.iter().map(one).collect(),
        may_open: may_manage(&visit.who),
        name: form.name,
        person: form.person,
        opened,
        troubles,
    };
    let status: StatusCode = status_of(&view.troubles);
    page(desk, visit, "accounts.html", words.t("accounts.title"), status, view)
}

pub(crate) fn may_manage(who: &Who) -> bool {
    who.may(Right::ManageAccounts)
}
