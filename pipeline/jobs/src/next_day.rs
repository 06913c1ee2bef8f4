//! The demonstration's next day (演示次日): the business day moves on by one, and what is due on it runs.

use chrono::{DateTime, Days, NaiveDate, Utc};
use qunlian_registry::{Slot, SlotClock, SlotState};

use crate::runner::blocking;
use crate::{BusinessDay, JobsError, Runner};

/// Under this name the books keep the day that was reached, so that a restart goes on there.
pub const DAY_SETTING: &str = "demo.today";

impl Runner {
    /// Moves the business day on by one and starts what is due on it. `None`, and nothing done, while a task of the
    /// day before still runs or is about to: its day must not change under it.
    pub async fn next_day(&self, day: &BusinessDay) -> Result<Option<NaiveDate>, JobsError> {
        let _alone = self.inner.moving.lock().await;
        let core = self.inner.core.clone();
        if blocking(move || core.is_day_at_work()).await? {
            return Ok(None);
        }
        let Some(next) = day.given().and_then(|today| today.checked_add_days(Days::new(1))) else { return Ok(None) };
        let core = self.inner.core.clone();
        // First in the books: after a crash in between, the next start finds the slots due.
        blocking(move || Ok(core.store.put_setting(DAY_SETTING, &next.to_string(), core.clock.now())?)).await?;
        if !day.move_to(next) {
            return Ok(None);
        }
        self.tick().await?;
        Ok(Some(next))
    }
}

impl crate::evaluate::Core {
    /// True while a task whose slots belong to the business day runs or may begin.
    fn is_day_at_work(&self) -> Result<bool, JobsError> {
        let belongs = |slot: &Slot| self.jobs.iter().any(|entry| entry.job.name == slot.job && entry.job.clock == SlotClock::Business);
        let now = self.clock.now();
        Ok(self.store.open()?.iter().any(|slot| belongs(slot) && (slot.state == SlotState::Running || may_begin(slot, now))))
    }
}

/// A retry that still waits does not hold the day up.
fn may_begin(slot: &Slot, now: DateTime<Utc>) -> bool {
    slot.not_before.is_none_or(|time| time <= now)
}
