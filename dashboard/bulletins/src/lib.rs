//! Composing bulletins (通报): questions in, one [`Composed`] out, which pages, jobs and files all print.
//!
//! The sentences are `domain::bulletin`'s, the order is the city's template, the figures are named questions asked through
//! whatever port the caller has. Knows neither the web nor an engine.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may fail loudly"))]

mod charts;
mod compose;
mod document;
mod sources;
mod tables;
mod workbook;

pub use charts::ChartOf;
pub use compose::{Composed, Issue, Part};
pub use document::Kind;
pub use sources::Sources;
pub use tables::{Cell, Column, TableOf};

/// A bulletin that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BulletinError {
    #[error("a chart of the bulletin: {0}")]
    Chart(#[from] qunlian_charts::ChartError),
    #[error(transparent)]
    Document(#[from] qunlian_documents::DocumentError),
    #[error("the bulletin's workbook: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}
