//! Setting a target on the page (填写目标): what was typed becomes a target, or says beside each field what is wrong.

use chrono::{Datelike, NaiveDate};

use super::{Metric, Scope, Target, TargetKind};
use crate::allocation::read_percent;
use crate::carriers::Carriers;
use crate::catalogue::City;
use crate::chain::ChainCatalogue;
use crate::figures::round_half_up;
use crate::money::{self, Denomination, Unit};
use crate::pace::{CurveError, MonthlyCurve};
use crate::text::fold;

/// Characters of a reason at most.
const REASON: usize = 200;
/// Characters of an issuer's name at most.
const ISSUER: usize = 60;
/// Projects of one target at most.
const MOST_PROJECTS: i64 = 100_000;

/// What is wrong with one field; the field is the form's: `year`, `metric`, `whom`, `band`, `kind`, `value`, `issuer`,
/// `curve`, `reason` or `from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetFault {
    pub field: &'static str,
    /// For the person who enters it, in Chinese.
    pub problem: String,
}

/// A target as it was typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TypedTarget<'t> {
    pub year: &'t str,
    /// Id of the metric.
    pub metric: &'t str,
    /// `city:huaibei`, `carrier:suixi`, `chain:lv-ji` or `team:lv-ji`.
    pub whom: &'t str,
    /// Id of the nested band; empty for all sizes.
    pub band: &'t str,
    /// Id of the kind.
    pub kind: &'t str,
    /// Projects; 亿元 unless it names its unit; percent of growth; `-` for none.
    pub value: &'t str,
    pub issuer: &'t str,
    /// `linear` or `own`.
    pub curve: &'t str,
    /// In percent, January first; all empty for `linear`.
    pub shares: [&'t str; 12],
    pub reason: &'t str,
    /// ISO day from which it counts.
    pub from: &'t str,
}

/// Who may bear a target of a scope on a day (目标承担者): id and short name, in the catalogue's order. What is left
/// over from the chains has no team. The city is the caller's.
pub fn bearers<'c>(scope: Scope, carriers: &'c Carriers, chains: &'c ChainCatalogue, day: NaiveDate) -> Vec<(&'c str, &'c str)> {
    match scope {
        Scope::City => Vec::new(),
        Scope::Carrier => carriers.assessed_on(day).map(|carrier| (carrier.id.as_str(), carrier.short_name.as_str())).collect(),
        Scope::Chain | Scope::Team => {
            let borne = chains.chains_on(day).filter(|chain| scope == Scope::Chain || !chain.remainder);
            borne.map(|chain| (chain.id.as_str(), chain.short_name.as_str())).collect()
        }
    }
}

impl TypedTarget<'_> {
    /// The target that was meant, known from its day on. All that is wrong is said at once, one fault for each field.
    ///
    /// # Errors
    /// The faults, in the form's order.
    pub fn read(&self, city: &City, today: NaiveDate) -> Result<Target, Vec<TargetFault>> {
        let mut faults = Faults::default();
        let year: i32 = self.year.parse().unwrap_or_default();
        if year != today.year() && year != today.year() + 1 {
            faults.add("year", format!("只能下达或调整{}年、{}年的目标", today.year(), today.year() + 1));
        }
        let metric = faults.known("metric", Metric::from_id(self.metric), "请选择指标");
        let kind = faults.known("kind", TargetKind::from_id(self.kind), "请选择目标类别");
        let from: Option<NaiveDate> = faults.known("from", self.from.parse().ok(), "请填写日期，如 2022-06-01");
        let new_year = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(today);
        let whom = self.bearer(city, from.unwrap_or(today).max(new_year));
        let whom = faults.known("whom", whom, "请选择当时承担目标的全市、考核单位、产业链或专班");
        if !self.band.is_empty() && city.bands.get(self.band).is_none() {
            faults.add("band", "没有这个规模档".to_owned());
        }
        if !self.band.is_empty() && metric.is_some_and(|metric| metric != Metric::Signed) {
            faults.add("band", "规模档只用于新签约项目".to_owned());
        }
        let value = kind.and_then(|kind| faults.sound("value", self.read_value(kind, year, city)));
        let curve = faults.sound("curve", self.read_curve());
        let target = Target {
            year,
            metric: metric.unwrap_or(Metric::Signed),
            band: (!self.band.is_empty()).then(|| self.band.to_owned()),
            scope: whom.map_or(Scope::City, |(scope, _)| scope),
            scope_id: whom.map_or(city.profile.id.as_str(), |(_, id)| id).to_owned(),
            kind: kind.unwrap_or(TargetKind::Growth),
            value: value.flatten(),
            issuer: self.issuer.trim().to_owned(),
            known_from: from.unwrap_or(today),
            known_until: None,
            documented: true,
            note: String::new(),
            reason: self.reason.trim().to_owned(),
            curve: curve.unwrap_or_else(MonthlyCurve::linear),
        };
        for fault in target.entry_faults(today) {
            faults.add(fault.field, fault.problem);
        }
        if faults.0.is_empty() { Ok(target) } else { Err(faults.0) }
    }

    fn bearer<'s>(&'s self, city: &City, day: NaiveDate) -> Option<(Scope, &'s str)> {
        let (scope, id) = self.whom.split_once(':')?;
        let scope = Scope::from_id(scope)?;
        let known = match scope {
            Scope::City => id == city.profile.id,
            _ => bearers(scope, &city.carriers, &city.chains, day).iter().any(|(known, _)| *known == id),
        };
        known.then_some((scope, id))
    }

    /// Projects, yuan or basis points; `None` for "-".
    fn read_value(&self, kind: TargetKind, year: i32, city: &City) -> Result<Option<i64>, String> {
        let text = fold(self.value);
        if matches!(text.as_str(), "-" | "—" | "–") {
            return Ok(None);
        }
        if text.is_empty() {
            return Err("请填写目标值；未下达的填“-”".to_owned());
        }
        match kind {
            TargetKind::Count => {
                let digits = text.trim_end_matches('个').replace(',', "");
                let is_whole = !digits.is_empty() && digits.len() < 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
                let count = digits.parse().ok().filter(|count| is_whole && *count <= MOST_PROJECTS);
                count.map(Some).ok_or_else(|| format!("请填写0—{MOST_PROJECTS}的整数；未下达的填“-”"))
            }
            TargetKind::Amount => {
                let header = Denomination { unit: Unit::Yi, currency: "CNY" };
                match money::parse(self.value, Some(header), year, &city.exchange) {
                    Ok(Some(amount)) if amount.about || amount.currency != "CNY" => Err("请填写确定的人民币金额，单位亿元".to_owned()),
                    Ok(Some(amount)) => Ok(Some(amount.yuan)),
                    Ok(None) => Err("请填写目标值；未下达的填“-”".to_owned()),
                    Err(_) => Err("请填写金额，单位亿元，如 165；未下达的填“-”".to_owned()),
                }
            }
            TargetKind::Growth => {
                let points = read_percent(&text).map(|points| Some(i64::from(points)));
                points.ok_or_else(|| "请填写增幅，单位%，最多两位小数，如 60；未下达的填“-”".to_owned())
            }
        }
    }

    fn read_curve(&self) -> Result<MonthlyCurve, String> {
        let shares = self.shares.map(str::trim);
        match self.curve {
            "linear" if shares.iter().all(|share| share.is_empty()) => return Ok(MonthlyCurve::linear()),
            "linear" => return Err("已选按月均衡：请清空各月份额，或改选自定".to_owned()),
            "own" => {}
            _ => return Err("请选择月度计划".to_owned()),
        }
        let mut percents = [0.0; 12];
        for (month, (text, percent)) in (1..).zip(shares.into_iter().zip(&mut percents)) {
            let number = fold(text);
            let number = number.trim_end_matches('%').parse::<f64>();
            *percent = number.map_err(|_| format!("请填写{month}月的份额，单位%，没有计划的填 0"))?;
        }
        MonthlyCurve::from_shares(&percents).map_err(|error| match error {
            CurveError::Share { month, .. } => format!("{month}月的份额应为0或以上"),
            CurveError::Sum(sum) => format!("十二个月的份额合计为{}，应为100", round_half_up(sum, 4)),
            CurveError::Length(_) | CurveError::Number(_) => "请填写十二个月的份额".to_owned(),
        })
    }
}

impl Target {
    /// What keeps a target from being entered in the books on `today`, whatever the city; empty when it may be kept.
    /// Nothing is set for days that are over: what a board said of them stays. Nothing is set in a year that is over.
    pub fn entry_faults(&self, today: NaiveDate) -> Vec<TargetFault> {
        let mut faults = Faults::default();
        if self.year < today.year() || self.year > today.year() + 1 {
            faults.add("year", format!("只能下达或调整{}年、{}年的目标", today.year(), today.year() + 1));
        }
        if self.scope_id.is_empty() {
            faults.add("whom", "请选择目标承担者".to_owned());
        }
        if !self.kind.suits(self.metric) {
            faults.add("kind", "项目按个数、固定资产投资按金额下达，都可以按增幅下达".to_owned());
        }
        if self.value.is_some_and(|value| value < 0) {
            faults.add("value", "目标值不能为负".to_owned());
        }
        if let Some(problem) = line_problem("下达单位", &self.issuer, ISSUER) {
            faults.add("issuer", problem);
        }
        if self.kind == TargetKind::Growth && !self.curve.is_linear() {
            faults.add("curve", "增幅目标没有月度计划，请选按月均衡".to_owned());
        }
        if let Some(problem) = line_problem("调整原因", &self.reason, REASON) {
            faults.add("reason", problem);
        }
        if self.known_from < today {
            faults.add("from", format!("不能早于今天（{today}）：已过去的日子当时怎么说的，以后还怎么说"));
        } else if self.known_from.year() > self.year.max(today.year()) {
            faults.add("from", format!("不能晚于{}年年末", self.year));
        }
        faults.0
    }
}

fn line_problem(what: &str, line: &str, most: usize) -> Option<String> {
    if fold(line).is_empty() {
        return Some(format!("请填写{what}"));
    }
    if line.chars().count() > most {
        return Some(format!("{what}最多{most}个字"));
    }
    line.chars().any(char::is_control).then(|| format!("{what}只能填写一行文字"))
}

/// One for each field, the first.
#[derive(Default)]
struct Faults(Vec<TargetFault>);

impl Faults {
    fn add(&mut self, field: &'static str, problem: String) {
        if self.0.iter().all(|fault| fault.field != field) {
            self.0.push(TargetFault { field, problem });
        }
    }

    fn known<T>(&mut self, field: &'static str, found: Option<T>, problem: &str) -> Option<T> {
        if found.is_none() {
            self.add(field, problem.to_owned());
        }
        found
    }

    fn sound<T>(&mut self, field: &'static str, read: Result<T, String>) -> Option<T> {
        read.map_err(|problem| self.add(field, problem)).ok()
    }
}
