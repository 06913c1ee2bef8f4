//! Workbooks that were read and wait (待确认的报表): in memory only, for half an hour, for the account that sent them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_registry::Typed;

use crate::workbooks::BookComplaint;

use super::super::duplicates::TwinView;

/// Previews of everybody, and of one account.
const MOST: usize = 20;
const MOST_OF_ONE: usize = 4;
/// How long one waits.
const LASTS: TimeDelta = TimeDelta::minutes(30);

/// One workbook as it was read.
pub(in super::super) struct Preview {
    pub account: i64,
    pub made_at: DateTime<Utc>,
    pub carrier_id: String,
    pub file_name: String,
    pub rows: Vec<KeptRow>,
    pub complaints: Vec<BookComplaint>,
    pub complaint_count: usize,
    /// What became of rows, by their position. Held while rows are being filed, so that no row is filed twice.
    pub filed: tokio::sync::Mutex<BTreeMap<usize, Filed>>,
}

/// One row of it.
pub(in super::super) struct KeptRow {
    pub sheet: String,
    pub row: u64,
    pub carrier_id: String,
    pub typed: Typed,
    /// By the milestones that it dates.
    pub stage: usize,
    pub twins: Vec<TwinView>,
}

/// What became of a row.
#[derive(Debug, Clone)]
pub(in super::super) struct Filed {
    pub number: String,
    pub claim: i64,
    /// False for a draft.
    pub submitted: bool,
}

/// The previews by their keys.
#[derive(Default)]
pub(crate) struct Previews(Mutex<HashMap<String, Arc<Preview>>>);

impl Previews {
    /// Keeps a preview in place of the same account's oldest; false when there is no place for it.
    pub(in super::super) fn keep(&self, key: String, preview: Preview) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = preview.made_at;
        all.retain(|_, kept| now - kept.made_at < LASTS);
        let own = || all.iter().filter(|(_, kept)| kept.account == preview.account);
        if own().count() >= MOST_OF_ONE {
            let oldest = own().min_by_key(|(_, kept)| kept.made_at).map(|(key, _)| key.clone());
            oldest.and_then(|key| all.remove(&key));
        }
        if all.len() >= MOST {
            return false;
        }
        all.insert(key, Arc::new(preview));
        true
    }

    /// The preview of a key, if that account made it within the half hour.
    pub(in super::super) fn find(&self, key: &str, account: Option<i64>, now: DateTime<Utc>) -> Option<Arc<Preview>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(key)?;
        (Some(kept.account) == account && now - kept.made_at < LASTS).then(|| Arc::clone(kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(account: i64, minutes: i64) -> Preview {
        Preview {
            account,
            made_at: at(minutes),
            carrier_id: "suixi".to_owned(),
            file_name: "a.xlsx".to_owned(),
            rows: Vec::new(),
            complaints: Vec::new(),
            complaint_count: 0,
            filed: tokio::sync::Mutex::default(),
        }
    }

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_653_958_800 + 60 * minutes, 0).unwrap()
    }

    #[test]
    fn a_preview_is_its_accounts_for_half_an_hour() {
        let previews = Previews::default();
        assert!(previews.keep("k".to_owned(), preview(1, 0)));
        assert!(previews.find("k", Some(1), at(29)).is_some());
        assert!(previews.find("k", Some(2), at(1)).is_none() && previews.find("k", None, at(1)).is_none());
        assert!(previews.find("k", Some(1), at(30)).is_none() && previews.find("x", Some(1), at(1)).is_none());
    }

    #[test]
    fn nobody_takes_every_place() {
        let previews = Previews::default();
        for minute in 0..6 {
            assert!(previews.keep(format!("one-{minute}"), preview(1, minute)));
        }
        let left = (0..6).filter(|minute| previews.find(&format!("one-{minute}"), Some(1), at(6)).is_some());
        assert_eq!(left.collect::<Vec<_>>(), [2, 3, 4, 5], "the oldest give way");
        for account in 2..18 {
            assert!(previews.keep(format!("of-{account}"), preview(account, 6)), "{account}");
        }
        assert!(!previews.keep("full".to_owned(), preview(99, 7)));
        assert!(previews.keep("later".to_owned(), preview(99, 40)), "places come free again");
    }
}
