//! The books (台账): what is due, running and done, which files came in, what people decided. On embedded SQLite.
//!
//! [`Store`] is the whole of it; [`SqliteStore`] is the implementation; `conformance::store_suite` is what any
//! implementation must pass. Times are always the caller's: the books have no clock.
//! [`JobBoard`] is how pages see the jobs without knowing the runner.

mod accounts;
mod audit;
pub mod board;
mod bulletins;
#[cfg(any(test, feature = "conformance"))]
#[allow(clippy::unwrap_used)]
pub mod conformance;
mod credit;
mod error;
pub mod export;
mod filings;
mod imports;
mod jobs;
mod overrides;
mod saved_queries;
mod score_figures;
mod scores;
pub mod scram;
pub mod secret;
mod sqlite;
mod statement_history;
mod store;
mod subscriptions;
mod targets;
mod text;
mod trips;

pub use accounts::{Account, AccountBooks, FirstAccount, Grant, NewAccount, NewToken, Session, Token, is_login_name};
pub use audit::{AuditBooks, AuditEntry, AuditFault, AuditFilter, AuditFlaw, AuditHead, AuditRecord, AuditVerdict};
pub use board::{BoardError, CatchUp, JobBoard, JobStatus, Limits, SlotClock};
pub use bulletins::{BulletinBooks, BulletinFile, Kept, MadeBulletin, NewBulletin};
pub use credit::{Arbitration, CreditBooks, CreditShare, NewArbitration, NewShare, OtherSide, Ruling, credit_on};
pub use error::RegistryError;
pub use filings::{
    Attachment, Change, Claim, ClaimEvent, ClaimFilter, ClaimOrder, Doer, Filing, FilingBooks, FilingFilter, Judgement, NewAttachment,
    NewClaim, NewFiling, NewNotice, NewObjection, Notice, NoticeBooks, NoticeFace, NoticeItem, Objection, ObjectionState, Opened, Step,
    Typed,
};
pub use imports::{Import, ImportBooks, ImportOutcome, Recorded};
pub use jobs::{
    Beat, Cause, Claim as SlotClaim, Claimed, End, Ending, JobBooks, Lease, Order, Origin, Progress, Run, RunOutcome, Slot, SlotOutcome,
    SlotState,
};
pub use overrides::{NewOverride, Override, OverrideBooks, OverrideField};
pub use saved_queries::{BoardBooks, Move, PinSize, PinnedChart, QueryDraft, SavedQuery, SavedQueryBooks, query_hash};
pub use score_figures::{InvestmentCheck, NewFigures, NewInvestmentCheck, ScoreFigureBooks, TypedRow};
pub use scores::{ClosedSheet, NewScoreEntry, NewScoreRating, ScoreBooks, ScoreEntry, ScoreRating};
pub use scram::ScramBooks;
pub use sqlite::SqliteStore;
pub use statement_history::{HistoryFilter, PastStatement, RanStatement, StatementBooks, StatementOutcome};
pub use store::{Settings, Store};
pub use subscriptions::{
    AttemptEnd, MOST_A_DAY, MOST_LIVE, MOST_TESTS_AN_HOUR, Message, MessageState, NewMessage, NewSubscription, OutboxBooks, SigningSecret,
    Subscription, SubscriptionBooks, TEST_KEY,
};
pub use targets::{EnteredTarget, NewTarget, TargetBooks};
pub use trips::{NewTrip, NewVisit, Trip, TripBooks, Visit, VisitsOf};
