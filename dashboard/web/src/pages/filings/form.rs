//! The filing form (备案填报): it grows with the stage; drafts are kept right or wrong, submissions are checked.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::claim;
use qunlian_domain::filing::{Fault as FieldFault, Matter, Values};
use qunlian_domain::project::stage_order;
use qunlian_registry::secret::new_secret;
use qunlian_registry::{ClaimFilter, Doer, NewFiling, Opened, RegistryError, Step, Typed};
use serde::Serialize;

use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::visit::Visit;

use super::books::{doer, own_carriers, refused, with_books};
use super::files::FilesView;
use super::paper::{FaultView, Paper, SectionView};
use super::preview::{self, PreviewView};
use super::sent::{Deed, Sent};
use super::shown::{matter_name, stage_named, stage_of};
use super::{Choice, list_crumb, page};

/// A form on its page.
#[derive(Debug, Serialize)]
pub(super) struct FormView {
    pub action: String,
    pub heading: String,
    /// Of the filing; empty for a new one.
    pub number: String,
    pub carrier: String,
    /// To choose from; empty when there is nothing to choose.
    pub carriers: Vec<Choice>,
    pub carrier_problem: String,
    /// Stages to choose from; empty for claims that are not the project's own.
    pub stages: Vec<Choice>,
    pub matter: String,
    /// 月度投资: what of which month; nothing for other matters.
    pub month: Option<MonthView>,
    pub version: i64,
    /// So that a form that is sent twice files once.
    pub once: String,
    pub sections: Vec<SectionView>,
    pub faults: Vec<FaultView>,
    /// Key of a word said at the top; empty for none.
    pub notice: String,
    pub conflict: Vec<ConflictView>,
    pub returned: Option<ReturnedView>,
    pub preview: Option<PreviewView>,
    pub files: Option<FilesView>,
    /// What must be attached; empty when nothing must be.
    pub proof: String,
    pub back: String,
    pub withdraw: String,
}

/// Kind and month of an investment.
#[derive(Debug, Serialize)]
pub(super) struct MonthView {
    pub kinds: Vec<Choice>,
    pub month: String,
    pub latest: String,
    pub problem: String,
}

/// A field that somebody else changed meanwhile.
#[derive(Debug, Serialize)]
pub(super) struct ConflictView {
    pub field: String,
    pub title: String,
    pub theirs: String,
    pub yours: String,
}

/// What a reviewer said with the return.
#[derive(Debug, Serialize)]
pub(super) struct ReturnedView {
    pub by: String,
    pub at: String,
    pub whole: String,
    pub contact: String,
    pub fields: Vec<FaultView>,
}

/// Open drafts of one account: as many as the largest workbook has rows.
const MOST_DRAFTS: usize = 2_000;

/// A new filing as it is being filled in.
struct New<'a> {
    sent: &'a Sent,
    typed: &'a Typed,
    faults: &'a [FieldFault],
    carrier_problem: &'a str,
    notice: &'a str,
    status: StatusCode,
    /// True once something was typed: the preview is made.
    looked_at: bool,
}

/// `GET /filings/new`
pub(crate) async fn blank(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let stage = visit.query.get("stage").unwrap_or("").to_owned();
    let carrier = visit.query.get("carrier").unwrap_or("").to_owned();
    let sent = Sent::of(vec![("stage".to_owned(), stage), ("carrier".to_owned(), carrier)]);
    let new =
        New { sent: &sent, typed: &Typed::new(), faults: &[], carrier_problem: "", notice: "", status: StatusCode::OK, looked_at: false };
    show(&desk, &visit, new).await
}

/// `POST /filings`
pub(crate) async fn create(State(desk): State<Shared>, visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Fault> {
    let sent = Sent::of(pairs);
    let (typed, deed) = (sent.typed(), sent.deed());
    let carrier = carrier_of(&desk, &visit, &sent)?;
    let checked = blank_paper(&desk, &visit, sent.stage(), &typed).check();
    let words = visit.words();
    let no_carrier = if carrier.is_none() && deed != Deed::Stage { words.t("filing.carrier.missing") } else { "" };
    let wants_check = matches!(deed, Deed::Check | Deed::Submit);
    let faults: &[FieldFault] = if wants_check { &checked.faults } else { &[] };
    let shown =
        New { sent: &sent, typed: &typed, faults, carrier_problem: no_carrier, notice: "", status: StatusCode::OK, looked_at: true };
    let refused_now = deed == Deed::Submit && !faults.is_empty();
    let carrier_id = match (deed, carrier) {
        (Deed::Stage, _) => return show(&desk, &visit, shown).await,
        (Deed::Check, _) => {
            let notice = if faults.is_empty() && no_carrier.is_empty() { "filing.checked" } else { "" };
            return show(&desk, &visit, New { notice, ..shown }).await;
        }
        (_, Some(carrier)) if !refused_now => carrier,
        _ => return show(&desk, &visit, New { status: StatusCode::UNPROCESSABLE_ENTITY, ..shown }).await,
    };
    let kept = open(&desk, &visit, &sent, &carrier_id, (deed == Deed::Submit).then_some(checked.values)).await?;
    match kept {
        Some(address) => Ok(see(&address)),
        None => show(&desk, &visit, New { notice: "filing.sent_before", status: StatusCode::CONFLICT, ..shown }).await,
    }
}

/// The one carrier that was granted: what is meant when its clerk says nothing, though those below may be chosen.
fn granted(visit: &Visit) -> Option<&str> {
    match visit.who.carriers.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

/// The carrier that was chosen, or the only one there is. Another's is refused.
fn carrier_of(desk: &Shared, visit: &Visit, sent: &Sent) -> Result<Option<String>, Fault> {
    let own = own_carriers(desk, &visit.who);
    match sent.get("carrier") {
        "" if own.len() == 1 => Ok(own.first().map(|carrier| carrier.id.clone())),
        "" if own.is_empty() => Err(Fault::Forbidden),
        "" if visit.who.carriers.len() == 1 => Ok(granted(visit).map(str::to_owned)),
        "" => Ok(None),
        id if own.iter().any(|carrier| carrier.id == id) => Ok(Some(id.to_owned())),
        _ => Err(Fault::Forbidden),
    }
}

/// Opens the filing and, given checked values, submits it. `None` when this very form was kept before with
/// another content.
async fn open(desk: &Shared, visit: &Visit, sent: &Sent, carrier_id: &str, values: Option<Values>) -> Result<Option<String>, Fault> {
    let by = doer(desk, &visit.who);
    let stage = sent.stage();
    let mut typed = sent.typed();
    typed.insert("stage".to_owned(), stage_of(stage).0.to_owned());
    let once = sent.get("once");
    let key = (once.len() == 64 && once.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| {
        let body = serde_json::json!({ "carrier": carrier_id, "typed": typed }).to_string();
        (once.to_owned(), blake3::hash(body.as_bytes()).to_hex().to_string())
    });
    let submits = values.is_some();
    let new = NewFiling { carrier_id: carrier_id.to_owned(), stage, typed, once: key, by };
    let opened = keep(desk, new, values).await?;
    Ok(opened.map(|opened| match submits {
        true => format!("/filings/{}?done=submitted", opened.filing.number),
        false => format!("/claims/{}?done=saved", opened.claim.id),
    }))
}

/// Opens a filing in the books and, given checked values, submits its claim. `None` when its key was used before
/// for another content.
pub(crate) async fn keep(desk: &Shared, new: NewFiling, values: Option<Values>) -> Result<Option<Opened>, Fault> {
    let procedure = desk.app.rules.city.procedure.clone();
    with_books(desk, move |books| {
        // Whoever has too many drafts may still submit what is complete.
        if values.is_none() && books.count_claims(&drafts_of(&new.by)).map_err(refused)? >= MOST_DRAFTS {
            return Err(Fault::bad("bad.drafts", &MOST_DRAFTS.to_string()));
        }
        let opened = match books.open_filing(&new) {
            Ok(opened) => opened,
            Err(RegistryError::Conflict { .. }) => return Ok(None),
            Err(error) => return Err(refused(error)),
        };
        let Some(values) = values.filter(|_| opened.claim.standing.state.is_open_to_filer()) else { return Ok(Some(opened)) };
        let by = &new.by;
        let way = procedure.way(Matter::Project, values.flag("confidential"));
        let submit = Step::Submit { typed: new.typed.clone(), values, way };
        let claim = books.step(opened.claim.id, &submit, by).map_err(refused)?;
        Ok(Some(Opened { claim, ..opened }))
    })
    .await
}

/// Claims that somebody has begun and not sent.
fn drafts_of(by: &Doer) -> ClaimFilter {
    ClaimFilter {
        scope: qunlian_domain::access::RowScope::City,
        states: vec![claim::State::Draft],
        opened_by: by.account,
        ..ClaimFilter::default()
    }
}

fn blank_paper<'a>(desk: &'a Shared, visit: &Visit, stage: usize, typed: &'a Typed) -> Paper<'a> {
    static NOTHING: std::sync::LazyLock<(Values, BTreeMap<String, String>)> = std::sync::LazyLock::new(Default::default);
    Paper {
        words: visit.words(),
        city: &desk.app.rules.city,
        today: desk.today(),
        matter: Matter::Project,
        stage,
        typed,
        known: &NOTHING.0,
        files: 0,
        stored: None,
        faults: &[],
        remarks: &NOTHING.1,
    }
}

async fn show(desk: &Shared, visit: &Visit, new: New<'_>) -> Result<Response, Fault> {
    let words = visit.words();
    let stage = new.sent.stage();
    let paper = Paper { faults: new.faults, ..blank_paper(desk, visit, stage, new.typed) };
    let own = own_carriers(desk, &visit.who);
    if own.is_empty() {
        return Err(Fault::Forbidden);
    }
    let chosen = match new.sent.get("carrier") {
        "" => granted(visit).unwrap_or(""),
        chosen => chosen,
    };
    let only = if own.len() == 1 { own.first().map(|carrier| carrier.name.clone()) } else { None };
    let choice = |value: &str, label: &str| Choice { chosen: value == chosen, value: value.to_owned(), label: label.to_owned() };
    let carriers: Vec<Choice> = match &only {
        Some(_) => Vec::new(),
        None => {
            let choose = chosen.is_empty().then(|| choice("", words.t("filing.carrier.choose")));
            choose.into_iter().chain(own.iter().map(|carrier| choice(&carrier.id, &carrier.name))).collect()
        }
    };
    let preview = if new.looked_at { Some(preview::make(desk, visit, new.typed, stage, "").await?) } else { None };
    let mut faults = paper.fault_views();
    if !new.carrier_problem.is_empty() {
        let fault = FaultView {
            field: "carrier".to_owned(),
            title: words.t("table.carrier").to_owned(),
            problem: new.carrier_problem.to_owned(),
            hint: String::new(),
        };
        faults.insert(0, fault);
    }
    let title = words.t("filing.new");
    let view = FormView {
        action: "/filings".to_owned(),
        heading: title.to_owned(),
        number: String::new(),
        carrier: only.unwrap_or_default(),
        carriers,
        carrier_problem: new.carrier_problem.to_owned(),
        stages: stages(words, stage),
        matter: matter_name(words, &Matter::Project),
        month: None,
        version: 0,
        once: new_secret().map_err(|error| Fault::Internal(error.to_string()))?,
        sections: paper.sections(),
        faults,
        notice: new.notice.to_owned(),
        conflict: Vec::new(),
        returned: None,
        preview,
        files: None,
        proof: String::new(),
        back: "/filings".to_owned(),
        withdraw: String::new(),
    };
    let once = new.sent.get("once");
    // The same form keeps its mark, except when that was used up.
    let once = if once.is_empty() || new.notice == "filing.sent_before" { view.once.clone() } else { once.to_owned() };
    page(desk, visit, new.status, title, vec![list_crumb(visit)], "filing_form.html", FormView { once, ..view }).await
}

/// The stages to choose from.
pub(super) fn stages(words: crate::words::Words, chosen: usize) -> Vec<Choice> {
    let count = (0..).take_while(|order| stage_order(stage_of(*order).0) == Some(*order)).count();
    let choice = |order: usize| Choice { value: stage_of(order).0.to_owned(), label: stage_named(words, order), chosen: order == chosen };
    (0..count).map(choice).collect()
}
