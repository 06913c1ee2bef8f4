//! Reading the inbox (收件箱导入): every workbook dropped there becomes landed rows or a clear refusal.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};

use crate::list::build_lake;
use crate::{FollowUp, Job, Retries};

pub const NAME: &str = "ingest_inbox";

/// Every 5 minutes. The child reports `{"new_rows": n, …}`; any new row asks for a build at once.
pub fn job() -> Job {
    Job {
        name: NAME,
        title: "导入收件箱",
        title_en: "Read the inbox",
        about: "读取收件箱中的工作簿，逐行校验后落地；有新数据即触发数据湖构建。",
        cron: "*/5 * * * *",
        schedule: "每 5 分钟",
        schedule_en: "every 5 minutes",
        clock: SlotClock::System,
        catch_up: CatchUp::RunOnceLatest,
        limits: Limits { memory_bytes: 2 << 30, seconds: 15 * 60 },
        retries: Retries { attempts: 3, first_wait: TimeDelta::seconds(30), longest_wait: TimeDelta::minutes(5) },
        follow_up: Some(FollowUp { job: build_lake::NAME, wanted: |result| result["new_rows"].as_u64().is_some_and(|rows| rows > 0) }),
    }
}
