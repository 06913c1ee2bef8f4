//! Logging in and out (登录与退出).

use std::net::{IpAddr, SocketAddr};

use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use qunlian_domain::audit::AuditAction;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::set::is_local;
use crate::Shared;
use crate::access::see;
use crate::audit::audit;
use crate::door::{self, Outcome, Try};
use crate::fault::Fault;
use crate::form::{Troubles, page};
use crate::session;
use crate::shell;
use crate::visit::Visit;
use crate::who::{Via, Who};

#[derive(Serialize)]
struct LoginView {
    troubles: Troubles,
    name: String,
    back: String,
    /// What just happened, such as the end of the set-up.
    notice: String,
}

/// Name and password.
#[derive(Deserialize)]
pub(crate) struct LoginForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    back: String,
}

/// The address that a request came from, when the server knows it.
pub(crate) struct Peer(pub(crate) Option<IpAddr>);

impl<S: Sync> axum::extract::FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(peer.map(|ConnectInfo(address)| address.ip().to_canonical())))
    }
}

/// `GET /login?back=/projects`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    if matches!(visit.who.via, Via::Session { .. }) {
        return Ok(see(&shell::front_page(&desk, &visit.who)));
    }
    let notice = match visit.query.get("after") {
        Some("setup") => visit.words().t("login.after_setup").to_owned(),
        Some("logout") => visit.words().t("login.after_logout").to_owned(),
        _ => String::new(),
    };
    let back = visit.query.get("back").filter(|back| is_local(back)).unwrap_or("").to_owned();
    view(&desk, &visit, StatusCode::OK, LoginView { troubles: Troubles::default(), name: String::new(), back, notice })
}

/// `POST /login`
pub(crate) async fn run(
    State(desk): State<Shared>,
    visit: Visit,
    Peer(address): Peer,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Result<Response, Fault> {
    let name = form.name.trim().to_owned();
    let previous = session::value(&headers, session::name(desk.app.security.secure_cookie)).map(str::to_owned);
    let tried = Try { name: name.clone(), password: form.password, address, previous };
    let back = if is_local(&form.back) { form.back } else { String::new() };
    let (status, trouble) = match door::knock(&desk, tried).await? {
        Outcome::Opened { secret, who } => {
            let target = if back.is_empty() { shell::front_page(&desk, &who) } else { back };
            return with_session(&desk, see(&target), &secret);
        }
        Outcome::Refused => (StatusCode::UNPROCESSABLE_ENTITY, "login.refused"),
        Outcome::SlowDown => (StatusCode::TOO_MANY_REQUESTS, "login.slow"),
    };
    let troubles = Troubles::of("name", visit.words().t(trouble));
    // What was typed is given back only as far as a login name goes.
    let name = name.chars().take(40).collect();
    view(&desk, &visit, status, LoginView { troubles, name, back, notice: String::new() })
}

fn view(desk: &Shared, visit: &Visit, status: StatusCode, view: LoginView) -> Result<Response, Fault> {
    page(desk, visit, "login.html", visit.words().t("login.title"), status, view)
}

/// `POST /logout`
pub(crate) async fn leave(State(desk): State<Shared>, who: Who) -> Result<Response, Fault> {
    if let Via::Session { key } = who.via.clone() {
        let desk = Shared::clone(&desk);
        let ending = tokio::task::spawn_blocking(move || {
            desk.app.books.end_session(&key)?;
            audit(&desk, &who, AuditAction::Logout, &who.name, json!({}))
        });
        ending.await.map_err(|error| Fault::Internal(error.to_string()))??;
    }
    let mut response = see("/login?after=logout");
    set_cookie(&mut response, &session::no_cookie(desk.app.security.secure_cookie))?;
    Ok(response)
}

/// The response with the cookie of a new session.
pub(crate) fn with_session(desk: &Shared, mut response: Response, secret: &str) -> Result<Response, Fault> {
    set_cookie(&mut response, &session::cookie(desk.app.security.secure_cookie, secret))?;
    Ok(response)
}

fn set_cookie(response: &mut Response, cookie: &str) -> Result<(), Fault> {
    let cookie = HeaderValue::from_str(cookie).map_err(|error| Fault::Internal(error.to_string()))?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(())
}
