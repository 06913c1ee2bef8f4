//! Why a statement is refused or fails, with what can be done about it.

use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use qunlian_domain::contract::Contract;

use crate::error::{EngineError, words};

/// A refused or failed statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SqlError {
    #[error("there is no statement")]
    Empty,
    #[error("{count} statements; only one can be run at a time")]
    Several { count: usize },
    #[error("{what} is not allowed: only SELECT, WITH, VALUES and EXPLAIN may be run")]
    NotReadOnly { what: String },
    #[error("{what}: {found}, at most {limit}")]
    TooLarge { what: &'static str, found: usize, limit: usize },
    #[error("syntax: {0}")]
    Syntax(String),
    #[error("no such table: {name}")]
    UnknownTable { name: String, near: Option<String> },
    #[error("no such column: {name}")]
    UnknownColumn { name: String, near: Option<String> },
    #[error("{0}")]
    Refused(String),
    #[error("no answer within {seconds} s")]
    Deadline { seconds: u64 },
    #[error("the statement needs more memory than it may use")]
    Memory,
    #[error("{0}")]
    Engine(String),
}

impl SqlError {
    /// What can be done about it, in Chinese.
    pub fn hint(&self) -> String {
        match self {
            Self::Empty => "请输入一条 SELECT 语句".into(),
            Self::Several { .. } => "请一次只运行一条语句".into(),
            Self::NotReadOnly { .. } => "这里只能查询，不能修改数据或设置".into(),
            Self::TooLarge { .. } => "请把语句拆小，或用子查询代替长列表".into(),
            Self::Syntax(_) => "请核对所指位置附近的括号、逗号和关键字".into(),
            Self::UnknownTable { near: Some(near), .. } => format!("是否为 {near}？"),
            Self::UnknownTable { .. } => "可查询的表：projects、milestones、investments、targets、carriers、chains、segments、regions、bands、calendar、complaints、sources、runs".into(),
            Self::UnknownColumn { near: Some(near), .. } => format!("是否为 {near}？"),
            Self::UnknownColumn { .. } => "请在表结构中核对列名".into(),
            Self::Refused(_) => "请核对函数名、参数类型和分组；参数以 $名称 书写并须给出取值".into(),
            Self::Deadline { .. } => "请缩小范围：先按年度、载体单位筛选，或避免无条件的连接".into(),
            Self::Memory => "请先筛选或汇总，再排序、连接".into(),
            Self::Engine(_) => "请稍后重试；若持续出现，请联系管理员查看日志".into(),
        }
    }

    /// Reads a DataFusion error.
    pub(super) fn of(fault: &DataFusionError, contract: &Contract) -> Self {
        match fault.find_root() {
            DataFusionError::SQL(syntax, _) => Self::Syntax(syntax.to_string()),
            DataFusionError::ResourcesExhausted(_) => Self::Memory,
            DataFusionError::SchemaError(schema, _) => Self::of_schema(schema, contract),
            root @ (DataFusionError::Plan(_)
            | DataFusionError::NotImplemented(_)
            | DataFusionError::Execution(_)
            | DataFusionError::ArrowError(..)) => Self::Refused(plain(&words(root))),
            root => Self::Engine(words(root)),
        }
    }

    fn of_schema(fault: &SchemaError, contract: &Contract) -> Self {
        let SchemaError::FieldNotFound { field, valid_fields } = fault else {
            return Self::Refused(fault.to_string());
        };
        let mut known: Vec<&str> = valid_fields.iter().map(|column| column.name.as_str()).collect();
        if known.is_empty() {
            known = contract.tables.iter().flat_map(|table| table.columns.iter().map(|column| column.name.as_str())).collect();
        }
        Self::UnknownColumn { name: field.name.clone(), near: nearest(&field.name, known) }
    }
}

impl From<EngineError> for SqlError {
    fn from(fault: EngineError) -> Self {
        Self::Engine(fault.to_string())
    }
}

fn plain(text: &str) -> String {
    let text = text.strip_prefix("Error during planning: ").unwrap_or(text);
    let text = text.strip_prefix("This feature is not implemented: ").unwrap_or(text);
    text.strip_prefix("Execution error: ").unwrap_or(text).to_owned()
}

/// The known name that is nearest to a mistyped one, if any is near enough to be meant.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let name = name.to_lowercase();
    let allowed = (name.chars().count() / 3).max(1);
    let holds = |candidate: &str| name.len() > 3 && (candidate.contains(&name) || name.contains(candidate));
    let rank = |candidate: &'n str| (!holds(candidate), distance(&name, candidate), candidate);
    let (apart, edits, best) = known.into_iter().map(rank).min()?;
    (!apart || edits <= allowed).then(|| best.to_owned())
}

/// Edits (insert, delete, replace a character) between two names.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, from) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (to, wanted) in other.iter().enumerate() {
            let above = row[to + 1];
            let replace = diagonal + usize::from(from != *wanted);
            row[to + 1] = replace.min(above + 1).min(row[to] + 1);
            diagonal = above;
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_are_offered() {
        let tables = ["projects", "milestones", "investments", "carriers"];
        let check = |typed: &str, expect: Option<&str>| assert_eq!(nearest(typed, tables).as_deref(), expect, "{typed}");
        check("project", Some("projects"));
        check("mile_stones", Some("milestones"));
        check("Carrier", Some("carriers"));
        check("invest", Some("investments"));
        check("users", None);
        check("x", None);
    }
}
