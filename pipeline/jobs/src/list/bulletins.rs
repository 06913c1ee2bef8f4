//! Making bulletins (制作通报): of each finished month and quarter, as docx, pdf and xlsx, kept for good.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};

use crate::list::deliver;
use crate::{FollowUp, Job, Retries};

pub const NAME: &str = "bulletins";

/// Daily at 07:00 of the business day: what is due by the city's `bulletins/index.toml` and was not made yet. One run
/// makes up for all days that were missed.
pub fn job() -> Job {
    Job {
        name: NAME,
        title: "制作通报",
        title_en: "Make bulletins",
        about: "按本市模板制作已到期的月度、季度通报（Word、PDF、Excel）并存档；数字未变则不出新版。",
        cron: "0 7 * * *",
        schedule: "每天 07:00；按模板规定的日期制作",
        schedule_en: "daily at 07:00, when one is due",
        clock: SlotClock::Business,
        catch_up: CatchUp::RunOnceLatest,
        limits: Limits { memory_bytes: 3 << 30, seconds: 10 * 60 },
        retries: Retries { attempts: 3, first_wait: TimeDelta::minutes(1), longest_wait: TimeDelta::minutes(15) },
        follow_up: Some(FollowUp { job: deliver::NAME, wanted: deliver::has_queued }),
    }
}
