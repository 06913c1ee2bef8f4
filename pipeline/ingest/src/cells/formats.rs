//! Number formats of an xlsx (数字格式): how many decimals a cell shows, and whether it shows a percentage.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use qunlian_domain::figures::round_half_up;
use zip::ZipArchive;

use crate::guard::tags::{Tags, local_name, number, text};

/// Decimals of a plain number that are kept: what lies beyond is the noise of sums.
const GENERAL: usize = 9;
/// Number formats and cell styles of a workbook that are looked at.
const MOST_STYLES: usize = 65_536;

/// How one kind of cell prints its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Print {
    Plain { decimals: usize },
    Percent { decimals: usize },
}

/// The formats of a workbook, and where its sheets lie. The file has passed the guard, so inflating is bounded.
pub struct Formats {
    archive: std::cell::RefCell<ZipArchive<BufReader<File>>>,
    /// By cell style (`s`).
    styles: Vec<Option<Print>>,
    /// Paths of the sheets, in the workbook's order.
    sheets: Vec<String>,
}

/// How the cells of one sheet print.
#[derive(Debug, Default)]
pub struct Styles(HashMap<(u64, usize), Print>);

impl Styles {
    /// A number as its cell shows it; `row` is 1-based, `column` from 0.
    pub fn print(&self, row: u64, column: usize, value: f64) -> String {
        match self.0.get(&(row, column)) {
            Some(Print::Plain { decimals }) => format!("{:.*}", *decimals, round_half_up(value, *decimals)),
            Some(Print::Percent { decimals }) => format!("{:.*}%", *decimals, round_half_up(value * 100.0, *decimals)),
            // Beyond 2^53 a double has no decimals, and rounding would lose digits.
            None if value.abs() < 1e6 => format!("{}", round_half_up(value, GENERAL)),
            None => format!("{value}"),
        }
    }
}

impl Formats {
    /// `None` when the file does not say.
    pub fn read(path: &Path) -> Option<Self> {
        let mut archive = ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
        let styles = read_styles(&mut archive);
        let sheets = read_sheets(&mut archive)?;
        Some(Self { archive: std::cell::RefCell::new(archive), styles, sheets })
    }

    /// The formatted cells of a sheet, by its 1-based position; the first `most` of them.
    pub fn of_sheet(&self, sheet: u32, most: usize) -> Styles {
        let mut found = HashMap::new();
        if let Some(path) = self.sheets.get((sheet as usize).wrapping_sub(1)) {
            each_tag(&mut self.archive.borrow_mut(), path, &mut |tag| {
                if found.len() < most
                    && local_name(tag) == b"c"
                    && let Some(print) = number(tag, b"s").and_then(|style| *self.styles.get(style as usize)?)
                    && let Some(place) = text(tag, b"r").and_then(|place| place_of(&place))
                {
                    found.insert(place, print);
                }
            });
        }
        Styles(found)
    }
}

/// Calls with each tag of an entry; an entry that is missing or broken has none.
fn each_tag(archive: &mut ZipArchive<BufReader<File>>, path: &str, see: &mut dyn FnMut(&[u8])) {
    let Ok(mut entry) = archive.by_name(path) else { return };
    let (mut tags, mut buffer) = (Tags::default(), vec![0u8; 64 << 10]);
    while let Ok(read) = entry.read(&mut buffer) {
        if read == 0 {
            break;
        }
        tags.feed(&buffer[..read], see);
    }
}

fn read_styles(archive: &mut ZipArchive<BufReader<File>>) -> Vec<Option<Print>> {
    let mut own: HashMap<u64, Option<Print>> = HashMap::new();
    let mut styles = Vec::new();
    let mut within = false;
    each_tag(archive, "xl/styles.xml", &mut |tag| match local_name(tag) {
        b"numFmt" if own.len() < MOST_STYLES => {
            if let (Some(id), Some(code)) = (number(tag, b"numFmtId"), text(tag, b"formatCode")) {
                own.insert(id, print_of(&code));
            }
        }
        b"cellXfs" => within = !tag.starts_with(b"/"),
        b"xf" if within && !tag.starts_with(b"/") && styles.len() < MOST_STYLES => {
            let id = number(tag, b"numFmtId").unwrap_or(0);
            styles.push(own.get(&id).copied().unwrap_or_else(|| built_in(id)));
        }
        _ => (),
    });
    styles
}

fn read_sheets(archive: &mut ZipArchive<BufReader<File>>) -> Option<Vec<String>> {
    let mut targets: HashMap<String, String> = HashMap::new();
    each_tag(archive, "xl/_rels/workbook.xml.rels", &mut |tag| {
        if local_name(tag) == b"Relationship"
            && let (Some(id), Some(target)) = (text(tag, b"Id"), text(tag, b"Target"))
        {
            let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            targets.insert(id, path);
        }
    });
    let mut sheets = Vec::new();
    each_tag(archive, "xl/workbook.xml", &mut |tag| {
        if local_name(tag) == b"sheet" {
            let path = text(tag, b"id").and_then(|id| targets.get(&id).cloned());
            sheets.push(path.unwrap_or_default());
        }
    });
    (!sheets.is_empty()).then_some(sheets)
}

/// The formats every program knows by number (ECMA-376 18.8.30); `None` for General, dates and fractions.
fn built_in(id: u64) -> Option<Print> {
    match id {
        1 | 3 | 37 | 38 => Some(Print::Plain { decimals: 0 }),
        2 | 4 | 39 | 40 => Some(Print::Plain { decimals: 2 }),
        9 => Some(Print::Percent { decimals: 0 }),
        10 => Some(Print::Percent { decimals: 2 }),
        _ => None,
    }
}

/// What a format code shows of a number: `0.0%`, `#,##0.00`, `0.0_ ;[Red]\-0.0`. `None` for those that show something
/// else: General, dates, powers, fractions, thousands scaled away.
fn print_of(code: &str) -> Option<Print> {
    let mut plain = String::new();
    let mut letters = code.split(';').next()?.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => drop(letters.by_ref().find(|c| *c == '"')),
            '[' => drop(letters.by_ref().find(|c| *c == ']')),
            '\\' | '_' | '*' => drop(letters.next()),
            other => plain.push(other),
        }
    }
    let start = plain.find(['0', '#', '?'])?;
    let end = plain.rfind(['0', '#', '?'])? + 1;
    let digits = plain.get(start..end)?;
    let rest = plain.get(end..)?;
    let odd = plain.chars().any(|c| c.is_ascii_alphabetic() || c == '/') || rest.starts_with(',');
    // `0.##` shows as many decimals as there are: the plain form does as well.
    let optional = digits.split_once('.').is_some_and(|(_, decimals)| decimals.contains('#'));
    if odd || optional {
        return None;
    }
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.chars().filter(|c| matches!(c, '0' | '?')).count()).min(6);
    Some(if plain.contains('%') { Print::Percent { decimals } } else { Print::Plain { decimals } })
}

/// `B12` as row 12, column 1.
fn place_of(reference: &str) -> Option<(u64, usize)> {
    let split = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = reference.split_at(split);
    let column = letters.bytes().try_fold(0usize, |sum, letter| {
        letter.is_ascii_uppercase().then(|| sum.checked_mul(26)?.checked_add(usize::from(letter - b'A') + 1)).flatten()
    })?;
    Some((digits.parse().ok()?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_is_shown() {
        let check = |code: &str, expect: Option<Print>| assert_eq!(print_of(code), expect, "{code}");
        check("0.0%", Some(Print::Percent { decimals: 1 }));
        check("0%", Some(Print::Percent { decimals: 0 }));
        check("#,##0.00", Some(Print::Plain { decimals: 2 }));
        check("0.0_ ;[Red]\\-0.0\\ ", Some(Print::Plain { decimals: 1 }));
        check("0\"个\"", Some(Print::Plain { decimals: 0 }));
        check("0.0,", None);
        check("0.##", None);
        check("General", None);
        check("yyyy\"年\"m\"月\"", None);
        check("0.00E+00", None);
        check("# ?/?", None);
        check("@", None);
    }

    #[test]
    fn places_are_counted_from_their_letters() {
        assert_eq!(place_of("A1"), Some((1, 0)));
        assert_eq!(place_of("AB12"), Some((12, 27)));
        assert_eq!((place_of("12"), place_of("a1"), place_of("")), (None, None, None));
    }
}
