//! One chain (产业链): its cards, months, segments and who brings what to it.

use axum::extract::Path;
use axum::response::Response;
use futures::try_join;
use qunlian_charts::Size;
use qunlian_domain::figures::print_count;
use qunlian_queries::{Answer, Params};
use serde::Serialize;

use crate::board::Board;
use crate::change::ChangeOf;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Figure, Twin};
use crate::figures::cards::{self, Card, Whose};
use crate::figures::mix::{self, Crossing};
use crate::figures::monthly;
use crate::panel::Panel;
use crate::query_string::link;
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, rows, rows_where};

#[derive(Serialize)]
struct ChainView {
    cluster: String,
    assumed: bool,
    cards: Vec<Card>,
    figures: Vec<Figure>,
    segments: Panel,
    projects: Panel,
}

/// `GET /chains/{id}`
pub(crate) async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Fault> {
    let board = reader.board()?;
    let chains = reader.ask("chains_list", Params::new().with("as_of", board.as_of)).await?;
    let row = rows_where(&chains, "chain_id", &id).next().ok_or(Fault::NotFound)?;
    let ask = |query: &'static str| reader.ask(query, board.params());
    let (progress, months, crossing, segments, projects) = try_join!(
        ask("chain_progress"),
        ask("chain_months"),
        ask("carrier_chains"),
        reader.ask("chain_segments", board.params().with("chain", id.as_str())),
        super::carrier::projects(&reader, &board, ("chain", &id), "carrier")
    )?;
    let filter = [("chain", id.as_str())];
    let whose = Whose { filter: &filter, months: &months, of: Some(("chain_id", &id)), id: "chain", forecasts: &[] };
    let of = monthly::Of { query: "chain_months", column: "chain_id", value: &id, filter: "chain" };
    let words = reader.words;
    let view = ChainView {
        cluster: row.text("cluster").to_owned(),
        assumed: !row.is_true("documented"),
        cards: cards::cards(&reader, &board, rows_where(&progress, "chain_id", &id), &whose)?,
        figures: vec![
            monthly::figure(&reader, &board, &of, &months, Size::DESK)?,
            mix::crossing(&reader, &board, Crossing::Chain(&id), &crossing, Size::DESK)?,
        ],
        segments: Panel::new(
            &reader,
            &board,
            "segments",
            words.t("chain.segments"),
            "chain_segments",
            &filter,
            segment_table(&reader, &board, &id, &segments),
        ),
        projects,
    };
    let head = PageHead::new(row.text("chain"), Section::Chains)
        .board(&board)
        .change_of(ChangeOf::Chain(id.clone()))
        .crumb(words.t("nav.chains"), board.link("/chains", &[]));
    reader.page("chain.html", head, view).await
}

/// Segments (环节) with their projects; one without any is a gap 断点.
fn segment_table(reader: &Reader, board: &Board, chain: &str, answer: &Answer) -> Twin {
    let words = reader.words;
    let columns = vec![
        Column::text(words.t("table.segment")),
        Column::text(words.t("table.position")),
        Column::number(words.t("metric.signed")),
        Column::number(words.t("metric.started")),
        Column::number(words.t("metric.completed")),
        Column::number(words.t("table.agreed_wan")),
        Column::number(words.t("table.projects_all")),
        Column::text(words.t("table.strength")),
    ];
    let cell = |row: Row<'_>, metric: &'static str| {
        let count = row.count(metric);
        let href = board.link("/projects", &[("milestone", metric), ("chain", chain), ("segment", row.text("segment_id"))]);
        Cell::number(print_count(count)).rows(href, count)
    };
    let as_of = board.as_of.to_string();
    let rows = rows(answer).map(|row| {
        let all = row.count("projects");
        let href = link("/projects", &[("as_of", &as_of), ("chain", chain), ("segment", row.text("segment_id"))]);
        let (strength, tone) = if row.text("segment_id") == "none" {
            ("—", "soft")
        } else {
            match all {
                0 => (words.t("strength.gap"), "bad"),
                1..=2 => (words.t("strength.thin"), "warn"),
                _ => (words.t("strength.present"), "good"),
            }
        };
        vec![
            Cell::text(words.named("segment", row.text("segment_id"), row.text("segment"))),
            Cell::text(words.named("position", row.text("position"), row.text("position"))),
            cell(row, "signed"),
            cell(row, "started"),
            cell(row, "completed"),
            Cell::number(words.middling(row.int("agreed_yuan"))),
            Cell::number(print_count(all)).rows(href, all),
            Cell::text(strength).tone(tone),
        ]
    });
    Twin { columns, rows: rows.collect() }
}
