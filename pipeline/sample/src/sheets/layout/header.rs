//! The header of a table (表头): one line or two, units in brackets, merges.

use super::Layout;
use crate::sheets::table::{Cell, Merge, Odd};
use crate::styles::{Column, UnitPlace};

impl Layout<'_> {
    pub(super) fn header(&mut self) {
        let top = self.table.rows.len();
        self.push_header();
        self.table.header_rows = top..self.table.rows.len();
        self.table.widths = vec![3.0; self.left()];
        let widths: Vec<f64> = self.columns.iter().map(|column| width(*column)).collect();
        self.table.widths.extend(widths);
        if self.sheet.unknown_column {
            self.mark(self.table.rows.len() - 1, Some(Column::Unknown), Odd::UnknownColumn);
        }
    }

    /// One line of header, or two when some columns stand under a common one.
    pub(super) fn push_header(&mut self) {
        let groups: Vec<Option<&'static str>> = self.columns.iter().map(|column| self.group_of(*column)).collect();
        let amounts_in_group = |column: &Column| matches!(column, Column::Agreed | Column::PlannedFixed);
        if groups.iter().all(Option::is_none) {
            let cells = self.columns.iter().map(|column| Cell::text(self.with_unit(*column, self.style.header(*column)))).collect();
            let cells = self.row(cells);
            self.table.push(cells);
            return;
        }
        let (mut upper, mut lower) = (Vec::new(), Vec::new());
        let top = self.table.rows.len();
        for (position, column) in self.columns.iter().enumerate() {
            let leaf = self.style.header(*column);
            let place = position + self.left();
            let Some(group) = groups[position] else {
                upper.push(Cell::text(self.with_unit(*column, leaf)));
                lower.push(Cell::Empty);
                self.table.merges.push(Merge { top, left: place, bottom: top + 1, right: place });
                continue;
            };
            lower.push(Cell::text(leaf));
            let opens = position == 0 || groups[position - 1] != Some(group);
            if !opens {
                upper.push(Cell::Empty);
                continue;
            }
            let title = if amounts_in_group(column) { self.with_unit(*column, group) } else { group.to_owned() };
            upper.push(Cell::text(title));
            let span = groups[position..].iter().take_while(|other| **other == Some(group)).count();
            self.table.merges.push(Merge { top, left: place, bottom: top, right: place + span - 1 });
        }
        let (upper, lower) = (self.row(upper), self.row(lower));
        self.table.push(upper);
        self.table.push(lower);
    }

    /// The common header of a column, when at least two columns of the group stand in this sheet.
    fn group_of(&self, column: Column) -> Option<&'static str> {
        let (title, members) = self.style.groups.iter().find(|(_, members)| members.contains(&column))?;
        let present = self.columns.iter().filter(|column| members.contains(column)).count();
        (present >= 2).then_some(*title)
    }

    fn with_unit(&self, column: Column, header: &str) -> String {
        let is_amount = matches!(column, Column::Agreed | Column::PlannedFixed | Column::Fixed);
        if !is_amount || self.style.unit_place == UnitPlace::TitleLine {
            return header.to_owned();
        }
        format!("{header}（{}）", self.style.unit_of(self.sheet.kind).name())
    }

    /// The header over a place, as it is printed in the lowest line that names it.
    pub(super) fn printed_header(&self, place: usize) -> String {
        let lines = self.table.header_rows.clone().rev();
        lines.filter_map(|row| self.table.rows[row].get(place)).map(Cell::shown).find(|text| !text.is_empty()).unwrap_or_default()
    }
}

fn width(column: Column) -> f64 {
    match column {
        Column::Seq => 6.0,
        Column::Name | Column::PreviousName | Column::InvestorAddress => 34.0,
        Column::Investor => 28.0,
        Column::Content => 48.0,
        Column::CreditCode => 22.0,
        _ => 14.0,
    }
}
