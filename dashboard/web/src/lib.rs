//! The dashboard (看板): pages, files and JSON over named queries. Links neither polars nor DataFusion.
//!
//! [`router`] takes an [`App`] of ports and gives an axum router. Every page is one request, works without
//! scripts, and names the one generation its figures come from.

mod access;
mod api;
mod app;
mod assets;
mod board;
mod cache;
mod demo;
mod dress;
mod fault;
mod figure;
mod figures;
mod guard;
mod identity;
mod names;
mod pages;
mod paging;
mod panel;
mod project_filter;
mod query_string;
mod reader;
mod routes;
mod rows;
mod session;
mod shell;
mod sql_answer;
mod sql_port;
mod templates;
mod visit;
mod who;
mod wording;
mod words;

pub use app::{App, CityFace, Mode, Security, build_of_this_program};
pub use demo::open_demo_accounts;
pub use routes::{addresses, router};
pub use sql_port::{SqlFailure, SqlRunner};
pub use templates::TemplateError;
pub use who::{Via, Who};

/// State of every handler.
pub(crate) type Shared = std::sync::Arc<app::Desk>;
