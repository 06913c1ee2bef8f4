//! Books before workbooks, from their day on.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn row(rank: Rank, reported_on: NaiveDate, order: u64) -> Report<'static> {
    let mut facts = Facts { carrier: "suixi", agreed: Some(300_000_000), ..Facts::default() };
    facts.texts[TextFact::Name as usize] = "铝箔项目";
    Report {
        action: Action::Report,
        rank,
        month: crate::period::start_of_month(reported_on),
        reported_on,
        recognised_on: None,
        facts,
        happened: [None; 7],
        fixed: None,
        paid_in: None,
        order,
        source: match rank {
            Rank::Workbook => format!("aaaa:1:{order}"),
            Rank::Books => "books-suixi:2022:17".to_owned(),
        },
    }
}

fn signed(rank: Rank, reported_on: &str, happened: &str, order: u64) -> Report<'static> {
    let mut row = row(rank, day(reported_on), order);
    row.happened[0] = Some(day(happened));
    row
}

fn claim(on: &str, happened: &str) -> Report<'static> {
    let mut row = signed(Rank::Books, on, happened, 900);
    row.recognised_on = Some(day(on));
    row.facts.carrier = "duji";
    row
}

fn revoke(rank: Rank, on: &str) -> Report<'static> {
    let mut row = signed(rank, on, "2022-02-10", 950);
    row.action = Action::Revoke;
    row
}

/// The signing in force as known on a day: carrier, date, day of recognition.
fn in_force<'a>(history: &History<'a>, on: NaiveDate) -> Vec<(&'a str, NaiveDate, NaiveDate)> {
    let stands = |m: &&Recognised<'a, Happened>| {
        m.recognised_on <= on && m.revoked_on.is_none_or(|r| r > on) && m.known_from <= on && m.known_until.is_none_or(|u| u > on)
    };
    history.milestones.iter().filter(stands).map(|m| (m.carrier, m.what.on, m.recognised_on)).collect()
}

fn on(history: &History<'static>, text: &str) -> Vec<(&'static str, String, String)> {
    in_force(history, day(text)).into_iter().map(|(carrier, on, since)| (carrier, on.to_string(), since.to_string())).collect()
}

fn stands(carrier: &'static str, happened: &str, since: &str) -> Vec<(&'static str, String, String)> {
    vec![(carrier, happened.to_owned(), since.to_owned())]
}

#[test]
fn a_claim_replaces_the_content_and_keeps_the_first_day() {
    let history = fold(vec![claim("2022-06-11", "2022-02-12"), signed(Rank::Workbook, "2022-02-28", "2022-02-10", 1)], vec![]);
    assert_eq!(on(&history, "2022-02-27"), []);
    assert_eq!(on(&history, "2022-06-10"), stands("suixi", "2022-02-10", "2022-02-28"));
    assert_eq!(on(&history, "2022-06-11"), stands("duji", "2022-02-12", "2022-02-28"));
    assert_eq!(history.versions.last().unwrap().facts.carrier, "duji");
    assert!(history.conflicts.is_empty());
}

#[test]
fn a_claim_of_the_same_content_takes_over_too() {
    let mut same = claim("2022-06-11", "2022-02-10");
    same.facts.carrier = "suixi";
    let history = fold(vec![signed(Rank::Workbook, "2022-02-28", "2022-02-10", 1), same], vec![]);
    let ranks: Vec<Rank> = history.milestones.iter().map(|m| m.rank).collect();
    assert_eq!(ranks, [Rank::Workbook, Rank::Books]);
    assert_eq!(history.versions.len(), 1);
}

#[test]
fn later_workbook_rows_do_not_replace_a_claim() {
    let mut correction = signed(Rank::Workbook, "2022-07-31", "2022-06-01", 3);
    correction.action = Action::Correct;
    let mut amount = row(Rank::Workbook, day("2022-08-31"), 4);
    amount.facts.agreed = Some(500_000_000);
    amount.facts.texts[TextFact::Name as usize] = "另一名称";
    amount.facts.texts[TextFact::Address as usize] = "濉溪经济开发区";
    let mut agrees = signed(Rank::Workbook, "2022-09-30", "2022-05-18", 5);
    agrees.facts.carrier = "duji";
    let rows = vec![claim("2022-06-11", "2022-05-18"), correction, amount, revoke(Rank::Workbook, "2022-08-31"), agrees];
    let history = fold(rows, vec![]);
    assert_eq!(on(&history, "2022-12-31"), stands("duji", "2022-05-18", "2022-06-11"));
    assert_eq!(history.milestones.len(), 1);
    let kinds: Vec<_> = history.conflicts.iter().map(|c| (c.kind, c.milestone)).collect();
    let outranked = |milestone| (ConflictKind::OutrankedByBooks, milestone);
    assert_eq!(kinds, [outranked(Some(Milestone::Signed)), outranked(None), outranked(Some(Milestone::Signed))]);
    let facts = &history.versions.last().unwrap().facts;
    assert_eq!((facts.agreed, facts.text(TextFact::Name)), (Some(300_000_000), "铝箔项目"));
    assert_eq!(facts.text(TextFact::Address), "濉溪经济开发区", "what the books leave open is still heard");
}

#[test]
fn a_revocation_by_the_books_stands_whatever_workbooks_repeat() {
    let rows = vec![
        signed(Rank::Workbook, "2022-02-28", "2022-02-10", 1),
        revoke(Rank::Books, "2022-06-20"),
        signed(Rank::Workbook, "2022-06-30", "2022-02-10", 2),
    ];
    let history = fold(rows, vec![]);
    assert_eq!(on(&history, "2022-06-19"), stands("suixi", "2022-02-10", "2022-02-28"));
    assert_eq!(on(&history, "2022-06-20"), []);
    assert_eq!(on(&history, "2022-12-31"), []);
    assert_eq!(history.conflicts.len(), 1);
}

#[test]
fn of_two_filings_of_one_project_the_other_stands_again() {
    let of_other = |mut row: Report<'static>| {
        row.source = "books-duji:2022:30".to_owned();
        row
    };
    let first = claim("2022-06-11", "2022-05-18");
    let mut second = of_other(claim("2022-06-20", "2022-05-20"));
    second.facts.carrier = "suixi";
    let history = fold(vec![first.clone(), second.clone(), of_other(revoke(Rank::Books, "2022-07-01"))], vec![]);
    assert_eq!(on(&history, "2022-06-30"), stands("suixi", "2022-05-20", "2022-06-11"));
    assert_eq!(on(&history, "2022-07-01"), stands("duji", "2022-05-18", "2022-06-11"));
    assert_eq!(history.milestones.last().unwrap().source, first.source);
    let history = fold(vec![first, second, revoke(Rank::Books, "2022-07-01")], vec![]);
    assert_eq!(on(&history, "2022-07-01"), stands("suixi", "2022-05-20", "2022-06-11"), "the later claim stands by itself");
}

#[test]
fn what_was_revoked_counts_again_from_its_new_day_only() {
    let rows = vec![claim("2022-06-11", "2022-05-18"), revoke(Rank::Books, "2022-07-01"), claim("2022-08-01", "2022-05-20")];
    let history = fold(rows, vec![]);
    assert_eq!(on(&history, "2022-06-30"), stands("duji", "2022-05-18", "2022-06-11"));
    assert_eq!(on(&history, "2022-07-31"), []);
    assert_eq!(on(&history, "2022-08-01"), stands("duji", "2022-05-20", "2022-08-01"));
}

#[test]
fn a_claim_counts_before_a_workbooks_later_day() {
    let mut early = signed(Rank::Workbook, "2022-05-31", "2022-05-18", 1);
    early.recognised_on = Some(day("2022-07-15"));
    let history = fold(vec![early.clone(), claim("2022-06-11", "2022-05-18")], vec![]);
    assert_eq!(on(&history, "2022-06-10"), []);
    assert_eq!(on(&history, "2022-06-11"), stands("duji", "2022-05-18", "2022-06-11"));
    // A correction of what was to be known later only is known no earlier; the claim is.
    let mut corrected = signed(Rank::Workbook, "2022-06-01", "2022-05-17", 2);
    (corrected.action, corrected.recognised_on) = (Action::Correct, Some(day("2022-05-20")));
    let history = fold(vec![early.clone(), corrected, claim("2022-06-11", "2022-05-18")], vec![]);
    assert_eq!(on(&history, "2022-06-11"), stands("duji", "2022-05-18", "2022-06-11"));
    let history = fold(vec![early, revoke(Rank::Books, "2022-06-11")], vec![]);
    assert!((11..30).all(|of_july| in_force(&history, NaiveDate::from_ymd_opt(2022, 7, of_july).unwrap()).is_empty()));
}

#[test]
fn a_months_amount_is_taken_back_alone() {
    let amount = |rank, on: &str, yuan, action, order| {
        let mut row = row(rank, day(on), order);
        (row.action, row.fixed, row.month) = (action, Some(yuan), day("2022-05-01"));
        row
    };
    let rows = vec![
        claim("2022-06-11", "2022-05-18"),
        amount(Rank::Workbook, "2022-05-31", 10, Action::Report, 1),
        amount(Rank::Books, "2022-06-20", 12, Action::Report, 2),
        amount(Rank::Workbook, "2022-06-30", 10, Action::Report, 3),
        amount(Rank::Books, "2022-07-10", 12, Action::Revoke, 4),
    ];
    let history = fold(rows, vec![]);
    let known: Vec<_> = history.investments.iter().map(|i| (i.what.yuan, i.known_from.to_string(), i.revoked_on.is_some())).collect();
    assert_eq!(known, [(10, "2022-05-31".to_owned(), false), (12, "2022-06-20".to_owned(), false), (12, "2022-07-10".to_owned(), true)]);
    assert_eq!(on(&history, "2022-12-31"), stands("duji", "2022-05-18", "2022-06-11"), "the signing still counts");
    assert_eq!(history.conflicts.len(), 1);
}

fn any_row(order: u64) -> impl Strategy<Value = Report<'static>> {
    let carrier = prop::sample::select(vec!["suixi", "duji"]);
    let action = prop::sample::select(vec![Action::Report, Action::Report, Action::Correct, Action::Revoke]);
    (any::<bool>(), action, carrier, 0u64..60, 0u64..60, prop::option::of(0u64..90)).prop_map(
        move |(books, action, carrier, reported, happened, recognised)| {
            let first = NaiveDate::from_ymd_opt(2022, 5, 1).unwrap();
            let at = |days: u64| first + chrono::Days::new(days);
            let rank = if books { Rank::Books } else { Rank::Workbook };
            let mut row = row(rank, at(reported), order);
            row.action = if books && action == Action::Correct { Action::Report } else { action };
            row.facts.carrier = carrier;
            row.happened[0] = Some(at(happened));
            row.recognised_on = if books { Some(row.reported_on) } else { recognised.map(at) };
            row
        },
    )
}

/// Rows in any order; the books never begin with taking back what nobody stated.
fn any_rows() -> impl Strategy<Value = Vec<Report<'static>>> {
    (1usize..12).prop_flat_map(|count| (0..count as u64).map(any_row).collect::<Vec<_>>()).prop_map(|mut rows| {
        let of_books = rows.iter_mut().filter(|row| row.rank == Rank::Books);
        if let Some(first) = of_books.min_by_key(|row| (row.reported_on, row.order)) {
            first.action = Action::Report;
        }
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]
    /// Whatever was said by whom in whatever order: a fact counts at most once on each day, from the last word of
    /// the books on it is what they said, and before their first word stands what workbooks had said until then.
    #[test]
    fn the_books_word_stands_from_its_day_on(rows in any_rows()) {
        let history = fold(rows.clone(), vec![]);
        let mut claims: Vec<&Report<'_>> = rows.iter().filter(|row| row.rank == Rank::Books).collect();
        claims.sort_by_key(|row| (row.reported_on, row.order));
        let first = claims.first().map_or(NaiveDate::MAX, |row| row.reported_on);
        let earlier = rows.iter().filter(|row| row.rank == Rank::Workbook && row.reported_on <= first);
        let workbooks = fold(earlier.cloned().collect(), vec![]);
        for on in day("2022-04-01").iter_days().take(180) {
            let stands = in_force(&history, on);
            prop_assert!(stands.len() <= 1, "{on}: {stands:?}");
            match claims.iter().rfind(|row| row.reported_on <= on) {
                None => prop_assert_eq!(&stands, &in_force(&workbooks, on), "{}", on),
                Some(last) if last.action == Action::Revoke => prop_assert!(stands.is_empty(), "{on}: {stands:?}"),
                Some(last) => {
                    let (carrier, happened, since) = stands[0];
                    prop_assert_eq!((carrier, Some(happened)), (last.facts.carrier, last.happened[0]), "{}", on);
                    prop_assert!(since <= on);
                }
            }
        }
        for entry in &history.milestones {
            prop_assert!(entry.known_until.is_none_or(|until| until >= entry.known_from));
            prop_assert!(entry.revoked_on.is_none_or(|revoked| revoked >= entry.recognised_on));
        }
    }

    /// A fact that counts does not move to another day while it goes on counting.
    #[test]
    fn closed_periods_do_not_move(rows in any_rows()) {
        let without_books = rows.iter().filter(|row| row.rank == Rank::Workbook);
        let steady: Vec<Report<'_>> = without_books.filter(|row| row.action == Action::Report && row.recognised_on.is_none()).cloned().collect();
        let mut all = steady.clone();
        all.extend(rows.iter().filter(|row| row.rank == Rank::Books && row.action == Action::Report).cloned());
        let history = fold(all, vec![]);
        let mut since: Option<NaiveDate> = None;
        for on in day("2022-04-01").iter_days().take(180) {
            let now = in_force(&history, on).first().map(|stands| stands.2);
            prop_assert!(since.is_none() || now == since, "{on}: {since:?} {now:?}");
            since = now;
        }
    }
}
