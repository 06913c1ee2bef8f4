//! Values for parameters (参数取值): from text or binary, by the type that the client names; bound, never spliced.

use chrono::{NaiveDate, TimeDelta};
use qunlian_queries::{Params, Value};

use crate::fault::Fault;
use crate::rows::{Formats, first_day, oid};

/// Reads values for `$1`, `$2` …; a type of 0 is a text.
///
/// # Errors
/// There are more or fewer than `types`, or one does not read as its type.
pub(crate) fn params(values: &[Option<Vec<u8>>], types: &[u32], formats: &Formats) -> Result<Params, Fault> {
    if values.len() != types.len() {
        return Err(Fault::error("08P01", format!("给出 {} 个参数，语句需要 {} 个", values.len(), types.len())));
    }
    let mut params = Params::new();
    for (at, (bytes, kind)) in values.iter().zip(types).enumerate() {
        let number = at + 1;
        let value = match bytes {
            None => Value::Null,
            Some(bytes) => value(bytes, *kind, formats.of(at)).ok_or_else(|| wrong(number, *kind))?,
        };
        params = params.with(&number.to_string(), value);
    }
    Ok(params)
}

fn wrong(number: usize, kind: u32) -> Fault {
    Fault::error("22P02", format!("参数 ${number} 的取值与类型不符（类型编号 {kind}）"))
        .hint("支持整数、小数、文本、日期、布尔；其他类型请以文本传递")
}

fn value(bytes: &[u8], kind: u32, format: i16) -> Option<Value> {
    let value = if format == 1 { binary(bytes, kind) } else { text(std::str::from_utf8(bytes).ok()?, kind) };
    // PostgreSQL has no text with a NUL in it.
    value.filter(|value| !matches!(value, Value::Text(text) if text.contains('\0')))
}

fn text(text: &str, kind: u32) -> Option<Value> {
    Some(match kind {
        oid::INT2 | oid::INT4 | oid::INT8 | oid::OID => Value::Int(text.trim().parse().ok()?),
        oid::FLOAT4 | oid::FLOAT8 | oid::NUMERIC => Value::Decimal(text.trim().parse().ok()?),
        oid::DATE => Value::Date(day_of(text).unwrap_or(text).trim().parse::<NaiveDate>().ok()?),
        // JDBC sends a day with a zone and leaves the type open.
        0 if day_of(text).is_some() => Value::Date(day_of(text)?.parse().ok()?),
        oid::BOOL => Value::Bool(match text.trim().to_lowercase().as_str() {
            "t" | "true" | "1" | "on" | "yes" | "y" => true,
            "f" | "false" | "0" | "off" | "no" | "n" => false,
            _ => return None,
        }),
        _ => Value::Text(text.to_owned()),
    })
}

/// The day in `2022-05-31 +08`, as JDBC writes it.
fn day_of(text: &str) -> Option<&str> {
    let (day, zone) = text.split_once(' ')?;
    let digits = zone.strip_prefix(['+', '-'])?;
    let is_zone = (2..=8).contains(&digits.len()) && digits.chars().all(|sign| sign.is_ascii_digit() || sign == ':');
    (is_zone && day.len() == 10 && day.parse::<NaiveDate>().is_ok()).then_some(day)
}

fn binary(bytes: &[u8], kind: u32) -> Option<Value> {
    Some(match kind {
        oid::INT2 => Value::Int(i16::from_be_bytes(bytes.try_into().ok()?).into()),
        oid::INT4 => Value::Int(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        oid::INT8 => Value::Int(i64::from_be_bytes(bytes.try_into().ok()?)),
        oid::OID => Value::Int(u32::from_be_bytes(bytes.try_into().ok()?).into()),
        oid::FLOAT4 => Value::Decimal(f32::from_be_bytes(bytes.try_into().ok()?).into()),
        oid::FLOAT8 => Value::Decimal(f64::from_be_bytes(bytes.try_into().ok()?)),
        oid::NUMERIC => Value::Decimal(numeric(bytes)?),
        oid::BOOL => Value::Bool(match bytes {
            [0] => false,
            [1] => true,
            _ => return None,
        }),
        oid::DATE => {
            let days = i32::from_be_bytes(bytes.try_into().ok()?);
            Value::Date(first_day().checked_add_signed(TimeDelta::try_days(days.into())?)?)
        }
        oid::TIMESTAMP | oid::TIMESTAMPTZ => {
            let since = TimeDelta::microseconds(i64::from_be_bytes(bytes.try_into().ok()?));
            let time = first_day().and_hms_opt(0, 0, 0)?.checked_add_signed(since)?;
            Value::Text(time.format("%Y-%m-%d %H:%M:%S%.f").to_string())
        }
        0 | oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME | oid::UNKNOWN => Value::Text(std::str::from_utf8(bytes).ok()?.to_owned()),
        _ => return None,
    })
}

/// Digits of 10,000 each: how many, the weight of the first, the sign, digits behind the point, then the digits.
fn numeric(bytes: &[u8]) -> Option<f64> {
    let words: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let [count, weight, sign, scale, digits @ ..] = words.as_slice() else { return None };
    if digits.len() != usize::from(*count) || digits.iter().any(|digit| *digit > 9_999) || bytes.len() % 2 == 1 {
        return None;
    }
    let minus = match sign {
        0 => "",
        0x4000 => "-",
        0xc000 => return Some(f64::NAN),
        _ => return None,
    };
    // As a text, so that it is rounded once.
    let mut text = minus.to_owned();
    digits.iter().for_each(|digit| text.push_str(&format!("{digit:04}")));
    let _ = scale;
    let power = 4 * (i32::from(i16::from_be_bytes(weight.to_be_bytes())) + 1 - i32::try_from(digits.len()).ok()?);
    format!("{text}{}e{power}", if digits.is_empty() { "0" } else { "" }).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_their_types() {
        let check = |bytes: &[u8], kind: u32, format: i16, expect: Option<Value>| {
            assert_eq!(value(bytes, kind, format), expect, "{bytes:?} {kind} {format}");
        };
        check(b"2022", oid::INT4, 0, Some(Value::Int(2022)));
        check(b"20x", oid::INT4, 0, None);
        check(&[0, 7], oid::INT2, 1, Some(Value::Int(7)));
        check(&[0xff, 0xff, 0xff, 0xff], oid::INT4, 1, Some(Value::Int(-1)));
        check(&[0, 0, 7], oid::INT8, 1, None);
        check(b"1.25", oid::NUMERIC, 0, Some(Value::Decimal(1.25)));
        check(&1.5f64.to_be_bytes(), oid::FLOAT8, 1, Some(Value::Decimal(1.5)));
        check(b"true", oid::BOOL, 0, Some(Value::Bool(true)));
        check(b"maybe", oid::BOOL, 0, None);
        check(b"2022-05-31", oid::DATE, 0, Some(Value::Date("2022-05-31".parse().unwrap())));
        check(b"2022-05-31 +08", 0, 0, Some(Value::Date("2022-05-31".parse().unwrap())));
        check(b"2022-05-31 -03:30", oid::DATE, 0, Some(Value::Date("2022-05-31".parse().unwrap())));
        check(b"2022-05-31 +tea", 0, 0, Some("2022-05-31 +tea".into()));
        // 8,186 days after 2000-01-01: 22 years with 6 leap days are 8,036, and 31 May is day 151 of 2022.
        check(&8_186i32.to_be_bytes(), oid::DATE, 1, Some(Value::Date("2022-05-31".parse().unwrap())));
        check(&i32::MAX.to_be_bytes(), oid::DATE, 1, None);
        check("濉溪".as_bytes(), 0, 0, Some("濉溪".into()));
        check("濉溪".as_bytes(), oid::VARCHAR, 1, Some("濉溪".into()));
        check(&[0xff], oid::TEXT, 1, None);
        check(b"a\0b", oid::TEXT, 0, None);
        check(b"a\0b", oid::TEXT, 1, None);
        check(b"2022-05-31 10:00", 1114, 0, Some("2022-05-31 10:00".into()));
        check(&[0; 8], 1114, 1, Some("2000-01-01 00:00:00".into()));
        check(&i64::MAX.to_be_bytes(), 1184, 1, None);
        check(&[0; 8], 2950, 1, None);
    }

    #[test]
    fn long_numbers_are_read() {
        let words = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        // 12345.678 = 1 * 10,000 + 2345 + 0.6780
        assert_eq!(numeric(&words(&[3, 1, 0, 3, 1, 2345, 6780])), Some(12_345.678));
        assert_eq!(numeric(&words(&[1, 0xffff, 0x4000, 1, 5000])), Some(-0.5));
        assert_eq!(numeric(&words(&[0, 0, 0, 0])), Some(0.0));
        assert_eq!(numeric(&words(&[2, 0, 0, 0, 1])), None);
        assert_eq!(numeric(&words(&[1, 0, 0, 0, 10_000])), None);
    }

    #[test]
    fn as_many_as_the_statement_has() {
        let read = params(&[Some(b"7".to_vec()), None], &[oid::INT8, 0], &Formats::default()).unwrap();
        assert_eq!((read.get("1"), read.get("2")), (Some(&Value::Int(7)), Some(&Value::Null)));
        assert_eq!(params(&[None], &[], &Formats::default()).unwrap_err().code, "08P01");
        assert_eq!(params(&[Some(b"x".to_vec())], &[oid::INT8], &Formats::default()).unwrap_err().code, "22P02");
    }
}
