//! End to end: the real binary on real-looking input, as its users meet it. One test binary, compiled once.

mod browser;
mod crawler;
mod interface;
mod jobs;
mod kills;
mod layering;
mod second_city;
mod support;
mod truth;
