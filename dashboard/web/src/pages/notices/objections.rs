//! Objections (异议): the public form, its limits, and the receipt. Names and contacts are masked before they reach the books.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::audit::{Via, is_bidi_control};
use qunlian_domain::claim::State as ClaimState;
use qunlian_domain::notice::public_text;
use qunlian_domain::privacy::{mask, mask_contact, mask_name};
use qunlian_domain::procedure::ObjectionLimits;
use qunlian_domain::text::tidy;
use qunlian_registry::{Doer, NewObjection, Notice, Objection, ObjectionState, RegistryError};
use serde::{Deserialize, Serialize};

use super::read::{Line, Shown};
use super::{find, long_day, page, period, title, with_books};
use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::form::{Troubles, line as one_line, status_of};
use crate::pages::login::Peer;
use crate::visit::Visit;
use crate::words::Words;

/// Characters of a name and of a contact.
const NAME: usize = 40;
const CONTACT: usize = 60;

#[derive(Serialize)]
struct FormView {
    troubles: Troubles,
    notice: String,
    notice_title: String,
    period: String,
    item: i64,
    face: FaceView,
    reason: String,
    name: String,
    contact: String,
    least: u32,
    most: u32,
    /// Why nothing can be sent any more; empty while it can.
    hindrance: String,
    office: String,
    phone: String,
}

#[derive(Serialize)]
struct FaceView {
    carrier: String,
    project: String,
    matter: String,
    scale: String,
    chain: String,
}

#[derive(Serialize)]
struct ReceiptView {
    number: String,
    notice: String,
    notice_title: String,
    project: String,
    received_on: String,
    state: String,
    judgement: String,
    office: String,
    phone: String,
}

/// What was typed.
#[derive(Deserialize, Default)]
pub(crate) struct Typed {
    #[serde(default)]
    item: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    contact: String,
    /// Not for people: it cannot be seen, and only programs fill it in.
    #[serde(default)]
    website: String,
}

/// `GET /notices/2022-W22/objections/new?item=12`
pub(crate) async fn ask(State(desk): State<Shared>, visit: Visit, Path(id): Path<String>) -> Result<Response, Fault> {
    let shown = find(&desk, &id).await?;
    let item = visit.query.get("item").unwrap_or("").to_owned();
    let line = line_of(&shown, &item)?;
    form(&desk, &visit, &shown.notice, line, Typed::default(), Troubles::default(), StatusCode::OK)
}

/// `POST /notices/2022-W22/objections/new`
pub(crate) async fn send(
    State(desk): State<Shared>,
    visit: Visit,
    Peer(address): Peer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Fault> {
    let shown = find(&desk, &id).await?;
    let line = line_of(&shown, &typed.item)?;
    let notice = &shown.notice;
    if !typed.website.is_empty() {
        return Ok(see(&format!("/notices/{}", notice.id)));
    }
    if hindrance(&desk, notice, line).is_some() {
        return form(&desk, &visit, notice, line, typed, Troubles::default(), StatusCode::CONFLICT);
    }
    let limits = &desk.app.rules.city.procedure.objections;
    let (new, troubles) = read(visit.words(), limits, notice, line, &typed);
    let Some(new) = new.filter(|_| troubles.is_empty()) else {
        let status = status_of(&troubles);
        return form(&desk, &visit, notice, line, typed, troubles, status);
    };
    if !desk.objectors.admits(address, limits, desk.now()) {
        let troubles = Troubles::of("reason", visit.words().t("objection.slow"));
        return form(&desk, &visit, notice, line, typed, troubles, StatusCode::TOO_MANY_REQUESTS);
    }
    match record(&desk, new).await? {
        Some(objection) => Ok(see(&format!("/notices/{}/objections/{}", notice.id, objection.id))),
        None => {
            // It was closed while the form was being filled in.
            let troubles = Troubles::of("reason", visit.words().t("objection.closed"));
            form(&desk, &visit, notice, line, typed, troubles, StatusCode::CONFLICT)
        }
    }
}

/// `GET /notices/2022-W22/objections/7`: the receipt, and later what became of it. Nothing personal is on it.
pub(crate) async fn receipt(
    State(desk): State<Shared>,
    visit: Visit,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let shown = find(&desk, &id).await?;
    let number: i64 = number.parse().map_err(|_| Fault::NotFound)?;
    let objection = with_books(&desk, move |desk| Ok(desk.app.books.objection(number)?)).await?;
    let objection = objection.filter(|objection| objection.notice == shown.notice.id).ok_or(Fault::NotFound)?;
    let line = shown.line(objection.claim).ok_or(Fault::NotFound)?;
    let words = visit.words();
    let contact = &desk.app.rules.city.procedure.contact;
    let view = ReceiptView {
        number: format!("{}-{:04}", objection.notice, objection.id),
        notice: shown.notice.id.clone(),
        notice_title: title(words, &shown.notice),
        project: line.face.project.clone(),
        received_on: long_day(words, objection.on),
        state: words.named("objection.state", objection.state.id(), objection.state.name()),
        judgement: if objection.state == ObjectionState::Open { String::new() } else { public_text(&objection.judgement) },
        office: contact.office.clone(),
        phone: contact.phone.clone(),
    };
    page(&desk, &visit, "objection_receipt.html", words.t("objection.receipt"), StatusCode::OK, view)
}

/// Why a line is closed to objections, as a key of our words; `None` while it is open.
pub(super) fn hindrance(desk: &Shared, notice: &Notice, line: &Line) -> Option<&'static str> {
    match line.state {
        ClaimState::Noticed | ClaimState::Objected if desk.today() > notice.objections_until => Some("objection.over"),
        ClaimState::Noticed | ClaimState::Objected if line.open_objections >= desk.app.rules.city.procedure.objections.open_per_project => {
            Some("objection.enough")
        }
        ClaimState::Noticed | ClaimState::Objected => None,
        ClaimState::Recognised => Some("objection.over"),
        _ => Some("objection.gone"),
    }
}

fn line_of<'s>(shown: &'s Shown, item: &str) -> Result<&'s Line, Fault> {
    let claim = item.parse().ok().and_then(|claim| shown.line(claim));
    claim.ok_or_else(|| Fault::bad("bad.notice_item", item))
}

/// What goes into the books, and what must be mended first.
fn read(words: Words, limits: &ObjectionLimits, notice: &Notice, line: &Line, typed: &Typed) -> (Option<NewObjection>, Troubles) {
    let mut troubles = Troubles::default();
    let reason = paragraphs(&typed.reason);
    let length = reason.chars().count();
    let (least, most) = (limits.least_characters.to_string(), limits.most_characters.to_string());
    if length < limits.least_characters as usize || length > limits.most_characters as usize {
        troubles.add("reason", words.fill("objection.reason.bounds", &[("least", &least), ("most", &most)]));
    }
    let name = one_line(&typed.name, NAME);
    if name.is_none() {
        troubles.add("name", words.t("objection.name.wrong"));
    }
    let contact = one_line(&typed.contact, CONTACT).filter(|contact| contact.chars().count() >= 5);
    if contact.is_none() {
        troubles.add("contact", words.t("objection.contact.wrong"));
    }
    let (Some(name), Some(contact)) = (name, contact) else { return (None, troubles) };
    let new = NewObjection {
        notice: notice.id.clone(),
        claim: line.claim,
        reason: mask(&reason).into_owned(),
        objector: mask_name(&name),
        contact_masked: mask_contact(&contact),
        way: line.way,
    };
    (Some(new), troubles)
}

/// Lines that somebody typed, each without what cannot be seen; empty ones are left out.
fn paragraphs(raw: &str) -> String {
    let plain: String = raw.chars().filter(|c| !is_bidi_control(*c)).collect();
    let lines: Vec<String> = plain.lines().map(tidy).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// `None` when the books no longer take it.
async fn record(desk: &Shared, new: NewObjection) -> Result<Option<Objection>, Fault> {
    with_books(desk, move |desk| {
        let by = Doer { account: None, name: "public".to_owned(), via: Via::Public, now: desk.now(), today: desk.today() };
        match desk.app.books.object(&new, &by) {
            Ok(objection) => Ok(Some(objection)),
            Err(RegistryError::NotNow { .. } | RegistryError::Conflict { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

fn form(
    desk: &Shared,
    visit: &Visit,
    notice: &Notice,
    line: &Line,
    typed: Typed,
    troubles: Troubles,
    status: StatusCode,
) -> Result<Response, Fault> {
    let words = visit.words();
    let procedure = &desk.app.rules.city.procedure;
    let until = long_day(words, notice.objections_until);
    let face = &line.face;
    let cut = |text: String, most: usize| text.chars().take(most).collect::<String>();
    let view = FormView {
        troubles,
        notice: notice.id.clone(),
        notice_title: title(words, notice),
        period: period(words, notice),
        item: line.claim,
        face: FaceView {
            carrier: face.carrier.clone(),
            project: face.project.clone(),
            matter: face.matter.clone(),
            scale: face.scale.clone(),
            chain: face.chain.clone(),
        },
        reason: cut(typed.reason, 2 * procedure.objections.most_characters as usize),
        name: cut(typed.name, 4 * NAME),
        contact: cut(typed.contact, 4 * CONTACT),
        least: procedure.objections.least_characters,
        most: procedure.objections.most_characters,
        hindrance: hindrance(desk, notice, line).map(|key| words.fill(key, &[("until", &until)])).unwrap_or_default(),
        office: procedure.contact.office.clone(),
        phone: procedure.contact.phone.clone(),
    };
    page(desk, visit, "objection.html", words.t("objection.title"), status, view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_stay_and_tricks_go() {
        assert_eq!(paragraphs(" 第一条\r\n\r\n\u{202e}第二\u{200b}条\u{7} \n"), "第一条\n第二条");
    }
}
