//! Sending what is due (推送): messages of subscriptions leave, or are tried again later.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};

use crate::{Job, Retries};

pub const NAME: &str = "deliver";

/// Every 5 minutes for what is tried again, and at once when there is something new. Nothing happens while the
/// configuration has delivery off.
pub fn job() -> Job {
    Job {
        name: NAME,
        title: "推送",
        title_en: "Deliver",
        about: "按订阅发送邮件和群机器人消息；失败的按 1、4、16 分钟……递延重试，最多 8 次。未启用推送时不做任何事。",
        cron: "*/5 * * * *",
        schedule: "每 5 分钟；有新消息时立即",
        schedule_en: "every 5 minutes, and at once for new messages",
        clock: SlotClock::System,
        catch_up: CatchUp::Skip,
        limits: Limits { memory_bytes: 1 << 30, seconds: 10 * 60 },
        retries: Retries { attempts: 2, first_wait: TimeDelta::minutes(1), longest_wait: TimeDelta::minutes(1) },
        follow_up: None,
    }
}

/// True when the child queued messages.
pub(super) fn has_queued(result: &serde_json::Value) -> bool {
    result["queued"].as_u64().is_some_and(|queued| queued > 0)
}
