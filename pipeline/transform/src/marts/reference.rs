//! The small tables: carriers, chains, segments, region groups, bands, calendar, sources, complaints, runs.

use std::path::Path;

use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use qunlian_domain::landing::COMPLAINT_COLUMNS;

use crate::classify::{append, days};
use crate::error::{InStep, TransformError};
use crate::input::{BuildInput, Sheet, Source};
use crate::landing::path_of;
use crate::marts::targets;

/// One small table with the fingerprint of what it was made from.
pub(crate) struct ReferenceTable {
    pub name: &'static str,
    pub fingerprint: String,
    pub rows: DataFrame,
}

/// All small tables. Those made from rules alone share the rules' fingerprint.
pub(crate) fn all(input: &BuildInput) -> Result<Vec<ReferenceTable>, TransformError> {
    let rules = short_hash(&[&input.rule_version]);
    let mut source_keys: Vec<&str> = vec![&input.rule_version];
    source_keys.extend(input.sources.iter().map(|source| source.blake3.as_str()));
    let sources_hash = short_hash(&source_keys);
    let runs_hash = short_hash(&[&format!("{:?}", input.runs)]);
    let from_rules = |name, rows: PolarsResult<DataFrame>| -> Result<ReferenceTable, TransformError> {
        Ok(ReferenceTable { name, fingerprint: rules.clone(), rows: rows.in_step(name)? })
    };
    let [led, issued] = targets::tables(input)?;
    Ok(vec![
        led,
        issued,
        from_rules("carriers", carriers(input))?,
        from_rules("chains", chains(input))?,
        from_rules("segments", segments(input))?,
        from_rules("regions", regions(input))?,
        from_rules("bands", bands(input))?,
        from_rules("calendar", calendar(input))?,
        ReferenceTable { name: "sources", fingerprint: sources_hash.clone(), rows: sources(input).in_step("sources")? },
        ReferenceTable { name: "complaints", fingerprint: sources_hash, rows: complaints(input)? },
        ReferenceTable { name: "runs", fingerprint: runs_hash, rows: runs(input).in_step("runs")? },
    ])
}

pub(super) fn short_hash(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().as_str()[..32].to_owned()
}

fn carriers(input: &BuildInput) -> PolarsResult<DataFrame> {
    let carriers = &input.rules.city.carriers;
    let rows: Vec<_> = carriers.rows().iter().collect();
    let units: Vec<&str> =
        rows.iter().map(|c| carriers.assessed_of(&c.id, c.valid_from).map_or(c.id.as_str(), |unit| unit.id.as_str())).collect();
    frame(
        rows.len(),
        vec![
            texts("carrier_id", rows.iter().map(|c| c.id.as_str())),
            texts("carrier", rows.iter().map(|c| c.name.as_str())),
            texts("parent_id", rows.iter().map(|c| c.parent.as_str())),
            texts("unit_id", units.iter().copied()),
            texts("kind", rows.iter().map(|c| c.kind.id())),
            flags("assessed", rows.iter().map(|c| c.assessed)),
            ints("sort", rows.iter().map(|c| Some(c.sort.into()))),
            dates("valid_from", rows.iter().map(|c| Some(c.valid_from))),
            dates("valid_until", rows.iter().map(|c| c.valid_until)),
        ],
    )
}

fn chains(input: &BuildInput) -> PolarsResult<DataFrame> {
    let catalogue = &input.rules.city.chains;
    let rows = &catalogue.chains;
    frame(
        rows.len(),
        vec![
            texts("chain_id", rows.iter().map(|c| c.id.as_str())),
            texts("chain", rows.iter().map(|c| c.name.as_str())),
            texts("cluster_id", rows.iter().map(|c| c.cluster.as_str())),
            texts("cluster", rows.iter().map(|c| catalogue.cluster(&c.cluster).map_or("", |cluster| cluster.name.as_str()))),
            flags("documented", rows.iter().map(|c| c.documented)),
            ints("sort", (1..=rows.len() as i64).map(Some)),
            dates("valid_from", rows.iter().map(|c| Some(c.valid_from))),
            dates("valid_until", rows.iter().map(|c| c.valid_until)),
        ],
    )
}

fn segments(input: &BuildInput) -> PolarsResult<DataFrame> {
    let chains = &input.rules.city.chains.chains;
    let rows: Vec<_> = chains.iter().flat_map(|chain| chain.segments.iter().map(move |segment| (chain, segment))).collect();
    frame(
        rows.len(),
        vec![
            texts("segment_id", rows.iter().map(|(_, s)| s.id.as_str())),
            texts("segment", rows.iter().map(|(_, s)| s.name.as_str())),
            texts("chain_id", rows.iter().map(|(c, _)| c.id.as_str())),
            texts("position", rows.iter().map(|(_, s)| s.position.name())),
            ints("sort", (1..=rows.len() as i64).map(Some)),
        ],
    )
}

fn regions(input: &BuildInput) -> PolarsResult<DataFrame> {
    let rows: Vec<_> =
        input.rules.city.region_groups.all().iter().flat_map(|group| group.members.iter().map(move |member| (group, member))).collect();
    frame(
        rows.len(),
        vec![
            texts("group_id", rows.iter().map(|(g, _)| g.id.as_str())),
            texts("group_name", rows.iter().map(|(g, _)| g.name.as_str())),
            texts("member_code", rows.iter().map(|(_, m)| m.as_str())),
            dates("valid_from", rows.iter().map(|(g, _)| g.valid_from)),
            dates("valid_until", rows.iter().map(|(g, _)| g.valid_until)),
        ],
    )
}

fn bands(input: &BuildInput) -> PolarsResult<DataFrame> {
    let rows = input.rules.city.bands.nested();
    frame(
        rows.len(),
        vec![
            texts("band_id", rows.iter().map(|b| b.id.as_str())),
            texts("band", rows.iter().map(|b| b.name.as_str())),
            ints("at_least_yuan", rows.iter().map(|b| Some(b.least))),
            ints("sort", (1..=rows.len() as i64).map(Some)),
        ],
    )
}

/// From the first announced year to one year after the last: the year nobody has announced is shown as such.
fn calendar(input: &BuildInput) -> PolarsResult<DataFrame> {
    let calendar = &input.rules.city.workdays;
    let years: Vec<i32> = calendar.announced_years().collect();
    let first = years.first().and_then(|year| NaiveDate::from_ymd_opt(*year, 1, 1));
    let last = years.last().and_then(|year| NaiveDate::from_ymd_opt(year + 1, 12, 31));
    let rows: Vec<NaiveDate> = match (first, last) {
        (Some(first), Some(last)) => first.iter_days().take_while(|day| *day <= last).collect(),
        _ => Vec::new(),
    };
    let kinds: Vec<_> = rows.iter().map(|day| calendar.kind_of(*day)).collect();
    frame(
        rows.len(),
        vec![
            dates("day", rows.iter().map(|d| Some(*d))),
            ints("year", rows.iter().map(|d| Some(d.year().into()))),
            ints("month", rows.iter().map(|d| Some(d.month().into()))),
            ints("weekday", rows.iter().map(|d| Some(d.weekday().number_from_monday().into()))),
            flags("works", kinds.iter().map(|k| k.works)),
            texts("holiday", kinds.iter().map(|k| k.holiday.as_deref().unwrap_or(""))),
            flags("announced", kinds.iter().map(|k| k.announced)),
        ],
    )
}

fn sources(input: &BuildInput) -> PolarsResult<DataFrame> {
    let rows: Vec<(&Source, &Sheet)> =
        input.sources.iter().flat_map(|source| source.sheets.iter().map(move |sheet| (source, sheet))).collect();
    frame(
        rows.len(),
        vec![
            texts("file", rows.iter().map(|(s, _)| s.number.as_str())),
            texts("file_name", rows.iter().map(|(s, _)| s.name.as_str())),
            ints("sheet", rows.iter().map(|(_, s)| Some(s.position))),
            texts("sheet_name", rows.iter().map(|(_, s)| s.name.as_str())),
            texts("carrier_id", rows.iter().map(|(_, s)| s.carrier_id.as_str())),
            dates("month", rows.iter().map(|(_, s)| s.month)),
            dates("reported_on", rows.iter().map(|(_, s)| s.reported_on)),
            ints("header_row", rows.iter().map(|(_, s)| Some(s.header_row))),
            ints("rows_in", rows.iter().map(|(_, s)| Some(s.rows_in))),
            ints("rows_questioned", rows.iter().map(|(_, s)| Some(s.rows_questioned))),
            ints("rows_left_out", rows.iter().map(|(_, s)| Some(s.rows_left_out))),
            dates("imported_on", rows.iter().map(|(s, _)| Some(s.imported_on))),
        ],
    )
}

fn runs(input: &BuildInput) -> PolarsResult<DataFrame> {
    let rows = &input.runs;
    frame(
        rows.len(),
        vec![
            texts("job", rows.iter().map(|r| r.job.as_str())),
            texts("slot", rows.iter().map(|r| r.slot.as_str())),
            ints("attempt", rows.iter().map(|r| Some(r.attempt))),
            texts("started_at", rows.iter().map(|r| r.started_at.as_str())),
            texts("finished_at", rows.iter().map(|r| r.finished_at.as_str())),
            texts("outcome", rows.iter().map(|r| r.outcome.as_str())),
            texts("message", rows.iter().map(|r| r.message.as_str())),
        ],
    )
}

/// What ingest questioned; the conflicts found while folding lie in the homes' own parts.
fn complaints(input: &BuildInput) -> Result<DataFrame, TransformError> {
    let mut all = complaint_rows(None)?;
    for source in &input.sources {
        let path = source.folder.join("complaints.csv");
        if path.exists() {
            let part = complaint_rows(Some((source, &path)))?;
            all.vstack_mut_owned(part).in_step("complaints")?;
        }
    }
    Ok(all)
}

fn complaint_rows(of: Option<(&Source, &Path)>) -> Result<DataFrame, TransformError> {
    let step = "complaints";
    let schema: Schema = COMPLAINT_COLUMNS.iter().map(|name| Field::new((*name).into(), DataType::String)).collect();
    let landed = match of {
        Some((_, path)) => LazyCsvReader::new(path_of(path.to_path_buf())?)
            .with_schema(Some(std::sync::Arc::new(schema)))
            .with_has_header(true)
            .with_glob(false)
            .finish()
            .and_then(LazyFrame::collect)
            .in_step(step)?,
        None => DataFrame::empty_with_schema(&schema),
    };
    let text = |name: &str| -> Result<Column, TransformError> { landed.column(name).cloned().in_step(step) };
    let height = landed.height();
    let source = of.map(|(source, _)| source);
    let positions = landed.column("sheet").and_then(|column| column.str()).in_step(step)?;
    let reported = positions.iter().map(|position| {
        let position: i64 = position?.parse().ok()?;
        source?.sheets.iter().find(|sheet| sheet.position == position)?.reported_on
    });
    let rows = landed.column("row").and_then(|column| column.str()).in_step(step)?;
    frame(
        height,
        vec![
            texts("file", std::iter::repeat_n(source.map_or("", |source| source.number.as_str()), height)),
            texts("file_name", std::iter::repeat_n(source.map_or("", |source| source.name.as_str()), height)),
            text("sheet_name")?.with_name("sheet".into()),
            ints("row", rows.iter().map(|row| row?.parse().ok())),
            text("column")?,
            text("value")?,
            text("problem")?,
            text("message")?,
            text("hint")?,
            text("severity")?,
            text("carrier_id")?,
            dates("reported_on", reported),
        ],
    )
    .in_step(step)
}

pub(super) fn frame(height: usize, columns: Vec<Column>) -> PolarsResult<DataFrame> {
    DataFrame::new(height, columns)
}

pub(super) fn texts<'a>(name: &str, cells: impl Iterator<Item = &'a str>) -> Column {
    let mut builder = StringChunkedBuilder::new(name.into(), cells.size_hint().0);
    cells.for_each(|text| append(&mut builder, text));
    builder.finish().into_column()
}

pub(super) fn ints(name: &str, cells: impl Iterator<Item = Option<i64>>) -> Column {
    Column::new(name.into(), cells.collect::<Vec<_>>())
}

pub(super) fn flags(name: &str, cells: impl Iterator<Item = bool>) -> Column {
    Column::new(name.into(), cells.collect::<Vec<_>>())
}

pub(super) fn dates(name: &str, cells: impl Iterator<Item = Option<NaiveDate>>) -> Column {
    let cells: Vec<Option<i32>> = cells.map(|day| day.map(days)).collect();
    Int32Chunked::from_slice_options(name.into(), &cells).into_date().into_column()
}
