//! The section of promises against facts (承诺与实际): the rate with its denominator, who keeps, who is overdue.

use qunlian_domain::figures::print_count;
use qunlian_domain::promise::{Kept, Promised};
use qunlian_queries::Answer;
use serde::Serialize;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Figure, Twin};
use crate::figures::forecast::Step;
use crate::figures::promises::{by_scope, carriers, city, promised_in, slips, table, what};
use crate::panel::{Panel, project_href, promised_cell};
use crate::query_string::link;
use crate::reader::Reader;
use crate::rows::{Row, rows};

/// Everything of the section.
#[derive(Serialize)]
pub(super) struct PromisesView {
    rate: String,
    slips: Figure,
    carriers: Figure,
    chains: Panel,
    regions: Panel,
    overdue: Panel,
}

/// Statuses of projects that are still chased.
const ALIVE: &str = "ongoing,delayed,dormant";

/// Asks for both answers and makes the section.
pub(super) async fn section(reader: &Reader, board: &Board, step: Step) -> Result<PromisesView, Fault> {
    let promised = promised_in(step);
    let overdue = board.params().with("promise", promised.id()).with("limit", 10);
    let (outcomes, overdue) = futures::try_join!(reader.ask("promise_outcomes", board.params()), reader.ask("overdue_promises", overdue))?;
    let of_scope = |id: &'static str, title: &str, scope: &'static str, filter: &str| {
        let words = reader.words;
        let all = by_scope(&outcomes, scope, promised);
        let title = words.fill(title, &[("what", what(words, promised))]);
        Panel::new(reader, board, id, &title, "promise_outcomes", &[], table(words, board, filter, promised, &all))
    };
    Ok(PromisesView {
        rate: rate(reader, board, promised, &outcomes),
        slips: slips(reader, board, step, &outcomes)?,
        carriers: carriers(reader, board, step, &outcomes)?,
        chains: of_scope("promises-chains", "promise.by_chain", "chain", "chain"),
        regions: of_scope("promises-regions", "promise.by_region", "region", "region_kind"),
        overdue: overdue_panel(reader, board, promised, &overdue),
    })
}

/// The rate in words, with everything it is made of.
fn rate(reader: &Reader, board: &Board, promised: Promised, answer: &Answer) -> String {
    let words = reader.words;
    let sum = city(answer, promised);
    let (year, day) = (board.year.to_string(), words.day(board.as_of));
    let common = [("what", what(words, promised)), ("year", year.as_str()), ("day", day.as_str())];
    if sum.due == 0 {
        return words.fill("promise.rate.none", &common);
    }
    let percent = words.percent(sum.share());
    let counts = [sum.due, sum.in_time, sum.late, sum.overdue, sum.dead, sum.moved].map(print_count);
    let keys = ["due", "kept", "late", "overdue", "dead", "moved"];
    let mut pairs = common.to_vec();
    pairs.push(("rate", &percent));
    pairs.extend(keys.into_iter().zip(counts.iter().map(String::as_str)));
    words.fill("promise.rate", &pairs)
}

fn overdue_panel(reader: &Reader, board: &Board, promised: Promised, answer: &Answer) -> Panel {
    let words = reader.words;
    let about = [("what", what(words, promised))];
    let columns = vec![
        Column::text(words.t("table.project")),
        Column::text(words.t("table.carrier")),
        Column::text(words.t("table.chain")),
        Column::number(words.t("table.agreed")),
        Column::text(words.t("promise.first")),
        Column::text(words.t("promise.now")),
        Column::number(words.t("promise.overdue_days")),
    ];
    let line = |row: Row<'_>| {
        vec![
            Cell::text(row.text("project")).link(project_href(board, row.text("project_id"))),
            Cell::text(row.text("carrier")),
            Cell::text(row.text("chain")),
            Cell::number(words.middling(row.int("agreed_yuan"))),
            Cell::text(row.date("first_on").map_or_else(|| "—".to_owned(), |day| day.to_string())),
            promised_cell(words, row.date("now_on"), row.count("moved")),
            Cell::number(row.int("overdue_days").map_or_else(|| "—".to_owned(), print_count)).tone("warn"),
        ]
    };
    let table = Twin { columns, rows: rows(answer).map(line).collect() };
    let total = rows(answer).next().map_or(0, |row| row.count("total"));
    let as_of = board.as_of.to_string();
    let all = link("/projects", &[("as_of", &as_of), ("promise", promised.id()), ("kept", Kept::Overdue.id()), ("status", ALIVE)]);
    Panel::new(
        reader,
        board,
        "promises-overdue",
        &words.fill("promise.overdue_list", &about),
        "overdue_promises",
        &[("promise", promised.id())],
        table,
    )
    .unit(words.t("unit.middling"))
    .empty(&words.fill("promise.overdue_none", &about))
    .all(all, words.fill("waiting.all", &[("n", &print_count(total))]), total)
}

/// `/charts/promises.svg` and `/charts/promises-kept.svg`; `None` for other names.
pub(crate) async fn chart(reader: &Reader, board: &Board, id: &str) -> Result<Option<Figure>, Fault> {
    let draw: fn(&Reader, &Board, Step, &Answer) -> Result<Figure, Fault> = match id {
        "promises" => slips,
        "promises-kept" => carriers,
        _ => return Ok(None),
    };
    let answer = reader.ask("promise_outcomes", board.params()).await?;
    draw(reader, board, super::chosen_step(reader)?, &answer).map(Some)
}
