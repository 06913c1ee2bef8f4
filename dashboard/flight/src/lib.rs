//! The Arrow Flight SQL door (Flight SQL 接口): analysts' own tools take answers as Arrow batches, the desk answers.
//!
//! Every call carries an API token of the scope SQL; it and the rights behind it are looked up before any byte of the call's
//! message is read. Nothing is kept between calls: tickets and handles of prepared statements carry the statement and its
//! values themselves, so there is nothing to guess, to run full, or to fetch in somebody else's name: whoever brings a ticket
//! runs its statement with rights of their own. Answers are the workers' Arrow messages in frames of Flight, never decoded here.

mod actions;
mod catalog;
mod columns;
mod connection;
mod door;
mod fault;
mod guard;
mod handle;
mod info;
mod marks;
mod put;
mod reframe;
mod service;
mod statement;
mod values;

pub use door::{Door, NAME, serve};
