//! End to end: the real binary on real-looking input, as its users meet it. One test binary, compiled once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop")]

mod attacks;
mod axe;
mod backups;
mod books;
mod browser;
mod crawler;
mod documents;
mod flight;
mod interface;
mod jobs;
mod keyboard;
mod kills;
mod layering;
mod notices;
mod odd_files;
mod overseer;
mod payloads;
mod postgres;
mod postgres_clients;
mod same_answers;
mod second_city;
mod subscriptions;
mod support;
mod targets;
mod truth;
mod whole_way;
