//! Values for parameters (参数取值): one row of a batch that the client sends, by the types it has there.

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::as_datetime;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use qunlian_queries::Value;

/// The values of the only row.
///
/// # Errors
/// A column is of no type that a value may have, in Chinese.
pub(crate) fn of(batch: &RecordBatch) -> Result<Vec<Value>, String> {
    let one = |(at, column): (usize, &ArrayRef)| {
        if column.is_null(0) || column.data_type() == &DataType::Null {
            return Ok(Value::Null);
        }
        value(column).ok_or_else(|| format!("参数 {} 的类型 {} 不支持或取值超出范围", at + 1, column.data_type()))
    };
    batch.columns().iter().enumerate().map(one).collect()
}

fn value(column: &ArrayRef) -> Option<Value> {
    fn first<T: ArrowPrimitiveType>(column: &ArrayRef) -> T::Native {
        column.as_primitive::<T>().value(0)
    }
    Some(match column.data_type() {
        DataType::Int8 => Value::Int(first::<Int8Type>(column).into()),
        DataType::Int16 => Value::Int(first::<Int16Type>(column).into()),
        DataType::Int32 => Value::Int(first::<Int32Type>(column).into()),
        DataType::Int64 => Value::Int(first::<Int64Type>(column)),
        DataType::UInt8 => Value::Int(first::<UInt8Type>(column).into()),
        DataType::UInt16 => Value::Int(first::<UInt16Type>(column).into()),
        DataType::UInt32 => Value::Int(first::<UInt32Type>(column).into()),
        DataType::UInt64 => Value::Int(first::<UInt64Type>(column).try_into().ok()?),
        DataType::Float16 => Value::Decimal(first::<Float16Type>(column).into()),
        DataType::Float32 => Value::Decimal(first::<Float32Type>(column).into()),
        DataType::Float64 => Value::Decimal(first::<Float64Type>(column)),
        // As a text, so that it is rounded once.
        DataType::Decimal128(..) => Value::Decimal(column.as_primitive::<Decimal128Type>().value_as_string(0).parse().ok()?),
        DataType::Utf8 => Value::Text(column.as_string::<i32>().value(0).to_owned()),
        DataType::LargeUtf8 => Value::Text(column.as_string::<i64>().value(0).to_owned()),
        DataType::Utf8View => Value::Text(column.as_string_view().value(0).to_owned()),
        DataType::Boolean => Value::Bool(column.as_boolean().value(0)),
        DataType::Date32 => Value::Date(column.as_primitive::<Date32Type>().value_as_date(0)?),
        DataType::Date64 => Value::Date(column.as_primitive::<Date64Type>().value_as_date(0)?),
        DataType::Timestamp(TimeUnit::Second, _) => moment::<TimestampSecondType>(column)?,
        DataType::Timestamp(TimeUnit::Millisecond, _) => moment::<TimestampMillisecondType>(column)?,
        DataType::Timestamp(TimeUnit::Microsecond, _) => moment::<TimestampMicrosecondType>(column)?,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => moment::<TimestampNanosecondType>(column)?,
        _ => return None,
    })
}

/// A time as a text, which the engine reads as one where a time is wanted.
fn moment<T: ArrowPrimitiveType<Native = i64>>(column: &ArrayRef) -> Option<Value> {
    let moment = as_datetime::<T>(column.as_primitive::<T>().value(0))?;
    Some(Value::Text(moment.format("%Y-%m-%d %H:%M:%S%.f").to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        BooleanArray, Date32Array, Decimal128Array, Float32Array, Int8Array, LargeStringArray, NullArray, StringViewArray,
        TimestampMicrosecondArray, UInt64Array,
    };

    use super::*;

    #[test]
    fn values_are_read_by_their_types() {
        let check = |column: ArrayRef, expect: Option<Value>| {
            let read = of(&RecordBatch::try_from_iter([("0", Arc::clone(&column))]).unwrap());
            match expect {
                Some(value) => assert_eq!(read, Ok(vec![value]), "{column:?}"),
                None => assert!(read.unwrap_err().contains("参数 1"), "{column:?}"),
            }
        };
        check(Arc::new(Int8Array::from(vec![-7])), Some(Value::Int(-7)));
        check(Arc::new(UInt64Array::from(vec![7])), Some(Value::Int(7)));
        check(Arc::new(UInt64Array::from(vec![u64::MAX])), None);
        check(Arc::new(Float32Array::from(vec![0.25])), Some(Value::Decimal(0.25)));
        let decimal = Decimal128Array::from(vec![123_456]).with_precision_and_scale(10, 3).unwrap();
        check(Arc::new(decimal), Some(Value::Decimal(123.456)));
        check(Arc::new(LargeStringArray::from(vec!["濉溪"])), Some("濉溪".into()));
        check(Arc::new(StringViewArray::from(vec!["' or 1=1 --"])), Some("' or 1=1 --".into()));
        check(Arc::new(BooleanArray::from(vec![true])), Some(Value::Bool(true)));
        // 2022-05-31 is 19,143 days after 1970-01-01: 52 years with 13 leap days are 18,993, and 31 May is day 151 of 2022.
        check(Arc::new(Date32Array::from(vec![19_143])), Some(Value::Date("2022-05-31".parse().unwrap())));
        let micros = 19_143 * 86_400_000_000 + 36_000_500_000;
        check(Arc::new(TimestampMicrosecondArray::from(vec![micros])), Some("2022-05-31 10:00:00.500".into()));
        check(Arc::new(NullArray::new(1)), Some(Value::Null));
        check(Arc::new(Int8Array::from(vec![None])), Some(Value::Null));
        check(Arc::new(arrow_array::BinaryArray::from_vec(vec![b"x"])), None);
    }
}
