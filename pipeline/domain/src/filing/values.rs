//! The facts of a filing or claim by field (字段值), each in its canonical text.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::field::kind_of;

/// Field id → canonical text; a field that is not stated is not there. Yuan are integers, days ISO.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(BTreeMap<String, String>);

/// One changed field (变更): before and after, empty for "not stated".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    pub field: String,
    pub before: String,
    pub after: String,
}

impl Values {
    /// The canonical text; empty when it is not stated.
    pub fn text(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// An amount in yuan.
    pub fn yuan(&self, field: &str) -> Option<i64> {
        self.0.get(field)?.parse().ok()
    }

    pub fn day(&self, field: &str) -> Option<NaiveDate> {
        self.0.get(field)?.parse().ok()
    }

    pub fn flag(&self, field: &str) -> bool {
        self.text(field) == "1"
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// States a field, or takes it back with an empty text.
    pub fn set(&mut self, field: &str, text: impl Into<String>) {
        let text = text.into();
        if text.is_empty() {
            self.0.remove(field);
        } else {
            self.0.insert(field.to_owned(), text);
        }
    }

    /// Field and text, by field id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, text)| (field.as_str(), text.as_str()))
    }

    /// These values with `later` laid over them.
    pub fn with(&self, later: &Self) -> Self {
        let mut all = self.clone();
        for (field, text) in later.iter() {
            all.set(field, text);
        }
        all
    }

    /// What differs, by field id.
    pub fn changes_to(&self, after: &Self) -> Vec<FieldChange> {
        let fields: std::collections::BTreeSet<&str> = self.iter().chain(after.iter()).map(|(field, _)| field).collect();
        let change =
            |field: &str| FieldChange { field: field.to_owned(), before: self.text(field).to_owned(), after: after.text(field).to_owned() };
        fields.into_iter().filter(|field| self.text(field) != after.text(field)).map(change).collect()
    }

    /// Without what names or reaches a person.
    pub fn impersonal(&self) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(field, _)| kind_of(field).is_some_and(|kind| !kind.is_personal()))
                .map(|(f, t)| (f.clone(), t.clone()))
                .collect(),
        )
    }
}

impl FromIterator<(String, String)> for Values {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        let mut values = Self::default();
        for (field, text) in pairs {
            values.set(&field, text);
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn changes_name_before_and_after() {
        let before = values(&[("name", "铝箔项目"), ("agreed_yuan", "300000000")]);
        let after = values(&[("name", "铝箔项目"), ("agreed_yuan", "500000000"), ("signed_on", "2022-05-03")]);
        let changes = before.changes_to(&after);
        assert_eq!(changes.len(), 2);
        assert_eq!((changes[0].before.as_str(), changes[0].after.as_str()), ("300000000", "500000000"));
        assert_eq!((changes[1].field.as_str(), changes[1].before.as_str()), ("signed_on", ""));
        assert_eq!(before.with(&after), after);
        assert_eq!((after.yuan("agreed_yuan"), after.day("signed_on")), (Some(500_000_000), NaiveDate::from_ymd_opt(2022, 5, 3)));
    }

    #[test]
    fn nothing_personal_is_left() {
        let kept = values(&[("name", "甲"), ("firm_contact", "某某"), ("firm_phone", "13900001234"), ("unknown", "x")]).impersonal();
        assert_eq!(kept, values(&[("name", "甲")]));
    }
}
