//! Due times in words (办理时限): shape and word, never colour alone.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::claim::State;
use qunlian_domain::review::{ReviewTerm, Standing};
use qunlian_registry::{Claim, Objection, ObjectionState};
use serde::Serialize;

use crate::words::Words;

/// How a waiting claim stands.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DueView {
    pub shape: &'static str,
    /// `ok`, `warn` or `bad`.
    pub tone: &'static str,
    /// 剩 2 个工作日, 今天到期, 超期 1 个工作日
    pub word: String,
    /// The last day.
    pub on: String,
    /// The calendar ends before the day that is counted to.
    pub incomplete: bool,
    pub overdue: bool,
}

impl DueView {
    /// Shape and word, marked when the calendar is incomplete.
    pub(super) fn text(&self, words: Words) -> String {
        let mark = if self.incomplete { words.t("review.due.incomplete_short") } else { "" };
        format!("{} {}{mark}", self.shape, self.word)
    }

    /// Tone of a table's cell.
    pub(super) fn cell_tone(&self) -> &'static str {
        if self.tone == "ok" { "good" } else { self.tone }
    }
}

/// The words of a standing.
pub(super) fn view(words: Words, standing: &Standing) -> DueView {
    let count = |key: &str, days: i64| words.fill(key, &[("n", &days.to_string())]);
    let (shape, tone, word) = match standing.left {
        left if standing.overdue && left < 0 => ("■", "bad", count("review.due.over", -left)),
        // The last working day is over, no further one has begun.
        _ if standing.overdue => ("■", "bad", words.t("review.due.just_over").to_owned()),
        left if left <= 0 => ("▲", "warn", words.t("review.due.today").to_owned()),
        left => ("●", "ok", count("review.due.left", left)),
    };
    let on = standing.due.on.to_string();
    DueView { shape, tone, word, on, incomplete: standing.calendar_incomplete, overdue: standing.overdue }
}

/// First days of open objections, by claim.
pub(super) struct Objected(HashMap<i64, NaiveDate>);

impl Objected {
    pub(super) fn of(objections: &[Objection]) -> Self {
        let mut first: HashMap<i64, NaiveDate> = HashMap::new();
        for objection in objections.iter().filter(|objection| objection.state == ObjectionState::Open) {
            let day = first.entry(objection.claim).or_insert(objection.on);
            *day = (*day).min(objection.on);
        }
        Self(first)
    }

    /// The day from which the office's time is counted; `None` while nothing waits for it.
    pub(super) fn waits_since(&self, claim: &Claim) -> Option<NaiveDate> {
        match claim.standing.state {
            State::Submitted | State::SecondReview => claim.submitted_on,
            State::Objected => self.0.get(&claim.id).copied(),
            _ => None,
        }
    }

    /// How a claim stands today; `None` while nothing waits.
    pub(super) fn standing(&self, term: &ReviewTerm<'_>, claim: &Claim, today: NaiveDate) -> Option<Standing> {
        self.waits_since(claim).map(|since| term.standing(since, today))
    }
}

/// How long somebody has held a claim: `20 分钟`, `3 小时`, `2 天`.
pub(super) fn span(words: Words, since: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = (now - since).num_minutes().max(0);
    let (key, count) = match minutes {
        0..60 => ("review.span.minutes", minutes),
        60..1440 => ("review.span.hours", minutes / 60),
        _ => ("review.span.days", minutes / 1440),
    };
    words.fill(key, &[("n", &count.to_string())])
}

/// Shape and tone of a state.
pub(super) fn state_lamp(state: State) -> (&'static str, &'static str) {
    match state {
        State::Recognised => ("●", "ok"),
        State::Approved | State::Noticed => ("○", "ok"),
        State::Submitted | State::SecondReview => ("◇", "none"),
        State::Returned | State::Objected => ("▲", "warn"),
        State::Revoked | State::Withdrawn => ("■", "bad"),
        State::Draft => ("…", "none"),
    }
}

#[cfg(test)]
mod tests {
    use qunlian_domain::workdays::WorkCalendar;

    use super::*;
    use crate::words::Lang;

    fn said(submitted: &str, today: &str) -> String {
        let calendar = WorkCalendar::from_csv(include_str!("../../../../../data/codes/workdays.csv")).unwrap();
        let standing = ReviewTerm::new(&calendar, 3).standing(submitted.parse().unwrap(), today.parse().unwrap());
        let words = Words::of(Lang::Chinese);
        view(words, &standing).text(words)
    }

    #[test]
    fn due_times_across_spring_festival() {
        // 29 and 30 January 2022 are make-up days, 31 January to 6 February are off.
        let check = |today: &str, expect: &str| assert_eq!(said("2022-01-28", today), expect, "{today}");
        check("2022-01-28", "● 剩 3 个工作日");
        check("2022-01-29", "● 剩 2 个工作日");
        check("2022-02-03", "● 剩 1 个工作日");
        check("2022-02-07", "▲ 今天到期");
        check("2022-02-08", "■ 超期 1 个工作日");
        assert_eq!(said("2022-05-24", "2022-05-28"), "■ 已超期", "due on Friday, and no working day has begun since");
    }

    #[test]
    fn an_unannounced_year_is_marked() {
        assert_eq!(said("2027-03-01", "2027-03-02"), "● 剩 2 个工作日（日历不完整）");
    }

    #[test]
    fn spans_are_short() {
        let words = Words::of(Lang::Chinese);
        let since: DateTime<Utc> = "2022-05-31T00:00:00Z".parse().unwrap();
        let after = |minutes: i64| span(words, since, since + chrono::TimeDelta::minutes(minutes));
        assert_eq!([after(-5), after(59), after(60), after(1439), after(2880)], ["0 分钟", "59 分钟", "1 小时", "23 小时", "2 天"]);
    }
}
