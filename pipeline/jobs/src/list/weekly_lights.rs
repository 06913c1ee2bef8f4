//! The weekly list (每周红黄清单): each Monday subscribers read which lights are yellow and red.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};

use crate::list::deliver;
use crate::{FollowUp, Job, Retries};

pub const NAME: &str = "weekly_lights";

/// Mondays at 08:20. A missed Monday is made up for within its week.
pub fn job() -> Job {
    Job {
        name: NAME,
        title: "每周红黄清单",
        title_en: "Weekly list of lights",
        about: "每周一把红黄清单发给订阅者；一周一份，重复运行不重复发送。",
        cron: "20 8 * * 1",
        schedule: "每周一 08:20",
        schedule_en: "Mondays at 08:20",
        clock: SlotClock::Business,
        catch_up: CatchUp::RunOnceLatest,
        limits: Limits { memory_bytes: 2 << 30, seconds: 10 * 60 },
        retries: Retries { attempts: 3, first_wait: TimeDelta::minutes(1), longest_wait: TimeDelta::minutes(15) },
        follow_up: Some(FollowUp { job: deliver::NAME, wanted: deliver::has_queued }),
    }
}
