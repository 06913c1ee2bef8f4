//! What may be scored (考核指标来源): the known metrics, and the words that fair competition bans from them.

use crate::catalogue::DeskFault;
use crate::scale::Bands;

/// The unit of a metric's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InputUnit {
    /// Things that are counted: projects, trips, leads.
    Count,
    /// Yuan (元).
    Yuan,
}

/// Where the product has a metric's figures from (数据来源).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The published tables: what was recognised.
    Published,
    /// The books: filings, the reserve list, trips.
    Books,
    /// Nowhere: the center types it.
    Typed,
}

/// A metric that figures are supplied for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metered {
    pub id: &'static str,
    pub name: &'static str,
    pub unit: InputUnit,
    /// Of carriers; other units' figures are typed ([`super::Supply`]).
    pub source: Source,
}

const fn counted(id: &'static str, name: &'static str) -> Metered {
    Metered { id, name, unit: InputUnit::Count, source: Source::Published }
}

const fn in_yuan(id: &'static str, name: &'static str) -> Metered {
    Metered { id, name, unit: InputUnit::Yuan, source: Source::Published }
}

const fn from(source: Source, metered: Metered) -> Metered {
    Metered { source, ..metered }
}

/// Every metric that an indicator may name. The first four are those that carry targets ([`crate::target::Metric`]).
pub const METERED: [Metered; 18] = [
    counted("signed", "新签约项目"),
    counted("started", "新开工项目"),
    counted("completed", "新竣工项目"),
    in_yuan("fixed_assets", "固定资产投资"),
    counted("registered", "新落地项目"),
    counted("in_library", "新纳统项目"),
    counted("in_production", "新投产项目"),
    counted("at_capacity", "新达产项目"),
    // The cohort (domain rule 4): done are those signed and started this year, the target is those signed this year.
    counted("started_of_signed", "当年签约项目开工"),
    in_yuan("agreed", "协议投资额"),
    in_yuan("paid_in", "到位资金"),
    in_yuan("paid_in_foreign", "实际利用外资"),
    in_yuan("paid_in_outside", "实际引进省外资金"),
    from(Source::Typed, in_yuan("equipment", "设备投资")),
    from(Source::Typed, in_yuan("online_trade", "电子商务交易额")),
    from(Source::Books, counted("leads", "有效招商线索")),
    from(Source::Books, counted("reserve", "储备项目")),
    from(Source::Books, counted("trips", "外出招商")),
];

/// A metric, of all sizes or of one nested scale band: `signed`, `signed.ge10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input<'i> {
    pub metric: &'static Metered,
    /// Id of the band.
    pub band: Option<&'i str>,
}

impl<'i> Input<'i> {
    /// Reads an input's id; `None` when its metric is not known.
    pub fn parse(id: &'i str) -> Option<Self> {
        let (metric, band) = match id.split_once('.') {
            Some((metric, band)) => (metric, Some(band)),
            None => (id, None),
        };
        METERED.iter().find(|known| known.id == metric).map(|metric| Self { metric, band })
    }
}

/// Ids and words of what must not be scored or ranked: tax refunds and subsidies. Source: domain rule 21 (公平竞争审查条例,
/// in force since 2024-08-01).
const BANNED: [&str; 16] = [
    "tax_refund",
    "tax_rebate",
    "tax_return",
    "subsidy",
    "subsidies",
    "fiscal_reward",
    "返税",
    "退税",
    "返还",
    "即征即退",
    "先征后返",
    "先征后退",
    "补贴",
    "补助",
    "奖补",
    "财政奖励",
];

/// Refuses an id or name that scores tax refunds or subsidies.
pub(super) fn check_fair(place: &str, text: &str) -> Result<(), DeskFault> {
    let lowered = text.to_lowercase();
    match BANNED.iter().find(|word| lowered.contains(*word)) {
        Some(word) => {
            let problem = format!("{text:?} scores {word}: tax refunds and subsidies must not be scored or ranked");
            Err(DeskFault::new(place, problem, "take it out: the fair-competition rules of 2024-08-01 forbid it"))
        }
        None => Ok(()),
    }
}

/// Refuses an input whose metric or band is not known.
pub(super) fn check_input(place: &str, id: &str, bands: &Bands) -> Result<(), DeskFault> {
    check_fair(place, id)?;
    let Some(input) = Input::parse(id) else {
        let known: Vec<&str> = METERED.iter().map(|metric| metric.id).collect();
        return Err(DeskFault::new(place, format!("there is no metric {id:?}"), &format!("write one of {}", known.join(", "))));
    };
    match input.band.filter(|band| bands.get(band).is_none()) {
        Some(band) => Err(DeskFault::new(place, format!("there is no band {band:?}"), "name one of bands.toml, as in signed.ge10")),
        None => Ok(()),
    }
}

/// Refuses an input in yuan where things are counted one by one.
pub(super) fn check_counted(place: &str, id: &str, bands: &Bands) -> Result<(), DeskFault> {
    check_input(place, id, bands)?;
    match Input::parse(id).filter(|input| input.metric.unit == InputUnit::Yuan) {
        Some(_) => Err(DeskFault::new(place, format!("{id} is in yuan, `each` counts things"), "name a metric that is counted")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Metric;

    #[test]
    fn metrics_with_targets_are_named_as_elsewhere() {
        for (at, metric) in Metric::ALL.into_iter().enumerate() {
            assert_eq!((METERED[at].id, METERED[at].name), (metric.id(), metric.name()));
        }
    }

    #[test]
    fn inputs_are_read_with_their_band() {
        let read = |id| Input::parse(id).map(|input| (input.metric.id, input.band));
        assert_eq!(read("signed"), Some(("signed", None)));
        assert_eq!(read("signed.ge10"), Some(("signed", Some("ge10"))));
        assert_eq!(read("tax_refund"), None);
        assert_eq!(Input::parse("paid_in").map(|input| input.metric.unit), Some(InputUnit::Yuan));
    }

    #[test]
    fn tax_refunds_and_subsidies_are_refused_by_id_and_by_name() {
        for text in ["tax_refund", "Subsidy_paid", "企业返税额", "兑现财政补贴", "税收返还"] {
            assert!(check_fair("indicator x", text).is_err(), "{text}");
        }
        for metric in METERED {
            assert_eq!(check_fair("", metric.id), Ok(()), "{}", metric.id);
            assert_eq!(check_fair("", metric.name), Ok(()), "{}", metric.name);
        }
    }
}
