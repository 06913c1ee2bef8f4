//! Building the lake (构建数据湖): landed rows become the next published generation, if anything changed.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};

use crate::list::light_turns;
use crate::{FollowUp, Job, Retries};

pub const NAME: &str = "build_lake";

/// Hourly at ten past, and whenever an import brought new rows. Unchanged inputs publish nothing.
pub fn job() -> Job {
    Job {
        name: NAME,
        title: "构建数据湖",
        title_en: "Build the lake",
        about: "清洗、归链、归区并核对勾稽关系，发布新一代数据；输入未变则不发布。",
        cron: "10 * * * *",
        schedule: "每小时第 10 分钟；有新导入时立即",
        schedule_en: "hourly at :10, and at once after new imports",
        clock: SlotClock::System,
        catch_up: CatchUp::RunOnceLatest,
        limits: Limits { memory_bytes: 4 << 30, seconds: 30 * 60 },
        retries: Retries { attempts: 3, first_wait: TimeDelta::minutes(1), longest_wait: TimeDelta::minutes(15) },
        follow_up: Some(FollowUp { job: light_turns::NAME, wanted: |result| result["published"].as_bool().unwrap_or(false) }),
    }
}
