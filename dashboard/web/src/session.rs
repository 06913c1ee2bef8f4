//! The session cookie (会话): its name, and reading it back.

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

/// The value of a cookie; the first, if there are several.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "xqunlian=1; qunlian_lang=en".parse().unwrap());
        assert_eq!(value(&headers, "qunlian"), None);
        headers.append(COOKIE, "qunlian=2; qunlian=3".parse().unwrap());
        assert_eq!(value(&headers, "qunlian"), Some("2"));
    }
}
