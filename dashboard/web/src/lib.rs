//! The dashboard (看板): pages, files and JSON over named queries. Links neither polars nor DataFusion.
//!
//! [`router`] takes an [`App`] of ports and gives an axum router. Every page is one request, works without
//! scripts, and names the one generation its figures come from.

mod access;
mod api;
mod api_filings;
mod api_statements;
mod app;
mod assets;
mod attachments;
mod attended;
mod audit;
mod board;
mod cache;
mod change;
mod demo;
mod door;
mod dress;
mod export_log;
mod fault;
mod figure;
mod figures;
mod form;
mod guard;
mod identity;
mod known_targets;
mod names;
mod objectors;
mod pages;
mod paging;
mod panel;
mod people;
mod project_filter;
mod query_string;
mod reader;
mod result_chart;
mod routes;
mod session;
mod setup;
mod shell;
mod statement_log;
mod templates;
mod visit;
mod who;
mod wording;
mod words;
mod workbooks;

use qunlian_queries::rows;

pub use app::{App, CityFace, Mode, NextDay, Security, build_of_this_program};
pub use attachments::{AttachmentError, Attachments};
pub use demo::open_demo_accounts;
pub use routes::{addresses, router};
pub use setup::{SetUp, SetUpError, set_up_if_needed};
pub use templates::TemplateError;
pub use who::{Via, Who};
pub use workbooks::{BookComplaint, BookRefusal, CellSheet, ReadBook, ReadRow, WorkbookReader};

/// State of every handler.
pub(crate) type Shared = std::sync::Arc<app::Desk>;
