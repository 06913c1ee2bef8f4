//! Targets (目标): the city's files and the books joined by the domain's rule, as they lead and as they were issued.

use polars::prelude::*;
use qunlian_domain::target::{IssuedTarget, Target, joined, leading_of};

use super::reference::{ReferenceTable, dates, flags, frame, ints, short_hash, texts};
use crate::error::{InStep, TransformError};
use crate::input::BuildInput;

/// `targets`, one at a time, and `issued_targets`, all side by side.
pub(crate) fn tables(input: &BuildInput) -> Result<[ReferenceTable; 2], TransformError> {
    let issued = joined(&input.rules.city.issued_targets, &input.entered_targets);
    let led = leading_of(&issued);
    let fingerprint = short_hash(&[&input.rule_version, &format!("{:?}", input.entered_targets)]);
    let table = |name: &'static str, rows: PolarsResult<DataFrame>| -> Result<ReferenceTable, TransformError> {
        Ok(ReferenceTable { name, fingerprint: fingerprint.clone(), rows: rows.in_step(name)? })
    };
    Ok([table("targets", leading(&led))?, table("issued_targets", side_by_side(&issued))?])
}

fn leading(rows: &[IssuedTarget]) -> PolarsResult<DataFrame> {
    let mut columns = heading(rows);
    columns.extend([curve(rows), source(rows)]);
    columns.extend(known(rows));
    frame(rows.len(), columns)
}

fn side_by_side(rows: &[IssuedTarget]) -> PolarsResult<DataFrame> {
    let mut issuers: Vec<(i32, &str)> = Vec::new();
    for row in rows {
        let named = (row.target.year, row.target.issuer.as_str());
        if !issuers.contains(&named) {
            issuers.push(named);
        }
    }
    // Counted within the year, from 1.
    let place = |target: &Target| {
        let of_year = issuers.iter().filter(|(year, _)| *year == target.year);
        of_year.zip(1..).find(|((_, issuer), _)| *issuer == target.issuer).map(|(_, place)| place)
    };
    let mut columns = heading(rows);
    columns.extend([
        ints("place", rows.iter().map(|row| place(&row.target))),
        curve(rows),
        texts("reason", rows.iter().map(|row| row.target.reason.as_str())),
        source(rows),
    ]);
    columns.extend(known(rows));
    frame(rows.len(), columns)
}

fn heading(rows: &[IssuedTarget]) -> Vec<Column> {
    let targets = || rows.iter().map(|row| &row.target);
    vec![
        ints("year", targets().map(|t| Some(t.year.into()))),
        texts("metric", targets().map(|t| t.metric.id())),
        texts("band_id", targets().map(|t| t.band.as_deref().unwrap_or(""))),
        texts("scope", targets().map(|t| t.scope.id())),
        texts("scope_id", targets().map(|t| t.scope_id.as_str())),
        texts("kind", targets().map(|t| t.kind.id())),
        ints("value", targets().map(|t| t.value)),
        texts("issuer", targets().map(|t| t.issuer.as_str())),
        flags("documented", targets().map(|t| t.documented)),
        texts("note", targets().map(|t| t.note.as_str())),
    ]
}

fn curve(rows: &[IssuedTarget]) -> Column {
    let curves: Vec<String> = rows.iter().map(|row| row.target.curve.to_text()).collect();
    texts("curve", curves.iter().map(String::as_str))
}

fn source(rows: &[IssuedTarget]) -> Column {
    texts("source", rows.iter().map(|row| row.source.id()))
}

fn known(rows: &[IssuedTarget]) -> [Column; 2] {
    [
        dates("known_from", rows.iter().map(|row| Some(row.target.known_from))),
        dates("known_until", rows.iter().map(|row| row.target.known_until)),
    ]
}
