//! What can go wrong while a document is written.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("font {}: cannot be read: {source}\nhint: give the path of a .ttf, .otf or .ttc file, or leave the setting out", path.display())]
    FontFile { path: PathBuf, source: std::io::Error },
    #[error("font {name}: not a font with outlines and a Unicode map\nhint: give a .ttf, .otf or .ttc file")]
    Font { name: String },
    #[error("chart {caption:?}: not a drawable svg: {reason}")]
    Chart { caption: String, reason: String },
    #[error("chart {caption:?}: {width} x {height} pixels are too many\nhint: at most {limit} a side")]
    ChartTooLarge { caption: String, width: f32, height: f32, limit: u32 },
    #[error("table {caption:?}: row {row} has {cells} cells for {columns} columns")]
    Cells { caption: String, row: usize, cells: usize, columns: usize },
    #[error("pdf: {0}")]
    Pdf(String),
    #[error("docx: {0}")]
    Docx(#[from] zip::result::ZipError),
    #[error("docx: {0}")]
    Write(#[from] std::io::Error),
}
