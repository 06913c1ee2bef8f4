//! Failures that are nobody's statement's alone: of a worker, or of an answer that nobody can hold or show.

use qunlian_queries::{FailureKind, SqlFailure};

use crate::ledger::Stopper;

pub(crate) fn unstarted(error: &std::io::Error) -> SqlFailure {
    tracing::error!(%error, "a worker for statements cannot start");
    SqlFailure::new(FailureKind::Internal, format!("a worker cannot start: {error}"), "查询进程无法启动", "请联系管理员查看日志")
}

/// Some types of the engine have values that nobody can print, such as times of a zone that is not there.
pub(crate) fn unshown(error: &dyn std::fmt::Display) -> SqlFailure {
    let hint = "请用 cast 转为文本、数值或日期后再查询";
    SqlFailure::new(FailureKind::Refused, format!("a value cannot be shown: {error}"), format!("有取值无法显示：{error}"), hint)
}

/// Dropping the receiver stops the statement.
pub(crate) fn too_large(most: usize) -> SqlFailure {
    let error = format!("bytes of rows to be shown: more than {most}");
    SqlFailure::new(FailureKind::TooLarge, error, "结果过大，无法整体显示", "请减少列或行数，或缩短文本与列表")
}

/// The tables of a scope are written once for each generation; that goes on while nobody waits for it.
pub(crate) fn unprepared(waited: std::time::Duration) -> SqlFailure {
    let error = format!("the tables were not ready within {} s", waited.as_secs());
    let failure = SqlFailure::new(FailureKind::Busy, error, "数据表仍在准备", "请稍后重试");
    SqlFailure { retry_after: Some(10), ..failure }
}

pub(crate) fn silent() -> SqlFailure {
    SqlFailure::new(FailureKind::Internal, "the statement ended without an answer", "查询没有给出结果", "请重试")
}

pub(crate) fn stopped(by: Stopper) -> SqlFailure {
    match by {
        Stopper::Owner => SqlFailure::new(FailureKind::Stopped, "stopped", "查询已停止", ""),
        Stopper::Administrator => SqlFailure::new(
            FailureKind::Stopped,
            "stopped by an administrator",
            "查询已被管理员停止",
            "如仍需要结果，请缩小范围后重试，或联系系统管理员",
        ),
    }
}
