//! Which generation numbers occur in a folder of the lake.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::at;
use crate::{LakeError, Layout};

/// Numbers of all manifests that readers may see, ascending, whether good or damaged.
pub(crate) fn published(layout: &Layout) -> Result<Vec<u64>, LakeError> {
    in_folder(&layout.manifests(), ".json")
}

/// Numbers of all generation folders, ascending, with or without a manifest.
pub(crate) fn folders(layout: &Layout) -> Result<Vec<u64>, LakeError> {
    in_folder(&layout.generations(), "")
}

/// The number for the next generation: above everything that was ever published.
pub(crate) fn next(layout: &Layout) -> Result<u64, LakeError> {
    let mut highest = 0;
    for numbers in [published(layout)?, in_folder(&layout.retired(), ".json")?, folders(layout)?] {
        highest = highest.max(numbers.last().copied().unwrap_or(0));
    }
    Ok(highest + 1)
}

fn in_folder(folder: &Path, ending: &str) -> Result<Vec<u64>, LakeError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(at("list", folder))?,
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry.map_err(at("list", folder))?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(ending)).and_then(canonical);
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// `7` but not `07`, `+7` or `7.json.tmp`.
fn canonical(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
