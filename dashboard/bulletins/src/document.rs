//! A bulletin as files (通报文件): docx and pdf through `documents`, xlsx with a sheet per table.

use qunlian_documents::{Align, Block, Column, Document, Fonts, Table, docx, pdf};

use crate::compose::{Composed, Part};
use crate::tables::TableOf;
use crate::{BulletinError, workbook};

/// Formats of a bulletin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Docx,
    Pdf,
    Xlsx,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Docx, Kind::Pdf, Kind::Xlsx];

    /// The file suffix.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
        }
    }

    /// Reads a file suffix.
    pub fn from_suffix(suffix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.suffix() == suffix)
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

impl Composed {
    /// The bulletin as a file. The same bulletin gives the same docx and pdf.
    pub fn file(&self, kind: Kind, fonts: &Fonts) -> Result<Vec<u8>, BulletinError> {
        match kind {
            Kind::Docx => Ok(docx(&self.document(), fonts)?),
            Kind::Pdf => Ok(pdf(&self.document(), fonts)?),
            Kind::Xlsx => workbook::write(self),
        }
    }

    /// As `documents` prints it.
    pub fn document(&self) -> Document {
        Document {
            number: self.number.clone(),
            title: self.title.clone(),
            head: self.head.iter().map(|(label, text)| ((*label).to_owned(), text.clone())).collect(),
            addressees: self.addressees.clone(),
            body: self.parts.iter().map(block).collect(),
            attachments: self.attachments.clone(),
            issuer: Some(self.issuer.clone()),
            date_line: Some(self.date_line.clone()),
        }
    }
}

fn block(part: &Part) -> Block {
    match part {
        Part::Heading { level, text } => Block::Heading { level: *level, text: text.clone() },
        Part::Text(text) => Block::Paragraph(text.clone()),
        Part::Sentence(sentence) => Block::Paragraph(sentence.text.clone()),
        Part::Table(table) => Block::Table(printed(table)),
        Part::Chart(chart) => Block::Chart(chart.print.clone()),
        Part::PageBreak => Block::PageBreak,
    }
}

fn printed(table: &TableOf) -> Table {
    let column = |column: &crate::Column| Column {
        title: column.title.clone(),
        align: if column.is_number { Align::Right } else { Align::Left },
        unit: column.unit.map(str::to_owned),
    };
    let row = |cells: &Vec<crate::Cell>| cells.iter().map(|cell| cell.text.clone()).collect();
    Table {
        caption: table.caption.clone(),
        columns: table.columns.iter().map(column).collect(),
        rows: table.rows.iter().map(row).collect(),
        note: table.note.clone().map(|note| format!("注：{note}")),
    }
}
