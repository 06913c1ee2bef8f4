//! `sheets.toml`: the words that carriers' workbooks use for columns, sheets, totals and titles.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::CatalogueError;
use super::files::at;
use crate::text::fold;

/// The fields that a workbook's column can mean, in the order of the landing files.
pub const FIELDS: [&str; 35] = [
    "seq",
    "carrier",
    "name",
    "previous_name",
    "content",
    "address",
    "chain",
    "segment",
    "industry_code",
    "investor",
    "investor_address",
    "credit_code",
    "region",
    "country",
    "agreed",
    "planned_fixed",
    "paid_in",
    "fixed",
    "signed_on",
    "registered_on",
    "started_on",
    "in_library_on",
    "completed_on",
    "in_production_on",
    "at_capacity_on",
    "planned_start_on",
    "planned_completion_on",
    "reported_on",
    "recognised_on",
    "action",
    "confidential",
    "status",
    "contact",
    "phone",
    "remark",
];

/// What a sheet's rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetAbout {
    /// 新签约
    Signed,
    /// 新开工
    Started,
    /// 新竣工
    Completed,
    /// 固定资产投资
    FixedAssets,
    /// 项目台账: rows of projects with all their dates.
    Ledger,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SheetsFile {
    bracketed_units: Vec<String>,
    total_rows: Vec<String>,
    total_endings: Vec<String>,
    group_openings: Vec<String>,
    title_words: Vec<String>,
    note_openings: Vec<String>,
    revoke_words: Vec<String>,
    correct_words: Vec<String>,
    yes_words: Vec<String>,
    sheet: Vec<SheetRow>,
    fields: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SheetRow {
    about: SheetAbout,
    patterns: Vec<String>,
}

/// The vocabulary, compiled: everything is compared folded (full-width to half-width, no spaces, lower case).
#[derive(Debug, Clone)]
pub struct SheetVocabulary {
    fields: HashMap<String, &'static str>,
    sheets: Vec<(String, SheetAbout)>,
    bracketed_units: Vec<String>,
    total_rows: Vec<String>,
    total_endings: Vec<String>,
    group_openings: Vec<String>,
    title_words: Vec<String>,
    note_openings: Vec<String>,
    revoke_words: Vec<String>,
    correct_words: Vec<String>,
    yes_words: Vec<String>,
}

impl SheetVocabulary {
    /// The field (one of [`FIELDS`]) that a header means, whatever its spacing, width and bracketed unit.
    pub fn field_of(&self, header: &str) -> Option<&'static str> {
        let key = self.header_key(header);
        self.fields.get(key.as_str()).or_else(|| self.fields.get(key.trim_matches(['*', '#', ':', '.', ',']))).copied()
    }

    /// A header as it is compared: folded, without brackets that only hold a unit or a filling hint:
    /// `协议投资额\n（万元）` gives `协议投资额`.
    pub fn header_key(&self, header: &str) -> String {
        let folded = fold(header);
        let mut key = String::with_capacity(folded.len());
        let mut rest = folded.as_str();
        while let Some(open) = rest.find('(') {
            let Some(length) = rest[open..].find(')') else { break };
            let inner = &rest[open + 1..open + length];
            key.push_str(&rest[..open]);
            if !self.is_unit(inner) {
                key.push_str(&rest[open..open + length + 1]);
            }
            rest = &rest[open + length + 1..];
        }
        key.push_str(rest);
        self.without_trailing_unit(&key).to_owned()
    }

    /// What a sheet's name or a table's title says its rows are; the pattern listed first in the file wins.
    pub fn about(&self, name: &str) -> Option<SheetAbout> {
        let folded = fold(name);
        self.sheets.iter().find(|(pattern, _)| folded.contains(pattern.as_str())).map(|(_, about)| *about)
    }

    /// True when a cell marks its row as a total (合计, 小计, 濉溪县合计).
    pub fn is_total(&self, cell: &str) -> bool {
        let folded = fold(cell);
        let bare = folded.trim_end_matches([':', '.', ',']);
        self.total_rows.iter().any(|word| word == bare) || self.total_endings.iter().any(|word| bare.ends_with(word.as_str()))
    }

    /// True when a cell opens a group of rows (一、新签约项目, （二）相山区).
    pub fn is_group(&self, cell: &str) -> bool {
        let folded = fold(cell);
        self.group_openings.iter().any(|opening| folded.starts_with(opening.as_str()))
    }

    /// True when a cell reads like a table's title (淮北市2022年5月新签约项目统计表).
    pub fn is_title(&self, cell: &str) -> bool {
        let folded = fold(cell);
        self.title_words.iter().any(|word| folded.contains(word.as_str()))
    }

    /// True when a cell opens a note above or below the table (填报单位：, 备注：, 注:).
    pub fn is_note(&self, cell: &str) -> bool {
        let folded = fold(cell);
        self.note_openings.iter().any(|opening| folded.starts_with(opening.as_str()))
    }

    /// True when the action column revokes the row's fact (撤销).
    pub fn is_revocation(&self, cell: &str) -> bool {
        let folded = fold(cell);
        self.revoke_words.iter().any(|word| folded.contains(word.as_str()))
    }

    /// True when the action column corrects an earlier row (更正).
    pub fn is_correction(&self, cell: &str) -> bool {
        let folded = fold(cell);
        !self.is_revocation(cell) && self.correct_words.iter().any(|word| folded.contains(word.as_str()))
    }

    /// True for the words that mean yes in a yes/no column (是, 涉密, √).
    pub fn is_yes(&self, cell: &str) -> bool {
        let folded = fold(cell);
        self.yes_words.contains(&folded)
    }

    /// The names under which a field is found, folded, in order of spelling.
    pub fn synonyms_of(&self, field: &str) -> Vec<&str> {
        let mut names: Vec<&str> = self.fields.iter().filter(|(_, known)| **known == field).map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }

    fn is_unit(&self, inner: &str) -> bool {
        let bare = inner.trim_start_matches("单位").trim_start_matches([':', '.']);
        self.bracketed_units.iter().any(|unit| unit == bare)
    }

    /// `投资额:万元`, `投资额/万元` and `投资额万元` are written without brackets.
    fn without_trailing_unit<'k>(&self, key: &'k str) -> &'k str {
        if let Some(bare) = ["万元", "亿元", "万美元"].iter().find_map(|unit| key.strip_suffix(unit))
            && bare.ends_with(|c: char| c.is_alphabetic())
        {
            return bare;
        }
        if let Some(at) = key.rfind([':', '/'])
            && at > 0
            && self.is_unit(&key[at + 1..])
        {
            return key[..at].trim_end_matches("单位").trim_end_matches([',', ':']);
        }
        key
    }
}

pub(super) fn read(path: &str, file: SheetsFile) -> Result<SheetVocabulary, CatalogueError> {
    let folded = |words: &[String]| -> Vec<String> { words.iter().map(|word| fold(word)).collect() };
    let mut vocabulary = SheetVocabulary {
        fields: HashMap::new(),
        sheets: Vec::new(),
        bracketed_units: folded(&file.bracketed_units),
        total_rows: folded(&file.total_rows),
        total_endings: folded(&file.total_endings),
        group_openings: folded(&file.group_openings),
        title_words: folded(&file.title_words),
        note_openings: folded(&file.note_openings),
        revoke_words: folded(&file.revoke_words),
        correct_words: folded(&file.correct_words),
        yes_words: folded(&file.yes_words),
    };
    for row in &file.sheet {
        vocabulary.sheets.extend(folded(&row.patterns).into_iter().map(|pattern| (pattern, row.about)));
    }
    for name in file.fields.keys() {
        if !FIELDS.contains(&name.as_str()) {
            let hint = format!("the fields are {}", FIELDS.join(", "));
            return Err(at(path, &format!("fields.{name}"), "there is no such field".to_owned(), &hint));
        }
    }
    for field in FIELDS {
        let place = format!("fields.{field}");
        let Some(names) = file.fields.get(field).filter(|names| !names.is_empty()) else {
            return Err(at(path, &place, "has no header names".to_owned(), "list the headers that carriers write for it"));
        };
        for name in names {
            let key = vocabulary.header_key(name);
            if let Some(other) = vocabulary.fields.insert(key, field).filter(|other| *other != field) {
                let problem = format!("the header {name:?} is also listed for {other}");
                return Err(at(path, &place, problem, "keep it in one of them"));
            }
        }
    }
    Ok(vocabulary)
}
