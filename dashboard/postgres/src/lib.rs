//! The PostgreSQL door (PostgreSQL 接口): analysts' own tools speak its protocol, the desk answers.
//!
//! An accept loop of its own: bounded connections, encryption off loopback, SCRAM-SHA-256 against API tokens of the scope
//! SQL, and rights looked up again at every statement. Statements go to `Statements`, as from every other door; what
//! clients say about their session is answered here by allow-lists and reaches no engine.

mod answer;
mod cancel;
mod column;
mod command;
mod copy;
mod cursor;
mod door;
mod extended;
mod fault;
mod frontend;
mod known;
mod local;
mod login;
mod portal;
mod prepared;
mod reader;
mod rows;
mod scan;
mod scram;
mod session;
mod settings;
mod values;
mod wire;

pub use door::{Door, MakeRowReader, NAME, RowReader, serve};
