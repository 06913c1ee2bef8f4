//! Which of the first rows is the header: the one whose cells are the most known words.

use qunlian_domain::text::tidy;

use crate::field::Field;
use crate::header::combine::{Words, columns};
use crate::header::{Column, Header};
use crate::row::{Kind, Row};
use crate::source::Merge;

/// Lines a header may take.
const LEVELS: usize = 3;
/// Merged cells that are looked at.
const MERGES: usize = 1_000;
/// Known columns that make a row a header.
const ENOUGH: usize = 3;
/// Known columns of a header without a project's name, which is only named in the refusal.
const FEWEST: usize = 2;

/// What the search came to.
#[derive(Debug)]
pub enum Found {
    /// A header with a project's name in it; `first` is its first line among the rows given.
    Header {
        header: Header,
        first: usize,
        levels: usize,
    },
    /// A row of headers without a column for the project's name.
    Nameless {
        header: Header,
    },
    Nothing(Option<Nearest>),
}

/// The row that came nearest to a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    pub row: u64,
    pub cells: Vec<String>,
}

/// Looks for the header among `rows`, the first of the sheet.
pub fn find(rows: &[Row], merges: &[Merge], words: Words<'_>) -> Found {
    let merges = &among(rows, merges);
    if let Some(row) = words.mapping.and_then(|mapping| mapping.header_row) {
        return at_row(rows, merges, words, row);
    }
    let enough = enough_for(words);
    let mut nameless: Option<Candidate> = None;
    for first in 0..rows.len() {
        if rows[first].is_blank() {
            continue;
        }
        let best = best_from(rows, merges, words, first);
        // Two known words make no header to read, but one to name in the refusal.
        if best.known < enough.min(FEWEST) || (best.has_name() && best.known < enough) {
            continue;
        }
        if best.levels > 1 && best.adds_nothing_to(&best_from(rows, merges, words, first + 1)) {
            continue;
        }
        // The first header wins even when a table below has more columns: that one gets its turn.
        if best.has_name() {
            return best.found(rows);
        }
        if nameless.as_ref().is_none_or(|other| best.beats(other)) {
            nameless = Some(best);
        }
    }
    nameless.map_or_else(|| Found::Nothing(nearest(rows)), |best| best.found(rows))
}

/// The merges that touch the rows, no more than a header could have.
fn among(rows: &[Row], merges: &[Merge]) -> Vec<Merge> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Vec::new() };
    let touches = |merge: &&Merge| u64::from(merge.top) < last.number && u64::from(merge.bottom) + 1 >= first.number;
    merges.iter().filter(touches).take(MERGES).copied().collect()
}

/// The best header that begins in one row, over one to three lines.
fn best_from(rows: &[Row], merges: &[Merge], words: Words<'_>, first: usize) -> Candidate {
    let mut best = candidate(rows, merges, words, first, 1);
    for levels in 2..=LEVELS.min(rows.len() - first) {
        if !continues(&rows[first..first + levels], merges, words) {
            break;
        }
        let taller = candidate(rows, merges, words, first, levels);
        if taller.beats(&best) {
            best = taller;
        }
    }
    best
}

/// A mapping may name as few columns as it likes.
fn enough_for(words: Words<'_>) -> usize {
    words.mapping.map_or(ENOUGH, |mapping| mapping.columns.len().min(ENOUGH))
}

struct Candidate {
    first: usize,
    levels: usize,
    known: usize,
    columns: Vec<Column>,
    repeated: Vec<(usize, Field)>,
}

impl Candidate {
    /// More known columns win; then a project's name among them; then fewer lines; then the earlier row.
    fn beats(&self, other: &Self) -> bool {
        let worth = |candidate: &Self| (candidate.known, candidate.has_name());
        worth(self) > worth(other)
    }

    /// True when the lines from the second on say as much: the first is a title, not a header's upper line.
    fn adds_nothing_to(&self, lower: &Self) -> bool {
        let units = |candidate: &Self| candidate.columns.iter().filter(|column| column.field.is_some() && column.unit.is_some()).count();
        (lower.known, lower.has_name(), units(lower)) >= (self.known, self.has_name(), units(self))
    }

    fn has_name(&self) -> bool {
        self.columns.iter().any(|column| column.field == Some(Field::Name))
    }

    fn found(self, rows: &[Row]) -> Found {
        let named = self.has_name();
        let row = rows[self.first + self.levels - 1].number;
        let header = Header { row, columns: self.columns, repeated: self.repeated };
        if named { Found::Header { header, first: self.first, levels: self.levels } } else { Found::Nameless { header } }
    }
}

fn candidate(rows: &[Row], merges: &[Merge], words: Words<'_>, first: usize, levels: usize) -> Candidate {
    let (columns, repeated) = columns(&rows[first..first + levels], merges, words);
    let known = columns.iter().filter(|column| column.field.is_some()).count();
    Candidate { first, levels, known, columns, repeated }
}

fn at_row(rows: &[Row], merges: &[Merge], words: Words<'_>, row: u64) -> Found {
    let Some(last) = rows.iter().position(|candidate| candidate.number == row) else {
        return Found::Nothing(nearest(rows));
    };
    let mut best = candidate(rows, merges, words, last, 1);
    if last > 0 && continues(&rows[last - 1..=last], merges, words) {
        let two = candidate(rows, merges, words, last - 1, 2);
        if two.beats(&best) {
            best = two;
        }
    }
    if best.known == 0 { Found::Nothing(nearest(rows)) } else { best.found(rows) }
}

/// True when the last of the rows may be a lower line of the header above it: it has no numbers and no
/// dates, stands right below, and fills gaps or splits groups of the line above.
fn continues(rows: &[Row], merges: &[Merge], words: Words<'_>) -> bool {
    let [.., upper, lower] = rows else { return false };
    let is_title = |text: &str| words.vocabulary.is_note(text) || words.vocabulary.is_title(text);
    if lower.is_blank() || lower.number > upper.number + 1 || upper.filled().any(|(_, cell)| is_title(cell.text)) {
        return false;
    }
    let mut leaves = 0;
    for (column, cell) in lower.filled() {
        if cell.kind != Kind::Text || cell.text.parse::<f64>().is_ok() {
            return false;
        }
        let row = upper.number.saturating_sub(1) as u32;
        let merge = merges.iter().find(|merge| merge.covers(row, column as u32));
        let spreads = merge.is_some_and(|merge| merge.right > merge.left);
        let gap = upper.text(column).is_empty() || upper.text(column + 1).is_empty();
        leaves += usize::from(spreads || gap);
    }
    leaves >= 1 && upper.filled().count() > 1
}

/// For the refusal: the row with the most cells of text.
fn nearest(rows: &[Row]) -> Option<Nearest> {
    let texts = |row: &Row| row.filled().filter(|(_, cell)| cell.kind == Kind::Text && cell.text.parse::<f64>().is_err()).count();
    let mut best = (0, rows.first()?);
    for row in rows {
        let count = texts(row);
        if count > best.0 {
            best = (count, row);
        }
    }
    let (_, row) = best;
    let cells = row.filled().take(12).map(|(_, cell)| qunlian_domain::privacy::mask(&tidy(cell.text)).chars().take(24).collect()).collect();
    Some(Nearest { row: row.number, cells })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(lines: &[&str]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let mut row = Row::default();
            row.start(index as u64 + 1);
            for cell in line.split('|') {
                row.push(Kind::Text, cell);
            }
            rows.push(row);
        }
        rows
    }

    fn fields(lines: &[&str], merges: &[Merge]) -> (u64, Vec<String>) {
        let city = crate::testing::city();
        let words = Words { vocabulary: &city.sheets, mapping: None };
        match find(&table(lines), merges, words) {
            Found::Header { header, .. } => {
                let columns = header.columns.iter().map(|column| {
                    let field = column.field.map_or("-", Field::id);
                    let unit = column.unit.map_or(String::new(), |unit| format!("={}", unit.unit.name()));
                    format!("{}:{field}{unit}", column.index)
                });
                (header.row, columns.collect())
            }
            Found::Nameless { header } => (header.row, vec!["nameless".into()]),
            Found::Nothing(nearest) => (nearest.map_or(0, |nearest| nearest.row), vec!["nothing".into()]),
        }
    }

    fn check(lines: &[&str], row: u64, expect: &[&str]) {
        assert_eq!(fields(lines, &[]), (row, expect.iter().map(|text| (*text).to_owned()).collect()), "{lines:?}");
    }

    #[test]
    fn plain_headers_below_titles() {
        check(
            &[
                "濉溪县2022年3月新签约项目统计表|||",
                "填报单位：濉溪县|||单位：万元",
                "序号|项 目\n名称|协议投资额（万元）|签约时间",
                "1|铝箔|300|2022.3",
            ],
            3,
            &["0:seq", "1:name", "2:agreed=万元", "3:signed_on"],
        );
    }

    #[test]
    fn two_lines_are_read_together() {
        check(
            &[
                "序号|项目名称|投资方||投资额（亿元）||备注",
                "||名称（全称）|注册地址|协议投资额|其中：固定资产投资|",
                "1|铝箔|某公司|某地|3|2|",
            ],
            2,
            &["0:seq", "1:name", "2:investor", "3:investor_address", "4:agreed=亿元", "5:planned_fixed=亿元", "6:remark"],
        );
    }

    #[test]
    fn plans_are_no_facts() {
        check(
            &["项目名称|投资方|计划||实际|", "||开工时间|竣工时间|开工时间|竣工时间"],
            2,
            &["0:name", "1:investor", "2:planned_start_on", "3:planned_completion_on", "4:started_on", "5:completed_on"],
        );
        check(
            &["项目名称|投资方|计划||实际|", "||投产时间|达产时间|投产时间|达产时间"],
            2,
            &["0:name", "1:investor", "2:-", "3:-", "4:in_production_on", "5:at_capacity_on"],
        );
    }

    #[test]
    fn merges_of_the_file_decide() {
        let merges = [
            Merge { top: 0, left: 2, bottom: 0, right: 3 },
            Merge { top: 0, left: 0, bottom: 1, right: 0 },
            Merge { top: 0, left: 1, bottom: 1, right: 1 },
        ];
        let lines = ["项目名称|投资方|投资额（万元）||签约时间", "||协议投资额|固定资产投资额|", "铝箔|某公司|1|2|2022.3"];
        let expect = ["0:name", "1:investor", "2:agreed=万元", "3:planned_fixed=万元", "4:signed_on"].map(str::to_owned).to_vec();
        assert_eq!(fields(&lines, &merges), (2, expect));
    }

    #[test]
    fn foreign_tables_are_told_apart() {
        check(&["序号|学校名称|主管部门|所在地区|备注", "1|某大学|某部|某市|"], 1, &["nameless"]);
        check(&["附件1：", "序号|学校名称|主管部门|备注", "1|某大学|某部|"], 2, &["nameless"]);
        check(&["a|b|c", "1|2|3"], 1, &["nothing"]);
        check(&["1|2|3"], 1, &["nothing"]);
    }
}
