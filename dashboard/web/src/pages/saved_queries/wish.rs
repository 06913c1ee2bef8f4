//! What somebody wants to save (保存表单), as typed.

use chrono::NaiveDate;
use qunlian_domain::audit::is_bidi_control;
use qunlian_domain::contract::ColumnType;
use qunlian_domain::saved_query::{AsOfRule, ChartChoice, NOTE_CHARACTERS, Parameter, SaveFault, TITLE_CHARACTERS, check};
use qunlian_registry::{PinSize, QueryDraft};

use crate::form::{Troubles, line};
use crate::result_chart;
use crate::words::Words;

/// The fields of the desk's form and of the save form together.
#[derive(Debug, Clone, Default)]
pub(super) struct Wish {
    pub pairs: Vec<(String, String)>,
    pub name: String,
    pub note: String,
    pub rule: String,
}

/// Fields of the save form itself; the others are the desk's and go along.
const OWN: [&str; 4] = ["name", "note", "rule", "replace"];
/// Fields of the desk that say what becomes of a result.
const PASSING: [&str; 3] = ["format", "ticket", "shown"];

impl Wish {
    pub(super) fn read(pairs: &[(String, String)]) -> Self {
        let get = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        Self {
            pairs: pairs.to_vec(),
            name: get("name").unwrap_or_default(),
            note: get("note").unwrap_or_default(),
            // The day that stood in the desk is the day that is kept, until somebody chooses a rule.
            rule: get("rule").or_else(|| get("as_of")).unwrap_or_default(),
        }
    }

    /// True when the save form was sent, false when the desk was.
    pub(super) fn is_named(&self) -> bool {
        self.pairs.iter().any(|(key, _)| key == "name")
    }

    pub(super) fn replaces(&self) -> bool {
        self.pairs.iter().any(|(key, value)| key == "replace" && value == "yes")
    }

    /// The number of the query that the statement was opened from.
    pub(super) fn opened(&self) -> Option<i64> {
        self.pairs.iter().find(|(key, _)| key == "saved").and_then(|(_, id)| id.parse().ok())
    }

    /// To be saved over that query: with its title and note, and with its rule while the day in the desk is the rule's.
    pub(super) fn over(self, saved: &QueryDraft, today: NaiveDate) -> Self {
        let day = saved.as_of.day(today).map(|day| day.to_string()).unwrap_or_default();
        let rule = if self.rule == day { saved.as_of.id() } else { self.rule };
        Self { pairs: self.pairs, name: saved.title.clone(), note: saved.note.clone(), rule }
    }

    /// Whether, and how wide, it shall stand on the board.
    pub(super) fn pin(&self) -> Option<PinSize> {
        self.pairs.iter().find(|(key, _)| key == "pin").and_then(|(_, size)| PinSize::from_id(size))
    }

    /// What the save form carries along unseen.
    pub(super) fn kept(&self) -> Vec<&(String, String)> {
        self.pairs.iter().filter(|(key, _)| !OWN.contains(&key.as_str()) && !PASSING.contains(&key.as_str())).collect()
    }

    pub(super) fn sql(&self) -> String {
        let sql = self.pairs.iter().find(|(key, _)| key == "sql").map(|(_, sql)| sql.replace("\r\n", "\n"));
        sql.unwrap_or_default()
    }

    /// Parameters as given: with the type that stands beside them, or the one that their value reads as.
    fn parameters(&self) -> Vec<Parameter> {
        let named = |prefix: &str, name: &str| {
            self.pairs.iter().find(|(key, _)| key.strip_prefix(prefix) == Some(name)).map(|(_, value)| value.as_str())
        };
        let values = self.pairs.iter().filter_map(|(key, value)| Some((key.strip_prefix("p.")?, value)));
        let parameter = |(name, value): (&str, &String)| Parameter {
            name: name.to_owned(),
            kind: named("t.", name).and_then(ColumnType::from_id).unwrap_or_else(|| guessed(value)),
            value: value.clone(),
        };
        values.map(parameter).collect()
    }

    fn chart(&self, words: Words) -> Result<Option<ChartChoice>, String> {
        let pairs = self.pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        result_chart::asked(pairs).transpose().map_err(|refusal| refusal.say(words))
    }

    /// The draft, or what is wrong with each field.
    pub(super) fn draft(&self, words: Words) -> Result<QueryDraft, Troubles> {
        let mut troubles = Troubles::default();
        let chart = self.chart(words).unwrap_or_else(|said| {
            troubles.add("chart", said);
            None
        });
        let body = QueryDraft {
            title: String::new(),
            note: String::new(),
            sql: self.sql(),
            as_of: AsOfRule::Newest,
            parameters: self.parameters(),
            chart,
        };
        self.headed(body, words, troubles)
    }

    /// A kept draft under the title, with the note and the day that were typed.
    pub(super) fn renamed(&self, kept: &QueryDraft, words: Words) -> Result<QueryDraft, Troubles> {
        self.headed(kept.clone(), words, Troubles::default())
    }

    /// A kept draft with what was typed, right or wrong.
    pub(super) fn typed_over(&self, kept: &QueryDraft) -> QueryDraft {
        QueryDraft { title: self.name.clone(), note: self.note.clone(), ..kept.clone() }
    }

    fn headed(&self, body: QueryDraft, words: Words, mut troubles: Troubles) -> Result<QueryDraft, Troubles> {
        let title = line(&self.name, TITLE_CHARACTERS).unwrap_or_default();
        let note: String =
            self.note.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !(c.is_control() || is_bidi_control(*c))).collect();
        let rule = AsOfRule::from_id(&self.rule);
        if rule.is_none() {
            troubles.add("rule", words.t("saved.bad_rule"));
        }
        let draft = QueryDraft { title, note: note.trim().to_owned(), as_of: rule.unwrap_or_default(), ..body };
        if let Err(fault) = check(&draft.title, &draft.note, &draft.sql, &draft.parameters) {
            let (field, said) = said(words, fault);
            troubles.add(field, said);
        }
        if troubles.is_empty() { Ok(draft) } else { Err(troubles) }
    }
}

fn said(words: Words, fault: SaveFault) -> (&'static str, String) {
    match fault {
        SaveFault::Title => ("name", words.fill("saved.bad_title", &[("n", &TITLE_CHARACTERS.to_string())])),
        SaveFault::Note => ("note", words.fill("saved.bad_note", &[("n", &NOTE_CHARACTERS.to_string())])),
        SaveFault::NoSql => ("statement", words.t("saved.no_sql").to_owned()),
        SaveFault::LongSql => ("statement", words.t("saved.long_sql").to_owned()),
        SaveFault::Parameters => ("statement", words.t("saved.bad_parameters").to_owned()),
    }
}

fn guessed(value: &str) -> ColumnType {
    let text = value.trim();
    if text.parse::<i64>().is_ok() {
        ColumnType::Int
    } else if text.parse::<f64>().is_ok_and(f64::is_finite) {
        ColumnType::Decimal
    } else if text.parse::<chrono::NaiveDate>().is_ok() {
        ColumnType::Date
    } else if text.parse::<bool>().is_ok() {
        ColumnType::Bool
    } else {
        ColumnType::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    fn wish(pairs: &[(&str, &str)]) -> Wish {
        Wish::read(&pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn the_desks_form_and_a_title_are_a_draft() {
        let words = Words::of(Lang::Chinese);
        let desk =
            [("sql", "select 1\r\n"), ("as_of", "2022-05-31"), ("p.year", "2022"), ("p.who", "7"), ("t.who", "text"), ("format", "csv")];
        let asked = wish(&desk);
        assert!(!asked.is_named());
        assert_eq!(asked.kept().iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["sql", "as_of", "p.year", "p.who", "t.who"]);
        let named = wish(&[&desk[..], &[("name", " 各载体\u{202e} "), ("note", "一\r\n二\u{0}")]].concat());
        let draft = named.draft(words).unwrap();
        assert_eq!((draft.title.as_str(), draft.note.as_str(), draft.sql.as_str()), ("各载体", "一\n二", "select 1\n"));
        assert_eq!(draft.as_of.id(), "2022-05-31", "the day of the desk");
        let kinds: Vec<(&str, &str)> = draft.parameters.iter().map(|parameter| (parameter.name.as_str(), parameter.kind.id())).collect();
        assert_eq!(kinds, [("year", "int"), ("who", "text")]);
        let monthly = wish(&[&desk[..], &[("name", "a"), ("rule", "month_end")]].concat()).draft(words).unwrap();
        assert_eq!(monthly.as_of, AsOfRule::MonthEnd);
    }

    #[test]
    fn every_fault_stands_beside_its_field() {
        let words = Words::of(Lang::Chinese);
        let fields = |pairs: &[(&str, &str)]| format!("{:?}", wish(pairs).draft(words).unwrap_err());
        assert!(fields(&[("sql", "select 1"), ("name", " ")]).contains("\"name\""));
        assert!(fields(&[("sql", " "), ("name", "a")]).contains("\"statement\""));
        let both = fields(&[("sql", "select 1"), ("name", "a"), ("rule", "soon"), ("chart", "bar"), ("x", "a")]);
        assert!(both.contains("\"rule\"") && both.contains("\"chart\""), "{both}");
    }
}
