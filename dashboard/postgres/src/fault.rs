//! Why the door says no (报错): SQLSTATE, words, hint, position, and whether the connection ends with it.

use pgwire::messages::response::ErrorResponse;
use qunlian_queries::{FailureKind, Place, SqlFailure};

/// An answer in place of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub code: &'static str,
    /// In Chinese.
    pub said: String,
    /// In English; empty when there is no more to say.
    pub detail: String,
    pub hint: String,
    /// Characters from the begin of the statement, from 1.
    pub position: Option<usize>,
    pub ends: bool,
}

impl Fault {
    /// The statement fails, the connection stays.
    pub(crate) fn error(code: &'static str, said: impl Into<String>) -> Self {
        Self { code, said: said.into(), detail: String::new(), hint: String::new(), position: None, ends: false }
    }

    /// The connection ends.
    pub(crate) fn fatal(code: &'static str, said: impl Into<String>) -> Self {
        Self { ends: true, ..Self::error(code, said) }
    }

    /// With what can be done about it.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// Something of ours broke; the log knows more.
    pub(crate) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "the PostgreSQL door");
        Self::fatal("XX000", "服务器内部错误").hint("请稍后重试；若持续出现，请联系管理员查看日志")
    }

    /// The client asked for its end.
    pub(crate) fn cancelled() -> Self {
        Self::error("57014", "查询已按请求停止")
    }

    /// A failure of a statement whose text is `sql`, which begins `before` characters into what was sent.
    pub(crate) fn of(failure: &SqlFailure, sql: &str, before: usize) -> Self {
        let position = failure.place.and_then(|place| position(sql, place)).map(|position| position + before);
        let fault = Self { detail: failure.error.clone(), position, ..Self::error(code(failure.kind), failure.said.clone()) };
        fault.hint(failure.hint.clone())
    }

    /// As it goes over the wire.
    pub(crate) fn response(&self) -> ErrorResponse {
        let severity = if self.ends { "FATAL" } else { "ERROR" };
        let mut fields = vec![
            (b'S', severity.to_owned()),
            (b'V', severity.to_owned()),
            (b'C', self.code.to_owned()),
            (b'M', self.said.replace('\0', " ")),
        ];
        for (field, text) in [(b'D', &self.detail), (b'H', &self.hint)] {
            if !text.is_empty() {
                fields.push((field, text.replace('\0', " ")));
            }
        }
        if let Some(position) = self.position {
            fields.push((b'P', position.to_string()));
        }
        ErrorResponse::new(fields)
    }
}

/// PostgreSQL documentation, appendix A.
fn code(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::NotOne | FailureKind::Syntax => "42601",
        FailureKind::NotReadOnly => "25006",
        FailureKind::UnknownTable => "42P01",
        FailureKind::UnknownColumn => "42703",
        FailureKind::Refused => "42000",
        FailureKind::TooLarge => "54000",
        FailureKind::Deadline | FailureKind::Stopped => "57014",
        FailureKind::Memory => "53200",
        FailureKind::Busy => "53300",
        FailureKind::NoData => "55000",
        FailureKind::Internal => "XX000",
    }
}

/// Where line and column are, in characters from the begin.
fn position(sql: &str, place: Place) -> Option<usize> {
    let (line, column) = (place.line as usize, place.column as usize);
    let before: usize = sql.split('\n').take(line.checked_sub(1)?).map(|line| line.chars().count() + 1).sum();
    Some(before + column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters() {
        let failure = SqlFailure {
            place: Some(Place { line: 2, column: 7 }),
            ..SqlFailure::new(FailureKind::UnknownColumn, "no such column: nmae", "没有这一列：nmae", "是否为 name？")
        };
        // "select '签约'," has 12 characters, then comes the line end.
        let fault = Fault::of(&failure, "select '签约',\n       nmae\nfrom projects", 0);
        assert_eq!((fault.code, fault.position), ("42703", Some(13 + 7)));
        assert_eq!(Fault::of(&failure, "select 1,\n      nmae", 100).position, Some(100 + 10 + 7));
        let fields = fault.response().fields;
        assert!(fields.contains(&(b'M', "没有这一列：nmae".into())) && fields.contains(&(b'H', "是否为 name？".into())), "{fields:?}");
        assert!(fields.contains(&(b'S', "ERROR".into())));
    }

    #[test]
    fn a_code_for_every_kind() {
        let check = |kind, expect| assert_eq!(Fault::of(&SqlFailure::new(kind, "e", "s", ""), "", 0).code, expect, "{kind:?}");
        check(FailureKind::Syntax, "42601");
        check(FailureKind::NotReadOnly, "25006");
        check(FailureKind::UnknownTable, "42P01");
        check(FailureKind::Deadline, "57014");
        check(FailureKind::Memory, "53200");
        check(FailureKind::Busy, "53300");
        check(FailureKind::NoData, "55000");
    }
}
