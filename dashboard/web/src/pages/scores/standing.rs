//! What a period's sheet says: the record where it was closed, else figures and entries scored by the year's rules.

use std::collections::HashMap;

use qunlian_domain::score::{Complaint, FigureRow, Figures, Input, Record, Sheet};
use qunlian_queries::Params;
use qunlian_registry::ClosedSheet;

use super::asked::Asked;
use crate::fault::Fault;
use crate::known_targets::known_targets;
use crate::pages::filings::books::{refused, with_books};
use crate::reader::Reader;
use crate::rows::rows;

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

/// Everything a sheet is computed from. An input that the published tables do not hold has no row: the sheet complains.
async fn figures(reader: &Reader, asked: &Asked) -> Result<Figures, Fault> {
    let city = &reader.desk.app.rules.city;
    let level = city.scoring_of(asked.period.year).and_then(|rules| rules.level(&asked.level)).ok_or(Fault::NotFound)?;
    let params = Params::new().with("year", asked.period.year).with("as_of", asked.known_on());
    let targets = known_targets(reader, asked.period.year, asked.known_on()).await?;
    let answer = reader.ask("score_inputs", params).await?;
    let mut done: HashMap<(&str, &str, &str), i64> = HashMap::new();
    for row in rows(&answer) {
        done.insert((row.text("carrier_id"), row.text("metric"), row.text("band_id")), row.count("done"));
    }
    let mut figures = Figures::default();
    for carrier in level.members() {
        for input in level.inputs() {
            let Some(read) = Input::parse(input) else { continue };
            let band = read.band.unwrap_or_default();
            let Some(done_here) = done.get(&(carrier, read.metric.id, band)).copied() else { continue };
            let target = match read.metric.id {
                "started_of_signed" => done.get(&(carrier, "signed", band)).copied(),
                _ => asked.period.due(&targets, carrier, input, asked.known_on()),
            };
            figures.rows.push(FigureRow { carrier_id: carrier.to_owned(), input: input.to_owned(), done: done_here, target });
        }
    }
    let (level, period) = (asked.level.clone(), asked.period);
    let (entries, ratings) = with_books(&reader.desk, move |books| {
        let entries = books.score_entries(&level, period.year).map_err(refused)?;
        let ratings = books.score_ratings(&level, period).map_err(refused)?;
        Ok((entries, ratings))
    })
    .await?;
    figures.entries = entries.iter().filter_map(|entry| entry.standing()).collect();
    figures.ratings = ratings.iter().filter_map(|rating| rating.standing()).collect();
    Ok(figures)
}
