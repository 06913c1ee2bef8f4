//! The whole site over an invented city: addresses, headers, escaping, caching, languages, and marks against rows.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod fixture;
mod site;
