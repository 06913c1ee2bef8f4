//! What a claim is about (申报事项).

use chrono::{Datelike, NaiveDate};

use crate::claim::Way;
use crate::history::InvestmentKind;
use crate::project::{Milestone, stage_order};

/// What a claim is about (申报事项).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Matter {
    /// 项目备案: the project itself, with every milestone that its form dates.
    Project,
    /// 进度申报: one milestone of a project whose filing is recognised.
    Milestone(Milestone),
    /// 月度投资: recognised fixed assets or paid-in funds of one month (its first day).
    Investment(InvestmentKind, NaiveDate),
    /// 信息变更: other values for fields of a recognised filing.
    Change,
    /// 状态变更: delayed, dormant, lost or abandoned, with the reason.
    Status,
    /// 删除申请
    Deletion,
}

impl Matter {
    /// The name in the books: `project`, `milestone:started`, `investment:fixed_assets:2022-05`, `change`, ...
    pub fn id(&self) -> String {
        match self {
            Self::Project => "project".to_owned(),
            Self::Milestone(milestone) => format!("milestone:{}", milestone.id()),
            Self::Investment(kind, month) => format!("investment:{}:{}", kind.id(), month.format("%Y-%m")),
            Self::Change => "change".to_owned(),
            Self::Status => "status".to_owned(),
            Self::Deletion => "deletion".to_owned(),
        }
    }

    /// Reads [`Matter::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "project" => return Some(Self::Project),
            "change" => return Some(Self::Change),
            "status" => return Some(Self::Status),
            "deletion" => return Some(Self::Deletion),
            _ => {}
        }
        match id.split_once(':')? {
            ("milestone", milestone) => Milestone::from_id(milestone).map(Self::Milestone),
            ("investment", rest) => {
                let (kind, month) = rest.split_once(':')?;
                let month: NaiveDate = format!("{month}-01").parse().ok()?;
                InvestmentKind::from_id(kind).map(|kind| Self::Investment(kind, month))
            }
            _ => None,
        }
    }

    /// The name for people: 项目备案, 开工申报, 2022年5月固定资产投资, ...
    pub fn name(&self) -> String {
        match self {
            Self::Project => "项目备案".to_owned(),
            Self::Milestone(milestone) => format!("{}申报", milestone.name()),
            Self::Investment(kind, month) => format!("{}年{}月{}", month.year(), month.month(), kind.name()),
            Self::Change => "信息变更".to_owned(),
            Self::Status => "状态变更".to_owned(),
            Self::Deletion => "删除申请".to_owned(),
        }
    }

    /// True when it adds to the figures once it is recognised; such a recognition can be taken back (撤销认定).
    pub fn counts(&self) -> bool {
        matches!(self, Self::Project | Self::Milestone(_) | Self::Investment(..))
    }

    /// True when it must stand in a Monday notice before it counts: what adds to the figures does. Changes, statuses
    /// and deletions take effect with their review.
    pub fn needs_notice(&self) -> bool {
        self.counts()
    }

    /// The way of a claim: without a notice when its matter or the project's secrecy (涉密) needs none.
    pub fn way(&self, confidential: bool, two_reviews: bool, notice_days: u32) -> Way {
        let notice = self.needs_notice() && !confidential;
        Way { two_reviews, notice_days: notice.then_some(notice_days) }
    }

    /// The stage (by [`stage_order`]) that the project reaches by it; `None` when it does not move it.
    pub fn stage(&self) -> Option<usize> {
        match self {
            Self::Milestone(milestone) => stage_order(milestone.id()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        let may = NaiveDate::from_ymd_opt(2022, 5, 1).unwrap();
        let mut all = vec![Matter::Project, Matter::Change, Matter::Status, Matter::Deletion];
        all.extend(Milestone::ALL.map(Matter::Milestone));
        all.extend([InvestmentKind::FixedAssets, InvestmentKind::PaidIn].map(|kind| Matter::Investment(kind, may)));
        for matter in all {
            assert_eq!(Matter::from_id(&matter.id()), Some(matter), "{}", matter.id());
        }
        for wrong in ["", "milestone", "milestone:", "investment:fixed_assets", "investment:fixed_assets:2022-13", "Project"] {
            assert_eq!(Matter::from_id(wrong), None, "{wrong}");
        }
        assert_eq!(Matter::Investment(InvestmentKind::FixedAssets, may).name(), "2022年5月固定资产投资");
    }
}
