//! Lines of the books' own tables (登记簿表行): what of a filing, claim, notice, objection or change may leave the books.

use chrono::NaiveDate;
use qunlian_domain::claim::State;
use qunlian_domain::filing::landing::{milestones_of, project_keys};
use qunlian_domain::filing::{FilingCatalogue, Matter, kind_of};
use qunlian_domain::landing::books::Columns;
use qunlian_domain::privacy::mask;
use qunlian_domain::project::{keys, stage_at};
use qunlian_domain::text::tidy;

use crate::{Change, Claim, ClaimEvent, Filing, Notice, NoticeItem, Objection};

/// A line as column and cell; a column that is not named is empty.
#[derive(Default)]
pub(super) struct Line<'b>(Vec<(&'static str, Cell<'b>)>);

/// A cell before it is printed.
enum Cell<'b> {
    Borrowed(&'b str),
    Owned(String),
}

impl<'b> Line<'b> {
    fn text(mut self, column: &'static str, text: &'b str) -> Self {
        self.0.push((column, Cell::Borrowed(text)));
        self
    }

    /// A text that people typed.
    fn typed(self, column: &'static str, text: &str) -> Self {
        self.owned(column, tidy(&mask(text)))
    }

    fn owned(mut self, column: &'static str, text: String) -> Self {
        self.0.push((column, Cell::Owned(text)));
        self
    }

    fn int(self, column: &'static str, number: Option<i64>) -> Self {
        self.owned(column, number.map(|number| number.to_string()).unwrap_or_default())
    }

    fn date(self, column: &'static str, day: Option<NaiveDate>) -> Self {
        self.owned(column, day.map(|day| day.to_string()).unwrap_or_default())
    }

    fn flag(self, column: &'static str, flag: bool) -> Self {
        self.text(column, if flag { "1" } else { "0" })
    }

    /// Whose line it is.
    fn of(self, filing: &'b Filing) -> Self {
        let line = self.text("number", &filing.number).text("carrier_id", &filing.carrier_id);
        line.owned("name_key", name_key(filing).to_string())
    }

    pub(super) fn cells(&self, columns: Columns) -> Vec<String> {
        let cell = |column: &str| match self.0.iter().find(|(named, _)| *named == column) {
            Some((_, Cell::Borrowed(text))) => (*text).to_owned(),
            Some((_, Cell::Owned(text))) => text.clone(),
            None => String::new(),
        };
        columns.iter().map(|(column, _)| cell(column)).collect()
    }

    /// The columns it names.
    #[cfg(test)]
    pub(super) fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(column, _)| *column)
    }
}

fn name_key(filing: &Filing) -> u64 {
    if filing.facts.is_empty() {
        return keys(&filing.name, &filing.investor, "", &mut String::new()).by_name;
    }
    project_keys(&filing.facts).by_name
}

/// What the events of a claim say of its reviews.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reviews {
    first_submitted_on: Option<NaiveDate>,
    returns: i64,
    /// The last approval or return since the last submission.
    reviewed_on: Option<NaiveDate>,
}

impl Reviews {
    /// Events come oldest first.
    pub(super) fn take(&mut self, event: &ClaimEvent) {
        match event.action.as_str() {
            "submit" => {
                self.first_submitted_on = self.first_submitted_on.or(Some(event.on));
                self.reviewed_on = None;
            }
            "approve" => self.reviewed_on = Some(event.on),
            "return" => {
                self.reviewed_on = Some(event.on);
                self.returns += 1;
            }
            _ => {}
        }
    }
}

pub(super) fn filing<'b>(filing: &'b Filing, claims: &[&'b Claim], reviews: impl Fn(&Claim) -> Reviews) -> Line<'b> {
    let of_project = || claims.iter().rev().filter(|claim| claim.matter == Matter::Project);
    let last = of_project().next();
    let counted = of_project().find(|claim| claim.counted_from.is_some()).or(last);
    let submitted = last.map(|claim| &claim.values);
    let agreed = filing.facts.yuan("agreed_yuan").or_else(|| submitted?.yuan("agreed_yuan"));
    Line::default()
        .of(filing)
        .typed("name", &filing.name)
        .typed("investor", &filing.investor)
        .int("agreed_yuan", agreed)
        .text("stage", stage_at(filing.stage).unwrap_or_default())
        .text("status", &filing.status)
        .text("state", last.map_or(State::Draft, |claim| claim.standing.state).id())
        .date("first_submitted_on", claims.iter().filter_map(|claim| reviews(claim).first_submitted_on).min())
        .date("recognised_on", counted.and_then(|claim| claim.counted_from))
        .date("revoked_on", counted.and_then(|claim| claim.revoked_on))
        .date("deleted_on", filing.deleted_on)
        .flag("confidential", filing.confidential)
}

pub(super) fn claim<'b>(claim: &'b Claim, filing: &'b Filing, reviews: Reviews) -> Line<'b> {
    let (matter, amount) = match claim.matter {
        Matter::Project => ("project", None),
        Matter::Milestone(_) => ("milestone", None),
        Matter::Investment(kind, month) => ("investment", Some((kind, month))),
        Matter::Change => ("change", None),
        Matter::Status => ("status", None),
        Matter::Deletion => ("deletion", None),
    };
    Line::default()
        .of(filing)
        .int("claim", Some(claim.id))
        .text("matter", matter)
        .owned("milestones", milestones_of(claim.matter, &claim.values))
        .text("amount_kind", amount.map_or("", |(kind, _)| kind.id()))
        .date("month", amount.map(|(_, month)| month))
        .int("amount_yuan", amount.and_then(|_| claim.values.yuan("yuan")))
        .text("state", claim.standing.state.id())
        .date("first_submitted_on", reviews.first_submitted_on)
        .date("submitted_on", claim.submitted_on)
        .date("reviewed_on", reviews.reviewed_on)
        .int("returns", Some(reviews.returns))
        .date("decided_on", claim.decided_on)
        .date("noticed_on", claim.standing.noticed_on)
        .text("notice", claim.notice.as_deref().unwrap_or_default())
        .date("recognised_on", claim.counted_from)
        .date("revoked_on", claim.revoked_on)
}

pub(super) fn notice<'b>(notice: &'b Notice, item: &'b NoticeItem, claim: &'b Claim, filing: &'b Filing) -> Line<'b> {
    Line::default()
        .of(filing)
        .text("notice", &notice.id)
        .int("claim", Some(claim.id))
        .typed("name", &item.face.project)
        .typed("matter", &item.face.matter)
        .typed("scale", &item.face.scale)
        .typed("chain", &item.face.chain)
        .date("published_on", Some(notice.published_on))
        .date("objections_until", Some(notice.objections_until))
        .flag("late", notice.late)
        .text("state", item.state.id())
        .flag("confidential", filing.confidential)
}

pub(super) fn objection<'b>(objection: &'b Objection, claim: &'b Claim, filing: &'b Filing) -> Line<'b> {
    Line::default()
        .of(filing)
        .int("objection", Some(objection.id))
        .text("notice", &objection.notice)
        .int("claim", Some(claim.id))
        .date("raised_on", Some(objection.on))
        .text("state", objection.state.id())
        .date("judged_on", objection.judged_on)
        .typed("judgement", &objection.judgement)
        .flag("confidential", filing.confidential)
}

/// `None` for a field that names or reaches a person.
pub(super) fn change<'b>(change: &'b Change, filing: &'b Filing, catalogue: &'b FilingCatalogue) -> Option<Line<'b>> {
    if kind_of(&change.field).is_none_or(|kind| kind.is_personal()) {
        return None;
    }
    let line = Line::default()
        .of(filing)
        .int("change", Some(change.id))
        .int("claim", change.claim)
        .text("field", &change.field)
        .text("title", catalogue.title(&change.field))
        .typed("before", &change.before)
        .typed("after", &change.after)
        .date("changed_on", Some(change.on))
        .flag("confidential", filing.confidential);
    Some(line)
}
