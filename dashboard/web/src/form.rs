//! Forms (表单): what is wrong with each field, to be shown beside it and at the top.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use qunlian_domain::audit::is_bidi_control;
use qunlian_domain::text::tidy;
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::reader::Section;
use crate::shell::Shell;
use crate::visit::Visit;

/// Faults by field. Templates show them with `_troubles.html` and `_trouble.html`.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Troubles(BTreeMap<Cow<'static, str>, String>);

impl Troubles {
    /// The first fault of a field stays.
    pub(crate) fn add(&mut self, field: impl Into<Cow<'static, str>>, text: impl Into<String>) {
        self.0.entry(field.into()).or_insert_with(|| text.into());
    }

    pub(crate) fn of(field: &'static str, text: impl Into<String>) -> Self {
        let mut troubles = Self::default();
        troubles.add(field, text);
        troubles
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A line that somebody typed, without what cannot be seen; `None` when nothing is left or it is too long.
pub(crate) fn line(raw: &str, longest: usize) -> Option<String> {
    let text: String = tidy(raw).chars().filter(|c| !is_bidi_control(*c)).collect();
    (!text.is_empty() && text.chars().count() <= longest).then_some(text)
}

/// A page that writes: never kept.
pub(crate) fn page(
    desk: &Shared,
    visit: &Visit,
    template: &str,
    title: &str,
    status: StatusCode,
    view: impl Serialize,
) -> Result<Response, Fault> {
    let within = |path: &str| visit.path.starts_with(path);
    let section = [
        ("/accounts", Section::Accounts),
        ("/recheck", Section::Recheck),
        ("/reserve", Section::Reserve),
        ("/subscriptions", Section::Subscriptions),
        ("/targets", Section::Targets),
        ("/scores", Section::Scores),
        ("/sql", Section::Sql),
        ("/statements", Section::Statements),
        ("/trips", Section::Trips),
    ];
    let section = section.into_iter().find(|(path, _)| within(path)).map(|(_, section)| section);
    framed(desk, visit, Shell::of(desk, visit, title, section), template, status, view)
}

/// A page in a frame of its own making: never kept.
pub(crate) fn framed(
    desk: &Shared,
    visit: &Visit,
    shell: Shell,
    template: &str,
    status: StatusCode,
    view: impl Serialize,
) -> Result<Response, Fault> {
    #[derive(Serialize)]
    struct Page<V> {
        lang: &'static str,
        shell: Shell,
        view: V,
    }
    let page = Page { lang: visit.lang.id(), shell, view };
    let mut response = Html(desk.templates.render(template, page)?).into_response();
    *response.status_mut() = status;
    response.headers_mut().insert(axum::http::header::CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// 200 for a clean form, 422 for one that must be mended.
pub(crate) fn status_of(troubles: &Troubles) -> StatusCode {
    if troubles.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lose_what_cannot_be_seen() {
        assert_eq!(line("  王\u{202e}示\u{200b}例\r\n组 ", 10).as_deref(), Some("王示例 组"));
        assert_eq!(line("\u{200b}", 10), None);
        assert_eq!(line("一二三", 2), None);
    }
}
