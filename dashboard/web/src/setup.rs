//! The one-time link to the first accounts (首次启动): printed on the console, opened from this machine, dead after use.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use qunlian_registry::secret::{SecretError, key_of, new_secret};
use qunlian_registry::{RegistryError, Store};

/// What the server keeps of the link's secret.
#[derive(Debug)]
pub struct SetUp {
    key: String,
}

/// The link's secret and its keeper, when nobody can log in yet.
pub fn set_up_if_needed(books: &dyn Store) -> Result<Option<(String, Arc<SetUp>)>, SetUpError> {
    if somebody_can_log_in(books)? {
        return Ok(None);
    }
    let secret = new_secret()?;
    let keeper = SetUp { key: key_of(&secret) };
    Ok(Some((secret, Arc::new(keeper))))
}

/// The link could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error(transparent)]
    Books(#[from] RegistryError),
    #[error(transparent)]
    Secret(#[from] SecretError),
}

/// The demonstration's accounts have no password and do not count.
fn somebody_can_log_in(books: &dyn Store) -> Result<bool, RegistryError> {
    Ok(books.accounts()?.iter().any(|account| account.password.is_some()))
}

impl SetUp {
    /// True for the secret of the link, from this machine itself, as long as nobody can log in.
    pub(crate) fn opens(&self, books: &dyn Store, secret: &str, door: &Door<'_>) -> Result<bool, RegistryError> {
        let fits = secret.len() == 64 && key_of(secret) == self.key;
        Ok(fits && door.is_local() && !somebody_can_log_in(books)?)
    }
}

/// How the request came in.
pub(crate) struct Door<'a> {
    pub peer: Option<IpAddr>,
    pub headers: &'a HeaderMap,
}

impl Door<'_> {
    /// From a program on this machine that passes nobody else's request on.
    fn is_local(&self) -> bool {
        let passed_on = ["forwarded", "x-forwarded-for", "x-real-ip", "via"].iter().any(|name| self.headers.contains_key(*name));
        self.peer.is_some_and(|peer| peer.is_loopback()) && !passed_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_itself_is_local() {
        let check = |peer: Option<[u8; 4]>, header: Option<&'static str>, expect: bool| {
            let headers: HeaderMap = header.into_iter().map(|name| (name.parse().unwrap(), "192.0.2.7".parse().unwrap())).collect();
            let door = Door { peer: peer.map(IpAddr::from), headers: &headers };
            assert_eq!(door.is_local(), expect, "{peer:?} {header:?}");
        };
        check(Some([127, 0, 0, 1]), None, true);
        check(Some([192, 0, 2, 7]), None, false);
        check(Some([127, 0, 0, 1]), Some("x-forwarded-for"), false);
        check(Some([127, 0, 0, 1]), Some("forwarded"), false);
        check(None, None, false);
    }
}
