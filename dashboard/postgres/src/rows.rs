//! Rows on the wire (结果行): types, and values in text and in binary.

use bytes::{BufMut, BytesMut};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use pgwire::messages::data::{FieldDescription, RowDescription};
use qunlian_queries::Value;

use crate::column::{Column, Kind};
use crate::fault::Fault;

/// Object numbers of PostgreSQL's types (catalog `pg_type`).
pub(crate) mod oid {
    pub(crate) const BOOL: u32 = 16;
    pub(crate) const INT8: u32 = 20;
    pub(crate) const INT2: u32 = 21;
    pub(crate) const INT4: u32 = 23;
    pub(crate) const TEXT: u32 = 25;
    pub(crate) const OID: u32 = 26;
    pub(crate) const FLOAT4: u32 = 700;
    pub(crate) const FLOAT8: u32 = 701;
    pub(crate) const UNKNOWN: u32 = 705;
    pub(crate) const BPCHAR: u32 = 1042;
    pub(crate) const VARCHAR: u32 = 1043;
    pub(crate) const DATE: u32 = 1082;
    pub(crate) const TIMESTAMP: u32 = 1114;
    pub(crate) const TIMESTAMPTZ: u32 = 1184;
    pub(crate) const NUMERIC: u32 = 1700;
    pub(crate) const NAME: u32 = 19;
}

/// Formats of columns or values: all text, one for all, or one each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Formats(Vec<i16>);

impl Formats {
    /// As a client asked for them; there must be one for each of `count`, or one, or none.
    pub(crate) fn read(codes: Vec<i16>, count: usize) -> Result<Self, Fault> {
        if codes.len() > 1 && codes.len() != count {
            return Err(Fault::error("08P01", format!("格式个数 {} 与列数 {count} 不符", codes.len())));
        }
        if codes.iter().any(|code| !matches!(code, 0 | 1)) {
            return Err(Fault::error("08P01", "格式代码只能是 0 或 1"));
        }
        Ok(Self(codes))
    }

    /// 0 or 1 for the column or value at that place.
    pub(crate) fn of(&self, at: usize) -> i16 {
        match self.0.as_slice() {
            [] => 0,
            [all] => *all,
            each => each.get(at).copied().unwrap_or(0),
        }
    }
}

/// What a client is told before rows.
pub(crate) fn description(columns: &[Column], formats: &Formats) -> RowDescription {
    let field = |(at, column): (usize, &Column)| {
        let (oid, size) = column.kind.oid_and_size();
        FieldDescription::new(column.name.replace('\0', ""), 0, 0, oid, size, -1, formats.of(at))
    };
    RowDescription::new(columns.iter().enumerate().map(field).collect())
}

/// Writes a row's whole message.
pub(crate) fn write_row(cells: &[Value], columns: &[Column], formats: &Formats, out: &mut BytesMut) -> Result<(), Fault> {
    let start = out.len();
    out.put_u8(b'D');
    out.put_i32(0);
    out.put_i16(i16::try_from(cells.len()).map_err(|_| Fault::error("54011", "列数过多"))?);
    for (at, cell) in cells.iter().enumerate() {
        let place = out.len();
        out.put_i32(-1);
        if *cell == Value::Null {
            continue;
        }
        if formats.of(at) == 1 {
            write_binary(cell, columns.get(at).map_or(Kind::Text, |column| column.kind), out);
        } else if let Some(text) = text_of(cell) {
            out.put_slice(text.as_bytes());
        }
        set_length(out, place, out.len() - place - 4)?;
    }
    set_length(out, start + 1, out.len() - start - 1)
}

fn set_length(out: &mut BytesMut, place: usize, length: usize) -> Result<(), Fault> {
    let length = i32::try_from(length).map_err(|_| Fault::error("54000", "一行过长"))?;
    if let Some(bytes) = out.get_mut(place..place + 4) {
        bytes.copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

/// As PostgreSQL prints it; none for nothing.
pub(crate) fn text_of(cell: &Value) -> Option<String> {
    match cell {
        Value::Null => None,
        Value::Int(number) => Some(number.to_string()),
        Value::Decimal(number) if number.is_infinite() => Some(if *number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()),
        Value::Decimal(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.replace('\0', "")),
        Value::Date(day) => Some(day.to_string()),
        Value::Bool(truth) => Some(if *truth { "t" } else { "f" }.to_owned()),
    }
}

fn write_binary(cell: &Value, kind: Kind, out: &mut BytesMut) {
    match cell {
        // A time beyond the calendar is a text, which no number stands for.
        Value::Text(text) if kind.is_time() => out.put_i64(microseconds(text).unwrap_or(i64::MAX)),
        Value::Null => {}
        Value::Int(number) => out.put_i64(*number),
        Value::Decimal(number) => out.put_f64(*number),
        Value::Text(text) => out.put_slice(text.replace('\0', "").as_bytes()),
        // A day of a chrono date is within some 100 million days.
        Value::Date(day) => out.put_i32(i32::try_from((*day - first_day()).num_days()).unwrap_or(i32::MAX)),
        Value::Bool(truth) => out.put_u8(u8::from(*truth)),
    }
}

/// Microseconds from the first day, of `2022-05-31 08:30:00.5` with or without a zone.
pub(crate) fn microseconds(text: &str) -> Option<i64> {
    let zoned = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z").map(|time| time.naive_utc());
    let time = zoned.or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")).ok()?;
    (time - first_day().and_hms_opt(0, 0, 0)?).num_microseconds()
}

/// PostgreSQL counts days from 2000-01-01.
pub(crate) fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[Value], formats: &[i16]) -> Vec<u8> {
        let mut out = BytesMut::new();
        write_row(cells, &[], &Formats::read(formats.to_vec(), cells.len()).unwrap(), &mut out).unwrap();
        out.to_vec()
    }

    #[test]
    fn rows_are_written_in_text_and_in_binary() {
        let day: NaiveDate = "2000-01-11".parse().unwrap();
        let cells = [Value::Int(258), Value::Null, "签".into(), Value::Bool(true)];
        let text = [&b"D\0\0\0\x1d\0\x04"[..], b"\0\0\0\x03258", b"\xff\xff\xff\xff", b"\0\0\0\x03\xe7\xad\xbe", b"\0\0\0\x01t"].concat();
        assert_eq!(row(&cells, &[]), text);
        let binary =
            [&b"D\0\0\0\x24\0\x04\0\0\0\x08\0\0\0\0\0\0\x01\x02"[..], b"\0\0\0\x04\0\0\0\x0a", b"\0\0\0\x01\x01\0\0\0\x01t"].concat();
        assert_eq!(row(&[Value::Int(258), Value::Date(day), Value::Bool(true), Value::Bool(true)], &[1, 1, 1, 0]), binary);
        assert_eq!(&row(&[Value::Decimal(-0.5)], &[1])[11..], (-0.5f64).to_be_bytes());
    }

    #[test]
    fn numbers_are_printed_as_postgres_prints_them() {
        let check = |value: Value, expect: &str| assert_eq!(text_of(&value).unwrap(), expect);
        check(Value::Decimal(0.1), "0.1");
        check(Value::Decimal(f64::NAN), "NaN");
        check(Value::Decimal(f64::NEG_INFINITY), "-Infinity");
        check(Value::Decimal(3.0), "3");
        check("a\0b".into(), "ab");
    }

    #[test]
    fn times_are_counted_from_the_first_day() {
        // One day and a half second.
        assert_eq!(microseconds("2000-01-02 00:00:00.5"), Some(86_400_000_000 + 500_000));
        assert_eq!(microseconds("2000-01-01 08:00:00+08:00"), Some(0));
        assert_eq!(microseconds("2000-01-01 00:00:00+00"), Some(0));
        assert_eq!(microseconds("soon"), None);
        let column = Column { name: "t".into(), kind: Kind::Timestamp };
        let mut out = BytesMut::new();
        write_row(&["2000-01-01 00:00:01".into()], &[column], &Formats::read(vec![1], 1).unwrap(), &mut out).unwrap();
        assert_eq!(&out[7..], [&8i32.to_be_bytes()[..], &1_000_000i64.to_be_bytes()].concat());
    }

    #[test]
    fn formats_fit_or_are_refused() {
        assert!(Formats::read(vec![1], 5).is_ok_and(|formats| formats.of(4) == 1));
        assert!(Formats::read(vec![0, 1], 3).is_err() && Formats::read(vec![2], 1).is_err());
        let columns = [Column { name: "n".into(), kind: Kind::Int }];
        let told = description(&columns, &Formats::default());
        assert_eq!((told.fields[0].type_id, told.fields[0].type_size), (20, 8));
    }
}
