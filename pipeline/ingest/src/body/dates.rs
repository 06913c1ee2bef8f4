//! Dates of a row (日期): the common ISO form by a short way, everything else by `domain::period`.

use chrono::NaiveDate;
use qunlian_domain::period::{self, NumericOrder, PartialDate, Precision};

use crate::problem::Problem;
use crate::row::{Cell, Kind};

/// Reads a cell; `Ok(None)` when it says nothing.
pub fn read(cell: Cell<'_>, order: NumericOrder) -> Result<Option<PartialDate>, Problem> {
    if cell.is_blank() {
        return Ok(None);
    }
    match cell.kind {
        Kind::Error => return Err(Problem::FormulaError),
        Kind::Truth => return Err(Problem::DateNotADate),
        Kind::Text | Kind::Number | Kind::Date => (),
    }
    if let Some(first) = iso(cell.text) {
        return Ok(Some(PartialDate { first, precision: Precision::Day }));
    }
    // `2021-06-30T00:00:00Z` carries its zone behind the time.
    let text = cell.text.strip_suffix('Z').unwrap_or(cell.text);
    let text = without_half_day(text);
    period::parse(text, order).map_err(|error| Problem::from(&error))
}

/// True when a cell is written as a date, not as a bare number that may be one.
pub fn is_written_out(cell: Cell<'_>) -> bool {
    cell.kind == Kind::Date
        || cell.text.bytes().any(|byte| !byte.is_ascii_digit() && byte != b'.')
        || cell.text.len() == 8
        || cell.text.matches('.').count() == 2
}

/// `2022-03-05` and `2022/03/05`, of a year that the long way accepts too.
fn iso(text: &str) -> Option<NaiveDate> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let [y1, y2, y3, y4, dash, m1, m2, second, d1, d2] = *bytes;
    if dash != second || !matches!(dash, b'-' | b'/') {
        return None;
    }
    let mut number = [0u32; 8];
    for (place, byte) in number.iter_mut().zip([y1, y2, y3, y4, m1, m2, d1, d2]) {
        if !byte.is_ascii_digit() {
            return None;
        }
        *place = u32::from(byte - b'0');
    }
    let year = number[0] * 1000 + number[1] * 100 + number[2] * 10 + number[3];
    if !(1980..=2100).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(year as i32, number[4] * 10 + number[5], number[6] * 10 + number[7])
}

/// Takes off the `AM` or `PM` of a time of day that only follows the date.
fn without_half_day(text: &str) -> &str {
    let Some((head, last)) = text.rsplit_once(' ') else { return text };
    if matches!(last, "AM" | "PM" | "am" | "pm") && head.contains(':') { head } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_text(text: &str) -> Result<Option<(String, Precision)>, Problem> {
        let date = read(Cell { kind: Kind::Text, text }, NumericOrder::default())?;
        Ok(date.map(|date| (date.first.to_string(), date.precision)))
    }

    #[test]
    fn cells_become_dates_or_problems() {
        let check = |text: &str, expect: &str, precision: Precision| {
            assert_eq!(read_text(text), Ok(Some((expect.to_owned(), precision))), "{text}")
        };
        check("2022-03-05", "2022-03-05", Precision::Day);
        check("2022/3/5", "2022-03-05", Precision::Day);
        check("2022.3", "2022-03-01", Precision::Month);
        check("2022年", "2022-01-01", Precision::Year);
        check("2021-06-30T00:00:00Z", "2021-06-30", Precision::Day);
        check("6/30/2023 12:00:00 AM", "2023-06-30", Precision::Day);
        assert_eq!(read_text("2022-02-30"), Err(Problem::NoSuchDay));
        assert_eq!(read_text("1901年01月02日"), Err(Problem::SentinelDate));
        assert_eq!(read_text("三月"), Err(Problem::DateNotADate));
        assert_eq!(read_text("-"), Ok(None));
    }

    #[test]
    fn bare_numbers_are_told_from_written_dates() {
        let check = |text: &str, expect: bool| assert_eq!(is_written_out(Cell { kind: Kind::Text, text }), expect, "{text}");
        check("2022-03-05", true);
        check("2022年3月", true);
        check("2022.3.5", true);
        check("20220305", true);
        check("30000", false);
        check("44625.5", false);
        check("3.5", false);
    }

    proptest! {
        #[test]
        fn the_short_way_gives_what_the_long_way_gives(year in 1970i32..2110, month in 0u32..14, day in 0u32..33, dash in "[-/]") {
            let text = format!("{year:04}{dash}{month:02}{dash}{day:02}");
            if let Some(first) = iso(&text) {
                let long = period::parse(&text, NumericOrder::default()).unwrap().unwrap();
                prop_assert_eq!(long, PartialDate { first, precision: Precision::Day });
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,20}") {
            let _ = read_text(text.trim());
        }
    }
}
