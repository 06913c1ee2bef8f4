//! The engine against a small hand-made generation: golden answers, marks against rows, the sandbox, checks.

mod checks;
mod fixture;
mod functions;
mod golden;
mod marks;
mod sandbox;
mod serving;
