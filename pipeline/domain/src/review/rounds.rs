//! Rounds of review (办理轮次): from a submission to the decision on it, taken from the record of all claims.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::claim::State;

/// One entry of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move<'m> {
    pub claim: i64,
    pub said: Said,
    pub on: NaiveDate,
    pub by: &'m str,
}

/// What an entry means for the time that a review takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// 提交: the office's time begins.
    Submitted,
    /// 退回 or 通过: it ends.
    Decided,
    /// 撤回, 删除: nobody has to decide any more.
    GivenUp,
}

impl Said {
    /// Reads an action's word in the books and the state after it. The first of two approvals decides nothing.
    pub fn of(action: &str, after: State) -> Option<Self> {
        match action {
            "submit" => Some(Self::Submitted),
            "return" => Some(Self::Decided),
            "approve" if after != State::SecondReview => Some(Self::Decided),
            "withdraw" | "delete" => Some(Self::GivenUp),
            _ => None,
        }
    }
}

/// A submission and the decision on it. A filing that was returned and came again has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round<'m> {
    pub claim: i64,
    pub submitted_on: NaiveDate,
    pub decided_on: NaiveDate,
    /// Who decided; with two reviews, the second.
    pub by: &'m str,
}

/// Every finished round, in the order of the decisions. `moves` are in the order of the record.
pub fn rounds<'m>(moves: impl IntoIterator<Item = Move<'m>>) -> Vec<Round<'m>> {
    let mut open: HashMap<i64, NaiveDate> = HashMap::new();
    let mut done = Vec::new();
    for entry in moves {
        match entry.said {
            Said::Submitted => {
                open.insert(entry.claim, entry.on);
            }
            Said::GivenUp => {
                open.remove(&entry.claim);
            }
            Said::Decided => {
                if let Some(submitted_on) = open.remove(&entry.claim) {
                    done.push(Round { claim: entry.claim, submitted_on, decided_on: entry.on, by: entry.by });
                }
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(claim: i64, said: Said, on: &str, by: &'static str) -> Move<'static> {
        Move { claim, said, on: on.parse().unwrap(), by }
    }

    #[test]
    fn every_submission_has_its_own_decision() {
        use Said::*;
        let record = [
            entry(1, Decided, "2022-05-01", "甲"),
            entry(1, Submitted, "2022-05-30", ""),
            entry(2, Submitted, "2022-05-30", ""),
            entry(1, Decided, "2022-05-31", "甲"),
            entry(3, Submitted, "2022-06-01", ""),
            entry(3, GivenUp, "2022-06-01", ""),
            entry(1, Submitted, "2022-06-06", ""),
            entry(2, Decided, "2022-06-07", "乙"),
            entry(1, Decided, "2022-06-08", "乙"),
            entry(3, Decided, "2022-06-09", "乙"),
        ];
        let found: Vec<(i64, String, String, &str)> = rounds(record)
            .iter()
            .map(|round| (round.claim, round.submitted_on.to_string(), round.decided_on.to_string(), round.by))
            .collect();
        let expect = |claim: i64, from: &str, to: &str, by: &'static str| (claim, from.to_owned(), to.to_owned(), by);
        assert_eq!(
            found,
            [
                expect(1, "2022-05-30", "2022-05-31", "甲"),
                expect(2, "2022-05-30", "2022-06-07", "乙"),
                expect(1, "2022-06-06", "2022-06-08", "乙"),
            ]
        );
    }

    #[test]
    fn the_first_of_two_approvals_decides_nothing() {
        assert_eq!(Said::of("approve", State::SecondReview), None);
        assert_eq!(Said::of("approve", State::Approved), Some(Said::Decided));
        assert_eq!(Said::of("return", State::Returned), Some(Said::Decided));
        assert_eq!(Said::of("submit", State::Submitted), Some(Said::Submitted));
        assert_eq!(Said::of("publish", State::Noticed), None);
    }
}
