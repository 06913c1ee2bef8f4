//! Finds dates, months and periods inside a title (标题中的日期): 截至2022年3月31日, 2022年1—5月, 202203.

use chrono::NaiveDate;

use super::plausible;

/// What stands before a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// 截至, 截止, 数据日期
    DataDate,
    /// 填报日期, 制表时间
    Filled,
    /// 报送月份, 报告期
    Month,
    None,
}

/// Something about time in a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Day(NaiveDate, Label),
    /// First day of the month, the last one of a period.
    Month(NaiveDate, Label),
    /// A month without its year.
    BareMonth(u32),
    Year(i32),
}

const DATA_DATE: [&str; 8] = ["截至", "截止", "截至日期", "截止日期", "截至时间", "截止时间", "数据日期", "统计日期"];
const FILLED: [&str; 11] =
    ["填报日期", "填报时间", "填表日期", "填表时间", "上报日期", "上报时间", "制表日期", "制表时间", "报送日期", "报送时间", "日期"];
const MONTH: [&str; 5] = ["报送月份", "填报月份", "统计月份", "所属月份", "报告期"];

/// A run of digits in the text.
struct Digits<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

impl Digits<'_> {
    fn number(&self) -> u32 {
        self.text.parse().unwrap_or(u32::MAX)
    }

    fn is_short(&self) -> bool {
        self.text.len() <= 2
    }
}

/// Everything about time in a folded text (spaces between digits kept), in order.
pub fn find(folded: &str) -> Vec<Found> {
    let runs = digit_runs(folded);
    let mut found = Vec::new();
    let mut at = 0;
    while at < runs.len() {
        let (used, fact) = fact_at(folded, &runs, at);
        found.extend(fact);
        at += used.max(1);
    }
    found
}

fn fact_at(text: &str, runs: &[Digits<'_>], at: usize) -> (usize, Option<Found>) {
    let run = &runs[at];
    let label = label_before(&text[..run.start]);
    match run.text.len() {
        8 => (1, ymd(&run.text[..4], &run.text[4..6], &run.text[6..]).map(|day| Found::Day(day, label))),
        6 => (1, ymd(&run.text[..4], &run.text[4..], "1").map(|first| Found::Month(first, label))),
        4 => with_year(text, runs, at, label),
        1 | 2 if text[run.end..].starts_with('月') && (1..=12).contains(&run.number()) => (1, Some(Found::BareMonth(run.number()))),
        _ => (1, None),
    }
}

/// Reads on behind four digits: a day, a month, a period of months, or only a year.
fn with_year(text: &str, runs: &[Digits<'_>], at: usize, label: Label) -> (usize, Option<Found>) {
    let year = &runs[at];
    let after = &text[year.end..];
    let written_out = after.starts_with('年');
    if !(1980..=2100).contains(&year.number()) {
        return (1, None);
    }
    if written_out && let Some(month) = named_period(&after['年'.len_utf8()..]) {
        return (1, ymd(year.text, month, "1").map(|first| Found::Month(first, label)));
    }
    let gap = |left: usize| runs.get(left + 1).map(|right| &text[runs[left].end..right.start]);
    let month = match (gap(at), runs.get(at + 1)) {
        (Some("年" | "-" | "." | "/" | "_"), Some(month)) if month.is_short() => month,
        _ if written_out => return (1, Some(Found::Year(year.number() as i32))),
        _ => return (1, None),
    };
    let next = runs.get(at + 2).filter(|next| next.is_short());
    if let (true, Some("-" | "~" | "至" | "到"), Some(last)) = (written_out, gap(at + 1), next)
        && text[last.end..].starts_with('月')
    {
        return (3, ymd(year.text, last.text, "1").map(|first| Found::Month(first, label)));
    }
    let separated = if written_out { gap(at + 1) == Some("月") } else { matches!(gap(at + 1), Some("-" | "." | "/" | "_")) };
    if let (true, Some(day)) = (separated, next)
        && let Some(day) = ymd(year.text, month.text, day.text)
    {
        return (3, Some(Found::Day(day, label)));
    }
    (2, ymd(year.text, month.text, "1").map(|first| Found::Month(first, label)))
}

/// The last month of a quarter or half written in words.
fn named_period(text: &str) -> Option<&'static str> {
    const PERIODS: [(&str, &str); 11] = [
        ("第一季度", "3"),
        ("第二季度", "6"),
        ("第三季度", "9"),
        ("第四季度", "12"),
        ("一季度", "3"),
        ("二季度", "6"),
        ("三季度", "9"),
        ("四季度", "12"),
        ("上半年", "6"),
        ("下半年", "12"),
        ("前三季度", "9"),
    ];
    PERIODS.into_iter().find(|(words, _)| text.starts_with(words)).map(|(_, month)| month)
}

fn label_before(text: &str) -> Label {
    let text = text.trim_end_matches([':', '(']).trim_end_matches('为');
    let ends = |labels: &[&str]| labels.iter().any(|label| text.ends_with(label));
    if ends(&DATA_DATE) {
        Label::DataDate
    } else if ends(&MONTH) {
        Label::Month
    } else if ends(&FILLED) {
        Label::Filled
    } else {
        Label::None
    }
}

fn ymd(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).filter(|day| plausible(*day))
}

fn digit_runs(text: &str) -> Vec<Digits<'_>> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain(std::iter::once((text.len(), ' '))) {
        match (c.is_ascii_digit(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                runs.push(Digits { text: &text[from..at], start: from, end: at });
                start = None;
            }
            _ => (),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use qunlian_domain::text::fold;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn titles_tell_their_dates() {
        let check = |text: &str, expect: &[Found]| assert_eq!(find(&fold(text)), expect, "{text}");
        let none = Label::None;
        check("淮北市濉溪县2022年3月招商引资项目情况表", &[Found::Month(day("2022-03-01"), none)]);
        check("截至2022年3月31日", &[Found::Day(day("2022-03-31"), Label::DataDate)]);
        check("截至日期：2022-03-31", &[Found::Day(day("2022-03-31"), Label::DataDate)]);
        check("数据截止 2022.3.31 单位：万元", &[Found::Day(day("2022-03-31"), Label::DataDate)]);
        check("截至2022年3月底", &[Found::Month(day("2022-03-01"), Label::DataDate)]);
        check("报送月份：2022年3月", &[Found::Month(day("2022-03-01"), Label::Month)]);
        check("填报日期：2022年4月2日", &[Found::Day(day("2022-04-02"), Label::Filled)]);
        check("2022年1—5月新签约项目", &[Found::Month(day("2022-05-01"), none)]);
        check("2022年一季度", &[Found::Month(day("2022-03-01"), none)]);
        check("濉溪县_202203.xlsx", &[Found::Month(day("2022-03-01"), none)]);
        check("濉溪县20220331", &[Found::Day(day("2022-03-31"), none)]);
        check("2022-03", &[Found::Month(day("2022-03-01"), none)]);
        check("3月", &[Found::BareMonth(3)]);
        check("2022年招商引资台账", &[Found::Year(2022)]);
        check("2022年13月", &[]);
        check("电话0561-3000123", &[]);
        check("没有数字", &[]);
    }
}
