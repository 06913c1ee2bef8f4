//! Ratings by peers (互评、测评): a paper of one rater is entered as a whole; the last of a rater stands.

use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::score::{Indicator, Level, RaterClass, Shape};
use qunlian_registry::{Doer, NewScoreRating, ScoreRating, Store};
use serde::Serialize;

use super::Choice;
use super::asked::Asked;
use super::center::{Frame, answer, frame, keep, required_line, sent};
use super::supplied::level;
use crate::access::see;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::form::Troubles;
use crate::pages::filings::books::{refused, with_books};
use crate::people::People;
use crate::reader::Reader;

const PATH: &str = "/scores/ratings";

#[derive(Serialize)]
struct RatingsView {
    frame: Frame,
    troubles: Troubles,
    action: String,
    items: Vec<Choice>,
    raters: Vec<Choice>,
    /// Whose paper is entered; empty where the level is not rated by peers.
    rater: String,
    full: String,
    rows: Vec<RatedRow>,
    evidence: String,
    table: Twin,
}

/// One unit that is rated.
#[derive(Serialize)]
struct RatedRow {
    /// Name of its field.
    field: String,
    name: String,
    points: String,
}

/// An indicator that peers rate.
struct Rated<'l> {
    indicator: &'l Indicator,
    full: f64,
    raters: Vec<&'l str>,
}

/// `GET /scores/ratings?level=suixi&year=2022&quarter=1&rater=suixi-jkq`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    page(&reader, &asked, None, Troubles::default(), StatusCode::OK).await
}

/// `POST /scores/ratings?level=suixi&year=2022&quarter=1`
pub(crate) async fn add(reader: Reader, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Fault> {
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    let standing = ratings(&reader, &asked).await?;
    let new = read(&reader, &asked, &pairs, &standing);
    let closed = ("evidence", "本考核期已经关账，不能再录入评分");
    let write =
        |books: &dyn Store, new: &Vec<NewScoreRating>, by: &Doer| new.iter().try_for_each(|rating| books.rate(rating, by).map(drop));
    match keep(&reader, new, write, closed).await? {
        None => {
            let more = [("item", sent(&pairs, "item")), ("rater", sent(&pairs, "rater"))];
            Ok(see(&format!("{}#entered", asked.link_with(PATH, &more))))
        }
        Some((troubles, status)) => page(&reader, &asked, Some(&pairs), troubles, status).await,
    }
}

async fn ratings(reader: &Reader, asked: &Asked) -> Result<Vec<ScoreRating>, Fault> {
    let (level, period) = (asked.level.clone(), asked.period);
    with_books(&reader.desk, move |books| books.score_ratings(&level, period).map_err(refused)).await
}

fn rated(level: &Level) -> Vec<Rated<'_>> {
    let mut all = Vec::new();
    for indicator in &level.indicators {
        if let Shape::PeerRating { full, raters } = &indicator.shape {
            all.push(Rated { indicator, full: *full, raters: raters_of(level, raters) });
        }
    }
    all
}

fn raters_of<'l>(level: &'l Level, classes: &[RaterClass]) -> Vec<&'l str> {
    let groups = level.groups.iter().filter(|group| classes.iter().any(|class| class.group == group.id));
    groups.flat_map(|group| group.members.iter().map(String::as_str)).collect()
}

/// The field of a unit's points.
fn field(unit: &str) -> String {
    format!("points-{unit}")
}

/// The points that stand, of one rater for one unit.
fn stands(ratings: &[ScoreRating], item: &str, rater: &str, unit: &str) -> Option<f64> {
    let mut found = ratings.iter().filter(|rating| !rating.superseded && rating.item == item && rating.rater_id == rater);
    found.find(|rating| rating.carrier_id == unit).map(|rating| rating.points)
}

/// The ratings that differ from what stands, or what is wrong with the paper.
fn read(reader: &Reader, asked: &Asked, pairs: &[(String, String)], standing: &[ScoreRating]) -> Result<Vec<NewScoreRating>, Troubles> {
    let mut troubles = Troubles::default();
    let Ok(level) = level(reader, asked) else { return Err(Troubles::of("rater", "没有这个考核层级")) };
    let (item, rater) = (sent(pairs, "item"), sent(pairs, "rater"));
    let all = rated(level);
    let Some(rated) = all.iter().find(|rated| rated.indicator.id == item) else {
        return Err(Troubles::of("rater", "本层级没有这项互评指标"));
    };
    if !rated.raters.contains(&rater) {
        troubles.add("rater", "请选择评分单位");
    }
    let reason = required_line(pairs, "evidence", "依据（评分表号等）", &mut troubles);
    let mut new = Vec::new();
    for unit in level.members().filter(|unit| *unit != rater) {
        let (raw, before) = (sent(pairs, &field(unit)), stands(standing, item, rater, unit));
        if raw.is_empty() && before.is_none() {
            continue;
        }
        let read = raw.parse::<f64>().ok().filter(|points| (0.0..=rated.full).contains(points));
        let Some(points) = read else {
            troubles.add(field(unit), format!("{}：请填写0至{}的分数", level.name_of(unit), rated.full));
            continue;
        };
        if before != Some(points) {
            let (item, rater_id, carrier_id) = (item.to_owned(), rater.to_owned(), unit.to_owned());
            let reason = reason.clone();
            new.push(NewScoreRating { level: asked.level.clone(), period: asked.period, item, rater_id, carrier_id, points, reason });
        }
    }
    if new.is_empty() {
        troubles.add("evidence", "没有新的分数");
    }
    if troubles.is_empty() { Ok(new) } else { Err(troubles) }
}

async fn page(
    reader: &Reader,
    asked: &Asked,
    typed: Option<&[(String, String)]>,
    troubles: Troubles,
    status: StatusCode,
) -> Result<Response, Fault> {
    let level = level(reader, asked)?;
    let all = rated(level);
    let chosen = |name: &str| typed.map_or_else(|| reader.visit.query.get(name).unwrap_or_default(), |pairs| sent(pairs, name));
    let rated = all.iter().find(|rated| rated.indicator.id == chosen("item")).or(all.first());
    let standing = ratings(reader, asked).await?;
    let raters = rated.map_or(&[][..], |rated| rated.raters.as_slice());
    let rater = raters.iter().find(|rater| **rater == chosen("rater")).or(raters.first()).copied().unwrap_or_default();
    let row = |unit: &str| {
        let before = rated.and_then(|rated| stands(&standing, &rated.indicator.id, rater, unit));
        let points = match typed {
            Some(pairs) => sent(pairs, &field(unit)).to_owned(),
            None => before.map_or_else(String::new, |points| points.to_string()),
        };
        RatedRow { field: field(unit), name: level.name_of(unit).to_owned(), points }
    };
    let view = RatingsView {
        frame: frame(reader, asked, PATH).await?,
        troubles,
        action: asked.link(PATH),
        items: all
            .iter()
            .map(|one| Choice {
                value: one.indicator.id.clone(),
                label: one.indicator.name.clone(),
                chosen: rated.is_some_and(|rated| rated.indicator.id == one.indicator.id),
            })
            .collect(),
        raters: raters
            .iter()
            .map(|id| Choice { value: (*id).to_owned(), label: level.name_of(id).to_owned(), chosen: *id == rater })
            .collect(),
        rater: rater.to_owned(),
        full: rated.map_or_else(String::new, |rated| rated.full.to_string()),
        rows: level.members().filter(|unit| !rater.is_empty() && *unit != rater).map(row).collect(),
        evidence: typed.map_or_else(String::new, |pairs| sent(pairs, "evidence").to_owned()),
        table: table(reader, level, &standing).await?,
    };
    answer(reader, "score_ratings.html", status, view)
}

/// Everything that was entered for the period, newest first.
async fn table(reader: &Reader, level: &Level, ratings: &[ScoreRating]) -> Result<Twin, Fault> {
    let words = reader.words;
    let people = with_books(&reader.desk, |books| Ok(People::read(books)?)).await?;
    let mut columns: Vec<Column> = ["scoring.rater", "scores.unit"].map(|key| Column::text(words.t(key))).into();
    columns.push(Column::number(words.t("scores.file.points")));
    columns.extend(["scoring.evidence", "scoring.by", "scoring.state"].map(|key| Column::text(words.t(key))));
    let row = |rating: &ScoreRating| {
        let state = if rating.superseded { "scoring.replaced" } else { "scoring.stands" };
        vec![
            Cell::text(level.name_of(&rating.rater_id)),
            Cell::text(level.name_of(&rating.carrier_id)),
            Cell::number(rating.points.to_string()),
            Cell::text(&rating.reason),
            Cell::text(format!("{} {}", people.name(words, &rating.by), rating.made_on)),
            Cell::text(words.t(state)).tone(if rating.superseded { "soft" } else { "" }),
        ]
    };
    Ok(Twin { columns, rows: ratings.iter().rev().map(row).collect() })
}
