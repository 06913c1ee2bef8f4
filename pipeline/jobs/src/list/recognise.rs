//! Recognition (认定): claims whose notice is over without an open objection begin to count.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};

use crate::list::export_registry;
use crate::{FollowUp, Job, Retries};

pub const NAME: &str = "recognise";

/// The job that brings what was recognised into the figures.
const AFTER: &str = export_registry::NAME;

/// Daily at 00:20, and after every notice. One run does the work of all days that were missed.
pub fn job() -> Job {
    Job {
        name: NAME,
        title: "公示期满认定",
        title_en: "Recognition",
        about: "公示期满且没有待复核异议的事项予以认定，自认定之日起计入各项数字。",
        cron: "20 0 * * *",
        schedule: "每天 00:20；公示后立即",
        schedule_en: "daily at 00:20, and after notices",
        clock: SlotClock::Business,
        catch_up: CatchUp::RunOnceLatest,
        limits: Limits { memory_bytes: 1 << 30, seconds: 5 * 60 },
        retries: Retries { attempts: 5, first_wait: TimeDelta::seconds(30), longest_wait: TimeDelta::minutes(30) },
        follow_up: Some(FollowUp { job: AFTER, wanted: |result| result["recognised"].as_u64().is_some_and(|recognised| recognised > 0) }),
    }
}
