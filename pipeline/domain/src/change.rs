//! What has changed between two days (变化): which projects entered, left, moved or were revoked, and what that adds up to.

mod words;

use std::collections::BTreeMap;

use crate::target::Metric;

/// A fact that is counted on a day (计入的事项): a project under a metric, as known on that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedFact<'f> {
    /// Project id; once for each metric and day.
    pub project: &'f str,
    pub metric: Metric,
    /// Carrier id.
    pub carrier: &'f str,
    /// Chain id.
    pub chain: &'f str,
    /// Integer yuan: agreed for milestones, invested for fixed assets; `None` when unknown.
    pub amount: Option<i64>,
    pub standing: Standing,
}

/// Whether a fact counts on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// 计入
    Counted,
    /// Recognised once and taken back (撤销): told apart from a row that is simply no more there.
    Revoked,
}

/// What happened to one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind<'f> {
    /// 新增: counted now and not before.
    Entered,
    /// 移出: counted before and now there no more, as by a date corrected to another year.
    Left,
    /// 撤销
    Revoked,
    /// 调整载体单位
    Carrier { from: &'f str, to: &'f str },
    /// 调整产业链
    Chain { from: &'f str, to: &'f str },
    /// 金额变动, in yuan; `None` when unknown on that day.
    Amount { from: Option<i64>, to: Option<i64> },
}

/// One line of the list. A fact that changed in several ways has several lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<'f> {
    pub metric: Metric,
    pub project: &'f str,
    pub kind: ChangeKind<'f>,
}

/// How many and how much under one metric. Always `after = before + entered − left − revoked`, and likewise for
/// amounts: `yuan_after = yuan_before + yuan_entered − yuan_gone + yuan_revalued`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Projects counted before and after (个).
    pub before: i64,
    pub after: i64,
    pub entered: i64,
    pub left: i64,
    pub revoked: i64,
    pub carrier_moved: i64,
    pub chain_moved: i64,
    pub amount_changed: i64,
    /// Sums of the known amounts (元).
    pub yuan_before: i64,
    pub yuan_after: i64,
    pub yuan_entered: i64,
    /// Of facts that left or were revoked.
    pub yuan_gone: i64,
    /// By changed amounts of facts that stayed; negative when they shrank.
    pub yuan_revalued: i64,
}

/// Everything that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison<'f> {
    /// By metric, then project.
    pub changes: Vec<Change<'f>>,
    /// Of each metric that has a fact on either day.
    pub totals: BTreeMap<Metric, Totals>,
}

/// Facts that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("project {project} is there twice under {metric} {day}\nhint: compare one row per project and metric, as known on one day")]
pub struct TwiceError {
    pub project: String,
    pub metric: &'static str,
    /// `on the earlier day` or `on the later day`.
    pub day: &'static str,
}

/// Compares what counted on two days (变化). Rows may come in any order; either list may be empty.
pub fn compare<'f>(before: &[CountedFact<'f>], after: &[CountedFact<'f>]) -> Result<Comparison<'f>, TwiceError> {
    let before = by_key(before, "on the earlier day")?;
    let after = by_key(after, "on the later day")?;
    let mut comparison = Comparison { changes: Vec::new(), totals: BTreeMap::new() };
    let mut keys: Vec<_> = before.keys().chain(after.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        comparison.weigh(key, before.get(&key).copied(), after.get(&key).copied());
    }
    Ok(comparison)
}

type Key<'f> = (Metric, &'f str);

fn by_key<'a, 'f>(facts: &'a [CountedFact<'f>], day: &'static str) -> Result<BTreeMap<Key<'f>, &'a CountedFact<'f>>, TwiceError> {
    let mut map = BTreeMap::new();
    for fact in facts {
        if map.insert((fact.metric, fact.project), fact).is_some() {
            return Err(TwiceError { project: fact.project.to_owned(), metric: fact.metric.id(), day });
        }
    }
    Ok(map)
}

impl<'f> Comparison<'f> {
    /// True when nothing changed (无变化).
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    fn weigh(&mut self, (metric, project): Key<'f>, before: Option<&CountedFact<'f>>, after: Option<&CountedFact<'f>>) {
        let counted = |fact: &&CountedFact<'f>| fact.standing == Standing::Counted;
        let is_revoked = after.is_some_and(|fact| fact.standing == Standing::Revoked);
        let totals = self.totals.entry(metric).or_default();
        let mut push = |kind| self.changes.push(Change { metric, project, kind });
        let yuan = |fact: &CountedFact<'f>| fact.amount.unwrap_or(0);
        match (before.filter(counted), after.filter(counted)) {
            (None, None) => {}
            (None, Some(new)) => {
                totals.entered += 1;
                totals.yuan_entered += yuan(new);
                push(ChangeKind::Entered);
            }
            (Some(old), None) => {
                let (kind, count) =
                    if is_revoked { (ChangeKind::Revoked, &mut totals.revoked) } else { (ChangeKind::Left, &mut totals.left) };
                *count += 1;
                totals.yuan_gone += yuan(old);
                push(kind);
            }
            (Some(old), Some(new)) => {
                if old.carrier != new.carrier {
                    totals.carrier_moved += 1;
                    push(ChangeKind::Carrier { from: old.carrier, to: new.carrier });
                }
                if old.chain != new.chain {
                    totals.chain_moved += 1;
                    push(ChangeKind::Chain { from: old.chain, to: new.chain });
                }
                if old.amount != new.amount {
                    totals.amount_changed += 1;
                    totals.yuan_revalued += yuan(new) - yuan(old);
                    push(ChangeKind::Amount { from: old.amount, to: new.amount });
                }
            }
        }
        if let Some(old) = before.filter(counted) {
            totals.before += 1;
            totals.yuan_before += yuan(old);
        }
        if let Some(new) = after.filter(counted) {
            totals.after += 1;
            totals.yuan_after += yuan(new);
        }
    }
}

#[cfg(test)]
mod tests;
