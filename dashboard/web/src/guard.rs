//! What every request and response passes (门卫): host names, writes from other sites, security headers.

use axum::extract::{Request, State};
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Shared;
use crate::dress;
use crate::fault::Fault;
use crate::visit::Visit;
use crate::who;

/// No inline script or style, nothing from elsewhere, no framing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// `same-origin`, not `no-referrer`: with the latter browsers send `Origin: null` on our own forms.
const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Refuses foreign hosts (DNS rebinding) and writes from other sites; puts the security headers on everything.
pub(crate) async fn check(State(desk): State<Shared>, request: Request, next: Next) -> Response {
    let (uri, cookies) = (request.uri().clone(), request.headers().get(COOKIE).cloned());
    let mut response = match fault_of(&desk, &request) {
        None => next.run(request).await,
        Some(fault) => fault.into_response(),
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        let who = who::of(response.extensions());
        response = dress::dress(&desk, &Visit::of(&uri, cookies.as_ref(), who), response);
    }
    // A kept page has them already.
    if !response.headers().contains_key(HEADERS[0].0) {
        protect(response.headers_mut());
    }
    response
}

/// The same for a page whose editor brings its own style elements: those with this nonce, made for one response.
pub(crate) fn protect_with_styles(headers: &mut HeaderMap, nonce: &str) {
    protect(headers);
    let policy = CONTENT_SECURITY_POLICY.replace("style-src 'self'", &format!("style-src 'self' 'nonce-{nonce}'"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(HeaderName::from_static(HEADERS[0].0), policy);
    }
}

/// Puts the security headers on a response.
pub(crate) fn protect(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

fn fault_of(desk: &Shared, request: &Request) -> Option<Fault> {
    let host = host_of(request);
    if !host.is_none_or(|host| is_ours(desk, host)) {
        return Some(Fault::ForeignHost);
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    (!reads && !comes_from_here(request.headers(), host)).then_some(Fault::ForeignOrigin)
}

fn host_of(request: &Request) -> Option<&str> {
    let named = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    named.or_else(|| request.uri().authority().map(|authority| authority.as_str()))
}

fn is_ours(desk: &Shared, host: &str) -> bool {
    let name = without_port(host).to_ascii_lowercase();
    matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]") || desk.app.hosts.contains(&name)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

/// A browser says where a write comes from in `Origin` or `Sec-Fetch-Site`; a program says neither.
fn comes_from_here(headers: &HeaderMap, host: Option<&str>) -> bool {
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let named = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")));
    match (named, host) {
        (Some(named), Some(host)) => named.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_cut_off_host_names() {
        let check = |host: &str, expect: &str| assert_eq!(without_port(host), expect);
        check("127.0.0.1:8080", "127.0.0.1");
        check("localhost", "localhost");
        check("[::1]:80", "[::1]");
        check("[::1]", "[::1]");
    }

    #[test]
    fn writes_must_come_from_here() {
        let check = |pairs: &[(&'static str, &'static str)], expect: bool| {
            let headers: HeaderMap = pairs.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect();
            assert_eq!(comes_from_here(&headers, Some("127.0.0.1:80")), expect, "{pairs:?}");
        };
        check(&[], true);
        check(&[("origin", "http://127.0.0.1:80"), ("sec-fetch-site", "same-origin")], true);
        check(&[("origin", "http://127.0.0.1:81")], false);
        check(&[("origin", "http://evil.example")], false);
        check(&[("origin", "null")], false);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:80")], false);
    }
}
