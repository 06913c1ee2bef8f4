//! How figures are worded (措辞): units, gaps, growth, lamps, as a bulletin would print them.

use chrono::{Datelike, NaiveDate};
use qunlian_charts::{Lamp, Light as ChartLight};
use qunlian_domain::figures::{print, print_count, print_percent, print_signed, round_half_up};
use qunlian_domain::light::{Light, LightRule};
use qunlian_domain::target::Metric;

use crate::words::{Lang, Words};

/// One hundred million yuan (亿元).
const YI: f64 = 1e8;
/// Ten thousand yuan (万元).
const WAN: f64 = 1e4;

impl Words {
    /// `5月31日`, `31 May`.
    pub(crate) fn day(self, day: NaiveDate) -> String {
        match self.lang() {
            Lang::Chinese => format!("{}月{}日", day.month(), day.day()),
            Lang::English => day.format("%-d %b").to_string(),
        }
    }

    /// `5月`, `May`.
    pub(crate) fn month(self, month: u32) -> String {
        const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        match self.lang() {
            Lang::Chinese => format!("{month}月"),
            Lang::English => NAMES.get(month.saturating_sub(1) as usize).copied().unwrap_or("").to_owned(),
        }
    }

    /// Twelve labels of an axis.
    pub(crate) fn months(self) -> Vec<String> {
        (1..=12).map(|month| self.month(month)).collect()
    }

    /// Yuan as 亿元 (English: billion yuan), one decimal: `63.4`.
    pub(crate) fn large(self, yuan: i64) -> String {
        match self.lang() {
            Lang::Chinese => print(Some(yuan as f64 / YI), 1),
            Lang::English => print(Some(yuan as f64 / 1e9), 2),
        }
    }

    /// Yuan as 亿元 without needless decimals, for targets: `165`.
    pub(crate) fn large_short(self, yuan: i64) -> String {
        self.large(yuan).trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// Yuan as 万元 (English: million yuan), whole 万元: `12,000`.
    pub(crate) fn middling(self, yuan: Option<i64>) -> String {
        match self.lang() {
            Lang::Chinese => print(yuan.map(|yuan| yuan as f64 / WAN), 0),
            Lang::English => print(yuan.map(|yuan| yuan as f64 / 1e6), 2),
        }
    }

    /// `12,000 万元（1.20 亿元）`.
    pub(crate) fn amount(self, yuan: Option<i64>) -> String {
        let Some(yuan) = yuan else { return "—".to_owned() };
        match self.lang() {
            Lang::Chinese if yuan.abs() < 100_000_000 => format!("{} 万元", self.middling(Some(yuan))),
            Lang::Chinese => format!("{} 万元（{} 亿元）", self.middling(Some(yuan)), print(Some(yuan as f64 / YI), 2)),
            Lang::English => format!("{} million yuan", self.middling(Some(yuan))),
        }
    }

    /// `60.6%`, `—`.
    pub(crate) fn percent(self, value: Option<f64>) -> String {
        print_percent(value)
    }

    /// `快于序时 19.0 点`, `慢于序时 0.8 点`, `与序时持平`, `未设目标`.
    pub(crate) fn gap(self, gap: Option<f64>) -> String {
        let Some(gap) = gap.filter(|gap| gap.is_finite()) else { return self.t("gap.none").to_owned() };
        let rounded = round_half_up(gap, 1);
        let size = print(Some(rounded.abs()), 1);
        if rounded == 0.0 {
            return self.t("gap.even").to_owned();
        }
        self.fill(if rounded > 0.0 { "gap.ahead" } else { "gap.behind" }, &[("points", &size)])
    }

    /// `+19.0`, `−0.8`: the gap in a table's column.
    pub(crate) fn signed(self, value: Option<f64>) -> String {
        print_signed(value)
    }

    /// `增长 208.2%`, `下降 3.1%`, `持平`, `—`.
    pub(crate) fn growth(self, growth: Option<f64>) -> String {
        let Some(growth) = growth.filter(|growth| growth.is_finite()).map(|growth| round_half_up(growth, 1)) else {
            return "—".to_owned();
        };
        let size = print(Some(growth.abs()), 1);
        if growth == 0.0 {
            return self.t("growth.even").to_owned();
        }
        self.fill(if growth > 0.0 { "growth.up" } else { "growth.down" }, &[("percent", &size)])
    }

    /// Done or target of a metric with its unit: `188 个`, `63.4 亿元`.
    pub(crate) fn quantity(self, metric: Metric, value: i64) -> String {
        format!("{} {}", self.bare_quantity(metric, value), self.metric_unit(metric))
    }

    /// The same without the unit.
    pub(crate) fn bare_quantity(self, metric: Metric, value: i64) -> String {
        if metric == Metric::FixedAssets { self.large(value) } else { print_count(value) }
    }

    /// A target without needless decimals; `—` when none was set.
    pub(crate) fn bare_target(self, metric: Metric, value: Option<i64>) -> String {
        match (metric, value) {
            (_, None) => "—".to_owned(),
            (Metric::FixedAssets, Some(yuan)) => self.large_short(yuan),
            (_, Some(count)) => print_count(count),
        }
    }

    /// 个 or 亿元.
    pub(crate) fn metric_unit(self, metric: Metric) -> &'static str {
        self.t(if metric == Metric::FixedAssets { "unit.large" } else { "unit.count" })
    }

    /// 新签约, 新开工, 新竣工, 固定资产投资.
    pub(crate) fn metric(self, metric: Metric) -> &'static str {
        self.t(match metric {
            Metric::Signed => "metric.signed",
            Metric::Started => "metric.started",
            Metric::Completed => "metric.completed",
            Metric::FixedAssets => "metric.fixed_assets",
        })
    }

    /// The word of a light: the city's own in Chinese.
    pub(crate) fn light(self, rule: &LightRule, light: Option<Light>, gap: Option<f64>) -> String {
        let behind = gap.is_some_and(|gap| round_half_up(gap, 1) < 0.0);
        match (self.lang(), light) {
            (_, None) => self.t("light.none").to_owned(),
            (Lang::Chinese, Some(light)) => rule.words.of(light, gap).to_owned(),
            (Lang::English, Some(Light::Green)) if behind => self.t("light.behind").to_owned(),
            (Lang::English, Some(Light::Green)) => self.t("light.green").to_owned(),
            (Lang::English, Some(Light::Yellow)) => self.t("light.yellow").to_owned(),
            (Lang::English, Some(Light::Red)) => self.t("light.red").to_owned(),
        }
    }

    /// Shape, word and colour of a light.
    pub(crate) fn lamp(self, rule: &LightRule, id: &str, gap: Option<f64>) -> LampView {
        let light = Light::from_id(id);
        let (shape, tone) = match light {
            None => ("", "none"),
            Some(Light::Green) => ("●", "ok"),
            Some(Light::Yellow) => ("▲", "warn"),
            Some(Light::Red) => ("■", "bad"),
        };
        LampView { shape, tone, word: self.light(rule, light, gap) }
    }
}

/// A light as the templates show it: never by colour alone.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct LampView {
    pub shape: &'static str,
    pub tone: &'static str,
    pub word: String,
}

impl LampView {
    /// The same for a chart, where room is scarce: a long word for a green light that is behind is cut to `略低`.
    pub(crate) fn of_chart_in(&self, words: Words) -> Option<Lamp> {
        let lamp = self.of_chart()?;
        let short = words.t("light.behind_short");
        let long = self.tone == "ok" && lamp.word.chars().count() > 4 && self.word != words.t("light.green");
        Some(if long { Lamp { word: short.to_owned(), ..lamp } } else { lamp })
    }

    /// Light and word for a chart.
    pub(crate) fn of_chart(&self) -> Option<Lamp> {
        let light = match self.tone {
            "ok" => ChartLight::Ok,
            "warn" => ChartLight::Warn,
            "bad" => ChartLight::Bad,
            _ => return None,
        };
        Some(Lamp { light, word: self.word.clone() })
    }

    /// Shape and word.
    pub(crate) fn text(&self) -> String {
        if self.shape.is_empty() { self.word.clone() } else { format!("{} {}", self.shape, self.word) }
    }

    /// Tone of a table's cell.
    pub(crate) fn cell_tone(&self) -> &'static str {
        match self.tone {
            "ok" => "good",
            "none" => "soft",
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZH: fn() -> Words = || Words::of(Lang::Chinese);

    #[test]
    fn gaps_and_growth_are_worded_as_in_bulletins() {
        let check = |text: String, expect: &str| assert_eq!(text, expect);
        check(ZH().gap(Some(18.978)), "快于序时 19.0 个百分点");
        check(ZH().gap(Some(-0.777)), "慢于序时 0.8 个百分点");
        check(ZH().gap(Some(0.04)), "与序时持平");
        check(ZH().gap(None), "未设目标");
        check(ZH().growth(Some(208.196)), "增长 208.2%");
        check(ZH().growth(Some(-3.12)), "下降 3.1%");
        check(ZH().growth(None), "—");
        check(ZH().signed(Some(-0.777)), "−0.8");
        check(ZH().signed(Some(19.0)), "+19.0");
    }

    #[test]
    fn amounts_carry_their_unit() {
        let check = |text: String, expect: &str| assert_eq!(text, expect);
        check(ZH().large(6_340_000_000), "63.4");
        check(ZH().large_short(16_500_000_000), "165");
        check(ZH().amount(Some(120_000_000)), "12,000 万元（1.20 亿元）");
        check(ZH().amount(Some(5_000_000)), "500 万元");
        check(ZH().amount(None), "—");
        check(ZH().quantity(Metric::Signed, 1_204), "1,204 个");
        check(ZH().bare_target(Metric::Started, None), "—");
        check(Words::of(Lang::English).quantity(Metric::FixedAssets, 6_340_000_000), "6.34 billion yuan");
    }
}
