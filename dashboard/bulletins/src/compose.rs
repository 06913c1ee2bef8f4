//! A bulletin as a list of parts (通报成文): what every print of it shows, with the rows behind each figure.

use chrono::{Datelike, NaiveDate};
use qunlian_domain::bulletin::{ChartKind, MetricId, Occasion, Sentence, TableKind, Template, TemplateBlock};
use qunlian_domain::light::LightRule;
use qunlian_domain::target::Metric;

use crate::charts::ChartOf;
use crate::tables::TableOf;
use crate::{BulletinError, Sources, charts, tables};

/// For whom, for when and by whom a bulletin is made.
#[derive(Debug, Clone, Copy)]
pub struct Issue<'a> {
    pub year: i32,
    /// As known on this day; the year's last day is told of when it lies behind that.
    pub as_of: NaiveDate,
    /// 成文日期
    pub dated: NaiveDate,
    /// 淮北市
    pub city: &'a str,
    /// 淮北市投资促进中心
    pub center: &'a str,
    pub light: &'a LightRule,
}

/// A bulletin, ready to print.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// 月度通报
    pub name: String,
    pub number: Option<String>,
    /// May hold one line break, where a print breaks it.
    pub title: String,
    /// 截至日期, 口径, 单位, 数据来源, as label and text.
    pub head: Vec<(&'static str, String)>,
    pub addressees: Option<String>,
    pub parts: Vec<Part>,
    pub attachments: Vec<String>,
    pub issuer: String,
    /// 成文日期
    pub date_line: String,
    /// The last day that is told of.
    pub on: NaiveDate,
}

/// One part of the body.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Heading {
        level: u8,
        text: String,
    },
    Text(String),
    /// Sentences that stand in one paragraph each.
    Sentence(Sentence),
    Table(TableOf),
    Chart(ChartOf),
    PageBreak,
}

impl Issue<'_> {
    /// The last day of the year that is told of.
    pub(crate) fn on(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, 12, 31).map_or(self.as_of, |end| self.as_of.min(end))
    }

    pub(crate) fn occasion(&self) -> Occasion<'_> {
        Occasion { on: self.on(), city: self.city, center: self.center }
    }
}

impl Sources {
    /// The bulletin of a template. Tables and charts are numbered in their order.
    ///
    /// # Errors
    /// A chart that cannot be drawn.
    pub fn compose(&self, template: &Template, issue: &Issue<'_>) -> Result<Composed, BulletinError> {
        let occasion = issue.occasion();
        let bulletin = self.bulletin(template, issue);
        let (mut parts, mut table_number, mut chart_number) = (Vec::new(), 0, 0);
        for block in &template.blocks {
            match block {
                TemplateBlock::Heading { level, text } => parts.push(Part::Heading { level: *level, text: occasion.fill(text) }),
                TemplateBlock::Text { text } => parts.push(Part::Text(occasion.fill(text))),
                TemplateBlock::Sentences { metric } => {
                    parts.extend(bulletin.sentences_about(metric.0).into_iter().map(Part::Sentence));
                }
                TemplateBlock::Table { table, metric, note } => {
                    table_number += 1;
                    let made = self.table(*table, metric.map(|MetricId(metric)| metric), issue);
                    let caption = format!("表{table_number}  {}", made.caption);
                    parts.push(Part::Table(TableOf { caption, note: note.as_ref().map(|note| occasion.fill(note)), ..made }));
                }
                TemplateBlock::Chart { chart, metric } => {
                    chart_number += 1;
                    parts.push(Part::Chart(match chart {
                        ChartKind::Cumulative => charts::cumulative(self, metric.0, issue, chart_number)?,
                        ChartKind::Carriers => charts::carriers(self, metric.0, issue, chart_number)?,
                    }));
                }
                TemplateBlock::PageBreak => parts.push(Part::PageBreak),
            }
        }
        Ok(Composed {
            name: template.name.clone(),
            number: template.number.as_ref().map(|number| occasion.fill(number)),
            title: occasion.fill(&template.title),
            head: bulletin.head_facts(),
            addressees: template.addressees.as_ref().map(|names| occasion.fill(names)),
            parts,
            attachments: template.attachments.iter().map(|name| occasion.fill(name)).collect(),
            issuer: issue.center.to_owned(),
            date_line: issue.dated.format("%Y年%-m月%-d日").to_string(),
            on: issue.on(),
        })
    }

    fn table(&self, table: TableKind, metric: Option<Metric>, issue: &Issue<'_>) -> TableOf {
        let metric = metric.unwrap_or(Metric::Signed);
        match table {
            TableKind::City => tables::city(self, issue),
            TableKind::Carriers => tables::carriers(self, metric, issue),
            TableKind::Chains => tables::chains(self, metric, issue),
            TableKind::Regions => tables::regions(self, issue),
            TableKind::Warnings => tables::warnings(self, issue),
        }
    }
}

impl Composed {
    /// The title in one line: `关于2022年1—5月淮北市招商引资情况的通报`.
    pub fn title_line(&self) -> String {
        self.title.lines().collect()
    }

    /// The text without tables and charts, one paragraph a line: for mails and chat groups.
    pub fn text(&self) -> String {
        let mut lines: Vec<&str> = Vec::new();
        for part in &self.parts {
            match part {
                Part::Heading { text, .. } | Part::Text(text) => lines.push(text),
                Part::Sentence(sentence) => lines.push(&sentence.text),
                Part::Table(_) | Part::Chart(_) | Part::PageBreak => {}
            }
        }
        lines.join("\n")
    }

    /// Everything that is printed but the date line, as plain text: two bulletins that say the same print the same.
    pub fn printed(&self) -> String {
        let mut lines = vec![self.number.clone().unwrap_or_default(), self.title_line()];
        lines.extend(self.head.iter().map(|(label, text)| format!("{label}：{text}")));
        lines.extend(self.addressees.clone());
        for part in &self.parts {
            match part {
                Part::Heading { text, .. } | Part::Text(text) => lines.push(text.clone()),
                Part::Sentence(sentence) => lines.push(sentence.text.clone()),
                Part::Chart(chart) => lines.push(format!("{} {}", chart.print.caption, chart.print.description)),
                Part::Table(table) => lines.extend(table.printed()),
                Part::PageBreak => {}
            }
        }
        lines.extend(self.attachments.iter().cloned());
        lines.push(self.issuer.clone());
        lines.join("\n")
    }

    /// `淮北市_月度通报_2022-05-31`, for files.
    pub fn file_stem(&self, city: &str) -> String {
        format!("{city}_{}_{:04}-{:02}-{:02}", self.name, self.on.year(), self.on.month(), self.on.day())
    }
}
