//! Checks before a reader that trusts the sizes in a file may see it: what it is, and that it stays small.

mod compound;
mod sniff;
pub mod tags;
mod xls;
mod zipped;

use std::fs::File;
use std::path::Path;

use crate::limits::Limits;
use crate::refusal::Refusal;

pub use sniff::Format;

/// What a file is, once it is known to stay within the limits.
///
/// # Errors
/// A [`Refusal`] when it is no table, or larger than allowed on disk or inflated.
pub fn admit(path: &Path, limits: &Limits) -> Result<Format, Refusal> {
    let mut file = File::open(path).map_err(Refusal::Unreadable)?;
    let bytes = file.metadata().map_err(Refusal::Unreadable)?.len();
    if bytes > limits.file_bytes {
        return Err(Refusal::TooLarge { limit: "bytes", found: bytes, allowed: limits.file_bytes });
    }
    let format = sniff::sniff(&mut file, limits)?;
    match format {
        Format::Xlsx | Format::Xlsb | Format::Ods => zipped::check(&mut file, format, limits)?,
        Format::Xls => xls::check(&mut file, limits)?,
        Format::Csv => (),
    }
    Ok(format)
}
