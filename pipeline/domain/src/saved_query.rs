//! Saved queries (已存查询): what can be saved, who may see and change it, and how much of one's history is kept.

mod chart;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::access::{Right, Role, Roles};
use crate::contract::ColumnType;
use crate::period::end_of_month;

pub use chart::{ChartChoice, ChartFault, ChartKind, MOST_SERIES};

/// Characters of a title.
pub const TITLE_CHARACTERS: usize = 60;
/// Characters of a note.
pub const NOTE_CHARACTERS: usize = 500;
/// Bytes of a statement.
pub const SQL_BYTES: usize = 64 * 1024;
/// Parameters of one statement.
pub const MOST_PARAMETERS: usize = 32;
/// Characters of a parameter's name.
pub const NAME_CHARACTERS: usize = 64;
/// Characters of a parameter's value.
pub const VALUE_CHARACTERS: usize = 2_000;
/// Queries that one account keeps.
pub const MOST_SAVED: usize = 200;
/// Charts on one personal board (我的看板): more are neither looked at nor quick to run.
pub const MOST_PINNED: usize = 12;
/// Statements of an account that its history keeps, the newest.
pub const HISTORY_ROWS: usize = 500;
/// Days after which history forgets a statement; the audit log keeps its text for its own term.
pub const HISTORY_DAYS: u64 = 183;

/// On which day a saved query looks at the figures (截至日期规则).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AsOfRule {
    /// As published now.
    #[default]
    Newest,
    /// The end of the last month that is over.
    MonthEnd,
    Day(NaiveDate),
}

impl AsOfRule {
    /// `newest`, `month_end` or a day such as `2022-05-31`.
    pub fn id(self) -> String {
        match self {
            Self::Newest => "newest".to_owned(),
            Self::MonthEnd => "month_end".to_owned(),
            Self::Day(day) => day.to_string(),
        }
    }

    /// Reads [`AsOfRule::id`]; an empty text is the newest. `None` for anything else.
    pub fn from_id(id: &str) -> Option<Self> {
        match id.trim() {
            "" | "newest" => Some(Self::Newest),
            "month_end" => Some(Self::MonthEnd),
            day => day.parse().ok().map(Self::Day),
        }
    }

    /// The day itself; `None` for the newest figures. The last day of a month is a month that is over.
    pub fn day(self, today: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Newest => None,
            Self::Day(day) => Some(day),
            Self::MonthEnd if end_of_month(today) == today => Some(today),
            Self::MonthEnd => today.with_day(1)?.checked_sub_months(Months::new(1)).map(end_of_month),
        }
    }
}

/// A named value of a statement (参数), as it was typed: it is bound, never spliced.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub name: String,
    pub kind: ColumnType,
    pub value: String,
}

/// With whom a saved query is shared (共享范围): its text, never its results. Nobody: no role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audience(Vec<Role>);

/// Roles that may be shared with: administrators see no project, so nothing is shared with them.
pub const SHARED_WITH: [Role; 5] = [Role::Leader, Role::Analyst, Role::Clerk, Role::Reviewer, Role::TeamMember];

impl Audience {
    /// The roles that can be shared with among those given; order and repetition do not matter.
    pub fn of(roles: impl IntoIterator<Item = Role>) -> Self {
        let mut list: Vec<Role> = roles.into_iter().filter(|role| SHARED_WITH.contains(role)).collect();
        list.sort_unstable();
        list.dedup();
        Self(list)
    }

    pub fn iter(&self) -> impl Iterator<Item = Role> + '_ {
        self.0.iter().copied()
    }

    pub fn is_nobody(&self) -> bool {
        self.0.is_empty()
    }

    pub fn holds(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// `analyst,reviewer`; empty for nobody.
    pub fn ids(&self) -> String {
        self.0.iter().map(|role| role.id()).collect::<Vec<_>>().join(",")
    }

    /// Reads [`Audience::ids`]; `None` when a word is no role that can be shared with.
    pub fn from_ids(ids: &str) -> Option<Self> {
        let roles: Option<Vec<Role>> = ids.split(',').filter(|id| !id.is_empty()).map(Role::from_id).collect();
        let roles = roles?;
        let audience = Self::of(roles.iter().copied());
        roles.iter().all(|role| audience.holds(*role)).then_some(audience)
    }
}

/// Who looks (查看人).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    pub account: i64,
    pub roles: Roles,
}

impl Viewer {
    /// Everything here is for those who may ask SQL; a saved query is its owner's and theirs whose role it is shared with.
    pub fn may_see(&self, owner: i64, audience: &Audience) -> bool {
        self.roles.may(Right::AskSql) && (self.account == owner || self.roles.iter().any(|role| audience.holds(role)))
    }

    /// Only the owner renames, shares and deletes.
    pub fn may_change(&self, owner: i64) -> bool {
        self.roles.may(Right::AskSql) && self.account == owner
    }
}

/// Why something cannot be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SaveFault {
    #[error("a title has 1 to {TITLE_CHARACTERS} characters")]
    Title,
    #[error("a note has at most {NOTE_CHARACTERS} characters")]
    Note,
    #[error("there is no statement")]
    NoSql,
    #[error("a statement has at most {SQL_BYTES} bytes")]
    LongSql,
    #[error("a statement has at most {MOST_PARAMETERS} parameters, each with its own name")]
    Parameters,
}

/// Holds the bounds of what is saved; title and note are already one clean line or text.
pub fn check(title: &str, note: &str, sql: &str, parameters: &[Parameter]) -> Result<(), SaveFault> {
    if title.trim().is_empty() || title.chars().count() > TITLE_CHARACTERS {
        return Err(SaveFault::Title);
    }
    if note.chars().count() > NOTE_CHARACTERS {
        return Err(SaveFault::Note);
    }
    if sql.trim().is_empty() {
        return Err(SaveFault::NoSql);
    }
    if sql.len() > SQL_BYTES {
        return Err(SaveFault::LongSql);
    }
    let fits = |parameter: &Parameter| {
        let name = parameter.name.chars().count();
        (1..=NAME_CHARACTERS).contains(&name) && parameter.value.chars().count() <= VALUE_CHARACTERS
    };
    let has_twin = |at: usize| parameters[..at].iter().any(|before| before.name == parameters[at].name);
    if parameters.len() > MOST_PARAMETERS || !parameters.iter().all(fits) || (0..parameters.len()).any(has_twin) {
        return Err(SaveFault::Parameters);
    }
    Ok(())
}

/// What a query's content hash is made of: two queries share it exactly when statement and parameters are equal.
/// White space around the statement and the order of the parameters do not matter; each text carries its length in bytes.
pub fn canonical(sql: &str, parameters: &[Parameter]) -> String {
    let mut sorted: Vec<&Parameter> = parameters.iter().collect();
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    let texts = sorted.iter().flat_map(|parameter| [parameter.name.as_str(), parameter.kind.id(), parameter.value.as_str()]);
    std::iter::once(sql.trim()).chain(texts).map(|text| format!("{}:{text}\n", text.len())).collect()
}

#[cfg(test)]
mod tests;
