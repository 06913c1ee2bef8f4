//! The polars jobs (数据加工): landing csv to the published Parquet tables. The only crate that names polars.
//!
//! Reading order: [`input`] says what comes in, [`build`] drives, `keys` finds which rows are one project,
//! `classify` adds chain and region to each row, `marts` makes the rows of each table, `write` writes parts.

mod build;
mod classify;
mod error;
mod input;
mod keys;
mod landing;
mod marts;
mod write;

pub use build::{BuildReport, Part, Parts, build};
pub use error::TransformError;
pub use input::{BooksPart, BuildInput, DecisionRow, Progress, RunRow, Sheet, Source, file_number};
