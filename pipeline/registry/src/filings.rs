//! Filings (备案): projects, the claims on them, who did what to them, attachments, notices and objections.
//!
//! A claim moves only by [`qunlian_domain::claim::Claim::after`], inside the transaction that records the step,
//! its changes of fields and its audit entry: what is answered with success is whole or not there.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::access::RowScope;
use qunlian_domain::audit::Via;
use qunlian_domain::claim::{Standing, State, Way};
use qunlian_domain::filing::{Matter, Values};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::RegistryError;

/// Projects and the claims on them.
pub trait FilingBooks: Send + Sync {
    /// Opens a filing with its number and a draft of its project claim. Given a key that the same account used
    /// before, it gives what that call made (`Idempotency-Key`); with another body it is refused.
    fn open_filing(&self, new: &NewFiling) -> Result<Opened, RegistryError>;

    fn filing(&self, id: i64) -> Result<Option<Filing>, RegistryError>;

    fn filing_numbered(&self, number: &str) -> Result<Option<Filing>, RegistryError>;

    /// Newest first.
    fn filings(&self, filter: &FilingFilter) -> Result<Vec<Filing>, RegistryError>;

    fn count_filings(&self, filter: &FilingFilter) -> Result<usize, RegistryError>;

    /// Opens a draft of a further claim. Refused while the same matter is under way, for a filing that is
    /// deleted, and for a milestone that is recognised already.
    fn open_claim(&self, new: &NewClaim) -> Result<Claim, RegistryError>;

    /// Keeps what was typed, right or wrong, in a claim that is open to its filer. `version` is the one the page
    /// was made from: a claim that moved on meanwhile is refused as [`RegistryError::Conflict`].
    fn save_draft(&self, claim: i64, version: i64, typed: &Typed, by: &Doer) -> Result<Claim, RegistryError>;

    /// Does one step of a claim's way. Everything that follows from it is done in the same transaction: events,
    /// field changes, the filing's facts on recognition, the audit entry.
    fn step(&self, claim: i64, step: &Step, by: &Doer) -> Result<Claim, RegistryError>;

    fn find_claim(&self, id: i64) -> Result<Option<Claim>, RegistryError>;

    /// By the filter's order.
    fn claims(&self, filter: &ClaimFilter) -> Result<Vec<Claim>, RegistryError>;

    fn count_claims(&self, filter: &ClaimFilter) -> Result<usize, RegistryError>;

    /// The thread of a claim, oldest first.
    fn claim_events(&self, claim: i64) -> Result<Vec<ClaimEvent>, RegistryError>;

    /// Every event of all claims in a span of business days, oldest first: for the turn-around chart.
    fn events_between(&self, from: NaiveDate, until: NaiveDate) -> Result<Vec<ClaimEvent>, RegistryError>;

    /// The field-level change log of a filing, oldest first.
    fn changes_of(&self, filing: i64) -> Result<Vec<Change>, RegistryError>;

    /// Records an attachment whose bytes lie safely in the store of attachments.
    fn add_attachment(&self, new: &NewAttachment) -> Result<Attachment, RegistryError>;

    /// Takes it off an open claim; the bytes and the record stay.
    fn remove_attachment(&self, id: i64, by: &Doer) -> Result<bool, RegistryError>;

    fn attachment(&self, id: i64) -> Result<Option<Attachment>, RegistryError>;

    /// Those of a filing that were not removed, oldest first.
    fn attachments_of(&self, filing: i64) -> Result<Vec<Attachment>, RegistryError>;

    /// A reviewer takes a claim up, or lays it down with `None`.
    fn hold(&self, claim: i64, holder: Option<&Doer>, now: DateTime<Utc>) -> Result<Claim, RegistryError>;
}

/// Monday notices and what people object.
pub trait NoticeBooks: Send + Sync {
    /// Publishes what was approved (and needs a notice) in the span, in one transaction, once per id: `None`
    /// when nothing is to be published. A second call with the same id gives the notice that stands.
    fn publish_notice(&self, new: &NewNotice, by: &Doer) -> Result<Option<Notice>, RegistryError>;

    fn notice(&self, id: &str) -> Result<Option<Notice>, RegistryError>;

    /// Newest first, without items.
    fn notices(&self, limit: usize) -> Result<Vec<Notice>, RegistryError>;

    /// Records an objection to a claim of a notice and moves the claim.
    fn object(&self, new: &NewObjection, by: &Doer) -> Result<Objection, RegistryError>;

    fn objection(&self, id: i64) -> Result<Option<Objection>, RegistryError>;

    /// Open ones first, oldest first. `claim`: of one claim only.
    fn objections(&self, claim: Option<i64>) -> Result<Vec<Objection>, RegistryError>;

    /// Judges an objection: `upheld` revokes the claim (and closes its other objections), else it is dismissed.
    fn judge(&self, judgement: &Judgement, by: &Doer) -> Result<Objection, RegistryError>;

    /// Recognises every claim that is due on that business day: notices that are over without an open
    /// objection, and approved claims that need none. `limits` gives the way of each claim.
    fn recognise_due(&self, notice_days: u32, by: &Doer) -> Result<Vec<Claim>, RegistryError>;

    /// Claims that were ever recognised, with what they state, in the order of recognition: for the lake.
    fn recognised(&self) -> Result<Vec<Claim>, RegistryError>;
}

/// Who does something, when, and by which door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    /// `None` for jobs and the public.
    pub account: Option<i64>,
    /// Login name; `job:recognise`; `public`.
    pub name: String,
    pub via: Via,
    /// System time.
    pub now: DateTime<Utc>,
    /// Business day (业务日).
    pub today: NaiveDate,
}

/// What was typed, by field id, as it was typed.
pub type Typed = BTreeMap<String, String>;

/// A filing to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFiling {
    pub carrier_id: String,
    /// Stage the form is filled in for, by `stage_order`.
    pub stage: usize,
    pub typed: Typed,
    /// Key and BLAKE3 of the body of the request that made it.
    pub once: Option<(String, String)>,
    pub by: Doer,
}

/// What [`FilingBooks::open_filing`] made, or had made before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub filing: Filing,
    pub claim: Claim,
    /// True when the key was known: nothing new was made.
    pub again: bool,
}

/// A project in the books (备案项目).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    pub id: i64,
    /// Public number: `2022-00017`, in the order of opening.
    pub number: String,
    pub carrier_id: String,
    /// Stage reached or filed for, by `stage_order`.
    pub stage: usize,
    /// `ongoing`, ... (apart from the stage).
    pub status: String,
    /// Name and investor as last typed, so that lists need not look into claims.
    pub name: String,
    pub investor: String,
    pub confidential: bool,
    /// Facts that passed a review: empty until the project claim is approved. Recognition does not change them.
    pub facts: Values,
    pub opened_by: i64,
    pub opened_at: DateTime<Utc>,
    pub opened_on: NaiveDate,
    /// The day of the first submission: who filed first (首报).
    pub first_submitted_at: Option<DateTime<Utc>>,
    pub deleted_on: Option<NaiveDate>,
}

/// Which filings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilingFilter {
    pub scope: RowScope,
    pub carrier_id: Option<String>,
    /// Part of name, investor or number.
    pub text: Option<String>,
    pub stage: Option<usize>,
    /// Only those with a claim in one of these states; empty: all.
    pub states: Vec<State>,
    /// Including deleted ones.
    pub deleted: bool,
    pub limit: usize,
    pub offset: usize,
}

/// A claim to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClaim {
    pub filing: i64,
    pub matter: Matter,
    pub typed: Typed,
    pub by: Doer,
}

/// A claim in the books (申报事项).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub id: i64,
    pub filing: i64,
    /// Of the filing, for lists and scopes.
    pub filing_number: String,
    pub carrier_id: String,
    pub project_name: String,
    pub investor: String,
    pub confidential: bool,
    pub matter: Matter,
    /// Stage the form is filled in for, by `stage_order`.
    pub stage: usize,
    pub typed: Typed,
    /// Canonical; empty until the first submission.
    pub values: Values,
    pub standing: Standing,
    /// Day of the recognition that was revoked; `None` unless it once counted.
    pub revoked_on: Option<NaiveDate>,
    /// The first day it ever counted (kept when it is revoked).
    pub counted_from: Option<NaiveDate>,
    pub notice: Option<String>,
    pub opened_by: i64,
    /// First and last submission, by the system clock, and the business day of the last.
    pub first_submitted_at: Option<DateTime<Utc>>,
    pub submitted_at: Option<DateTime<Utc>>,
    pub submitted_on: Option<NaiveDate>,
    /// Business day of the last approval, return or judgement.
    pub decided_on: Option<NaiveDate>,
    pub holder: Option<String>,
    pub held_since: Option<DateTime<Utc>>,
    /// Rises with every change.
    pub version: i64,
}

/// Which claims, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimFilter {
    pub scope: RowScope,
    /// Empty: all states.
    pub states: Vec<State>,
    pub filing: Option<i64>,
    pub carrier_id: Option<String>,
    pub opened_by: Option<i64>,
    pub order: ClaimOrder,
    pub limit: usize,
    pub offset: usize,
}

/// Orders of claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClaimOrder {
    /// First submitted, first served: the review queue.
    #[default]
    FirstCome,
    /// Last changed first.
    Newest,
}

/// One step of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// What was typed and its canonical values; the caller has checked them.
    Submit {
        typed: Typed,
        values: Values,
        way: Way,
    },
    Withdraw {
        reason: String,
    },
    /// Remarks by field (an empty key is about the whole), and whom to call.
    Return {
        remarks: BTreeMap<String, String>,
        contact: String,
        way: Way,
    },
    Approve {
        remark: String,
        way: Way,
    },
    /// Takes a recognition back (撤销认定); refused for matters that add nothing to the figures.
    Revoke {
        reason: String,
        way: Way,
    },
}

/// One entry of a claim's thread (办理过程).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimEvent {
    pub id: i64,
    pub claim: i64,
    /// `opened`, `submit`, `withdraw`, `return`, `approve`, `publish`, `object`, `dismiss`, `uphold`, `recognise`,
    /// `revoke`, `delete`.
    pub action: String,
    /// State after it.
    pub state: String,
    pub by: String,
    pub account: Option<i64>,
    pub at: DateTime<Utc>,
    pub on: NaiveDate,
    /// Remarks by field; the empty key is about the whole.
    pub remarks: BTreeMap<String, String>,
    /// Whom to call.
    pub contact: String,
}

/// One change of one field (变更日志).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub id: i64,
    pub filing: i64,
    pub claim: Option<i64>,
    pub field: String,
    pub before: String,
    pub after: String,
    pub by: String,
    pub at: DateTime<Utc>,
    pub on: NaiveDate,
}

/// An attachment to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    pub filing: i64,
    pub claim: i64,
    /// As the filer's machine named it, cleaned.
    pub file_name: String,
    /// `pdf`, `docx`, `xlsx`, `jpg`, `png`: by content.
    pub kind: String,
    pub bytes: u64,
    /// BLAKE3, 64 hex digits: where its bytes lie.
    pub blake3: String,
    pub by: Doer,
}

/// An attachment (附件).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub id: i64,
    pub filing: i64,
    pub claim: i64,
    pub file_name: String,
    pub kind: String,
    pub bytes: u64,
    pub blake3: String,
    pub by: String,
    pub at: DateTime<Utc>,
    pub removed_at: Option<DateTime<Utc>>,
}

/// A notice to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// `2022-W22`: the ISO week of the approvals.
    pub id: String,
    /// Approved on these business days, both included.
    pub from: NaiveDate,
    pub until: NaiveDate,
    /// The Monday on which it should have been published.
    pub slot: NaiveDate,
    pub notice_days: u32,
    /// What the public sees of each claim, by claim id; the caller makes it of [`FilingBooks::claims`] in state
    /// approved. A claim without a face is not published.
    pub faces: BTreeMap<i64, NoticeFace>,
}

/// What the public sees of a claim (公示内容), and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeFace {
    pub carrier: String,
    pub project: String,
    pub matter: String,
    /// `12亿元`
    pub scale: String,
    pub chain: String,
}

/// A Monday notice (周一公示).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub id: String,
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub slot: NaiveDate,
    /// Business day of the publication.
    pub published_on: NaiveDate,
    pub published_at: DateTime<Utc>,
    /// Last day for objections.
    pub objections_until: NaiveDate,
    /// 补发: published after its Monday.
    pub late: bool,
    pub items: Vec<NoticeItem>,
}

/// One line of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeItem {
    pub claim: i64,
    pub carrier_id: String,
    pub face: NoticeFace,
    /// Where the claim stands now.
    pub state: State,
}

/// An objection to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewObjection {
    pub notice: String,
    pub claim: i64,
    pub reason: String,
    /// Name and contact, masked already: the books hold nothing else of whoever objects.
    pub objector: String,
    pub contact_masked: String,
    pub way: Way,
}

/// An objection (异议).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    pub id: i64,
    pub notice: String,
    pub claim: i64,
    pub reason: String,
    pub objector: String,
    pub contact_masked: String,
    pub at: DateTime<Utc>,
    pub on: NaiveDate,
    pub state: ObjectionState,
    pub judged_by: Option<String>,
    pub judged_on: Option<NaiveDate>,
    pub judgement: String,
}

/// Where an objection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectionState {
    /// 待复核
    Open,
    /// 异议不成立
    Dismissed,
    /// 异议成立
    Upheld,
}

/// A reviewer's word on an objection (复核).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub objection: i64,
    pub upheld: bool,
    /// Shown on the notice.
    pub reason: String,
    pub way: Way,
}

impl ObjectionState {
    /// The name in the books.
    pub fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Dismissed => "dismissed",
            Self::Upheld => "upheld",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "复核中",
            Self::Dismissed => "异议不成立",
            Self::Upheld => "异议成立",
        }
    }

    /// Reads [`ObjectionState::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Open, Self::Dismissed, Self::Upheld].into_iter().find(|state| state.id() == id)
    }
}

impl Claim {
    /// The way this claim goes; see [`Matter::way`].
    pub fn way(&self, two_reviews: bool, notice_days: u32) -> Way {
        self.matter.way(self.confidential, two_reviews, notice_days)
    }
}
