//! A reader of one generation (读者): asks the named queries of a page, all of the same generation.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use chrono::NaiveDate;
use qunlian_domain::access::RowScope;
use qunlian_queries::{About, Answer, AskError, Format, FrontMatter, Generation, Params};
use serde::Serialize;

use crate::Shared;
use crate::board::Board;
use crate::change::ChangeOf;
use crate::export_log;
use crate::fault::Fault;
use crate::query_string::{self, QueryString};
use crate::shell::{Crumb, Shell};
use crate::visit::{LANG_COOKIE, Visit};
use crate::who::{self, Who};
use crate::words::Words;

/// What a page of figures works with. Made from the request before the handler runs.
pub struct Reader {
    pub(crate) desk: Shared,
    pub(crate) visit: Visit,
    pub(crate) generation: Arc<Generation>,
    pub(crate) words: Words,
    pub(crate) who: Arc<Who>,
}

impl<S: Send + Sync> FromRequestParts<S> for Reader
where
    Shared: FromRef<S>,
{
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let desk = Shared::from_ref(state);
        let who = who::of(&parts.extensions);
        let visit = Visit::of(&parts.uri, parts.headers.get(COOKIE), Arc::clone(&who));
        let announced = parts.extensions.get::<Arc<Generation>>().cloned();
        let generation = announced.or_else(|| desk.app.answers.generation()).ok_or(Fault::NothingPublished)?;
        let words = visit.words();
        Ok(Self { desk, visit, generation, words, who })
    }
}

impl Reader {
    /// A reader of what is served right now; none before the first generation.
    pub(crate) fn now(desk: &Shared, visit: &Visit) -> Option<Self> {
        let generation = desk.app.answers.generation()?;
        Some(Self { desk: Shared::clone(desk), visit: visit.clone(), generation, words: visit.words(), who: Arc::clone(&visit.who) })
    }

    /// Year and day of the page, from the address or the defaults.
    pub(crate) fn board(&self) -> Result<Board, Fault> {
        Board::read(&self.visit.query, &self.desk.app.city.target_years, self.desk.today())
    }

    /// True when one of the reader's roles may ask that question.
    pub(crate) fn may_ask(&self, about: &FrontMatter) -> bool {
        about.open_to(&self.who.roles)
    }

    /// What stands beside rows that are cut to the reader's carriers; empty when they are whole.
    pub(crate) fn cut_note(&self, query: &str) -> &'static str {
        let query = self.desk.app.answers.library().get(query);
        let is_whole = query.is_none_or(|query| query.about.reach(&self.who.scope) == &RowScope::City);
        if is_whole { "" } else { self.words.t("scope.own") }
    }

    /// Asks one named query, if the reader may, about the rows that the reader may see. Parameters that are not
    /// given take the query's defaults.
    pub(crate) async fn ask(&self, query: &str, params: Params) -> Result<Arc<Answer>, Fault> {
        if let Some(known) = self.desk.app.answers.library().get(query)
            && !self.may_ask(&known.about)
        {
            return Err(Fault::Forbidden);
        }
        let params = self.with_defaults(query, params)?;
        let answer = self.desk.app.answers.ask(query, params, &self.who.scope).await?;
        if answer.generation != self.generation.number {
            return Err(Fault::Swapped);
        }
        Ok(answer)
    }

    /// Drops what the query does not declare and adds its defaults, so that equal questions share one cache entry.
    fn with_defaults(&self, query: &str, given: Params) -> Result<Params, Fault> {
        let Some(query) = self.desk.app.answers.library().get(query) else { return Ok(given) };
        let mut params = Params::new();
        for spec in &query.about.params {
            let value = match given.get(&spec.name) {
                Some(value) => Some(value.clone()),
                None => Params::read(std::slice::from_ref(spec), &BTreeMap::new()).map_err(AskError::from)?.get(&spec.name).cloned(),
            };
            if let Some(value) = value {
                params = params.with(&spec.name, value);
            }
        }
        Ok(params)
    }

    /// 口径 of a named query; empty when it is unknown.
    pub(crate) fn definition(&self, query: &str) -> String {
        self.desk.app.answers.library().get(query).map(|query| query.about.definition.clone()).unwrap_or_default()
    }

    /// Title of a named query.
    pub(crate) fn query_title(&self, query: &str) -> String {
        self.desk.app.answers.library().get(query).map_or_else(|| query.to_owned(), |query| query.about.title.clone())
    }

    /// The page: shell around `template` filled with `view`.
    pub(crate) async fn page(&self, template: &str, head: PageHead, view: impl Serialize) -> Result<Response, Fault> {
        #[derive(Serialize)]
        struct Page<V> {
            lang: &'static str,
            shell: Shell,
            view: V,
        }
        let shell = Shell::full(self, head).await?;
        let html = self.desk.templates.render(template, Page { lang: self.visit.lang.id(), shell, view })?;
        let mut response = Html(html).into_response();
        if self.visit.lang_in_address {
            let cookie = format!("{LANG_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", self.visit.lang.id());
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                response.headers_mut().insert(SET_COOKIE, value);
            }
        }
        Ok(response)
    }

    /// An answer as a file to keep: `新签约项目_2022-05-31.xlsx`. JSON is shown, not kept.
    pub(crate) fn export(&self, answer: &Answer, format: Format, about: &About, day: NaiveDate) -> Result<Response, Fault> {
        let bytes = self.desk.app.answers.encode(answer, format, about)?;
        let mut response = bytes.into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
        if format != Format::Json {
            let name = format!("{}_{day}.{}", file_stem(&about.title), format.suffix());
            response.headers_mut().insert(CONTENT_DISPOSITION, attachment(&name)?);
        }
        export_log::mark(response.headers_mut(), answer.rows.len());
        Ok(response)
    }
}

/// What a page says of itself.
pub(crate) struct PageHead {
    /// Title of the window and the page's first heading.
    pub title: String,
    /// Which entry of the navigation is lit.
    pub section: Section,
    /// The way down to this page, from a list to one thing.
    pub crumbs: Vec<Crumb>,
    /// Year and day, for boards; `None` hides the pickers.
    pub board: Option<Board>,
    /// Links to the page's main table as files.
    pub exports: Vec<(Format, String)>,
    /// Whose changes `?compare=` tells of.
    pub change_of: ChangeOf,
}

/// Entries of the navigation (栏目).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Home,
    Carriers,
    Chains,
    Regions,
    Forecast,
    Conversion,
    Bulletins,
    Pace,
    Targets,
    Projects,
    Filings,
    Quality,
    Jobs,
    Sql,
    Statements,
    Accounts,
    Audit,
    Recheck,
    Reserve,
    Scores,
    Trips,
    Review,
    Subscriptions,
    Notices,
}

impl PageHead {
    pub(crate) fn new(title: impl Into<String>, section: Section) -> Self {
        Self { title: title.into(), section, crumbs: Vec::new(), board: None, exports: Vec::new(), change_of: ChangeOf::Nothing }
    }

    /// Tells of the changes since `?compare=`, as far as it is asked for.
    pub(crate) fn change_of(self, change_of: ChangeOf) -> Self {
        Self { change_of, ..self }
    }

    pub(crate) fn board(self, board: &Board) -> Self {
        Self { board: Some(board.clone()), ..self }
    }

    pub(crate) fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push(Crumb { label: label.into(), href: href.into() });
        self
    }

    /// Links to `path.csv` … with the page's own filters.
    pub(crate) fn exports(self, path: &str, query: &QueryString) -> Self {
        let of = |format: Format| (format, query.href(&format!("{path}.{}", format.suffix())));
        Self { exports: EXPORTS.into_iter().map(of).collect(), ..self }
    }
}

/// Formats in the order in which their links stand.
pub(crate) const EXPORTS: [Format; 5] = [Format::Xlsx, Format::Csv, Format::Json, Format::Parquet, Format::Arrow];

/// A title as the stem of a file name: nothing that a file system refuses.
pub(crate) fn file_stem(title: &str) -> String {
    let kept: String = title.chars().filter(|c| !c.is_control() && !r#"\/:*?"<>|"#.contains(*c)).take(60).collect();
    if kept.trim().is_empty() { "qunlian".to_owned() } else { kept.trim().replace(' ', "_") }
}

/// `attachment` with an ASCII name for old programs and the true name for all others (RFC 6266).
pub(crate) fn attachment(name: &str) -> Result<HeaderValue, Fault> {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", query_string::encode(name));
    HeaderValue::from_str(&text).map_err(|error| Fault::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_keep_their_chinese_name() {
        let value = attachment("新签约项目_2022-05-31.xlsx").unwrap();
        assert_eq!(
            value.to_str().unwrap(),
            "attachment; filename=\"______2022-05-31.xlsx\"; filename*=UTF-8''%E6%96%B0%E7%AD%BE%E7%BA%A6%E9%A1%B9%E7%9B%AE_2022-05-31.xlsx"
        );
        assert_eq!(file_stem("a/b\"c\r\n"), "abc");
        assert_eq!(file_stem(" "), "qunlian");
    }
}
