//! A closed sheet (考核封存): flat text of what was printed, with the rules' version and the generation of its figures.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::sheet::{CarrierScore, Evidence, GroupSheet, ScoreLine, Sheet};
use crate::figures::print;

/// The only format so far.
const FORMAT: u32 = 1;

/// A sheet as it was when its period was closed. Holds what was printed and not what it could be computed from
/// again, so that later rules and figures leave it alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Version of this layout.
    pub format: u32,
    pub level_id: String,
    pub level_name: String,
    pub year: i32,
    /// 1 to 4; absent for the whole year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarter: Option<u8>,
    /// `2022年第二季度`
    pub period_name: String,
    pub rule_version: String,
    /// Number of the lake's generation that the figures came from.
    pub generation: u64,
    /// `2022-07-11`
    pub closed_on: String,
    #[serde(default, rename = "row")]
    pub rows: Vec<RecordRow>,
    #[serde(default)]
    pub evidence: Vec<RecordEvidence>,
}

/// One printed line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordRow {
    pub group_id: String,
    pub group_name: String,
    pub carrier_id: String,
    pub carrier_name: String,
    /// `total`, `sum`, `indicator`, `bonus`, `deduction` or `summary`.
    pub part: String,
    /// Id of the item; of a sum `base`, `bonus` or `deduction`; empty for totals and summaries.
    pub item: String,
    /// Name of the item; of a total the grade.
    pub name: String,
    /// As printed: `18.19`; `—` for what is not scored, empty where there are no points.
    pub points: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// The derivation.
    pub text: String,
}

/// What a line was computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordEvidence {
    /// The line it belongs to.
    pub carrier_id: String,
    pub item: String,
    /// `figure`, `typed`, `entry` or `rating`.
    pub kind: String,
    /// Whose figure it is, or who rated.
    pub of: String,
    /// Metric and band, the reason of an entry, or the grounds of a rating.
    pub what: String,
    /// Done, quantity, or points given.
    pub value: String,
    /// `-` where none was set; empty for entries and ratings.
    pub target: String,
    /// Days of the list, or the day of the entry.
    pub from: String,
    pub until: String,
}

/// A sheet that cannot be closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{count} rows of the sheet could not be used, the first of {carrier}, {item}: {problem}\nhint: correct them, then close the sheet")]
pub struct CloseError {
    pub count: usize,
    pub carrier: String,
    pub item: String,
    pub problem: String,
}

/// A text that is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error("not a closed sheet: {0}\nhint: it must be the text that Record::to_text wrote")]
    Unreadable(String),
    #[error("layout {0} of a closed sheet is not known\nhint: it was written by a newer version of the program")]
    Format(u32),
}

impl Record {
    /// Closes a sheet that has no complaints.
    pub fn close(sheet: &Sheet, generation: u64, closed_on: NaiveDate) -> Result<Self, CloseError> {
        match sheet.complaints.first() {
            None => Ok(Self::draft(sheet, generation, closed_on)),
            Some(first) => Err(CloseError {
                count: sheet.complaints.len(),
                carrier: first.carrier_id.clone(),
                item: first.item.clone(),
                problem: first.problem.clone(),
            }),
        }
    }

    /// What would be recorded if the sheet were closed on that day, complaints or not: pages print open sheets by it,
    /// so that closing changes no character.
    pub fn draft(sheet: &Sheet, generation: u64, closed_on: NaiveDate) -> Self {
        let mut record = Self {
            format: FORMAT,
            level_id: sheet.level_id.clone(),
            level_name: sheet.level_name.clone(),
            year: sheet.period.year,
            quarter: sheet.period.quarter.map(super::Quarter::number),
            period_name: sheet.period.name(),
            rule_version: sheet.rule_version.clone(),
            generation,
            closed_on: closed_on.to_string(),
            rows: Vec::new(),
            evidence: Vec::new(),
        };
        for (group, score) in sheet.carriers() {
            record.add(group, score, sheet.decimals);
        }
        record
    }

    /// The record as TOML; the same record is always the same text.
    pub fn to_text(&self) -> Result<String, RecordError> {
        toml::to_string(self).map_err(|error| RecordError::Unreadable(error.to_string()))
    }

    /// Reads [`Record::to_text`].
    pub fn from_text(text: &str) -> Result<Self, RecordError> {
        let record: Self = toml::from_str(text).map_err(|error| RecordError::Unreadable(error.message().to_owned()))?;
        if record.format != FORMAT {
            return Err(RecordError::Format(record.format));
        }
        Ok(record)
    }

    /// The sheet as it was printed: a heading, then each carrier under its group.
    pub fn print(&self) -> String {
        let mut out = format!(
            "{}{}考核得分\n评分规则{}，数据第{}版，{}封存\n",
            self.period_name, self.level_name, self.rule_version, self.generation, self.closed_on
        );
        let mut group = "";
        for row in &self.rows {
            if row.group_id != group {
                group = &row.group_id;
                out.push_str(&format!("\n{}\n", row.group_name));
            }
            if row.part == "total" {
                let place = row.place.map_or_else(|| "不排名".to_owned(), |place| format!("第{place}名"));
                let grade = if row.name.is_empty() { String::new() } else { format!(" {}", row.name) };
                out.push_str(&format!("{place} {} {}{grade}\n", row.carrier_name, row.points));
            } else if row.part != "sum" {
                out.push_str(&format!("  {}\n", row.text));
            }
        }
        out
    }

    fn add(&mut self, group: &GroupSheet, score: &CarrierScore, decimals: usize) {
        let row = |part: &str, item: &str, name: &str, points: String, place: Option<usize>, text: &str| RecordRow {
            group_id: group.id.clone(),
            group_name: group.name.clone(),
            carrier_id: score.carrier_id.clone(),
            carrier_name: score.carrier_name.clone(),
            part: part.to_owned(),
            item: item.to_owned(),
            name: name.to_owned(),
            points,
            place: place.and_then(|place| u32::try_from(place).ok()),
            text: text.to_owned(),
        };
        let grade = score.grade.as_deref().unwrap_or_default();
        self.rows.push(row("total", "", grade, print(score.total, decimals), score.place, ""));
        let sums = [("base", "指标得分", score.base), ("bonus", "加分", Some(score.bonus)), ("deduction", "扣分", Some(score.deduction))];
        for (item, name, points) in sums {
            self.rows.push(row("sum", item, name, print(points, decimals), None, ""));
        }
        for ScoreLine { kind, id, name, points, place, text, evidence, .. } in &score.lines {
            self.rows.push(row(kind.id(), id, name, print(*points, decimals), *place, text));
            self.evidence.extend(evidence.iter().map(|evidence| flat(&score.carrier_id, id, evidence)));
        }
        for veto in &score.vetoes {
            self.evidence.extend(veto.evidence.iter().map(|evidence| flat(&score.carrier_id, &veto.id, evidence)));
        }
        for text in &score.summary {
            self.rows.push(row("summary", "", "", String::new(), None, text));
        }
    }
}

fn flat(carrier: &str, item: &str, evidence: &Evidence) -> RecordEvidence {
    let (kind, of, what, value, target, from, until) = match evidence {
        Evidence::Figure { done, target, list, typed, .. } => {
            let kind = if *typed { "typed" } else { "figure" };
            let what = list.band.as_ref().map_or_else(|| list.metric.clone(), |band| format!("{}.{band}", list.metric));
            let target = target.map_or_else(|| "-".to_owned(), |target| target.to_string());
            (kind, list.carrier_id.clone(), what, done.to_string(), target, list.from.to_string(), list.until.to_string())
        }
        Evidence::Entry { on, quantity, reason } => {
            ("entry", carrier.to_owned(), reason.clone(), quantity.to_string(), String::new(), on.to_string(), on.to_string())
        }
        Evidence::Rating { rater_id, points, grounds } => {
            ("rating", rater_id.clone(), grounds.clone(), points.to_string(), String::new(), String::new(), String::new())
        }
    };
    let (carrier_id, item, kind) = (carrier.to_owned(), item.to_owned(), kind.to_owned());
    RecordEvidence { carrier_id, item, kind, of, what, value, target, from, until }
}
