//! The tables of a bulletin (通报附表): printed texts, numbers for workbooks, and the rows behind each figure.

use qunlian_domain::bulletin::{Period, Reference};
use qunlian_domain::figures::{print, print_count, print_percent, print_signed, ratio_percent};
use qunlian_domain::light::Light;
use qunlian_domain::money::{self, Unit};
use qunlian_domain::target::Metric;
use qunlian_queries::rows::{Row, ranked, rows, rows_where};

use crate::{Issue, Sources};

/// One table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableOf {
    /// `表2  各载体单位新签约项目完成情况`
    pub caption: String,
    /// Name of its sheet in a workbook; each is there once in a template that names a table once.
    pub sheet: String,
    /// The question whose rows it shows.
    pub query: &'static str,
    pub columns: Vec<Column>,
    /// As many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    pub note: Option<String>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    /// 个, 亿元, %, 个百分点; `None` where the cells say it.
    pub unit: Option<&'static str>,
    pub is_number: bool,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// As printed, without the column's unit.
    pub text: String,
    /// For workbooks, in the column's unit and unrounded.
    pub number: Option<f64>,
    /// The rows that were counted.
    pub to: Option<Reference>,
}

impl TableOf {
    /// Caption, heads, cells and note, a row a line, cells apart by tabs.
    pub(crate) fn printed(&self) -> Vec<String> {
        let heads = self.columns.iter().map(|column| format!("{}{}", column.title, column.unit.unwrap_or_default()));
        let mut lines = vec![self.caption.clone(), heads.collect::<Vec<_>>().join("\t")];
        lines.extend(self.rows.iter().map(|cells| cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("\t")));
        lines.extend(self.note.clone());
        lines
    }
}

/// Every metric of the city, each with the scale bands that have targets.
pub(crate) fn city(sources: &Sources, issue: &Issue<'_>) -> TableOf {
    let mut table = Vec::new();
    for row in rows(&sources.progress) {
        let Some(metric) = Metric::from_id(row.text("metric")) else { continue };
        table.push(city_row(metric.name(), metric, row, None, issue));
        if metric == Metric::Signed {
            for band in rows(&sources.bands).filter(|band| band.is_true("in_targets")) {
                table.push(city_row(&format!("其中：{}", band.text("band")), metric, band, Some(band.text("band_id")), issue));
            }
        }
    }
    TableOf {
        caption: "全市目标完成情况".to_owned(),
        sheet: "全市".to_owned(),
        query: "city_progress",
        columns: vec![
            Column::text("指标"),
            Column::text("单位"),
            Column::number("完成", None),
            Column::number("年度目标", None),
            Column::number("完成率", Some("%")),
            Column::number("与序时差", Some("百分点")),
            Column::number("上年同期", None),
            Column::number("同比增长", Some("%")),
        ],
        rows: table,
        note: None,
    }
}

fn city_row(name: &str, metric: Metric, row: Row<'_>, band: Option<&str>, issue: &Issue<'_>) -> Vec<Cell> {
    let behind = Reference { band: band.map(str::to_owned), ..reference(metric, issue) };
    let unit = if metric == Metric::FixedAssets { "亿元" } else { "个" };
    let mut cells = vec![Cell::text(name), Cell::text(unit)];
    cells.extend(progress_cells(metric, row, behind));
    cells
}

/// 完成, 年度目标, 完成率, 与序时差, 上年同期, 同比增长.
fn progress_cells(metric: Metric, row: Row<'_>, behind: Reference) -> Vec<Cell> {
    let before = row.int("last_year");
    vec![
        Cell::done(metric, row.count("done")).rows(behind.clone()),
        Cell::target(metric, row.int("target")),
        Cell::percent(row.number("completion")),
        Cell::points(row.number("gap_points")),
        before.map_or_else(Cell::none, |before| Cell::done(metric, before)).rows(behind.year_earlier()),
        Cell::points(row.number("growth")),
    ]
}

/// Assessed carriers, best completion first, under the city's own line.
pub(crate) fn carriers(sources: &Sources, metric: Metric, issue: &Issue<'_>) -> TableOf {
    let ranked = ranked(&sources.carriers, metric.id());
    let whole = rows_where(&sources.progress, "metric", metric.id()).map(|row| {
        let light = Light::from_id(row.text("light"));
        carrier_row(["—", "全市"], metric, row, light, reference(metric, issue), issue)
    });
    let lines = ranked.iter().map(|row| {
        let id = row.text("carrier_id");
        let place = row.int("place").map_or_else(|| "—".to_owned(), print_count);
        let behind = Reference { carrier: Some(id.to_owned()), ..reference(metric, issue) };
        carrier_row([place.as_str(), row.text("carrier")], metric, *row, sources.light(metric, id, row.text("light")), behind, issue)
    });
    TableOf {
        caption: format!("各载体单位{}完成情况", metric.name()),
        sheet: format!("载体单位 {}", metric.name()),
        query: "carrier_progress",
        columns: vec![
            Column::text("载体单位"),
            Column::number("名次", None),
            Column::number("完成", Some(unit_of(metric))),
            Column::number("目标", Some(unit_of(metric))),
            Column::number("完成率", Some("%")),
            Column::number("与序时差", Some("百分点")),
            Column::number("上年同期", Some(unit_of(metric))),
            Column::number("同比", Some("%")),
            Column::text("亮灯"),
        ],
        rows: whole.chain(lines).collect(),
        note: None,
    }
}

fn carrier_row(
    [place, name]: [&str; 2],
    metric: Metric,
    row: Row<'_>,
    light: Option<Light>,
    behind: Reference,
    issue: &Issue<'_>,
) -> Vec<Cell> {
    let gap = row.number("gap_points");
    let mut cells = vec![Cell::text(name), Cell { number: place.parse().ok(), ..Cell::text(place) }];
    cells.extend(progress_cells(metric, row, behind));
    cells.push(Cell::text(light.map_or("未设目标", |light| issue.light.words.of(light, gap))));
    cells
}

/// Chains by what was done, the unclassified last, and the sum, which is the city's.
pub(crate) fn chains(sources: &Sources, metric: Metric, issue: &Issue<'_>) -> TableOf {
    let mut lines: Vec<Row<'_>> = rows_where(&sources.chains, "metric", metric.id()).collect();
    lines.retain(|row| row.count("done") != 0 || row.int("target").is_some() || row.count("last_year") != 0);
    lines.sort_by_key(|row| (row.text("chain_id") == "none", std::cmp::Reverse(row.count("done")), row.count("sort")));
    let whole = rows_where(&sources.progress, "metric", metric.id()).next();
    let line = |row: &Row<'_>| {
        let behind = Reference { chain: Some(row.text("chain_id").to_owned()), ..reference(metric, issue) };
        share_row(row.text("chain"), metric, row.count("done"), row.number("share"), *row, behind)
    };
    let sum = |row: Row<'_>| {
        let done = row.count("done");
        share_row("合计", metric, done, ratio_percent(done, done), row, reference(metric, issue))
    };
    TableOf {
        caption: format!("各产业链{}情况", metric.name()),
        sheet: format!("产业链 {}", metric.name()),
        query: "chain_progress",
        columns: share_columns("产业链", metric),
        rows: lines.iter().map(line).chain(whole.map(sum)).collect(),
        note: None,
    }
}

/// Groups of source regions by their signings.
pub(crate) fn regions(sources: &Sources, issue: &Issue<'_>) -> TableOf {
    let metric = Metric::Signed;
    let line = |row: Row<'_>| {
        let behind = Reference { region_group: Some(row.text("group_id").to_owned()), ..reference(metric, issue) };
        share_row(row.text("group_name"), metric, row.count("signed"), row.number("share"), row, behind)
    };
    TableOf {
        caption: "新签约项目来源区域情况".to_owned(),
        sheet: "来源区域".to_owned(),
        query: "region_groups",
        columns: share_columns("来源区域组", metric),
        rows: rows(&sources.groups).map(line).collect(),
        note: None,
    }
}

/// A name, then 完成, 占比, 上年同期, 同比增长.
fn share_row(name: &str, metric: Metric, done: i64, share: Option<f64>, row: Row<'_>, behind: Reference) -> Vec<Cell> {
    let before = row.int("last_year");
    vec![
        Cell::text(name),
        Cell::done(metric, done).rows(behind.clone()),
        Cell::percent(share),
        before.map_or_else(Cell::none, |before| Cell::done(metric, before)).rows(behind.year_earlier()),
        Cell::points(row.number("growth")),
    ]
}

fn share_columns(what: &str, metric: Metric) -> Vec<Column> {
    vec![
        Column::text(what),
        Column::number("完成", Some(unit_of(metric))),
        Column::number("占比", Some("%")),
        Column::number("上年同期", Some(unit_of(metric))),
        Column::number("同比增长", Some("%")),
    ]
}

/// The red and yellow list, the worst first.
pub(crate) fn warnings(sources: &Sources, issue: &Issue<'_>) -> TableOf {
    let line = |row: Row<'_>| {
        let metric = Metric::from_id(row.text("metric"))?;
        let gap = row.number("gap_points");
        let light = Light::from_id(row.text("escalated")).or_else(|| Light::from_id(row.text("light")))?;
        let missing = row.int("missing").filter(|missing| *missing > 0);
        Some(vec![
            Cell::text(issue.light.words.of(light, gap)),
            Cell::text(row.text("name")),
            Cell::text(metric.name()),
            Cell::text(&format!("{}/{}", quantity(metric, row.count("done")), target(metric, row.int("target")))),
            Cell::points(gap),
            Cell::text(&missing.map_or_else(|| "—".to_owned(), |missing| format!("{}{}", quantity(metric, missing), unit_of(metric)))),
            Cell {
                number: row.number("months_behind"),
                ..Cell::text(&row.int("months_behind").map_or_else(|| "—".to_owned(), print_count))
            },
        ])
    };
    TableOf {
        caption: "红黄清单".to_owned(),
        sheet: "红黄清单".to_owned(),
        query: "warning_list",
        columns: vec![
            Column::text("亮灯"),
            Column::text("单位、产业链"),
            Column::text("指标"),
            Column::text("完成／目标"),
            Column::number("与序时差", Some("百分点")),
            Column::text("尚缺"),
            Column::number("连续", Some("月")),
        ],
        rows: rows(&sources.warnings).filter_map(line).collect(),
        note: None,
    }
}

fn reference(metric: Metric, issue: &Issue<'_>) -> Reference {
    Reference { metric, band: None, carrier: None, chain: None, region_group: None, period: Period::year_until(issue.on()) }
}

fn unit_of(metric: Metric) -> &'static str {
    if metric == Metric::FixedAssets { "亿元" } else { "个" }
}

/// 亿元 with one decimal, or a count.
pub(crate) fn quantity(metric: Metric, value: i64) -> String {
    if metric == Metric::FixedAssets { print(Some(money::yi(value)), 1) } else { print_count(value) }
}

/// Without needless decimals; `—` when none was set.
pub(crate) fn target(metric: Metric, value: Option<i64>) -> String {
    match (metric, value) {
        (_, None) => "—".to_owned(),
        (Metric::FixedAssets, Some(yuan)) => money::short(yuan, Unit::Yi),
        (_, Some(count)) => print_count(count),
    }
}

fn in_unit(metric: Metric, value: i64) -> f64 {
    if metric == Metric::FixedAssets { money::yi(value) } else { value as f64 }
}

impl Column {
    fn text(title: &str) -> Self {
        Self { title: title.to_owned(), unit: None, is_number: false }
    }

    fn number(title: &str, unit: Option<&'static str>) -> Self {
        Self { title: title.to_owned(), unit, is_number: true }
    }
}

impl Cell {
    fn text(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    fn none() -> Self {
        Self::text("—")
    }

    fn done(metric: Metric, value: i64) -> Self {
        Self { number: Some(in_unit(metric, value)), ..Self::text(&quantity(metric, value)) }
    }

    fn target(metric: Metric, value: Option<i64>) -> Self {
        Self { number: value.map(|value| in_unit(metric, value)), ..Self::text(&target(metric, value)) }
    }

    /// The unit stands in the column's head.
    fn percent(value: Option<f64>) -> Self {
        Self { number: value, ..Self::text(print_percent(value).trim_end_matches('%')) }
    }

    fn points(gap: Option<f64>) -> Self {
        Self { number: gap, ..Self::text(&print_signed(gap)) }
    }

    /// Nothing leads to no rows.
    fn rows(self, to: Reference) -> Self {
        let is_none = self.number.is_none_or(|number| number == 0.0);
        if is_none { self } else { Self { to: Some(to), ..self } }
    }
}
