//! The Monday notice (周一公示): what was approved in the week before goes up, open to objections.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};

use crate::list::recognise;
use crate::{FollowUp, Job, Retries};

pub const NAME: &str = "monday_notice";

/// Mondays at 08:00, holiday or not. Every missed Monday is made up for by its own notice, marked 补发.
pub fn job() -> Job {
    Job {
        name: NAME,
        title: "周一公示",
        title_en: "Monday notice",
        about: "公示上一周审核通过的事项；错过的周一逐一补发，公示期自实际公示之日起算。涉密项目不公示。",
        cron: "0 8 * * 1",
        schedule: "每周一 08:00",
        schedule_en: "Mondays at 08:00",
        clock: SlotClock::Business,
        catch_up: CatchUp::RunAll,
        limits: Limits { memory_bytes: 1 << 30, seconds: 5 * 60 },
        retries: Retries { attempts: 5, first_wait: TimeDelta::seconds(30), longest_wait: TimeDelta::minutes(30) },
        follow_up: Some(FollowUp {
            job: recognise::NAME,
            wanted: |result| result["published"].as_u64().is_some_and(|published| published > 0),
        }),
    }
}
