//! Every word the pages say, in two languages (双语词表): one row per key, Chinese first.

mod access;
mod audit;
mod compare;
mod desk;
mod filings;
mod frame;
mod interface;
mod notices;
mod outlook;
mod pages;
mod promises;
mod recheck;
mod reserve;
mod result_chart;
mod review;
mod rules;
mod saved_queries;
mod scope;
mod score_forms;
mod scores;
mod sql_functions;
mod statements;
mod subscriptions;
mod targets;
mod tools;
mod upload;
mod what_if;

use std::collections::HashMap;
use std::sync::LazyLock;

/// A language of the pages (语言).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    #[default]
    Chinese,
    English,
}

impl Lang {
    /// `zh` or `en`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "zh" | "zh-CN" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The language's name in itself, as short as a switch needs.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Chinese => "中文",
            Self::English => "EN",
        }
    }
}

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    lang: Lang,
}

/// Key, Chinese, English.
type Entry = (&'static str, &'static str, &'static str);

const TABLES: &[&[Entry]] = &[
    access::WORDS,
    audit::WORDS,
    compare::WORDS,
    desk::WORDS,
    filings::WORDS,
    frame::WORDS,
    interface::WORDS,
    notices::WORDS,
    outlook::WORDS,
    pages::WORDS,
    promises::WORDS,
    recheck::WORDS,
    reserve::WORDS,
    result_chart::WORDS,
    review::WORDS,
    rules::WORDS,
    saved_queries::WORDS,
    scope::WORDS,
    score_forms::WORDS,
    scores::WORDS,
    sql_functions::WORDS,
    statements::WORDS,
    subscriptions::WORDS,
    targets::WORDS,
    tools::WORDS,
    upload::WORDS,
    what_if::WORDS,
];

static INDEX: LazyLock<HashMap<&'static str, (&'static str, &'static str)>> =
    LazyLock::new(|| TABLES.iter().flat_map(|table| table.iter()).map(|(key, chinese, english)| (*key, (*chinese, *english))).collect());

impl Words {
    pub fn of(lang: Lang) -> Self {
        Self { lang }
    }

    pub fn lang(self) -> Lang {
        self.lang
    }

    /// The words of a key; `None` for an unknown key.
    pub fn find(self, key: &str) -> Option<&'static str> {
        let (chinese, english) = INDEX.get(key)?;
        Some(match self.lang {
            Lang::Chinese => chinese,
            Lang::English => english,
        })
    }

    /// The words of a key. A test holds that every key in the sources exists; an unknown one prints a dash.
    pub fn t(self, key: &str) -> &'static str {
        self.find(key).unwrap_or("—")
    }

    /// The words of a key with `{name}` filled in.
    pub fn fill(self, key: &str, fills: &[(&str, &str)]) -> String {
        let mut text = self.t(key).to_owned();
        for (name, value) in fills {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn fills(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
    }

    #[test]
    fn every_key_has_both_languages_and_the_same_fills() {
        let mut seen = BTreeSet::new();
        for (key, chinese, english) in TABLES.iter().flat_map(|table| table.iter()) {
            assert!(seen.insert(*key), "{key} stands twice");
            assert!(!chinese.is_empty() && !english.is_empty(), "{key}");
            assert_eq!(fills(chinese), fills(english), "{key}");
            assert!(english.is_ascii() || english.chars().all(|c| (c as u32) < 0x2e80), "{key}: Chinese in the English words");
            let latin = chinese.chars().filter(char::is_ascii_alphabetic).count();
            assert!(latin == 0 || ALLOWED.iter().any(|word| chinese.contains(word)), "{key}: English crumbs in {chinese}");
        }
    }

    /// Names and fills that are Latin in Chinese text too.
    const ALLOWED: [&str; 16] =
        ["SQL", "CSV", "JSON", "API", "Excel", "Parquet", "Arrow", "SVG", "{", "Ctrl", "GB/T", " en", "auto", "/api/", "xlsx", "Bearer"];

    #[test]
    fn every_rule_of_the_source_region_has_words() {
        for rule in qunlian_domain::region::RULE_IDS {
            assert!(INDEX.contains_key(format!("rule.region.{rule}").as_str()), "{rule}");
        }
    }

    #[test]
    fn every_key_that_is_used_exists() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut checked = 0;
        for (folder, openings) in [("templates", &["t(\"", "t('"][..]), ("src", &[".t(\"", ".fill(\"", "bad(\"", "title(\""][..])] {
            for text in texts(&root.join(folder)) {
                for opening in openings {
                    for rest in text.split(opening).skip(1) {
                        let key: &str = rest.split(['"', '\'']).next().unwrap_or("");
                        if key.contains('{') || !key.contains('.') || key.ends_with('.') {
                            continue;
                        }
                        assert!(INDEX.contains_key(key), "no words for {key:?}");
                        checked += 1;
                    }
                }
            }
        }
        assert!(checked > 150, "only {checked} keys were found");
    }

    fn texts(folder: &Path) -> Vec<String> {
        let mut texts = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts.extend(texts_below(&path));
            } else {
                texts.push(std::fs::read_to_string(&path).unwrap());
            }
        }
        texts
    }

    fn texts_below(folder: &Path) -> Vec<String> {
        texts(folder)
    }
}
