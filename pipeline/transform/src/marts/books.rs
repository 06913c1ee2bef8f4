//! The books' own tables (登记簿表): filings, claims, notices, objections and changes, one part for each carrier.

use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;
use qunlian_domain::landing::LandingType;
use qunlian_domain::landing::books::{Columns, TABLES};
use qunlian_domain::project::project_id;
use qunlian_domain::review::ReviewTerm;

use super::reference::{ReferenceTable, short_hash};
use crate::classify::date;
use crate::error::{InStep, TransformError};
use crate::input::{BooksPart, BuildInput};
use crate::keys::Keys;
use crate::landing::{dtype, path_of};

const STEP: &str = "the books' tables";

/// Every part: its carrier and its rows. None before anything was exported.
pub(crate) fn all<'a>(input: &'a BuildInput, keys: &Keys) -> Result<Vec<(&'a str, ReferenceTable)>, TransformError> {
    let mut parts = Vec::new();
    for part in &input.books {
        for (table, columns) in TABLES {
            parts.push((part.carrier.as_str(), one(input, keys, part, table, columns)?));
        }
    }
    Ok(parts)
}

fn one(input: &BuildInput, keys: &Keys, part: &BooksPart, name: &'static str, columns: Columns) -> Result<ReferenceTable, TransformError> {
    let path = part.folder.join(format!("{name}.csv"));
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(source) => return Err(TransformError::Io { path, source }),
    };
    let landed = scan(&path, columns)?;
    let ids = project_ids(&landed, keys).in_step(STEP)?;
    // Which rows are one project may change while the books do not.
    let ids_text = ids.join("\n");
    let content = blake3::hash(&bytes).to_hex();
    let fingerprint = short_hash(&[&input.rule_version, content.as_str(), &ids_text]);
    let rows = published(input, name, &landed, &ids).in_step(STEP)?;
    Ok(ReferenceTable { name, fingerprint, rows })
}

fn scan(path: &Path, columns: Columns) -> Result<DataFrame, TransformError> {
    let schema: Schema = columns.iter().map(|(name, kind)| Field::new((*name).into(), dtype(*kind))).collect();
    LazyCsvReader::new(path_of(path.to_path_buf())?)
        .with_schema(Some(Arc::new(schema)))
        .with_has_header(true)
        .with_glob(false)
        .finish()
        .and_then(LazyFrame::collect)
        .in_step(STEP)
}

fn project_ids(landed: &DataFrame, keys: &Keys) -> PolarsResult<Vec<String>> {
    let name_keys = landed.column("name_key")?.u64()?;
    Ok(name_keys.iter().map(|key| project_id(keys.project(key.unwrap_or(0)))).collect())
}

fn published(input: &BuildInput, table: &str, landed: &DataFrame, ids: &[String]) -> PolarsResult<DataFrame> {
    let mut columns: Vec<Column> = Vec::with_capacity(landed.width() + 1);
    for column in landed.columns() {
        columns.push(match column.name().as_str() {
            "name_key" => Column::new("project_id".into(), ids),
            _ => column.clone(),
        });
    }
    for (name, _) in flags(table) {
        let at = columns.iter().position(|column| column.name().as_str() == name);
        if let Some(at) = at {
            let flag: BooleanChunked = columns[at].i64()?.iter().map(|flag| Some(flag == Some(1))).collect();
            columns[at] = flag.with_name(name.into()).into_column();
        }
    }
    if table == "claims" {
        columns.push(review_days(input, landed)?);
    }
    DataFrame::new(landed.height(), columns)
}

fn flags(table: &str) -> impl Iterator<Item = (&'static str, LandingType)> {
    let columns = TABLES.iter().find(|(name, _)| *name == table).map_or(&[][..], |(_, columns)| *columns);
    columns.iter().copied().filter(|(_, kind)| *kind == LandingType::Flag)
}

/// Working days from the last submission to its review.
fn review_days(input: &BuildInput, landed: &DataFrame) -> PolarsResult<Column> {
    // The days that a review may take play no part in how many it took.
    let term = ReviewTerm::new(&input.rules.city.workdays, 0);
    let (submitted, reviewed) = (landed.column("submitted_on")?.date()?, landed.column("reviewed_on")?.date()?);
    let days: Int64Chunked = submitted
        .physical()
        .iter()
        .zip(reviewed.physical().iter())
        .map(|(submitted, reviewed)| Some(term.used(date(submitted?), date(reviewed?))))
        .collect();
    Ok(days.with_name("review_days".into()).into_column())
}
