//! The library of named questions, checked as a whole when it is loaded.

use std::collections::BTreeMap;

use crate::fragments::{FragmentError, Fragments};
use crate::{FrontMatter, FrontMatterError};

/// One named question: what it says of itself and its SQL.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub about: FrontMatter,
    /// The whole statement without front matter: shared parts are put in, so that it can be shown and forked.
    pub sql: String,
    /// The folder it lies in: boards, explore or checks.
    pub folder: String,
}

/// A .sql file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    #[error("{file}: {fault}")]
    FrontMatter { file: String, fault: FrontMatterError },
    #[error("{file}: the query is named {name:?}; file and name must agree")]
    Name { file: String, name: String },
    #[error("query {0:?} stands twice")]
    Twice(String),
    #[error("{file}: {fault}")]
    Fragment { file: String, fault: FragmentError },
}

/// All questions by name.
#[derive(Debug, Clone, Default)]
pub struct Library {
    queries: BTreeMap<String, Query>,
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

impl Library {
    /// The questions that were compiled into the binary.
    pub fn embedded() -> Result<Self, LibraryError> {
        Self::load(EMBEDDED.iter().copied())
    }

    /// Reads `(path, text)` pairs such as `("boards/city_progress.sql", "-- name: ...")`.
    /// Files of the folder `fragments` are shared parts, not questions.
    pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, LibraryError> {
        let files: Vec<(&str, &str)> = files.into_iter().collect();
        let mut fragments = Fragments::default();
        for (path, text) in files.iter().filter(|(path, _)| path.starts_with("fragments/")) {
            fragments.add(path, text).map_err(|fault| LibraryError::Fragment { file: (*path).to_owned(), fault })?;
        }
        let mut queries = BTreeMap::new();
        for (path, text) in files.into_iter().filter(|(path, _)| !path.starts_with("fragments/")) {
            let about = FrontMatter::read(text).map_err(|fault| LibraryError::FrontMatter { file: path.to_owned(), fault })?;
            let (folder, file) = path.split_once('/').unwrap_or(("", path));
            if file.strip_suffix(".sql") != Some(about.name.as_str()) {
                return Err(LibraryError::Name { file: path.to_owned(), name: about.name });
            }
            let own = crate::fragments::without_head(text);
            let sql = fragments.compose(&about.uses, &own).map_err(|fault| LibraryError::Fragment { file: path.to_owned(), fault })?;
            let name = about.name.clone();
            if queries.insert(name.clone(), Query { about, sql, folder: folder.to_owned() }).is_some() {
                return Err(LibraryError::Twice(name));
            }
        }
        Ok(Self { queries })
    }

    /// The question of that name.
    pub fn get(&self, name: &str) -> Option<&Query> {
        self.queries.get(name)
    }

    /// All questions of one folder, by name.
    pub fn folder<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Query> {
        self.queries.values().filter(move |query| query.folder == folder)
    }

    /// All questions, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Query> {
        self.queries.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_committed_question_loads() {
        let library = Library::embedded().unwrap();
        for query in library.iter() {
            assert!(!query.sql.trim().is_empty(), "{}", query.about.name);
            assert!(!query.about.columns.is_empty() && !query.about.roles.is_empty(), "{}", query.about.name);
        }
    }

    /// Sums are the city's, so that carriers can be ranked; whatever tells one project, file or complaint from another is rows.
    #[test]
    fn what_names_a_single_thing_is_cut_to_the_reader() {
        let single = ["project_id", "project", "investor", "credit_code", "file", "file_name", "source", "id", "row", "value"];
        // Targets are open to all.
        let sums = ["targets_list", "targets_board", "target_revisions", "words_are_known"];
        let library = Library::embedded().unwrap();
        for query in library.iter().filter(|query| !sums.contains(&query.about.name.as_str())) {
            let named = query.about.columns.iter().find(|column| single.contains(&column.name.as_str()));
            assert!(named.is_none() || query.about.scope == crate::Scope::Rows, "{}: {named:?}", query.about.name);
        }
    }

    #[test]
    fn boards_are_open_to_all_who_see_figures_and_to_no_administrator() {
        use qunlian_domain::access::{Right, Role, Roles};
        let library = Library::embedded().unwrap();
        for query in library.folder("boards") {
            for role in Role::ALL {
                let roles = Roles::new([role]).unwrap();
                let open = query.about.public || roles.may(Right::SeeFigures);
                assert_eq!(query.about.open_to(&roles), open, "{} {role:?}", query.about.name);
            }
        }
    }

    #[test]
    fn a_misnamed_file_is_refused() {
        let text = "-- name: b\n-- title: t\n-- columns: x int\n-- grain: g\n-- roles: leader\nselect 1 as x";
        assert!(matches!(Library::load([("boards/a.sql", text)]), Err(LibraryError::Name { .. })));
        assert!(Library::load([("boards/b.sql", text)]).is_ok());
        assert_eq!(Library::load([("boards/b.sql", text), ("explore/b.sql", text)]).unwrap_err(), LibraryError::Twice("b".into()));
    }
}
