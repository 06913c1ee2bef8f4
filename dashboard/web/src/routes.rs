//! Every address of the product on one screen (路由), and the layers that each request passes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use qunlian_domain::access::Right::{AskSql, Export, RunJobs, SeeFigures, SeeProjects};
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::access::Need::{AnyOf, Public, Staff};
use crate::access::{AccessTable, Routes};
use crate::app::{App, Desk, Mode};
use crate::fault::Fault;
use crate::pages::{carrier, carriers, chain, chains, home, jobs, project, projects, quality, query, regions, set, sql, wall};
use crate::reader::{EXPORTS, Reader};
use crate::templates::TemplateError;
use crate::{Shared, access, api, assets, cache, demo, guard};

/// Largest request body: forms only; uploads come with their own limit.
const BODY_LIMIT: usize = 1024 * 1024;

/// Longest time for one request.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The whole site over the given ports.
///
/// # Errors
/// When a template that was compiled in cannot be parsed.
pub fn router(app: App) -> Result<Router, TemplateError> {
    let ((boards, kept), (live, needs)) = (boards().take(), live(app.mode).take());
    let desk: Shared = Arc::new(Desk::new(app, AccessTable::new(kept.into_iter().chain(needs)))?);
    let boards = boards.layer(CompressionLayer::new()).layer(from_fn_with_state(Arc::clone(&desk), cache::serve));
    let live = live.layer(CompressionLayer::new());
    Ok(boards
        .merge(live)
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIMEOUT))
        .layer(from_fn_with_state(Arc::clone(&desk), access::gate))
        .layer(from_fn_with_state(Arc::clone(&desk), guard::check))
        .with_state(desk))
}

/// Every address with its method, as declared below: a test walks them.
pub fn addresses(mode: Mode) -> Vec<(Method, String)> {
    let all = boards().take().1.into_iter().chain(live(mode).take().1);
    all.map(|(method, path, _)| (method, path)).collect()
}

/// What depends on the generation, the address and who asks only: kept, with an ETag.
fn boards() -> Routes {
    let mut all = Routes::default()
        .get("/", AnyOf(&[SeeFigures]), home::show)
        .get("/carriers", AnyOf(&[SeeFigures]), carriers::show)
        .get("/carriers/{id}", AnyOf(&[SeeFigures]), carrier::show)
        .get("/chains", AnyOf(&[SeeFigures]), chains::show)
        .get("/chains/{id}", AnyOf(&[SeeFigures]), chain::show)
        .get("/regions", AnyOf(&[SeeFigures]), regions::show)
        .get("/projects", AnyOf(&[SeeProjects]), projects::show)
        .get("/projects/{id}", AnyOf(&[SeeProjects]), project::show)
        .get("/quality", AnyOf(&[SeeProjects]), quality::show)
        .get("/wall", AnyOf(&[SeeFigures]), wall::show)
        .get("/queries/{name}", AnyOf(&[SeeFigures]), query::show)
        .get("/api", AnyOf(&[SeeFigures]), api::index)
        .get("/api/queries/{file}", AnyOf(&[Export]), api::named)
        .get("/charts/{file}", AnyOf(&[SeeFigures]), api::chart);
    for (path, table) in api::Table::ALL {
        for format in EXPORTS {
            let handler = move |reader: Reader| api::table(reader, table, format);
            all = all.get(&format!("{path}.{}", format.suffix()), AnyOf(&[Export]), handler);
        }
    }
    all
}

/// What changes by itself, or writes.
fn live(mode: Mode) -> Routes {
    let all = Routes::default()
        .get("/jobs", AnyOf(&[SeeFigures, RunJobs]), jobs::show)
        .get("/jobs/live", AnyOf(&[SeeFigures, RunJobs]), jobs::live)
        .post("/jobs/run", AnyOf(&[RunJobs]), jobs::run)
        .get("/sql", AnyOf(&[AskSql]), sql::show)
        .post("/sql", AnyOf(&[AskSql]), sql::run)
        .get("/set", Public, set::show)
        .get("/healthz", Public, api::health)
        .get("/api/generation", Staff, api::generation)
        .get("/assets/{name}", Public, assets::show);
    match mode {
        Mode::Demo => all.post("/demo/role", Public, demo::choose),
        Mode::Serve => all,
    }
}

async fn nothing_here() -> Fault {
    Fault::NotFound
}
