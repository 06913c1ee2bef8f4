//! Cells merged over several rows (纵向合并单元格): the rows below take the words, never the amounts.

use crate::field::Field;
use crate::row::Row;
use crate::source::Merge;

/// Fields that a merged cell lends to every row it covers. A merged name or amount would count twice.
const LENT: [Field; 7] =
    [Field::Carrier, Field::Chain, Field::Segment, Field::Region, Field::Country, Field::ReportedOn, Field::RecognisedOn];

/// Merges that reach into one row; true ones do not overlap, so there is one per lent column.
const ACTIVE: usize = 16;

/// The merges that reach into the rows being read.
pub struct Spill<'m> {
    /// Sorted by their first row.
    waiting: &'m [Merge],
    active: Vec<(Merge, String)>,
}

impl<'m> Spill<'m> {
    pub fn new(merges: &'m [Merge]) -> Self {
        Self { waiting: merges, active: Vec::new() }
    }

    /// Fills blank cells of a row from merges that began above it.
    pub fn fill(&mut self, row: &mut Row, place_of: impl Fn(Field) -> Option<usize>) {
        if self.waiting.is_empty() && self.active.is_empty() {
            return;
        }
        let number = row.number.saturating_sub(1) as u32;
        self.active.retain(|(merge, _)| merge.bottom >= number);
        while let Some((merge, rest)) = self.waiting.split_first() {
            if merge.top > number {
                break;
            }
            self.waiting = rest;
            let lent = LENT.into_iter().any(|field| place_of(field) == Some(merge.left as usize));
            if lent && self.active.len() < ACTIVE && merge.bottom > merge.top && merge.bottom >= number {
                let text = if merge.top == number { row.text(merge.left as usize).to_owned() } else { String::new() };
                self.active.push((*merge, text));
            }
        }
        for (merge, text) in &self.active {
            if merge.top < number && row.cell(merge.left as usize).is_blank() && !text.is_empty() {
                row.set(merge.left as usize, crate::row::Kind::Text, text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Kind;

    #[test]
    fn words_spill_and_amounts_do_not() {
        let merges = [Merge { top: 1, left: 0, bottom: 2, right: 0 }, Merge { top: 1, left: 1, bottom: 2, right: 1 }];
        let mut spill = Spill::new(&merges);
        let place = |field: Field| match field {
            Field::Carrier => Some(0),
            Field::Agreed => Some(1),
            _ => None,
        };
        let mut seen = Vec::new();
        for (number, cells) in [(2, ["濉溪县", "5"]), (3, ["", ""]), (4, ["", ""])] {
            let mut row = Row::default();
            row.start(number);
            for cell in cells {
                row.push(Kind::Text, cell);
            }
            spill.fill(&mut row, place);
            seen.push((row.text(0).to_owned(), row.text(1).to_owned()));
        }
        let expect = [("濉溪县", "5"), ("濉溪县", ""), ("", "")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(seen, expect);
    }
}
