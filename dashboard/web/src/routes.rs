//! Every address of the product on one screen (路由), and the layers that each request passes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use qunlian_bulletins::Kind;
use qunlian_domain::access::Right::{
    AskSql, EditTargets, Export, File, GrantRoles, ManageAccounts, PlanTrips, ReadAudit, Review, RunJobs, SeeFigures, SeeProjects,
    SeeTrips, Unmask,
};
use qunlian_queries::Format;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::access::Need::{AnyOf, Public, Staff};
use crate::access::{AccessTable, Routes};
use crate::app::{App, Desk, Mode};
use crate::fault::Fault;
use crate::pages::filings::{
    claim as filing_claim, files, form, further as filing_further, guide, list, preview, show as filing, unmask, upload,
};
use crate::pages::{account, accounts, grants, login, setup, tokens};
use crate::pages::{audit, carrier, carriers, chain, chains, home, jobs, project, projects, quality, query, regions, set, sql, wall};
use crate::pages::{bulletins, conversion, forecast};
use crate::pages::{changes, pace, targets};
use crate::pages::{demo_day, notices};
use crate::pages::{recheck, reserve, review, scores, subscriptions, trips};
use crate::pages::{saved_queries, sql_board, sql_history, statements};
use crate::reader::{EXPORTS, Reader};
use crate::templates::TemplateError;
use crate::visit::Visit;
use crate::{Shared, access, api, api_filings, assets, attended, cache, demo, export_log, guard};

/// Largest request body: forms only; uploads come with their own limit.
const BODY_LIMIT: usize = 1024 * 1024;

/// The whole site over the given ports.
///
/// # Errors
/// When a template that was compiled in cannot be parsed.
pub fn router(app: App) -> Result<Router, TemplateError> {
    let [(boards, kept), (live, needs), (files, taken)] = [boards(), live(app.mode), taken_away()].map(Routes::take);
    let desk: Shared = Arc::new(Desk::new(app, AccessTable::new(kept.into_iter().chain(needs).chain(taken)))?);
    let boards = boards.layer(CompressionLayer::new()).layer(from_fn_with_state(Arc::clone(&desk), cache::serve));
    let live = live.layer(CompressionLayer::new());
    // A workbook has no first byte before its last row.
    let files = files.layer(CompressionLayer::new()).layer(in_time(desk.app.patience + desk.app.file_patience));
    Ok(boards
        .merge(live)
        .layer(in_time(desk.app.patience))
        .merge(files)
        .fallback(nothing_here)
        .layer(from_fn_with_state(Arc::clone(&desk), export_log::record))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(Arc::clone(&desk), access::gate))
        .layer(from_fn_with_state(Arc::clone(&desk), guard::check))
        .layer(from_fn_with_state(Arc::clone(&desk), attended::first))
        .with_state(desk))
}

fn in_time(most: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, most)
}

/// Every address with its method, as declared below: a test walks them.
pub fn addresses(mode: Mode) -> Vec<(Method, String)> {
    let all = [boards(), live(mode), taken_away()].into_iter().flat_map(|routes| routes.take().1);
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
        .get("/forecast", AnyOf(&[SeeFigures]), forecast::show)
        .get("/conversion", AnyOf(&[SeeFigures]), conversion::show)
        .get("/pace", AnyOf(&[SeeFigures]), pace::show)
        .get("/targets", AnyOf(&[SeeFigures]), targets::show)
        .get("/changes", AnyOf(&[SeeProjects]), changes::show)
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
        .get("/subscriptions", AnyOf(&[SeeFigures, RunJobs]), subscriptions::show)
        .post("/subscriptions", AnyOf(&[SeeFigures]), subscriptions::make)
        .post("/subscriptions/{id}/test", AnyOf(&[SeeFigures]), subscriptions::test)
        .post("/subscriptions/{id}/stop", AnyOf(&[SeeFigures, RunJobs]), subscriptions::stop)
        .get("/sql", AnyOf(&[AskSql]), sql::show)
        .post("/sql/fields", AnyOf(&[AskSql]), sql::runs::fields)
        .post("/sql/stop", AnyOf(&[AskSql]), sql::runs::stop)
        .get("/sql/runs.json", AnyOf(&[AskSql]), sql::runs::list)
        .get("/sql/schema.json", AnyOf(&[AskSql]), sql::schema::show)
        .get("/statements", AnyOf(&[RunJobs]), statements::show)
        .get("/statements/live", AnyOf(&[RunJobs]), statements::live)
        .post("/statements/{id}/stop", AnyOf(&[RunJobs]), statements::stop)
        .get("/audit", AnyOf(&[ReadAudit]), audit::show)
        .get("/audit.xlsx", AnyOf(&[ReadAudit]), |desk: State<Shared>, visit: Visit| audit::file(desk, visit, Format::Xlsx))
        .get("/audit.csv", AnyOf(&[ReadAudit]), |desk: State<Shared>, visit: Visit| audit::file(desk, visit, Format::Csv))
        .get("/scores", AnyOf(&[SeeFigures]), scores::show)
        .get("/scores.xlsx", AnyOf(&[Export]), |reader: Reader| scores::file(reader, Format::Xlsx))
        .get("/scores.csv", AnyOf(&[Export]), |reader: Reader| scores::file(reader, Format::Csv))
        .post("/scores/close", AnyOf(&[Review]), scores::close)
        .get("/bulletins", AnyOf(&[SeeFigures]), bulletins::show)
        .get("/bulletins.docx", AnyOf(&[Export]), |reader: Reader| bulletins::wanted(reader, Kind::Docx))
        .get("/bulletins.pdf", AnyOf(&[Export]), |reader: Reader| bulletins::wanted(reader, Kind::Pdf))
        .get("/bulletins.xlsx", AnyOf(&[Export]), |reader: Reader| bulletins::wanted(reader, Kind::Xlsx))
        .get("/bulletins/made/{file}", AnyOf(&[Export]), bulletins::made)
        .get("/targets/edit", AnyOf(&[EditTargets]), targets::edit::show)
        .post("/targets/edit", AnyOf(&[EditTargets]), targets::edit::keep)
        .get("/scores/what-if", AnyOf(&[SeeProjects]), scores::what_if)
        .get("/scores/entries", AnyOf(&[Review]), scores::entries)
        .post("/scores/entries", AnyOf(&[Review]), scores::add_entry)
        .get("/scores/ratings", AnyOf(&[Review]), scores::ratings)
        .post("/scores/ratings", AnyOf(&[Review]), scores::add_ratings)
        .get("/scores/figures", AnyOf(&[Review]), scores::figures)
        .post("/scores/figures", AnyOf(&[Review]), scores::add_figures)
        .get("/scores/checks", AnyOf(&[Review]), scores::checks)
        .post("/scores/checks", AnyOf(&[Review]), scores::add_check)
        .get("/reserve", AnyOf(&[SeeProjects]), reserve::show)
        .get("/trips", AnyOf(&[SeeTrips]), trips::list)
        .post("/trips", AnyOf(&[PlanTrips, Review]), trips::create)
        .get("/trips/new", AnyOf(&[PlanTrips, Review]), trips::blank)
        .get("/trips/{id}", AnyOf(&[SeeTrips]), trips::show)
        .get("/trips/{id}/edit", AnyOf(&[PlanTrips, Review]), trips::edit)
        .post("/trips/{id}/edit", AnyOf(&[PlanTrips, Review]), trips::change)
        .post("/trips/{id}/off", AnyOf(&[PlanTrips, Review]), trips::call_off)
        .post("/trips/{id}/visits", AnyOf(&[PlanTrips, Review]), trips::record)
        .get("/trips/{id}/brief", AnyOf(&[SeeTrips]), trips::brief)
        .get("/review", AnyOf(&[Review]), review::queue::show)
        .get("/review/pace", AnyOf(&[SeeFigures, Review]), review::pace::show)
        .get("/review/{claim}", AnyOf(&[Review]), review::claim::show)
        .post("/review/{claim}/hold", AnyOf(&[Review]), review::acts::hold)
        .post("/review/{claim}/approve", AnyOf(&[Review]), review::acts::approve)
        .post("/review/{claim}/return", AnyOf(&[Review]), review::acts::send_back)
        .post("/review/{claim}/judge", AnyOf(&[Review]), review::acts::judge)
        .post("/review/{claim}/revoke", AnyOf(&[Review]), review::acts::revoke)
        .get("/review/filings/{number}/credit", AnyOf(&[Review]), review::credit::show)
        .post("/review/filings/{number}/credit", AnyOf(&[Review]), review::credit::share)
        .post("/review/filings/{number}/arbitration", AnyOf(&[Review]), review::credit::arbitrate)
        .get("/filings", AnyOf(&[File, Review, PlanTrips]), list::show)
        .get("/filings/new", AnyOf(&[File]), form::blank)
        .post("/filings", AnyOf(&[File]), form::create)
        .post("/filings/preview", AnyOf(&[File]), preview::fragment)
        .get("/filings/upload", AnyOf(&[File]), upload::blank)
        .on(Method::POST, "/filings/upload", AnyOf(&[File]), post(upload::read).layer(DefaultBodyLimit::max(upload::BODY_LIMIT)))
        .post("/filings/upload/confirm", AnyOf(&[File]), upload::confirm::run)
        .get("/filings/upload/{key}", AnyOf(&[File]), upload::show)
        .get("/filings/{number}", AnyOf(&[File, Review, PlanTrips]), filing::show)
        .post("/filings/{number}/unmask", AnyOf(&[Unmask]), unmask::reveal)
        .get("/filings/{number}/claims/new", AnyOf(&[File]), filing_further::blank)
        .post("/filings/{number}/claims/new", AnyOf(&[File]), filing_further::create)
        .get("/claims/{id}", AnyOf(&[File, Review, PlanTrips]), filing_claim::show)
        .post("/claims/{id}", AnyOf(&[File]), filing_claim::save)
        .post("/claims/{id}/withdraw", AnyOf(&[File]), filing_claim::withdraw)
        .on(Method::POST, "/claims/{id}/files", AnyOf(&[File]), post(files::upload).layer(DefaultBodyLimit::max(files::BODY_LIMIT)))
        .get("/files/{id}", AnyOf(&[File, Review, PlanTrips]), files::download)
        .post("/files/{id}/remove", AnyOf(&[File]), files::remove)
        .get("/guide", Staff, guide::show)
        .get("/api/filings", Staff, api_filings::describe::show)
        .post("/api/filings", AnyOf(&[File]), api_filings::file)
        .get("/api/filings/{number}", AnyOf(&[File, Review, PlanTrips]), api_filings::status)
        .get("/api/openapi.json", Staff, api_filings::describe::document)
        .get("/set", Public, set::show)
        .get("/healthz", Public, api::health)
        .get("/api/generation", Staff, api::generation)
        .get("/assets/{name}", Public, assets::show);
    let all = keeping(rechecking(notices(accounts(all))));
    match mode {
        Mode::Demo => demonstration(all),
        Mode::Serve => all.get("/setup", Public, setup::show).post("/setup", Public, setup::run),
    }
}

/// Saved statements, one's history, one's board.
fn keeping(all: Routes) -> Routes {
    all.get("/sql/saved", AnyOf(&[AskSql]), saved_queries::list)
        .post("/sql/saved", AnyOf(&[AskSql]), saved_queries::save)
        .get("/sql/saved/{id}", AnyOf(&[AskSql]), saved_queries::show)
        .post("/sql/saved/{id}", AnyOf(&[AskSql]), saved_queries::change)
        .post("/sql/saved/{id}/share", AnyOf(&[AskSql]), saved_queries::share)
        .post("/sql/saved/{id}/delete", AnyOf(&[AskSql]), saved_queries::delete)
        .post("/sql/saved/{id}/pin", AnyOf(&[AskSql]), saved_queries::pin)
        .get("/sql/history", AnyOf(&[AskSql]), sql_history::show)
        .get("/sql/history/live", AnyOf(&[AskSql]), sql_history::live)
        .get("/sql/board", AnyOf(&[AskSql]), sql_board::show)
        .post("/sql/board/{id}/move", AnyOf(&[AskSql]), sql_board::shift)
        .post("/sql/board/{id}/unpin", AnyOf(&[AskSql]), sql_board::unpin)
}

/// Statements: they have deadlines of their own, and a whole answer that is taken away as a file a long one.
fn taken_away() -> Routes {
    let all = Routes::default().post("/sql", AnyOf(&[AskSql]), sql::run).post("/sql/run", AnyOf(&[AskSql]), sql::runs::run).post(
        "/sql/outline",
        AnyOf(&[AskSql]),
        sql::runs::outline,
    );
    let all = all.get("/q", AnyOf(&[AskSql]), sql::rest::negotiated).get("/q/{file}", AnyOf(&[AskSql]), sql::rest::saved);
    EXPORTS.into_iter().fold(all, |all, format| {
        let handler = move |desk: State<Shared>, visit: Visit, headers: HeaderMap| sql::rest::answer(desk, visit, headers, format);
        all.get(&format!("/q.{}", format.suffix()), AnyOf(&[AskSql]), handler)
    })
}

/// Published tables computed again, and the slips as a file.
fn rechecking(all: Routes) -> Routes {
    let all = all.get("/recheck", AnyOf(&[SeeFigures]), recheck::blank);
    let all = all.on(Method::POST, "/recheck", AnyOf(&[SeeFigures]), post(recheck::show).layer(DefaultBodyLimit::max(recheck::BODY_LIMIT)));
    recheck::FORMATS.into_iter().fold(all, |all, format| {
        let handler = move |desk: State<Shared>, visit: Visit, form: Multipart| recheck::file(desk, visit, form, format);
        let handler = post(handler).layer(DefaultBodyLimit::max(recheck::BODY_LIMIT));
        all.on(Method::POST, &format!("/recheck.{}", format.suffix()), AnyOf(&[Export]), handler)
    })
}

/// What everybody may read, and object to.
fn notices(all: Routes) -> Routes {
    all.get("/notices", Public, notices::list)
        .get("/notices/{id}", Public, notices::show)
        .get("/notices/{id}/objections/new", Public, notices::objections::ask)
        .post("/notices/{id}/objections/new", Public, notices::objections::send)
        .get("/notices/{id}/objections/{number}", Public, notices::objections::receipt)
}

/// Other people's eyes, and another day.
fn demonstration(all: Routes) -> Routes {
    all.post("/demo/role", Public, demo::choose)
        .post("/demo/next-day", Public, demo_day::pass)
        .get("/demo/day", Public, demo_day::show)
        .get("/demo/day/live", Public, demo_day::live)
}

/// Logging in, one's own account, and everybody's.
fn accounts(all: Routes) -> Routes {
    all.get("/login", Public, login::show)
        .post("/login", Public, login::run)
        .post("/logout", Public, login::leave)
        .get("/account", Staff, account::show)
        .get("/account/password", Staff, account::ask)
        .post("/account/password", Staff, account::change)
        .post("/account/sessions", Staff, account::end_sessions)
        .get("/account/tokens", Staff, tokens::show)
        .post("/account/tokens", Staff, tokens::make)
        .post("/account/tokens/{id}/revoke", Staff, tokens::revoke)
        .get("/accounts", AnyOf(&[ManageAccounts, GrantRoles]), accounts::show)
        .post("/accounts", AnyOf(&[ManageAccounts]), accounts::open)
        .get("/accounts/{id}", AnyOf(&[ManageAccounts, GrantRoles]), grants::show)
        .post("/accounts/{id}/person", AnyOf(&[ManageAccounts]), accounts::rename)
        .post("/accounts/{id}/closed", AnyOf(&[ManageAccounts]), accounts::close)
        .post("/accounts/{id}/roles", AnyOf(&[GrantRoles]), grants::grant)
        .post("/accounts/{id}/unlock", AnyOf(&[GrantRoles]), grants::unlock)
        .post("/accounts/{id}/sessions", AnyOf(&[GrantRoles]), grants::end_sessions)
        .post("/accounts/{id}/password", AnyOf(&[GrantRoles]), grants::reset)
        .post("/accounts/{id}/tokens/{token}/revoke", AnyOf(&[GrantRoles]), grants::revoke)
}

async fn nothing_here() -> Fault {
    Fault::NotFound
}
