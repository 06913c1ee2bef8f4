//! Dates of a row (日期): the common ISO form by a short way, everything else by `domain::period`.

use chrono::NaiveDate;
use qunlian_domain::period::{self, DateError, NumericOrder, PartialDate, Precision};
use qunlian_domain::promise::{self, PlannedDay, Span};

use crate::problem::Problem;
use crate::row::{Cell, Kind};

/// Reads a cell; `Ok(None)` when it says nothing.
pub fn read(cell: Cell<'_>, order: NumericOrder) -> Result<Option<PartialDate>, Problem> {
    read_as(cell, |first| PartialDate { first, precision: Precision::Day }, |text| period::parse(text, order))
}

/// Reads a planned day (计划日期), of which the last counts when the cell names a month or more.
pub fn read_planned(cell: Cell<'_>, order: NumericOrder) -> Result<Option<PlannedDay>, Problem> {
    read_as(cell, |on| PlannedDay { on, span: Span::Day }, |text| promise::read(text, order))
}

fn read_as<T>(
    cell: Cell<'_>,
    of_day: impl Fn(NaiveDate) -> T,
    parse: impl Fn(&str) -> Result<Option<T>, DateError>,
) -> Result<Option<T>, Problem> {
    if cell.is_blank() {
        return Ok(None);
    }
    match cell.kind {
        Kind::Error => return Err(Problem::FormulaError),
        Kind::Truth => return Err(Problem::DateNotADate),
        Kind::Text | Kind::Number | Kind::Date => (),
    }
    if let Some(day) = iso(cell.text) {
        return Ok(Some(of_day(day)));
    }
    // `2021-06-30T00:00:00Z` carries its zone behind the time.
    let text = cell.text.strip_suffix('Z').unwrap_or(cell.text);
    parse(without_half_day(text)).map_err(|error| Problem::from(&error))
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
    fn planned_cells_mean_the_last_day_of_what_they_name() {
        let read = |text: &str| {
            let planned = read_planned(Cell { kind: Kind::Text, text }, NumericOrder::default())?;
            Ok(planned.map(|planned| (planned.on.to_string(), planned.span)))
        };
        let check = |text: &str, expect: &str, span: Span| assert_eq!(read(text), Ok(Some((expect.to_owned(), span))), "{text}");
        check("2022-06-30", "2022-06-30", Span::Day);
        check("2022年6月", "2022-06-30", Span::Month);
        check("2022.06", "2022-06-30", Span::Month);
        check("2022年四季度", "2022-12-31", Span::Quarter);
        assert_eq!(read("尽快"), Err(Problem::DateNotADate));
        assert_eq!(read("2022-06-31"), Err(Problem::NoSuchDay));
        assert_eq!(read("待定"), Ok(None));
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
