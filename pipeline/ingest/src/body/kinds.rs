//! Which rows below a header are data (行的类别): totals, groups, notes and repeated headers are not.

use qunlian_domain::catalogue::SheetVocabulary;
use qunlian_domain::text::{fold, tidy};

use crate::field::{Field, Holds};
use crate::row::Row;
use crate::table::Table;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    Data,
    Blank,
    Total,
    Group,
    /// 填报人, 注：, a title of the next table.
    Note,
    /// The header again, as on every printed page.
    Header,
    /// Another header: a second table below the first.
    NewHeader,
}

/// Longest text, in bytes, that can mark a total: 杜集经济开发区本月小计.
const TOTAL_BYTES: usize = 48;
const TOTAL_SIGN: &str = "计";

/// Tells what a row is. Cheap for plain data rows: words are only compared when a row looks unusual.
pub fn of(row: &Row, table: &Table, vocabulary: &SheetVocabulary) -> RowKind {
    let name = table.text(row, Field::Name);
    if name.is_empty() {
        return nameless(row, table, vocabulary);
    }
    if table.is_name_header(name) && repeats_header(row, table) {
        return RowKind::Header;
    }
    if opens_with_total(row, vocabulary) {
        return RowKind::Total;
    }
    if !table.text(row, Field::Investor).is_empty() {
        return RowKind::Data;
    }
    let facts = Field::ALL
        .into_iter()
        .filter(|field| matches!(field.holds(), Holds::Date | Holds::PlannedDate | Holds::Amount | Holds::CreditCode));
    if facts.filter(|field| !table.text(row, *field).is_empty()).count() > 0 {
        return if vocabulary.is_total(name) { RowKind::Total } else { data_or_header(row, vocabulary) };
    }
    let filled = row.filled().count();
    match () {
        () if vocabulary.is_total(name) => RowKind::Total,
        () if filled <= 2 && (vocabulary.is_group(name) || row.filled().next().is_some_and(|(_, cell)| vocabulary.is_group(cell.text))) => {
            RowKind::Group
        }
        () if filled <= 3 && vocabulary.is_note(name) => RowKind::Note,
        () if filled == 1 && vocabulary.is_title(name) => RowKind::Note,
        () => data_or_header(row, vocabulary),
    }
}

/// A row without a name is a total, a group, a note or the lower line of a header; else data that lacks its name.
fn nameless(row: &Row, table: &Table, vocabulary: &SheetVocabulary) -> RowKind {
    let mut cells = row.filled();
    let Some((column, first)) = cells.next() else { return RowKind::Blank };
    let others = cells.count();
    let first_text = first.text;
    if opens_with_total(row, vocabulary) || vocabulary.is_total(first_text) {
        return RowKind::Total;
    }
    if vocabulary.is_note(first_text) || fold(first_text).starts_with("注") {
        return RowKind::Note;
    }
    if vocabulary.is_group(first_text) && others <= 2 {
        return RowKind::Group;
    }
    // One cell alone, before the name's column, is a group's title whatever it says: 北京市（92所）.
    let place = table.place(Field::Name).unwrap_or(0);
    if others == 0 && column < place {
        return if vocabulary.is_title(first_text) { RowKind::Note } else { RowKind::Group };
    }
    if repeats_header(row, table) {
        return RowKind::Header;
    }
    // A running number alone marks a line that nobody filled in.
    if others == 0 && table.place(Field::Seq) == Some(column) {
        return RowKind::Blank;
    }
    RowKind::Data
}

/// True when one of the first three cells that hold something marks a total.
fn opens_with_total(row: &Row, vocabulary: &SheetVocabulary) -> bool {
    let mut filled = 0;
    for column in 0..row.width().min(8) {
        let text = row.text(column);
        if text.is_empty() {
            continue;
        }
        if text.len() <= TOTAL_BYTES && text.contains(TOTAL_SIGN) && vocabulary.is_total(text) {
            return true;
        }
        filled += 1;
        if filled == 3 {
            break;
        }
    }
    false
}

/// True when the row's cells are the header's own words, in their places.
pub fn repeats_header(row: &Row, table: &Table) -> bool {
    let mut same = 0;
    let mut filled = 0;
    for (column, cell) in row.filled() {
        filled += 1;
        let text = tidy(cell.text);
        same += usize::from(table.header.columns.iter().any(|header| header.index == column && header.levels.contains(&text)));
    }
    same >= 2 && same * 2 > filled
}

/// A row whose cells are mostly known headers begins another table.
fn data_or_header(row: &Row, vocabulary: &SheetVocabulary) -> RowKind {
    let mut known = 0;
    let mut filled = 0;
    let mut named = false;
    for (_, cell) in row.filled() {
        filled += 1;
        if cell.text.len() > 60 {
            continue;
        }
        if let Some(field) = vocabulary.field_of(cell.text) {
            known += 1;
            named |= field == Field::Name.id();
        }
    }
    if named && known >= 3 && known * 3 >= filled * 2 { RowKind::NewHeader } else { RowKind::Data }
}

/// True when a row taken for data is another header; asked when its cells do not fit.
pub fn is_new_header(row: &Row, vocabulary: &SheetVocabulary) -> bool {
    data_or_header(row, vocabulary) == RowKind::NewHeader
}
