//! Which of two statements stands (效力顺序): what the books recognised outranks workbook rows, from its day on.
//!
//! Before that day the workbook's statement stands, so as-of figures keep it; from that day the claim's date and
//! carrier stand, and later workbook rows do not replace them. A fact that counts already keeps its first day of
//! recognition, so closed periods do not move; one that was revoked, or was to count later only, counts from the
//! claim's day. Of two filings that turn out to be one project the later claim stands; when it is revoked, the
//! other's stands again.

use std::cmp::Ordering;

use super::{Action, Facts, Rank, Recognised, Report, recognised_on, successor};

/// What a row does to the version in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// It says nothing new.
    Nothing,
    /// It contradicts the books and is not heard.
    Outranked,
    /// It takes the fact back.
    Revokes,
    /// The books state the fact anew.
    Restates,
    /// Two workbooks: their own rules decide.
    Peers,
}

/// Judges a row's statement against the version in force.
pub(super) fn judge<T: PartialEq>(before: &Recognised<'_, T>, report: &Report<'_>, what: T) -> Word {
    let gone = before.revoked_on.is_some();
    let rank = report.rank.cmp(&before.rank);
    if report.action == Action::Revoke {
        return match rank {
            Ordering::Less | Ordering::Equal if gone => Word::Nothing,
            Ordering::Less => Word::Outranked,
            Ordering::Equal | Ordering::Greater => Word::Revokes,
        };
    }
    let same = !gone && before.what == what && before.carrier == report.facts.carrier;
    match rank {
        Ordering::Greater => Word::Restates,
        Ordering::Less if same => Word::Nothing,
        Ordering::Less => Word::Outranked,
        // The source leads to the filing that counts, so another filing's claim is not the same.
        Ordering::Equal if report.rank == Rank::Books && same && before.source == report.source => Word::Nothing,
        Ordering::Equal if report.rank == Rank::Books => Word::Restates,
        Ordering::Equal => Word::Peers,
    }
}

/// The version by which the books state a fact anew.
pub(super) fn restated<'a, T>(before: &Recognised<'a, T>, report: &Report<'a>, what: T) -> Recognised<'a, T> {
    let from = report.reported_on;
    let mut next = successor(before, report, what);
    next.carrier = report.facts.carrier;
    let counts_already = before.revoked_on.is_none() && before.recognised_on.max(before.known_from) <= from;
    if !counts_already {
        next.recognised_on = recognised_on(report.recognised_on, from);
        next.known_from = from;
    }
    next
}

/// What the books state at present, filing by filing, by milestone or by month.
pub(super) struct Claimed<'a, K, T> {
    entries: Vec<(K, Report<'a>, T)>,
}

/// How a row is to be taken.
pub(super) enum Heard<'a, T> {
    AsSaid,
    /// Another filing's claim stands whatever this one takes back.
    Not,
    /// It takes back what overlaid another filing's claim: that one is stated again.
    Instead(Box<Report<'a>>, T),
}

impl<K, T> Default for Claimed<'_, K, T> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<'a, K: PartialEq, T: Copy> Claimed<'a, K, T> {
    /// Notes what a row of the books states or takes back. Rows of one filing share their source.
    pub(super) fn hear(&mut self, report: &Report<'a>, key: K, what: T) -> Heard<'a, T> {
        if report.rank != Rank::Books {
            return Heard::AsSaid;
        }
        let topmost = |entries: &[(K, Report<'a>, T)]| entries.iter().rposition(|(known, ..)| *known == key);
        let was_overlaid = topmost(&self.entries).is_some_and(|at| self.entries[at].1.source != report.source);
        self.entries.retain(|(known, by, _)| *known != key || by.source != report.source);
        if report.action != Action::Revoke {
            self.entries.push((key, report.clone(), what));
            return Heard::AsSaid;
        }
        match topmost(&self.entries) {
            None => Heard::AsSaid,
            Some(_) if was_overlaid => Heard::Not,
            Some(at) => {
                let (_, other, what) = &self.entries[at];
                Heard::Instead(Box::new(Report { reported_on: report.reported_on, recognised_on: None, ..other.clone() }), *what)
            }
        }
    }
}

/// A workbook's facts without those that the books have stated, and whether an amount or a promise contradicts theirs.
pub(super) fn unless_stated<'a>(stated: &Facts<'a>, books: &Facts<'a>) -> (Facts<'a>, bool) {
    let mut heard = stated.clone();
    for (text, known) in heard.texts.iter_mut().zip(books.texts) {
        if !known.is_empty() {
            *text = "";
        }
    }
    heard.carrier = "";
    let mut contradicts = false;
    for (promised, known) in heard.promised.iter_mut().zip(books.promised) {
        if known.is_some() {
            contradicts |= promised.is_some() && *promised != known;
            *promised = None;
        }
    }
    for (amount, known) in [(&mut heard.agreed, books.agreed), (&mut heard.planned_fixed, books.planned_fixed)] {
        if known.is_some() {
            contradicts |= amount.is_some() && *amount != known;
            *amount = None;
        }
    }
    (heard, contradicts)
}

#[cfg(test)]
mod tests;
