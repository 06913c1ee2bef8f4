//! Templates of bulletins (通报模板): what a bulletin holds and in which order, in the city's own words.

use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;

use super::Period;
use crate::catalogue::DeskFault;
use crate::period::start_of_month;
use crate::target::Metric;

/// The templates of a city, in the order of the page (`bulletins/index.toml` and the files that it names).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates {
    /// At least one.
    pub all: Vec<Template>,
    /// Which one is made each month (月度通报).
    pub monthly: String,
    /// Which one is made after each quarter (季度通报).
    pub quarterly: String,
    /// The day of the following month on which they are made (1 to 28).
    pub day_of_month: u32,
}

/// So many months are made up for at most.
const MOST_MONTHS: usize = 36;

/// `bulletins/index.toml`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateIndex {
    pub templates: Vec<String>,
    pub monthly: String,
    pub quarterly: String,
    pub day_of_month: u32,
}

/// One file of the folder. Texts may hold the names of [`Occasion`] in braces, such as `{year}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    /// 月度通报
    pub name: String,
    /// 发文字号; none is printed where it is left out.
    #[serde(default)]
    pub number: Option<String>,
    pub title: String,
    /// 主送机关
    #[serde(default)]
    pub addressees: Option<String>,
    /// 口径: what counts, in words.
    pub basis: String,
    /// What is counted: 项目, 工业项目.
    pub project_word: String,
    /// Whom the totals are for: 全市.
    pub whole: String,
    /// 附件
    #[serde(default)]
    pub attachments: Vec<String>,
    #[serde(rename = "block")]
    pub blocks: Vec<TemplateBlock>,
}

/// One part of the body.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TemplateBlock {
    /// Level 1 一、 2 （一）; the numbering is part of the text.
    Heading {
        #[serde(default = "first")]
        level: u8,
        text: String,
    },
    Text {
        text: String,
    },
    /// Everything that is said of one metric, its scale bands included.
    Sentences {
        metric: MetricId,
    },
    Table {
        table: TableKind,
        /// Asked of carriers, chains and region groups; the others hold every metric.
        #[serde(default)]
        metric: Option<MetricId>,
        #[serde(default)]
        note: Option<String>,
    },
    Chart {
        chart: ChartKind,
        metric: MetricId,
    },
    PageBreak,
}

/// A metric by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct MetricId(pub Metric);

impl TryFrom<String> for MetricId {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        let known = || format!("there is no metric {id:?}; write signed, started, completed or fixed_assets");
        Metric::from_id(&id).map(Self).ok_or_else(known)
    }
}

/// Tables of a bulletin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// Every metric of the city, with the scale bands that have targets.
    City,
    Carriers,
    Chains,
    /// Groups of source regions; of signings only.
    Regions,
    /// 红黄清单
    Warnings,
}

/// Charts of a bulletin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// The year's line against pace, target and last year.
    Cumulative,
    /// Carriers by completion.
    Carriers,
}

/// What a bulletin is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion<'a> {
    /// The last day that is told of.
    pub on: NaiveDate,
    /// 淮北市
    pub city: &'a str,
    /// 淮北市投资促进中心
    pub center: &'a str,
}

fn first() -> u8 {
    1
}

impl Occasion<'_> {
    /// Every name that may stand in braces, with its text.
    fn names(&self) -> [(&'static str, String); 7] {
        [
            ("year", self.on.year().to_string()),
            ("month", self.on.month().to_string()),
            ("quarter", self.on.month().div_ceil(3).to_string()),
            ("period", Period::year_until(self.on).words()),
            ("day", self.on.format("%Y年%-m月%-d日").to_string()),
            ("city", self.city.to_owned()),
            ("center", self.center.to_owned()),
        ]
    }

    /// A text of a template with its names filled in. What is filled in is not read again.
    pub fn fill(&self, text: &str) -> String {
        let names = self.names();
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            match after.split_once('}').and_then(|(name, after)| Some((names.iter().find(|(known, _)| *known == name)?, after))) {
                Some(((_, value), after)) => {
                    filled.push_str(value);
                    rest = after;
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        filled
    }
}

impl Template {
    /// Refuses what could not be printed: unknown names in braces, empty texts, tables without their metric.
    pub fn check(&self) -> Result<(), DeskFault> {
        let heads = [
            ("name", Some(&self.name)),
            ("number", self.number.as_ref()),
            ("title", Some(&self.title)),
            ("addressees", self.addressees.as_ref()),
            ("basis", Some(&self.basis)),
            ("project_word", Some(&self.project_word)),
            ("whole", Some(&self.whole)),
        ];
        for (place, text) in heads {
            text.map_or(Ok(()), |text| check_text(place, text))?;
        }
        for (index, text) in self.attachments.iter().enumerate() {
            check_text(&format!("attachments[{index}]"), text)?;
        }
        if self.blocks.is_empty() {
            return Err(DeskFault::new("block", "the bulletin says nothing".to_owned(), "write [[block]] entries"));
        }
        for (index, block) in self.blocks.iter().enumerate() {
            check_block(&format!("block {}", index + 1), block)?;
        }
        Ok(())
    }
}

fn check_block(place: &str, block: &TemplateBlock) -> Result<(), DeskFault> {
    match block {
        TemplateBlock::Heading { level, text } => {
            if !(1..=3).contains(level) {
                return Err(DeskFault::new(place, format!("there is no heading of level {level}"), "write 1, 2 or 3"));
            }
            check_text(place, text)
        }
        TemplateBlock::Text { text } => check_text(place, text),
        TemplateBlock::Table { table, metric, note } => {
            note.as_ref().map_or(Ok(()), |note| check_text(place, note))?;
            let wanted = matches!(table, TableKind::Carriers | TableKind::Chains | TableKind::Regions);
            match metric {
                None if wanted => {
                    Err(DeskFault::new(place, "the table is of one metric".to_owned(), "write metric = \"signed\" or another"))
                }
                Some(_) if !wanted => Err(DeskFault::new(place, "the table holds every metric".to_owned(), "leave metric out")),
                Some(MetricId(metric)) if *table == TableKind::Regions && *metric != Metric::Signed => {
                    Err(DeskFault::new(place, "source regions are told of signings only".to_owned(), "write metric = \"signed\""))
                }
                _ => Ok(()),
            }
        }
        TemplateBlock::Sentences { .. } | TemplateBlock::Chart { .. } | TemplateBlock::PageBreak => Ok(()),
    }
}

/// One text: not empty, and in braces nothing but known names.
fn check_text(place: &str, text: &str) -> Result<(), DeskFault> {
    if text.trim().is_empty() {
        return Err(DeskFault::new(place, "the text is empty".to_owned(), "write it, or leave the key out"));
    }
    let occasion = Occasion { on: NaiveDate::default(), city: "", center: "" };
    let known = occasion.names().map(|(name, _)| name);
    for part in text.split('{').skip(1) {
        let name = part.split_once('}').map(|(name, _)| name);
        if !name.is_some_and(|name| known.contains(&name)) {
            let shown: String = part.chars().take(20).collect();
            return Err(DeskFault::new(
                place,
                format!("{{{shown} names nothing"),
                "write {year}, {month}, {quarter}, {period}, {day}, {city} or {center}",
            ));
        }
    }
    Ok(())
}

impl Templates {
    /// The template of that id; the monthly one when none is asked for.
    pub fn find(&self, id: Option<&str>) -> Option<&Template> {
        let id = id.unwrap_or(&self.monthly);
        self.all.iter().find(|template| template.id == id)
    }

    /// The ends of the finished months whose bulletin is due by `today`, earliest first: every one that fell due since the
    /// first day (`since`), and the latest one in any case.
    pub fn months_due(&self, since: NaiveDate, today: NaiveDate) -> Vec<NaiveDate> {
        let due_on = |month_end: NaiveDate| month_end.checked_add_days(Days::new(u64::from(self.day_of_month)));
        let mut months = Vec::new();
        let mut month_end = start_of_month(today).pred_opt();
        while let Some(end) = month_end.filter(|_| months.len() < MOST_MONTHS) {
            match due_on(end) {
                Some(due) if due > today => {}
                Some(due) if months.is_empty() || due >= since => months.push(end),
                _ => break,
            }
            month_end = start_of_month(end).pred_opt();
        }
        months.reverse();
        months
    }

    /// What is made of a finished month: the monthly bulletin, after a quarter's last month the quarterly one too.
    pub fn due_after(&self, month_end: NaiveDate) -> Vec<&Template> {
        let quarterly = month_end.month().is_multiple_of(3).then_some(&self.quarterly);
        let mut due: Vec<&Template> = Vec::new();
        for id in std::iter::once(&self.monthly).chain(quarterly) {
            due.extend(self.find(Some(id)).filter(|template| !due.contains(template)));
        }
        due
    }
}

impl TemplateIndex {
    /// The index with its files, which are checked already.
    pub fn with(self, all: Vec<Template>) -> Result<Templates, DeskFault> {
        if all.is_empty() {
            return Err(DeskFault::new("templates", "there is no template".to_owned(), "name the folder's files without .toml"));
        }
        for (place, id) in [("monthly", &self.monthly), ("quarterly", &self.quarterly)] {
            if !all.iter().any(|template| template.id == *id) {
                return Err(DeskFault::new(
                    place,
                    format!("{id:?} is not one of the templates"),
                    "write a name that stands in `templates`",
                ));
            }
        }
        if !(1..=28).contains(&self.day_of_month) {
            return Err(DeskFault::new("day_of_month", format!("{} is not in every month", self.day_of_month), "write 1 to 28"));
        }
        Ok(Templates { all, monthly: self.monthly, quarterly: self.quarterly, day_of_month: self.day_of_month })
    }
}
