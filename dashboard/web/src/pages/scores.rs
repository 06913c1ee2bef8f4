//! The assessment (考核评分): the ranking of a period, how every point came about, and the closing of a period.

mod asked;
mod center;
mod checks;
mod close;
mod entries;
mod figures;
mod file;
mod period_form;
mod ratings;
mod shown;
mod standing;
mod supplied;
mod what_if;

use axum::response::Response;
use qunlian_domain::access::Right;
use qunlian_domain::score::Complaint;
use serde::Serialize;

pub(crate) use checks::{add as add_check, show as checks};
pub(crate) use close::close;
pub(crate) use entries::{add as add_entry, show as entries};
pub(crate) use figures::{add as add_figures, show as figures};
pub(crate) use file::file;
pub(crate) use ratings::{add as add_ratings, show as ratings};
pub(crate) use what_if::show as what_if;

use crate::fault::Fault;
use crate::query_string::encode;
use crate::reader::{PageHead, Reader, Section};
use crate::shell::Crumb;
use asked::Asked;
use period_form::PeriodForm;
use shown::GroupView;
use standing::{Standing, standing};

#[derive(Serialize)]
struct ScoresView {
    period: PeriodForm,
    lead: String,
    example: bool,
    running: bool,
    /// What the head says of a closed period; empty while it is open.
    closed: String,
    groups: Vec<GroupView>,
    complaints: Vec<String>,
    definition: String,
    sql_href: String,
    /// Address that closes the period; empty where it cannot be closed by the reader.
    close_href: String,
    /// Mark of the figures that the reader has before them.
    seen: String,
    /// Why a closing was refused.
    trouble: String,
    /// Where the center enters what is not counted; empty for others.
    enter_href: String,
    try_href: String,
}

/// One line of a choice.
#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// `GET /scores?level=city&year=2022&quarter=1`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    page(&reader, "").await
}

async fn page(reader: &Reader, trouble: &str) -> Result<Response, Fault> {
    let (words, city) = (reader.words, &reader.desk.app.rules.city);
    let asked = Asked::read(city, &reader.visit.query, reader.desk.today())?;
    let now = standing(reader, &asked).await?;
    let before = match asked.before() {
        Some(before) if city.scoring_of(before.period.year).is_some_and(|rules| rules.level(&before.level).is_some()) => {
            Some(standing(reader, &before).await?)
        }
        _ => None,
    };
    let record = &now.record;
    let may_close = reader.who.may(Right::Review) && now.closed.is_none() && asked.has_ended() && now.complaints.is_empty();
    let closed = now.closed.as_ref().map_or_else(String::new, |closed| {
        let (generation, by) = (record.generation.to_string(), closed.closed_by.clone());
        let fills = [("n", generation.as_str()), ("rules", &record.rule_version), ("by", &by), ("day", &closed.closed_on.to_string())];
        words.fill("scores.closed", &fills)
    });
    let fills = [("period", record.period_name.as_str()), ("level", &record.level_name), ("rules", &record.rule_version)];
    let view = ScoresView {
        period: PeriodForm::new(reader, &asked, "/scores"),
        lead: words.fill("scores.lead", &fills),
        example: city.scoring_of(asked.period.year).is_some_and(|rules| !rules.documented),
        running: !asked.has_ended(),
        closed,
        groups: shown::groups(reader, &asked, &now, before.as_ref())?,
        complaints: now.complaints.iter().map(|complaint| problem(reader, &asked, complaint)).collect(),
        definition: format!("{}。{}", reader.definition("score_inputs"), words.t("scores.sources")),
        sql_href: asked.rows_link("/queries/score_inputs", &[]),
        close_href: if may_close { asked.link("/scores/close") } else { String::new() },
        seen: seen(&now)?,
        trouble: trouble.to_owned(),
        enter_href: if reader.who.may(Right::Review) { asked.link("/scores/entries") } else { String::new() },
        try_href: if reader.desk.access.opens(&reader.who, what_if::PATH) { asked.link(what_if::PATH) } else { String::new() },
    };
    let mut head = PageHead::new(words.t("nav.scores"), Section::Scores);
    head.exports = file::FORMATS.map(|format| (format, asked.link(&format!("/scores.{}", format.suffix())))).into();
    head.crumbs = Vec::<Crumb>::new();
    reader.page("scores.html", head, view).await
}

/// `杜集：“有效招商线索”缺数据`
fn problem(reader: &Reader, asked: &Asked, complaint: &Complaint) -> String {
    let rules = reader.desk.app.rules.city.scoring_of(asked.period.year).and_then(|rules| rules.level(&asked.level));
    let name = rules.map_or(complaint.carrier_id.as_str(), |level| level.name_of(&complaint.carrier_id));
    format!("{name}：{}", complaint.problem)
}

/// A mark of what is printed, so that nothing else is closed than what somebody saw.
fn seen(now: &Standing) -> Result<String, Fault> {
    let text = now.record.to_text().map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(blake3::hash(text.as_bytes()).to_hex().to_string())
}

/// Where the derivation of a carrier's points stands on the page.
fn anchor(group: &str, carrier: &str) -> String {
    format!("score-{}-{}", encode(group), encode(carrier))
}
