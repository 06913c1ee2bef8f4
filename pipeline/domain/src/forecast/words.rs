//! A forecast in two sentences (预测的说法).

use super::{Basis, Forecast, Question};
use crate::figures::{print, print_count, round_half_up};
use crate::money::Unit;
use crate::target::Metric;

/// Where it will end, and what it takes.
pub(super) fn sentences(question: &Question<'_>, forecast: &Forecast) -> [String; 2] {
    [outlook(question, forecast), effort(question, forecast)]
}

fn outlook(question: &Question<'_>, forecast: &Forecast) -> String {
    let basis = match forecast.basis {
        Basis::Flow => "今年以来的进度和去年同期的季节分布",
        Basis::FlowAndPipeline => "今年以来的进度、去年同期的季节分布和在手项目的转化",
    };
    let metric = question.metric;
    let unit = unit_for(metric, forecast.year_end.p90.max(question.target.unwrap_or(0)));
    let range = range(&unit, forecast.year_end.p10, forecast.year_end.p90);
    let head = format!("按{basis}推算，年底{}{range}（80%把握）", subject(metric));
    match (question.target, forecast.chance) {
        (Some(target), _) if forecast.done >= target => format!("{head}，目标{}已经完成。", unit.print(target)),
        (Some(target), Some(chance)) => format!("{head}，完成目标{}的可能性{}。", unit.print(target), chance_words(chance)),
        _ => format!("{head}。"),
    }
}

fn effort(question: &Question<'_>, forecast: &Forecast) -> String {
    let metric = question.metric;
    let needed = forecast.needed_per_month.unwrap_or(0.0);
    let unit = unit_for(metric, needed.max(forecast.so_far_per_month) as i64);
    let so_far = format!("今年以来月均{}", unit.print_rate(forecast.so_far_per_month));
    match forecast.needed_per_month {
        None => format!("未下达年度目标，不判断完成的可能性；{so_far}。"),
        Some(0.0) => format!("{so_far}，已提前完成全年目标。"),
        Some(needed) => {
            let months = print(Some(forecast.months_left), 1);
            let months = months.strip_suffix(".0").unwrap_or(&months);
            format!("余下{months}个月平均每月需{}{}，{so_far}。", verb(metric), unit.print_need(needed))
        }
    }
}

fn subject(metric: Metric) -> &'static str {
    match metric {
        Metric::Signed => "新签约",
        Metric::Started => "新开工",
        Metric::Completed => "新竣工",
        Metric::FixedAssets => "固定资产投资",
    }
}

fn verb(metric: Metric) -> &'static str {
    match metric {
        Metric::Signed => "签约",
        Metric::Started => "开工",
        Metric::Completed => "竣工",
        Metric::FixedAssets => "完成投资",
    }
}

fn range(unit: &Printed, low: i64, high: i64) -> String {
    let (low, high) = (unit.bare(low), unit.bare(high));
    if low == high { format!("约为{low}{}", unit.name()) } else { format!("在{low}—{high}{}之间", unit.name()) }
}

/// How a chance is told (可能性): in whole percents, never 0 or 100 while the year may still turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChanceTold {
    /// Less than so many percent.
    Under(u8),
    About(u8),
    /// More than so many percent.
    Over(u8),
}

impl ChanceTold {
    /// Reads a chance in percent, unrounded.
    pub fn of(chance: f64) -> Self {
        match chance {
            chance if chance < 1.0 => Self::Under(1),
            chance if chance > 99.0 => Self::Over(99),
            chance => Self::About(round_half_up(chance, 0) as u8),
        }
    }
}

fn chance_words(chance: f64) -> String {
    match ChanceTold::of(chance) {
        ChanceTold::Under(percent) => format!("不足{percent}%"),
        ChanceTold::About(percent) => format!("为{percent}%"),
        ChanceTold::Over(percent) => format!("超过{percent}%"),
    }
}

/// How figures of one sentence are printed: projects, or yuan in a unit that suits the largest.
enum Printed {
    Projects,
    Money(Unit),
}

fn unit_for(metric: Metric, largest: i64) -> Printed {
    match metric {
        Metric::FixedAssets if largest >= Unit::Yi.yuan() => Printed::Money(Unit::Yi),
        Metric::FixedAssets => Printed::Money(Unit::Wan),
        Metric::Signed | Metric::Started | Metric::Completed => Printed::Projects,
    }
}

impl Printed {
    fn name(&self) -> &'static str {
        match self {
            Self::Projects => "个",
            Self::Money(unit) => unit.name(),
        }
    }

    fn bare(&self, value: i64) -> String {
        match self {
            Self::Projects => print_count(value),
            Self::Money(_) => self.bare_amount(value as f64),
        }
    }

    fn bare_amount(&self, value: f64) -> String {
        match self {
            Self::Projects => print(Some(value), 1),
            Self::Money(Unit::Yi) => print(Some(value / Unit::Yi.yuan() as f64), 2),
            Self::Money(unit) => print(Some(value / unit.yuan() as f64), 0),
        }
    }

    fn print(&self, value: i64) -> String {
        self.bare(value) + self.name()
    }

    fn print_rate(&self, rate: f64) -> String {
        self.bare_amount(rate) + self.name()
    }

    /// What is needed is rounded up: whole projects from ten on, else tenths.
    fn print_need(&self, need: f64) -> String {
        let lifted = need * (1.0 - 8.0 * f64::EPSILON);
        match self {
            Self::Projects if need >= 10.0 => print(Some(lifted.ceil()), 0) + self.name(),
            Self::Projects => {
                let tenths = print(Some((lifted * 10.0).ceil() / 10.0), 1);
                tenths.strip_suffix(".0").unwrap_or(&tenths).to_owned() + self.name()
            }
            Self::Money(_) => self.print_rate(need),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{Quantiles, YearFlow};

    fn question(metric: Metric, target: Option<i64>) -> Question<'static> {
        let as_of = "2022-05-31".parse().unwrap();
        Question { metric, as_of, target, flow: YearFlow { this_year: [0; 12], last_year: None }, city: None, passages: &[], seed: 0 }
    }

    fn told(done: i64, p10: i64, p90: i64, chance: Option<f64>, needed: Option<f64>) -> Forecast {
        Forecast {
            done,
            year_end: Quantiles { p10, p25: p10, p50: p10, p75: p90, p90 },
            mean: p10 as f64,
            chance,
            months_left: 7.0,
            needed_per_month: needed,
            so_far_per_month: done as f64 / 5.0,
            band: Vec::new(),
            basis: Basis::Flow,
            sentences: Default::default(),
        }
    }

    /// Huaibei, January to May 2022: 188 of 310 signed. (310 − 188) / 7 = 17.4, so 18; 188 / 5 = 37.6.
    #[test]
    fn counts_are_whole_and_needs_are_rounded_up() {
        let [outlook, effort] = sentences(&question(Metric::Signed, Some(310)), &told(188, 402, 437, Some(96.2), Some(122.0 / 7.0)));
        assert_eq!(outlook, "按今年以来的进度和去年同期的季节分布推算，年底新签约在402—437个之间（80%把握），完成目标310个的可能性为96%。");
        assert_eq!(effort, "余下7个月平均每月需签约18个，今年以来月均37.6个。");
        let pooled = Forecast { basis: Basis::FlowAndPipeline, months_left: 7.0 + 14.0 / 31.0, ..told(10, 19, 19, Some(99.6), Some(1.21)) };
        let [outlook, effort] = sentences(&question(Metric::Completed, Some(19)), &pooled);
        assert_eq!(
            outlook,
            "按今年以来的进度、去年同期的季节分布和在手项目的转化推算，年底新竣工约为19个（80%把握），完成目标19个的可能性超过99%。"
        );
        assert_eq!(effort, "余下7.5个月平均每月需竣工1.3个，今年以来月均2.0个。");
    }

    #[test]
    fn a_chance_is_never_told_as_certain() {
        let told = [0.0, 0.99, 1.0, 49.5, 99.0, 99.01, 100.0].map(ChanceTold::of);
        use ChanceTold::{About, Over, Under};
        assert_eq!(told, [Under(1), Under(1), About(1), About(50), About(99), Over(99), Over(99)]);
    }

    #[test]
    fn a_target_may_be_reached_or_missing() {
        let [outlook, effort] = sentences(&question(Metric::Started, Some(90)), &told(92, 200, 1_240, Some(100.0), Some(0.0)));
        assert!(outlook.ends_with("年底新开工在200—1,240个之间（80%把握），目标90个已经完成。"), "{outlook}");
        assert_eq!(effort, "今年以来月均18.4个，已提前完成全年目标。");
        let [outlook, effort] = sentences(&question(Metric::Started, None), &told(92, 200, 240, None, None));
        assert!(outlook.ends_with("年底新开工在200—240个之间（80%把握）。"), "{outlook}");
        assert_eq!(effort, "未下达年度目标，不判断完成的可能性；今年以来月均18.4个。");
    }

    /// 165亿元 of target; small carriers are told in 万元.
    #[test]
    fn amounts_take_the_unit_that_suits_them() {
        let yi = Unit::Yi.yuan();
        let [outlook, effort] = sentences(
            &question(Metric::FixedAssets, Some(165 * yi)),
            &told(50 * yi, 120 * yi, 15_025_000_000, Some(0.4), Some(115.0 * yi as f64 / 7.0)),
        );
        assert!(outlook.ends_with("年底固定资产投资在120.00—150.25亿元之间（80%把握），完成目标165.00亿元的可能性不足1%。"), "{outlook}");
        assert_eq!(effort, "余下7个月平均每月需完成投资16.43亿元，今年以来月均10.00亿元。");
        let [outlook, effort] = sentences(&question(Metric::FixedAssets, None), &told(31_000_000, 62_340_000, 81_200_000, None, None));
        assert!(outlook.ends_with("年底固定资产投资在6,234—8,120万元之间（80%把握）。"), "{outlook}");
        assert_eq!(effort, "未下达年度目标，不判断完成的可能性；今年以来月均620万元。");
    }
}
