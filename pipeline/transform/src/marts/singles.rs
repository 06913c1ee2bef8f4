//! Published rows of projects that have exactly one landing row: whole columns at a time.

use chrono::Datelike;
use polars::prelude::*;
use qunlian_domain::contract::Table;
use qunlian_domain::history::InvestmentKind;
use qunlian_domain::project::Milestone;
use qunlian_domain::promise::Promised;

use crate::classify::date;

/// The classified columns that the functions here take; all others are for the folding of histories.
pub(super) fn needed(projects: &Table) -> Vec<PlSmallStr> {
    let classified = crate::classify::schema();
    let mut names: Vec<PlSmallStr> = projects.columns.iter().map(|column| column.name.as_str().into()).collect();
    names.extend(Milestone::ALL.iter().map(|milestone| PlSmallStr::from_string(format!("{}_on", milestone.id()))));
    names.extend(["month", "fixed_yuan", "paid_in_yuan", "_recognised"].map(PlSmallStr::from_static));
    names.retain(|name| classified.contains(name));
    names
}

/// One version each, in force since its recognition.
pub(super) fn projects(rows: &DataFrame) -> PolarsResult<DataFrame> {
    let height = rows.height();
    let mut columns: Vec<Column> = rows.columns().to_vec();
    columns.retain(|column| !matches!(column.name().as_str(), "confidential" | "status"));
    let status = rows.column("status")?.str()?;
    let status: StringChunked = status.iter().map(|status| Some(status.unwrap_or("ongoing"))).collect();
    columns.push(status.with_name("status".into()).into_column());
    let confidential = rows.column("confidential")?.i64()?;
    let confidential: BooleanChunked = confidential.iter().map(|flag| Some(flag == Some(1))).collect();
    columns.push(confidential.with_name("confidential".into()).into_column());
    for promised in Promised::ALL {
        columns.extend(stated_once(rows, promised)?);
    }
    columns.push(constant_int("version", 1, height));
    columns.push(constant_bool("chain_overridden", height));
    columns.push(constant_bool("region_overridden", height));
    columns.push(rows.column("_recognised")?.clone().with_name("known_from".into()));
    columns.push(no_date("known_until", height));
    DataFrame::new(height, columns)
}

/// What was promised in one row was promised first, and never moved.
fn stated_once(rows: &DataFrame, promised: Promised) -> PolarsResult<[Column; 2]> {
    let now = rows.column(promised.column())?;
    let name = promised.column().trim_end_matches("_on");
    let moved: Int64Chunked = now.is_not_null().iter().map(|stated| (stated == Some(true)).then_some(0)).collect();
    let moved = moved.with_name(PlSmallStr::from_string(format!("{name}_moved"))).into_column();
    Ok([now.clone().with_name(PlSmallStr::from_string(format!("first_{name}_on"))), moved])
}

/// A row for each milestone date that stands in a landing row.
pub(super) fn milestones(rows: &DataFrame) -> PolarsResult<DataFrame> {
    let mut all: Option<DataFrame> = None;
    for milestone in Milestone::ALL {
        let happened = rows.column(&format!("{}_on", milestone.id()))?;
        if happened.null_count() == happened.len() {
            continue;
        }
        let mut part = dated(rows, &happened.is_not_null(), "happened_on", happened)?;
        part.with_column(constant_text("milestone", milestone.id(), part.height()))?;
        stack(&mut all, part)?;
    }
    Ok(all.unwrap_or_default())
}

/// A row for each amount of the month that stands in a landing row.
pub(super) fn investments(rows: &DataFrame) -> PolarsResult<DataFrame> {
    let mut all: Option<DataFrame> = None;
    for (kind, column) in [(InvestmentKind::FixedAssets, "fixed_yuan"), (InvestmentKind::PaidIn, "paid_in_yuan")] {
        let amount = rows.column(column)?;
        if amount.null_count() == amount.len() {
            continue;
        }
        let stated = amount.is_not_null();
        let mut part = dated(rows, &stated, "amount_yuan", amount)?;
        part.with_column(rows.column("month")?.filter(&stated)?)?;
        part.with_column(constant_text("kind", kind.id(), part.height()))?;
        stack(&mut all, part)?;
    }
    Ok(all.unwrap_or_default())
}

/// The columns that milestones and investments share, for the rows of `mask`.
fn dated(rows: &DataFrame, mask: &BooleanChunked, name: &str, what: &Column) -> PolarsResult<DataFrame> {
    let recognised = rows.column("_recognised")?.filter(mask)?;
    let height = recognised.len();
    let columns = vec![
        rows.column("project_id")?.filter(mask)?,
        rows.column("carrier_id")?.filter(mask)?,
        what.filter(mask)?.with_name(name.into()),
        recognised.clone().with_name("recognised_on".into()),
        no_date("revoked_on", height),
        years(&recognised)?,
        recognised.with_name("known_from".into()),
        no_date("known_until", height),
        rows.column("source")?.filter(mask)?,
    ];
    DataFrame::new(height, columns)
}

/// Year of each date. Rows come by month, so the last answer usually serves again.
fn years(dates: &Column) -> PolarsResult<Column> {
    let mut last = (i32::MIN, 0i64);
    let years: Int64Chunked = dates
        .date()?
        .physical()
        .iter()
        .map(|day| {
            let day = day?;
            if last.0 != day {
                last = (day, i64::from(date(day).year()));
            }
            Some(last.1)
        })
        .collect();
    Ok(years.with_name("year".into()).into_column())
}

fn stack(all: &mut Option<DataFrame>, part: DataFrame) -> PolarsResult<()> {
    match all {
        None => *all = Some(part),
        Some(all) => {
            all.vstack_mut_owned(part)?;
        }
    }
    Ok(())
}

fn constant_text(name: &str, text: &str, height: usize) -> Column {
    Column::new_scalar(name.into(), Scalar::from(PlSmallStr::from_str(text)), height)
}

fn constant_int(name: &str, number: i64, height: usize) -> Column {
    Column::new_scalar(name.into(), Scalar::from(number), height)
}

fn constant_bool(name: &str, height: usize) -> Column {
    Column::new_scalar(name.into(), Scalar::from(false), height)
}

fn no_date(name: &str, height: usize) -> Column {
    Column::full_null(name.into(), height, &DataType::Date)
}
