//! People behind login names (办理人): what a page calls whoever did something.

use std::collections::HashMap;

use qunlian_registry::{RegistryError, Store};

use crate::words::Words;

/// Names of people by login name, read once for a page.
pub(crate) struct People(HashMap<String, String>);

impl People {
    pub(crate) fn read(books: &dyn Store) -> Result<Self, RegistryError> {
        Ok(Self(books.accounts()?.into_iter().map(|account| (account.name, account.person)).collect()))
    }

    /// The person's or duty's name; what jobs and the public are called; the login name of an unknown account.
    pub(crate) fn name(&self, words: Words, login: &str) -> String {
        match self.0.get(login) {
            Some(person) if !person.is_empty() => person.clone(),
            _ if login.starts_with("job:") => words.t("people.job").to_owned(),
            _ if login == "public" => words.t("people.public").to_owned(),
            _ => login.to_owned(),
        }
    }
}
