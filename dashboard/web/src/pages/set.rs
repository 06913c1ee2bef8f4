//! Language and theme switches (语言与主题): a link that sets a cookie and leads back.

use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::fault::Fault;
use crate::visit::{LANG_COOKIE, THEME_COOKIE, Theme, Visit};
use crate::words::Lang;

/// `GET /set?lang=en&back=/projects` and `GET /set?theme=dark&back=/`
pub(crate) async fn show(visit: Visit) -> Result<Response, Fault> {
    let cookie = match (visit.query.get("lang"), visit.query.get("theme")) {
        (Some(lang), _) => {
            let lang = Lang::from_id(lang).ok_or_else(|| Fault::bad("bad.lang", lang))?;
            format!("{LANG_COOKIE}={}", lang.id())
        }
        (None, Some(theme)) => {
            let theme = Theme::from_id(theme).ok_or_else(|| Fault::bad("bad.theme", theme))?;
            format!("{THEME_COOKIE}={}", theme.id())
        }
        (None, None) => return Err(Fault::NotFound),
    };
    let back = visit.query.get("back").filter(|back| is_local(back)).unwrap_or("/");
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let header = |text: &str| HeaderValue::from_str(text).map_err(|error| Fault::Internal(error.to_string()));
    response.headers_mut().insert(LOCATION, header(back)?);
    response.headers_mut().insert(SET_COOKIE, header(&format!("{cookie}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"))?);
    Ok(response)
}

/// Only a path of this site: no other host, no scheme, no line breaks.
pub(crate) fn is_local(back: &str) -> bool {
    back.starts_with('/') && !back.starts_with("//") && !back.contains('\\') && back.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_back_only_to_this_site() {
        let check = |back: &str, expect: bool| assert_eq!(is_local(back), expect, "{back}");
        check("/projects?q=%E6%BA%AA", true);
        check("/", true);
        check("//evil.example", false);
        check("/\\evil.example", false);
        check("https://evil.example", false);
        check("/a\r\nset-cookie: x", false);
    }
}
