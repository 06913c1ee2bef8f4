//! Dates as people write them (日期): whole, partial, Chinese, full-width, or a spreadsheet's serial number.

use chrono::{Datelike, Days, NaiveDate};

use crate::text::fold;

/// How exactly a date was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    Day,
    Month,
    Year,
}

/// A date with its precision. A partial date stands on the first day of what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartialDate {
    pub first: NaiveDate,
    pub precision: Precision,
}

impl PartialDate {
    /// The last day that the text may mean: the end of the month or year of a partial date.
    pub fn last(self) -> NaiveDate {
        match self.precision {
            Precision::Day => self.first,
            Precision::Month => end_of_month(self.first),
            Precision::Year => NaiveDate::from_ymd_opt(self.first.year(), 12, 31).unwrap_or(self.first),
        }
    }
}

/// Why a cell is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    #[error("not a date: {0:?}")]
    NotADate(String),
    #[error("no such day: {0:?}")]
    NoSuchDay(String),
    #[error("year out of range 1980–2100: {0:?}")]
    YearOutOfRange(String),
    #[error("two dates, or a span: {0:?}")]
    Span(String),
    #[error("a stand-in for 'unknown', not a date: {0:?}")]
    Sentinel(String),
}

impl DateError {
    /// What the sender can do about it, in Chinese.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotADate(_) => "请按 2022-03-05 或 2022年3月 的格式填写日期",
            Self::NoSuchDay(_) => "日历上没有这一天，请核对",
            Self::YearOutOfRange(_) => "年份应在 1980 至 2100 之间，请核对",
            Self::Span(_) => "请只填写一个日期",
            Self::Sentinel(_) => "未发生的事项请留空，不要填写占位日期",
        }
    }
}

/// Reads a text as a date. `Ok(None)` for an empty cell or a placeholder.
///
/// Understands `2022-03-05`, `2022/3/5`, `2022.3.5`, `20220305`, `2022年3月5日`, `2022.3`, `2022年3月`,
/// `2022-Q1`-free partial forms, `05/03/2022` only when the first number cannot be a month or
/// `day_first` says so, a trailing time of day, and serial numbers 29221–73415 (1980–2100).
pub fn parse(cell: &str, order: NumericOrder) -> Result<Option<PartialDate>, DateError> {
    let folded = fold_date(cell);
    let folded = folded.as_str();
    if matches!(folded, "" | "-" | "--" | "/" | "无" | "暂无" | "待定" | "未定" | "未开工" | "未竣工" | "n/a" | "na" | "null" | "none")
    {
        return Ok(None);
    }
    let raw = || cell.trim().to_owned();
    if let Some(serial) = serial_number(folded) {
        return from_serial(serial)
            .map(|first| Some(PartialDate { first, precision: Precision::Day }))
            .ok_or_else(|| DateError::NotADate(raw()));
    }
    let text = without_time(folded);
    let numbers = split_numbers(text).ok_or_else(|| DateError::NotADate(raw()))?;
    let date = match numbers.as_slice() {
        [compact] if compact.len() == 8 => {
            let (year, rest) = compact.split_at(4);
            let (month, day) = rest.split_at(2);
            calendar_day(year, month, day, &raw)?
        }
        [compact] if compact.len() == 6 => calendar_month(&compact[..4], &compact[4..], &raw)?,
        [year] if year.len() == 4 => calendar_year(year, &raw)?,
        [year, month] if year.len() == 4 => calendar_month(year, month, &raw)?,
        [month, year] if year.len() == 4 && month.len() <= 2 => calendar_month(year, month, &raw)?,
        [year, month, day] if year.len() == 4 => calendar_day(year, month, day, &raw)?,
        [year, month, day] if year.len() == 2 && day.len() <= 2 && cell.contains('年') => {
            calendar_day(&format!("20{year}"), month, day, &raw)?
        }
        [a, b, year] if year.len() == 4 => {
            let (day, month) = order.day_and_month(a, b);
            calendar_day(year, month, day, &raw)?
        }
        many if many.len() >= 4 => return Err(DateError::Span(raw())),
        _ => return Err(DateError::NotADate(raw())),
    };
    if matches!(
        (date.first.year(), date.first.month(), date.first.day()),
        (1900, 1, 0..=2) | (1901, 1, 1..=2) | (1899, 12, 30 | 31) | (1970, 1, 1) | (9999, ..)
    ) {
        return Err(DateError::Sentinel(raw()));
    }
    if !(1980..=2100).contains(&date.first.year()) {
        return Err(DateError::YearOutOfRange(raw()));
    }
    Ok(Some(date))
}

/// How `03/05/2022` is meant in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumericOrder {
    /// 5 March 2022, unless impossible.
    #[default]
    MonthFirst,
    /// 3 May 2022, unless impossible.
    DayFirst,
}

impl NumericOrder {
    fn day_and_month<'a>(self, a: &'a str, b: &'a str) -> (&'a str, &'a str) {
        let over_twelve = |text: &str| text.parse::<u32>().is_ok_and(|n| n > 12);
        match self {
            Self::MonthFirst if over_twelve(a) => (a, b),
            Self::MonthFirst => (b, a),
            Self::DayFirst if over_twelve(b) => (b, a),
            Self::DayFirst => (a, b),
        }
    }
}

/// A spreadsheet's serial number (days since 1899-12-30) as a date, if it lies in 1980–2100.
pub fn from_serial(days: f64) -> Option<NaiveDate> {
    if !(29_221.0..73_416.0).contains(&days) {
        return None;
    }
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days.floor() as u64))
}

/// First day of the month of `day`.
pub fn start_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// Last day of the month of `day`.
pub fn end_of_month(day: NaiveDate) -> NaiveDate {
    let first = start_of_month(day);
    first.checked_add_months(chrono::Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(day)
}

/// Months since 1 January of `year` at the end of a day: 5.0 at the end of May, 3.5 on 15 April; 12 after the year.
pub fn months_into(year: i32, day: NaiveDate) -> f64 {
    if day.year() > year {
        return 12.0;
    }
    f64::from(day.month0()) + f64::from(day.day()) / f64::from(end_of_month(day).day())
}

/// The same day one year earlier; 29 February becomes the 28th (同期).
pub fn year_earlier(day: NaiveDate) -> NaiveDate {
    day.checked_sub_months(chrono::Months::new(12)).unwrap_or(day)
}

/// As [`fold`], but the white space between a date and its time of day survives.
fn fold_date(cell: &str) -> String {
    let squeezed = crate::text::tidy(cell);
    match squeezed.split_once(' ') {
        Some((date, time)) if time.contains(':') => format!("{} {}", fold(date), fold(time)),
        _ => fold(&squeezed),
    }
}

fn serial_number(folded: &str) -> Option<f64> {
    let whole = folded.split('.').next().unwrap_or("");
    if whole.len() != 5 || !folded.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    folded.parse().ok()
}

fn without_time(folded: &str) -> &str {
    let cut = folded.find([' ', 't']).unwrap_or(folded.len());
    let (date, time) = folded.split_at(cut);
    if time.is_empty() || time.contains(':') { date } else { folded }
}

/// Splits `2022年3月5日`, `2022.3.5`, `5-mar-2022` into its numbers; `None` when other words remain.
fn split_numbers(text: &str) -> Option<Vec<String>> {
    let mut numbers = Vec::new();
    let mut word = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        if c.is_ascii_digit() {
            flush_word(&mut word, &mut numbers)?;
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            numbers.push(std::mem::take(&mut digits));
        }
        match c {
            '-' | '/' | '.' | ',' | '年' | '月' | '日' | '号' | ' ' | '\'' => flush_word(&mut word, &mut numbers)?,
            'a'..='z' => word.push(c),
            _ => return None,
        }
    }
    (!numbers.is_empty()).then_some(numbers)
}

/// An English month's name becomes its number: `Mar` and `March` are 3.
fn flush_word(word: &mut String, numbers: &mut Vec<String>) -> Option<()> {
    if word.is_empty() {
        return Some(());
    }
    const MONTHS: [&str; 12] =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    let taken = std::mem::take(word);
    let month = MONTHS.iter().position(|name| taken.len() >= 3 && name.starts_with(&taken))? + 1;
    // A month by name is put where `day-month-year` and `month-day-year` agree: written first, then the day follows.
    numbers.push(format!("m{month}"));
    Some(())
}

fn number(text: &str) -> Option<u32> {
    text.strip_prefix('m').unwrap_or(text).parse().ok()
}

fn calendar_year(year: &str, raw: &dyn Fn() -> String) -> Result<PartialDate, DateError> {
    let year = number(year).ok_or_else(|| DateError::NotADate(raw()))?;
    let first = NaiveDate::from_ymd_opt(year as i32, 1, 1).ok_or_else(|| DateError::NoSuchDay(raw()))?;
    Ok(PartialDate { first, precision: Precision::Year })
}

fn calendar_month(year: &str, month: &str, raw: &dyn Fn() -> String) -> Result<PartialDate, DateError> {
    let (Some(year), Some(month)) = (number(year), number(month)) else {
        return Err(DateError::NotADate(raw()));
    };
    let first = NaiveDate::from_ymd_opt(year as i32, month, 1).ok_or_else(|| DateError::NoSuchDay(raw()))?;
    Ok(PartialDate { first, precision: Precision::Month })
}

fn calendar_day(year: &str, month: &str, day: &str, raw: &dyn Fn() -> String) -> Result<PartialDate, DateError> {
    // With a month by name the other number is the day, wherever it stands.
    let (month, day) = if day.starts_with('m') { (day, month) } else { (month, day) };
    let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day)) else {
        return Err(DateError::NotADate(raw()));
    };
    let first = NaiveDate::from_ymd_opt(year as i32, month, day).ok_or_else(|| DateError::NoSuchDay(raw()))?;
    Ok(PartialDate { first, precision: Precision::Day })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn reads_what_carriers_type() {
        let check = |cell: &str, first: &str, precision: Precision| {
            assert_eq!(parse(cell, NumericOrder::default()), Ok(Some(PartialDate { first: day(first), precision })), "{cell}");
        };
        check("2022-03-05", "2022-03-05", Precision::Day);
        check("2022/3/5", "2022-03-05", Precision::Day);
        check("2022.3.5", "2022-03-05", Precision::Day);
        check("２０２２年３月５日", "2022-03-05", Precision::Day);
        check("2022年3月5日", "2022-03-05", Precision::Day);
        check("2022年3月5号", "2022-03-05", Precision::Day);
        check("22年3月5日", "2022-03-05", Precision::Day);
        check("20220305", "2022-03-05", Precision::Day);
        check("2022.3", "2022-03-01", Precision::Month);
        check("2022年3月", "2022-03-01", Precision::Month);
        check("202203", "2022-03-01", Precision::Month);
        check("2022", "2022-01-01", Precision::Year);
        check("2022年", "2022-01-01", Precision::Year);
        check("2022-03-05 14:30:00", "2022-03-05", Precision::Day);
        check("2022-03-05T00:00:00", "2022-03-05", Precision::Day);
        check("44625", "2022-03-05", Precision::Day);
        check("44625.5", "2022-03-05", Precision::Day);
        check("3/25/2022", "2022-03-25", Precision::Day);
        check("25/3/2022", "2022-03-25", Precision::Day);
        check("25-Mar-2022", "2022-03-25", Precision::Day);
        check("March 25, 2022", "2022-03-25", Precision::Day);
        check("2007年01月15日", "2007-01-15", Precision::Day);
    }

    #[test]
    fn day_first_files_are_read_day_first() {
        let read = |cell: &str| parse(cell, NumericOrder::DayFirst).unwrap().unwrap().first;
        assert_eq!(read("03/05/2022"), day("2022-05-03"));
        assert_eq!(read("03/25/2022"), day("2022-03-25"));
    }

    #[test]
    fn oddities_are_refused_with_their_reason() {
        let check = |cell: &str, expect: fn(String) -> DateError| {
            assert_eq!(parse(cell, NumericOrder::default()), Err(expect(cell.to_owned())), "{cell}");
        };
        check("2022-02-30", DateError::NoSuchDay);
        check("2022.13", DateError::NoSuchDay);
        check("1901年01月02日", DateError::Sentinel);
        check("1900-01-01", DateError::Sentinel);
        check("1822-03-05", DateError::YearOutOfRange);
        check("2022.3.5-2022.4.6", DateError::Span);
        check("三月", DateError::NotADate);
        check("已签约", DateError::NotADate);
        check("13900000000", DateError::NotADate);
    }

    #[test]
    fn months_have_ends_and_years_have_leap_days() {
        assert_eq!(end_of_month(day("2024-02-03")), day("2024-02-29"));
        assert_eq!(end_of_month(day("2022-12-03")), day("2022-12-31"));
        assert_eq!(year_earlier(day("2024-02-29")), day("2023-02-28"));
        assert_eq!(year_earlier(day("2022-05-31")), day("2021-05-31"));
        let march = parse("2022.3", NumericOrder::default()).unwrap().unwrap();
        assert_eq!(march.last(), day("2022-03-31"));
    }

    proptest! {
        #[test]
        fn never_panics(cell in "\\PC{0,24}") {
            let _ = parse(&cell, NumericOrder::default());
        }

        #[test]
        fn every_printed_day_reads_back(offset in 0i64..40_000) {
            let date = day("1981-01-01") + chrono::TimeDelta::days(offset);
            prop_assume!(date.year() <= 2100);
            for form in ["%Y-%m-%d", "%Y年%-m月%-d日", "%Y.%-m.%-d", "%Y%m%d"] {
                let text = date.format(form).to_string();
                prop_assert_eq!(parse(&text, NumericOrder::default()).unwrap().unwrap().first, date);
            }
        }
    }
}
