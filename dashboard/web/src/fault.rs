//! Why a page cannot be shown (页面错误): each becomes a friendly page, or JSON where a program asked.

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use qunlian_queries::AskError;

use crate::words::Words;

/// A request that gets no page.
#[derive(Debug, Clone)]
pub enum Fault {
    /// No such page, project, carrier, chain or query.
    NotFound,
    /// A parameter that cannot be used: `key` names the sentence, `value` is what was given.
    Bad { key: &'static str, value: String },
    /// The page exists, the method does not.
    MethodNotAllowed,
    /// A program without a token that opens.
    NotLoggedIn,
    /// A form was sent after the session had ended.
    SessionOver,
    /// Logged in, without the right.
    Forbidden,
    /// The password must be changed first.
    MustChange,
    /// A write from another site.
    ForeignOrigin,
    /// A host name that is not ours.
    ForeignHost,
    /// No generation has been published yet.
    NothingPublished,
    /// More requests at once than the server holds.
    Busy,
    /// The audit log cannot be written, so that nothing may be handed out.
    NotRecorded,
    /// The answer took too long.
    Deadline,
    /// A new generation was swapped in while the page was being put together; ask again.
    Swapped,
    /// The body is larger than allowed.
    TooLarge,
    /// The answer has more rows than a page or file may hold.
    TooManyRows { limit: usize },
    /// Our mistake; the text is logged, not shown.
    Internal(String),
}

impl Fault {
    /// A 400 with the sentence `key` and its hint `key.hint`.
    pub fn bad(key: &'static str, value: &str) -> Self {
        let shown: String = value.chars().take(80).collect();
        Self::Bad { key, value: shown }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Bad { .. } | Self::TooManyRows { .. } => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotLoggedIn => StatusCode::UNAUTHORIZED,
            Self::ForeignOrigin | Self::SessionOver | Self::Forbidden | Self::MustChange => StatusCode::FORBIDDEN,
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::NothingPublished | Self::Swapped | Self::NotRecorded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::Deadline => StatusCode::GATEWAY_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What went wrong, in the reader's language.
    pub fn message(&self, words: Words) -> String {
        match self {
            Self::Bad { key, value } => words.fill(key, &[("value", value)]),
            Self::TooManyRows { limit } => words.fill("fault.rows", &[("limit", &limit.to_string())]),
            other => words.t(other.key()).to_owned(),
        }
    }

    /// What can be done about it, in the reader's language.
    pub fn hint(&self, words: Words) -> String {
        match self {
            Self::Bad { key, .. } => words.t(&format!("{key}.hint")).to_owned(),
            other => words.t(&format!("{}.hint", other.key())).to_owned(),
        }
    }

    fn key(&self) -> &'static str {
        match self {
            Self::NotFound => "fault.not_found",
            Self::Bad { key, .. } => key,
            Self::MethodNotAllowed => "fault.method",
            Self::NotLoggedIn => "fault.login",
            Self::SessionOver => "fault.session",
            Self::Forbidden => "fault.forbidden",
            Self::MustChange => "fault.must_change",
            Self::ForeignOrigin => "fault.origin",
            Self::ForeignHost => "fault.host",
            Self::NothingPublished => "fault.nothing",
            Self::Busy => "fault.busy",
            Self::NotRecorded => "fault.not_recorded",
            Self::Deadline => "fault.deadline",
            Self::Swapped => "fault.swapped",
            Self::TooLarge => "fault.large",
            Self::TooManyRows { .. } => "fault.rows",
            Self::Internal(_) => "fault.internal",
        }
    }
}

/// Carries the fault to the layer that dresses it as a page in the reader's language.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<AskError> for Fault {
    fn from(error: AskError) -> Self {
        match error {
            AskError::NothingPublished => Self::NothingPublished,
            AskError::UnknownQuery(name) => Self::Internal(format!("a page asks the unknown query {name:?}")),
            AskError::Param(error) => Self::bad("bad.param", &error.to_string()),
            AskError::TooManyRows { limit } => Self::TooManyRows { limit },
            AskError::Deadline { .. } => Self::Deadline,
            AskError::Engine(text) => Self::Internal(text),
        }
    }
}

impl From<qunlian_registry::RegistryError> for Fault {
    fn from(error: qunlian_registry::RegistryError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<minijinja::Error> for Fault {
    fn from(error: minijinja::Error) -> Self {
        Self::Internal(format!("{error:#}"))
    }
}

impl From<qunlian_charts::ChartError> for Fault {
    fn from(error: qunlian_charts::ChartError) -> Self {
        Self::Internal(error.to_string())
    }
}
