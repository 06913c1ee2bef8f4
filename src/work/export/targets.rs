//! Targets of the books on their way into the lake (目标入湖): a few lines, kept in the list of what was exported.

use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use qunlian_domain::filing::landing::BOOKS;
use qunlian_domain::pace::MonthlyCurve;
use qunlian_domain::target::{Metric, Scope, Target, TargetKind};
use qunlian_lake::{Input, inputs_fingerprint};
use qunlian_registry::EnteredTarget;
use serde::{Deserialize, Serialize};

/// One entry, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TargetLine {
    year: i32,
    metric: String,
    /// Empty for all sizes.
    band: String,
    scope: String,
    scope_id: String,
    kind: String,
    value: Option<i64>,
    issuer: String,
    from: NaiveDate,
    curve: String,
    reason: String,
}

impl TargetLine {
    pub fn of(entered: &EnteredTarget) -> Self {
        let target = &entered.target;
        Self {
            year: target.year,
            metric: target.metric.id().to_owned(),
            band: target.band.clone().unwrap_or_default(),
            scope: target.scope.id().to_owned(),
            scope_id: target.scope_id.clone(),
            kind: target.kind.id().to_owned(),
            value: target.value,
            issuer: target.issuer.clone(),
            from: target.known_from,
            curve: target.curve.to_text(),
            reason: target.reason.clone(),
        }
    }

    pub fn target(&self) -> anyhow::Result<Target> {
        let unknown = |what: &str, word: &str| anyhow!("the exported targets name the unknown {what} {word:?}");
        Ok(Target {
            year: self.year,
            metric: Metric::from_id(&self.metric).ok_or_else(|| unknown("metric", &self.metric))?,
            band: (!self.band.is_empty()).then(|| self.band.clone()),
            scope: Scope::from_id(&self.scope).ok_or_else(|| unknown("scope", &self.scope))?,
            scope_id: self.scope_id.clone(),
            kind: TargetKind::from_id(&self.kind).ok_or_else(|| unknown("kind", &self.kind))?,
            value: self.value,
            issuer: self.issuer.clone(),
            known_from: self.from,
            known_until: None,
            documented: true,
            note: String::new(),
            reason: self.reason.clone(),
            curve: MonthlyCurve::from_text(&self.curve).context("read the exported targets")?,
        })
    }
}

/// As the manifest names them; none before the first entry.
pub(super) fn input(lines: &[TargetLine]) -> Option<Input> {
    if lines.is_empty() {
        return None;
    }
    let blake3 = inputs_fingerprint(&[], "targets", &[&format!("{lines:?}")]);
    Some(Input { blake3, name: format!("{BOOKS}（目标）"), rows: lines.len() as u64 })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_line_holds_the_whole_target() {
        let target = Target {
            year: 2022,
            metric: Metric::Signed,
            band: Some("ge10".to_owned()),
            scope: Scope::Team,
            scope_id: "lv-ji".to_owned(),
            kind: TargetKind::Count,
            value: None,
            issuer: "淮北市人民政府".to_owned(),
            known_from: "2022-06-01".parse().unwrap(),
            known_until: None,
            documented: true,
            note: String::new(),
            reason: "年中调整".to_owned(),
            curve: MonthlyCurve::from_text("5,5,5,10,10,10,10,10,10,9,8,8").unwrap(),
        };
        let entered = EnteredTarget { id: 1, target: target.clone(), by: "r".to_owned(), on: target.known_from, at: DateTime::default() };
        let text = serde_json::to_string(&TargetLine::of(&entered)).unwrap();
        let read: TargetLine = serde_json::from_str(&text).unwrap();
        assert_eq!(read.target().unwrap(), target);
        assert!(input(&[]).is_none());
        let (one, two) = (input(std::slice::from_ref(&read)).unwrap(), input(&[read.clone(), read]).unwrap());
        assert!(one.blake3 != two.blake3 && two.rows == 2);
    }
}
