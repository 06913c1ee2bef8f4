//! The way of a claim (备案事项流转): filed → reviewed → Monday notice → objection → recognised, and what may happen when.
//!
//! Source: domain rule 3. A claim is one fact of a filing (a signing, a start, a month's investment) with its
//! evidence; it counts from the moment it is recognised (认定) and from no moment before.

use chrono::{Days, NaiveDate};

/// Where a claim stands (办理状态), apart from the stage of its project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// 草稿
    Draft,
    /// 待审核
    Submitted,
    /// 待复审: approved once where two reviews are the rule.
    SecondReview,
    /// 已退回
    Returned,
    /// 待公示
    Approved,
    /// 公示中
    Noticed,
    /// 异议复核
    Objected,
    /// 已认定
    Recognised,
    /// 不予认定: an objection was upheld, or the recognition was taken back.
    Revoked,
    /// 已撤回
    Withdrawn,
}

impl State {
    /// Every state, in the order of the way.
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::Submitted,
        Self::SecondReview,
        Self::Returned,
        Self::Approved,
        Self::Noticed,
        Self::Objected,
        Self::Recognised,
        Self::Revoked,
        Self::Withdrawn,
    ];

    /// The name in the books and in SQL.
    pub fn id(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::SecondReview => "second_review",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::Noticed => "noticed",
            Self::Objected => "objected",
            Self::Recognised => "recognised",
            Self::Revoked => "revoked",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "待审核",
            Self::SecondReview => "待复审",
            Self::Returned => "已退回",
            Self::Approved => "待公示",
            Self::Noticed => "公示中",
            Self::Objected => "异议复核",
            Self::Recognised => "已认定",
            Self::Revoked => "不予认定",
            Self::Withdrawn => "已撤回",
        }
    }

    /// Reads [`State::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.id() == id)
    }

    /// True while the filer may change what the claim states.
    pub fn is_open_to_filer(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }

    /// True while a reviewer must do something (待办).
    pub fn waits_for_review(self) -> bool {
        matches!(self, Self::Submitted | Self::SecondReview | Self::Objected)
    }
}

/// A claim as the books keep it; [`Claim::restore`] makes it one again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    pub approvers: Vec<String>,
    pub noticed_on: Option<NaiveDate>,
    pub recognised_on: Option<NaiveDate>,
    pub open_objections: u32,
}

/// What somebody does (办理动作).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// 提交, by the filer; again after a return.
    Submit,
    /// 撤回, by the filer, until the notice.
    Withdraw,
    /// 退回, with remarks.
    Return { by: String },
    /// 通过; the second of two reviews is by another person.
    Approve { by: String },
    /// 公示, by the Monday job.
    Publish { on: NaiveDate },
    /// 提出异议, by anybody, while the notice runs.
    Object { on: NaiveDate },
    /// 驳回异议, by a reviewer who did not approve.
    Dismiss { by: String },
    /// 异议成立, by a reviewer who did not approve.
    Uphold { by: String },
    /// 认定, by the job, after the notice and without an open objection.
    Recognise { on: NaiveDate },
    /// 撤销认定, by a reviewer who did not approve, for what comes to light after the notice.
    Revoke { by: String },
}

/// What the city decides about the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    pub two_reviews: bool,
    /// Calendar days for which a notice is open to objections (公示期); its first day counts. `None`: no notice is
    /// needed (a change, or a confidential project), and what is approved is recognised at once.
    pub notice_days: Option<u32>,
}

/// A claim on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    state: State,
    /// Who approved it, in order.
    approvers: Vec<String>,
    noticed_on: Option<NaiveDate>,
    recognised_on: Option<NaiveDate>,
    open_objections: u32,
}

/// An action that is not possible here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("not possible in this state")]
    State,
    #[error("the second review is another person's")]
    SameReviewer,
    #[error("an objection is judged by somebody who did not approve")]
    OwnApproval,
    #[error("the notice is open to objections until its last day only")]
    NoticeOver,
    #[error("the notice still runs")]
    NoticeRuns,
}

impl Default for Claim {
    fn default() -> Self {
        Self { state: State::Draft, approvers: Vec::new(), noticed_on: None, recognised_on: None, open_objections: 0 }
    }
}

impl Claim {
    /// Takes up a claim where the books left it.
    pub fn restore(standing: Standing) -> Self {
        let Standing { state, approvers, noticed_on, recognised_on, open_objections } = standing;
        Self { state, approvers, noticed_on, recognised_on, open_objections }
    }

    /// What the books keep of it.
    pub fn standing(&self) -> Standing {
        Standing {
            state: self.state,
            approvers: self.approvers.clone(),
            noticed_on: self.noticed_on,
            recognised_on: self.recognised_on,
            open_objections: self.open_objections,
        }
    }

    pub fn state(&self) -> State {
        self.state
    }

    /// Those whose approval stands.
    pub fn approvers(&self) -> &[String] {
        &self.approvers
    }

    /// From this day it counts; `None` while it does not, or no longer.
    pub fn recognised_on(&self) -> Option<NaiveDate> {
        self.recognised_on
    }

    /// The last day on which anybody may object; `None` before the notice.
    pub fn notice_ends(&self, way: &Way) -> Option<NaiveDate> {
        self.noticed_on?.checked_add_days(Days::new(u64::from(way.notice_days?.max(1)) - 1))
    }

    /// What follows from an action, or why it is refused. Nothing else changes a claim.
    pub fn after(&self, action: &Action, way: &Way) -> Result<Self, Refused> {
        use State::*;
        let mut next = self.clone();
        match (self.state, action) {
            (Draft | Returned, Action::Submit) => next.state = Submitted,
            (Draft | Submitted | SecondReview | Returned | Approved, Action::Withdraw) => next.give_up(Withdrawn),
            (Submitted | SecondReview, Action::Return { .. }) => next.give_up(Returned),
            (Submitted, Action::Approve { by }) => {
                next.approvers = vec![by.clone()];
                next.state = if way.two_reviews { SecondReview } else { Approved };
            }
            (SecondReview, Action::Approve { by }) => {
                if self.approvers.contains(by) {
                    return Err(Refused::SameReviewer);
                }
                next.approvers.push(by.clone());
                next.state = Approved;
            }
            (Approved, Action::Publish { on }) if way.notice_days.is_some() => {
                next.noticed_on = Some(*on);
                next.state = Noticed;
            }
            (Noticed | Objected, Action::Object { on }) => {
                if self.notice_ends(way).is_none_or(|last| *on > last) {
                    return Err(Refused::NoticeOver);
                }
                next.open_objections += 1;
                next.state = Objected;
            }
            (Objected, Action::Dismiss { by }) => {
                self.judged_by(by)?;
                next.open_objections -= 1;
                next.state = if next.open_objections == 0 { Noticed } else { Objected };
            }
            (Objected, Action::Uphold { by }) | (Recognised, Action::Revoke { by }) => {
                self.judged_by(by)?;
                next.open_objections = 0;
                next.recognised_on = None;
                next.state = Revoked;
            }
            (Noticed, Action::Recognise { on }) => {
                if self.notice_ends(way).is_none_or(|last| *on <= last) {
                    return Err(Refused::NoticeRuns);
                }
                next.recognised_on = Some(*on);
                next.state = Recognised;
            }
            (Approved, Action::Recognise { on }) if way.notice_days.is_none() => {
                next.recognised_on = Some(*on);
                next.state = Recognised;
            }
            _ => return Err(Refused::State),
        }
        Ok(next)
    }

    fn give_up(&mut self, state: State) {
        self.approvers.clear();
        self.state = state;
    }

    fn judged_by(&self, by: &str) -> Result<(), Refused> {
        if self.approvers.iter().any(|approver| approver == by) { Err(Refused::OwnApproval) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ONE: Way = Way { two_reviews: false, notice_days: Some(5) };
    const TWO: Way = Way { two_reviews: true, notice_days: Some(5) };

    fn day(of_june: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2022, 6, of_june).unwrap()
    }

    fn walk(way: &Way, actions: &[Action]) -> Result<Claim, Refused> {
        actions.iter().try_fold(Claim::default(), |claim, action| claim.after(action, way))
    }

    fn by(name: &str) -> String {
        name.to_owned()
    }

    #[test]
    fn the_plain_way_counts_after_the_notice() {
        let noticed = [Action::Submit, Action::Approve { by: by("甲") }, Action::Publish { on: day(6) }];
        let claim = walk(&ONE, &noticed).unwrap();
        assert_eq!(claim.notice_ends(&ONE), Some(day(10)));
        assert_eq!(claim.after(&Action::Recognise { on: day(10) }, &ONE), Err(Refused::NoticeRuns));
        let done = claim.after(&Action::Recognise { on: day(11) }, &ONE).unwrap();
        assert_eq!((done.state(), done.recognised_on()), (State::Recognised, Some(day(11))));
    }

    #[test]
    fn a_return_starts_the_reviews_anew() {
        let walked = [Action::Submit, Action::Approve { by: by("甲") }, Action::Return { by: by("乙") }, Action::Submit];
        let claim = walk(&TWO, &walked).unwrap();
        assert_eq!((claim.state(), claim.approvers().len()), (State::Submitted, 0));
        let again = claim.after(&Action::Approve { by: by("甲") }, &TWO).unwrap();
        assert_eq!(again.after(&Action::Approve { by: by("甲") }, &TWO), Err(Refused::SameReviewer));
        assert_eq!(again.after(&Action::Approve { by: by("乙") }, &TWO).unwrap().state(), State::Approved);
    }

    #[test]
    fn objections_are_judged_by_others_and_all_of_them() {
        let objected = [
            Action::Submit,
            Action::Approve { by: by("甲") },
            Action::Publish { on: day(6) },
            Action::Object { on: day(7) },
            Action::Object { on: day(10) },
        ];
        let claim = walk(&ONE, &objected).unwrap();
        assert_eq!(claim.after(&Action::Object { on: day(11) }, &ONE), Err(Refused::NoticeOver));
        assert_eq!(claim.after(&Action::Dismiss { by: by("甲") }, &ONE), Err(Refused::OwnApproval));
        let half = claim.after(&Action::Dismiss { by: by("乙") }, &ONE).unwrap();
        assert_eq!(half.after(&Action::Recognise { on: day(20) }, &ONE), Err(Refused::State), "one objection is still open");
        let clear = half.after(&Action::Dismiss { by: by("丙") }, &ONE).unwrap();
        let done = clear.after(&Action::Recognise { on: day(20) }, &ONE).unwrap();
        assert_eq!(done.after(&Action::Uphold { by: by("乙") }, &ONE), Err(Refused::State), "there is no objection to judge");
        assert_eq!(done.after(&Action::Revoke { by: by("甲") }, &ONE), Err(Refused::OwnApproval));
        let revoked = done.after(&Action::Revoke { by: by("乙") }, &ONE).unwrap();
        assert_eq!((revoked.state(), revoked.recognised_on()), (State::Revoked, None));
    }

    #[test]
    fn without_a_notice_what_is_approved_is_recognised() {
        let way = Way { two_reviews: false, notice_days: None };
        let approved = walk(&way, &[Action::Submit, Action::Approve { by: by("甲") }]).unwrap();
        assert_eq!(approved.after(&Action::Publish { on: day(6) }, &way), Err(Refused::State));
        assert_eq!(approved.after(&Action::Recognise { on: day(3) }, &way).unwrap().recognised_on(), Some(day(3)));
        assert_eq!(approved.after(&Action::Recognise { on: day(3) }, &ONE), Err(Refused::State));
    }

    #[test]
    fn the_books_lose_nothing() {
        let walked = [Action::Submit, Action::Approve { by: by("甲") }, Action::Publish { on: day(6) }, Action::Object { on: day(7) }];
        let claim = walk(&ONE, &walked).unwrap();
        assert_eq!(Claim::restore(claim.standing()), claim);
        for state in State::ALL {
            assert_eq!(State::from_id(state.id()), Some(state));
        }
    }

    #[test]
    fn what_is_public_cannot_be_withdrawn() {
        let noticed = [Action::Submit, Action::Approve { by: by("甲") }, Action::Publish { on: day(6) }];
        assert_eq!(walk(&ONE, &noticed).unwrap().after(&Action::Withdraw, &ONE), Err(Refused::State));
        assert_eq!(walk(&ONE, &noticed[..2]).unwrap().after(&Action::Withdraw, &ONE).unwrap().state(), State::Withdrawn);
    }

    fn any_action() -> impl Strategy<Value = Action> {
        let name = prop::sample::select(vec!["甲", "乙", "丙"]);
        let on = 1u32..=30;
        prop_oneof![
            Just(Action::Submit),
            Just(Action::Withdraw),
            name.clone().prop_map(|by| Action::Return { by: by.to_owned() }),
            name.clone().prop_map(|by| Action::Approve { by: by.to_owned() }),
            on.clone().prop_map(|on| Action::Publish { on: day(on) }),
            on.clone().prop_map(|on| Action::Object { on: day(on) }),
            name.clone().prop_map(|by| Action::Dismiss { by: by.to_owned() }),
            name.clone().prop_map(|by| Action::Uphold { by: by.to_owned() }),
            name.prop_map(|by| Action::Revoke { by: by.to_owned() }),
            on.prop_map(|on| Action::Recognise { on: day(on) }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]
        /// Whatever is tried in whatever order: what counts was reviewed, noticed in full, and has no open objection.
        #[test]
        fn nothing_counts_unreviewed(two_reviews: bool, notice: bool, actions in prop::collection::vec(any_action(), 0..60)) {
            let way = Way { two_reviews, notice_days: notice.then_some(5) };
            let mut claim = Claim::default();
            for action in &actions {
                if let Ok(next) = claim.after(action, &way) {
                    claim = next;
                }
                prop_assert_eq!(claim.state() == State::Recognised, claim.recognised_on().is_some());
                prop_assert_eq!(claim.state() == State::Objected, claim.open_objections > 0);
                if let Some(on) = claim.recognised_on() {
                    let reviews = if two_reviews { 2 } else { 1 };
                    prop_assert_eq!(claim.approvers().len(), reviews);
                    prop_assert!(reviews == 1 || claim.approvers()[0] != claim.approvers()[1]);
                    prop_assert!(!notice || claim.notice_ends(&way).is_some_and(|last| on > last));
                }
            }
        }
    }
}
