//! The history of one project, row by row: corrections, repeats, revocations, promises that move.

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
    let history = fold(vec![signed("2022-02-28", "suixi", 1, "2022-02-10"), signed("2022-02-28", "suixi", 2, "2022-02-10"), again], vec![]);
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
fn a_promise_that_is_moved_keeps_the_first_and_is_known_from_its_day() {
    let promising = |reported: &str, order, start: &str| {
        let mut row = signed(reported, "suixi", order, "2022-01-10");
        row.facts.promised = [Some(day(start)), Some(day("2023-06-30"))];
        row
    };
    let mut completion = promising("2022-04-30", 3, "2022-08-31");
    completion.facts.promised = [None, Some(day("2023-09-30"))];
    completion.action = Action::Correct;
    let rows = vec![promising("2022-01-31", 1, "2022-05-31"), promising("2022-03-31", 2, "2022-08-31"), completion];
    let history = fold(rows, vec![]);
    let told: Vec<_> = history
        .versions
        .iter()
        .map(|version| {
            let [start, completion] = version.promises;
            (version.known_from.to_string(), start.first, start.now, start.moved, completion.now, completion.moved)
        })
        .collect();
    let (first, later, june, september) = (day("2022-05-31"), day("2022-08-31"), day("2023-06-30"), day("2023-09-30"));
    assert_eq!(
        told,
        [
            ("2022-01-10".to_owned(), Some(first), Some(first), 0, Some(june), 0),
            // The list of March repeats the 认定日期 of January; its new promise is known from March on.
            ("2022-03-31".to_owned(), Some(first), Some(later), 1, Some(june), 0),
            // A correction moves a promise as well.
            ("2022-04-30".to_owned(), Some(first), Some(later), 1, Some(september), 1),
        ]
    );
    assert_eq!(history.versions[2].promises[1].first, Some(june));
    assert!(history.conflicts.is_empty());
}

#[test]
fn what_the_books_promise_outranks_workbooks() {
    let mut books = report("2022-02-15", "suixi", 2);
    books.rank = Rank::Books;
    books.facts.promised = [Some(day("2022-09-30")), None];
    let mut first = signed("2022-01-31", "suixi", 1, "2022-01-10");
    first.facts.promised = [Some(day("2022-06-30")), None];
    let mut later = report("2022-03-31", "suixi", 3);
    later.facts.promised = [Some(day("2022-12-31")), Some(day("2023-12-31"))];
    let history = fold(vec![first, books, later], vec![]);
    let [start, completion] = history.versions.last().unwrap().promises;
    assert_eq!((start.first, start.now, start.moved), (Some(day("2022-06-30")), Some(day("2022-09-30")), 1));
    assert_eq!((completion.now, completion.moved), (Some(day("2023-12-31")), 0));
    assert_eq!(history.conflicts.iter().filter(|conflict| conflict.kind == ConflictKind::OutrankedByBooks).count(), 1);
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

#[test]
fn what_becomes_confidential_is_so_in_all_its_versions() {
    let mut later = report("2022-03-31", "suixi", 2);
    later.facts.confidential = true;
    later.facts.agreed = Some(500_000_000);
    let history = fold(vec![report("2022-02-28", "suixi", 1), later, report("2022-04-30", "suixi", 3)], vec![]);
    assert!(history.versions.len() > 1, "{:?}", history.versions);
    assert!(history.versions.iter().all(|version| version.facts.confidential), "an older version would tell its name");
    assert!(!fold(vec![report("2022-02-28", "suixi", 1)], vec![]).versions[0].facts.confidential);
}
