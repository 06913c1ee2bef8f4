//! What is drawn of a result (结果图): which kind, over which column, of which columns.

use serde::{Deserialize, Serialize};

/// Columns that one chart draws: six shades are as many as eyes can tell apart.
pub const MOST_SERIES: usize = 6;
/// Characters of a column's name.
const COLUMN_CHARACTERS: usize = 128;
/// Characters of a chart's title.
const TITLE_CHARACTERS: usize = 80;

/// Kind of a chart (图形).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    Bar,
    Line,
    Stacked,
}

impl ChartKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Bar, Self::Line, Self::Stacked];

    /// The word in the books and in forms.
    pub fn id(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::Line => "line",
            Self::Stacked => "stacked",
        }
    }

    /// Reads [`ChartKind::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// What somebody wants to see of a result: column names as the statement gives them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartChoice {
    pub kind: ChartKind,
    /// The column of names, months or days.
    pub x: String,
    /// Columns of numbers, one to [`MOST_SERIES`].
    pub y: Vec<String>,
    /// May be empty.
    pub title: String,
}

/// Why a choice is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ChartFault {
    #[error("a chart needs a column of names")]
    NoX,
    #[error("a chart draws 1 to {MOST_SERIES} columns, each once and none of them its column of names")]
    Y,
    #[error("a chart's title has at most {TITLE_CHARACTERS} characters")]
    Title,
}

impl ChartChoice {
    /// Holds the bounds of a choice. Whether a result has the columns is seen when it is drawn.
    pub fn new(kind: ChartKind, x: &str, y: impl IntoIterator<Item = String>, title: &str) -> Result<Self, ChartFault> {
        let choice = Self { kind, x: x.to_owned(), y: y.into_iter().collect(), title: title.trim().to_owned() };
        choice.check().map(|()| choice)
    }

    /// The same for a choice that came from elsewhere.
    pub fn check(&self) -> Result<(), ChartFault> {
        let is_name = |name: &str| !name.is_empty() && name.chars().count() <= COLUMN_CHARACTERS;
        if !is_name(&self.x) {
            return Err(ChartFault::NoX);
        }
        let has_twin = |at: usize| self.y[..at].contains(&self.y[at]) || self.y[at] == self.x;
        let fits = (1..=MOST_SERIES).contains(&self.y.len()) && self.y.iter().all(|name| is_name(name));
        if !fits || (0..self.y.len()).any(has_twin) {
            return Err(ChartFault::Y);
        }
        if self.title.chars().count() > TITLE_CHARACTERS { Err(ChartFault::Title) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_names_its_columns_once() {
        let choose = |x: &str, y: &[&str], title: &str| {
            ChartChoice::new(ChartKind::Bar, x, y.iter().map(|name| (*name).to_owned()), title).map(|choice| choice.y.len())
        };
        assert_eq!(choose("carrier", &["signed"], ""), Ok(1));
        assert_eq!(choose("carrier", &["a", "b", "c", "d", "e", "f"], " 新签约 "), Ok(6));
        assert_eq!(choose("", &["a"], ""), Err(ChartFault::NoX));
        assert_eq!(choose("x", &[], ""), Err(ChartFault::Y));
        assert_eq!(choose("x", &["a", "b", "c", "d", "e", "f", "g"], ""), Err(ChartFault::Y));
        assert_eq!(choose("x", &["a", "a"], ""), Err(ChartFault::Y));
        assert_eq!(choose("x", &["x"], ""), Err(ChartFault::Y));
        assert_eq!(choose("x", &[""], ""), Err(ChartFault::Y));
        assert_eq!(choose("x", &["a"], &"题".repeat(81)), Err(ChartFault::Title));
        for kind in ChartKind::ALL {
            assert_eq!(ChartKind::from_id(kind.id()), Some(kind));
        }
        assert_eq!(ChartKind::from_id("pie"), None);
    }
}
