//! How large an input may be (上限): every bound that a file is held to before and while it is read.

/// Bounds on one file. Exceeding any of them refuses the file by that bound's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file as it lies on disk, bytes.
    pub file_bytes: u64,
    /// Entries in a zip container (xlsx, xlsb, ods).
    pub zip_entries: u64,
    /// Sum of all entries when inflated, bytes; counted while inflating, never believed.
    pub inflated_bytes: u64,
    /// Inflated to packed size of one entry, once that entry has inflated past 1 MiB.
    pub ratio: u64,
    /// Worksheets in a workbook.
    pub sheets: u64,
    /// Cells read, over all sheets.
    pub cells: u64,
    /// Cells of the rectangles around each sheet's data: xls and ods are held in memory as rectangles.
    pub dense_cells: u64,
    /// Columns of one row.
    pub columns: u64,
    /// Bytes of one csv record: an unclosed quote must not swallow the file.
    pub record_bytes: u64,
    /// Complaints written; a file with more is not a table of projects.
    pub complaints: u64,
}

impl Limits {
    /// For files that people upload.
    pub fn uploads() -> Self {
        Self {
            file_bytes: 20 << 20,
            zip_entries: 1_000,
            inflated_bytes: 128 << 20,
            ratio: 200,
            sheets: 20,
            cells: 2_000_000,
            dense_cells: 8_000_000,
            columns: 1_024,
            record_bytes: 1 << 20,
            complaints: 200_000,
        }
    }

    /// For files that an administrator names on the command line: a csv of ten million rows streams.
    pub fn operator() -> Self {
        Self {
            file_bytes: 16 << 30,
            zip_entries: 10_000,
            inflated_bytes: 2 << 30,
            ratio: 1_000,
            sheets: 200,
            cells: 4_000_000_000,
            dense_cells: 16_000_000,
            columns: 4_096,
            record_bytes: 8 << 20,
            complaints: 50_000_000,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::uploads()
    }
}
