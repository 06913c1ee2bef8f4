//! Arrow batches as rows of plain values, and back.

use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, Float64Type, Int64Type, Schema};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{Answer, Value};

use crate::functions::arrow_date;
use crate::tables::arrow_type;

/// Appends a batch's rows, column by column converted to the declared types.
pub(crate) fn append(batch: &RecordBatch, kinds: &[ColumnType], rows: &mut Vec<Vec<Value>>) -> Result<(), ArrowError> {
    let start = rows.len();
    rows.extend((0..batch.num_rows()).map(|_| Vec::with_capacity(kinds.len())));
    for (column, kind) in batch.columns().iter().zip(kinds) {
        append_column(column, *kind, &mut rows[start..])?;
    }
    Ok(())
}

fn append_column(column: &ArrayRef, kind: ColumnType, rows: &mut [Vec<Value>]) -> Result<(), ArrowError> {
    if crate::plan::column_type(column.data_type()).is_none() && column.data_type() != &DataType::Null {
        return append_printed(column, rows);
    }
    let column = cast(column, &arrow_type(kind))?;
    let nulls = column.nulls();
    let known = |row: usize| nulls.is_none_or(|nulls| nulls.is_valid(row));
    let mut fill = |value_of: &dyn Fn(usize) -> Value| {
        for (at, row) in rows.iter_mut().enumerate() {
            row.push(if known(at) { value_of(at) } else { Value::Null });
        }
    };
    match kind {
        ColumnType::Text => fill(&|at| Value::Text(column.as_string_view().value(at).to_owned())),
        ColumnType::Int => fill(&|at| Value::Int(column.as_primitive::<Int64Type>().value(at))),
        ColumnType::Decimal => fill(&|at| Value::Decimal(column.as_primitive::<Float64Type>().value(at))),
        ColumnType::Date => fill(&|at| date(column.as_primitive::<Date32Type>().value(at)).map_or(Value::Null, Value::Date)),
        ColumnType::Bool => fill(&|at| Value::Bool(column.as_boolean().value(at))),
    }
    Ok(())
}

/// Times, lists and structs, which only free SQL can make, are shown as text; a time beyond the calendar as the words why not.
fn append_printed(column: &ArrayRef, rows: &mut [Vec<Value>]) -> Result<(), ArrowError> {
    let options = FormatOptions::default();
    let printer = ArrayFormatter::try_new(column.as_ref(), &options)?;
    for (at, row) in rows.iter_mut().enumerate() {
        row.push(if column.is_null(at) { Value::Null } else { Value::Text(printer.value(at).to_string()) });
    }
    Ok(())
}

fn date(days: i32) -> Option<NaiveDate> {
    Date32Type::to_naive_date_opt(days)
}

/// An answer as one Arrow batch; titles and units go along as field metadata.
pub(crate) fn batch(answer: &Answer) -> Result<RecordBatch, ArrowError> {
    let mut fields = Vec::with_capacity(answer.columns.len());
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(answer.columns.len());
    for (at, column) in answer.columns.iter().enumerate() {
        let cells = answer.rows.iter().map(|row| row.get(at).unwrap_or(&Value::Null));
        let array: ArrayRef = match column.kind {
            ColumnType::Text => Arc::new(cells.map(Value::text).collect::<StringArray>()),
            ColumnType::Int => Arc::new(cells.map(Value::int).collect::<Int64Array>()),
            ColumnType::Decimal => Arc::new(cells.map(Value::number).collect::<Float64Array>()),
            ColumnType::Date => Arc::new(cells.map(|cell| cell.date().map(arrow_date)).collect::<Date32Array>()),
            ColumnType::Bool => Arc::new(cells.map(truth).collect::<BooleanArray>()),
        };
        let words = [("title".to_owned(), column.title.clone()), ("unit".to_owned(), column.unit.clone())];
        fields.push(Field::new(&column.name, array.data_type().clone(), true).with_metadata(words.into()));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

fn truth(cell: &Value) -> Option<bool> {
    match cell {
        Value::Bool(truth) => Some(*truth),
        _ => None,
    }
}
