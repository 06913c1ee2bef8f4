//! The national industry classification GB/T 4754-2017 (国民经济行业分类): codes, names and what contains what.

use std::collections::{BTreeMap, HashMap};

use crate::text::fold;

/// One entry of the classification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Industry {
    /// `C`, `32`, `325` or `3252`.
    pub code: Box<str>,
    /// 1 section 门类, 2 division 大类, 3 group 中类, 4 class 小类.
    pub level: u8,
    pub name: Box<str>,
    /// The code one level up; empty for a section.
    pub parent: Box<str>,
}

/// The whole table.
#[derive(Debug, Clone, Default)]
pub struct Industries {
    by_code: BTreeMap<Box<str>, Industry>,
    /// Folded name to the deepest code that bears it; names shared by unrelated codes are left out.
    by_name: HashMap<Box<str>, Box<str>>,
}

/// An industry table that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndustryError {
    #[error("line {line} of the industries: expected `code,level,name,parent`, got {text:?}")]
    Columns { line: usize, text: String },
    #[error("line {line} of the industries: code {code:?} is there twice")]
    Repeated { line: usize, code: String },
    #[error("line {line} of the industries: code {code:?} names the parent {parent:?}, which is not in the table")]
    Orphan { line: usize, code: String, parent: String },
}

impl Industries {
    /// Reads `code,level,name,parent` lines, header line first.
    pub fn from_csv(text: &str) -> Result<Self, IndustryError> {
        let mut table = Self::default();
        let mut lines_of_codes = Vec::new();
        for (index, row) in text.lines().enumerate().skip(1).filter(|(_, row)| !row.trim().is_empty()) {
            let line = index + 1;
            let industry = read_row(row).ok_or_else(|| IndustryError::Columns { line, text: row.to_owned() })?;
            lines_of_codes.push((line, industry.code.clone()));
            if let Some(earlier) = table.by_code.insert(industry.code.clone(), industry) {
                return Err(IndustryError::Repeated { line, code: earlier.code.into() });
            }
        }
        for (line, code) in lines_of_codes {
            let parent = table.by_code.get(&code).map(|industry| industry.parent.clone()).unwrap_or_default();
            if !parent.is_empty() && !table.by_code.contains_key(&parent) {
                return Err(IndustryError::Orphan { line, code: code.into(), parent: parent.into() });
            }
        }
        table.by_name = table.index_names();
        Ok(table)
    }

    /// The entry of an exact code (`C`, `32`, `3252`).
    pub fn get(&self, code: &str) -> Option<&Industry> {
        self.by_code.get(code)
    }

    /// What a filer meant by `3252`, `C3252`, `3252 铝压延加工`, `C3252-铝压延加工` or `铝压延加工`.
    /// A code that does not exist is not shortened to one that does.
    pub fn resolve(&self, text: &str) -> Option<&Industry> {
        let digits = code_digits(text);
        if !digits.is_empty() {
            return self.by_code.get(digits);
        }
        let folded = fold(text);
        if folded.len() == 1 {
            return self.by_code.get(folded.to_ascii_uppercase().as_str());
        }
        self.by_code.get(self.by_name.get(folded.as_str())?)
    }

    /// The entry itself and everything that contains it, innermost first; empty for an unknown code.
    pub fn lineage(&self, code: &str) -> Vec<&Industry> {
        let mut found = Vec::with_capacity(4);
        let mut next = self.by_code.get(code);
        while let Some(industry) = next {
            found.push(industry);
            next = self.by_code.get(&industry.parent);
        }
        found
    }

    /// True when `code` is `prefix` or lies inside it (`3252` within `325`, `32` or `C`).
    pub fn within(&self, code: &str, prefix: &str) -> bool {
        self.lineage(code).iter().any(|industry| industry.code.as_ref() == prefix)
    }

    /// All entries in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &Industry> {
        self.by_code.values()
    }

    pub fn len(&self) -> usize {
        self.by_code.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }

    fn index_names(&self) -> HashMap<Box<str>, Box<str>> {
        let mut deepest: HashMap<Box<str>, Option<Box<str>>> = HashMap::new();
        // Codes sort before the longer codes they contain, so a namesake child comes after its parent.
        for industry in self.by_code.values() {
            let name: Box<str> = fold(&industry.name).into();
            let code = industry.code.clone();
            deepest
                .entry(name)
                .and_modify(|held| {
                    let related = held.as_deref().is_some_and(|outer| self.within(&code, outer));
                    *held = related.then(|| code.clone());
                })
                .or_insert_with(|| Some(code.clone()));
        }
        deepest.into_iter().filter_map(|(name, code)| Some((name, code?))).collect()
    }
}

/// The digits of an industry code as people write it, without the section letter before them or
/// the name after them: `C3252 铝压延加工` gives `3252`, `铝压延加工` gives nothing.
pub fn code_digits(text: &str) -> &str {
    let text = text.trim_start();
    let bytes = text.as_bytes();
    let letters = usize::from(bytes.first().is_some_and(u8::is_ascii_alphabetic));
    let digits = bytes[letters..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > 4 {
        return "";
    }
    &text[letters..letters + digits]
}

fn read_row(row: &str) -> Option<Industry> {
    let cells: Vec<&str> = row.trim().split(',').map(str::trim).collect();
    let [code, level, name, parent] = cells[..] else {
        return None;
    };
    let level: u8 = level.parse().ok().filter(|level| (1..=4).contains(level))?;
    if code.is_empty() || name.is_empty() {
        return None;
    }
    Some(Industry { code: code.into(), level, name: name.into(), parent: parent.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "code,level,name,parent\nC,1,制造业,\n13,2,农副食品加工业,C\n134,3,制糖业,13\n1340,4,制糖业,134\n\
        32,2,有色金属冶炼和压延加工业,C\n325,3,有色金属压延加工,32\n3252,4,铝压延加工,325\n";

    #[test]
    fn resolves_what_filers_write() {
        let table = Industries::from_csv(TABLE).unwrap();
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(table.resolve(text).map(|found| found.code.as_ref()), expect, "{text:?}");
        };
        check("3252", Some("3252"));
        check("C3252", Some("3252"));
        check(" c3252 铝压延加工", Some("3252"));
        check("铝压延加工", Some("3252"));
        check("制糖业", Some("1340"));
        check("C", Some("C"));
        check("3259", None);
        check("32521", None);
        check("铝", None);
        check("", None);
    }

    #[test]
    fn knows_what_contains_what() {
        let table = Industries::from_csv(TABLE).unwrap();
        let lineage: Vec<&str> = table.lineage("3252").iter().map(|found| found.code.as_ref()).collect();
        assert_eq!(lineage, ["3252", "325", "32", "C"]);
        assert!(table.within("3252", "C") && table.within("3252", "3252"));
        assert!(!table.within("3252", "13") && !table.within("99", "C"));
    }

    #[test]
    fn refuses_broken_tables() {
        let check = |text: &str, expect: &str| {
            assert_eq!(Industries::from_csv(text).unwrap_err().to_string(), expect);
        };
        check("h\n32,2", "line 2 of the industries: expected `code,level,name,parent`, got \"32,2\"");
        check("h\n32,9,x,", "line 2 of the industries: expected `code,level,name,parent`, got \"32,9,x,\"");
        check("h\nC,1,x,\nC,1,y,", "line 3 of the industries: code \"C\" is there twice");
        check("h\n32,2,x,C", "line 2 of the industries: code \"32\" names the parent \"C\", which is not in the table");
    }
}
