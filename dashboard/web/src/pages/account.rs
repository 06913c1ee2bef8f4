//! One's own account (我的账号): who one is here, the password, other sessions.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::access::password::PasswordFault;
use qunlian_domain::audit::AuditAction;
use qunlian_registry::{Account, Grant};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::login::with_session;
use crate::Shared;
use crate::access::see;
use crate::audit::audit;
use crate::door;
use crate::fault::Fault;
use crate::form::{Troubles, page, status_of};
use crate::shell;
use crate::visit::Visit;
use crate::who::{Via, Who};
use crate::words::{Lang, Words};

#[derive(Serialize)]
struct AccountView {
    name: String,
    person: String,
    roles: Vec<String>,
    password_set: String,
    password_until: String,
    /// False for the demonstration's accounts, which have no password.
    has_password: bool,
    notice: String,
}

#[derive(Serialize)]
struct PasswordView {
    troubles: Troubles,
    rules: String,
    /// It must be changed before anything else.
    must: bool,
    name: String,
}

/// `GET /account`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let account = own_account(&desk, &visit.who).await?;
    let words = visit.words();
    let set_at = account.password_set_at;
    let until = set_at.and_then(|at| desk.app.security.profile.lifetime().map(|lifetime| at + lifetime));
    let notice = match visit.query.get("done") {
        Some("password") => words.t("account.password_changed"),
        Some("sessions") => words.t("account.sessions_ended"),
        _ => "",
    };
    let time = |at: Option<chrono::DateTime<chrono::Utc>>| at.map_or_else(|| "—".to_owned(), shell::full_time);
    let view = AccountView {
        roles: role_lines(&desk, words, &account.grants),
        name: account.name,
        person: account.person,
        password_set: time(set_at),
        password_until: time(until),
        has_password: account.password.is_some(),
        notice: notice.to_owned(),
    };
    page(&desk, &visit, "account.html", words.t("account.title"), StatusCode::OK, view)
}

/// `填报人员（濉溪县）`
pub(crate) fn role_lines(desk: &Shared, words: Words, grants: &[Grant]) -> Vec<String> {
    let line = |grant: &Grant| {
        let role = words.named("role", grant.role.id(), grant.role.name());
        let Some(id) = &grant.carrier_id else { return role };
        let carrier = desk.app.rules.city.carriers.get(id, desk.today());
        let carrier = carrier.map_or(id.as_str(), |carrier| carrier.short_name.as_str());
        match words.lang() {
            Lang::Chinese => format!("{role}（{carrier}）"),
            Lang::English => format!("{role} ({carrier})"),
        }
    };
    grants.iter().map(line).collect()
}

/// The account of whoever asks.
pub(crate) async fn own_account(desk: &Shared, who: &Who) -> Result<Account, Fault> {
    let id = who.account.ok_or(Fault::NotFound)?;
    let desk = Shared::clone(desk);
    let read = tokio::task::spawn_blocking(move || desk.app.books.account(id)).await;
    read.map_err(|error| Fault::Internal(error.to_string()))??.ok_or(Fault::NotFound)
}

/// The old password and the new one, twice.
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// `GET /account/password`
pub(crate) async fn ask(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    require_session(&visit.who)?;
    password_page(&desk, &visit, Troubles::default())
}

/// `POST /account/password`
pub(crate) async fn change(State(desk): State<Shared>, visit: Visit, Form(form): Form<PasswordForm>) -> Result<Response, Fault> {
    require_session(&visit.who)?;
    let account = own_account(&desk, &visit.who).await?;
    let (words, who) = (visit.words(), visit.who.clone());
    let mut troubles = Troubles::default();
    if let Err(fault) = desk.app.security.profile.check(&form.password, &[&account.name, &account.person]) {
        troubles.add("password", password_fault(words, fault));
    } else if form.password == form.current {
        troubles.add("password", words.t("password.same"));
    } else if form.password != form.again {
        troubles.add("again", words.t("password.differs"));
    }
    if !troubles.is_empty() {
        return password_page(&desk, &visit, troubles);
    }
    let changed = door::hashing(&desk, move |desk| {
        if !door::is_own_password(desk, &account, &form.current)? {
            return Ok(None);
        }
        let hash = desk.app.security.passwords.hash(&form.password).map_err(|error| Fault::Internal(error.to_string()))?;
        // Ends every session, this one too; whoever knew the old password is out.
        desk.app.books.set_password(account.id, &hash, false, desk.now())?;
        audit(desk, &who, AuditAction::PasswordChanged, &account.name, json!({}))?;
        let account = desk.app.books.account(account.id)?.ok_or(Fault::NotFound)?;
        Ok(Some(door::open_session(desk, &account)?.0))
    })
    .await?;
    match changed {
        Some(secret) => with_session(&desk, see("/account?done=password"), &secret),
        None => password_page(&desk, &visit, Troubles::of("current", words.t("password.wrong"))),
    }
}

/// `POST /account/sessions`: ends all but a new one in this browser.
pub(crate) async fn end_sessions(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    require_session(&visit.who)?;
    let account = own_account(&desk, &visit.who).await?;
    let (ending, who) = (Shared::clone(&desk), visit.who.clone());
    let secret = tokio::task::spawn_blocking(move || {
        let ended = ending.app.books.end_sessions(account.id)?;
        audit(&ending, &who, AuditAction::SessionsEnded, &account.name, json!({ "sessions": ended }))?;
        door::open_session(&ending, &account).map(|(secret, _)| secret)
    });
    let secret = secret.await.map_err(|error| Fault::Internal(error.to_string()))??;
    with_session(&desk, see("/account?done=sessions"), &secret)
}

/// Passwords are for those who came in by one.
fn require_session(who: &Who) -> Result<(), Fault> {
    if matches!(who.via, Via::Session { .. }) { Ok(()) } else { Err(Fault::Forbidden) }
}

fn password_page(desk: &Shared, visit: &Visit, troubles: Troubles) -> Result<Response, Fault> {
    let words = visit.words();
    let view = PasswordView { rules: password_rules(desk, words), must: visit.who.must_change, name: visit.who.name.clone(), troubles };
    let status = status_of(&view.troubles);
    page(desk, visit, "password.html", words.t("password.title"), status, view)
}

/// The rules in force, for people.
pub(crate) fn password_rules(desk: &Shared, words: Words) -> String {
    let profile = desk.app.security.profile;
    let key = if profile.lifetime().is_some() { "password.rules.mlps2" } else { "password.rules.asvs" };
    words.fill(key, &[("least", &profile.least().to_string())])
}

/// Why a password is refused, in the reader's language.
pub(crate) fn password_fault(words: Words, fault: PasswordFault) -> String {
    let number = match fault {
        PasswordFault::TooShort(number) | PasswordFault::TooLong(number) => number.to_string(),
        _ => String::new(),
    };
    let key = match fault {
        PasswordFault::TooShort(_) => "password.short",
        PasswordFault::TooLong(_) => "password.long",
        PasswordFault::TooPlain => "password.plain",
        PasswordFault::HoldsName => "password.name",
        PasswordFault::Common => "password.common",
    };
    words.fill(key, &[("n", &number)])
}
