//! Trips (招商出访) and visits (拜访): whom leaders go to see, and what came of it.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::trip::Trip as Plan;

use crate::{Doer, RegistryError};

/// Trips and visits. Neither is ever deleted: a trip is called off, a visit is corrected by a later one.
pub trait TripBooks: Send + Sync {
    /// Keeps a plan; refused when [`Plan::faults`] finds any.
    fn plan_trip(&self, new: &NewTrip, by: &Doer) -> Result<Trip, RegistryError>;

    /// Changes a plan; `version` is the one the page was made from.
    fn change_trip(&self, id: i64, version: i64, new: &NewTrip, by: &Doer) -> Result<Trip, RegistryError>;

    /// Calls a trip off; its visits stay.
    fn call_off_trip(&self, id: i64, version: i64, by: &Doer) -> Result<Trip, RegistryError>;

    fn trip(&self, id: i64) -> Result<Option<Trip>, RegistryError>;

    /// The latest first.
    fn trips(&self, limit: usize) -> Result<Vec<Trip>, RegistryError>;

    /// Records a visit, on a trip or without one.
    fn record_visit(&self, new: &NewVisit, by: &Doer) -> Result<Visit, RegistryError>;

    /// Of a trip, of a filing, or all (newest first, at most `limit`).
    fn visits(&self, of: VisitsOf, limit: usize) -> Result<Vec<Visit>, RegistryError>;
}

/// A plan to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTrip {
    pub plan: Plan,
    /// Filing of each firm of the plan, in its order; `None` where the firm has none.
    pub filings: Vec<Option<i64>>,
    pub note: String,
}

/// A trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    pub id: i64,
    pub plan: Plan,
    pub filings: Vec<Option<i64>>,
    pub note: String,
    pub planned_by: String,
    pub planned_at: DateTime<Utc>,
    pub called_off_on: Option<NaiveDate>,
    /// Rises with every change.
    pub version: i64,
}

/// Which visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitsOf {
    Trip(i64),
    Filing(i64),
    All,
}

/// A visit to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVisit {
    pub trip: Option<i64>,
    pub filing: Option<i64>,
    pub firm: String,
    pub on: NaiveDate,
    /// What was said and agreed.
    pub result: String,
    pub next_step: String,
}

/// A visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub id: i64,
    pub trip: Option<i64>,
    pub filing: Option<i64>,
    pub firm: String,
    pub on: NaiveDate,
    pub result: String,
    pub next_step: String,
    pub by: String,
    pub at: DateTime<Utc>,
}
