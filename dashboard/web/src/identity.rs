//! From cookie or token to person (身份识别): looked up in the books at every request, so that nothing outlives its end.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use chrono::{DateTime, TimeDelta, Utc};
use qunlian_registry::secret::key_of;
use qunlian_registry::{Account, RegistryError, Store};

use crate::Shared;
use crate::app::Mode;
use crate::demo;
use crate::dress::wants_json;
use crate::fault::Fault;
use crate::session;
use crate::who::{Via, Who};

/// A session's last request is noted at most so often: each note is a write.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Secrets are 64 characters; longer ones are not looked up.
const LONGEST_SECRET: usize = 128;

/// What the request shows of its sender.
enum Shown {
    Session(String),
    Token(String),
    DemoRole(String),
    Nothing,
}

/// Who sent a request. A secret that opens nothing is nobody's, except a bad token, which is refused.
pub(crate) async fn find(desk: &Shared, headers: &HeaderMap, path: &str) -> Result<Who, Fault> {
    let shown = shown(desk, headers, path);
    if matches!(shown, Shown::Nothing) {
        return Ok(visitor(desk));
    }
    let desk = Arc::clone(desk);
    let looked_up = tokio::task::spawn_blocking(move || match shown {
        Shown::Session(secret) => Ok(by_session(&desk, &secret)?.unwrap_or_else(|| visitor(&desk))),
        Shown::Token(secret) => by_token(&desk, &secret)?.ok_or(Fault::NotLoggedIn),
        Shown::DemoRole(id) => Ok(demo::by_cookie(&desk, &id)?.unwrap_or_else(|| visitor(&desk))),
        Shown::Nothing => Ok(visitor(&desk)),
    });
    looked_up.await.map_err(|error| Fault::Internal(error.to_string()))?
}

/// Tokens are for programs: they open the interface and files only. A session goes before the demonstration's role.
fn shown(desk: &Shared, headers: &HeaderMap, path: &str) -> Shown {
    let bearer = headers.get(AUTHORIZATION).and_then(|line| line.to_str().ok()).and_then(|line| line.strip_prefix("Bearer "));
    if let Some(secret) = bearer.filter(|_| wants_json(path)) {
        return Shown::Token(secret.trim().to_owned());
    }
    let fits = |secret: &&str| !secret.is_empty() && secret.len() <= LONGEST_SECRET;
    if let Some(secret) = session::value(headers, session::name(desk.app.security.secure_cookie)).filter(fits) {
        return Shown::Session(secret.to_owned());
    }
    match session::value(headers, demo::COOKIE).filter(fits) {
        Some(role) if desk.app.mode == Mode::Demo => Shown::DemoRole(role.to_owned()),
        _ => Shown::Nothing,
    }
}

/// Somebody without any secret: the public, or the demonstration's visitor.
fn visitor(desk: &Shared) -> Who {
    if desk.app.mode == Mode::Demo { demo::visitor(desk) } else { Who::default() }
}

fn by_session(desk: &Shared, secret: &str) -> Result<Option<Who>, RegistryError> {
    let (books, now, limits) = (&desk.app.books, desk.now(), &desk.app.security.limits);
    let key = key_of(secret);
    let Some(session) = books.session(&key)?.filter(|session| session.times.is_alive(limits, now)) else { return Ok(None) };
    let Some(account) = open_account(books.as_ref(), session.account)? else { return Ok(None) };
    if now - session.times.seen >= NOTED_EVERY
        && let Err(error) = books.touch_session(&key, now)
    {
        // The disk may be full: reading must go on.
        tracing::warn!(%error, "a request could not be noted in its session");
    }
    Ok(Some(of_account(desk, &account, Via::Session { key })))
}

fn by_token(desk: &Shared, secret: &str) -> Result<Option<Who>, RegistryError> {
    if secret.len() > LONGEST_SECRET {
        return Ok(None);
    }
    let (books, now) = (&desk.app.books, desk.now());
    let Some(token) = books.token(&key_of(secret))?.filter(|token| token.is_alive(now)) else { return Ok(None) };
    let Some(account) = open_account(books.as_ref(), token.account)? else { return Ok(None) };
    Ok(Some(of_account(desk, &account, Via::Token { id: token.id, scopes: token.scopes })))
}

fn open_account(books: &dyn Store, id: i64) -> Result<Option<Account>, RegistryError> {
    Ok(books.account(id)?.filter(|account| account.disabled_at.is_none()))
}

/// An account at work.
pub(crate) fn of_account(desk: &Shared, account: &Account, via: Via) -> Who {
    let by_password = matches!(via, Via::Session { .. });
    let who = Who {
        account: Some(account.id),
        name: account.name.clone(),
        person: account.person.clone(),
        must_change: by_password && must_change(desk, account, desk.now()),
        via,
        ..Who::default()
    };
    who.with_grants(&account.grants, &desk.app.rules.city.carriers, desk.today())
}

fn must_change(desk: &Shared, account: &Account, now: DateTime<Utc>) -> bool {
    let expired = account.password_set_at.is_some_and(|set_at| desk.app.security.profile.is_expired(set_at, now));
    // Without a password there is none to change: such a session was opened by the books' own keeper.
    account.password.is_some() && (account.must_change || expired)
}
