//! The port: how pages, jobs and the command line ask, whoever answers.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use chrono::NaiveDate;
use qunlian_domain::access::RowScope;

use crate::{Answer, Library, ParamError, Params};

/// A boxed future, so that the port can be used as a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Which generation is being served, for the trust strip and ETags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    pub number: u64,
    /// The newest 截至日期 among the inputs: the data date (数据日期).
    pub data_date: Option<NaiveDate>,
    /// When it was published, by the system clock, RFC 3339.
    pub published_at: String,
    /// Version of rules and catalogues that classified it (hex).
    pub rule_version: String,
    /// Rows per published table.
    pub rows: Vec<(String, u64)>,
    /// Checks that passed before it was published: (passed, all).
    pub checks: (u32, u32),
    /// A damaged newer generation was found and not served; the text says which and why (红色横幅).
    pub damage: Option<String>,
}

/// File formats of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Json,
    Csv,
    Xlsx,
    Parquet,
    Arrow,
}

impl Format {
    /// Reads a file suffix.
    pub fn from_suffix(suffix: &str) -> Option<Self> {
        match suffix {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "parquet" => Some(Self::Parquet),
            "arrow" => Some(Self::Arrow),
            _ => None,
        }
    }

    /// The file suffix.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Arrow => "application/vnd.apache.arrow.stream",
        }
    }
}

/// What stands on the cover sheet of an exported workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Title of the table (also the sheet's name).
    pub title: String,
    /// 口径
    pub definition: String,
    /// 数据来源
    pub source: String,
}

/// Why a question got no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AskError {
    #[error("no generation has been published yet")]
    NothingPublished,
    #[error("unknown query {0:?}")]
    UnknownQuery(String),
    #[error(transparent)]
    Param(#[from] ParamError),
    #[error("the answer has more than {limit} rows")]
    TooManyRows { limit: usize },
    #[error("no answer within {seconds} s")]
    Deadline { seconds: u64 },
    #[error("{0}")]
    Engine(String),
}

impl AskError {
    /// What can be done about it, in Chinese.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NothingPublished => "数据尚未生成：请先导入工作簿，并在作业页运行 build_lake",
            Self::UnknownQuery(_) => "请核对查询名称",
            Self::Param(_) => "请核对参数的名称与格式，日期写作 2022-05-31",
            Self::TooManyRows { .. } => "请增加筛选条件，或用 SQL 页的下载功能",
            Self::Deadline { .. } => "请缩小范围后重试",
            Self::Engine(_) => "请稍后重试；若持续出现，请联系管理员查看日志",
        }
    }
}

/// Whoever can answer named questions over the published generation.
pub trait Answers: Send + Sync + 'static {
    /// The questions that may be asked.
    fn library(&self) -> &Library;

    /// The generation being served; `None` before the first is published.
    fn generation(&self) -> Option<Arc<Generation>>;

    /// Answers a named question for a reader who may see the rows of `scope`; jobs and the command line ask for the city.
    /// All calls between two swaps read the same generation; the answer names it.
    fn ask<'a>(&'a self, query: &'a str, params: Params, scope: &'a RowScope) -> BoxFuture<'a, Result<Arc<Answer>, AskError>>;

    /// Writes an answer as a file.
    fn encode(&self, answer: &Answer, format: Format, about: &About) -> Result<Vec<u8>, AskError>;
}
