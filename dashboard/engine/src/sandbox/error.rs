//! Why a statement is refused or fails, with what can be done about it.

use datafusion::arrow::error::ArrowError;
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use qunlian_domain::contract::Contract;
use qunlian_queries::{FailureKind, Place, SqlFailure};

use super::in_chinese::in_chinese;
use super::near::nearest;
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
    TooLarge { what: Measure, found: usize, limit: usize },
    #[error("syntax: {words}")]
    Syntax { words: String, place: Option<Place> },
    #[error("no such table: {name}")]
    UnknownTable { name: String, near: Option<String>, place: Option<Place> },
    #[error("no such column: {name}")]
    UnknownColumn { name: String, near: Option<String>, place: Option<Place> },
    #[error("{words}")]
    Refused { words: String, place: Option<Place> },
    #[error("generation {number} is not kept")]
    GenerationGone { number: u64 },
    #[error("no answer within {seconds} s")]
    Deadline { seconds: u64 },
    #[error("the statement needs more memory than it may use")]
    Memory,
    /// A function of the engine panicked over a value.
    #[error("the engine broke off: a value is beyond what a function can take")]
    BrokeOff,
    #[error("{0}")]
    Engine(String),
}

/// What was measured and found too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    Bytes,
    Chain,
    Nesting,
    InList,
    Relations,
    /// Bytes of rows that leave the engine at once.
    Part,
}

impl std::fmt::Display for Measure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Bytes => "bytes of SQL",
            Self::Chain => "operators in one chain",
            Self::Nesting => "brackets within brackets",
            Self::InList => "values of IN",
            Self::Relations => "tables in FROM and JOIN",
            Self::Part => "bytes of rows at once",
        })
    }
}

impl Measure {
    fn name_zh(self) -> &'static str {
        match self {
            Self::Bytes => "语句字节数",
            Self::Chain => "一串运算的项数",
            Self::Nesting => "括号层数",
            Self::InList => "IN 的取值个数",
            Self::Relations => "FROM 与 JOIN 的表数",
            Self::Part => "一批结果的字节数",
        }
    }
}

/// The engine's words would name files of the server.
fn unreadable() -> SqlError {
    SqlError::Engine("a file of a table cannot be read".to_owned())
}

/// What a computation within the reader of a file had to say; none when it is the file that is at fault.
fn own_fault(fault: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut next = Some(fault);
    while let Some(fault) = next {
        match fault.downcast_ref::<ArrowError>() {
            Some(ArrowError::IoError(..) | ArrowError::ParquetError(_) | ArrowError::ExternalError(_)) | None => next = fault.source(),
            Some(own) => return Some(told(&own.to_string())),
        }
    }
    None
}

/// The words within what the engine prints for its programmers: `… ArrowError(CastError("Cannot cast …"), …)`.
fn told(words: &str) -> String {
    if words.contains("DivideByZero") {
        return "Divide by zero error".to_owned();
    }
    let Some((_, rest)) = words.split_once("(\"") else { return words.to_owned() };
    rest.split_once("\")").map_or(rest, |(inner, _)| inner).replace("\\\"", "\"")
}

impl SqlError {
    /// What can be done about it, in Chinese.
    pub fn hint(&self) -> String {
        match self {
            Self::Empty => "请输入一条 SELECT 语句".into(),
            Self::Several { .. } => "请一次只运行一条语句".into(),
            Self::NotReadOnly { .. } => "这里只能查询，不能修改数据或设置".into(),
            Self::TooLarge { what: Measure::Part, .. } => "请缩短文本或列表，或减少列".into(),
            Self::TooLarge { .. } => "请把语句拆小，或用子查询代替长列表".into(),
            Self::Syntax { words, .. } => better_hint(words).unwrap_or("请核对所指位置附近的括号、逗号和关键字").into(),
            Self::UnknownTable { near: Some(near), .. } => format!("是否为 {near}？"),
            Self::UnknownTable { .. } => "可查询的表见 system.tables；按日看用 asof_20220331.表名，按代看用 generation_42.表名".into(),
            Self::UnknownColumn { near: Some(near), .. } => format!("是否为 {near}？"),
            Self::UnknownColumn { .. } => "请在表结构中核对列名".into(),
            Self::Refused { words, .. } => {
                better_hint(words).unwrap_or("请核对函数名、参数类型和分组；参数以 $名称 书写并须给出取值").into()
            }
            Self::GenerationGone { .. } => "仍保存的各代见 system.generations；按日看可用 asof_20220331.表名".into(),
            Self::Deadline { .. } => "请缩小范围：先按年度、载体单位筛选，或避免无条件的连接".into(),
            Self::Memory => "请先筛选或汇总，再排序、连接".into(),
            Self::BrokeOff => "请核对函数参数与运算结果是否超出范围，如过大的数、过远的日期".into(),
            Self::Engine(_) => "请稍后重试；若持续出现，请联系管理员查看日志".into(),
        }
    }

    /// The error itself in Chinese.
    fn said(&self) -> String {
        match self {
            Self::Empty => "没有语句".into(),
            Self::Several { count } => format!("共有 {count} 条语句，一次只能运行一条"),
            Self::NotReadOnly { what } => format!("不能运行 {what}：只允许 SELECT、WITH、VALUES 和 EXPLAIN"),
            Self::TooLarge { what, found, limit } => format!("{}：{found}，最多 {limit}", what.name_zh()),
            Self::Syntax { words, .. } => sentence("语法错误", "原文", words),
            Self::UnknownTable { name, .. } => format!("没有这张表：{name}"),
            Self::UnknownColumn { name, .. } => format!("没有这一列：{name}"),
            Self::Refused { words, .. } => sentence("语句不能运行", "引擎原话", words),
            Self::GenerationGone { number } => format!("第 {number} 代数据已不再保存"),
            Self::Deadline { seconds } => format!("{seconds} 秒内没有得出结果"),
            Self::Memory => "所需内存超过上限".into(),
            Self::BrokeOff => "引擎中途停止：有取值超出函数所能处理的范围".into(),
            Self::Engine(words) => sentence("查询引擎出错", "引擎原话", words),
        }
    }

    fn kind(&self) -> FailureKind {
        match self {
            Self::Empty | Self::Several { .. } => FailureKind::NotOne,
            Self::NotReadOnly { .. } => FailureKind::NotReadOnly,
            Self::TooLarge { .. } => FailureKind::TooLarge,
            Self::Syntax { .. } => FailureKind::Syntax,
            Self::UnknownTable { .. } => FailureKind::UnknownTable,
            Self::UnknownColumn { .. } => FailureKind::UnknownColumn,
            Self::Refused { .. } | Self::BrokeOff => FailureKind::Refused,
            Self::GenerationGone { .. } => FailureKind::NoData,
            Self::Deadline { .. } => FailureKind::Deadline,
            Self::Memory => FailureKind::Memory,
            Self::Engine(_) => FailureKind::Internal,
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Syntax { place, .. }
            | Self::UnknownTable { place, .. }
            | Self::UnknownColumn { place, .. }
            | Self::Refused { place, .. } => *place,
            _ => None,
        }
    }

    /// Reads a DataFusion error.
    pub(super) fn of(fault: &DataFusionError, contract: &Contract) -> Self {
        let place = fault.diagnostic().and_then(|told| told.span).map(|span| place_of(span.start.line, span.start.column));
        match fault.find_root() {
            DataFusionError::SQL(syntax, _) => Self::syntax(&syntax.to_string()),
            DataFusionError::ResourcesExhausted(_) => Self::Memory,
            DataFusionError::ExecutionJoin(task) if task.is_panic() => Self::BrokeOff,
            DataFusionError::SchemaError(schema, _) => Self::of_schema(schema, contract, place),
            root @ (DataFusionError::Plan(_)
            | DataFusionError::NotImplemented(_)
            | DataFusionError::Execution(_)
            | DataFusionError::Internal(_)
            | DataFusionError::Configuration(_)
            | DataFusionError::ArrowError(..)) => Self::Refused { words: plain(&words(root)), place },
            // A pattern that does not read, or is too large.
            root @ DataFusionError::External(_) if words(root).contains("regex") => Self::Refused { words: plain(&words(root)), place },
            DataFusionError::ParquetError(fault) => match own_fault(fault.as_ref()) {
                // A filter within the reader of a file: the statement's own arithmetic.
                Some(words) => Self::Refused { words: plain(&words), place },
                None => unreadable(),
            },
            DataFusionError::IoError(_) | DataFusionError::ObjectStore(_) => unreadable(),
            root => Self::Engine(words(root)),
        }
    }

    /// A fault of the reader of SQL, whose words end in ` at Line: 1, Column: 8`.
    pub(super) fn syntax(words: &str) -> Self {
        let place = words.rfind(" at Line: ").and_then(|at| {
            let (line, column) = words[at + " at Line: ".len()..].split_once(", Column: ")?;
            let digits: String = column.chars().take_while(char::is_ascii_digit).collect();
            Some(place_of(line.parse().ok()?, digits.parse().ok()?))
        });
        let words = words.trim_start_matches("sql parser error: ");
        Self::Syntax { words: words.split(" at Line: ").next().unwrap_or(words).to_owned(), place }
    }

    /// A fault at the end of the text, which the reader gives no place, gets the place behind the last character.
    pub(super) fn ending(self, sql: &str) -> Self {
        match self {
            Self::Syntax { words, place: None } if words.ends_with("found: EOF") => {
                let text = sql.trim_end();
                let last = text.rsplit('\n').next().unwrap_or(text).chars().count() as u64;
                let place = Some(place_of(text.matches('\n').count() as u64 + 1, last + 1));
                Self::Syntax { words, place }
            }
            other => other,
        }
    }

    fn of_schema(fault: &SchemaError, contract: &Contract, place: Option<Place>) -> Self {
        let SchemaError::FieldNotFound { field, valid_fields } = fault else {
            return Self::Refused { words: fault.to_string(), place };
        };
        let mut known: Vec<&str> = valid_fields.iter().map(|column| column.name.as_str()).collect();
        if known.is_empty() {
            known = contract.tables.iter().flat_map(|table| table.columns.iter().map(|column| column.name.as_str())).collect();
        }
        Self::UnknownColumn { name: field.name.clone(), near: nearest(&field.name, known), place }
    }
}

/// The engine's words in Chinese; words that are not known are marked as its own.
fn sentence(lead: &str, source: &str, words: &str) -> String {
    match in_chinese(words) {
        Some(told) => format!("{lead}：{}", told.said),
        None => format!("{lead}。{source}：{words}"),
    }
}

/// What can be done about words that are known.
fn better_hint(words: &str) -> Option<&'static str> {
    in_chinese(words)?.hint
}

/// Lines and columns count from 1; 0 means unknown.
fn place_of(line: u64, column: u64) -> Place {
    let whole = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    Place { line: whole(line), column: whole(column) }
}

impl From<&SqlError> for SqlFailure {
    fn from(error: &SqlError) -> Self {
        let at = |lead: &str, line: &str, column: &str| {
            error.place().map_or_else(String::new, |place| format!("{lead}{}{line}{}{column}", place.line, place.column))
        };
        let placed = format!("{error}{}", at(" (line ", ", column ", ")"));
        let said = format!("{}{}", error.said(), at("（第 ", " 行第 ", " 列）"));
        Self { place: error.place(), ..Self::new(error.kind(), placed, said, error.hint()) }
    }
}

impl From<datafusion::arrow::error::ArrowError> for SqlError {
    fn from(fault: datafusion::arrow::error::ArrowError) -> Self {
        Self::Refused { words: fault.to_string(), place: None }
    }
}

impl From<EngineError> for SqlError {
    fn from(fault: EngineError) -> Self {
        Self::Engine(fault.to_string())
    }
}

/// The engine's words without its own lead; what it takes for a bug of its own is mostly a wrong type of the asker's.
fn plain(text: &str) -> String {
    const LEADS: [&str; 5] =
        ["Error during planning: ", "This feature is not implemented: ", "Execution error: ", "External error: ", "Internal error: "];
    let text = LEADS.iter().fold(text, |text, lead| text.strip_prefix(lead).unwrap_or(text)).replace("Internal error: ", "");
    let mut said = String::with_capacity(text.len());
    for line in text.lines() {
        let line = match line.find(APPEAL) {
            // The sentence ends with an address; what stands behind that is of the error again.
            Some(at) => {
                format!("{}{}", &line[..at], line[at..].split_once("/issues").map_or("", |(_, rest)| rest.trim_start_matches(['.', ' '])))
            }
            None => line.to_owned(),
        };
        if !line.is_empty() {
            said.push_str(if said.is_empty() { "" } else { "\n" });
            said.push_str(&line);
        }
    }
    said
}

/// How the engine begins to ask for a report.
const APPEAL: &str = "This issue was likely caused by a bug in DataFusion";

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use datafusion::parquet::arrow::ArrowWriter;
    use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};

    use super::*;

    #[tokio::test]
    async fn a_fault_of_a_filter_within_a_file_is_the_statements_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        let columns: [(&str, ArrayRef); 2] =
            [("n", Arc::new(Int64Array::from(vec![1, 2, 3]))), ("word", Arc::new(StringArray::from(vec!["甲", "7", "8"])))];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut writer = ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let context = SessionContext::new_with_config(SessionConfig::new().set_bool("datafusion.execution.parquet.pushdown_filters", true));
        context.register_parquet("rows", path.to_str().unwrap(), ParquetReadOptions::default()).await.unwrap();
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let contract = Contract::load(&|path| std::fs::read_to_string(data.join(path))).unwrap();
        for (sql, words) in [
            ("select word from rows where 100 / (n - 1) > 3", "Divide by zero error"),
            ("select n from rows where cast(word as int) > 5", "Cannot cast string '甲' to value of Int32 type"),
        ] {
            let fault = context.sql(sql).await.unwrap().collect().await.unwrap_err();
            let told = SqlError::of(&fault, &contract);
            assert!(matches!(&told, SqlError::Refused { words: own, .. } if own == words), "{told:?} {fault:?}");
        }
        std::fs::write(&path, b"this is no table of ours").unwrap();
        let fault =
            SessionContext::new().register_parquet("rows", path.to_str().unwrap(), ParquetReadOptions::default()).await.unwrap_err();
        assert!(matches!(SqlError::of(&fault, &contract), SqlError::Engine(_)), "{fault:?}");
    }

    #[test]
    fn places_are_told_in_both_languages() {
        let fault = SqlError::syntax("sql parser error: Expected: an expression, found: EOF at Line: 3, Column: 12");
        let failure = SqlFailure::from(&fault);
        assert_eq!((failure.kind, failure.place), (FailureKind::Syntax, Some(Place { line: 3, column: 12 })));
        assert_eq!(failure.error, "syntax: Expected: an expression, found: EOF (line 3, column 12)");
        assert_eq!(failure.said, "语法错误：此处应为表达式，而语句已结束（第 3 行第 12 列）");
        assert_eq!(SqlFailure::from(&SqlError::Memory).place, None);
    }

    #[test]
    fn words_that_are_not_known_are_the_engines_own() {
        let refused = |words: &str| SqlError::Refused { words: words.to_owned(), place: Some(place_of(1, 8)) };
        let said = |error: SqlError| SqlFailure::from(&error).said;
        assert_eq!(said(refused("Divide by zero error")), "语句不能运行：除数为零（第 1 行第 8 列）");
        assert_eq!(said(refused("Something new")), "语句不能运行。引擎原话：Something new（第 1 行第 8 列）");
        assert_eq!(said(SqlError::syntax("sql parser error: Something new")), "语法错误。原文：Something new");
        assert_eq!(said(SqlError::Engine("Something new".to_owned())), "查询引擎出错。引擎原话：Something new");
        assert_eq!(said(unreadable()), "查询引擎出错：有一张表的文件无法读取");
        assert!(refused("Divide by zero error").hint().contains("nullif"));
        assert!(refused("Something new").hint().contains("函数名"));
    }

    #[test]
    fn the_engine_does_not_ask_for_reports() {
        let appeal = "This issue was likely caused by a bug in DataFusion's code. Please help us to resolve this by filing a bug \
                      report in our issue tracker: https://github.com/apache/datafusion/issues";
        let said =
            super::plain(&format!("Error during planning: Internal error: Function 'sum' failed.\n{appeal}. No function.\n\tsum(Int64)"));
        assert_eq!(said, "Function 'sum' failed.\nNo function.\n\tsum(Int64)");
        assert_eq!(super::plain(&format!("Internal error: invalid stride: 0.\n{appeal}")), "invalid stride: 0.");
        assert_eq!(super::plain("Execution error: divide by zero"), "divide by zero");
    }
}
