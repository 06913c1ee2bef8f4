//! Why the engine cannot load, plan or run: with the table or question it happened in.

use datafusion::error::DataFusionError;

/// A fault of the engine or of what it was given.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("table {table}: {fault}")]
    Table { table: String, fault: String },
    #[error("table {table}: file {file}: {fault}")]
    File { table: String, file: String, fault: String },
    #[error("query {query}: {fault}")]
    Query { query: String, fault: String },
    #[error("the engine cannot start: {0}")]
    Start(String),
}

impl EngineError {
    pub(crate) fn table(table: &str, fault: &DataFusionError) -> Self {
        Self::Table { table: table.to_owned(), fault: words(fault) }
    }

    pub(crate) fn query(query: &str, fault: &DataFusionError) -> Self {
        Self::Query { query: query.to_owned(), fault: words(fault) }
    }
}

/// The words of a DataFusion error without its back trace.
pub(crate) fn words(error: &DataFusionError) -> String {
    error.strip_backtrace()
}
