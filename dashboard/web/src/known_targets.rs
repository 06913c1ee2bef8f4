//! The year's targets as the published tables know them (已知目标): of the files and of the books, as the domain reads them.

use qunlian_domain::pace::MonthlyCurve;
use qunlian_domain::target::{Metric, Scope, Target, TargetKind};
use qunlian_queries::{Answer, Params};

use crate::fault::Fault;
use crate::reader::Reader;
use crate::rows::{Row, rows};

/// Of every thing the target that leads, as known on `day`.
pub(crate) async fn known_targets(reader: &Reader, year: i32, day: chrono::NaiveDate) -> Result<Vec<Target>, Fault> {
    let answer = reader.ask("targets_list", Params::new().with("year", year).with("as_of", day)).await?;
    Ok(read(&answer, year, day))
}

fn read(answer: &Answer, year: i32, day: chrono::NaiveDate) -> Vec<Target> {
    let target = |row: Row<'_>| {
        let band = row.text("band_id");
        Some(Target {
            year,
            metric: Metric::from_id(row.text("metric"))?,
            band: (!band.is_empty()).then(|| band.to_owned()),
            scope: Scope::from_id(row.text("scope"))?,
            scope_id: row.text("scope_id").to_owned(),
            kind: TargetKind::from_id(row.text("kind"))?,
            value: row.int("value"),
            issuer: row.text("issuer").to_owned(),
            known_from: day,
            known_until: None,
            documented: row.is_true("documented"),
            note: String::new(),
            reason: String::new(),
            curve: MonthlyCurve::from_text(row.text("curve")).ok()?,
        })
    };
    rows(answer).filter_map(target).collect()
}
