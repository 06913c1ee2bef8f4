//! Regional groups (区域分组) such as 沪苏浙 or 港澳台: overlapping, dated, read from configuration.

use chrono::NaiveDate;
use serde::Deserialize;

use super::{RegionKind, SourceRegion};

/// Member that stands for everything outside the mainland (境外).
const ABROAD: &str = "abroad";

/// One group (区域分组): members are division codes of any level, ISO country codes, or `abroad`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionGroup {
    pub id: String,
    /// Chinese title.
    pub name: String,
    pub members: Vec<String>,
    /// First day it holds; none = always.
    pub valid_from: Option<NaiveDate>,
    /// First day it holds no more; none = still.
    pub valid_until: Option<NaiveDate>,
    pub note: String,
}

/// All groups in the order of the file; one region may belong to several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionGroups {
    groups: Vec<RegionGroup>,
}

/// What is wrong with a file of groups.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionGroupsError {
    #[error("region groups: {message}")]
    Toml { message: String },
    #[error("region group {group:?}: {field} is not a date: {value:?} (hint: write \"2022-01-31\")")]
    Date { group: String, field: &'static str, value: String },
    #[error("region group {group:?}: valid_until {until} is not after valid_from {from}")]
    Reversed { group: String, from: NaiveDate, until: NaiveDate },
    #[error("region group {group:?}: unknown member {member:?} (hint: six digits, two capital letters, or \"abroad\")")]
    Member { group: String, member: String },
    #[error("region group {group:?} overlaps in time with another of the same id")]
    Repeated { group: String },
}

impl RegionGroups {
    /// Reads `[[group]]` tables: `id`, `name`, `members`, and optionally `valid_from`,
    /// `valid_until`, `note`. One id may come several times with periods that do not overlap.
    ///
    /// # Errors
    /// Unknown keys, malformed dates or members, periods that overlap.
    pub fn from_toml(text: &str) -> Result<Self, RegionGroupsError> {
        let file: GroupFile = toml::from_str(text).map_err(|error| RegionGroupsError::Toml { message: error.to_string() })?;
        let mut groups: Vec<RegionGroup> = Vec::with_capacity(file.group.len());
        for row in file.group {
            let group = row.checked()?;
            let clash = groups.iter().any(|other| other.id == group.id && other.overlaps(&group));
            if clash {
                return Err(RegionGroupsError::Repeated { group: group.id });
            }
            groups.push(group);
        }
        Ok(Self { groups })
    }

    /// The ids of the groups a region belongs to on a day, in the order of the file.
    pub fn groups_of<'g>(&'g self, region: &SourceRegion<'_>, on: NaiveDate) -> impl Iterator<Item = &'g str> {
        let region = *region;
        self.valid_on(on).filter(move |group| group.contains(&region)).map(|group| group.id.as_str())
    }

    /// The groups that hold on a day.
    pub fn valid_on(&self, on: NaiveDate) -> impl Iterator<Item = &RegionGroup> {
        self.groups.iter().filter(move |group| group.holds_on(on))
    }

    /// Every group of the file.
    pub fn all(&self) -> &[RegionGroup] {
        &self.groups
    }
}

impl RegionGroup {
    /// Whether the group holds on a day: from `valid_from` until the day before `valid_until`.
    pub fn holds_on(&self, on: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= on) && self.valid_until.is_none_or(|until| on < until)
    }

    /// Whether a region, at any level, is a member.
    pub fn contains(&self, region: &SourceRegion<'_>) -> bool {
        let codes = [region.province_code, region.city_code, region.county_code, region.country_code];
        self.members.iter().any(|member| {
            let by_code = codes.contains(&member.as_str());
            by_code || (member == ABROAD && region.kind == RegionKind::Abroad)
        })
    }

    fn overlaps(&self, other: &RegionGroup) -> bool {
        let ends_before = |first: &RegionGroup, second: &RegionGroup| matches!((first.valid_until, second.valid_from), (Some(end), Some(start)) if end <= start);
        !ends_before(self, other) && !ends_before(other, self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    #[serde(default)]
    group: Vec<GroupRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupRow {
    id: String,
    name: String,
    members: Vec<String>,
    #[serde(default)]
    valid_from: Option<String>,
    #[serde(default)]
    valid_until: Option<String>,
    #[serde(default)]
    note: String,
}

impl GroupRow {
    fn checked(self) -> Result<RegionGroup, RegionGroupsError> {
        let valid_from = date(&self.id, "valid_from", self.valid_from.as_deref())?;
        let valid_until = date(&self.id, "valid_until", self.valid_until.as_deref())?;
        if let (Some(from), Some(until)) = (valid_from, valid_until)
            && until <= from
        {
            return Err(RegionGroupsError::Reversed { group: self.id, from, until });
        }
        if let Some(member) = self.members.iter().find(|member| !is_member(member)) {
            return Err(RegionGroupsError::Member { member: member.clone(), group: self.id });
        }
        Ok(RegionGroup { id: self.id, name: self.name, members: self.members, valid_from, valid_until, note: self.note })
    }
}

fn is_member(member: &str) -> bool {
    let division = member.len() == 6 && member.bytes().all(|byte| byte.is_ascii_digit());
    let country = member.len() == 2 && member.bytes().all(|byte| byte.is_ascii_uppercase());
    division || country || member == ABROAD
}

fn date(group: &str, field: &'static str, value: Option<&str>) -> Result<Option<NaiveDate>, RegionGroupsError> {
    let Some(value) = value else { return Ok(None) };
    match NaiveDate::parse_from_str(value, "%Y-%m-%d") {
        Ok(date) => Ok(Some(date)),
        Err(_) => Err(RegionGroupsError::Date { group: group.to_owned(), field, value: value.to_owned() }),
    }
}
