//! The Monday notice (周一公示): its week, its number, when it is late, and the little it shows of a project.

mod face;

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::privacy::mask;
use crate::text::tidy;

pub use face::entry_of;

/// Printed beside a notice that was published after its Monday.
pub const LATE_WORD: &str = "补发";

/// An ISO week (周), Monday to Sunday: `2022-W22` is 30 May to 5 June 2022. It numbers the notice of what was
/// approved in it. Ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Week {
    monday: NaiveDate,
}

/// A text that is no week.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a week: {0:?}; write one like 2022-W22")]
pub struct WeekError(pub String);

impl Week {
    /// The week that holds a day.
    pub fn of(day: NaiveDate) -> Self {
        Self { monday: day.week(Weekday::Mon).checked_first_day().unwrap_or(NaiveDate::MIN) }
    }

    /// Its first day.
    pub fn monday(self) -> NaiveDate {
        self.monday
    }

    /// Its last day.
    pub fn sunday(self) -> NaiveDate {
        self.monday.checked_add_days(Days::new(6)).unwrap_or(NaiveDate::MAX)
    }

    /// The Monday after it, on which its notice is published, holiday or not.
    pub fn published_on(self) -> NaiveDate {
        self.next().monday
    }

    /// The week after it.
    pub fn next(self) -> Self {
        Self { monday: self.monday.checked_add_days(Days::new(7)).unwrap_or(NaiveDate::MAX) }
    }

    /// The week before it.
    pub fn previous(self) -> Self {
        Self { monday: self.monday.checked_sub_days(Days::new(7)).unwrap_or(NaiveDate::MIN) }
    }

    /// True when a day lies in it.
    pub fn holds(self, day: NaiveDate) -> bool {
        self.monday <= day && day <= self.sunday()
    }

    /// True when a notice published on this day is late (补发).
    pub fn late(self, published_on: NaiveDate) -> bool {
        published_on > self.published_on()
    }
}

impl fmt::Display for Week {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let iso = self.monday.iso_week();
        write!(formatter, "{:04}-W{:02}", iso.year(), iso.week())
    }
}

impl FromStr for Week {
    type Err = WeekError;

    /// Reads exactly what is printed: `2022-W22`; `2022-W53` is refused, that year has 52 weeks.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || WeekError(text.chars().take(20).collect());
        let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        let (year, week) = text.split_once("-W").ok_or_else(refused)?;
        if !digits(year, 4) || !digits(week, 2) {
            return Err(refused());
        }
        let year: i32 = year.parse().map_err(|_| refused())?;
        let week: u32 = week.parse().map_err(|_| refused())?;
        let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon).ok_or_else(refused)?;
        Ok(Self { monday })
    }
}

/// The week whose notice the job of a slot publishes: the one before the slot's day.
pub fn week_for_slot(slot_day: NaiveDate) -> Week {
    Week::of(slot_day).previous()
}

/// The number of the notice that the job of a slot publishes: `2022-W22` for Monday, 6 June 2022.
pub fn notice_id_for_slot(slot_day: NaiveDate) -> String {
    week_for_slot(slot_day).to_string()
}

/// An approved fact that might go up.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'c> {
    /// The carrier's name.
    pub carrier: &'c str,
    pub project: &'c str,
    /// The amount that the city's scale bands are read from, in yuan.
    pub scale_yuan: Option<i64>,
    /// The chain's name; empty when there is none.
    pub chain: &'c str,
    /// 涉密
    pub confidential: bool,
}

/// What the public sees of a project: carrier, project, scale, chain, and nothing else (domain rule 20).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub carrier: String,
    pub project: String,
    /// `12.5亿元`, or `—` when no amount is known.
    pub scale: String,
    /// `—` when there is none.
    pub chain: String,
}

/// What a notice shows of a fact; `None` for a confidential one, which is never shown.
pub fn entry(candidate: &Candidate<'_>) -> Option<Entry> {
    if candidate.confidential {
        return None;
    }
    let or_dash = |text: String| if text.is_empty() { "—".to_owned() } else { text };
    Some(Entry {
        carrier: public_text(candidate.carrier),
        project: public_text(candidate.project),
        scale: candidate.scale_yuan.map_or_else(|| "—".to_owned(), scale_text),
        chain: or_dash(public_text(candidate.chain)),
    })
}

/// A typed text as the public may see it: one line, without invisible and direction-turning characters, phones masked.
pub fn public_text(raw: &str) -> String {
    let plain: String = raw.chars().filter(|c| !turns_direction(*c)).collect();
    mask(&tidy(&plain)).into_owned()
}

/// Characters that reorder the text around them (bidi controls).
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// An amount of yuan for the public (投资规模): `12.5亿元`, `8000万元`, `5000元`; at most two decimals of 亿元, none of
/// 万元, rounded half up once. Negative amounts print `—`.
pub fn scale_text(yuan: i64) -> String {
    const WAN: i64 = 10_000;
    const YI: i64 = 100_000_000;
    if yuan < 0 {
        return "—".to_owned();
    }
    if yuan < WAN {
        return format!("{yuan}元");
    }
    // Whatever rounds to 10,000 万元 is 1 亿元.
    let wan = yuan / WAN + i64::from(yuan % WAN >= WAN / 2);
    if yuan < YI && wan < WAN {
        return format!("{wan}万元");
    }
    let hundredth = YI / 100;
    let hundredths = yuan / hundredth + i64::from(yuan % hundredth >= hundredth / 2);
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => format!("{whole}亿元"),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}亿元", part / 10),
        (whole, part) => format!("{whole}.{part:02}亿元"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_and_their_days() {
        let check = |id: &str, monday: &str, sunday: &str| {
            let week: Week = id.parse().unwrap();
            assert_eq!((week.monday(), week.sunday()), (day(monday), day(sunday)), "{id}");
            assert_eq!(week.to_string(), id);
            assert_eq!(week.published_on(), day(sunday) + Days::new(1));
            assert_eq!(Week::of(day(monday)), week);
            assert_eq!(Week::of(day(sunday)), week);
        };
        check("2022-W22", "2022-05-30", "2022-06-05");
        check("2020-W53", "2020-12-28", "2021-01-03");
        check("2021-W01", "2021-01-04", "2021-01-10");
        check("2021-W52", "2021-12-27", "2022-01-02");
        check("2026-W53", "2026-12-28", "2027-01-03");
        check("2025-W01", "2024-12-30", "2025-01-05");
        for wrong in
            ["2022-W53", "2022-W00", "2022-W1", "2022W22", "22-W22", "2022-w22", "2022-W22 ", "+022-W22", "２０２２-W22", "", "2022-W22/.."]
        {
            assert!(wrong.parse::<Week>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_slot_publishes_the_week_before_it() {
        let check = |slot: &str, id: &str| assert_eq!(notice_id_for_slot(day(slot)), id, "{slot}");
        check("2022-06-06", "2022-W22");
        check("2021-01-04", "2020-W53");
        check("2022-01-03", "2021-W52");
        check("2027-01-04", "2026-W53");
        check("2025-01-06", "2025-W01");
        // A slot on another day still publishes the last full week.
        check("2022-06-08", "2022-W22");
        check("2022-06-12", "2022-W22");
        check("2022-06-13", "2022-W23");
    }

    #[test]
    fn late_is_after_its_monday() {
        let week: Week = "2022-W22".parse().unwrap();
        assert!(!week.late(day("2022-06-06")));
        assert!(week.late(day("2022-06-07")));
        assert!(week.holds(day("2022-05-30")) && week.holds(day("2022-06-05")) && !week.holds(day("2022-06-06")));
    }

    #[test]
    fn scales_for_the_public() {
        let check = |yuan: i64, text: &str| assert_eq!(scale_text(yuan), text, "{yuan}");
        check(1_250_000_000, "12.5亿元");
        check(100_000_000, "1亿元");
        check(1_234_567_890, "12.35亿元");
        check(1_205_000_000, "12.05亿元");
        check(1_004_999_999, "10.05亿元");
        check(1_004_499_999, "10.04亿元");
        check(80_000_000, "8000万元");
        check(99_994_999, "9999万元");
        check(99_995_000, "1亿元");
        check(15_000, "2万元");
        check(10_000, "1万元");
        check(9_999, "9999元");
        check(0, "0元");
        check(-1, "—");
        check(i64::MAX, "92233720368.55亿元");
    }

    #[test]
    fn a_notice_shows_four_things_and_never_a_secret() {
        let plain = Candidate {
            carrier: "濉溪县",
            project: "  年产5万吨铝箔项目\r\n（联系13900001234）\u{202e}",
            scale_yuan: Some(1_250_000_000),
            chain: "铝基高端金属材料",
            confidential: false,
        };
        let shown = entry(&plain).unwrap();
        assert_eq!(shown.project, "年产5万吨铝箔项目 （联系139****1234）");
        assert_eq!((shown.carrier.as_str(), shown.scale.as_str(), shown.chain.as_str()), ("濉溪县", "12.5亿元", "铝基高端金属材料"));
        let unknown = entry(&Candidate { scale_yuan: None, chain: "", ..plain }).unwrap();
        assert_eq!((unknown.scale.as_str(), unknown.chain.as_str()), ("—", "—"));
        assert_eq!(entry(&Candidate { confidential: true, ..plain }), None);
    }

    proptest! {
        #[test]
        fn every_day_has_its_week(offset in 0u64..40_000) {
            let today = day("1990-01-01") + Days::new(offset);
            let week = Week::of(today);
            prop_assert!(week.holds(today));
            prop_assert_eq!(week.to_string().parse::<Week>(), Ok(week));
            prop_assert_eq!(week.next().previous(), week);
            prop_assert_eq!(week_for_slot(week.published_on()), week);
            prop_assert_eq!(week.published_on().weekday(), Weekday::Mon);
            prop_assert!(week < week.next());
        }

        #[test]
        fn no_text_reads_as_a_week_but_its_own(text in "\\PC{0,12}") {
            if let Ok(week) = text.parse::<Week>() {
                prop_assert_eq!(week.to_string(), text);
            }
        }

        #[test]
        fn scales_grow_with_amounts(yuan in 0i64..1_000_000_000_000) {
            let text = scale_text(yuan);
            let number: f64 = text.trim_end_matches(['亿', '万', '元']).parse().unwrap();
            let unit = if text.contains('亿') { 1e8 } else if text.contains('万') { 1e4 } else { 1.0 };
            let off = (number * unit - yuan as f64).abs();
            prop_assert!(off <= if text.contains('亿') { 500_000.5 } else { 5_000.5 }, "{} for {}", text, yuan);
        }
    }
}
