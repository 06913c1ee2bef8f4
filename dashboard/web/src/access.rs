//! Who may open which address (访问权限): every route is declared with its need; whatever is not declared is refused.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::handler::Handler;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use qunlian_domain::access::Right;

use crate::Shared;
use crate::dress::wants_json;
use crate::fault::Fault;
use crate::identity;
use crate::query_string::link;
use crate::shell;
use crate::visit::Visit;
use crate::who::{Via, Who};

/// What an address asks of whoever opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Open to everybody.
    Public,
    /// Anybody who is logged in.
    Staff,
    /// One of these rights.
    AnyOf(&'static [Right]),
}

/// Routes with their needs: there is no way to add one without.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<Shared>,
    needs: Vec<(Method, String, Need)>,
}

impl Routes {
    pub(crate) fn get<H, T>(self, path: &str, need: Need, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.on(Method::GET, path, need, axum::routing::get(handler))
    }

    pub(crate) fn post<H, T>(self, path: &str, need: Need, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.on(Method::POST, path, need, axum::routing::post(handler))
    }

    /// For handlers with layers of their own, such as a larger body.
    pub(crate) fn on(mut self, method: Method, path: &str, need: Need, handler: MethodRouter<Shared>) -> Self {
        self.router = self.router.route(path, handler);
        self.needs.push((method, path.to_owned(), need));
        self
    }

    pub(crate) fn take(self) -> (Router<Shared>, Vec<(Method, String, Need)>) {
        (self.router, self.needs)
    }
}

/// The needs of all addresses.
#[derive(Debug, Default)]
pub(crate) struct AccessTable {
    by_path: HashMap<String, Vec<(Method, Need)>>,
}

impl AccessTable {
    pub(crate) fn new(rows: impl IntoIterator<Item = (Method, String, Need)>) -> Self {
        let mut by_path: HashMap<String, Vec<(Method, Need)>> = HashMap::new();
        for (method, path, need) in rows {
            by_path.entry(path).or_default().push((method, need));
        }
        Self { by_path }
    }

    /// True when that page is there and may be opened: what links are shown.
    pub(crate) fn opens(&self, who: &Who, path: &str) -> bool {
        self.need(&Method::GET, path).is_some_and(|need| need.is_met(who))
    }

    /// `None` for a path or method that is not declared. HEAD is read as GET.
    fn need(&self, method: &Method, path: &str) -> Option<Need> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.by_path.get(path)?.iter().find(|(known, _)| known == method).map(|(_, need)| *need)
    }
}

impl Need {
    fn is_met(self, who: &Who) -> bool {
        match self {
            Self::Public => true,
            Self::Staff => who.is_staff(),
            Self::AnyOf(rights) => rights.iter().any(|right| who.may(*right)),
        }
    }
}

/// Where somebody whose password must be changed may still go.
const BEFORE_CHANGE: [&str; 3] = ["/account/password", "/logout", "/demo/role"];

/// Finds out who asks, and lets them pass or turns them away. Works on the declared path, before any kept page.
pub(crate) async fn gate(State(desk): State<Shared>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    if path.as_deref() == Some("/assets/{name}") {
        return next.run(request).await;
    }
    let who = match identity::find(&desk, request.headers(), request.uri().path()).await {
        Ok(who) => Arc::new(who),
        Err(fault) => return fault.into_response(),
    };
    request.extensions_mut().insert(Arc::clone(&who));
    let turned = path.and_then(|path| turned_away(&desk, &request, &path, &who));
    let mut response = match turned {
        Some(response) => response,
        None => next.run(request).await,
    };
    if who.is_staff() && !response.headers().contains_key(CACHE_CONTROL) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response.extensions_mut().insert(who);
    response
}

/// The refusal, if there is one.
fn turned_away(desk: &Shared, request: &Request, path: &str, who: &Who) -> Option<Response> {
    // A declared path with another method goes on and is told which methods there are.
    let need = match desk.access.need(request.method(), path) {
        Some(need) => need,
        None if desk.access.by_path.contains_key(path) => return None,
        None => return Some(Fault::NotFound.into_response()),
    };
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_page = reads && !wants_json(request.uri().path());
    if who.must_change && need != Need::Public && !BEFORE_CHANGE.contains(&path) {
        return Some(if is_page { see("/account/password") } else { Fault::MustChange.into_response() });
    }
    if need.is_met(who) {
        return None;
    }
    Some(match &who.via {
        Via::Nobody if is_page => see(&login_address(request)),
        Via::Nobody if wants_json(request.uri().path()) => Fault::NotLoggedIn.into_response(),
        Via::Nobody => Fault::SessionOver.into_response(),
        // The front page of those who see no figures is another one.
        _ if is_page && path == "/" => see(&shell::front_page(desk, who)),
        _ => Fault::Forbidden.into_response(),
    })
}

fn login_address(request: &Request) -> String {
    let back = Visit::of(request.uri(), None, Arc::default()).address();
    link("/login", &[("back", if back == "/" { "" } else { &back })])
}

/// 303 to another address of ours.
pub(crate) fn see(address: &str) -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let address = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(LOCATION, address);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
