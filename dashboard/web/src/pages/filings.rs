//! Filings (备案): what a carrier's clerk files, mends and follows, one page per file.

pub(crate) mod books;
pub(crate) mod claim;
mod duplicates;
mod fields;
pub(crate) mod files;
pub(crate) mod form;
pub(crate) mod further;
pub(crate) mod guide;
mod life;
pub(crate) mod list;
mod paper;
pub(crate) mod preview;
mod sent;
pub(crate) mod show;
pub(crate) mod shown;
mod sniff;
pub(crate) mod standing;
pub(crate) mod unmask;
pub(crate) mod upload;

pub(crate) use duplicates::{Published, PublishedOnce, address, published};
pub(crate) use upload::Previews;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::reader::Section;
use crate::shell::{Crumb, Shell};
use crate::visit::Visit;

/// A label with a value to choose it by.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// The page of the interface that files, in the frame of these pages.
pub(crate) async fn page_of_interface(
    desk: &Shared,
    visit: &Visit,
    title: &str,
    template: &str,
    view: impl Serialize,
) -> Result<Response, Fault> {
    page(desk, visit, StatusCode::OK, title, Vec::new(), template, view).await
}

/// A page of these, in its frame.
async fn page(
    desk: &Shared,
    visit: &Visit,
    status: StatusCode,
    title: &str,
    crumbs: Vec<Crumb>,
    template: &str,
    view: impl Serialize,
) -> Result<Response, Fault> {
    #[derive(Serialize)]
    struct Page<V> {
        lang: &'static str,
        shell: Shell,
        view: V,
    }
    let mut shell = Shell::live(desk, visit, title, Section::Filings).await;
    shell.crumbs = crumbs;
    let html = desk.templates.render(template, Page { lang: visit.lang.id(), shell, view })?;
    Ok((status, Html(html)).into_response())
}

/// The way back to the list.
fn list_crumb(visit: &Visit) -> Crumb {
    Crumb { label: visit.words().t("nav.filings").to_owned(), href: "/filings".to_owned() }
}

/// The way back to one filing.
fn filing_crumb(number: &str) -> Crumb {
    Crumb { label: number.to_owned(), href: format!("/filings/{number}") }
}
