//! Writes `complaints.csv` (问题清单): one line per odd cell, row or sheet, phones masked.

use std::fs::File;
use std::io;
use std::path::Path;

use qunlian_domain::landing::{COMPLAINT_COLUMNS, CONFIDENTIAL, Severity};
use qunlian_domain::privacy;
use qunlian_domain::text::tidy;

use crate::problem::Problem;
use crate::refusal::Refusal;

/// Characters of a cell that a complaint quotes.
const QUOTED: usize = 120;

/// One complaint, waiting for its row to be finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The row in the sheet; `None` when it concerns the sheet.
    pub row: Option<u64>,
    /// The header of the column; empty when it concerns the row.
    pub column: String,
    /// What the cell holds, as it stands in the file.
    pub value: String,
    pub problem: Problem,
    pub severity: Severity,
    /// More than the problem's own words say: the reason, or the figure it was compared with.
    pub detail: String,
}

impl Complaint {
    /// A complaint with the problem's usual severity.
    pub fn new(problem: Problem, row: Option<u64>, column: &str, value: &str) -> Self {
        Self { row, column: column.to_owned(), value: quoted(value), problem, severity: problem.severity(), detail: String::new() }
    }

    /// Takes back what it quotes of a confidential project, in its reason too.
    pub fn hide(&mut self) {
        if self.value.is_empty() {
            return;
        }
        if self.detail.contains(&self.value) {
            self.detail.clear();
        }
        self.value = CONFIDENTIAL.to_owned();
    }

    /// The same with a reason behind its message.
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// The file of complaints of one source file. It exists from the start, so that an empty one says "none".
pub struct ComplaintFile {
    writer: csv::Writer<File>,
    written: u64,
    allowed: u64,
}

impl ComplaintFile {
    /// Opens `out/complaints.csv` and writes its header.
    pub fn create(out: &Path, allowed: u64) -> Result<Self, Refusal> {
        let file = File::create(out.join("complaints.csv")).map_err(Refusal::Write)?;
        let mut writer = csv::Writer::from_writer(file);
        writer.write_record(COMPLAINT_COLUMNS).map_err(write_error)?;
        Ok(Self { writer, written: 0, allowed })
    }

    /// Writes one complaint about a sheet.
    pub fn write(&mut self, sheet: u32, sheet_name: &str, carrier: &str, complaint: &Complaint) -> Result<(), Refusal> {
        self.written += 1;
        if self.written > self.allowed {
            return Err(Refusal::TooLarge { limit: "complaints", found: self.written, allowed: self.allowed });
        }
        let message = match complaint.detail.as_str() {
            "" => complaint.problem.message().to_owned(),
            detail => format!("{}：{detail}", complaint.problem.message()),
        };
        self.writer
            .write_record([
                sheet.to_string().as_str(),
                &privacy::mask(sheet_name),
                &complaint.row.map(|row| row.to_string()).unwrap_or_default(),
                &privacy::mask(&complaint.column),
                &complaint.value,
                complaint.problem.id(),
                &privacy::mask(&message),
                complaint.problem.hint(),
                complaint.severity.id(),
                carrier,
            ])
            .map_err(write_error)
    }

    /// Complaints written so far.
    pub fn count(&self) -> u64 {
        self.written
    }

    /// Flushes to the file and syncs it.
    pub fn finish(self) -> Result<(), Refusal> {
        let file = self.writer.into_inner().map_err(|error| Refusal::Write(error.into_error()))?;
        file.sync_all().map_err(Refusal::Write)
    }
}

/// A csv error of an output file.
pub fn write_error(error: csv::Error) -> Refusal {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Refusal::Write(error),
        other => Refusal::Write(io::Error::other(format!("{other:?}"))),
    }
}

/// A value as a complaint shows it: one line, masked, cut.
fn quoted(value: &str) -> String {
    let tidied = tidy(value);
    let masked = privacy::mask(&tidied);
    if masked.chars().count() <= QUOTED {
        return masked.into_owned();
    }
    let mut cut: String = masked.chars().take(QUOTED).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_masked_squashed_and_cut() {
        assert_eq!(quoted("联系人\n13900001234"), "联系人 139****1234");
        assert_eq!(quoted(&"长".repeat(500)).chars().count(), QUOTED + 1);
    }

    #[test]
    fn more_complaints_than_allowed_refuse_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = ComplaintFile::create(folder.path(), 1).unwrap();
        let complaint = Complaint::new(Problem::NoUnit, Some(3), "投资额", "5");
        file.write(1, "Sheet1", "", &complaint).unwrap();
        let refusal = file.write(1, "Sheet1", "", &complaint).unwrap_err();
        assert!(matches!(refusal, Refusal::TooLarge { limit: "complaints", .. }));
    }
}
