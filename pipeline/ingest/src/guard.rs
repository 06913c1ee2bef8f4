//! Checks before a reader that trusts the sizes in a file may see it: what it is, and that it stays small.

mod compound;
mod sniff;
mod tags;
mod xls;
mod zipped;

pub use sniff::{Format, sniff};
pub use xls::check as check_xls;
pub use zipped::check as check_zip;
