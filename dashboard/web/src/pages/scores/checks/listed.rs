//! What joint checks are about: the projects whose investment counts in the period, and the checks that were made.

use qunlian_domain::money::in_words;
use qunlian_domain::score::recognition::RecognitionRule;
use qunlian_queries::Params;
use qunlian_registry::InvestmentCheck;

use super::super::asked::Asked;
use super::super::supplied::level;
use super::PATH;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::pages::filings::books::{carrier_name, with_books};
use crate::people::People;
use crate::query_string::encode;
use crate::reader::Reader;
use crate::rows::{Row, rows};

/// Projects to choose from: the largest.
const SHOWN: i64 = 60;

/// A project with fixed-asset investment of the year.
pub(super) struct Project {
    pub id: String,
    pub name: String,
    pub carrier_id: String,
    pub carrier: String,
    /// What counts of it this year, in yuan.
    pub counted_yuan: i64,
}

/// The project of that number, as far as it has investments in the period.
pub(super) async fn project(reader: &Reader, asked: &Asked, id: &str) -> Result<Option<Project>, Fault> {
    if id.is_empty() || id.chars().count() > 60 {
        return Ok(None);
    }
    let answer = reader.ask("projects_list", params(asked).with("q", id).with("limit", 200)).await?;
    Ok(rows(&answer).find(|row| row.text("project_id") == id).map(project_of))
}

fn project_of(row: Row<'_>) -> Project {
    Project {
        id: row.text("project_id").to_owned(),
        name: row.text("project").to_owned(),
        carrier_id: row.text("carrier_id").to_owned(),
        carrier: row.text("carrier").to_owned(),
        counted_yuan: row.count("amount_yuan"),
    }
}

fn params(asked: &Asked) -> Params {
    Params::new()
        .with("year", asked.period.year)
        .with("as_of", asked.known_on())
        .with("milestone", "fixed_assets")
        .with("sort", "-fixed")
        .with("offset", 0)
}

/// The largest of the level's carriers, each with the way to its form.
pub(super) async fn projects(reader: &Reader, asked: &Asked, rule: Option<&RecognitionRule>) -> Result<Twin, Fault> {
    let words = reader.words;
    let carriers = level(reader, asked)?.members().collect::<Vec<&str>>().join(",");
    let answer = reader.ask("projects_list", params(asked).with("carrier", carriers.as_str()).with("limit", SHOWN)).await?;
    let mut columns: Vec<Column> = ["scoring.project", "table.carrier"].map(|key| Column::text(words.t(key))).into();
    columns.push(Column::number(words.t("scoring.counted")));
    columns.extend(["scoring.check.needed", "scoring.state"].map(|key| Column::text(words.t(key))));
    let row = |row: Row<'_>| {
        let project = project_of(row);
        let needed = rule.is_some_and(|rule| project.counted_yuan >= rule.joint_check_from);
        vec![
            Cell::text(&project.name).link(format!("/projects/{}", encode(&project.id))),
            Cell::text(&project.carrier),
            Cell::number(in_words(project.counted_yuan)),
            Cell::text(if needed { words.t("scoring.check.due") } else { "" }),
            Cell::text(words.t("scoring.check.enter")).link(format!("{}#form", asked.link_with(PATH, &[("project", &project.id)]))).whole(),
        ]
    };
    Ok(Twin { columns, rows: rows(&answer).map(row).collect() })
}

/// Every check of the year, newest first.
pub(super) async fn table(reader: &Reader, asked: &Asked, checks: &[InvestmentCheck]) -> Result<Twin, Fault> {
    let words = reader.words;
    let people = with_books(&reader.desk, |books| Ok(People::read(books)?)).await?;
    let mut columns: Vec<Column> = ["scoring.on", "scoring.project", "table.carrier"].map(|key| Column::text(words.t(key))).into();
    columns.extend(["scoring.claimed", "scoring.recognised"].map(|key| Column::number(words.t(key))));
    columns.extend(
        ["scoring.check.offices", "scoring.check.why", "scoring.evidence", "scoring.by", "scoring.state"]
            .map(|key| Column::text(words.t(key))),
    );
    let row = |check: &InvestmentCheck| {
        let id = check.id.to_string();
        let state = match check.superseded_by {
            Some(_) => Cell::text(words.t("scoring.replaced")).tone("soft"),
            None if check.withdrawn => Cell::text(words.t("scoring.withdrawn")).tone("soft"),
            None => Cell::text(words.t("scoring.correct")).link(format!("{}#form", asked.link_with(PATH, &[("correct", &id)]))).whole(),
        };
        vec![
            Cell::text(check.on.to_string()),
            Cell::text(&check.project).link(format!("/projects/{}", encode(&check.project_id))),
            Cell::text(carrier_name(&reader.desk, &check.carrier_id)),
            Cell::number(in_words(check.claimed_yuan)),
            Cell::number(in_words(check.recognised_yuan)),
            Cell::text(check.joint_check.as_ref().map_or_else(String::new, |held| held.offices.join("、"))),
            Cell::text(&check.why),
            Cell::text(&check.evidence),
            Cell::text(format!("{} {}", people.name(words, &check.by), check.made_on)),
            state,
        ]
    };
    Ok(Twin { columns, rows: checks.iter().rev().map(row).collect() })
}
