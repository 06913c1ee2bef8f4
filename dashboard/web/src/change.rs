//! As-of comparison (变化): `?compare=` on a board, told in a sentence and listed on `/changes`.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use futures::try_join;
use qunlian_domain::change::{Comparison, CountedFact, Standing, Totals, compare};
use qunlian_domain::figures::print_count;
use qunlian_domain::period::start_of_month;
use qunlian_domain::target::Metric;
use qunlian_queries::{Answer, Params};
use serde::Serialize;

use crate::board::Board;
use crate::fault::Fault;
use crate::query_string::QueryString;
use crate::reader::Reader;
use crate::rows::{Row, rows};
use crate::shell::Crumb;
use crate::words::{Lang, Words};

/// Whose changes are told (变化的范围).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChangeOf {
    /// Nothing is compared on this page.
    Nothing,
    /// The page itself tells of the changes since that day.
    Listed(NaiveDate),
    All,
    /// A carrier with the parks that belong to it.
    Carrier(String),
    Chain(String),
}

/// The line at the top of a board.
#[derive(Debug, Serialize)]
pub(crate) struct ChangeLine {
    pub sentence: String,
    /// Says that only some carriers' rows were compared; may be empty.
    pub remark: &'static str,
    pub list: Crumb,
    /// The same page without the comparison.
    pub off_href: String,
}

/// `?compare=`: a day up to the board's own. None when it is not asked for.
pub(crate) fn compared_day(query: &QueryString, board: &Board) -> Result<Option<NaiveDate>, Fault> {
    let Some(text) = query.get("compare") else { return Ok(None) };
    let day: NaiveDate = text.parse().map_err(|_| Fault::bad("bad.compare", text))?;
    if !(1990..=2100).contains(&chrono::Datelike::year(&day)) {
        return Err(Fault::bad("bad.compare", text));
    }
    if day > board.as_of { Err(Fault::bad("bad.compare_later", text)) } else { Ok(Some(day)) }
}

/// A week and the end of the month before the board's day, with their labels' keys.
pub(crate) fn usual_days(board: &Board) -> [(&'static str, Option<NaiveDate>); 2] {
    let month_end = start_of_month(board.as_of).checked_sub_days(Days::new(1));
    [("compare.week", board.as_of.checked_sub_days(Days::new(7))), ("compare.month_end", month_end)]
}

/// The line of a board, when its address asks for one.
pub(crate) async fn line(reader: &Reader, board: &Board, of: &ChangeOf) -> Result<Option<ChangeLine>, Fault> {
    if matches!(of, ChangeOf::Nothing | ChangeOf::Listed(_)) {
        return Ok(None);
    }
    let Some(day) = compared_day(&reader.visit.query, board)? else { return Ok(None) };
    let two_days = TwoDays::ask(reader, board, day).await?;
    let words = reader.words;
    let compare = day.to_string();
    let mut pairs = vec![("compare", compare.as_str())];
    match of {
        ChangeOf::Carrier(id) => pairs.push(("carrier", id)),
        ChangeOf::Chain(id) => pairs.push(("chain", id)),
        ChangeOf::Nothing | ChangeOf::Listed(_) | ChangeOf::All => {}
    }
    Ok(Some(ChangeLine {
        sentence: sentence(words, &two_days.comparison(of)?, day, board.as_of),
        remark: reader.cut_note(QUESTION),
        list: Crumb { label: words.t("compare.list").to_owned(), href: board.link("/changes", &pairs) },
        off_href: reader.visit.query.without("compare").without("lang").href(&reader.visit.path),
    }))
}

const QUESTION: &str = "counted_facts";

/// What counted on two days, in the reader's rows.
pub(crate) struct TwoDays {
    pub before: Arc<Answer>,
    pub after: Arc<Answer>,
}

impl TwoDays {
    /// Asks for both days of the board's year.
    pub(crate) async fn ask(reader: &Reader, board: &Board, day: NaiveDate) -> Result<Self, Fault> {
        let on = |day: NaiveDate| Params::new().with("year", board.year).with("as_of", day);
        let (before, after) = try_join!(reader.ask(QUESTION, on(day)), reader.ask(QUESTION, on(board.as_of)))?;
        Ok(Self { before, after })
    }

    /// Both days compared, as far as they concern `of`.
    pub(crate) fn comparison(&self, of: &ChangeOf) -> Result<Comparison<'_>, Fault> {
        compare(&facts(&self.before, of), &facts(&self.after, of)).map_err(|twice| Fault::Internal(twice.to_string()))
    }
}

fn facts<'a>(answer: &'a Answer, of: &ChangeOf) -> Vec<CountedFact<'a>> {
    let concerns = |row: &Row<'_>| match of {
        ChangeOf::Nothing | ChangeOf::Listed(_) | ChangeOf::All => true,
        ChangeOf::Carrier(id) => row.text("carrier_id") == id || row.text("unit_id") == id,
        ChangeOf::Chain(id) => row.text("chain_id") == id,
    };
    rows(answer).filter(concerns).filter_map(fact).collect()
}

fn fact(row: Row<'_>) -> Option<CountedFact<'_>> {
    Some(CountedFact {
        project: row.text("project_id"),
        metric: Metric::from_id(row.text("metric"))?,
        carrier: row.text("carrier_id"),
        chain: row.text("chain_id"),
        amount: row.int("amount_yuan"),
        standing: if row.is_true("counted") { Standing::Counted } else { Standing::Revoked },
    })
}

/// The domain's sentence; the same in English.
pub(crate) fn sentence(words: Words, comparison: &Comparison<'_>, before: NaiveDate, after: NaiveDate) -> String {
    if words.lang() == Lang::Chinese {
        return comparison.sentence(before, after);
    }
    let day = before.format("%-d %b %Y").to_string();
    if comparison.is_empty() {
        return words.fill("compare.nothing", &[("day", &day)]);
    }
    let clauses: Vec<String> = comparison.totals.iter().map(|(metric, totals)| clause(words, *metric, totals)).collect();
    words.fill("compare.sentence", &[("day", &day), ("clauses", &clauses.join("; "))])
}

fn clause(words: Words, metric: Metric, totals: &Totals) -> String {
    let counts = [
        ("changes.entered", totals.entered),
        ("changes.left", totals.left),
        ("changes.revoked", totals.revoked),
        ("changes.carrier", totals.carrier_moved),
        ("changes.chain", totals.chain_moved),
        ("changes.amount", totals.amount_changed),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| format!("{} {}", words.t(key).to_lowercase(), print_count(count)))
        .collect();
    let name = words.metric(metric).to_lowercase();
    if parts.is_empty() {
        return words.fill("compare.unchanged", &[("metric", &name)]);
    }
    let net = match metric {
        Metric::FixedAssets => words.amount(Some(totals.yuan_after - totals.yuan_before)),
        _ => print_count(totals.after - totals.before),
    };
    words.fill("compare.clause", &[("metric", &name), ("net", &net), ("parts", &parts.join(", "))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(as_of: &str) -> Board {
        Board::read(&QueryString::read(&format!("as_of={as_of}")), &[2021, 2022], "2022-05-31".parse().unwrap()).unwrap()
    }

    #[test]
    fn the_compared_day_is_read_and_bounded() {
        let check = |query: &str, expect: Result<Option<&str>, &str>| {
            let found = match compared_day(&QueryString::read(query), &board("2022-05-20")) {
                Ok(day) => Ok(day.map(|day| day.to_string())),
                Err(Fault::Bad { key, .. }) => Err(key),
                Err(_) => Err("other"),
            };
            assert_eq!(found, expect.map(|day| day.map(str::to_owned)), "{query}");
        };
        check("", Ok(None));
        check("compare=", Ok(None));
        check("compare=2022-05-13", Ok(Some("2022-05-13")));
        check("compare=2022-05-20", Ok(Some("2022-05-20")));
        check("compare=2021-12-31", Ok(Some("2021-12-31")));
        check("compare=2022-05-21", Err("bad.compare_later"));
        check("compare=2022-02-30", Err("bad.compare"));
        check("compare=last-week", Err("bad.compare"));
        check("compare=0001-01-01", Err("bad.compare"));
    }

    #[test]
    fn the_usual_days_are_a_week_and_a_month_end_before() {
        let days = |as_of: &str| usual_days(&board(as_of)).map(|(_, day)| day.map(|day| day.to_string()).unwrap_or_default());
        assert_eq!(days("2022-05-31"), ["2022-05-24", "2022-04-30"]);
        assert_eq!(days("2022-03-01"), ["2022-02-22", "2022-02-28"]);
        assert_eq!(days("2022-01-05"), ["2021-12-29", "2021-12-31"]);
    }
}
