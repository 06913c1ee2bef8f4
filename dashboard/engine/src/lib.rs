//! The one crate that names DataFusion: published tables in, answers out.
//!
//! A generation's Parquet files become tables ([`TableFiles`]), named questions are answered over them
//! ([`Serving`]), analysts' own SQL runs fenced ([`run_sql`]), and a staged generation is checked before it
//! is published ([`check`]). Every rate, pace, light and band in SQL is a function of `qunlian-domain`.

mod checks;
mod correct;
mod cut;
mod desk;
mod encode;
mod error;
mod few_groups;
mod files;
mod functions;
mod ipc;
mod plan;
mod rows;
mod rules;
mod sandbox;
mod scope_files;
mod serving;
mod session;
mod snapshot;
mod tables;
mod workers;

pub use checks::{CheckOutcome, check};
pub use encode::{FileHead, FileStream, encode, text_table};
pub use error::EngineError;
pub use files::TableFiles;
pub use functions::{FunctionDoc, function_docs};
pub use ipc::IpcReader;
pub use rules::{Classifiers, Rules};
pub use sandbox::{Masking, Meter, Names, Running, Sandbox, SqlError, SqlLimits, SqlRequest, names, run_sql};
pub use scope_files::{read_scope, write_scope};
pub use serving::{FirstScreen, Serving};
pub use session::Spill;
