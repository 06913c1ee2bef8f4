//! Documents as their readers meet them: the bytes are opened again and looked into.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod docx;
mod fonts;
mod pdf;
mod reading;
mod samples;
