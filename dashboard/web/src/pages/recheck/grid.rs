//! A pasted text as cells (表格文本): tabs, commas or runs of blanks; title, heading lines and rows told apart.

use qunlian_domain::audit::clean;
use qunlian_domain::recheck::PrintedFigure;
use qunlian_domain::text::fold;

use super::sent::Refused;

/// Rows below the heading, columns, and characters of one cell.
pub(super) const MOST_ROWS: usize = 2_000;
pub(super) const MOST_COLUMNS: usize = 60;
const LONGEST_CELL: usize = 80;
/// Lines above the first row: titles and headings.
const MOST_HEAD: usize = 20;
/// Lines of one heading.
const MOST_LEVELS: usize = 4;

/// A table with headings that differ from each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Grid {
    /// What stands above the heading.
    pub titles: Vec<String>,
    pub headings: Vec<String>,
    /// As wide as the headings.
    pub rows: Vec<Vec<String>>,
    /// The column that names the rows.
    pub label: usize,
}

/// Reads a text. `levels`: lines of the heading, if somebody said so.
pub(super) fn read(text: &str, levels: Option<usize>) -> Result<Grid, Refused> {
    let mut lines = split(text);
    lines.retain(|line| line.iter().any(|cell| !cell.is_empty()));
    if lines.is_empty() {
        return Err(Refused::key("recheck.bad.empty"));
    }
    if lines.len() > MOST_ROWS + MOST_HEAD {
        return Err(Refused::with("recheck.bad.rows", MOST_ROWS));
    }
    let width = lines.iter().map(|line| filled_to(line)).max().unwrap_or(0);
    if width > MOST_COLUMNS {
        return Err(Refused::with("recheck.bad.columns", MOST_COLUMNS));
    }
    for line in &mut lines {
        line.resize(width, String::new());
    }
    let titles = lines.iter().position(|line| !is_title(line)).unwrap_or(lines.len());
    let below = lines.split_off(titles);
    let first = below.iter().position(|line| line.iter().any(|cell| is_bare_number(cell))).unwrap_or(0);
    let levels = levels.unwrap_or(first).clamp(1, MOST_LEVELS);
    if width < 2 || below.len() <= levels {
        return Err(Refused::key("recheck.bad.table"));
    }
    let (head, body) = below.split_at(levels);
    if body.len() > MOST_ROWS {
        return Err(Refused::with("recheck.bad.rows", MOST_ROWS));
    }
    let titles = lines.into_iter().map(|line| line.into_iter().find(|cell| !cell.is_empty()).unwrap_or_default()).collect();
    let label = label_of(body, width);
    Ok(Grid { titles, headings: headings(head), rows: body.to_vec(), label })
}

fn filled_to(line: &[String]) -> usize {
    line.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1)
}

/// One text over the whole width, a unit, or a date: 单位：个.
fn is_title(line: &[String]) -> bool {
    let mut filled = line.iter().filter(|cell| !cell.is_empty());
    let Some(first) = filled.next() else { return true };
    let is_note = |cell: &String| ["单位:", "截至", "填报", "制表", "数据来源"].iter().any(|word| fold(cell).starts_with(word));
    line.iter().any(is_note) || filled.all(|cell| cell == first)
}

/// A number alone, as rows hold and headings do not: `60.6%`, `-0.8`, not 5亿元以上 or 1月.
fn is_bare_number(cell: &str) -> bool {
    let folded = fold(cell);
    let is_year = folded.len() == 4 && folded.starts_with("20");
    !is_year && folded.chars().all(|c| c.is_ascii_digit() || ".,%+-".contains(c)) && PrintedFigure::read(&folded, "").is_some()
}

/// The first column that mostly holds words; 序号 goes before it in many tables.
fn label_of(body: &[Vec<String>], width: usize) -> usize {
    let says = |column: usize| {
        let filled = body.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
        let (words, all) = filled.fold((0, 0), |(words, all), cell| (words + usize::from(!is_bare_number(cell)), all + 1));
        words * 2 > all && all * 2 > body.len()
    };
    (0..width).find(|column| says(*column)).unwrap_or(0)
}

/// The heading's lines joined, group before leaf: a group reaches right over blanks that have a leaf below. Headings
/// that repeat are told apart by a number.
fn headings(head: &[Vec<String>]) -> Vec<String> {
    let mut filled = head.to_vec();
    for line in 0..head.len().saturating_sub(1) {
        for column in 1..head[line].len() {
            let has_leaf = head[line + 1..].iter().any(|below| !below[column].is_empty());
            let same_group = line == 0 || filled[line - 1][column] == filled[line - 1][column - 1];
            let left_has_leaf = head[line + 1..].iter().any(|below| !below[column - 1].is_empty());
            if filled[line][column].is_empty() && has_leaf && left_has_leaf && same_group {
                filled[line][column] = filled[line][column - 1].clone();
            }
        }
    }
    let width = head.first().map_or(0, Vec::len);
    let mut all: Vec<String> = Vec::with_capacity(width);
    for column in 0..width {
        let mut levels: Vec<&str> = filled.iter().map(|line| line[column].as_str()).filter(|text| !text.is_empty()).collect();
        levels.dedup();
        let joined = if levels.is_empty() { format!("第{}列", column + 1) } else { levels.join("-") };
        let mut heading = joined.clone();
        let mut count = 1;
        while all.contains(&heading) {
            count += 1;
            heading = format!("{joined}_{count}");
        }
        all.push(heading);
    }
    all
}

/// Cells of each line: between tabs if there are any, else commas, else runs of blanks. A cell in quotation marks may
/// hold separators and line ends, as spreadsheets write it.
fn split(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let separator = if text.contains('\t') { Some('\t') } else { text.contains(',').then_some(',') };
    match separator {
        Some(separator) => quoted(&text, separator).unwrap_or_else(|| text.lines().map(|line| cells(line.split(separator))).collect()),
        None => text.lines().map(|line| cells(line.split_whitespace())).collect(),
    }
}

fn cells<'c>(parts: impl Iterator<Item = &'c str>) -> Vec<String> {
    parts.map(cell).collect()
}

/// A cell without what cannot be seen, cut.
fn cell(raw: &str) -> String {
    clean(raw.trim(), LONGEST_CELL).trim().to_owned()
}

/// `None` when a quotation mark stays open: then it is a character like others.
fn quoted(text: &str, separator: char) -> Option<Vec<Vec<String>>> {
    let (mut lines, mut line, mut current) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut open = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if open && letters.peek() == Some(&'"') => {
                letters.next();
                current.push('"');
            }
            '"' if open => open = false,
            '"' if current.is_empty() => open = true,
            _ if open => current.push(if letter == '\n' || letter == '\t' { ' ' } else { letter }),
            '\n' => {
                line.push(cell(&std::mem::take(&mut current)));
                lines.push(std::mem::take(&mut line));
            }
            _ if letter == separator => line.push(cell(&std::mem::take(&mut current))),
            _ => current.push(letter),
        }
    }
    if open {
        return None;
    }
    line.push(cell(&current));
    lines.push(line);
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(text: &str) -> Grid {
        read(text, None).unwrap()
    }

    #[test]
    fn merged_headings_are_joined_and_unique() {
        let read = grid(
            "2022年1—5月进度表\n\t\t单位：个、%\n单位\t新签约\t\t\t新开工\t\t\t排名\n\t目标\t完成\t完成率\t目标\t完成\t完成率\n濉溪县\t78\t46\t59.0\t57\t22\t38.6\t1",
        );
        assert_eq!(read.titles, ["2022年1—5月进度表", "单位：个、%"]);
        let expect = ["单位", "新签约-目标", "新签约-完成", "新签约-完成率", "新开工-目标", "新开工-完成", "新开工-完成率", "排名"];
        assert_eq!(read.headings, expect);
        assert_eq!((read.rows.len(), read.label), (1, 0));
        let twice = grid("县区,目标,完成,目标,完成\n甲,1,2,3,4");
        assert_eq!(twice.headings, ["县区", "目标", "完成", "目标_2", "完成_2"]);
    }

    #[test]
    fn cells_may_be_quoted_and_numbered_rows_keep_their_name() {
        let read = grid("序号,单位,\"5亿元以上\n项目数\"\n1,\"甲,\"\"乙\"\"\",\"1,204\"\n2,丙,3\n");
        assert_eq!(read.headings, ["序号", "单位", "5亿元以上 项目数"]);
        assert_eq!(read.rows, [["1", "甲,\"乙\"", "1,204"], ["2", "丙", "3"]]);
        assert_eq!(read.label, 1);
        assert_eq!(grid("单位 完成\n甲 3").rows, [["甲", "3"]]);
        assert_eq!(grid("单位\t\"双招双引\n甲\t3").headings, ["单位", "\"双招双引"], "a mark that stays open is a character");
    }

    #[test]
    fn what_is_too_large_or_no_table_is_refused() {
        let check = |text: &str, key: &str| match read(text, None) {
            Err(Refused::Key { key: found, .. }) => assert_eq!(found, key),
            other => panic!("{key}: {other:?}"),
        };
        check(" \n\t\n", "recheck.bad.empty");
        check("只有一行\t5", "recheck.bad.table");
        check("甲\n乙\n丙", "recheck.bad.table");
        check(&format!("a\tb\n{}", "x\t1\n".repeat(2_001)), "recheck.bad.rows");
        check(&format!("a\tb\n{}", "x\t1\n".repeat(3_000)), "recheck.bad.rows");
        check(&format!("{}\n{}", "a\t".repeat(61) + "b", "1\t".repeat(61) + "2"), "recheck.bad.columns");
        assert_eq!(grid(&format!("a\tb\n{}", "x\t1\n".repeat(2_000))).rows.len(), 2_000);
    }
}
