//! Sharing the credit for a project between carriers (成果分配): dated shares that add up to the whole.
//!
//! Source: domain rule 11. Raw statistics belong to the landing place once and the city's total uses them; the
//! shares decide only which carrier is credited with how much, so they can never change the city's total.

use chrono::{Months, NaiveDate};

use crate::catalogue::dates::span_holds;

/// Basis points (万分比) of the whole.
pub const WHOLE: u32 = 10_000;

/// Shares of several carriers that add up to the whole, largest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// Carrier ids and basis points.
    parts: Vec<(String, u32)>,
}

/// Shares that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    #[error("no carrier has a share")]
    Empty,
    #[error("carrier {0:?} has a share of nothing")]
    Zero(String),
    #[error("carrier {0:?} has two shares")]
    Repeated(String),
    #[error("the shares add up to {0} of 10000 basis points")]
    Sum(u64),
    #[error("the shares end on {until}, not after they begin on {from}")]
    EmptySpan { from: NaiveDate, until: NaiveDate },
    #[error("two agreements hold on {0}")]
    Overlap(NaiveDate),
    #[error("the shares would end beyond the calendar")]
    TooLong,
}

impl ShareError {
    /// What the person who enters shares can do, in Chinese.
    pub fn hint(&self) -> String {
        match self {
            Self::Empty => "请至少填写一个载体单位".to_owned(),
            Self::Zero(_) => "分成比例必须大于0".to_owned(),
            Self::Repeated(_) => "同一载体单位只能填写一次".to_owned(),
            Self::Sum(sum) => format!("各载体单位的分成比例合计应为100%，现为{}%", percent(*sum)),
            Self::EmptySpan { .. } => "截止日期应晚于起始日期".to_owned(),
            Self::Overlap(day) => format!("{day}已有另一份分配方案，请先截止前一份"),
            Self::TooLong => "请填写较短的期限".to_owned(),
        }
    }
}

/// Basis points as percent without trailing zeros: 9950 is `99.5`.
pub fn percent(basis_points: u64) -> String {
    let text = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Reads a percentage as typed, with or without the sign, with at most two decimals: `33.33%` is 3333 basis points.
pub fn read_percent(raw: &str) -> Option<u32> {
    let text = crate::text::fold(raw);
    let text = text.trim_end_matches('%');
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<2}").parse().ok()
}

impl Shares {
    /// Takes carrier ids with their basis points. They must add up to 10000, each above 0, no carrier twice.
    pub fn new(mut parts: Vec<(String, u32)>) -> Result<Self, ShareError> {
        if parts.is_empty() {
            return Err(ShareError::Empty);
        }
        for (at, (carrier, basis_points)) in parts.iter().enumerate() {
            if *basis_points == 0 {
                return Err(ShareError::Zero(carrier.clone()));
            }
            if parts[..at].iter().any(|(earlier, _)| earlier == carrier) {
                return Err(ShareError::Repeated(carrier.clone()));
            }
        }
        let sum: u64 = parts.iter().map(|(_, basis_points)| u64::from(*basis_points)).sum();
        if sum != u64::from(WHOLE) {
            return Err(ShareError::Sum(sum));
        }
        parts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        Ok(Self { parts })
    }

    /// The whole to one carrier, as long as nothing else is agreed.
    pub fn sole(carrier: &str) -> Self {
        Self { parts: vec![(carrier.to_owned(), WHOLE)] }
    }

    /// Carrier ids and basis points, largest share first, then by id.
    pub fn parts(&self) -> &[(String, u32)] {
        &self.parts
    }

    /// A carrier's basis points; 0 when it has no share.
    pub fn of(&self, carrier: &str) -> u32 {
        self.parts.iter().find(|(known, _)| known == carrier).map_or(0, |(_, basis_points)| *basis_points)
    }

    /// Splits whole units (yuan 元 or projects 个) so that the parts add up to `total` exactly: each carrier gets
    /// its share rounded down, and the units left over go one each to the largest remainders; of equal remainders
    /// to the larger share, then to the earlier id. A negative total (a revocation) is the mirror of its positive.
    pub fn split(&self, total: i64) -> Vec<(&str, i64)> {
        let whole = i128::from(WHOLE);
        let size = i128::from(total).abs();
        let mut given: Vec<i128> = Vec::with_capacity(self.parts.len());
        let mut remainders: Vec<(i128, usize)> = Vec::with_capacity(self.parts.len());
        for (at, (_, basis_points)) in self.parts.iter().enumerate() {
            let exact = size * i128::from(*basis_points);
            given.push(exact / whole);
            remainders.push((exact % whole, at));
        }
        let left_over = size - given.iter().sum::<i128>();
        remainders.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
        for (_, at) in remainders.iter().take(usize::try_from(left_over).unwrap_or(0)) {
            given[*at] += 1;
        }
        let sign = i128::from(total.signum());
        let units = given.into_iter().map(|part| i64::try_from(part * sign).unwrap_or(total));
        self.parts.iter().map(|(carrier, _)| carrier.as_str()).zip(units).collect()
    }

    /// What one carrier gets of [`Shares::split`]; 0 when it has no share.
    pub fn credit(&self, carrier: &str, total: i64) -> i64 {
        self.split(total).into_iter().find(|(known, _)| *known == carrier).map_or(0, |(_, units)| units)
    }

    /// A carrier's credit in ten-thousandths of the unit, without any rounding: half a project is 5000.
    /// `None` when it cannot be held.
    pub fn exact(&self, carrier: &str, total: i64) -> Option<i64> {
        total.checked_mul(i64::from(self.of(carrier)))
    }
}

/// Shares for a span of time: `from` <= day < `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    pub shares: Shares,
    pub from: NaiveDate,
    /// First day on which they hold no more; `None` while they have no end.
    pub until: Option<NaiveDate>,
}

impl Allocation {
    /// Dates shares; the span must hold a day.
    pub fn new(shares: Shares, from: NaiveDate, until: Option<NaiveDate>) -> Result<Self, ShareError> {
        match until {
            Some(until) if until <= from => Err(ShareError::EmptySpan { from, until }),
            _ => Ok(Self { shares, from, until }),
        }
    }

    /// A project that `introducer` found and `host` took in (跨区域流转): shares by configuration, usually 5:5 for
    /// five years. `host_basis_points` and `years` stand in [`crate::procedure::CrossDistrict`].
    pub fn cross_district(host: &str, introducer: &str, host_basis_points: u32, years: u32, from: NaiveDate) -> Result<Self, ShareError> {
        let introducers = WHOLE.saturating_sub(host_basis_points);
        let shares = Shares::new(vec![(host.to_owned(), host_basis_points), (introducer.to_owned(), introducers)])?;
        let until = years.checked_mul(12).and_then(|months| from.checked_add_months(Months::new(months))).ok_or(ShareError::TooLong)?;
        Self::new(shares, from, Some(until))
    }

    /// True when the shares hold on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        span_holds(self.from, self.until, day)
    }
}

/// Everything agreed for one project, in order of time; no two agreements hold on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allocations {
    spans: Vec<Allocation>,
}

impl Allocations {
    /// Takes the agreements of one project in any order.
    pub fn new(mut spans: Vec<Allocation>) -> Result<Self, ShareError> {
        spans.sort_by_key(|span| span.from);
        for pair in spans.windows(2) {
            if pair[0].holds_on(pair[1].from) {
                return Err(ShareError::Overlap(pair[1].from));
            }
        }
        Ok(Self { spans })
    }

    /// With a later agreement, which closes the one that holds when it begins (新方案截止旧方案). Refused when one
    /// begins on that day or after it: what was agreed for the time to come is not overruled silently.
    pub fn then(&self, next: Allocation) -> Result<Self, ShareError> {
        if let Some(last) = self.spans.last().filter(|last| last.from >= next.from) {
            return Err(ShareError::Overlap(last.from));
        }
        let mut spans = self.spans.clone();
        if let Some(last) = spans.last_mut().filter(|last| last.holds_on(next.from)) {
            last.until = Some(next.from);
        }
        spans.push(next);
        Ok(Self { spans })
    }

    /// The shares that hold on a day; `None` when nothing is agreed: the landing place has the whole.
    pub fn on(&self, day: NaiveDate) -> Option<&Shares> {
        self.spans.iter().find(|span| span.holds_on(day)).map(|span| &span.shares)
    }

    /// The agreements, earliest first.
    pub fn spans(&self) -> &[Allocation] {
        &self.spans
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn shares(parts: &[(&str, u32)]) -> Result<Shares, ShareError> {
        Shares::new(parts.iter().map(|(carrier, basis_points)| ((*carrier).to_owned(), *basis_points)).collect())
    }

    #[test]
    fn only_whole_and_distinct_shares_are_taken() {
        let check = |parts: &[(&str, u32)], hint: &str| {
            let error = shares(parts).unwrap_err();
            assert!(error.hint().contains(hint), "{parts:?}: {}", error.hint());
        };
        check(&[], "至少");
        check(&[("suixi", 5_000), ("duji", 4_950)], "现为99.5%");
        check(&[("suixi", 5_000), ("duji", 5_001)], "现为100.01%");
        check(&[("suixi", 10_000), ("duji", 0)], "大于0");
        check(&[("suixi", 5_000), ("suixi", 5_000)], "只能填写一次");
        check(&[("suixi", u32::MAX), ("duji", u32::MAX)], "合计应为100%");
        assert_eq!(Shares::sole("suixi"), shares(&[("suixi", 10_000)]).unwrap());
    }

    #[test]
    fn largest_remainders_take_what_is_left_over() {
        let check = |parts: &[(&str, u32)], total: i64, expect: &[(&str, i64)]| {
            assert_eq!(shares(parts).unwrap().split(total), expect, "{parts:?} of {total}");
        };
        check(&[("suixi", 5_000), ("duji", 5_000)], 1, &[("duji", 1), ("suixi", 0)]);
        check(&[("suixi", 5_000), ("duji", 5_000)], 2, &[("duji", 1), ("suixi", 1)]);
        check(&[("suixi", 5_000), ("duji", 5_000)], -3, &[("duji", -2), ("suixi", -1)]);
        check(&[("a", 3_333), ("b", 3_333), ("c", 3_334)], 100, &[("c", 34), ("a", 33), ("b", 33)]);
        check(&[("a", 7_000), ("b", 3_000)], 1_250_000_001, &[("a", 875_000_001), ("b", 375_000_000)]);
        check(&[("a", 10_000)], i64::MIN, &[("a", i64::MIN)]);
        let half = shares(&[("suixi", 5_000), ("duji", 5_000)]).unwrap();
        assert_eq!((half.credit("suixi", 3), half.credit("else", 3), half.exact("suixi", 3)), (1, 0, Some(15_000)));
        assert_eq!(half.exact("suixi", i64::MAX), None);
    }

    #[test]
    fn a_project_found_elsewhere_is_shared_for_five_years() {
        let agreed = Allocation::cross_district("gaoxin", "suixi", 5_000, 5, day("2022-03-15")).unwrap();
        assert_eq!(agreed.until, Some(day("2027-03-15")));
        assert!(agreed.holds_on(day("2027-03-14")) && !agreed.holds_on(day("2027-03-15")));
        assert_eq!(agreed.shares.of("suixi"), 5_000);
        let leap = Allocation::cross_district("gaoxin", "suixi", 6_000, 5, day("2024-02-29")).unwrap();
        assert_eq!((leap.until, leap.shares.of("gaoxin")), (Some(day("2029-02-28")), 6_000));
        let own = Allocation::cross_district("suixi", "suixi", 5_000, 5, day("2022-03-15"));
        assert_eq!(own, Err(ShareError::Repeated("suixi".to_owned())));
        assert_eq!(Allocation::cross_district("a", "b", 10_000, 5, day("2022-03-15")), Err(ShareError::Zero("b".to_owned())));
        assert_eq!(Allocation::cross_district("a", "b", 5_000, u32::MAX, day("2022-03-15")), Err(ShareError::TooLong));
    }

    #[test]
    fn one_agreement_at_a_time() {
        let span = |from: &str, until: Option<&str>| Allocation::new(Shares::sole("suixi"), day(from), until.map(day));
        assert!(matches!(span("2022-01-01", Some("2022-01-01")), Err(ShareError::EmptySpan { .. })));
        let first = span("2022-01-01", Some("2023-01-01")).unwrap();
        let second = span("2023-01-01", None).unwrap();
        let early = span("2022-12-31", None).unwrap();
        let both = Allocations::new(vec![second, first.clone()]).unwrap();
        assert!(both.on(day("2021-12-31")).is_none() && both.on(day("2030-01-01")).is_some());
        assert_eq!(both.spans().len(), 2);
        assert_eq!(Allocations::new(vec![early, first]), Err(ShareError::Overlap(day("2022-12-31"))));
    }

    #[test]
    fn percentages_are_read_exactly() {
        let check = |text: &str, expect: Option<u32>| assert_eq!(read_percent(text), expect, "{text:?}");
        check("50", Some(5_000));
        check(" 33.3% ", Some(3_330));
        check("３３．３３％", Some(3_333));
        check("100", Some(10_000));
        check("0.01", Some(1));
        for wrong in ["", "%", ".5", "33.333", "-5", "5e1", "1000", "一半"] {
            check(wrong, None);
        }
        assert_eq!(percent(3_330), "33.3");
    }

    #[test]
    fn a_later_agreement_closes_the_one_before() {
        let span =
            |carrier: &str, from: &str, until: Option<&str>| Allocation::new(Shares::sole(carrier), day(from), until.map(day)).unwrap();
        let first = Allocations::default().then(span("suixi", "2022-01-01", None)).unwrap();
        let both = first.then(span("duji", "2022-06-01", Some("2023-01-01"))).unwrap();
        let holder = |on: &str| both.on(day(on)).map(|shares| shares.parts()[0].0.clone());
        assert_eq!(both.spans()[0].until, Some(day("2022-06-01")));
        assert_eq!((holder("2022-05-31").as_deref(), holder("2022-06-01").as_deref()), (Some("suixi"), Some("duji")));
        assert_eq!(holder("2023-01-01"), None);
        assert_eq!(both.then(span("suixi", "2022-06-01", None)), Err(ShareError::Overlap(day("2022-06-01"))));
        let ended = both.then(span("suixi", "2024-01-01", None)).unwrap();
        assert_eq!(ended.spans()[1].until, Some(day("2023-01-01")), "one that ended before keeps its end");
        assert_eq!(Allocations::new(ended.spans().to_vec()), Ok(ended));
    }

    /// Shares of 1 to 8 carriers: cuts of the whole.
    fn any_shares() -> impl Strategy<Value = Shares> {
        prop::collection::btree_set(1u32..WHOLE, 0..8).prop_map(|cuts| {
            let mut parts = Vec::new();
            let mut from = 0;
            for cut in cuts.into_iter().chain([WHOLE]) {
                parts.push((format!("carrier-{cut}"), cut - from));
                from = cut;
            }
            Shares::new(parts).unwrap()
        })
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_total(shares in any_shares(), total: i64) {
            let parts = shares.split(total);
            prop_assert_eq!(parts.iter().map(|(_, units)| i128::from(*units)).sum::<i128>(), i128::from(total));
            for (carrier, units) in parts {
                let exact = i128::from(total) * i128::from(shares.of(carrier));
                let off = (i128::from(units) * i128::from(WHOLE) - exact).abs();
                prop_assert!(off < i128::from(WHOLE), "{} is a whole unit off", carrier);
                prop_assert_eq!(shares.credit(carrier, total), units);
            }
        }

        #[test]
        fn a_revocation_takes_back_what_was_given(shares in any_shares(), total in 0i64..i64::MAX) {
            for ((_, given), (_, taken)) in shares.split(total).into_iter().zip(shares.split(-total)) {
                prop_assert_eq!(given, -taken);
            }
        }
    }
}
