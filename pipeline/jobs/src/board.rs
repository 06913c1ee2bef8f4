//! The runner as pages see it (`/jobs`).

use qunlian_registry::{BoardError, JobBoard, JobStatus, Origin, Run, Slot, SlotState};

use crate::evaluate::Entry;
use crate::{JobsError, Runner};

impl JobBoard for Runner {
    fn status(&self) -> Result<Vec<JobStatus>, BoardError> {
        let open = self.inner.core.store.open()?;
        self.inner.core.jobs.iter().map(|entry| self.status_of(entry, &open)).collect()
    }

    fn slots(&self, job: Option<&str>, limit: usize) -> Result<Vec<Slot>, BoardError> {
        self.known(job)?;
        let slots = self.inner.core.store.slots(job, limit)?;
        Ok(slots.into_iter().map(|slot| self.inner.core.with_live_progress(slot)).collect())
    }

    fn runs(&self, job: Option<&str>, limit: usize) -> Result<Vec<Run>, BoardError> {
        self.known(job)?;
        Ok(self.inner.core.store.runs(job, limit)?)
    }

    fn run_now(&self, job: &str, by: &str) -> Result<Slot, BoardError> {
        self.known(Some(job))?;
        let slot = self.inner.core.order(job, Origin::Manual, by).map_err(|error| match error {
            JobsError::Books(error) => BoardError::Books(error),
            _ => BoardError::UnknownJob(job.to_owned()),
        })?;
        self.inner.wake.notify_one();
        Ok(slot)
    }
}

impl Runner {
    fn status_of(&self, entry: &Entry, open: &[Slot]) -> Result<JobStatus, BoardError> {
        let core = &self.inner.core;
        let job = &entry.job;
        let (running, waiting): (Vec<Slot>, Vec<Slot>) =
            open.iter().filter(|slot| slot.job == job.name).cloned().partition(|slot| slot.state == SlotState::Running);
        // the newest may be running still
        let ended = core.store.runs(Some(job.name), 2)?.into_iter().find(|run| run.outcome.is_some());
        Ok(JobStatus {
            name: job.name.to_owned(),
            title: job.title.to_owned(),
            title_en: job.title_en.to_owned(),
            about: job.about.to_owned(),
            cron: job.cron.to_owned(),
            schedule: job.schedule.to_owned(),
            schedule_en: job.schedule_en.to_owned(),
            clock: job.clock,
            catch_up: job.catch_up,
            limits: job.limits,
            attempts: job.retries.attempts,
            next: entry.schedule.next(core.clock.of(job.clock)),
            running: running.into_iter().next().map(|slot| core.with_live_progress(slot)),
            waiting,
            last: ended,
        })
    }

    fn known(&self, job: Option<&str>) -> Result<(), BoardError> {
        match job.filter(|job| self.inner.core.entry(job).is_err()) {
            Some(job) => Err(BoardError::UnknownJob(job.to_owned())),
            None => Ok(()),
        }
    }
}
