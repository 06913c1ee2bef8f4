//! Figures laid out for looking up (数据索引), with complaints about every row that cannot be used.

use std::collections::hash_map::Entry as Vacancy;
use std::collections::{HashMap, HashSet};

use super::{Complaint, Entry, FigureRow, Figures, Rating};
use crate::score::inputs::Input;
use crate::score::period::Period;
use crate::score::rules::{BonusShape, DeductionShape, Level, Shape};

type ByPair<'f, T> = HashMap<(&'f str, &'f str), T>;

/// Looks up what a carrier did, what was entered for it and how it was rated.
pub(in crate::score) struct Index<'f> {
    /// By carrier and input. `None`: there was a row, but it cannot be used.
    rows: ByPair<'f, Option<&'f FigureRow>>,
    /// By carrier and item, in the order of dates.
    entries: ByPair<'f, Vec<&'f Entry>>,
    /// By carrier and indicator, in the order of raters.
    ratings: ByPair<'f, Vec<&'f Rating>>,
    pub complaints: Vec<Complaint>,
}

impl<'f> Index<'f> {
    pub fn new(level: &'f Level, period: Period, figures: &'f Figures) -> Self {
        let members: HashSet<&str> = level.members().collect();
        let mut index = Self { rows: HashMap::new(), entries: HashMap::new(), ratings: HashMap::new(), complaints: Vec::new() };
        index.take_rows(&members, figures);
        index.take_entries(level, &members, period, figures);
        index.take_ratings(level, &members, figures);
        index.miss_rows(level);
        index
            .complaints
            .sort_by(|left, right| (&left.carrier_id, &left.item, &left.problem).cmp(&(&right.carrier_id, &right.item, &right.problem)));
        index
    }

    pub fn row(&self, carrier: &str, input: &str) -> Option<&'f FigureRow> {
        self.rows.get(&(carrier, input)).copied().flatten()
    }

    pub fn entries<'s>(&'s self, carrier: &'s str, item: &'s str) -> &'s [&'f Entry] {
        self.entries.get(&(carrier, item)).map_or(&[], Vec::as_slice)
    }

    pub fn ratings<'s>(&'s self, carrier: &'s str, item: &'s str) -> &'s [&'f Rating] {
        self.ratings.get(&(carrier, item)).map_or(&[], Vec::as_slice)
    }

    fn take_rows(&mut self, members: &HashSet<&str>, figures: &'f Figures) {
        for row in &figures.rows {
            let key = (row.carrier_id.as_str(), row.input.as_str());
            let problem = if !members.contains(key.0) {
                Some("不在本层级的任何考核分组内".to_owned())
            } else if Input::parse(key.1).is_none() {
                Some("没有这项指标来源".to_owned())
            } else if self.rows.contains_key(&key) {
                Some("同一单位同一指标有两行数据".to_owned())
            } else if row.done < 0 || row.target.is_some_and(|target| target < 0) {
                Some(format!("完成数或目标数为负：{}/{}", row.done, row.target.unwrap_or(0)))
            } else {
                None
            };
            match problem {
                None => {
                    self.rows.insert(key, Some(row));
                }
                Some(problem) => {
                    self.rows.entry(key).or_insert(None);
                    self.complain(key, problem);
                }
            }
        }
    }

    fn take_entries(&mut self, level: &Level, members: &HashSet<&str>, period: Period, figures: &'f Figures) {
        let items = entry_items(level);
        for entry in figures.entries.iter().filter(|entry| period.holds(entry.on)) {
            let key = (entry.carrier_id.as_str(), entry.item.as_str());
            let problem = if !members.contains(key.0) {
                "不在本层级的任何考核分组内".to_owned()
            } else if !items.contains(key.1) {
                "没有可以人工录入的这个加分、扣分或否决项".to_owned()
            } else if entry.quantity < 1 {
                format!("次数为{}，应为1以上", entry.quantity)
            } else if entry.reason.trim().is_empty() || entry.reason.chars().any(char::is_control) {
                "事由应写一行文字".to_owned()
            } else {
                self.entries.entry(key).or_default().push(entry);
                continue;
            };
            self.complain(key, problem);
        }
        for entries in self.entries.values_mut() {
            entries.sort_by(|left, right| (left.on, &left.reason, left.quantity).cmp(&(right.on, &right.reason, right.quantity)));
        }
    }

    fn take_ratings(&mut self, level: &Level, members: &HashSet<&str>, figures: &'f Figures) {
        let items = rated_items(level);
        let mut seen: HashSet<(&str, &str, &str)> = HashSet::new();
        for rating in &figures.ratings {
            let key = (rating.carrier_id.as_str(), rating.item.as_str());
            let rater = rating.rater_id.as_str();
            let problem = match items.get(key.1) {
                None => "没有这个互评指标".to_owned(),
                Some(_) if !members.contains(key.0) => "不在本层级的任何考核分组内".to_owned(),
                Some(item) if !item.raters.contains(rater) => format!("{rater}不是该指标的评分单位"),
                Some(_) if rater == key.0 => "不能给本单位评分".to_owned(),
                Some(item) if !(0.0..=item.full).contains(&rating.points) => {
                    format!("{rater}的评分{}不在0—{}之间", rating.points, item.full)
                }
                Some(_) if !seen.insert((rater, key.0, key.1)) => format!("{rater}评了两次"),
                Some(_) => {
                    self.ratings.entry(key).or_default().push(rating);
                    continue;
                }
            };
            self.complain(key, problem);
        }
        for ratings in self.ratings.values_mut() {
            ratings.sort_by(|left, right| left.rater_id.cmp(&right.rater_id));
        }
    }

    /// Every input needs a row for everyone, every rated indicator a rating: what nobody supplied is named, never taken for nothing done.
    fn miss_rows(&mut self, level: &'f Level) {
        let needed = level.needs();
        for carrier in level.members() {
            for (name, input) in needed.iter().copied() {
                if let Vacancy::Vacant(place) = self.rows.entry((carrier, input)) {
                    place.insert(None);
                    self.complain((carrier, input), format!("“{name}”缺数据"));
                }
            }
            for indicator in level.indicators.iter().filter(|indicator| matches!(indicator.shape, Shape::PeerRating { .. })) {
                if self.ratings(carrier, &indicator.id).is_empty() {
                    self.complain((carrier, &indicator.id), format!("“{}”无评分", indicator.name));
                }
            }
        }
    }

    fn complain(&mut self, (carrier, item): (&str, &str), problem: String) {
        self.complaints.push(Complaint { carrier_id: carrier.to_owned(), item: item.to_owned(), problem });
    }
}

/// Ids under which people may enter something.
fn entry_items(level: &Level) -> HashSet<&str> {
    let bonuses = level.bonuses.iter().filter(|bonus| matches!(bonus.shape, BonusShape::Entries { .. })).map(|bonus| &bonus.id);
    let deductions =
        level.deductions.iter().filter(|item| matches!(item.shape, DeductionShape::Entries { .. })).map(|deduction| &deduction.id);
    let vetoes = level.vetoes.iter().map(|veto| &veto.id);
    bonuses.chain(deductions).chain(vetoes).map(String::as_str).collect()
}

/// What a rating of one indicator must keep to.
struct RatedItem<'l> {
    full: f64,
    raters: HashSet<&'l str>,
}

fn rated_items(level: &Level) -> HashMap<&str, RatedItem<'_>> {
    let mut items = HashMap::new();
    for indicator in &level.indicators {
        if let Shape::PeerRating { full, raters } = &indicator.shape {
            let groups = level.groups.iter().filter(|group| raters.iter().any(|class| class.group == group.id));
            let raters = groups.flat_map(|group| group.members.iter().map(String::as_str)).collect();
            items.insert(indicator.id.as_str(), RatedItem { full: *full, raters });
        }
    }
    items
}
