//! Shared parts of questions: named common table expressions that several .sql files build on.
//!
//! They are committed text, put together when the library is loaded; parameters stay bound. What a page
//! shows as a chart's SQL is the whole statement, so an analyst can fork it.

use std::collections::{BTreeMap, BTreeSet};

/// A shared part that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FragmentError {
    #[error("the part must open with its own name: {0:?}, then ` as (`")]
    Opening(String),
    #[error("unknown part {0:?}; parts lie in queries/fragments")]
    Unknown(String),
    #[error("part {0:?} stands twice")]
    Twice(String),
    #[error("part {0:?} builds on itself")]
    Circle(String),
}

/// The parts by name.
#[derive(Debug, Default)]
pub struct Fragments {
    parts: BTreeMap<String, Part>,
}

#[derive(Debug)]
struct Part {
    uses: Vec<String>,
    sql: String,
}

impl Fragments {
    /// Adds the text of `fragments/<name>.sql`: comment lines, among them `-- uses: other, parts`,
    /// then `<name> as ( … )`.
    pub fn add(&mut self, path: &str, text: &str) -> Result<(), FragmentError> {
        let name = path.rsplit('/').next().and_then(|file| file.strip_suffix(".sql")).unwrap_or(path);
        let sql = without_head(text).trim().to_owned();
        if !sql.strip_prefix(name).is_some_and(|rest| rest.starts_with(" as (")) {
            return Err(FragmentError::Opening(name.to_owned()));
        }
        let part = Part { uses: uses_of(text), sql };
        match self.parts.insert(name.to_owned(), part) {
            None => Ok(()),
            Some(_) => Err(FragmentError::Twice(name.to_owned())),
        }
    }

    /// The statement `own` with the parts it uses, and those they use, in front of it.
    pub fn compose(&self, uses: &[String], own: &str) -> Result<String, FragmentError> {
        let mut ordered = Vec::new();
        let mut placed = BTreeSet::new();
        for name in uses {
            self.place(name, &mut ordered, &mut placed, &mut Vec::new())?;
        }
        let own = own.trim();
        if ordered.is_empty() {
            return Ok(own.to_owned());
        }
        let mut sql = format!("with {}", ordered.join(",\n"));
        match own.strip_prefix("with ") {
            Some(rest) => {
                sql.push_str(",\n");
                sql.push_str(rest);
            }
            None => {
                sql.push('\n');
                sql.push_str(own);
            }
        }
        Ok(sql)
    }

    fn place<'s>(
        &'s self,
        name: &'s str,
        ordered: &mut Vec<&'s str>,
        placed: &mut BTreeSet<&'s str>,
        open: &mut Vec<&'s str>,
    ) -> Result<(), FragmentError> {
        if placed.contains(name) {
            return Ok(());
        }
        if open.contains(&name) {
            return Err(FragmentError::Circle(name.to_owned()));
        }
        let part = self.parts.get(name).ok_or_else(|| FragmentError::Unknown(name.to_owned()))?;
        open.push(name);
        for below in &part.uses {
            self.place(below, ordered, placed, open)?;
        }
        open.pop();
        placed.insert(name);
        ordered.push(&part.sql);
        Ok(())
    }
}

/// The text below its leading comment lines.
pub fn without_head(text: &str) -> String {
    text.lines().skip_while(|line| line.starts_with("--")).collect::<Vec<_>>().join("\n")
}

/// A part's head is prose for its reader, but for one line `-- uses: a, b`.
fn uses_of(text: &str) -> Vec<String> {
    let mut uses = Vec::new();
    for line in text.lines().take_while(|line| line.starts_with("--")) {
        if let Some(list) = line.strip_prefix("-- uses:") {
            uses.extend(list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    uses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Fragments {
        let mut parts = Fragments::default();
        parts.add("fragments/a.sql", "-- what a is\na as (\n    select 1 as x\n)").unwrap();
        parts.add("fragments/b.sql", "-- what b is\n-- uses: a\nb as (select * from a)").unwrap();
        parts
    }

    #[test]
    fn parts_come_once_and_before_what_uses_them() {
        let compose = |uses: &[&str], own: &str| parts().compose(&uses.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), own);
        assert_eq!(compose(&[], "select 1").unwrap(), "select 1");
        assert_eq!(
            compose(&["b", "a"], "select * from b").unwrap(),
            "with a as (\n    select 1 as x\n),\nb as (select * from a)\nselect * from b"
        );
        assert_eq!(
            compose(&["a"], "with c as (select 2) select * from a, c").unwrap(),
            "with a as (\n    select 1 as x\n),\nc as (select 2) select * from a, c"
        );
        assert_eq!(compose(&["z"], "select 1"), Err(FragmentError::Unknown("z".into())));
    }

    #[test]
    fn faults_are_named() {
        let mut parts = parts();
        assert_eq!(parts.add("fragments/a.sql", "a as (select 2)"), Err(FragmentError::Twice("a".into())));
        assert_eq!(parts.add("fragments/c.sql", "d as (select 2)"), Err(FragmentError::Opening("c".into())));
        parts.add("fragments/e.sql", "-- uses: f\ne as (select 2)").unwrap();
        parts.add("fragments/f.sql", "-- uses: e\nf as (select 2)").unwrap();
        assert_eq!(parts.compose(&["e".into()], "select 1"), Err(FragmentError::Circle("e".into())));
    }
}
