//! Recognition (认定): what stood in its notice to the end without an open objection counts from now on.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_registry::{NoticeBooks, RegistryError, Store};
use serde_json::{Value, json};

use crate::list::recognise::NAME;

/// Recognises all that is due on the business day; gives how many claims that were.
pub fn run(books: &dyn Store, notice_days: u32, today: NaiveDate, now: DateTime<Utc>) -> Result<usize, RegistryError> {
    Ok(NoticeBooks::recognise_due(books, notice_days, &super::doer(NAME, today, now))?.len())
}

/// What the run says of itself. No names: everybody who sees the jobs reads it.
pub fn report(recognised: usize) -> Value {
    let words = if recognised == 0 { "没有到期应认定的事项".to_owned() } else { format!("认定 {recognised} 项") };
    json!({"message": words, "recognised": recognised, "quiet": recognised == 0})
}
