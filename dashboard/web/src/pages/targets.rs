//! Targets (目标): each year's targets with their issuers side by side, what was revised and why, and where each stands.

pub(crate) mod edit;
mod entered;
mod form;
mod table;

use axum::response::Response;
use futures::try_join;
use qunlian_domain::access::Right;
use qunlian_domain::target::{Metric, Scope};
use serde::Serialize;

use crate::board::Board;
use crate::change::ChangeOf;
use crate::fault::Fault;
use crate::figure::Figure;
use crate::figures::curves;
use crate::pages::home::{Tab, board_query, chosen_metric, tabs};
use crate::panel::Panel;
use crate::reader::{PageHead, Reader, Section};
use crate::rows::rows_where;
use crate::shell::Crumb;

#[derive(Serialize)]
struct TargetsView {
    scopes: Vec<Tab>,
    /// Empty for the city, which has one table of all metrics.
    metrics: Vec<Tab>,
    /// The city's monthly curves; empty for the others.
    curves: Vec<Figure>,
    targets: Panel,
    revisions: Panel,
    /// Where a target is set; empty for those who may not.
    edit_href: String,
}

/// `GET /targets?scope=carrier&metric=signed`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let scope = chosen_scope(&reader)?;
    let metric = match scope {
        Scope::City => None,
        _ => Some(chosen_metric(&reader)?),
    };
    let ask = |query: &'static str| reader.ask(query, board.params());
    let (targets, revisions, months) = try_join!(ask("targets_board"), ask("target_revisions"), ask("monthly_cumulative"))?;
    let words = reader.words;
    let of_scope = |scope: Scope| rows_where(&targets, "scope", scope.id()).next().is_some();
    let shown = table::Shown { scope, metric };
    let mut drawn = Vec::new();
    for metric in Metric::ALL.into_iter().filter(|_| scope == Scope::City) {
        drawn.extend(curves::figure(&reader, &board, metric, &months)?);
    }
    let view = TargetsView {
        scopes: Scope::ALL
            .into_iter()
            .filter(|other| *other != Scope::Team || of_scope(Scope::Team) || scope == Scope::Team)
            .map(|other| tab(&reader, other, scope))
            .collect(),
        metrics: if metric.is_some() { tabs(&reader, metric.unwrap_or(Metric::Signed)) } else { Vec::new() },
        curves: drawn,
        targets: Panel::new(
            &reader,
            &board,
            "targets",
            words.t(&format!("targets.of.{}", scope.id())),
            "targets_board",
            &[],
            table::targets(&reader, &board, &shown, &targets),
        )
        .empty(words.t("targets.nothing")),
        revisions: Panel::new(
            &reader,
            &board,
            "revisions",
            words.t("targets.revisions"),
            "target_revisions",
            &[],
            table::revisions(&reader, &shown, &revisions),
        )
        .empty(words.t("targets.revisions.none")),
        edit_href: if reader.who.may(Right::EditTargets) { "/targets/edit".to_owned() } else { String::new() },
    };
    let head = PageHead::new(words.t("nav.targets"), Section::Targets)
        .board(&board)
        .change_of(ChangeOf::Nothing)
        .exports("/targets", &board_query(&board));
    reader.page("targets.html", head, view).await
}

/// `?scope=` of the board; the city when nothing is said.
fn chosen_scope(reader: &Reader) -> Result<Scope, Fault> {
    match reader.visit.query.get("scope") {
        None => Ok(Scope::City),
        Some(id) => Scope::from_id(id).ok_or_else(|| Fault::bad("bad.target_scope", id)),
    }
}

fn tab(reader: &Reader, scope: Scope, current: Scope) -> Tab {
    let query = reader.visit.query.without("lang").with("scope", scope.id());
    let query = if scope == Scope::City { query.without("metric") } else { query };
    let label = reader.words.t(&format!("targets.scope.{}", scope.id())).to_owned();
    Tab { link: Crumb { label, href: query.href("/targets") }, current: scope == current }
}

/// The page on which this target is revised.
fn edit_link(board: &Board, row: crate::rows::Row<'_>) -> String {
    let year = board.year.to_string();
    let whom = format!("{}:{}", row.text("scope"), row.text("scope_id"));
    let pairs = [
        ("year", year.as_str()),
        ("metric", row.text("metric")),
        ("whom", &whom),
        ("band", row.text("band_id")),
        ("kind", row.text("kind")),
        ("issuer", row.text("issuer")),
    ];
    crate::query_string::link("/targets/edit", &pairs)
}
