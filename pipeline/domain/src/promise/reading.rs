//! Planned days as people type them (计划日期): a month, a quarter or a year means its last day, and says so.

use chrono::{Datelike, NaiveDate};

use crate::period::{self, DateError, NumericOrder, Precision, end_of_month};
use crate::text::fold;

/// How much time the text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    Day,
    /// 上旬, 中旬, 下旬
    TenDays,
    Month,
    Quarter,
    HalfYear,
    Year,
}

impl Span {
    /// The word in the landing column `inexact`; `None` for a day.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Day => None,
            Self::TenDays => Some("ten_days"),
            Self::Month => Some("month"),
            Self::Quarter => Some("quarter"),
            Self::HalfYear => Some("half_year"),
            Self::Year => Some("year"),
        }
    }
}

/// A planned day: the last of what the text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedDay {
    pub on: NaiveDate,
    pub span: Span,
}

/// Reads a cell as a planned day; `Ok(None)` for an empty cell or a placeholder.
///
/// Besides all that [`period::parse`] reads: `2022年6月底前`, `2022年6月中旬`, `2022年三季度`, `2022Q3`, `2022年上半年`,
/// `2022年底`, `预计2022年6月`. What stands for a part of a year means that part's last day. A month without a year is
/// no date: the year is not guessed.
///
/// # Errors
/// As [`period::parse`].
pub fn read(cell: &str, order: NumericOrder) -> Result<Option<PlannedDay>, DateError> {
    let folded = fold(cell);
    let bare = without_ornament(&folded);
    if let Some(planned) = part_of_year(bare) {
        return planned.ok_or_else(|| DateError::NotADate(cell.trim().to_owned())).map(Some);
    }
    let (month, share) = part_of_month(bare);
    if let Some(last) = share {
        let Some(date) = period::parse(month, order)? else { return Ok(None) };
        if date.precision != Precision::Month {
            return Err(DateError::NotADate(cell.trim().to_owned()));
        }
        let on = date.first.with_day(last).unwrap_or_else(|| end_of_month(date.first));
        return Ok(Some(PlannedDay { on, span: Span::TenDays }));
    }
    // Ornament stands around words; what has none is read as it was typed, with its time of day.
    let text = if month.len() == folded.len() { cell } else { month };
    let date = period::parse(text, order)?;
    Ok(date.map(|date| PlannedDay { on: date.last(), span: span_of(date.precision) }))
}

fn span_of(precision: Precision) -> Span {
    match precision {
        Precision::Day => Span::Day,
        Precision::Month => Span::Month,
        Precision::Year => Span::Year,
    }
}

/// 预计2022年6月底前完成 says 2022年6月.
fn without_ornament(folded: &str) -> &str {
    const BEFORE: [&str; 5] = ["预计", "计划", "力争", "约", "拟"];
    const AFTER: [&str; 8] = ["完成", "开工", "竣工", "以前", "之前", "前", "左右", "内"];
    let mut text = folded;
    while let Some(rest) = BEFORE.iter().find_map(|word| text.strip_prefix(word)) {
        text = rest;
    }
    while let Some(rest) = AFTER.iter().find_map(|word| text.strip_suffix(word)) {
        text = rest;
    }
    text
}

/// 2022年6月底 and 下旬 are the month; 上旬 ends on the 10th, 中旬 on the 20th.
fn part_of_month(text: &str) -> (&str, Option<u32>) {
    for (ending, last) in [("月上旬", 10), ("月中旬", 20)] {
        if let Some(month) = text.strip_suffix(ending) {
            return (&text[..month.len() + "月".len()], Some(last));
        }
    }
    for ending in ["月下旬", "月底", "月末", "月份"] {
        if let Some(month) = text.strip_suffix(ending) {
            return (&text[..month.len() + "月".len()], None);
        }
    }
    (text, None)
}

/// A quarter, half or end of a year. `Some(None)` when the words are those and the year is none.
fn part_of_year(text: &str) -> Option<Option<PlannedDay>> {
    const PARTS: [(&[&str], u32, Span); 7] = [
        (&["第一季度", "一季度", "1季度", "q1"], 3, Span::Quarter),
        (&["第二季度", "二季度", "2季度", "q2"], 6, Span::Quarter),
        (&["第三季度", "三季度", "3季度", "q3"], 9, Span::Quarter),
        (&["第四季度", "四季度", "4季度", "q4"], 12, Span::Quarter),
        (&["上半年"], 6, Span::HalfYear),
        (&["下半年"], 12, Span::HalfYear),
        (&["年底", "年末", "底"], 12, Span::Year),
    ];
    for (endings, month, span) in PARTS {
        let Some(before) = endings.iter().find_map(|ending| text.strip_suffix(ending)) else { continue };
        // 2022年6月底 is a month's end, not a year's.
        if span == Span::Year && before.contains('月') {
            return None;
        }
        let last = year_of(before).and_then(|year| NaiveDate::from_ymd_opt(year, month, 1)).map(end_of_month);
        return Some(last.map(|on| PlannedDay { on, span }));
    }
    None
}

fn year_of(text: &str) -> Option<i32> {
    let bare = text.trim_end_matches(['第', '年', '.', '-', '/']);
    if bare.len() != 4 || !bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    bare.parse().ok().filter(|year| (1980..=2100).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_month_means_its_last_day() {
        let check = |cell: &str, on: &str, span: Span| {
            let expect = PlannedDay { on: on.parse().unwrap(), span };
            assert_eq!(read(cell, NumericOrder::default()), Ok(Some(expect)), "{cell}");
        };
        check("2022-06-30", "2022-06-30", Span::Day);
        check("2022年6月5日", "2022-06-05", Span::Day);
        check("2022年6月5日前", "2022-06-05", Span::Day);
        check("2022-06-05 00:00:00", "2022-06-05", Span::Day);
        check("44742", "2022-06-30", Span::Day);
        check("2022年6月", "2022-06-30", Span::Month);
        check("2022.06", "2022-06-30", Span::Month);
        check("２０２２．６", "2022-06-30", Span::Month);
        check("2024年2月", "2024-02-29", Span::Month);
        check("202206", "2022-06-30", Span::Month);
        check("2022年6月底", "2022-06-30", Span::Month);
        check("2022年6月底前", "2022-06-30", Span::Month);
        check("2022年6月下旬", "2022-06-30", Span::Month);
        check("2022年6月份", "2022-06-30", Span::Month);
        check("预计2022年6月", "2022-06-30", Span::Month);
        check("力争2022年6月底前开工", "2022-06-30", Span::Month);
        check("2022年6月上旬", "2022-06-10", Span::TenDays);
        check("2022年6月中旬", "2022-06-20", Span::TenDays);
        check("2022年三季度", "2022-09-30", Span::Quarter);
        check("2022年第3季度", "2022-09-30", Span::Quarter);
        check("2022Q1", "2022-03-31", Span::Quarter);
        check("2022年上半年", "2022-06-30", Span::HalfYear);
        check("2022年底", "2022-12-31", Span::Year);
        check("2022年年底前", "2022-12-31", Span::Year);
        check("2022年底前竣工", "2022-12-31", Span::Year);
        check("2023", "2023-12-31", Span::Year);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for cell in ["", "-", "/", "待定", "未定"] {
            assert_eq!(read(cell, NumericOrder::default()), Ok(None), "{cell}");
        }
        // No year is guessed, and no day is made of a hope.
        for cell in ["6月底前", "年底", "三季度", "尽快", "签约后6个月内", "2022年6月5日下旬"] {
            assert!(matches!(read(cell, NumericOrder::default()), Err(DateError::NotADate(_))), "{cell}");
        }
        assert!(matches!(read("2022-06-31", NumericOrder::default()), Err(DateError::NoSuchDay(_))));
        assert!(matches!(read("2022.6-2022.9", NumericOrder::default()), Err(DateError::Span(_))));
        assert!(matches!(read("1900-01-01", NumericOrder::default()), Err(DateError::Sentinel(_))));
    }

    proptest! {
        #[test]
        fn never_panics(cell in "\\PC{0,24}") {
            let _ = read(&cell, NumericOrder::default());
        }

        #[test]
        fn every_month_ends_where_the_next_begins(year in 1990i32..2090, month in 1u32..=12, form in 0usize..5) {
            let text = match form {
                0 => format!("{year}年{month}月"),
                1 => format!("{year}.{month:02}"),
                2 => format!("{year}-{month}"),
                3 => format!("{year}年{month}月底前"),
                _ => format!("预计{year}年{month}月份"),
            };
            let planned = read(&text, NumericOrder::default()).unwrap().unwrap();
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            prop_assert_eq!(planned.on, end_of_month(first));
            prop_assert_eq!(planned.on.succ_opt().unwrap().day(), 1);
        }
    }
}
