//! API tokens of one's own (接口令牌): made for a purpose and a time, shown once, revoked at will.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::TimeDelta;
use qunlian_domain::access::token::TokenScope;
use qunlian_domain::audit::AuditAction;
use qunlian_registry::scram::keep_keys_of;
use qunlian_registry::secret::{key_of, new_secret};
use qunlian_registry::{NewToken, Token};
use serde::Serialize;
use serde_json::json;

use crate::Shared;
use crate::access::see;
use crate::audit::audit;
use crate::fault::Fault;
use crate::form::{Troubles, line, page, status_of};
use crate::shell::full_time;
use crate::visit::Visit;
use crate::who::Who;
use crate::words::Words;

/// Days that a token serves, at most.
const LONGEST: i64 = 366;
const USUAL: &str = "90";
/// Tokens of one account that are alive.
const MOST: usize = 20;
const TITLE_CHARACTERS: usize = 60;

#[derive(Serialize)]
struct TokensView {
    troubles: Troubles,
    tokens: Vec<TokenView>,
    scopes: Vec<ScopeView>,
    title: String,
    days: String,
    /// The secret of a token just made: shown this once.
    made: String,
}

/// A token in a list.
#[derive(Serialize)]
pub(crate) struct TokenView {
    id: i64,
    title: String,
    scopes: String,
    made: String,
    until: String,
    state: &'static str,
    alive: bool,
}

#[derive(Serialize)]
struct ScopeView {
    id: &'static str,
    label: &'static str,
    chosen: bool,
}

/// `GET /account/tokens`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    view(&desk, &visit, &Wish::default(), Troubles::default(), String::new()).await
}

/// What a token shall be. Read by hand: checkboxes of one name come as several pairs.
#[derive(Default)]
struct Wish {
    title: String,
    days: String,
    scopes: Vec<TokenScope>,
}

impl Wish {
    fn read(pairs: &[(String, String)]) -> Self {
        let get = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()).unwrap_or_default();
        let scopes = pairs.iter().filter(|(name, _)| name == "scope").filter_map(|(_, value)| TokenScope::from_id(value));
        let mut scopes: Vec<TokenScope> = scopes.collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self { title: get("title"), days: get("days"), scopes }
    }
}

/// The scopes from which somebody may choose: those that let one of their own rights through.
fn offered(who: &Who) -> Vec<TokenScope> {
    TokenScope::ALL.into_iter().filter(|scope| scope.rights().iter().any(|right| who.may(*right))).collect()
}

/// `POST /account/tokens`
pub(crate) async fn make(State(desk): State<Shared>, visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Fault> {
    let account = visit.who.account.ok_or(Fault::Forbidden)?;
    let (words, wish) = (visit.words(), Wish::read(&pairs));
    let mut troubles = Troubles::default();
    let title = line(&wish.title, TITLE_CHARACTERS);
    if title.is_none() {
        troubles.add("title", words.fill("tokens.bad_title", &[("n", &TITLE_CHARACTERS.to_string())]));
    }
    let days = wish.days.trim().parse::<i64>().ok().filter(|days| (1..=LONGEST).contains(days));
    if days.is_none() {
        troubles.add("days", words.fill("tokens.bad_days", &[("n", &LONGEST.to_string())]));
    }
    let offered = offered(&visit.who);
    if wish.scopes.is_empty() || wish.scopes.iter().any(|scope| !offered.contains(scope)) {
        troubles.add("scope", words.t("tokens.bad_scope"));
    }
    let (Some(title), Some(days), true) = (title, days, troubles.is_empty()) else {
        return view(&desk, &visit, &wish, troubles, String::new()).await;
    };
    let secret = new_secret().map_err(|error| Fault::Internal(error.to_string()))?;
    let now = desk.now();
    let new = NewToken { account, title, key: key_of(&secret), scopes: wish.scopes.clone(), now, expires_at: now + TimeDelta::days(days) };
    let (writing, who, proved) = (Shared::clone(&desk), visit.who.clone(), secret.clone());
    let made = tokio::task::spawn_blocking(move || {
        let alive = writing.app.books.tokens_of(account)?.into_iter().filter(|token| token.is_alive(now)).count();
        if alive >= MOST {
            return Ok(false);
        }
        let token = writing.app.books.create_token(&new)?;
        // Its text is known only now.
        keep_keys_of(writing.app.books.as_ref(), &token, &who.name, &proved, now)?;
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.id()).collect();
        let detail = json!({ "token": token.id, "scopes": scopes, "days": days });
        audit(&writing, &who, AuditAction::TokenCreated, &token.title, detail)?;
        Ok::<bool, Fault>(true)
    });
    if !made.await.map_err(|error| Fault::Internal(error.to_string()))?? {
        let troubles = Troubles::of("title", words.fill("tokens.too_many", &[("n", &MOST.to_string())]));
        return view(&desk, &visit, &wish, troubles, String::new()).await;
    }
    view(&desk, &visit, &Wish::default(), Troubles::default(), secret).await
}

/// `POST /account/tokens/{id}/revoke`
pub(crate) async fn revoke(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let account = visit.who.account.ok_or(Fault::Forbidden)?;
    let who = visit.who.clone();
    let revoking = tokio::task::spawn_blocking(move || revoke_one(&desk, &who, account, id));
    revoking.await.map_err(|error| Fault::Internal(error.to_string()))??;
    Ok(see("/account/tokens"))
}

/// Revokes a token of that account; another account's is not found.
pub(crate) fn revoke_one(desk: &Shared, who: &Who, account: i64, id: i64) -> Result<(), Fault> {
    let token = desk.app.books.tokens_of(account)?.into_iter().find(|token| token.id == id).ok_or(Fault::NotFound)?;
    if desk.app.books.revoke_token(id, desk.now())? {
        audit(desk, who, AuditAction::TokenRevoked, &token.title, json!({ "token": id, "account": account }))?;
    }
    Ok(())
}

async fn view(desk: &Shared, visit: &Visit, wish: &Wish, troubles: Troubles, made: String) -> Result<Response, Fault> {
    let account = visit.who.account.ok_or(Fault::NotFound)?;
    let (words, reading) = (visit.words(), Shared::clone(desk));
    let tokens = tokio::task::spawn_blocking(move || reading.app.books.tokens_of(account)).await;
    let tokens = tokens.map_err(|error| Fault::Internal(error.to_string()))??;
    let choice = |scope: TokenScope| ScopeView { id: scope.id(), label: scope_name(words, scope), chosen: wish.scopes.contains(&scope) };
    let view = TokensView {
        tokens: token_views(desk, words, &tokens),
        scopes: offered(&visit.who).into_iter().map(choice).collect(),
        title: wish.title.clone(),
        days: if wish.days.is_empty() { USUAL.to_owned() } else { wish.days.clone() },
        made,
        troubles,
    };
    let status = status_of(&view.troubles);
    page(desk, visit, "tokens.html", words.t("tokens.title"), status, view)
}

fn scope_name(words: Words, scope: TokenScope) -> &'static str {
    words.t(match scope {
        TokenScope::Read => "tokens.scope.read",
        TokenScope::File => "tokens.scope.file",
        TokenScope::Sql => "tokens.scope.sql",
    })
}

/// Tokens as a list shows them.
pub(crate) fn token_views(desk: &Shared, words: Words, tokens: &[Token]) -> Vec<TokenView> {
    let now = desk.now();
    let view = |token: &Token| {
        let state = match (token.revoked_at, token.is_alive(now)) {
            (Some(_), _) => "tokens.revoked",
            (None, true) => "tokens.alive",
            (None, false) => "tokens.expired",
        };
        TokenView {
            id: token.id,
            title: token.title.clone(),
            scopes: token.scopes.iter().map(|scope| scope_name(words, *scope)).collect::<Vec<_>>().join("、"),
            made: full_time(token.created_at),
            until: full_time(token.expires_at),
            state: words.t(state),
            alive: token.is_alive(now),
        }
    };
    tokens.iter().map(view).collect()
}
