//! Why the door says no (报错): a gRPC code, and in its message the words, the place and the hint, as people read them.

use qunlian_doors::Denied;
use qunlian_queries::{FailureKind, SqlFailure};
use tonic::{Code, Status};

/// The seconds after which to try again, for programs.
const RETRY_AFTER: &str = "retry-after";

/// A failure of a statement.
pub(crate) fn of(failure: &SqlFailure) -> Status {
    // The words name the place, if there is one.
    let words = format!("{} [{}] {}", failure.said, failure.kind.id(), failure.error);
    let mut status = said(code(failure.kind), &words, &failure.hint);
    if let Some(seconds) = failure.retry_after {
        status.metadata_mut().insert(RETRY_AFTER, seconds.into());
    }
    status
}

/// Words and what can be done about it.
pub(crate) fn said(code: Code, words: &str, hint: &str) -> Status {
    Status::new(code, if hint.is_empty() { words.to_owned() } else { format!("{words}\n提示：{hint}") })
}

/// What cannot be read.
pub(crate) fn unreadable(what: &str) -> Status {
    said(Code::InvalidArgument, &format!("无法读取{what}"), "请使用 Flight SQL 客户端")
}

/// What this door does for nobody.
pub(crate) fn read_only(what: &str) -> Status {
    said(Code::Unimplemented, &format!("不支持{what}：此接口只读"), "只能执行一条查询语句（SELECT、WITH、VALUES、EXPLAIN）")
}

/// Somebody who is not let in.
pub(crate) fn denied(denied: &Denied) -> Status {
    match denied {
        Denied::Broken(error) => internal(error),
        Denied::NoRight => said(Code::PermissionDenied, denied.said(), denied.hint()),
        Denied::Closed | Denied::Ended => said(Code::Unauthenticated, denied.said(), denied.hint()),
    }
}

/// Something of ours broke; the log knows more.
pub(crate) fn internal(error: &dyn std::fmt::Display) -> Status {
    tracing::error!(%error, "the Flight SQL door");
    said(Code::Internal, "服务器内部错误", "请稍后重试；若持续出现，请联系管理员查看日志")
}

fn code(kind: FailureKind) -> Code {
    match kind {
        FailureKind::NotOne | FailureKind::Syntax | FailureKind::NotReadOnly | FailureKind::Refused | FailureKind::TooLarge => {
            Code::InvalidArgument
        }
        FailureKind::UnknownTable | FailureKind::UnknownColumn => Code::NotFound,
        FailureKind::Deadline => Code::DeadlineExceeded,
        FailureKind::Memory | FailureKind::Busy => Code::ResourceExhausted,
        FailureKind::Stopped => Code::Cancelled,
        FailureKind::NoData => Code::FailedPrecondition,
        FailureKind::Internal => Code::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_have_a_code_and_a_hint() {
        let status = of(&SqlFailure::new(FailureKind::UnknownColumn, "no such column: nmae", "没有这一列：nmae", "是否为 name？"));
        assert_eq!(status.code(), Code::NotFound);
        let expect = "没有这一列：nmae [unknown_column] no such column: nmae\n提示：是否为 name？";
        assert_eq!(status.message(), expect);
    }

    #[test]
    fn whoever_comes_too_often_is_told_when_to_come_back() {
        let busy = SqlFailure { retry_after: Some(10), ..SqlFailure::new(FailureKind::Busy, "busy", "正在运行的查询较多", "") };
        let status = of(&busy);
        assert_eq!((status.code(), status.metadata().get(RETRY_AFTER).unwrap().to_str().unwrap()), (Code::ResourceExhausted, "10"));
        let check = |kind, expect| assert_eq!(of(&SqlFailure::new(kind, "e", "s", "")).code(), expect, "{kind:?}");
        check(FailureKind::NotReadOnly, Code::InvalidArgument);
        check(FailureKind::Syntax, Code::InvalidArgument);
        check(FailureKind::UnknownTable, Code::NotFound);
        check(FailureKind::Deadline, Code::DeadlineExceeded);
        check(FailureKind::Stopped, Code::Cancelled);
        check(FailureKind::NoData, Code::FailedPrecondition);
    }
}
