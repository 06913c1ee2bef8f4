//! Joint checks of fixed-asset investment (联合核查): what a project claims by parts and papers, what the offices confirmed, and
//! what of it counts by the year's rule. What does not count leaves the carrier's figure.

mod form;
mod listed;

use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use qunlian_domain::score::recognition::{InvestmentClaim, Recognition, RecognitionRule};
use qunlian_registry::{InvestmentCheck, NewInvestmentCheck};
use serde::Serialize;

use super::asked::Asked;
use super::center::{Frame, answer, frame, keep, required_line, sent};
use crate::access::see;
use crate::fault::Fault;
use crate::figure::Twin;
use crate::form::Troubles;
use crate::pages::filings::books::{refused, with_books};
use crate::reader::Reader;
use form::{FormView, Typed, read_claim, read_day};
use listed::{Project, project, projects};

const PATH: &str = "/scores/checks";

#[derive(Serialize)]
struct ChecksView {
    frame: Frame,
    troubles: Troubles,
    action: String,
    /// False where the city recognises no investment by itself.
    is_ruled: bool,
    /// 口径 of the rule.
    rule: String,
    example: bool,
    /// The form of the chosen project.
    form: Option<FormView>,
    cancel_href: String,
    projects: Twin,
    table: Twin,
}

/// `GET /scores/checks?level=city&year=2022&quarter=1&project=p00017&correct=3`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    let query = &reader.visit.query;
    let checks = checks(&reader, &asked).await?;
    let earlier = match query.get("correct").and_then(|id| id.parse::<i64>().ok()) {
        None => None,
        Some(id) => Some(checks.iter().find(|check| check.id == id && check.standing().is_some()).ok_or(Fault::NotFound)?),
    };
    let id = earlier.map(|check| check.project_id.as_str()).or(query.get("project"));
    let chosen = match id {
        None => None,
        Some(id) => Some(project(&reader, &asked, id).await?.ok_or(Fault::NotFound)?),
    };
    let form = chosen.map(|project| Typed::of(earlier, reader.desk.today()).view(rule(&reader, &asked), &project));
    page(&reader, &asked, (form, &checks), Troubles::default(), StatusCode::OK).await
}

/// `POST /scores/checks?level=city&year=2022&quarter=1`
pub(crate) async fn add(reader: Reader, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Fault> {
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    let checks = checks(&reader, &asked).await?;
    let typed = Typed::sent(&pairs);
    let Some(project) = project(&reader, &asked, sent(&pairs, "project")).await? else {
        let troubles = Troubles::of("project", "请从下面的清单中选择项目");
        return page(&reader, &asked, (None, &checks), troubles, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let new = read(&reader, &asked, (&project, &checks), &typed, &pairs);
    let corrected = ("on", "该条核查已被更正，请刷新后重试");
    match keep(&reader, new, |books, new, by| books.keep_check(new, by).map(drop), corrected).await? {
        None => Ok(see(&format!("{}#entered", asked.link(PATH)))),
        Some((troubles, status)) => {
            let form = typed.view(rule(&reader, &asked), &project);
            page(&reader, &asked, (Some(form), &checks), troubles, status).await
        }
    }
}

fn rule<'r>(reader: &'r Reader, asked: &Asked) -> Option<&'r RecognitionRule> {
    reader.desk.app.rules.city.scoring_of(asked.period.year)?.recognition.as_ref()
}

async fn checks(reader: &Reader, asked: &Asked) -> Result<Vec<InvestmentCheck>, Fault> {
    let year = asked.period.year;
    with_books(&reader.desk, move |books| books.investment_checks(year).map_err(refused)).await
}

/// What is to be kept, or what is wrong with it.
fn read(
    reader: &Reader,
    asked: &Asked,
    (project, checks): (&Project, &[InvestmentCheck]),
    typed: &Typed,
    pairs: &[(String, String)],
) -> Result<NewInvestmentCheck, Troubles> {
    let mut troubles = Troubles::default();
    let Some(rule) = rule(reader, asked) else {
        return Err(Troubles::of("project", "本年度评分办法没有固定资产投资认定规则"));
    };
    let supersedes = typed.correct;
    if supersedes.is_some_and(|id| !checks.iter().any(|check| check.id == id && check.project_id == project.id)) {
        troubles.add("project", "没有要更正的核查记录");
    }
    let on = read_day(typed, asked.period.year, reader.desk.today(), &mut troubles);
    let claim = read_claim(reader, asked.period.year, typed, on, &mut troubles);
    let evidence = required_line(pairs, "evidence", "依据（核查表号等）", &mut troubles);
    let recognition = recognised(rule, &claim, &mut troubles);
    let others = checks.iter().filter(|check| check.project_id == project.id && Some(check.id) != supersedes);
    let checked: i64 = others.filter(|check| check.standing().is_some()).map(|check| check.claimed_yuan).sum();
    if !typed.withdrawn && recognition.claimed_yuan.saturating_add(checked) > project.counted_yuan {
        let most = super::center::figure_text(qunlian_domain::score::InputUnit::Yuan, project.counted_yuan);
        troubles.add("yuan-works", format!("核查的申报额合计超过该项目本年计入的固定资产投资{most}万元"));
    }
    if !troubles.is_empty() {
        return Err(troubles);
    }
    Ok(NewInvestmentCheck {
        carrier_id: project.carrier_id.clone(),
        project_id: project.id.clone(),
        project: project.name.clone(),
        on,
        claim,
        recognition,
        rule_version: reader.desk.app.rules.city.scoring_of(asked.period.year).map_or_else(String::new, |rules| rules.version.clone()),
        evidence,
        supersedes,
        withdrawn: typed.withdrawn && supersedes.is_some(),
    })
}

fn recognised(rule: &RecognitionRule, claim: &InvestmentClaim, troubles: &mut Troubles) -> Recognition {
    use qunlian_domain::score::recognition::ClaimError;
    rule.recognise(claim).unwrap_or_else(|error| {
        match error {
            ClaimError::FiscalAboveWhole(part) => troubles.add(format!("fiscal-{}", part.id()), "其中财政资金不能超过该项金额"),
            ClaimError::Negative(part) => troubles.add(format!("yuan-{}", part.id()), "金额不能为负数"),
            ClaimError::NegativeCheck => troubles.add("confirmed", "金额不能为负数"),
            ClaimError::TooLarge => troubles.add("yuan-works", "金额过大，请核对单位"),
        }
        Recognition { claimed_yuan: 0, recognised_yuan: 0, left_out: Vec::new() }
    })
}

async fn page(
    reader: &Reader,
    asked: &Asked,
    (form, checks): (Option<FormView>, &[InvestmentCheck]),
    troubles: Troubles,
    status: StatusCode,
) -> Result<Response, Fault> {
    let rule = rule(reader, asked);
    let about = |rule: &RecognitionRule| {
        let from = qunlian_domain::money::in_words(rule.joint_check_from);
        reader.words.fill("scoring.check.rule", &[("from", &from), ("offices", &rule.joint_check_offices.to_string())])
    };
    let view = ChecksView {
        frame: frame(reader, asked, PATH).await?,
        troubles,
        action: asked.link(PATH),
        is_ruled: rule.is_some(),
        rule: rule.map_or_else(String::new, about),
        example: rule.is_some_and(|rule| !rule.documented),
        form,
        cancel_href: asked.link(PATH),
        projects: projects(reader, asked, rule).await?,
        table: listed::table(reader, asked, checks).await?,
    };
    answer(reader, "score_checks.html", status, view)
}

/// A day when there is none to read.
fn no_day() -> NaiveDate {
    NaiveDate::default()
}
