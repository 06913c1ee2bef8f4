//! What a period's sheet says: the record where it was closed, else figures and entries scored by the year's rules.

use qunlian_domain::score::{Complaint, Record, Sheet};
use qunlian_registry::ClosedSheet;

use super::asked::Asked;
use super::supplied::figures;
use crate::fault::Fault;
use crate::pages::filings::books::{refused, with_books};
use crate::reader::Reader;

/// A sheet as it is printed.
pub(super) struct Standing {
    pub record: Record,
    /// None on a closed sheet.
    pub complaints: Vec<Complaint>,
    pub closed: Option<ClosedSheet>,
}

pub(super) async fn standing(reader: &Reader, asked: &Asked) -> Result<Standing, Fault> {
    let (level, period) = (asked.level.clone(), asked.period);
    let closed = with_books(&reader.desk, move |books| books.closed_sheet(&level, period).map_err(refused)).await?;
    if let Some(closed) = closed {
        return Ok(Standing { record: closed.record.clone(), complaints: Vec::new(), closed: Some(closed) });
    }
    let sheet = open_sheet(reader, asked).await?;
    let record = Record::draft(&sheet, reader.generation.number, reader.desk.today());
    Ok(Standing { record, complaints: sheet.complaints, closed: None })
}

/// The sheet by today's rules, whether the period is closed or not.
pub(super) async fn open_sheet(reader: &Reader, asked: &Asked) -> Result<Sheet, Fault> {
    let figures = figures(reader, asked).await?;
    let rules = reader.desk.app.rules.city.scoring_of(asked.period.year).ok_or(Fault::NotFound)?;
    rules.sheet(&asked.level, asked.period, &figures).map_err(|error| Fault::Internal(error.to_string()))
}
