//! Scanning the landing csv files with the schema that ingest writes them by; nothing is inferred.

use std::path::PathBuf;
use std::sync::Arc;

use polars::prelude::*;
use qunlian_domain::landing::{COLUMNS, LandingType};

use crate::error::{InStep, TransformError};
use crate::input::Source;

/// The polars type of a landing column.
pub(crate) fn dtype(kind: LandingType) -> DataType {
    match kind {
        LandingType::Text => DataType::String,
        LandingType::Int | LandingType::Flag => DataType::Int64,
        LandingType::Key => DataType::UInt64,
        LandingType::Date => DataType::Date,
    }
}

/// The schema of every landing csv.
fn schema() -> Schema {
    COLUMNS.iter().map(|(name, kind)| Field::new((*name).into(), dtype(*kind))).collect()
}

/// Columns for the record only: nothing that is published needs them, so they are not parsed.
const UNREAD: [&str; 5] = ["code_key", "remark", "previous_name", "units", "previous_key"];

/// The schema of what [`scan`] reads.
pub(crate) fn read_schema() -> Schema {
    schema().into_iter().filter(|(name, _)| !UNREAD.contains(&name.as_str())).collect()
}

/// One lazy scan over the sheets of `sources` that hold rows, in the order given. `None` when there are none.
pub(crate) fn scan<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Result<Option<LazyFrame>, TransformError> {
    let mut paths: Vec<PlRefPath> = Vec::new();
    for source in sources {
        for sheet in source.sheets.iter().filter(|sheet| sheet.rows_in > 0) {
            paths.push(path_of(source.folder.join(format!("sheet-{}.csv", sheet.position)))?);
        }
    }
    if paths.is_empty() {
        return Ok(None);
    }
    let frame = LazyCsvReader::new_paths(paths.into())
        .with_schema(Some(Arc::new(schema())))
        .with_has_header(true)
        .with_glob(false)
        .with_infer_schema_length(Some(0))
        .finish()
        .in_step("scan landing")?;
    Ok(Some(frame.select(read_schema().iter_names().map(|name| col(name.clone())).collect::<Vec<_>>())))
}

pub(crate) fn path_of(path: PathBuf) -> Result<PlRefPath, TransformError> {
    PlRefPath::try_from_pathbuf(path).in_step("scan landing")
}
