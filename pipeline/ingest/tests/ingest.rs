//! Files in, landing rows, complaints and refusals out: what carriers send, and what attackers would.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "ingest/fixture.rs"]
mod fixture;
#[path = "ingest/hostile.rs"]
mod hostile;
#[path = "ingest/mapped.rs"]
mod mapped;
#[path = "ingest/odd_cells.rs"]
mod odd_cells;
#[path = "ingest/promises.rs"]
mod promises;
#[path = "ingest/tables.rs"]
mod tables;
