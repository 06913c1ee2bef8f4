//! The reserve list (储备项目): maturity times scale by the city's rules, each point with its reason.

mod check;
#[cfg(test)]
mod tests;

use chrono::{Days, NaiveDate};
use serde::Deserialize;

use crate::filing::{Matter, Values};
use crate::history::InvestmentKind;
use crate::notice::scale_text;
use crate::project::Status;

/// `reserve.toml`: the rules of the reserve list. Points are whole numbers; amounts are yuan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reserve {
    /// False while the file holds an example.
    pub documented: bool,
    /// Both axes run from 0 to this.
    pub most: i32,
    /// Weights of the axes in the total, in percent; they add up to 100.
    pub maturity_percent: i32,
    pub scale_percent: i32,
    /// Stages that belong to the list.
    #[serde(rename = "stage")]
    pub stages: Vec<ById>,
    /// Fields of the form that earn points when they are stated.
    #[serde(default)]
    pub stated: Vec<Stated>,
    #[serde(default)]
    pub paid_in: Vec<ByAmount>,
    #[serde(default)]
    pub visits: Vec<ByVisits>,
    pub contact: ByContact,
    /// Statuses that cost points.
    #[serde(default, rename = "status")]
    pub statuses: Vec<ById>,
    #[serde(default)]
    pub agreed: Vec<ByAmount>,
    /// Registered capital of the investor.
    #[serde(default)]
    pub capital: Vec<ByAmount>,
    pub gap: ByGap,
    #[serde(rename = "grade")]
    pub grades: Vec<Grade>,
}

/// Points for a stage or a status.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ById {
    pub id: String,
    pub points: i32,
    pub reason: String,
}

/// Points for a field that is stated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// An id of [`crate::filing::field::FIELDS`].
    pub field: String,
    pub points: i32,
    pub reason: String,
}

/// Points from an amount on, in yuan, inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByAmount {
    pub least: i64,
    pub points: i32,
    pub reason: String,
}

/// Points for visits within the last days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByVisits {
    /// Calendar days up to today, today included.
    pub within_days: u32,
    pub least: u32,
    pub points: i32,
    pub reason: String,
}

/// Points lost when nobody has talked to the firm for long.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByContact {
    /// More calendar days than this without contact.
    pub after_days: u32,
    pub points: i32,
    pub reason: String,
    /// When no contact is on record.
    pub unknown_points: i32,
    pub unknown_reason: String,
}

/// Points for a segment that is a gap in its chain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByGap {
    /// Ids of segments in `chains.toml`.
    pub segments: Vec<String>,
    pub points: i32,
    pub reason: String,
}

/// A cell of the matrix of maturity and scale.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    pub id: String,
    /// 重点推进
    pub name: String,
    pub least_maturity: i32,
    pub least_scale: i32,
}

/// What the record knows of a project.
#[derive(Clone, Copy)]
pub struct Facts<'f> {
    pub today: NaiveDate,
    /// `negotiating`, `signed`, ...
    pub stage: &'f str,
    pub status: Status,
    /// Says whether a field of the form is stated; a credit code is, when it is valid.
    pub stated: &'f dyn Fn(&str) -> bool,
    /// Id of the segment; empty when unknown.
    pub segment: &'f str,
    /// 协议投资额, in yuan.
    pub agreed_yuan: Option<i64>,
    /// 累计到位资金, in yuan.
    pub paid_in_yuan: Option<i64>,
    /// 投资方注册资本, in yuan.
    pub capital_yuan: Option<i64>,
    /// Days of visits and meetings, in any order; one entry each.
    pub visits: &'f [NaiveDate],
    /// The last contact of any kind; a visit is one.
    pub last_contact: Option<NaiveDate>,
}

/// Which axis a point belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// 成熟度
    Maturity,
    /// 规模价值
    Scale,
}

/// One rule that fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub axis: Axis,
    /// `stage.signed`, `stated.approval_land`, `visits`, `contact`, `cap`
    pub rule: String,
    /// May be negative.
    pub points: i32,
    /// In Chinese, with the figure it rests on.
    pub reason: String,
}

/// A project's place on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// 0 to [`Reserve::most`]; the sum of its points.
    pub maturity: i32,
    /// 0 to [`Reserve::most`]; the sum of its points.
    pub scale: i32,
    /// Weighted, rounded half up once, 0 to [`Reserve::most`].
    pub total: i32,
    /// Position of its grade in [`Reserve::grades`].
    pub grade: usize,
    /// In the order of the file. Those of an axis add up to it: what is cut off at the ends is a point `cap`.
    pub points: Vec<Point>,
}

/// 累计到位资金 of a project in yuan, from its recognised claims; `None` without a month of them.
pub fn paid_in_yuan<'v>(claims: impl Iterator<Item = (Matter, &'v Values)>) -> Option<i64> {
    let months = claims.filter(|(matter, _)| matches!(matter, Matter::Investment(InvestmentKind::PaidIn, _)));
    months.filter_map(|(_, values)| values.yuan("yuan")).reduce(|sum, month| sum + month)
}

impl Reserve {
    /// Scores a project; `None` when its stage or status has left the list (started, lost, abandoned).
    pub fn score(&self, facts: &Facts<'_>) -> Option<Score> {
        if facts.status.is_gone() {
            return None;
        }
        let mut points = self.maturity_points(facts)?;
        let maturity = self.capped(Axis::Maturity, &mut points);
        points.extend(self.scale_points(facts));
        let scale = self.capped(Axis::Scale, &mut points);
        let total = (maturity * self.maturity_percent + scale * self.scale_percent + 50) / 100;
        let reached = |grade: &Grade| maturity >= grade.least_maturity && scale >= grade.least_scale;
        let grade = self.grades.iter().position(reached)?;
        Some(Score { maturity, scale, total, grade, points })
    }

    /// The grade of a score.
    pub fn grade(&self, score: &Score) -> Option<&Grade> {
        self.grades.get(score.grade)
    }

    /// How the total comes about: `成熟度 63 × 60% + 规模价值 75 × 40% = 68`.
    pub fn derivation(&self, score: &Score) -> String {
        let (maturity, scale) = (self.maturity_percent, self.scale_percent);
        format!("成熟度 {} × {maturity}% + 规模价值 {} × {scale}% = {}", score.maturity, score.scale, score.total)
    }

    /// True when a segment is a gap of its chain (补链环节).
    pub fn is_gap(&self, segment: &str) -> bool {
        self.gap.segments.iter().any(|gap| gap == segment)
    }

    fn maturity_points(&self, facts: &Facts<'_>) -> Option<Vec<Point>> {
        let stage = self.stages.iter().find(|stage| stage.id == facts.stage)?;
        let mut points = vec![maturity(format!("stage.{}", stage.id), stage.points, stage.reason.clone())];
        for rule in self.stated.iter().filter(|rule| (facts.stated)(&rule.field)) {
            points.push(maturity(format!("stated.{}", rule.field), rule.points, rule.reason.clone()));
        }
        if let Some((rule, yuan)) = highest(&self.paid_in, facts.paid_in_yuan) {
            points.push(maturity("paid_in".to_owned(), rule.points, format!("{}（{}）", rule.reason, scale_text(yuan))));
        }
        points.extend(self.visit_point(facts));
        points.extend(self.contact_point(facts));
        if let Some(status) = self.statuses.iter().find(|status| status.id == facts.status.id()) {
            points.push(maturity(format!("status.{}", status.id), status.points, status.reason.clone()));
        }
        Some(points)
    }

    fn visit_point(&self, facts: &Facts<'_>) -> Option<Point> {
        let count = |rule: &ByVisits| {
            let days = u64::from(rule.within_days).saturating_sub(1);
            let first = facts.today.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
            facts.visits.iter().filter(|day| first <= **day && **day <= facts.today).count()
        };
        let reached = self.visits.iter().map(|rule| (rule, count(rule))).filter(|(rule, count)| *count >= rule.least as usize);
        // Of rows with equal points the first one stands.
        let (rule, count) = reached.rev().max_by_key(|(rule, _)| rule.points)?;
        Some(maturity("visits".to_owned(), rule.points, format!("{}（{count}次）", rule.reason)))
    }

    fn contact_point(&self, facts: &Facts<'_>) -> Option<Point> {
        let rule = &self.contact;
        let known = facts.visits.iter().chain(&facts.last_contact).filter(|day| **day <= facts.today).max();
        let Some(last) = known else {
            return Some(maturity("contact".to_owned(), rule.unknown_points, rule.unknown_reason.clone()))
                .filter(|point| point.points != 0);
        };
        let days = (facts.today - *last).num_days();
        (days > i64::from(rule.after_days)).then(|| maturity("contact".to_owned(), rule.points, format!("{}（已{days}天）", rule.reason)))
    }

    fn scale_points(&self, facts: &Facts<'_>) -> Vec<Point> {
        let mut points = Vec::new();
        for (rule_id, rules, amount) in [("agreed", &self.agreed, facts.agreed_yuan), ("capital", &self.capital, facts.capital_yuan)] {
            if let Some((rule, yuan)) = highest(rules, amount) {
                points.push(scale(rule_id, rule.points, format!("{}（{}）", rule.reason, scale_text(yuan))));
            }
        }
        if self.is_gap(facts.segment) {
            points.push(scale("gap", self.gap.points, self.gap.reason.clone()));
        }
        points
    }

    /// Sums an axis and notes what is cut off below 0 or above the most.
    fn capped(&self, axis: Axis, points: &mut Vec<Point>) -> i32 {
        let sum: i32 = points.iter().filter(|point| point.axis == axis).map(|point| point.points).sum();
        let held = sum.clamp(0, self.most);
        if held != sum {
            let reason = if held == 0 { "最低为0分".to_owned() } else { format!("最高为{}分", self.most) };
            points.push(Point { axis, rule: "cap".to_owned(), points: held - sum, reason });
        }
        held
    }
}

fn maturity(rule: String, points: i32, reason: String) -> Point {
    Point { axis: Axis::Maturity, rule, points, reason }
}

fn scale(rule: &str, points: i32, reason: String) -> Point {
    Point { axis: Axis::Scale, rule: rule.to_owned(), points, reason }
}

/// The highest row that an amount reaches; rows stand lowest first.
fn highest(rules: &[ByAmount], amount: Option<i64>) -> Option<(&ByAmount, i64)> {
    let yuan = amount?;
    rules.iter().rev().find(|rule| rule.least <= yuan).map(|rule| (rule, yuan))
}
