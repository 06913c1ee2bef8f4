//! People's word against the rules (人工认定): a chain or region set by hand, with reason, kept until revoked.

use chrono::{DateTime, NaiveDate, Utc};

use crate::RegistryError;
use crate::text::vocabulary;

/// Overrides are never changed: a new one revokes the one in force, and all stay readable.
pub trait OverrideBooks: Send + Sync {
    /// Records an override, revoking the one in force for the same project and field.
    fn set_override(&self, new: &NewOverride) -> Result<Override, RegistryError>;

    /// Revokes one. False when it is unknown or revoked already.
    fn revoke_override(&self, id: i64, by: &str, now: DateTime<Utc>) -> Result<bool, RegistryError>;

    /// Everything in force, by project and field.
    fn overrides(&self) -> Result<Vec<Override>, RegistryError>;

    /// All that was ever decided about a project, oldest first.
    fn overrides_of(&self, project_id: &str) -> Result<Vec<Override>, RegistryError>;
}

vocabulary! {
    OverrideField {
        Chain = "chain", "产业链";
        Region = "region", "投资来源区域";
    }
}

/// A decision to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOverride {
    pub project_id: String,
    pub field: OverrideField,
    /// Chain or region id.
    pub value: String,
    pub reason: String,
    pub decided_by: String,
    /// Business day from which it counts.
    pub decided_on: NaiveDate,
    pub now: DateTime<Utc>,
}

/// A recorded decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    pub id: i64,
    pub project_id: String,
    pub field: OverrideField,
    pub value: String,
    pub reason: String,
    pub decided_by: String,
    pub decided_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub revoked_by: Option<String>,
}
