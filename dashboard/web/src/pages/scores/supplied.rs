//! What a sheet is computed from (考核数据): the published tables, the books, and what the center typed.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;
use qunlian_domain::access::RowScope;
use qunlian_domain::claim::State;
use qunlian_domain::project::Status;
use qunlian_domain::score::{CheckedInvestment, Counted, Entry, Figures, Input, Level, Made, Rating, Supply, TypedFigure};
use qunlian_domain::target::Target;
use qunlian_queries::{Answer, Params};
use qunlian_registry::{FilingFilter, InvestmentCheck, Store, VisitsOf};

use super::asked::Asked;
use crate::fault::Fault;
use crate::known_targets::known_targets;
use crate::pages::filings::books::{refused, with_books};
use crate::pages::reserve::listed_within;
use crate::people::People;
use crate::reader::Reader;
use crate::rows::rows;

/// Filings, trips and visits that are looked at; a city has some thousands.
const MOST: usize = 20_000;
/// China's clocks, all year.
const AHEAD_OF_UTC: TimeDelta = TimeDelta::hours(8);
/// Where a filing counts as a lead: sent and neither sent back, taken back nor refused.
const UNDER_WAY: [State; 6] = [State::Submitted, State::SecondReview, State::Approved, State::Noticed, State::Objected, State::Recognised];

/// Everything that was entered for a level and period and stands, with people's names.
struct Entered {
    entries: Vec<Entry>,
    ratings: Vec<Rating>,
    typed: Vec<TypedFigure>,
    checks: Vec<CheckedInvestment>,
    counted: Vec<Counted>,
}

/// The level that is asked for, by the rules of its year.
pub(super) fn level<'r>(reader: &'r Reader, asked: &Asked) -> Result<&'r Level, Fault> {
    let city = &reader.desk.app.rules.city;
    city.scoring_of(asked.period.year).and_then(|rules| rules.level(&asked.level)).ok_or(Fault::NotFound)
}

/// What figures of the level are made from. The targets are those that the published tables know; whoever asks only where
/// figures come from needs none.
pub(super) fn supply<'r>(reader: &'r Reader, asked: &Asked, targets: &'r [Target]) -> Result<Supply<'r>, Fault> {
    let city = &reader.desk.app.rules.city;
    Ok(Supply {
        level: level(reader, asked)?,
        period: asked.period,
        known_on: asked.known_on(),
        carriers: &city.carriers,
        bands: &city.bands,
        targets,
    })
}

/// Everything a sheet is computed from. What nobody counted or typed has no row: the sheet names it.
pub(super) async fn figures(reader: &Reader, asked: &Asked) -> Result<Figures, Fault> {
    let targets = known_targets(reader, asked.period.year, asked.known_on()).await?;
    let supply = supply(reader, asked, &targets)?;
    let answer = published(reader, asked).await?;
    let entered = entered(reader, asked).await?;
    let rows = supply.rows(&by_key(&answer), &entered.counted, &entered.typed, &entered.checks);
    Ok(Figures { rows, entries: entered.entries, ratings: entered.ratings })
}

/// What the tables count of every carrier.
pub(super) async fn published(reader: &Reader, asked: &Asked) -> Result<std::sync::Arc<Answer>, Fault> {
    reader.ask("score_inputs", Params::new().with("year", asked.period.year).with("as_of", asked.known_on())).await
}

/// By unit, metric and band.
pub(super) fn by_key(answer: &Answer) -> HashMap<(&str, &str, &str), i64> {
    rows(answer).map(|row| ((row.text("carrier_id"), row.text("metric"), row.text("band_id")), row.count("done"))).collect()
}

/// What the books count of every carrier, as far as the level asks for it.
pub(super) async fn counted(reader: &Reader, asked: &Asked) -> Result<Vec<Counted>, Fault> {
    let asks_for = |metric: &str| -> Result<bool, Fault> {
        Ok(level(reader, asked)?.inputs().iter().any(|input| Input::parse(input).is_some_and(|input| input.metric.id == metric)))
    };
    let mut counted = Vec::new();
    if asks_for("reserve")? {
        let listed = listed_within(&reader.desk, &RowScope::City).await?;
        let reserved = listed.into_iter().map(|one| (one.values.yuan("agreed_yuan"), one.carrier_id));
        counted.extend(reserved.map(|(size_yuan, carrier_id)| Counted { metric: "reserve", carrier_id, size_yuan }));
    }
    let (leads_asked, trips_asked) = (asks_for("leads")?, asks_for("trips")?);
    let span = (asked.period.first_day(), asked.known_on());
    let more = with_books(&reader.desk, move |books| {
        let mut more = Vec::new();
        if leads_asked {
            more.extend(leads(books, span)?);
        }
        if trips_asked {
            more.extend(trips(books, span)?);
        }
        Ok(more)
    })
    .await?;
    counted.extend(more);
    Ok(counted)
}

type Span = (chrono::NaiveDate, chrono::NaiveDate);

/// Filings first sent in the span that are under way or recognised and not dead.
fn leads(books: &dyn Store, (from, until): Span) -> Result<Vec<Counted>, Fault> {
    let filter = FilingFilter { scope: RowScope::City, states: UNDER_WAY.to_vec(), limit: MOST, ..FilingFilter::default() };
    let mut leads = Vec::new();
    for filing in books.filings(&filter).map_err(refused)? {
        let sent = filing.first_submitted_at.map(|at| (at + AHEAD_OF_UTC).date_naive());
        let is_dead = matches!(Status::from_id(&filing.status), Some(Status::Lost | Status::Abandoned));
        if sent.is_some_and(|day| from <= day && day <= until) && !is_dead {
            leads.push(Counted { metric: "leads", size_yuan: filing.facts.yuan("agreed_yuan"), carrier_id: filing.carrier_id });
        }
    }
    Ok(leads)
}

/// Trips begun in the span, not called off, on which somebody was visited: one for each carrier whose filings they concern.
fn trips(books: &dyn Store, (from, until): Span) -> Result<Vec<Counted>, Fault> {
    let visited: BTreeSet<i64> = books.visits(VisitsOf::All, MOST).map_err(refused)?.iter().filter_map(|visit| visit.trip).collect();
    let mut counted = Vec::new();
    for trip in books.trips(MOST).map_err(refused)? {
        let begun = from <= trip.plan.from && trip.plan.from <= until;
        if !begun || trip.called_off_on.is_some() || !visited.contains(&trip.id) {
            continue;
        }
        let mut carriers = BTreeSet::new();
        for filing in trip.filings.iter().flatten() {
            carriers.extend(books.filing(*filing).map_err(refused)?.map(|filing| filing.carrier_id));
        }
        counted.extend(carriers.into_iter().map(|carrier_id| Counted { metric: "trips", carrier_id, size_yuan: None }));
    }
    Ok(counted)
}

async fn entered(reader: &Reader, asked: &Asked) -> Result<Entered, Fault> {
    let counted = counted(reader, asked).await?;
    let (level, period, words) = (asked.level.clone(), asked.period, reader.words);
    with_books(&reader.desk, move |books| {
        let people = People::read(books)?;
        let named = |made: Made| Made { by: people.name(words, &made.by), ..made };
        let entries = books.score_entries(&level, period.year).map_err(refused)?;
        let ratings = books.score_ratings(&level, period).map_err(refused)?;
        let typed = books.typed_figures(&level, period).map_err(refused)?;
        let checks = books.investment_checks(period.year).map_err(refused)?;
        let entries = entries.iter().filter_map(|entry| entry.standing());
        let ratings = ratings.iter().filter_map(|rating| rating.standing());
        let typed = typed.iter().filter_map(|row| row.standing());
        Ok(Entered {
            entries: entries.map(|entry| Entry { made: entry.made.map(named), ..entry }).collect(),
            ratings: ratings.map(|rating| Rating { made: rating.made.map(named), ..rating }).collect(),
            typed: typed.map(|typed| TypedFigure { made: named(typed.made), ..typed }).collect(),
            checks: checks
                .iter()
                .filter_map(InvestmentCheck::standing)
                .map(|check| CheckedInvestment { made: named(check.made), ..check })
                .collect(),
            counted,
        })
    })
    .await
}
