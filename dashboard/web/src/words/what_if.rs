//! Words of the page that tries other rules (考核试算).

use super::Entry;

pub(super) const WORDS: &[Entry] = &[
    ("what_if.title", "考核试算", "Assessment: what if"),
    (
        "what_if.lead",
        "调整分值、上限，或把项目算到另一单位，看名次怎样变化。试算只在本页，不写入任何记录",
        "Other weights, caps or carriers of projects, and what the ranking would be. Nothing is written anywhere",
    ),
    (
        "what_if.closed",
        "本考核期已经关账：试算按现有数据和规则，封存的得分不变",
        "The period is closed: this is tried on today's data and rules, the closed scores stay",
    ),
    ("what_if.weights", "指标分值（合计 {full} 分）", "Weights ({full} in all)"),
    ("what_if.caps", "上限（“无”为不设上限）", "Caps (the word for none lifts one)"),
    ("what_if.ruled", "办法 {value}{unit}", "rules: {value}{unit}"),
    ("what_if.move", "移动项目", "Move a project"),
    ("what_if.from", "原单位", "From"),
    ("what_if.take", "项目", "Project"),
    ("what_if.to", "移到", "To"),
    ("what_if.nobody", "不选", "none"),
    (
        "what_if.from.hint",
        "先选原单位并点“试算”，再从其得分背后的项目中选择",
        "Choose a carrier and try, then choose among the projects behind its scores",
    ),
    ("what_if.no_projects", "该单位本期得分背后没有可见的项目", "No project behind this carrier's scores can be seen"),
    ("what_if.moves", "已移动（取消勾选即还原）", "Moved (untick to undo)"),
    ("what_if.try", "试算", "Try"),
    ("what_if.reset", "还原为现行办法", "Back to the rules"),
    ("what_if.tried", "试算内容", "What is tried"),
    ("what_if.nothing", "尚未调整：下面两栏都是现行办法的名次", "Nothing is tried yet: both sides are by the rules"),
    ("what_if.no_difference", "按这样调整，各单位总分、名次和等次都不变", "Nobody's total, place or grade would differ"),
    (
        "what_if.desc",
        "条长为试算总分，竖线为现行总分，箭头为名次升降",
        "Bars are the totals tried, ticks those that stand, arrows the places",
    ),
    ("what_if.tip", "{name}：现行 {then}，试算 {now}", "{name}: {then} now, {now} tried"),
    ("what_if.place_before", "现行名次", "Place now"),
    ("what_if.place_after", "试算名次", "Place tried"),
    ("what_if.moved", "变化", "Change"),
    ("what_if.total_before", "现行总分", "Total now"),
    ("what_if.total_after", "试算总分", "Total tried"),
    ("what_if.gained", "总分增减", "Difference"),
    ("what_if.derivation", "试算推导", "How it would come about"),
];
