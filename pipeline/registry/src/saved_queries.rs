//! Saved queries (已存查询) and personal boards (我的看板): texts are shared with roles, results never.

use chrono::{DateTime, Utc};
use qunlian_domain::saved_query::{AsOfRule, Audience, ChartChoice, Parameter, Viewer, canonical};

use crate::text::vocabulary;
use crate::{Doer, RegistryError};

/// What analysts keep. A query that the viewer may not see is not there: [`RegistryError::Unknown`].
pub trait SavedQueryBooks: Send + Sync {
    /// Keeps a query and records it in the audit log. A conflict when the owner has one of that title; refused beyond the
    /// bounds of `qunlian_domain::saved_query`.
    fn save_query(&self, viewer: &Viewer, draft: &QueryDraft, by: &Doer) -> Result<SavedQuery, RegistryError>;

    /// Replaces what a query says; only its owner may. Who it is shared with stays.
    fn change_query(&self, viewer: &Viewer, id: i64, draft: &QueryDraft, by: &Doer) -> Result<SavedQuery, RegistryError>;

    /// Shares a query's text with roles, or with nobody any more; only its owner may.
    fn share_query(&self, viewer: &Viewer, id: i64, audience: &Audience, by: &Doer) -> Result<SavedQuery, RegistryError>;

    /// Removes a query, from every board too; only its owner may.
    fn delete_query(&self, viewer: &Viewer, id: i64, by: &Doer) -> Result<(), RegistryError>;

    fn saved_query(&self, viewer: &Viewer, id: i64) -> Result<Option<SavedQuery>, RegistryError>;

    /// One's own and those shared with one, changed last first.
    fn saved_queries(&self, viewer: &Viewer) -> Result<Vec<SavedQuery>, RegistryError>;

    /// The query behind a short link: one's own before another's, the oldest of these.
    fn query_of_hash(&self, viewer: &Viewer, hash: &str) -> Result<Option<SavedQuery>, RegistryError>;
}

/// Personal boards. They are nobody's business but their owner's, so the audit log is not told.
pub trait BoardBooks: Send + Sync {
    /// Puts a query's chart at the end of one's board; one that stands there already takes the new size. Refused beyond
    /// `MOST_PINNED`.
    fn pin_chart(&self, viewer: &Viewer, query: i64, size: PinSize) -> Result<(), RegistryError>;

    /// False when it was not there.
    fn unpin_chart(&self, viewer: &Viewer, query: i64) -> Result<bool, RegistryError>;

    /// Moves a chart one place; at the end of the board nothing happens.
    fn move_chart(&self, viewer: &Viewer, query: i64, way: Move) -> Result<(), RegistryError>;

    /// From the top.
    fn pinned_charts(&self, viewer: &Viewer) -> Result<Vec<PinnedChart>, RegistryError>;
}

/// What is saved. Title and note are clean lines already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryDraft {
    /// Unique among the owner's.
    pub title: String,
    pub note: String,
    pub sql: String,
    pub as_of: AsOfRule,
    pub parameters: Vec<Parameter>,
    pub chart: Option<ChartChoice>,
}

/// A saved query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedQuery {
    pub id: i64,
    /// Account.
    pub owner: i64,
    /// The person's or duty's name.
    pub owner_name: String,
    pub draft: QueryDraft,
    pub audience: Audience,
    pub made_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    /// [`query_hash`] of statement and parameters.
    pub hash: String,
}

/// The short name of a statement with its parameters: 16 hexadecimal digits of BLAKE3.
pub fn query_hash(sql: &str, parameters: &[Parameter]) -> String {
    let mut hash = blake3::hash(canonical(sql, parameters).as_bytes()).to_hex().to_string();
    hash.truncate(16);
    hash
}

vocabulary! {
    /// How wide a chart stands on a board.
    PinSize {
        Half = "half", "半幅";
        Full = "full", "整幅";
    }
}

/// One place on a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
}

/// A chart on a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedChart {
    pub query: i64,
    pub size: PinSize,
    /// `None` when it is not shared with the board's owner any more.
    pub saved: Option<SavedQuery>,
}
