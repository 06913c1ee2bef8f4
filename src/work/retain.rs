//! Retiring old generations (retain_lake).

use anyhow::Context;
use chrono::{FixedOffset, TimeDelta, Utc};
use qunlian_lake::LakeLock;
use qunlian_lake::retain::{Policy, Retired, retire};
use qunlian_registry::{JobBooks, OutboxBooks};

use crate::workspace::Workspace;

/// Retires what the configuration no longer keeps.
pub fn run(workspace: &Workspace) -> anyhow::Result<Retired> {
    let mut lock = LakeLock::wait(&workspace.layout, "retain_lake", None, |holder| tracing::warn!(holder, "waiting for the lake"))?;
    let offset = FixedOffset::east_opt(8 * 3600).context("the offset of Asia/Shanghai")?;
    let retention = &workspace.config.retention;
    let policy = Policy { keep_last: retention.keep_last, daily_days: retention.daily_days, offset };
    // The books of jobs and messages are kept for more than a year; older ones are of no use to anybody.
    let long_ago = Utc::now() - TimeDelta::days(400);
    workspace.store.forget_before(long_ago)?;
    workspace.store.forget_messages_before(long_ago)?;
    Ok(retire(&mut lock, &policy, Utc::now())?)
}
