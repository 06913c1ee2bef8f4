//! Synthetic workbooks as carriers really send them (示例数据): seeded, calibrated, and with the truth beside them.
//!
//! Everything is made up and says so: firms carry 示例 in their names, credit codes are of a range that was never
//! given out, telephone numbers are 1390000xxxx. Only the names and codes of divisions and the city's published
//! totals are real. Equal seed and changes give byte-identical files.

mod addresses;
mod calendar;
mod carriers;
mod change;
mod draw;
mod error;
pub mod filings;
mod investors;
mod places;
mod plan;
mod products;
mod scaled;
mod sheets;
mod styles;
pub mod truth;

use std::path::{Path, PathBuf};

use plan::Plan;
use truth::{Collector, Truth};

pub use change::{Change, CorrectedField};
pub use error::SampleError;
pub use scaled::write_scaled;

/// What sample to make.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub seed: u64,
    /// Folder for the files; it is made when missing, files of the same names are replaced.
    pub out: PathBuf,
    /// Applied one after the other.
    pub changes: Vec<Change>,
}

/// How far the writing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Workbooks or rows done.
    pub done: u64,
    pub total: u64,
}

/// Writes the workbooks of six carriers, 2021-01 to 2022-05, and files of corrections; returns what they hold.
///
/// A carrier that reports in csv sends one file per sheet; the others send `<carrier>_<yyyy-mm>_示例.xlsx`.
///
/// # Errors
/// A change that names no signing, carrier or chain; a folder that cannot be written.
pub fn write(options: &Options, mut progress: impl FnMut(Progress)) -> Result<Truth, SampleError> {
    let out: &Path = &options.out;
    std::fs::create_dir_all(out).map_err(|source| SampleError::Write { path: out.to_owned(), source })?;
    let plan = Plan::new(options.seed, &options.changes)?;
    let mut collector = Collector::new(&plan);
    let workbooks = sheets::workbooks(&plan);
    let total = workbooks.len() as u64;
    for (done, workbook) in (1..).zip(&workbooks) {
        for draft in sheets::drafts(&plan, workbook) {
            sheets::save(&draft, out)?;
            collector.add(workbook, &draft);
        }
        progress(Progress { done, total });
    }
    Ok(collector.finish())
}

/// What [`write`] would return, without writing a file.
///
/// # Errors
/// As [`write`], but for the folder.
pub fn truth_of(seed: u64, changes: &[Change]) -> Result<Truth, SampleError> {
    let plan = Plan::new(seed, changes)?;
    let mut collector = Collector::new(&plan);
    for workbook in sheets::workbooks(&plan) {
        for draft in sheets::drafts(&plan, &workbook) {
            collector.add(&workbook, &draft);
        }
    }
    Ok(collector.finish())
}
