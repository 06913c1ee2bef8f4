//! Joins the lines of a header into columns: fills merged cells, then reads group and leaf together.

use qunlian_domain::catalogue::SheetVocabulary;
use qunlian_domain::money::Denomination;
use qunlian_domain::text::{fold, tidy};

use crate::field::{Field, Holds};
use crate::header::Column;
use crate::mapping::Mapping;
use crate::row::Row;
use crate::source::Merge;

/// Words of a group that make its dates and amounts plans: 计划/开工时间 is no start.
const PLANS: [&str; 7] = ["计划", "预计", "拟", "约定", "预期", "目标", "规划"];

/// The words that headers are compared with.
#[derive(Clone, Copy)]
pub struct Words<'w> {
    pub vocabulary: &'w SheetVocabulary,
    /// When there is one, it alone decides.
    pub mapping: Option<&'w Mapping>,
}

impl Words<'_> {
    fn field(&self, header: &str) -> Option<Field> {
        match self.mapping {
            Some(mapping) => mapping.field_of(header),
            None => self.vocabulary.field_of(header).and_then(Field::from_id),
        }
    }
}

/// The columns that header lines make; `rows` from the upper level to the lower.
/// The second list holds columns whose field an earlier one has.
pub fn columns(rows: &[Row], merges: &[Merge], words: Words<'_>) -> (Vec<Column>, Vec<(usize, Field)>) {
    let grid = filled(rows, merges);
    let width = grid.iter().map(Vec::len).max().unwrap_or(0);
    let mut columns = Vec::new();
    for index in 0..width {
        let mut levels: Vec<String> = Vec::new();
        for line in &grid {
            let text = line.get(index).map_or("", String::as_str);
            if !text.is_empty() && levels.last().is_none_or(|last| last != text) {
                levels.push(text.to_owned());
            }
        }
        if levels.is_empty() {
            continue;
        }
        let unit = levels.iter().rev().find_map(|level| Denomination::in_header(level));
        columns.push(Column { index, label: levels.join("/"), levels, field: None, unit });
    }
    let repeated = assign(&mut columns, words);
    (columns, repeated)
}

/// Gives each column its field. Whole names go before leaves read alone, so that 投资方/名称 is the
/// investor and never takes the place of 项目名称.
fn assign(columns: &mut [Column], words: Words<'_>) -> Vec<(usize, Field)> {
    let mut taken = [false; crate::field::COUNT];
    let mut repeated = Vec::new();
    for read in [whole_name, leaf_alone] {
        for column in columns.iter_mut().filter(|column| column.field.is_none()) {
            let Some(field) = read(&column.levels, words) else { continue };
            if taken[field as usize] {
                if !repeated.iter().any(|(index, _)| *index == column.index) {
                    repeated.push((column.index, field));
                }
                continue;
            }
            taken[field as usize] = true;
            column.field = Some(field);
        }
    }
    repeated
}

/// The field of all levels read together, in either order: 投资方+名称, 协议+投资额.
fn whole_name(levels: &[String], words: Words<'_>) -> Option<Field> {
    let (leaf, groups) = levels.split_last()?;
    let Some(group) = groups.last() else { return words.field(leaf) };
    let key = |text: &str| if words.mapping.is_some() { text.to_owned() } else { words.vocabulary.header_key(text) };
    let whole: String = levels.iter().map(|level| key(level)).collect();
    words
        .field(&whole)
        .or_else(|| words.field(&levels.join("/")))
        .or_else(|| words.field(&format!("{}{}", key(group), key(leaf))))
        .or_else(|| words.field(&format!("{}{}", key(leaf), key(group))))
}

/// The field of the lowest level alone, unless it is too general under its group or the group makes it a plan.
fn leaf_alone(levels: &[String], words: Words<'_>) -> Option<Field> {
    let (leaf, groups) = levels.split_last()?;
    let field = words.field(leaf)?;
    if words.mapping.is_some() {
        return Some(field);
    }
    let planned = groups.iter().any(|group| PLANS.iter().any(|word| fold(group).contains(word)));
    if planned && matches!(field.holds(), Holds::Date | Holds::Amount) {
        return None;
    }
    let general = words.vocabulary.header_key(leaf).chars().count() <= 2;
    (!general || groups.is_empty() || matches!(field.holds(), Holds::Date | Holds::PlannedDate | Holds::Amount)).then_some(field)
}

/// The header's texts with merged cells filled: by the file's merges, else a group cell reaches right
/// over blank cells that have a leaf below them.
fn filled(rows: &[Row], merges: &[Merge]) -> Vec<Vec<String>> {
    let width = rows.iter().map(Row::width).max().unwrap_or(0);
    let mut grid: Vec<Vec<String>> = rows.iter().map(|row| (0..width).map(|column| tidy(row.text(column))).collect()).collect();
    let merged = |row: &Row, column: usize| {
        let number = row.number.saturating_sub(1) as u32;
        merges.iter().find(|merge| merge.covers(number, column as u32))
    };
    for (line, row) in rows.iter().enumerate() {
        for column in 0..width {
            if !grid[line][column].is_empty() {
                continue;
            }
            if let Some(merge) = merged(row, column) {
                let top = rows.iter().position(|row| row.number == u64::from(merge.top) + 1);
                if let Some(top) = top {
                    grid[line][column] = tidy(rows[top].text(merge.left as usize));
                }
                continue;
            }
            let has_leaf = rows.get(line + 1).is_some_and(|below| !below.text(column).is_empty());
            if has_leaf && column > 0 && !grid[line][column - 1].is_empty() && group_spreads(rows, merges, line, column - 1) {
                grid[line][column] = grid[line][column - 1].clone();
            }
        }
    }
    grid
}

/// True when the cell (or the one it was filled from) has a leaf of its own below it, as a group has.
fn group_spreads(rows: &[Row], merges: &[Merge], line: usize, column: usize) -> bool {
    let row = rows[line].number.saturating_sub(1) as u32;
    if merges.iter().any(|merge| merge.covers(row, column as u32)) {
        return false;
    }
    rows.get(line + 1).is_some_and(|below| !below.text(column).is_empty())
}
