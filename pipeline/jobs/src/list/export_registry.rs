//! Bringing the books into the lake (备案入湖): what was recognised becomes rows beside the workbooks'.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};

use crate::list::build_lake;
use crate::{FollowUp, Job, Retries};

pub const NAME: &str = "export_registry";

/// Daily at 01:10 of the business day, and after claims were recognised. The child reports `{"changed": bool, …}`;
/// books that say something new ask for a build at once.
pub fn job() -> Job {
    Job {
        name: NAME,
        title: "备案入湖",
        title_en: "Export the books",
        about: "把备案登记簿中已认定的事项和备案、公示、异议、变更记录送入数据湖；内容未变则不构建。",
        cron: "10 1 * * *",
        schedule: "每天 01:10；认定后立即",
        schedule_en: "daily at 01:10, and at once after recognitions",
        clock: SlotClock::Business,
        catch_up: CatchUp::RunOnceLatest,
        limits: Limits { memory_bytes: 1 << 30, seconds: 10 * 60 },
        retries: Retries { attempts: 3, first_wait: TimeDelta::minutes(1), longest_wait: TimeDelta::minutes(15) },
        follow_up: Some(FollowUp { job: build_lake::NAME, wanted: |result| result["changed"].as_bool().unwrap_or(false) }),
    }
}
