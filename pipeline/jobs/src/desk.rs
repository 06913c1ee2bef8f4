//! What the desk's jobs do (公示、认定、推送): they touch nothing but the books, so their work stands beside their schedules.

pub mod deliver;
pub mod news;
pub mod notice;
pub mod recognise;

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::Via;
use qunlian_registry::Doer;

/// A job as the books know it: `job:recognise`.
fn doer(job: &str, today: NaiveDate, now: DateTime<Utc>) -> Doer {
    Doer { account: None, name: format!("job:{job}"), via: Via::Job, now, today }
}
