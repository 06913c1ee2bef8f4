//! The history of one project (变更历史): reported rows in, versions known from–until out.
//!
//! Source: domain rule 3 and architecture invariant 2. Nothing is overwritten: a correction closes one
//! version and opens the next, so any figure can be asked "as known on day D".

mod precedence;
mod reports;
mod versions;

use chrono::NaiveDate;

use self::precedence::{Claimed, Heard, Word, judge, restated, unless_stated};
use crate::project::Milestone;
use crate::promise::{Promise, Promised, Statements};
use crate::text::fold as fold_text;

pub use reports::{Action, DecidedField, Decision, Facts, Rank, Report, TextFact};
pub use versions::{Conflict, ConflictKind, Happened, History, Invested, InvestmentKind, Recognised, Version};

/// The day from which a first report counts and is known: its 认定日期, else the workbook's 截至日期.
pub fn recognised_on(row: Option<NaiveDate>, reported_on: NaiveDate) -> NaiveDate {
    row.unwrap_or(reported_on)
}

/// Folds the rows of one project into its history. Rows may come in any order.
pub fn fold<'a>(mut reports: Vec<Report<'a>>, mut decisions: Vec<Decision>) -> History<'a> {
    reports.sort_by_key(|report| (report.reported_on, report.rank, effective(report), report.order));
    decisions.sort_by_key(|decision| decision.on);
    let mut history = History::default();
    let mut open = Open::default();
    for report in &reports {
        history.take_milestones(report, &mut open);
        history.take_investment(report, InvestmentKind::FixedAssets, report.fixed, &mut open);
        history.take_investment(report, InvestmentKind::PaidIn, report.paid_in, &mut open);
        history.take_facts(report, &mut open);
    }
    for decision in decisions {
        history.take_decision(decision);
    }
    history.start_no_later_than_its_milestones();
    history.keep_secret();
    history
}

/// What the fold remembers between rows.
#[derive(Default)]
struct Open<'a> {
    /// Month of the last workbook row.
    month: Option<NaiveDate>,
    /// All facts that the books have stated so far.
    books: Option<Facts<'a>>,
    /// What was promised so far.
    promised: [Statements; 2],
    milestones: Claimed<'a, Milestone, Happened>,
    amounts: Claimed<'a, (InvestmentKind, NaiveDate), Invested>,
}

impl Open<'_> {
    fn hear_promises(&mut self, report: &Report<'_>, stated: &Facts<'_>) {
        for (statements, promised) in self.promised.iter_mut().zip(stated.promised) {
            if let Some(promised) = promised {
                statements.say(report.reported_on, promised);
            }
        }
    }

    fn promises(&self) -> [Promise; 2] {
        Promised::ALL.map(|promised| self.promised[promised as usize].stand())
    }
}

fn effective(report: &Report<'_>) -> NaiveDate {
    match report.action {
        Action::Report => recognised_on(report.recognised_on, report.reported_on),
        Action::Correct | Action::Revoke => report.reported_on,
    }
}

impl<'a> History<'a> {
    fn take_milestones(&mut self, report: &Report<'a>, open: &mut Open<'a>) {
        let names_none = report.happened.iter().all(Option::is_none);
        if report.action == Action::Revoke && names_none {
            if report.fixed.is_some() || report.paid_in.is_some() {
                // It takes back the month's amount, not the project.
                return;
            }
            let open: Vec<Milestone> =
                self.milestones.iter().filter(|m| m.known_until.is_none() && m.revoked_on.is_none()).map(|m| m.what.milestone).collect();
            if open.is_empty() {
                self.complain(ConflictKind::NothingToRevoke, None, report);
            }
            for milestone in open {
                self.take_milestone(report, Happened { milestone, on: report.reported_on });
            }
            return;
        }
        for (milestone, on) in Milestone::ALL.into_iter().zip(report.happened) {
            if let Some(on) = on {
                self.hear_milestone(report, Happened { milestone, on }, open);
            }
        }
    }

    fn hear_milestone(&mut self, report: &Report<'a>, happened: Happened, open: &mut Open<'a>) {
        match open.milestones.hear(report, happened.milestone, happened) {
            Heard::AsSaid => self.take_milestone(report, happened),
            Heard::Not => {}
            Heard::Instead(other, happened) => self.take_milestone(&other, happened),
        }
    }

    fn take_milestone(&mut self, report: &Report<'a>, happened: Happened) {
        let current = self.milestones.iter().rposition(|m| m.what.milestone == happened.milestone && m.known_until.is_none());
        let Some(current) = current else {
            if report.action == Action::Revoke {
                return self.complain(ConflictKind::NothingToRevoke, Some(happened.milestone), report);
            }
            if report.action == Action::Correct {
                self.complain(ConflictKind::NothingToCorrect, Some(happened.milestone), report);
            }
            return self.milestones.push(first(report, happened));
        };
        match weigh(&mut self.milestones, current, report, happened) {
            Word::Peers => {}
            Word::Outranked => return self.complain(ConflictKind::OutrankedByBooks, Some(happened.milestone), report),
            Word::Nothing | Word::Revokes | Word::Restates => return,
        }
        let before = &self.milestones[current];
        let same_date = before.what.on == happened.on;
        let same_carrier = before.carrier == report.facts.carrier;
        let same_recognition = report.recognised_on.is_none_or(|day| day == before.recognised_on);
        if same_date && same_carrier && same_recognition && before.revoked_on.is_none() {
            return;
        }
        if report.action == Action::Correct || report.month == before.month {
            let mut next = successor(before, report, happened);
            next.carrier = report.facts.carrier;
            next.recognised_on = report.recognised_on.unwrap_or(before.recognised_on);
            return replace(&mut self.milestones, current, next);
        }
        // A cumulative list re-sent in a later month repeats old rows with a new 认定日期: silently the first counts.
        if !(same_date && same_carrier) {
            self.complain(ConflictKind::LaterReport, Some(happened.milestone), report);
        }
    }

    fn take_investment(&mut self, report: &Report<'a>, kind: InvestmentKind, yuan: Option<i64>, open: &mut Open<'a>) {
        let Some(yuan) = yuan else { return };
        let invested = Invested { kind, yuan };
        match open.amounts.hear(report, (kind, report.month), invested) {
            Heard::AsSaid => self.take_amount(report, invested),
            Heard::Not => {}
            Heard::Instead(other, invested) => self.take_amount(&other, invested),
        }
    }

    fn take_amount(&mut self, report: &Report<'a>, invested: Invested) {
        let Invested { kind, yuan } = invested;
        let current = self.investments.iter().rposition(|i| i.what.kind == kind && i.month == report.month && i.known_until.is_none());
        let Some(current) = current else {
            if report.action == Action::Revoke {
                return self.complain(ConflictKind::NothingToRevoke, None, report);
            }
            return self.investments.push(first(report, invested));
        };
        match weigh(&mut self.investments, current, report, invested) {
            Word::Peers => {}
            Word::Outranked => return self.complain(ConflictKind::OutrankedByBooks, None, report),
            Word::Nothing | Word::Revokes | Word::Restates => return,
        }
        let before = &self.investments[current];
        if before.what.yuan == yuan && before.carrier == report.facts.carrier && before.revoked_on.is_none() {
            return;
        }
        let mut next = successor(before, report, invested);
        next.carrier = report.facts.carrier;
        replace(&mut self.investments, current, next);
    }

    fn take_facts(&mut self, report: &Report<'a>, open: &mut Open<'a>) {
        let stage = self.stage();
        let may_move = report.rank == Rank::Books || report.action == Action::Correct || open.month == Some(report.month);
        let stated = self.hear(report, open);
        let Some(current) = self.versions.last_mut() else {
            open.hear_promises(report, &stated);
            self.versions.push(Version {
                facts: stated,
                stage,
                promises: open.promises(),
                decided_chain: None,
                decided_region: None,
                known_from: effective(report),
                known_until: None,
                source: report.source.clone(),
            });
            return;
        };
        let (facts, replaced) =
            if report.action == Action::Revoke { (current.facts.clone(), false) } else { merge(&current.facts, &stated, may_move) };
        if report.action != Action::Revoke {
            open.hear_promises(report, &stated);
        }
        let promises = open.promises();
        let day = if replaced && may_move { report.reported_on } else { effective(report) }.max(current.known_from);
        let moves = current.promises.iter().zip(&promises).any(|(before, after)| before.now.is_some() && before.now != after.now);
        let next = Version { facts, stage, promises, known_from: day, known_until: None, source: report.source.clone(), ..current.clone() };
        // A list sent again repeats its old 认定日期; the other day that it promises is news of its own day.
        if moves && day < report.reported_on {
            let mut as_promised = next.clone();
            (as_promised.promises, as_promised.facts.promised) = (current.promises, current.facts.promised);
            self.follow(as_promised, replaced);
            return self.follow(Version { known_from: report.reported_on, ..next }, true);
        }
        self.follow(next, replaced || moves);
    }

    /// Lets a version follow the last; one that only adds what was not stated, on the same day, takes its place.
    fn follow(&mut self, next: Version<'a>, replaces: bool) {
        let Some(current) = self.versions.last_mut() else { return };
        if next.facts == current.facts && next.stage == current.stage && next.promises == current.promises {
            return;
        }
        if next.known_from == current.known_from && !replaces {
            current.facts = next.facts;
            current.stage = next.stage;
            current.promises = next.promises;
            return;
        }
        current.known_until = Some(next.known_from);
        self.versions.push(next);
    }

    /// What a row has to say of the project: a workbook is not heard on what the books have stated.
    fn hear(&mut self, report: &Report<'a>, open: &mut Open<'a>) -> Facts<'a> {
        if report.rank == Rank::Books {
            if report.action != Action::Revoke {
                open.books = Some(merge(&open.books.take().unwrap_or_default(), &report.facts, true).0);
            }
            return report.facts.clone();
        }
        open.month = Some(report.month);
        let Some(books) = &open.books else { return report.facts.clone() };
        let (stated, contradicts) = unless_stated(&report.facts, books);
        if contradicts {
            self.complain(ConflictKind::OutrankedByBooks, None, report);
        }
        stated
    }

    /// Splits the history at the decision's day; later versions carry it on.
    fn take_decision(&mut self, decision: Decision) {
        let at = self
            .versions
            .iter()
            .rposition(|v| v.known_from < decision.on)
            .filter(|at| self.versions[*at].known_until.is_none_or(|until| until > decision.on));
        if let Some(at) = at {
            let mut later = self.versions[at].clone();
            self.versions[at].known_until = Some(decision.on);
            later.known_from = decision.on;
            self.versions.insert(at + 1, later);
        }
        for version in self.versions.iter_mut().filter(|v| v.known_from >= decision.on) {
            match decision.field {
                DecidedField::Chain => version.decided_chain = Some(decision.value.clone()),
                DecidedField::Region => version.decided_region = Some(decision.value.clone()),
            }
        }
    }

    fn stage(&self) -> Option<Milestone> {
        self.milestones.iter().filter(|m| m.known_until.is_none() && m.revoked_on.is_none()).map(|m| m.what.milestone).max()
    }

    /// A milestone recognised before the first workbook's own day must find its project.
    fn start_no_later_than_its_milestones(&mut self) {
        let earliest = self.milestones.iter().map(|m| m.known_from).chain(self.investments.iter().map(|i| i.known_from)).min();
        if let (Some(first), Some(earliest)) = (self.versions.first_mut(), earliest) {
            first.known_from = first.known_from.min(earliest);
        }
    }

    /// What has become confidential (涉密) is so in all its versions: an older one would tell its name. Source: domain rule 20.
    fn keep_secret(&mut self) {
        if self.versions.iter().any(|version| version.facts.confidential) {
            self.versions.iter_mut().for_each(|version| version.facts.confidential = true);
        }
    }

    fn complain(&mut self, kind: ConflictKind, milestone: Option<Milestone>, report: &Report<'a>) {
        self.conflicts.push(Conflict { kind, milestone, source: report.source.clone() });
    }
}

fn first<'a, T>(report: &Report<'a>, what: T) -> Recognised<'a, T> {
    let recognised = recognised_on(report.recognised_on, report.reported_on);
    let known_from = if report.action == Action::Correct { report.reported_on } else { recognised };
    Recognised {
        what,
        carrier: report.facts.carrier,
        month: report.month,
        recognised_on: recognised,
        revoked_on: None,
        known_from,
        known_until: None,
        rank: report.rank,
        source: report.source.clone(),
    }
}

/// The version after `before`: known from the day of the correcting workbook.
fn successor<'a, T>(before: &Recognised<'a, T>, report: &Report<'a>, what: T) -> Recognised<'a, T> {
    Recognised {
        what,
        carrier: before.carrier,
        month: before.month,
        recognised_on: before.recognised_on,
        revoked_on: None,
        known_from: report.reported_on.max(before.known_from),
        known_until: None,
        rank: report.rank,
        source: report.source.clone(),
    }
}

/// Does what a row's word on the version in force asks for; what two workbooks say is left to the caller.
fn weigh<'a, T: Copy + PartialEq>(list: &mut Vec<Recognised<'a, T>>, current: usize, report: &Report<'a>, what: T) -> Word {
    let before = &list[current];
    let word = judge(before, report, what);
    let next = match word {
        Word::Revokes => revoked(before, report),
        Word::Restates => restated(before, report, what),
        Word::Nothing | Word::Outranked | Word::Peers => return word,
    };
    replace(list, current, next);
    word
}

/// The version that says that it counts no longer. A fact that was yet to count never does.
fn revoked<'a, T: Copy>(before: &Recognised<'a, T>, report: &Report<'a>) -> Recognised<'a, T> {
    let revoked_on = before.revoked_on.unwrap_or(report.reported_on.max(before.recognised_on));
    Recognised { revoked_on: Some(revoked_on), ..successor(before, report, before.what) }
}

/// A version that was to be known later only is overtaken: it never was.
fn replace<'a, T>(list: &mut Vec<Recognised<'a, T>>, current: usize, next: Recognised<'a, T>) {
    if list[current].known_from > next.known_from {
        list[current] = next;
        return;
    }
    list[current].known_until = Some(next.known_from);
    list.push(next);
}

/// Later statements win where they say something; the carrier moves only when it may.
/// The flag tells whether a stated fact was replaced (not only an empty one filled).
fn merge<'a>(before: &Facts<'a>, stated: &Facts<'a>, may_move: bool) -> (Facts<'a>, bool) {
    let mut facts = before.clone();
    let mut replaced = false;
    for (known, new) in facts.texts.iter_mut().zip(stated.texts) {
        // The same words typed with other spaces, widths or brackets are no news.
        if !new.is_empty() && *known != new && (known.is_empty() || fold_text(known) != fold_text(new)) {
            replaced |= !known.is_empty();
            *known = new;
        }
    }
    for (known, new) in [(&mut facts.agreed, stated.agreed), (&mut facts.planned_fixed, stated.planned_fixed)] {
        if new.is_some() && *known != new {
            replaced |= known.is_some();
            *known = new;
        }
    }
    for (known, new) in facts.promised.iter_mut().zip(stated.promised) {
        *known = new.or(*known);
    }
    if may_move && !stated.carrier.is_empty() && facts.carrier != stated.carrier {
        facts.carrier = stated.carrier;
        replaced = true;
    }
    if stated.confidential && !facts.confidential {
        facts.confidential = true;
        replaced = true;
    }
    (facts, replaced)
}

#[cfg(test)]
mod tests;
