//! Secrets (密钥与口令): made by the operating system's generator, kept as hashes only.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// Memory in KiB, passes and lanes of argon2id. Source: OWASP Password Storage Cheat Sheet.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A secret could not be made or a password not be hashed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
    #[error("hash a password: {0}")]
    Hash(String),
}

/// How passwords are hashed. Both calls keep a core busy for tens of milliseconds.
pub trait Passwords: Send + Sync {
    /// The PHC string to keep.
    fn hash(&self, password: &str) -> Result<String, SecretError>;

    /// True when the password is the one of the hash. Without a hash (an unknown account, or one whose password
    /// was never set) it takes as long and is false.
    fn verify(&self, password: &str, hash: Option<&str>) -> bool;
}

/// argon2id.
#[derive(Debug, Clone, Copy, Default)]
pub struct Argon2id;

/// What unknown accounts are verified against: a hash by the same parameters, of a password that nobody has.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

impl Passwords for Argon2id {
    fn hash(&self, password: &str) -> Result<String, SecretError> {
        let mut salt = [0u8; 16];
        fill(&mut salt)?;
        let of = |error: &dyn std::fmt::Display| SecretError::Hash(error.to_string());
        let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|error| of(&error))?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash: PasswordHash = hasher.hash_password_with_salt(password.as_bytes(), &salt).map_err(|error| of(&error))?;
        Ok(hash.to_string())
    }

    fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let known = hash.and_then(|hash| PasswordHash::new(hash).ok());
        let is_known = known.is_some();
        let Some(against) = known.or_else(|| PasswordHash::new(NOBODYS).ok()) else { return false };
        // The parameters of the hash are used, so older hashes stay good when ours are raised.
        let matches = Argon2::default().verify_password(password.as_bytes(), &against).is_ok();
        matches && is_known
    }
}

/// 256 random bits in 64 hex digits: for sessions, tokens and the set-up link.
pub fn new_secret() -> Result<String, SecretError> {
    let mut bytes = [0u8; 32];
    fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// A password for the first login, of letters and digits that are not taken for each other: `kQ7m-Xr3t-…`, 95 bits.
pub fn new_password() -> Result<String, SecretError> {
    const LETTERS: &[u8; 32] = b"abcdefghkmnpqrstuvwxyz23456789AB";
    let mut bytes = [0u8; 19];
    fill(&mut bytes)?;
    let mut word = String::with_capacity(24);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            word.push('-');
        }
        word.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    // Every profile asks for some kinds of characters; these add none to guess.
    Ok(format!("{word}Q7"))
}

/// What the books keep of a secret: its BLAKE3 in 64 hex digits.
pub fn key_of(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}

fn fill(bytes: &mut [u8]) -> Result<(), SecretError> {
    getrandom::fill(bytes).map_err(|error| SecretError::Random(error.to_string()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use qunlian_domain::access::password::Profile;

    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other() {
        let hash = Argon2id.hash("Gq7-tulip-9rain").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Argon2id.verify("Gq7-tulip-9rain", Some(&hash)));
        assert!(!Argon2id.verify("Gq7-tulip-9raim", Some(&hash)));
        assert_ne!(hash, Argon2id.hash("Gq7-tulip-9rain").unwrap(), "salted");
    }

    #[test]
    fn unknown_accounts_are_verified_against_a_hash_of_the_same_cost() {
        let parsed = PasswordHash::new(NOBODYS).unwrap();
        assert_eq!(parsed.params.to_string(), "m=19456,t=2,p=1");
        for hash in [None, Some("nonsense"), Some("")] {
            assert!(!Argon2id.verify("", hash), "{hash:?}");
        }
    }

    #[test]
    fn secrets_are_long_and_differ() {
        let (one, other) = (new_secret().unwrap(), new_secret().unwrap());
        assert!(one.len() == 64 && one != other && key_of(&one).len() == 64 && key_of(&one) != key_of(&other));
        for _ in 0..200 {
            let word = new_password().unwrap();
            for profile in [Profile::Mlps2, Profile::Asvs] {
                profile.check(&word, &["zhangsan", "示例甲"]).unwrap_or_else(|fault| panic!("{word}: {fault}"));
            }
        }
    }
}
