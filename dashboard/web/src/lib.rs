//! The dashboard (看板): pages, files and JSON over named queries. Links neither polars nor DataFusion.
//!
//! [`router`] takes an [`App`] of ports and gives an axum router. Every page is one request, works without
//! scripts, and names the one generation its figures come from.

mod api;
mod app;
mod assets;
mod board;
mod cache;
mod dress;
mod fault;
mod figure;
mod figures;
mod guard;
mod names;
mod pages;
mod paging;
mod panel;
mod project_filter;
mod query_string;
mod reader;
mod routes;
mod rows;
mod shell;
mod sql_answer;
mod sql_port;
mod templates;
mod visit;
mod wording;
mod words;

pub use app::{App, CityFace, Mode, build_of_this_program};
pub use routes::router;
pub use sql_port::{SqlFailure, SqlRunner};
pub use templates::TemplateError;

/// State of every handler.
pub(crate) type Shared = std::sync::Arc<app::Desk>;
