//! What may be asked: named .sql files with front matter, their parameters, and the port to whoever answers.
//!
//! This crate knows no engine. `dashboard/engine` answers through DataFusion; the pages only see [`Answers`].

mod answer;
mod fragments;
mod front_matter;
mod library;
mod params;
mod port;
pub mod rows;
mod statement;
pub mod system;
pub mod template;

pub use answer::{Answer, AnswerColumn, Value};
pub use front_matter::{FrontMatter, FrontMatterError, ParamSpec, Scope};
pub use library::{Library, LibraryError, Query};
pub use params::{ParamError, ParamType, Params};
pub use port::{About, Answers, AskError, BoxFuture, Format, Generation};
pub use statement::{
    ATTENDED, Asker, Door, FailureKind, FunctionDoc, Outline, OutlineColumn, Parts, Place, Run, SqlFailure, Statement, Statements, Stream,
};
