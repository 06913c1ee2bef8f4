//! All chains (产业链): progress by cluster and chain.

use axum::response::Response;
use futures::try_join;
use qunlian_charts::Size;
use qunlian_domain::target::Metric;
use serde::Serialize;

use crate::board::Board;
use crate::change::ChangeOf;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Figure, Twin};
use crate::figures::mix::{self, Crossing};
use crate::figures::ranking::{self, Ranked};
use crate::pages::carriers::overview;
use crate::pages::home::board_query;
use crate::panel::Panel;
use crate::query_string::encode;
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, rows};

#[derive(Serialize)]
struct ChainsView {
    /// Sums by cluster (产业集群).
    clusters: Twin,
    overview: Panel,
    rankings: Vec<Figure>,
    crossing: Figure,
    /// Names of chains that are an assumption.
    assumed: Vec<String>,
}

/// `GET /chains`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let (progress, crossing) = try_join!(reader.ask("chain_progress", board.params()), reader.ask("carrier_chains", board.params()))?;
    let mut rankings = Vec::new();
    for metric in [Metric::Signed, Metric::Started, Metric::Completed] {
        rankings.push(ranking::figure(&reader, &board, Ranked::Chains, metric, &progress, Size::DESK)?);
    }
    let words = reader.words;
    let all: Vec<Row<'_>> = rows(&progress).collect();
    let table = overview(&reader, &all, "chain", |id| href(&board, id));
    let mut assumed: Vec<String> = Vec::new();
    for row in all.iter().filter(|row| row.text("chain_id") != "none" && !row.is_true("documented")) {
        let name = row.text("chain").to_owned();
        if !assumed.contains(&name) {
            assumed.push(name);
        }
    }
    let view = ChainsView {
        clusters: clusters(&reader, &board, &all),
        overview: Panel::new(&reader, &board, "overview", words.t("chains.overview"), "chain_progress", &[], table),
        rankings,
        crossing: mix::crossing(&reader, &board, Crossing::All, &crossing, Size::FULL)?,
        assumed,
    };
    let head = PageHead::new(words.t("nav.chains"), Section::Chains)
        .board(&board)
        .change_of(ChangeOf::All)
        .exports("/chains", &board_query(&board));
    reader.page("chains.html", head, view).await
}

fn href(board: &Board, id: &str) -> String {
    board.link(&format!("/chains/{}", encode(id)), &[])
}

/// Done by cluster: the sums of its chains, each a link to their projects. No target is set for clusters.
fn clusters(reader: &Reader, board: &Board, all: &[Row<'_>]) -> Twin {
    let words = reader.words;
    let mut names: Vec<&str> = Vec::new();
    for row in all {
        if !row.text("cluster").is_empty() && !names.contains(&row.text("cluster")) {
            names.push(row.text("cluster"));
        }
    }
    let mut columns = vec![Column::text(words.t("table.cluster"))];
    columns.extend(Metric::ALL.map(|metric| {
        Column::number(words.fill("table.with_unit", &[("what", words.metric(metric)), ("unit", words.metric_unit(metric))]))
    }));
    let line = |name: &&str| {
        let own = |metric: Metric| all.iter().filter(move |row| row.text("cluster") == *name && row.text("metric") == metric.id());
        let mut cells = vec![Cell::text(*name)];
        for metric in Metric::ALL {
            let done: i64 = own(metric).map(|row| row.count("done")).sum();
            let chains: Vec<&str> = own(metric).map(|row| row.text("chain_id")).collect();
            let href = board.link("/projects", &[("milestone", metric.id()), ("chain", &chains.join(","))]);
            let cell = Cell::number(words.bare_quantity(metric, done));
            cells.push(if metric == Metric::FixedAssets { cell } else { cell.rows(href, done) });
        }
        cells
    };
    let rows = names.iter().map(line).collect();
    Twin { columns, rows }
}
