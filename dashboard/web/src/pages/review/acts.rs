//! Deciding on a claim (审核动作): taking up, approving, returning with remarks, judging objections, revoking.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use qunlian_domain::access::Right;
use qunlian_domain::claim::Way;
use qunlian_registry::{Claim, Judgement, Step};

use super::claim::{Typed, answer, hindrance};
use super::{Refusal, blocking, doer, facts, find_claim, remark};
use crate::Shared;
use crate::access::see;
use crate::app::Desk;
use crate::fault::Fault;
use crate::people::People;
use crate::visit::Visit;
use crate::who::Who;
use crate::words::Words;

/// Characters of a remark on one field.
const MOST_OF_FIELD: usize = 200;
/// Characters of a remark on the whole, and of a judgement.
const MOST_OF_WHOLE: usize = 1_000;
/// Characters of a contact.
const MOST_OF_CONTACT: usize = 60;
/// Prefix of the inputs beside the fields.
const OF_FIELD: &str = "remark.";

type Pairs = Vec<(String, String)>;

/// What came of an act: done, or the page again with what is wrong.
enum Came {
    Done(&'static str),
    Not(Refusal),
}

/// The value of an input; empty when it is not there.
fn value<'p>(pairs: &'p [(String, String)], name: &str) -> &'p str {
    pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// `POST /review/{claim}/hold`: `act` is `take` or `drop`. Whoever finds a claim held by somebody who is away may lay
/// it down for them.
pub(crate) async fn hold(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<String>,
    Form(form): Form<Pairs>,
) -> Result<Response, Fault> {
    visit.who.require(Right::Review)?;
    let (words, who, asked) = (visit.words(), visit.who.clone(), id.clone());
    let takes = match value(&form, "act") {
        "take" => true,
        "drop" => false,
        other => return Err(Fault::bad("bad.review_act", other)),
    };
    let came = blocking(&desk, move |desk| {
        let claim = find_claim(desk, &who, &asked)?;
        let by = doer(desk, &who);
        match desk.app.books.hold(claim.id, takes.then_some(&by), by.now) {
            Ok(_) => Ok(Came::Done("")),
            Err(error) => Ok(Came::Not(Refusal::of(words, error)?)),
        }
    })
    .await?;
    finish(&desk, &visit, id, Typed::default(), came).await
}

/// `POST /review/{claim}/approve`
pub(crate) async fn approve(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<String>,
    Form(form): Form<Pairs>,
) -> Result<Response, Fault> {
    visit.who.require(Right::Review)?;
    let words = visit.words();
    let mut typed = Typed { approval: (value(&form, "remark").to_owned(), String::new()), ..Typed::default() };
    let said = match remark(words, value(&form, "remark"), MOST_OF_WHOLE) {
        Ok(said) => said,
        Err(trouble) => {
            typed.approval.1.clone_from(&trouble);
            return answer(&desk, &visit, id, typed, Some(Refusal::wrong(trouble))).await;
        }
    };
    move_on(&desk, &visit, Act { id, form, typed, done: "approve" }, |_, _, way| Step::Approve { remark: said, way }).await
}

/// `POST /review/{claim}/return`: a remark for each field that must be mended, and one for the whole.
pub(crate) async fn send_back(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<String>,
    Form(form): Form<Pairs>,
) -> Result<Response, Fault> {
    visit.who.require(Right::Review)?;
    let (typed, said, contact, trouble) = read_return(visit.words(), &form);
    if let Some(trouble) = trouble {
        return answer(&desk, &visit, id, typed, Some(Refusal::wrong(trouble))).await;
    }
    move_on(&desk, &visit, Act { id, form, typed, done: "return" }, |desk, claim, way| {
        // Remarks stand beside fields that the form has; others were never asked for.
        let fields = facts::asked(desk, claim);
        let known = |field: &str| field.is_empty() || fields.iter().any(|entry| entry.id == field);
        Step::Return { remarks: said.into_iter().filter(|(field, _)| known(field)).collect(), contact, way }
    })
    .await
}

/// `POST /review/{claim}/revoke`: a recognition is taken back, with a reason, by somebody who did not approve.
pub(crate) async fn revoke(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<String>,
    Form(form): Form<Pairs>,
) -> Result<Response, Fault> {
    visit.who.require(Right::Review)?;
    let words = visit.words();
    let mut typed = Typed { revocation: (value(&form, "reason").to_owned(), String::new()), ..Typed::default() };
    let reason = match reason_of(words, value(&form, "reason")) {
        Ok(reason) => reason,
        Err(trouble) => {
            typed.revocation.1.clone_from(&trouble);
            return answer(&desk, &visit, id, typed, Some(Refusal::wrong(trouble))).await;
        }
    };
    move_on(&desk, &visit, Act { id, form, typed, done: "revoke" }, |_, _, way| Step::Revoke { reason, way }).await
}

/// A reason that somebody must give.
fn reason_of(words: Words, raw: &str) -> Result<String, String> {
    let reason = remark(words, raw, MOST_OF_WHOLE)?;
    if reason.is_empty() { Err(words.t("review.reason_missing").to_owned()) } else { Ok(reason) }
}

/// `POST /review/{claim}/judge`: an objection is upheld or dismissed, with a reason, by somebody who did not approve.
pub(crate) async fn judge(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<String>,
    Form(form): Form<Pairs>,
) -> Result<Response, Fault> {
    visit.who.require(Right::Review)?;
    let words = visit.words();
    let objection: i64 = value(&form, "objection").parse().map_err(|_| Fault::NotFound)?;
    let (upheld, done) = match value(&form, "verdict") {
        "uphold" => (true, "uphold"),
        "dismiss" => (false, "dismiss"),
        other => return Err(Fault::bad("bad.review_act", other)),
    };
    let raw = value(&form, "reason").to_owned();
    let reason = reason_of(words, &raw);
    let mut typed = Typed { judgement: Some((objection, raw, String::new())), ..Typed::default() };
    let reason = match reason {
        Ok(reason) => reason,
        Err(trouble) => {
            if let Some(judgement) = &mut typed.judgement {
                judgement.2.clone_from(&trouble);
            }
            return answer(&desk, &visit, id, typed, Some(Refusal::wrong(trouble))).await;
        }
    };
    let (who, asked) = (visit.who.clone(), id.clone());
    let came = blocking(&desk, move |desk| {
        let claim = find_claim(desk, &who, &asked)?;
        let belongs = desk.app.books.objection(objection)?.is_some_and(|known| known.claim == claim.id);
        if !belongs {
            return Err(Fault::NotFound);
        }
        if let Some(why) = held_by_other(desk, words, &who, &claim)? {
            return Ok(Came::Not(why));
        }
        let judgement = Judgement { objection, upheld, reason, way: way(desk, &claim) };
        match desk.app.books.judge(&judgement, &doer(desk, &who)) {
            Ok(_) => Ok(Came::Done(done)),
            Err(error) => Ok(Came::Not(Refusal::of(words, error)?)),
        }
    })
    .await?;
    finish(&desk, &visit, id, typed, came).await
}

/// What was sent to move a claim, and the word said when it has moved.
struct Act {
    id: String,
    form: Pairs,
    typed: Typed,
    done: &'static str,
}

/// One step of a claim that has not changed since the page was made and that nobody else holds.
async fn move_on(
    desk: &Shared,
    visit: &Visit,
    act: Act,
    step: impl FnOnce(&Desk, &Claim, Way) -> Step + Send + 'static,
) -> Result<Response, Fault> {
    let (words, who) = (visit.words(), visit.who.clone());
    let Act { id, form, typed, done } = act;
    let asked = id.clone();
    let came = blocking(desk, move |desk| {
        let claim = find_claim(desk, &who, &asked)?;
        if value(&form, "version").parse() != Ok(claim.version) {
            return Ok(Came::Not(Refusal::conflict(words.t("review.conflict"))));
        }
        let step = step(desk, &claim, way(desk, &claim));
        // What is recognised waits for nobody, so nobody holds it.
        let is_revocation = matches!(step, Step::Revoke { .. });
        if let Some(why) = held_by_other(desk, words, &who, &claim)?.filter(|_| !is_revocation) {
            return Ok(Came::Not(why));
        }
        match desk.app.books.step(claim.id, &step, &doer(desk, &who)) {
            Ok(_) => Ok(Came::Done(done)),
            Err(error) => Ok(Came::Not(Refusal::of(words, error)?)),
        }
    })
    .await?;
    finish(desk, visit, id, typed, came).await
}

fn held_by_other(desk: &Desk, words: Words, who: &Who, claim: &Claim) -> Result<Option<Refusal>, Fault> {
    let people = People::read(desk.app.books.as_ref())?;
    let holder = claim.holder.as_deref().map(|holder| people.name(words, holder)).unwrap_or_default();
    Ok(hindrance(words, &holder, who, claim).map(Refusal::conflict))
}

fn way(desk: &Desk, claim: &Claim) -> Way {
    desk.app.rules.city.procedure.way(claim.matter, claim.confidential)
}

async fn finish(desk: &Shared, visit: &Visit, id: String, typed: Typed, came: Came) -> Result<Response, Fault> {
    match came {
        Came::Done("") => Ok(see(&format!("/review/{}", numeric(&id)?))),
        Came::Done(done) => Ok(see(&format!("/review/{}?done={done}", numeric(&id)?))),
        Came::Not(refusal) => answer(desk, visit, id, typed, Some(refusal)).await,
    }
}

fn numeric(id: &str) -> Result<i64, Fault> {
    id.parse().map_err(|_| Fault::NotFound)
}

/// Reads the form of a return: what was typed, clean remarks by field, contact, and the first thing that is wrong.
fn read_return(words: Words, form: &[(String, String)]) -> (Typed, BTreeMap<String, String>, String, Option<String>) {
    let (mut typed, mut said, mut trouble) = (Typed::default(), BTreeMap::new(), None);
    for (name, raw) in form {
        let Some(field) = name.strip_prefix(OF_FIELD).filter(|_| !raw.trim().is_empty()) else { continue };
        typed.remarks.typed.insert(field.to_owned(), raw.clone());
        match remark(words, raw, MOST_OF_FIELD) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => {
                said.insert(field.to_owned(), text);
            }
            Err(problem) => {
                trouble.get_or_insert(problem.clone());
                typed.remarks.troubles.insert(field.to_owned(), problem);
            }
        }
    }
    typed.whole.0 = value(form, "remark").to_owned();
    match remark(words, value(form, "remark"), MOST_OF_WHOLE) {
        Ok(text) if text.is_empty() => {}
        Ok(text) => {
            said.insert(String::new(), text);
        }
        Err(problem) => {
            trouble.get_or_insert(problem.clone());
            typed.whole.1 = problem;
        }
    }
    if said.is_empty() && trouble.is_none() {
        typed.whole.1 = trouble.insert(words.t("review.remark_missing").to_owned()).clone();
    }
    let contact = contact(words, value(form, "contact"));
    let problem = contact.as_ref().err().cloned().unwrap_or_default();
    typed.contact = Some((value(form, "contact").to_owned(), problem.clone()));
    if !problem.is_empty() {
        trouble.get_or_insert(problem);
    }
    (typed, said, contact.unwrap_or_default(), trouble)
}

/// An office's number in one line. A mobile number is a person's and would be printed unmasked.
fn contact(words: Words, raw: &str) -> Result<String, String> {
    let text = qunlian_domain::text::tidy(raw);
    let text: String = text.chars().filter(|c| !qunlian_domain::audit::is_bidi_control(*c)).collect();
    if text.is_empty() {
        return Err(words.t("review.contact_missing").to_owned());
    }
    if text.chars().count() > MOST_OF_CONTACT {
        return Err(words.fill("review.too_long", &[("most", &MOST_OF_CONTACT.to_string())]));
    }
    if holds_mobile(&text) {
        return Err(words.t("review.contact_is_mobile").to_owned());
    }
    Ok(text)
}

/// True for 11 digits that begin like a mobile number, whatever stands between them, alone or after 86.
fn holds_mobile(text: &str) -> bool {
    let folded = qunlian_domain::text::fold(text);
    let runs = folded.split(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '+'));
    runs.map(|run| run.chars().filter(char::is_ascii_digit).collect::<String>()).any(|digits| {
        let digits = if digits.len() == 13 { digits.strip_prefix("86").unwrap_or(digits.as_str()) } else { digits.as_str() };
        digits.len() == 11 && digits.starts_with('1')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    fn pairs(given: &[(&str, &str)]) -> Pairs {
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_return_needs_a_remark_and_an_office() {
        let words = Words::of(Lang::Chinese);
        let form = pairs(&[("remark.investor", " 请写全称 "), ("remark.name", " "), ("contact", "0561-3000000 转 8")]);
        let (_, said, contact, trouble) = read_return(words, &form);
        assert_eq!((said, trouble), (BTreeMap::from([("investor".to_owned(), "请写全称".to_owned())]), None));
        assert_eq!(contact, "0561-3000000 转 8");
        assert!(read_return(words, &pairs(&[("contact", "0561-3000000")])).3.is_some(), "no remark");
        assert!(read_return(words, &pairs(&[("remark", "请补充")])).3.is_some(), "no contact");
        let (typed, .., trouble) = read_return(words, &pairs(&[("remark.name", &"长".repeat(201)), ("contact", "0561-3000000")]));
        assert!(trouble.is_some() && typed.remarks.troubles.contains_key("name") && typed.remarks.typed.contains_key("name"));
    }

    #[test]
    fn mobile_numbers_are_no_office() {
        for text in ["13900001234", "联系 139-0000-1234", "+86-13900001234", "１３９００００１２３４"] {
            assert!(holds_mobile(text), "{text}");
        }
        for text in ["0561-3000000", "0561-30000001", "市投促中心 0561-3000000 转 8123"] {
            assert!(!holds_mobile(text), "{text}");
        }
    }
}
