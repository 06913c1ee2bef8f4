//! Writes a draft as csv in GB18030, as old spreadsheet programs export it: no merges, rows of equal length.

use encoding_rs::GB18030;

use super::Draft;
use crate::error::SampleError;

/// The bytes of the file: the draft's first table.
pub(super) fn compose(draft: &Draft) -> Result<Vec<u8>, SampleError> {
    let Some((_, table)) = draft.tables.first() else { return Ok(Vec::new()) };
    let width = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    let fault = |source: csv::Error| SampleError::Table { file: draft.name.clone(), source };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in &table.rows {
        let mut record: Vec<String> = row.iter().map(super::Cell::shown).collect();
        record.resize(width, String::new());
        writer.write_record(&record).map_err(fault)?;
    }
    let utf8 = writer.into_inner().map_err(|error| fault(error.into_error().into()))?;
    let text = String::from_utf8_lossy(&utf8);
    let (bytes, _, unmappable) = GB18030.encode(&text);
    if unmappable {
        return Err(SampleError::Encoding { file: draft.name.clone() });
    }
    Ok(bytes.into_owned())
}
