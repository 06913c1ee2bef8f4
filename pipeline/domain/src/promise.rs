//! Promises and what became of them (承诺与实际): the day promised first, how often it was moved, how far the fact lies from it.
//!
//! A promise counts by the day that was promised first: moving it later is shown, and forgives nothing.

mod delay;
mod reading;

use chrono::NaiveDate;

use crate::project::Milestone;

pub use delay::{Delay, Kept, SlipBand, delay};
pub use reading::{PlannedDay, Span, read};

/// What a day is promised for (承诺事项).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Promised {
    /// 计划开工
    Start,
    /// 计划竣工
    Completion,
}

impl Promised {
    /// Both, in the order of life.
    pub const ALL: [Self; 2] = [Self::Start, Self::Completion];

    /// The name in addresses and SQL.
    pub fn id(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Completion => "completion",
        }
    }

    /// Reads [`Promised::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|promised| promised.id() == id)
    }

    /// The landing column, and the field of a filing.
    pub fn column(self) -> &'static str {
        match self {
            Self::Start => "planned_start_on",
            Self::Completion => "planned_completion_on",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "计划开工",
            Self::Completion => "计划竣工",
        }
    }

    /// The fact that keeps it.
    pub fn kept_by(self) -> Milestone {
        match self {
            Self::Start => Milestone::Started,
            Self::Completion => Milestone::Completed,
        }
    }
}

/// A promise as it stands in one version of a project (承诺).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Promise {
    /// The day promised first: what is measured.
    pub first: Option<NaiveDate>,
    /// The day promised now.
    pub now: Option<NaiveDate>,
    /// How often another day was promised instead (调整次数).
    pub moved: u32,
}

/// What was promised for one thing, statement by statement (历次承诺).
///
/// What a workbook states stands as it reads at the end of its 截至日期: a file of the same day sent again puts
/// right what it said and moves nothing. Any other statement of another day is a move, one marked 更正 too: a
/// postponement would otherwise only need the word to be none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statements {
    /// Day of the statement and day promised, in order of statement.
    said: Vec<(NaiveDate, NaiveDate)>,
}

impl Statements {
    /// Takes a statement made on a day. Statements come in the order of their days.
    pub fn say(&mut self, on: NaiveDate, promised: NaiveDate) {
        match self.said.last_mut() {
            Some(last) if last.0 == on => last.1 = promised,
            _ => self.said.push((on, promised)),
        }
    }

    /// What stands after all of them.
    pub fn stand(&self) -> Promise {
        let moved = self.said.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
        let day = |said: Option<&(NaiveDate, NaiveDate)>| said.map(|(_, promised)| *promised);
        Promise { first: day(self.said.first()), now: day(self.said.last()), moved: moved as u32 }
    }
}

/// Why a pair of promises cannot be true (承诺不合理).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Completion is promised before the start.
    CompletionBeforeStart,
    /// Promised for a day more than a year before the signing: a slip of the year, not a promise.
    LongBeforeSigning,
    /// Promised for a day more than ten years after the signing.
    LongAfterSigning,
}

/// Days that a promise may lie before the signing: works begun ahead of the contract happen, a year ahead they do not.
const DAYS_BEFORE_SIGNING: i64 = 366;
/// Days that a promise may lie after the signing.
const DAYS_AFTER_SIGNING: i64 = 3_653;

impl Promised {
    /// What makes a promised day doubtful; `start` is the promised start when the completion is looked at.
    pub fn doubt(self, promised: NaiveDate, start: Option<NaiveDate>, signed: Option<NaiveDate>) -> Option<Doubt> {
        let after_signing = signed.map(|signed| (promised - signed).num_days());
        if after_signing.is_some_and(|days| days < -DAYS_BEFORE_SIGNING) {
            return Some(Doubt::LongBeforeSigning);
        }
        if after_signing.is_some_and(|days| days > DAYS_AFTER_SIGNING) {
            return Some(Doubt::LongAfterSigning);
        }
        let before_start = self == Self::Completion && start.is_some_and(|start| promised < start);
        before_start.then_some(Doubt::CompletionBeforeStart)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn stand(said: &[(&str, &str)]) -> (String, String, u32) {
        let mut statements = Statements::default();
        for (on, promised) in said {
            statements.say(day(on), day(promised));
        }
        let promise = statements.stand();
        let text = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        (text(promise.first), text(promise.now), promise.moved)
    }

    #[test]
    fn the_first_promise_stays_and_moves_are_counted() {
        let check = |said: &[(&str, &str)], first: &str, now: &str, moved: u32| {
            assert_eq!(stand(said), (first.to_owned(), now.to_owned(), moved), "{said:?}")
        };
        check(&[], "", "", 0);
        check(&[("2022-01-31", "2022-06-30")], "2022-06-30", "2022-06-30", 0);
        // Said again in February, moved in March, moved back in April.
        let said = [("2022-01-31", "2022-06-30"), ("2022-02-28", "2022-06-30"), ("2022-03-31", "2022-09-30"), ("2022-04-30", "2022-06-30")];
        check(&said[..2], "2022-06-30", "2022-06-30", 0);
        check(&said[..3], "2022-06-30", "2022-09-30", 1);
        check(&said, "2022-06-30", "2022-06-30", 2);
    }

    #[test]
    fn a_file_of_the_same_day_sent_again_moves_nothing() {
        let said = [("2022-01-31", "2022-06-30"), ("2022-01-31", "2022-07-31"), ("2022-03-31", "2022-09-30"), ("2022-03-31", "2022-07-31")];
        assert_eq!(stand(&said[..2]), ("2022-07-31".to_owned(), "2022-07-31".to_owned(), 0));
        assert_eq!(stand(&said[..3]), ("2022-07-31".to_owned(), "2022-09-30".to_owned(), 1));
        assert_eq!(stand(&said), ("2022-07-31".to_owned(), "2022-07-31".to_owned(), 0));
    }

    #[test]
    fn impossible_promises_are_doubted() {
        let check = |promised: Promised, on: &str, start: Option<&str>, expect: Option<Doubt>| {
            let signed = Some(day("2022-03-02"));
            assert_eq!(promised.doubt(day(on), start.map(day), signed), expect, "{promised:?} {on} {start:?}");
        };
        check(Promised::Start, "2022-09-30", None, None);
        check(Promised::Start, "2021-12-31", None, None);
        // 2021-03-01 lies 366 days before the signing, 2021-02-28 lies 367.
        check(Promised::Start, "2021-03-01", None, None);
        check(Promised::Start, "2021-02-28", None, Some(Doubt::LongBeforeSigning));
        check(Promised::Completion, "2022-06-30", Some("2022-09-30"), Some(Doubt::CompletionBeforeStart));
        check(Promised::Completion, "2022-09-30", Some("2022-09-30"), None);
        check(Promised::Completion, "2032-12-31", Some("2022-09-30"), Some(Doubt::LongAfterSigning));
        assert_eq!(Promised::Start.doubt(day("1999-01-01"), None, None), None);
    }

    #[test]
    fn ids_lead_back() {
        for promised in Promised::ALL {
            assert_eq!(Promised::from_id(promised.id()), Some(promised));
            assert!(crate::landing::COLUMNS.iter().any(|(column, _)| *column == promised.column()));
            assert_eq!(crate::filing::kind_of(promised.column()), Some(crate::filing::FieldKind::Day));
        }
    }
}
