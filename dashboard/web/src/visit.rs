//! One reader's request (访问): language, theme, address and filters.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri};

use crate::query_string::QueryString;
use crate::who::{self, Who};
use crate::words::{Lang, Words};

/// Colours a reader wants (主题).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    Light,
    Dark,
}

/// Cookie that keeps the language.
pub const LANG_COOKIE: &str = "qunlian_lang";
/// Cookie that keeps the theme.
pub const THEME_COOKIE: &str = "qunlian_theme";

/// What every page needs to know of its request.
#[derive(Debug, Clone)]
pub struct Visit {
    pub path: String,
    pub query: QueryString,
    pub lang: Lang,
    pub theme: Theme,
    /// True when the address names the language, which is then kept in a cookie.
    pub lang_in_address: bool,
    pub who: Arc<Who>,
}

impl Visit {
    /// Reads address and cookies. Unknown languages and themes fall back to the defaults.
    pub fn of(uri: &Uri, cookies: Option<&HeaderValue>, who: Arc<Who>) -> Self {
        let query = QueryString::read(uri.query().unwrap_or(""));
        let cookies = cookies.and_then(|line| line.to_str().ok()).unwrap_or("");
        let asked = query.get("lang").and_then(Lang::from_id);
        let kept = || cookie(cookies, LANG_COOKIE).and_then(Lang::from_id);
        Self {
            path: uri.path().to_owned(),
            lang: asked.or_else(kept).unwrap_or_default(),
            lang_in_address: asked.is_some(),
            theme: cookie(cookies, THEME_COOKIE).and_then(Theme::from_id).unwrap_or_default(),
            query,
            who,
        }
    }

    /// The words of the reader's language.
    pub fn words(&self) -> Words {
        Words::of(self.lang)
    }

    /// Path and query as they came, for links that lead back here.
    pub fn address(&self) -> String {
        self.query.without("lang").href(&self.path)
    }
}

impl Theme {
    /// `auto`, `light` or `dark`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark].into_iter().find(|theme| theme.id() == id)
    }

    /// The next one when the switch is pressed.
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::Dark,
            Self::Dark => Self::Light,
            Self::Light => Self::Auto,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, parts.headers.get(COOKIE), who::of(&parts.extensions)))
    }
}

fn cookie<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(uri: &str, cookies: &str) -> Visit {
        Visit::of(&uri.parse().unwrap(), Some(&cookies.parse().unwrap()), Arc::default())
    }

    #[test]
    fn language_of_address_then_cookie_then_chinese() {
        let check = |uri: &str, cookies: &str, lang: Lang| assert_eq!(visit(uri, cookies).lang, lang, "{uri} {cookies}");
        check("/", "", Lang::Chinese);
        check("/?lang=en", "", Lang::English);
        check("/?lang=zh", "qunlian_lang=en", Lang::Chinese);
        check("/", "a=b; qunlian_lang=en", Lang::English);
        check("/?lang=xx", "qunlian_lang=zz", Lang::Chinese);
        check("/", "xqunlian_lang=en", Lang::Chinese);
    }

    #[test]
    fn theme_comes_from_its_cookie() {
        assert_eq!(visit("/", "qunlian_theme=dark").theme, Theme::Dark);
        assert_eq!(visit("/", "qunlian_theme=pink").theme, Theme::Auto);
        assert_eq!(visit("/projects?lang=en&q=a", "").address(), "/projects?q=a");
    }
}
