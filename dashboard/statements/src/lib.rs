//! Analysts' statements (自助查询): who may run next, fenced worker processes, and what became of each statement.
//!
//! [`Desk`] is the one implementation of `Statements`: it asks workers, which are this same binary, and never plans or
//! runs a statement itself. [`serve`] is what a worker does.

mod aside;
mod cores;
mod desk;
mod failures;
mod files;
mod folders;
mod gate;
mod ledger;
mod process;
mod protocol;
mod pump;
mod turnstile;
mod worker;
mod workers;

pub use desk::{Desk, DeskConfig, SystemTables};
pub use folders::{Folder, FolderMaker};
pub use process::Launch;
pub use turnstile::Turns;
pub use worker::serve;
