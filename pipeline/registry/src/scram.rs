//! Keys that prove an API token by SCRAM-SHA-256 (令牌校验值): what the PostgreSQL door needs instead of the token itself.

use chrono::{DateTime, Utc};
use qunlian_domain::access::token::TokenScope;
use ring::{digest, hmac, pbkdf2};

use crate::{RegistryError, Settings, Store, Token};

/// Rounds of PBKDF2. Tokens have 256 random bits, so the least that RFC 7677 allows is enough.
pub const ITERATIONS: u32 = 4096;
/// The setting that holds the secret behind all salts.
const SECRET: &str = "scram_salts";

/// A key of SCRAM.
pub type ScramKey = [u8; 32];

/// Keys of tokens. A token without any cannot be proved.
pub trait ScramBooks: Send + Sync {
    /// Keeps the keys of a token. Refused when it has some.
    fn keep_scram(&self, token: i64, keys: &ScramKeys) -> Result<(), RegistryError>;

    /// Tokens of an account that have keys and are alive at `now`, newest first.
    fn scram_tokens(&self, account: i64, now: DateTime<Utc>) -> Result<Vec<(Token, ScramKeys)>, RegistryError>;
}

/// What is kept of a token; RFC 5802 section 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScramKeys {
    pub iterations: u32,
    pub stored: ScramKey,
    pub server: ScramKey,
}

impl ScramKeys {
    /// The keys of a secret. The secret is taken as it is: tokens are plain ASCII, which SASLprep does not change.
    pub fn of(secret: &str, salt: &[u8], iterations: u32) -> Self {
        let mut salted = [0; 32];
        let rounds = std::num::NonZeroU32::new(iterations).unwrap_or(std::num::NonZeroU32::MIN);
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, secret.as_bytes(), &mut salted);
        let client = keyed(&salted, b"Client Key");
        Self { iterations, stored: hashed(&client), server: keyed(&salted, b"Server Key") }
    }
}

/// HMAC-SHA-256.
pub fn keyed(key: &[u8], text: &[u8]) -> ScramKey {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text);
    whole(tag.as_ref())
}

/// SHA-256.
pub fn hashed(bytes: &[u8]) -> ScramKey {
    whole(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn whole(bytes: &[u8]) -> ScramKey {
    let mut key = [0; 32];
    key.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    key
}

/// The salt of a login name, whether or not there is such an account: nobody learns from it which names exist, and all
/// tokens of an account share it, so that one proof can be tried against each.
///
/// # Errors
/// The books cannot be read, or a secret not be drawn.
pub fn salt_of(books: &(impl Settings + ?Sized), name: &str, now: DateTime<Utc>) -> Result<[u8; 16], RegistryError> {
    let secret = match books.setting(SECRET)? {
        Some(secret) => secret,
        None => {
            let fresh = crate::secret::new_secret().map_err(|error| refused(error.to_string()))?;
            books.setting_or_put(SECRET, &fresh, now)?
        }
    };
    let key = keyed(secret.as_bytes(), name.to_lowercase().as_bytes());
    let mut salt = [0; 16];
    salt.iter_mut().zip(key).for_each(|(to, from)| *to = from);
    Ok(salt)
}

/// Keeps what proves a token just made, when it is good for statements.
///
/// # Errors
/// The books cannot be written.
pub fn keep_keys_of(books: &dyn Store, token: &Token, name: &str, secret: &str, now: DateTime<Utc>) -> Result<(), RegistryError> {
    if !token.scopes.contains(&TokenScope::Sql) {
        return Ok(());
    }
    let salt = salt_of(books, name, now)?;
    books.keep_scram(token.id, &ScramKeys::of(secret, &salt, ITERATIONS))
}

fn refused(problem: String) -> RegistryError {
    RegistryError::Refused { what: "the keys of a token", problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_standard() {
        // RFC 7677 section 3: user "user", password "pencil", salt W22ZaJ0SNY7soEsUEjb6gQ==, 4096 rounds.
        let salt = [0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e, 0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36, 0xfa, 0x81];
        let keys = ScramKeys::of("pencil", &salt, 4096);
        let auth = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
                    r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
                    c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        // v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
        let expect = [
            0xea, 0xba, 0xe2, 0x4d, 0x10, 0x62, 0xdb, 0x75, 0xa9, 0x45, 0x1f, 0xf0, 0xb6, 0xea, 0x7e, 0x98, 0xc8, 0x54, 0x65, 0x49, 0xff,
            0x74, 0x1e, 0x67, 0x2d, 0x32, 0x51, 0xb2, 0x39, 0x7d, 0xe4, 0x6e,
        ];
        assert_eq!(keyed(&keys.server, auth.as_bytes()), expect);
    }
}
