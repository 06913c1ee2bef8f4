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
    history
}

/// What the fold remembers between rows.
#[derive(Default)]
struct Open<'a> {
    /// Month of the last workbook row.
    month: Option<NaiveDate>,
    /// All facts that the books have stated so far.
    books: Option<Facts<'a>>,
    milestones: Claimed<'a, Milestone, Happened>,
    amounts: Claimed<'a, (InvestmentKind, NaiveDate), Invested>,
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
            self.versions.push(Version {
                facts: stated,
                stage,
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
        if facts == current.facts && stage == current.stage {
            return;
        }
        let day = if replaced && may_move { report.reported_on } else { effective(report) }.max(current.known_from);
        if day == current.known_from && !replaced {
            current.facts = facts;
            current.stage = stage;
            return;
        }
        current.known_until = Some(day);
        let next = Version { facts, stage, known_from: day, known_until: None, source: report.source.clone(), ..current.clone() };
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
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn report<'a>(reported_on: &str, carrier: &'a str, order: u64) -> Report<'a> {
        let reported_on = day(reported_on);
        let mut facts = Facts { carrier, agreed: Some(300_000_000), ..Facts::default() };
        facts.texts[TextFact::Name as usize] = "铝箔项目";
        Report {
            action: Action::Report,
            month: crate::period::start_of_month(reported_on),
            rank: Rank::Workbook,
            reported_on,
            recognised_on: None,
            facts,
            happened: [None; 7],
            fixed: None,
            paid_in: None,
            order,
            source: format!("f:{order}:1"),
        }
    }

    fn signed<'a>(reported_on: &str, carrier: &'a str, order: u64, recognised: &str) -> Report<'a> {
        let mut row = report(reported_on, carrier, order);
        row.recognised_on = Some(day(recognised));
        row.happened[0] = Some(day(recognised));
        row
    }

    /// Signings in force as known on a day, by carrier.
    fn known<'a>(history: &History<'a>, on: &str) -> Vec<&'a str> {
        let on = day(on);
        history
            .milestones
            .iter()
            .filter(|m| {
                m.recognised_on <= on && m.revoked_on.is_none_or(|r| r > on) && m.known_from <= on && m.known_until.is_none_or(|u| u > on)
            })
            .map(|m| m.carrier)
            .collect()
    }

    #[test]
    fn a_correction_of_april_changes_as_of_figures_only_from_that_day_on() {
        let mut correction = signed("2022-04-15", "duji", 2, "2022-02-10");
        correction.action = Action::Correct;
        let history = fold(vec![correction, signed("2022-02-28", "suixi", 1, "2022-02-10")], vec![]);
        assert_eq!(known(&history, "2022-02-09"), Vec::<&str>::new());
        assert_eq!(known(&history, "2022-04-14"), ["suixi"]);
        assert_eq!(known(&history, "2022-04-15"), ["duji"]);
        assert_eq!(history.versions.len(), 2);
        assert_eq!(history.versions[0].known_until, Some(day("2022-04-15")));
        assert_eq!(history.versions[1].facts.carrier, "duji");
        assert!(history.conflicts.is_empty());
    }

    #[test]
    fn repeats_and_cumulative_lists_change_nothing() {
        let mut again = signed("2022-03-31", "suixi", 3, "2022-02-10");
        again.recognised_on = None;
        let history =
            fold(vec![signed("2022-02-28", "suixi", 1, "2022-02-10"), signed("2022-02-28", "suixi", 2, "2022-02-10"), again], vec![]);
        assert_eq!(history.milestones.len(), 1);
        assert_eq!(history.versions.len(), 1);
        assert!(history.conflicts.is_empty());
    }

    #[test]
    fn only_the_first_signing_counts() {
        let history = fold(vec![signed("2022-02-28", "suixi", 1, "2022-02-10"), signed("2022-05-31", "duji", 2, "2022-05-10")], vec![]);
        assert_eq!(known(&history, "2022-05-31"), ["suixi"]);
        assert_eq!(history.versions.last().unwrap().facts.carrier, "suixi");
        assert_eq!(history.conflicts[0].kind, ConflictKind::LaterReport);
    }

    #[test]
    fn a_resent_month_supersedes_and_keeps_the_old_version() {
        let mut resent = signed("2022-02-28", "suixi", 2, "2022-02-10");
        resent.happened[0] = Some(day("2022-02-08"));
        resent.facts.agreed = Some(500_000_000);
        let history = fold(vec![signed("2022-02-28", "suixi", 1, "2022-02-10"), resent], vec![]);
        assert_eq!(history.milestones.len(), 2);
        assert_eq!(history.milestones[0].known_until, Some(day("2022-02-28")));
        assert_eq!(history.milestones[1].what.on, day("2022-02-08"));
        assert_eq!(history.versions.iter().map(|v| v.facts.agreed).collect::<Vec<_>>(), [Some(300_000_000), Some(500_000_000)]);
    }

    #[test]
    fn a_revocation_is_known_from_its_day() {
        let mut revoke = report("2022-04-30", "suixi", 2);
        revoke.action = Action::Revoke;
        let history = fold(vec![signed("2022-02-28", "suixi", 1, "2022-02-10"), revoke], vec![]);
        assert_eq!(known(&history, "2022-04-29"), ["suixi"]);
        assert_eq!(known(&history, "2022-04-30"), Vec::<&str>::new());
        assert_eq!(history.versions.last().unwrap().stage, None);
    }

    #[test]
    fn stages_follow_milestones_in_a_new_version() {
        let mut started = report("2022-03-31", "suixi", 2);
        started.recognised_on = Some(day("2022-03-12"));
        started.happened[2] = Some(day("2022-03-10"));
        let history = fold(vec![signed("2022-02-28", "suixi", 1, "2022-02-10"), started], vec![]);
        let stages: Vec<_> = history.versions.iter().map(|v| (v.stage, v.known_from)).collect();
        assert_eq!(stages, [(Some(Milestone::Signed), day("2022-02-10")), (Some(Milestone::Started), day("2022-03-12"))]);
    }

    #[test]
    fn one_amount_a_month_and_the_later_one_wins() {
        let row = |reported: &str, order, yuan, month: &str| {
            let mut row = report(reported, "suixi", order);
            row.fixed = Some(yuan);
            row.month = day(month);
            row
        };
        let history = fold(
            vec![row("2022-02-28", 1, 10, "2022-02-01"), row("2022-03-31", 2, 20, "2022-03-01"), row("2022-04-15", 3, 12, "2022-02-01")],
            vec![],
        );
        let open: Vec<_> = history.investments.iter().filter(|i| i.known_until.is_none()).map(|i| i.what.yuan).collect();
        assert_eq!(open, [20, 12]);
        assert_eq!(history.investments[0].known_until, Some(day("2022-04-15")));
    }

    #[test]
    fn a_decision_wins_from_its_day_on() {
        let decision = Decision { on: day("2022-03-05"), field: DecidedField::Chain, value: "tao-lv".into() };
        let history = fold(vec![signed("2022-02-28", "suixi", 1, "2022-02-10")], vec![decision]);
        assert_eq!(history.versions.len(), 2);
        assert_eq!(history.versions[0].decided_chain, None);
        assert_eq!(history.versions[1].decided_chain.as_deref(), Some("tao-lv"));
        assert_eq!(history.versions[1].known_from, day("2022-03-05"));
    }

    #[test]
    fn corrections_and_revocations_of_nothing_are_complaints() {
        let mut revoke = signed("2022-04-30", "suixi", 1, "2022-04-02");
        revoke.action = Action::Revoke;
        let history = fold(vec![revoke], vec![]);
        assert_eq!(history.milestones.len(), 0);
        assert_eq!(history.conflicts[0].kind, ConflictKind::NothingToRevoke);
    }
}
