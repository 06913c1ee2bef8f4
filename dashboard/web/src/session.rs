//! The session cookie (会话): its name, its flags, and reading it back.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Off plain loopback: bound to this host, https only.
const SECURE_NAME: &str = "__Host-qunlian";
/// On plain loopback, where browsers refuse `Secure`.
const PLAIN_NAME: &str = "qunlian";

/// The cookie's name.
pub(crate) fn name(secure: bool) -> &'static str {
    if secure { SECURE_NAME } else { PLAIN_NAME }
}

/// What `Set-Cookie` says when a session begins. It ends with the browser, or earlier on the server.
pub(crate) fn cookie(secure: bool, secret: &str) -> String {
    format!("{}={secret}; {}", name(secure), flags(secure))
}

/// What `Set-Cookie` says when a session has ended.
pub(crate) fn no_cookie(secure: bool) -> String {
    format!("{}=; Max-Age=0; {}", name(secure), flags(secure))
}

fn flags(secure: bool) -> &'static str {
    if secure { "Path=/; Secure; HttpOnly; SameSite=Strict" } else { "Path=/; HttpOnly; SameSite=Strict" }
}

/// The value of a cookie; the first, if there are several.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_those_of_the_promise() {
        assert_eq!(cookie(true, "ab"), "__Host-qunlian=ab; Path=/; Secure; HttpOnly; SameSite=Strict");
        assert_eq!(cookie(false, "ab"), "qunlian=ab; Path=/; HttpOnly; SameSite=Strict");
        assert_eq!(no_cookie(true), "__Host-qunlian=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn cookies_are_read_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "xqunlian=1; qunlian_lang=en".parse().unwrap());
        assert_eq!(value(&headers, "qunlian"), None);
        headers.append(COOKIE, "qunlian=2; qunlian=3".parse().unwrap());
        assert_eq!(value(&headers, "qunlian"), Some("2"));
    }
}
