//! Named queries, page tables and charts as files (接口): json, csv, xlsx, parquet, arrow, svg.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use qunlian_charts::Size;
use qunlian_documents::Chart;
use qunlian_domain::target::Metric;
use qunlian_queries::{About, Answer, Format, Params};
use serde::Serialize;

use crate::Shared;
use crate::board::Board;
use crate::fault::Fault;
use crate::figure::Figure;
use crate::figures::cumulative::{self, Source};
use crate::figures::curves;
use crate::figures::lights::{self, Lit};
use crate::figures::mix::{self, Crossing};
use crate::figures::monthly;
use crate::figures::ranking::{self, Ranked};
use crate::figures::regions::{self, Cut};
use crate::pages::home::LINES;
use crate::pages::{changes, quality, query};
use crate::project_filter::ProjectFilter;
use crate::query_string::encode;
use crate::reader::{EXPORTS, PageHead, Reader, Section};
use crate::shell::Crumb;
use crate::words::Lang;

/// `GET /healthz`
pub(crate) async fn health(State(desk): State<Shared>) -> Response {
    let generation = desk.app.answers.generation().map(|generation| generation.number);
    uncached(Json(
        serde_json::json!({ "ok": true, "generation": generation, "today": desk.today().to_string(), "version": env!("CARGO_PKG_VERSION") }),
    ))
}

/// `GET /api/generation`: what is served now; pages look here to see whether they are old.
pub(crate) async fn generation(State(desk): State<Shared>) -> Result<Response, Fault> {
    let generation = desk.app.answers.generation().ok_or(Fault::NothingPublished)?;
    Ok(uncached(Json(serde_json::json!({
        "ok": true,
        "generation": generation.number,
        "data_date": generation.data_date.map(|day| day.to_string()),
        "published_at": generation.published_at,
        "rule_version": generation.rule_version,
        "checks": { "passed": generation.checks.0, "all": generation.checks.1 },
        "rows": generation.rows.iter().map(|(table, rows)| (table.clone(), *rows)).collect::<std::collections::BTreeMap<_, _>>(),
        "damage": generation.damage,
    }))))
}

fn uncached(body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `GET /api/queries/<name>.<suffix>?params`
pub(crate) async fn named(reader: Reader, Path(file): Path<String>) -> Result<Response, Fault> {
    let (name, suffix) = file.rsplit_once('.').ok_or(Fault::NotFound)?;
    let format = Format::from_suffix(suffix).ok_or_else(|| Fault::bad("bad.format", suffix))?;
    let library = reader.desk.app.answers.library();
    let about = library.get(name).ok_or(Fault::NotFound)?.about.clone();
    let given = query::given(&reader, &about)?;
    let params = Params::read(&about.params, &given).map_err(|error| Fault::bad("bad.param", &error.to_string()))?;
    let answer = reader.ask(name, params).await?;
    send(&reader, &answer, name, format)
}

/// Rows of a page's table in a file, at most.
const WHOLE: i64 = 1_000_000;

/// Pages whose main table can be had as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    City,
    Carriers,
    Chains,
    Regions,
    Projects,
    Complaints,
    Pace,
    Targets,
    Changes,
}

impl Table {
    /// Path of the page and its table.
    pub(crate) const ALL: [(&'static str, Self); 9] = [
        ("/city", Self::City),
        ("/carriers", Self::Carriers),
        ("/chains", Self::Chains),
        ("/regions", Self::Regions),
        ("/projects", Self::Projects),
        ("/quality", Self::Complaints),
        ("/pace", Self::Pace),
        ("/targets", Self::Targets),
        ("/changes", Self::Changes),
    ];
}

/// `GET /projects.xlsx` and its like, with the page's own filters.
pub(crate) async fn table(reader: Reader, table: Table, format: Format) -> Result<Response, Fault> {
    let (query, params) = match table {
        Table::City => ("city_progress", reader.board()?.params()),
        Table::Carriers => ("carrier_progress", reader.board()?.params()),
        Table::Chains => ("chain_progress", reader.board()?.params()),
        Table::Regions => ("region_progress", reader.board()?.params()),
        Table::Projects => ("projects_list", ProjectFilter::read(&reader.visit.query, reader.desk.today())?.whole_params(WHOLE)),
        Table::Pace => ("pace_months", reader.board()?.params()),
        Table::Targets => ("targets_board", reader.board()?.params()),
        Table::Changes => return changes::file(&reader, format).await,
        Table::Complaints => ("complaints_list", quality::list_params(&reader.visit.query, 0, WHOLE)),
    };
    let answer = reader.ask(query, params).await?;
    send(&reader, &answer, query, format)
}

fn send(reader: &Reader, answer: &Arc<Answer>, query: &str, format: Format) -> Result<Response, Fault> {
    let source = reader.words.fill("export.source", &[("center", &reader.desk.app.city.center), ("n", &answer.generation.to_string())]);
    let about = About { title: reader.query_title(query), definition: reader.definition(query), source };
    let day = answer.as_of.unwrap_or_else(|| reader.desk.today());
    reader.export(answer, format, &about, day)
}

/// `GET /charts/<id>.svg` and `.png`: one chart as a file of its own.
pub(crate) async fn chart(reader: Reader, Path(file): Path<String>) -> Result<Response, Fault> {
    let (id, suffix) = file.rsplit_once('.').filter(|(_, suffix)| matches!(*suffix, "svg" | "png")).ok_or(Fault::NotFound)?;
    let board = reader.board()?;
    let figure = figure(&reader, &board, id).await?;
    let svg = qunlian_charts::standalone(&figure.desk.to_string());
    let name = crate::reader::attachment(&format!("{}_{}.{suffix}", figure.title, board.as_of))?;
    if suffix == "svg" {
        return Ok(([(CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")), (CONTENT_DISPOSITION, name)], svg).into_response());
    }
    let (chart, fonts) = (Chart { svg, caption: figure.title, description: String::new() }, reader.desk.app.fonts.clone());
    let drawn = tokio::task::spawn_blocking(move || qunlian_documents::png(&chart, PIXELS, &fonts)).await;
    let pixels = drawn.map_err(|error| Fault::Internal(error.to_string()))?.map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("image/png")), (CONTENT_DISPOSITION, name)], pixels).into_response())
}

/// Pixels of a png for each pixel of the page: sharp on slides and in print.
const PIXELS: f32 = 2.0;

/// The chart of that name, as its page draws it.
async fn figure(reader: &Reader, board: &Board, id: &str) -> Result<Figure, Fault> {
    let ask = |query: &'static str| reader.ask(query, board.params());
    if let Some((metric, id)) = LINES.into_iter().find(|(_, known)| *known == id) {
        let months = ask("monthly_cumulative").await?;
        let source = Source { id, query: "monthly_cumulative", answer: &months, of: None, filter: &[], width: Size::DESK, forecast: None };
        return cumulative::figure(reader, board, metric, &source);
    }
    if let Some((ranked, metric)) = id.split_once('-').and_then(|(what, metric)| Some((what, Metric::from_id(metric)?))) {
        match ranked {
            "carrier" => {
                return ranking::figure(reader, board, Ranked::Carriers, metric, ask("carrier_progress").await?.as_ref(), Size::DESK);
            }
            "lights" | "chain_lights" => {
                let lit = if ranked == Lit::Chains.id() { Lit::Chains } else { Lit::Carriers };
                return lights::figure(reader, board, lit, metric, ask("pace_months").await?.as_ref(), Size::DESK);
            }
            "chain" => return ranking::figure(reader, board, Ranked::Chains, metric, ask("chain_progress").await?.as_ref(), Size::DESK),
            "curve" => return curves::figure(reader, board, metric, ask("monthly_cumulative").await?.as_ref())?.ok_or(Fault::NotFound),
            "forecast" => return crate::pages::forecast::chart(reader, board, metric).await,
            _ => return Err(Fault::NotFound),
        }
    }
    if let Some(figure) = crate::pages::conversion::promises_chart(reader, board, id).await? {
        return Ok(figure);
    }
    if id == "conversion" {
        return crate::pages::conversion::chart(reader, board).await;
    }
    let carrier = reader.visit.query.get("carrier");
    let chain = reader.visit.query.get("chain");
    match (id, carrier, chain) {
        ("region-kinds", ..) => regions::figure(reader, board, Cut::Kinds, ask("region_kinds").await?.as_ref(), Size::DESK, 6),
        ("region-groups", ..) => regions::figure(reader, board, Cut::Groups, ask("region_groups").await?.as_ref(), Size::DESK, 12),
        ("region-places", ..) => regions::figure(reader, board, Cut::Places, ask("region_progress").await?.as_ref(), Size::DESK, 24),
        ("bands", ..) => mix::bands(reader, board, ask("band_shares").await?.as_ref(), Size::DESK),
        ("carrier-chains", ..) => mix::crossing(reader, board, Crossing::All, ask("carrier_chains").await?.as_ref(), Size::FULL),
        ("chains-of-carrier", Some(id), _) => {
            mix::crossing(reader, board, Crossing::Carrier(id), ask("carrier_chains").await?.as_ref(), Size::DESK)
        }
        ("carriers-of-chain", _, Some(id)) => {
            mix::crossing(reader, board, Crossing::Chain(id), ask("carrier_chains").await?.as_ref(), Size::DESK)
        }
        ("months", Some(id), _) => {
            let of = monthly::Of { query: "carrier_months", column: "carrier_id", value: id, filter: "carrier" };
            monthly::figure(reader, board, &of, ask("carrier_months").await?.as_ref(), Size::DESK)
        }
        ("months", _, Some(id)) => {
            let of = monthly::Of { query: "chain_months", column: "chain_id", value: id, filter: "chain" };
            monthly::figure(reader, board, &of, ask("chain_months").await?.as_ref(), Size::DESK)
        }
        _ => Err(Fault::NotFound),
    }
}

#[derive(Serialize)]
struct IndexView {
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    title: &'static str,
    queries: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    title: String,
    definition: String,
    params: String,
    href: String,
    files: Vec<Crumb>,
}

/// `GET /api`: every query that may be asked, with its parameters and addresses.
pub(crate) async fn index(reader: Reader) -> Result<Response, Fault> {
    let words = reader.words;
    let library = reader.desk.app.answers.library();
    let group = |folder: &'static str, title: &'static str| Group {
        title: words.t(title),
        queries: library.folder(folder).filter(|query| reader.may_ask(&query.about)).map(|query| entry(&reader, &query.about)).collect(),
    };
    let groups = vec![group("boards", "api.boards"), group("explore", "api.explore"), group("checks", "api.checks")];
    let head = PageHead::new(words.t("api.title"), Section::Sql).crumb(words.t("nav.sql"), "/sql");
    reader.page("api.html", head, IndexView { groups: groups.into_iter().filter(|group| !group.queries.is_empty()).collect() }).await
}

fn entry(reader: &Reader, about: &qunlian_queries::FrontMatter) -> Entry {
    let chinese = reader.words.lang() == Lang::Chinese;
    let params = about.params.iter().map(|spec| match &spec.default {
        Some(default) if !default.is_empty() => format!("{}={default}", spec.name),
        _ => spec.name.clone(),
    });
    let name = encode(&about.name);
    // A question that needs more than year and day (one project, say) cannot be asked from here.
    let complete = about.params.iter().all(|spec| spec.default.is_some() || matches!(spec.name.as_str(), "year" | "as_of"));
    Entry {
        name: about.name.clone(),
        title: if chinese { about.title.clone() } else { about.name.replace('_', " ") },
        definition: if chinese { about.definition.clone() } else { String::new() },
        params: params.collect::<Vec<_>>().join(" · "),
        href: if complete { format!("/queries/{name}") } else { String::new() },
        files: if complete {
            EXPORTS
                .iter()
                .map(|format| Crumb { label: format.suffix().to_owned(), href: format!("/api/queries/{name}.{}", format.suffix()) })
                .collect()
        } else {
            Vec::new()
        },
    }
}
