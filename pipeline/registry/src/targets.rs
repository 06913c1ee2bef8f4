//! Targets of the center (目标登记): set and revised on the page, beside those of the city's files.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::target::Target;

use crate::{Doer, RegistryError};

/// What the center set. An entry is never changed or removed: the next one for the same thing takes its place from its
/// own day on, by the rule of [`qunlian_domain::target::joined`].
pub trait TargetBooks: Send + Sync {
    /// Keeps an entry with its audit record. Refused where [`Target::entry_faults`] finds something; a conflict when
    /// the same target of the same issuer was entered again since the writer looked.
    fn enter_target(&self, new: &NewTarget, by: &Doer) -> Result<EnteredTarget, RegistryError>;

    /// Every entry of all years, in the order in which they were made.
    fn entered_targets(&self) -> Result<Vec<EnteredTarget>, RegistryError>;
}

/// A target to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTarget {
    /// Known from its day on; its end comes with the next one.
    pub target: Target,
    /// The last entry that the writer had seen, of whatever target; 0 before the first.
    pub seen: i64,
}

/// An entry (目标登记).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredTarget {
    pub id: i64,
    pub target: Target,
    pub by: String,
    /// The business day of the entry.
    pub on: NaiveDate,
    pub at: DateTime<Utc>,
}
