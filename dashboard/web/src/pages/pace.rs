//! Pace and lights (序时与亮灯): the year's lights month by month, and what brings each lamp back to green.

use axum::response::Response;
use futures::try_join;
use qunlian_charts::Size;
use qunlian_domain::figures::print_count;
use qunlian_domain::light::{Missing, MissingUnit, Standing, missing_by_next_month};
use qunlian_domain::pace::MonthlyCurve;
use qunlian_domain::target::{Metric, Scope, Target, TargetKind};
use qunlian_queries::Answer;
use serde::Serialize;

use crate::board::Board;
use crate::change::ChangeOf;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Figure, Twin};
use crate::figures::lights::{self, Lit};
use crate::pages::home::{Tab, board_query, chosen_metric, tabs};
use crate::panel::{Panel, warning_cells};
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, rows};
use crate::words::Lang;

#[derive(Serialize)]
struct PaceView {
    tabs: Vec<Tab>,
    carriers: Figure,
    chains: Figure,
    missing: Panel,
}

/// `GET /pace`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let metric = chosen_metric(&reader)?;
    let (months, warnings) = try_join!(reader.ask("pace_months", board.params()), reader.ask("warning_list", board.params()))?;
    let words = reader.words;
    let view = PaceView {
        tabs: tabs(&reader, metric),
        carriers: lights::figure(&reader, &board, Lit::Carriers, metric, &months, Size::DESK)?,
        chains: lights::figure(&reader, &board, Lit::Chains, metric, &months, Size::DESK)?,
        missing: Panel::new(&reader, &board, "missing", words.t("warnings.title"), "warning_list", &[], table(&reader, &board, &warnings))
            .empty(words.t("warnings.none")),
    };
    let head =
        PageHead::new(words.t("nav.pace"), Section::Pace).board(&board).change_of(ChangeOf::All).exports("/pace", &board_query(&board));
    reader.page("pace.html", head, view).await
}

/// Everything that is yellow or red, with what is missing in words.
fn table(reader: &Reader, board: &Board, answer: &Answer) -> Twin {
    let words = reader.words;
    let columns = vec![
        Column::text(words.t("table.light")),
        Column::text(words.t("table.who")),
        Column::text(words.t("table.metric")),
        Column::number(words.t("table.done_of_target")),
        Column::number(words.t("table.gap_short")),
        Column::number(words.t("table.months_behind")),
        Column::text(words.t("lights.missing")),
    ];
    let line = |row: Row<'_>| {
        let metric = Metric::from_id(row.text("metric"))?;
        let mut cells = warning_cells(reader, board, row, metric);
        cells.push(Cell::number(row.int("months_behind").map_or_else(|| "—".to_owned(), print_count)));
        let missing = missing(board, row, metric);
        cells.push(Cell::text(missing.map_or_else(|| "—".to_owned(), |missing| sentence(reader, &missing))));
        Some(cells)
    };
    Twin { columns, rows: rows(answer).filter_map(line).collect() }
}

/// What the target of a line still lacks at the end of the next month, by the target's own curve.
fn missing(board: &Board, row: Row<'_>, metric: Metric) -> Option<Missing> {
    let target = Target {
        year: board.year,
        metric,
        band: None,
        scope: Scope::from_id(row.text("scope"))?,
        scope_id: row.text("scope_id").to_owned(),
        kind: if metric == Metric::FixedAssets { TargetKind::Amount } else { TargetKind::Count },
        value: row.int("target"),
        issuer: String::new(),
        known_from: board.as_of,
        known_until: None,
        documented: true,
        note: String::new(),
        reason: String::new(),
        curve: MonthlyCurve::from_text(row.text("curve")).ok()?,
    };
    missing_by_next_month(&target, row.count("done"), board.as_of)
}

/// The domain's sentence; the same in English.
fn sentence(reader: &Reader, missing: &Missing) -> String {
    let words = reader.words;
    if words.lang() == Lang::Chinese {
        return missing.sentence();
    }
    let day = words.day(missing.by);
    if missing.amount == 0 {
        return words.fill("lights.reached", &[("day", &day)]);
    }
    let amount = match missing.unit {
        MissingUnit::Projects => print_count(missing.amount),
        MissingUnit::Yuan => words.amount(Some(missing.amount)),
    };
    let key = match missing.now {
        Standing::BehindPace => "lights.short",
        Standing::OnPace => "lights.more",
    };
    words.fill(key, &[("amount", &amount), ("day", &day)])
}
