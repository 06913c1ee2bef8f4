//! Retiring old generations (清理旧代): recent, daily and pinned ones stay.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};

use crate::{Job, Retries};

pub const NAME: &str = "retain_lake";

/// Daily at 03:30. A missed night is not made up for: the next one does the same work.
pub fn job() -> Job {
    Job {
        name: NAME,
        title: "清理旧代数据",
        title_en: "Retire old generations",
        about: "按保留策略清理旧代数据；当前代、上一代、每日首代与已结账期保留。",
        cron: "30 3 * * *",
        schedule: "每天 03:30",
        schedule_en: "daily at 03:30",
        clock: SlotClock::System,
        catch_up: CatchUp::Skip,
        limits: Limits { memory_bytes: 1 << 30, seconds: 10 * 60 },
        retries: Retries { attempts: 2, first_wait: TimeDelta::minutes(5), longest_wait: TimeDelta::minutes(5) },
        follow_up: None,
    }
}
