//! What if (试算): other weights and caps, projects counted elsewhere, beside the ranking that stands. Everything is in the
//! address; nothing is written anywhere.

mod asked_for;
mod moves;
mod side_by_side;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use qunlian_domain::score::{Figures, Outcome, Sheet, WhatIfError, what_if};
use serde::Serialize;

use super::Choice;
use super::asked::Asked;
use super::period_form::PeriodForm;
use super::shown::GroupView;
use super::standing::standing;
use super::supplied::{figures, level};
use crate::fault::Fault;
use crate::form::{Troubles, status_of};
use crate::reader::{PageHead, Reader, Section};
use asked_for::{FieldView, Wanted};
use moves::{MoveView, Taken};

pub(super) const PATH: &str = "/scores/what-if";

#[derive(Serialize)]
struct WhatIfView {
    period: PeriodForm,
    of: String,
    sheet_href: String,
    reset_href: String,
    is_closed: bool,
    troubles: Troubles,
    weights: Vec<FieldView>,
    full: String,
    caps: Vec<FieldView>,
    moves: Vec<MoveView>,
    froms: Vec<Choice>,
    /// Projects behind the scores of the chosen carrier, largest first.
    projects: Vec<Choice>,
    /// True where a carrier was chosen of which the reader sees no project.
    no_projects: bool,
    tos: Vec<Choice>,
    /// What is tried, in words; empty while nothing is.
    tried: Vec<String>,
    /// Whether anybody's total, place or grade differs.
    differs: bool,
    groups: Vec<GroupView>,
}

/// `GET /scores/what-if?level=city&year=2022&quarter=1&w-signed=30&c-signed=110&move=p00017~suixi~duji`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    let level = level(&reader, &asked)?;
    let query = &reader.visit.query;
    let mut wanted = Wanted::read(level, query);
    let from = query.get("from").filter(|id| moves::has_projects(&reader, &asked, id)).unwrap_or_default();
    let taken = moves::read(&reader, &asked, query, &mut wanted.troubles).await?;
    wanted.changes.extend(taken.iter().flat_map(Taken::changes));
    let figures = figures(&reader, &asked).await?;
    let (before, outcome) = tried(&reader, &asked, &figures, &mut wanted)?;
    let projects = if from.is_empty() { Vec::new() } else { moves::behind(&reader, &asked, from).await? };
    let head = view_head(&reader, &asked).await?;
    let view = WhatIfView {
        groups: side_by_side::groups(&reader, &before, outcome.as_ref().map(|outcome| &outcome.sheet))?,
        differs: outcome.as_ref().is_some_and(|outcome| !outcome.differences.is_empty()),
        tried: wanted.words(level).into_iter().chain(taken.iter().map(|taken| taken.words(level))).collect(),
        moves: taken.iter().map(|taken| taken.view(level)).collect(),
        froms: carriers(&reader, &asked, from),
        no_projects: !from.is_empty() && projects.is_empty(),
        projects: projects.iter().map(|project| project.choice(&reader)).collect(),
        tos: carriers(&reader, &asked, ""),
        weights: wanted.weights(level),
        full: level.full.to_string(),
        caps: wanted.caps(level),
        troubles: wanted.troubles,
        ..head
    };
    let status = status_of(&view.troubles);
    let mut page = PageHead::new(reader.words.t("what_if.title"), Section::Scores);
    page.crumbs.push(crate::shell::Crumb { label: reader.words.t("nav.scores").to_owned(), href: asked.link("/scores") });
    Ok(with_status(reader.page("what_if.html", page, view).await?, status))
}

fn with_status(mut response: Response, status: StatusCode) -> Response {
    *response.status_mut() = status;
    response.into_response()
}

/// The sheet by today's rules and, when what is tried makes sense, the one that would be.
fn tried(reader: &Reader, asked: &Asked, figures: &Figures, wanted: &mut Wanted) -> Result<(Sheet, Option<Outcome>), Fault> {
    let rules = reader.desk.app.rules.city.scoring_of(asked.period.year).ok_or(Fault::NotFound)?;
    let before = rules.sheet(&asked.level, asked.period, figures).map_err(|error| Fault::Internal(error.to_string()))?;
    if !wanted.troubles.is_empty() {
        return Ok((before, None));
    }
    match what_if(rules, &asked.level, asked.period, figures, &wanted.changes) {
        Ok(outcome) => Ok((before, Some(outcome))),
        Err(error) => {
            let (field, text) = trouble(&error);
            wanted.troubles.add(field, text);
            Ok((before, None))
        }
    }
}

/// The field that an error belongs to, and what it says.
fn trouble(error: &WhatIfError) -> (String, String) {
    match error {
        WhatIfError::Weights { sum, full } => ("weights".to_owned(), format!("分值合计为{sum}，应为满分{full}：请同时调整其他指标")),
        WhatIfError::NoIndicator(id) => (format!("w-{id}"), "没有这个指标".to_owned()),
        WhatIfError::NoCap(id) => (format!("c-{id}"), "这一项没有上限可调".to_owned()),
        WhatIfError::OutOfBounds { item, .. } => (format!("w-{item}"), "请填写0以上的数".to_owned()),
        WhatIfError::NoRow { .. } => ("moves".to_owned(), "其中一个单位没有该指标的数据，不能移动".to_owned()),
        WhatIfError::TooMuch { .. } => ("moves".to_owned(), "原单位计入的数不足，不能移动（同一项目只能移动一次）".to_owned()),
        WhatIfError::Score(error) => ("weights".to_owned(), error.to_string()),
    }
}

/// Carriers of the level between which projects can go.
fn carriers(reader: &Reader, asked: &Asked, chosen: &str) -> Vec<Choice> {
    let Ok(level) = level(reader, asked) else { return Vec::new() };
    let own = level.members().filter(|id| moves::has_projects(reader, asked, id));
    own.map(|id| Choice { value: id.to_owned(), label: level.name_of(id).to_owned(), chosen: id == chosen }).collect()
}

/// The part of the view that says which sheet it is about.
async fn view_head(reader: &Reader, asked: &Asked) -> Result<WhatIfView, Fault> {
    let level = level(reader, asked)?;
    Ok(WhatIfView {
        period: PeriodForm::new(reader, asked, PATH),
        of: format!("{} · {}", level.name, asked.period.name()),
        sheet_href: asked.link("/scores"),
        reset_href: asked.link(PATH),
        is_closed: standing(reader, asked).await?.closed.is_some(),
        troubles: Troubles::default(),
        weights: Vec::new(),
        full: String::new(),
        caps: Vec::new(),
        moves: Vec::new(),
        froms: Vec::new(),
        projects: Vec::new(),
        no_projects: false,
        tos: Vec::new(),
        tried: Vec::new(),
        differs: false,
        groups: Vec::new(),
    })
}
