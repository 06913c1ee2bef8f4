//! What a column holds by the words of its heading, and which columns belong together.

use super::{Check, PaceSource, PublishedTable, RateSource};
use crate::text::fold;

/// What a heading says its column holds (表头).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// 目标, 任务数
    Target,
    /// 完成数, 累计完成
    Done,
    /// 完成率
    Rate,
    /// 去年同期
    Before,
    /// 同比, 增幅
    Growth,
    /// 占比
    Share,
    /// 序时进度
    Pace,
    /// 与序时差距
    Gap,
    /// 排名, 序号, 得分, 平均: neither summed nor computed
    Place,
    /// Another rate, whose sources no word tells: 开工率
    OtherRate,
    /// A figure without any of these words
    Plain,
}

/// Words of headings, first match wins: a heading of a gap also says 序时, one of last year also says 同期.
const WORDS: [(Heading, &[&str]); 10] = [
    (Heading::Place, &["排名", "位次", "名次", "排位", "序号", "得分", "评分", "平均", "人均", "强度"]),
    (Heading::Gap, &["与序时进度差距", "与序时差距", "序时差距", "高于序时", "低于序时", "超序时", "较序时", "比序时", "差距"]),
    (Heading::Pace, &["序时进度", "序时"]),
    (
        Heading::Rate,
        &["目标完成率", "任务完成率", "完成率", "完成比例", "完成年度目标任务", "完成年度目标", "完成目标任务", "完成目标", "占目标"],
    ),
    (Heading::Growth, &["同比增长", "同比增幅", "同比增减", "同比", "比去年同期增长", "比上年同期增长", "增长率", "增幅", "增长"]),
    (Heading::Before, &["去年同期数", "去年同期", "上年同期数", "上年同期", "同期数"]),
    (Heading::Share, &["占比", "比重", "占全市"]),
    (Heading::Target, &["年度目标任务", "目标任务数", "目标任务", "年度目标", "目标数", "目标", "年度任务", "任务数", "任务", "计划数"]),
    (Heading::Done, &["累计完成数", "累计完成", "本年累计", "实际完成数", "实际完成", "完成数", "完成", "累计", "今年"]),
    (Heading::OtherRate, &["率"]),
];

impl Heading {
    /// What a heading says, and the rest of it: `新签约项目完成率（%）` is a rate of `新签约项目`.
    pub fn of(column: &str) -> (Self, String) {
        let folded = fold(column);
        let bare = folded.split('(').next().unwrap_or_default();
        for (heading, words) in WORDS {
            if let Some(word) = words.iter().find(|word| bare.contains(**word)) {
                let heading = if heading == Self::Growth && !is_relative(&folded) { Self::OtherRate } else { heading };
                let stem = if heading == Self::OtherRate { bare.to_owned() } else { bare.replacen(word, "", 1) };
                return (heading, stem.trim_matches(|c: char| "-/|:._数".contains(c)).to_owned());
            }
        }
        (Self::Plain, bare.trim_end_matches('数').to_owned())
    }

    /// True for columns whose rows add up to their total.
    fn adds_up(self) -> bool {
        matches!(self, Self::Target | Self::Done | Self::Before | Self::Plain)
    }
}

/// False for growth in projects, yuan or points: `同比（个百分点）`.
fn is_relative(folded: &str) -> bool {
    folded.split_once('(').is_none_or(|(_, unit)| unit.contains('%'))
}

/// True for the row that holds the whole: 合计, 全市, 总计.
pub fn is_total(label: &str) -> bool {
    let folded = fold(label);
    ["合计", "全市", "总计", "全市合计", "总数"].contains(&folded.trim_end_matches(':'))
}

/// True for rows that are no part of the total: the total itself, 小计, and 其中.
pub(super) fn is_aside(label: &str) -> bool {
    let folded = fold(label);
    is_total(label) || folded.ends_with("小计") || folded.ends_with("合计") || folded.starts_with("其中")
}

/// One run of columns about the same thing.
#[derive(Default)]
struct Group<'t> {
    stem: String,
    columns: Vec<(Heading, &'t str)>,
}

impl<'t> Group<'t> {
    fn column(&self, heading: Heading) -> Option<&'t str> {
        self.columns.iter().find(|(own, _)| *own == heading).map(|(_, column)| *column)
    }

    /// The count that rates, growth and shares are about.
    fn done(&self) -> Option<&'t str> {
        self.column(Heading::Done).or_else(|| self.column(Heading::Plain))
    }

    fn checks(&self, pace: Option<f64>) -> Vec<Check> {
        let mut checks = Vec::new();
        let [target, rate, before, grown, share, gap] =
            [Heading::Target, Heading::Rate, Heading::Before, Heading::Growth, Heading::Share, Heading::Gap]
                .map(|heading| self.column(heading));
        let counts = self.done().zip(target);
        if let (Some((part, whole)), Some(rate)) = (counts, rate) {
            checks.push(Check::Rate { part: part.to_owned(), whole: whole.to_owned(), rate: rate.to_owned() });
        }
        if let (Some(now), Some(before), Some(growth)) = (self.done(), before, grown) {
            checks.push(Check::Growth { now: now.to_owned(), before: before.to_owned(), growth: growth.to_owned() });
        }
        if let (Some(part), Some(share)) = (self.done(), share) {
            checks.push(Check::ShareOfTotal { part: part.to_owned(), share: share.to_owned() });
        }
        let exact = counts.map(|(part, whole)| RateSource::Counts { part: part.to_owned(), whole: whole.to_owned() });
        let source = exact.or_else(|| rate.map(|rate| RateSource::Printed(rate.to_owned())));
        let printed_pace = self.column(Heading::Pace).map(|column| PaceSource::Printed(column.to_owned()));
        if let (Some(rate), Some(pace), Some(gap)) = (source, pace.map(PaceSource::Percent).or(printed_pace), gap) {
            checks.push(Check::Gap { rate, pace, gap: gap.to_owned() });
        }
        checks
    }
}

/// Which checks a table's headings ask for, column by column from the left. `pace`: the period's pace in percent,
/// unrounded, if known; it goes before a printed column. Rates of which no word tells the sources (开工率) are left to
/// the caller, who declares their [`Check::Rate`].
pub fn detect(table: &PublishedTable, pace: Option<f64>) -> Vec<Check> {
    let mut columns: Vec<&str> = Vec::new();
    for (column, _) in table.rows.iter().flat_map(|row| &row.figures) {
        if !columns.contains(&column.as_str()) {
            columns.push(column);
        }
    }
    let has_total = table.rows.iter().any(|row| is_total(&row.label));
    let mut checks: Vec<Check> = groups_of(&columns).iter().flat_map(|group| group.checks(pace)).collect();
    checks.retain(|check| has_total || !matches!(check, Check::ShareOfTotal { .. }));
    let has_parts = table.rows.iter().any(|row| !is_aside(&row.label));
    if has_total && has_parts {
        let in_total = |column: &str| table.rows.iter().any(|row| is_total(&row.label) && row.text(column).is_some());
        let summed = columns.iter().filter(|column| Heading::of(column).0.adds_up() && in_total(column));
        checks.extend(summed.map(|column| Check::Sum { column: (*column).to_owned() }));
    }
    checks
}

/// Columns run together until the subject changes or a kind comes again; a heading that names no subject belongs to
/// the one before it.
fn groups_of<'t>(columns: &[&'t str]) -> Vec<Group<'t>> {
    let mut groups: Vec<Group<'t>> = Vec::new();
    for column in columns {
        let (heading, stem) = Heading::of(column);
        let fits = groups.last().is_some_and(|group| {
            let same = stem.is_empty() || group.stem.is_empty() || group.stem == stem;
            let is_new_plain = heading == Heading::Plain && group.done().is_some();
            same && !is_new_plain && group.column(heading).is_none()
        });
        if !fits {
            groups.push(Group::default());
        }
        if let Some(group) = groups.last_mut() {
            if group.stem.is_empty() {
                group.stem = stem;
            }
            group.columns.push((heading, column));
        }
    }
    groups
}
