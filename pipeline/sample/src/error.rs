//! Why a sample could not be made.

use std::path::PathBuf;

/// What went wrong, with its place.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    #[error("no signing {index}: the sample has {count} signings of January to May 2022, counted from 0")]
    NoSuchSigning { index: usize, count: usize },
    #[error("no carrier {id:?} in the sample\nhint: one of suixi, xiangshan, duji, lieshan, gaoxin, meihuagong")]
    NoSuchCarrier { id: String },
    #[error("no chain {id:?} in the sample\nhint: an id of data/cities/huaibei/chains.toml, such as lv-ji")]
    NoSuchChain { id: String },
    #[error("signing {index} cannot be changed so: {reason}")]
    Unfit { index: usize, reason: &'static str },
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("cannot compose the workbook {file}: {source}")]
    Workbook { file: String, source: rust_xlsxwriter::XlsxError },
    #[error("cannot compose the table {file}: {source}")]
    Table { file: String, source: csv::Error },
    #[error("{file} holds a character that GB18030 cannot write")]
    Encoding { file: String },
    #[error("cannot put the truth into JSON: {0}")]
    Json(#[from] serde_json::Error),
}
