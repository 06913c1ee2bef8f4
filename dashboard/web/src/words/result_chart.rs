//! Words of charts over results of free SQL.

pub(super) const WORDS: &[super::Entry] = &[
    ("result_chart.title", "{what}（按{by}）", "{what} by {by}"),
    ("result_chart.all", "共 {n} 行", "{n} rows"),
    ("result_chart.some", "只画前 {shown} 行，结果共 {n} 行。", "The first {shown} of {n} rows are drawn."),
    ("result_chart.no_x", "请选一列作横轴（名称、月份或日期）。", "Choose a column of names, months or days."),
    ("result_chart.no_y", "请选 1 到 {n} 个数值列，每列只选一次。", "Choose 1 to {n} columns of numbers, each once."),
    ("result_chart.long_title", "图题最多 80 个字。", "A chart's title has at most 80 characters."),
    ("result_chart.no_column", "结果里没有“{column}”这一列。", "The result has no column “{column}”."),
    ("result_chart.not_a_number", "“{column}”不是数值列，画不成图。", "“{column}” holds no numbers."),
    ("result_chart.negative", "“{column}”里有负数，不能堆叠。", "“{column}” holds numbers below zero, which cannot be stacked."),
    (
        "result_chart.many_bars",
        "柱状图最多并排 {n} 列，更多列请用折线图或堆叠图。",
        "Bars stand {n} side by side at most; use lines or stacks.",
    ),
    ("result_chart.kind.bar", "柱状图", "Bars"),
    ("result_chart.kind.line", "折线图", "Lines"),
    ("result_chart.kind.stacked", "堆叠图", "Stacked bars"),
];
