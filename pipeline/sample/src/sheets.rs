//! From the plan to tables as carriers send them (报表): which rows a workbook holds, and how they look.

mod book;
mod cells;
mod delimited;
mod layout;
mod table;
mod xlsx;

use std::path::{Path, PathBuf};

use crate::error::SampleError;
use crate::plan::{Plan, SheetKind};
use crate::styles::{FileFormat, STYLES};

pub use book::{Workbook, workbooks};
pub use table::{Cell, Mark, Odd, Table};

/// A file ready to be written.
#[derive(Debug)]
pub struct Draft {
    pub name: String,
    pub format: FileFormat,
    pub tables: Vec<(Option<SheetKind>, Table)>,
}

/// The files of one workbook: one xlsx, or one csv per sheet.
pub fn drafts(plan: &Plan, workbook: &Workbook) -> Vec<Draft> {
    let style = &STYLES[workbook.carrier];
    let mut tables: Vec<(Option<SheetKind>, Table)> =
        workbook.sheets.iter().map(|sheet| (Some(sheet.kind), layout::table(plan, workbook, sheet))).collect();
    if workbook.instructions {
        tables.push((None, layout::instructions()));
    }
    match style.format {
        FileFormat::Xlsx => vec![Draft { name: format!("{}_示例.xlsx", workbook.stem), format: style.format, tables }],
        FileFormat::Csv => tables
            .into_iter()
            .map(|(kind, table)| Draft {
                name: format!("{}_{}_示例.csv", workbook.stem, table.name),
                format: style.format,
                tables: vec![(kind, table)],
            })
            .collect(),
    }
}

/// Writes a draft into a folder; equal drafts give equal bytes.
pub fn save(draft: &Draft, folder: &Path) -> Result<PathBuf, SampleError> {
    let bytes = match draft.format {
        FileFormat::Xlsx => xlsx::compose(draft)?,
        FileFormat::Csv => delimited::compose(draft)?,
    };
    let path = folder.join(&draft.name);
    std::fs::write(&path, bytes).map_err(|source| SampleError::Write { path: path.clone(), source })?;
    Ok(path)
}
