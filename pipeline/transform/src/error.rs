//! What can go wrong while building the tables, with the place where it went wrong.

use std::path::PathBuf;

use polars::prelude::PolarsError;

/// A build that could not be finished; nothing of it is published.
#[derive(Debug, thiserror::Error)]
pub enum TransformError {
    #[error("{step}: {source}")]
    Polars { step: &'static str, source: PolarsError },
    #[error("{path}: {source}", path = path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{path}: the keys do not fit their landing file; `qunlian run build_lake --full` reads the originals again", path = path.display())]
    Landing { path: PathBuf },
    #[error("table {table}: column {column} is not in the contract, or the contract has a column that is not made")]
    Contract { table: String, column: String },
    #[error("{table}: {problem}")]
    Internal { table: String, problem: String },
}

/// Names the step in which polars failed.
pub(crate) trait InStep<T> {
    fn in_step(self, step: &'static str) -> Result<T, TransformError>;
}

impl<T> InStep<T> for Result<T, PolarsError> {
    fn in_step(self, step: &'static str) -> Result<T, TransformError> {
        self.map_err(|source| TransformError::Polars { step, source })
    }
}
