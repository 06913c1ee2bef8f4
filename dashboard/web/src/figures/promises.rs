//! Promises against facts (承诺与实际): the distribution of delays, and who keeps what was promised.

use qunlian_charts::{Column as ChartColumn, ColumnSeries, Columns, ShareBars, ShareForm, ShareRow, Size, Tone};
use qunlian_domain::figures::{print_count, ratio_percent};
use qunlian_domain::promise::{Kept, Promised, SlipBand};
use qunlian_queries::Answer;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Figure, Named, Twin, head, mark};
use crate::figures::forecast::Step;
use crate::query_string::link;
use crate::reader::Reader;
use crate::rows::{Row, rows_where};
use crate::words::Words;

/// The two series of the distribution: what was done, early or late, and what is due and was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Done,
    Overdue,
}

impl Side {
    const BOTH: [Self; 2] = [Self::Done, Self::Overdue];

    fn holds(self, kept: &str) -> bool {
        (kept == Kept::Overdue.id()) == (self == Self::Overdue)
    }

    /// The list's filter `kept`.
    fn filter(self) -> &'static str {
        match self {
            Self::Done => "early,on_time,late",
            Self::Overdue => Kept::Overdue.id(),
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Done => "promise.done",
            Self::Overdue => "promise.overdue",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Done => Tone::default(),
            Self::Overdue => Tone::Warn,
        }
    }
}

/// Outcomes that kept the promise.
pub(crate) const IN_TIME: &str = "early,on_time";

/// What the promises of one scope came to, in projects (个).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub due: i64,
    pub in_time: i64,
    pub late: i64,
    pub overdue: i64,
    /// Of the overdue and late, those lost or abandoned.
    pub dead: i64,
    pub moved: i64,
    /// Of the late and the overdue, in days.
    pub late_days: i64,
}

impl Sum {
    /// Adds a line of `promise_outcomes`.
    fn add(&mut self, row: Row<'_>) {
        let projects = row.count("projects");
        match Kept::from_id(row.text("kept")) {
            Some(Kept::Early | Kept::OnTime) => self.in_time += projects,
            Some(Kept::Late) => self.late += projects,
            Some(Kept::Overdue) => self.overdue += projects,
            Some(Kept::NotDue) | None => return,
        }
        self.due += projects;
        self.dead += row.count("dead");
        self.moved += row.count("moved");
        self.late_days += row.count("late_days");
    }

    /// Percent of the due that were kept in time; `None` when nothing was due.
    pub(crate) fn share(&self) -> Option<f64> {
        ratio_percent(self.in_time, self.due)
    }

    /// Days late of one late or overdue promise, on average.
    pub(crate) fn mean_days(&self) -> Option<f64> {
        let missed = self.late + self.overdue;
        (missed > 0).then(|| self.late_days as f64 / missed as f64)
    }
}

/// The promise that a step of conversion is about.
pub(crate) fn promised_in(step: Step) -> Promised {
    match step {
        Step::SignedStarted => Promised::Start,
        Step::StartedCompleted | Step::SignedCompleted => Promised::Completion,
    }
}

/// 开工 or 竣工.
pub(crate) fn what(words: Words, promised: Promised) -> &'static str {
    words.t(match promised {
        Promised::Start => "promise.start",
        Promised::Completion => "promise.completion",
    })
}

/// A class of delays, as short as an axis needs.
fn slip_name(words: Words, band: &SlipBand) -> &'static str {
    words.t(&format!("slip.{}", band.id))
}

/// The rows behind a count of promises due in the board's year.
pub(crate) fn rows_behind(board: &Board, promised: Promised, more: &[(&str, &str)]) -> String {
    let (as_of, due) = (board.as_of.to_string(), board.year.to_string());
    let mut pairs = vec![("as_of", as_of.as_str()), ("promise", promised.id()), ("due", due.as_str())];
    pairs.extend_from_slice(more);
    link("/projects", &pairs)
}

fn lines<'a>(answer: &'a Answer, scope: &'a str, promised: Promised) -> impl Iterator<Item = Row<'a>> {
    rows_where(answer, "scope", scope).filter(move |row| row.text("promised") == promised.id())
}

/// The city's sum.
pub(crate) fn city(answer: &Answer, promised: Promised) -> Sum {
    let mut sum = Sum::default();
    lines(answer, "city", promised).for_each(|row| sum.add(row));
    sum
}

/// Id, name and sum of each carrier, chain or kind of region: the best kept first, then by name.
pub(crate) fn by_scope<'a>(answer: &'a Answer, scope: &'a str, promised: Promised) -> Vec<(&'a str, &'a str, Sum)> {
    let mut all: Vec<(&str, &str, Sum)> = Vec::new();
    for row in lines(answer, scope, promised) {
        let id = row.text("scope_id");
        let at = all.iter().position(|(known, ..)| *known == id).unwrap_or_else(|| {
            all.push((id, row.text("name"), Sum::default()));
            all.len() - 1
        });
        all[at].2.add(row);
    }
    let share = |sum: &Sum| sum.share().unwrap_or(-1.0);
    all.sort_by(|left, right| share(&right.2).total_cmp(&share(&left.2)).then(right.2.due.cmp(&left.2.due)).then(left.1.cmp(right.1)));
    all
}

/// How far facts, and days without facts, lie from what was promised first.
pub(crate) fn slips(reader: &Reader, board: &Board, step: Step, answer: &Answer) -> Result<Figure, Fault> {
    let words = reader.words;
    let promised = promised_in(step);
    let what = what(words, promised);
    let count = |band: &SlipBand, column: &str, side: Side| -> i64 {
        let fits = |row: &Row<'_>| row.text("slip") == band.id && side.holds(row.text("kept"));
        lines(answer, "city", promised).filter(fits).map(|row| row.count(column)).sum()
    };
    let href = |band: &SlipBand, side: Side| rows_behind(board, promised, &[("kept", side.filter()), ("slip", band.id)]);
    let title = words.fill("promise.slips", &[("what", what)]);
    let label = |side: Side| words.fill(side.key(), &[("what", what)]);
    let series = |side: Side| {
        let column = |band: &SlipBand| {
            let n = count(band, "projects", side);
            let name = slip_name(words, band);
            let tip = words.fill("promise.tip", &[("name", name), ("kept", &label(side)), ("n", &print_count(n))]);
            (n > 0).then(|| ChartColumn { value: n as f64, text: n.to_string(), link: mark(href(band, side), tip) })
        };
        ColumnSeries { values: SlipBand::ALL.iter().map(column).collect(), label: label(side), tone: side.tone() }
    };
    let due = city(answer, promised).due;
    // Without a single promise there is nothing to put bands under.
    let bands: &[SlipBand] = if due == 0 { &[] } else { &SlipBand::ALL };
    let chart = Columns {
        head: head(reader, "promises", &title, words.fill("promise.slips.desc", &[("n", &print_count(due)), ("what", what)])),
        unit: words.fill("chart.unit", &[("unit", words.t("unit.count"))]),
        categories: bands.iter().map(|band| slip_name(words, band).to_owned()).collect(),
        series: if due == 0 { Vec::new() } else { Side::BOTH.map(series).into() },
    };
    let mut columns = vec![Column::text(words.t("promise.slip"))];
    columns.extend(Side::BOTH.map(|side| Column::number(label(side))));
    columns.push(Column::number(words.t("promise.moved")));
    let row = |band: &SlipBand| {
        let mut cells = vec![Cell::text(slip_name(words, band)).whole()];
        cells.extend(Side::BOTH.map(|side| {
            let n = count(band, "projects", side);
            Cell::number(print_count(n)).rows(href(band, side), n)
        }));
        cells.push(Cell::number(print_count(Side::BOTH.map(|side| count(band, "moved", side)).iter().sum())));
        cells
    };
    let twin = Twin { columns, rows: bands.iter().map(row).collect() };
    let named = Named { id: "promises", title, unit: "unit.count", query: "promise_outcomes", params: &[("step", step.id())] };
    let drawings = Drawings::of(Size::DESK, |size| chart.svg(size))?;
    Ok(Figure::new(reader, board, &named, drawings, twin).unit_is_drawn().note(words.t("promise.note")))
}

/// Each carrier's share of promises kept in time, with the counts in the table.
pub(crate) fn carriers(reader: &Reader, board: &Board, step: Step, answer: &Answer) -> Result<Figure, Fault> {
    let words = reader.words;
    let promised = promised_in(step);
    let what = what(words, promised);
    let title = words.fill("promise.by_carrier", &[("what", what)]);
    let all = by_scope(answer, "carrier", promised);
    let row = |(id, name, sum): &(&str, &str, Sum)| {
        let share_text = words.percent(sum.share());
        let pairs = [("name", *name), ("kept", &print_count(sum.in_time)), ("due", &print_count(sum.due)), ("share", &share_text)];
        ShareRow {
            name: (*name).to_owned(),
            share: sum.share().unwrap_or(0.0) / 100.0,
            value_text: format!("{}/{} {}", print_count(sum.in_time), print_count(sum.due), words.t("unit.count")),
            link: mark(rows_behind(board, promised, &[("carrier", id)]), words.fill("promise.by_carrier.tip", &pairs)),
            share_text,
            ..ShareRow::default()
        }
    };
    let chart = ShareBars {
        head: head(reader, "promises-kept", &title, words.fill("promise.by_carrier.desc", &[("what", what)])),
        form: ShareForm::Rows,
        rows: all.iter().map(row).collect(),
    };
    let twin = table(words, board, "carrier", promised, &all);
    let named = Named { id: "promises-kept", title, unit: "unit.count", query: "promise_outcomes", params: &[("step", step.id())] };
    Ok(Figure::new(reader, board, &named, Drawings::of(Size::DESK, |size| chart.svg(size))?, twin))
}

/// One line for each name, every count with its rows. `filter` is the key of the list's filter.
pub(crate) fn table(words: Words, board: &Board, filter: &str, promised: Promised, all: &[(&str, &str, Sum)]) -> Twin {
    let what = what(words, promised);
    let counted = |key: &str| Column::number(words.fill(key, &[("what", what)]));
    let columns = vec![
        Column::text(words.t("conversion.name")),
        counted("promise.due"),
        counted("promise.kept"),
        counted("promise.late"),
        counted("promise.overdue_short"),
        Column::number(words.t("promise.share")),
        Column::number(words.t("promise.moved")),
        Column::number(words.t("promise.mean")),
    ];
    let line = |(id, name, sum): &(&str, &str, Sum)| {
        let cell = |count: i64, kept: &str| {
            let own = [(filter, *id), ("kept", kept)];
            let pairs = if kept.is_empty() { &own[..1] } else { &own[..] };
            Cell::number(print_count(count)).rows(rows_behind(board, promised, pairs), count)
        };
        vec![
            Cell::text(*name),
            cell(sum.due, ""),
            cell(sum.in_time, IN_TIME),
            cell(sum.late, Kept::Late.id()),
            cell(sum.overdue, Kept::Overdue.id()),
            Cell::number(words.percent(sum.share())),
            Cell::number(print_count(sum.moved)),
            Cell::number(qunlian_domain::figures::print(sum.mean_days(), 0)),
        ]
    };
    Twin { columns, rows: all.iter().map(line).collect() }
}
