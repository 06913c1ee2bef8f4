//! Every address of the product on one screen (路由), and the layers that each request passes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::{App, Desk};
use crate::fault::Fault;
use crate::pages::{carrier, carriers, chain, chains, home, jobs, project, projects, quality, query, regions, set, sql, wall};
use crate::reader::{EXPORTS, Reader};
use crate::templates::TemplateError;
use crate::{Shared, api, assets, cache, guard};

/// Largest request body: forms only; uploads come with their own limit.
const BODY_LIMIT: usize = 1024 * 1024;

/// Longest time for one request.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The whole site over the given ports.
///
/// # Errors
/// When a template that was compiled in cannot be parsed.
pub fn router(app: App) -> Result<Router, TemplateError> {
    let desk: Shared = Arc::new(Desk::new(app)?);
    let boards = boards().layer(CompressionLayer::new()).layer(from_fn_with_state(Arc::clone(&desk), cache::serve));
    let live = live().layer(CompressionLayer::new());
    Ok(boards
        .merge(live)
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIMEOUT))
        .layer(from_fn_with_state(Arc::clone(&desk), guard::check))
        .with_state(desk))
}

/// What depends on the generation and the address only: kept, with an ETag.
fn boards() -> Router<Shared> {
    let pages = Router::new()
        .route("/", get(home::show))
        .route("/carriers", get(carriers::show))
        .route("/carriers/{id}", get(carrier::show))
        .route("/chains", get(chains::show))
        .route("/chains/{id}", get(chain::show))
        .route("/regions", get(regions::show))
        .route("/projects", get(projects::show))
        .route("/projects/{id}", get(project::show))
        .route("/quality", get(quality::show))
        .route("/wall", get(wall::show))
        .route("/queries/{name}", get(query::show))
        .route("/api", get(api::index))
        .route("/api/queries/{file}", get(api::named))
        .route("/charts/{file}", get(api::chart));
    let mut all = pages;
    for (path, table) in api::Table::ALL {
        for format in EXPORTS {
            let handler = move |reader: Reader| api::table(reader, table, format);
            all = all.route(&format!("{path}.{}", format.suffix()), get(handler));
        }
    }
    all
}

/// What changes by itself, or writes.
fn live() -> Router<Shared> {
    Router::new()
        .route("/jobs", get(jobs::show))
        .route("/jobs/live", get(jobs::live))
        .route("/jobs/run", post(jobs::run))
        .route("/sql", get(sql::show).post(sql::run))
        .route("/set", get(set::show))
        .route("/healthz", get(api::health))
        .route("/api/generation", get(api::generation))
        .route("/assets/{name}", get(assets::show))
}

async fn nothing_here() -> Fault {
    Fault::NotFound
}
