//! The engine against a small hand-made generation: golden answers, marks against rows, the sandbox, checks.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop")]

mod books_at_random;
mod catalog;
mod changes;
mod checks;
mod fixture;
mod functions;
mod golden;
mod marks;
mod pace;
mod promises;
mod sandbox;
mod scope;
mod scope_files;
mod score_inputs;
mod serving;
mod targets;
