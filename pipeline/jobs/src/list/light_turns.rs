//! Lights that turned (亮灯变化): subscribers are told which carrier's light turned from what to what.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};

use crate::list::deliver;
use crate::{FollowUp, Job, Retries};

pub const NAME: &str = "light_turns";

/// Daily at 07:40 of the business day, because pace moves on by itself, and after each published generation.
pub fn job() -> Job {
    Job {
        name: NAME,
        title: "亮灯变化",
        title_en: "Lights that turned",
        about: "把各载体单位各项指标的亮灯与上次告知的比较，有变化的告知订阅者；没有订阅者时不比较。",
        cron: "40 7 * * *",
        schedule: "每天 07:40；发布新一代数据后立即",
        schedule_en: "daily at 07:40, and at once after new figures",
        clock: SlotClock::Business,
        catch_up: CatchUp::RunOnceLatest,
        limits: Limits { memory_bytes: 2 << 30, seconds: 10 * 60 },
        retries: Retries { attempts: 3, first_wait: TimeDelta::minutes(1), longest_wait: TimeDelta::minutes(15) },
        follow_up: Some(FollowUp { job: deliver::NAME, wanted: deliver::has_queued }),
    }
}
