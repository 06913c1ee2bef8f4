//! The files of one generation, as the composition root hands them over.

use std::path::{Path, PathBuf};

use qunlian_queries::Generation;

/// Which Parquet files make up the published tables of one generation. A table that the contract knows
/// but that has no files is empty.
#[derive(Debug, Clone)]
pub struct TableFiles {
    /// What the pages say of the generation; its row counts are checked against the files.
    pub generation: Generation,
    /// Table name and its parts, in order.
    pub tables: Vec<(String, Vec<PathBuf>)>,
}

impl TableFiles {
    /// The parts of a table; none when it has no files.
    pub fn parts(&self, table: &str) -> &[PathBuf] {
        self.tables.iter().find(|(name, _)| name == table).map_or(&[], |(_, parts)| parts.as_slice())
    }

    /// The rows that the manifest promises for a table.
    pub fn promised_rows(&self, table: &str) -> Option<u64> {
        self.generation.rows.iter().find(|(name, _)| name == table).map(|(_, rows)| *rows)
    }
}

/// The path as a `file://` address: everything but plain characters is percent-encoded, so that a folder
/// named `[data] 100%` is neither a pattern nor an escape.
pub(crate) fn file_address(path: &Path) -> std::io::Result<String> {
    let absolute = std::path::absolute(path)?;
    let mut address = String::from("file://");
    for byte in absolute.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => address.push(char::from(byte)),
            other => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                address.push('%');
                address.push(char::from(HEX[usize::from(other >> 4)]));
                address.push(char::from(HEX[usize::from(other & 15)]));
            }
        }
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_are_plain_addresses() {
        let check = |path: &str, expect: &str| assert_eq!(file_address(Path::new(path)).unwrap(), expect);
        check("/lake/gen/1/part-0.parquet", "file:///lake/gen/1/part-0.parquet");
        check("/a b/[x]*?/100%/part.parquet", "file:///a%20b/%5Bx%5D%2A%3F/100%25/part.parquet");
        check("/湖/part.parquet", "file:///%E6%B9%96/part.parquet");
    }
}
