//! Secrets (密钥与口令): made by the operating system's generator, kept as hashes only.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

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

/// What unknown accounts are verified against, of a password that nobody has. New hashes take their parameters from it:
/// memory in KiB, passes and lanes of argon2id. Source: OWASP Password Storage Cheat Sheet.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

impl Passwords for Argon2id {
    fn hash(&self, password: &str) -> Result<String, SecretError> {
        let mut salt = [0u8; 16];
        fill(&mut salt)?;
        let broken = |what: &str| SecretError::Hash(what.to_owned());
        let mut hash = PasswordHash::new(NOBODYS).map_err(|error| broken(&error.to_string()))?;
        hash.salt = Some(Salt::new(&salt).map_err(|error| broken(&error.to_string()))?);
        hash.hash = Some(computed(password, &hash).ok_or_else(|| broken("argon2id gives no output"))?);
        Ok(hash.to_string())
    }

    fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let known = hash.and_then(|hash| PasswordHash::new(hash).ok());
        let is_known = known.is_some();
        let Some(against) = known.or_else(|| PasswordHash::new(NOBODYS).ok()) else { return false };
        // Outputs are compared in constant time.
        let matches = computed(password, &against).is_some_and(|output| Some(output) == against.hash);
        matches && is_known
    }
}

/// Memory that one hash has filled, kept for the next. Given back and asked for again on many threads, each of
/// their arenas would keep some: after ten thousand tries the process had 500 MiB instead of 50.
static FILLED: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());
/// Pieces that are kept: as many as are hashed at the same time.
const KEPT: usize = 2;

/// What the password gives by the parameters of a hash, so that older hashes stay good when ours are raised.
fn computed(password: &str, like: &PasswordHash) -> Option<Output> {
    let params = Params::try_from(like).ok()?;
    let algorithm = Algorithm::try_from(like.algorithm.as_str()).ok()?;
    let version = like.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
    let (salt, blocks) = (like.salt.as_ref()?, params.block_count());
    let mut output = vec![0; like.hash.as_ref()?.len()];
    let mut memory = FILLED.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
    memory.resize(blocks, Block::default());
    let hasher = Argon2::new(algorithm, version, params);
    let done = hasher.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, &mut memory[..]);
    let mut filled = FILLED.lock().unwrap_or_else(PoisonError::into_inner);
    if filled.len() < KEPT {
        filled.push(memory);
    }
    done.ok().and_then(|()| Output::new(&output).ok())
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
    use argon2::password_hash::PasswordHasher;
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
    fn the_memory_of_one_try_serves_the_next_whatever_its_size() {
        let small = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let small: PasswordHash = small.hash_password_with_salt(b"old", &[7; 16]).unwrap();
        let (small, large) = (small.to_string(), Argon2id.hash("new").unwrap());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..3 {
                        assert!(Argon2id.verify("old", Some(&small)) && Argon2id.verify("new", Some(&large)));
                        assert!(!Argon2id.verify("new", Some(&small)) && !Argon2id.verify("old", Some(&large)));
                    }
                });
            }
        });
        let kept = FILLED.lock().unwrap();
        assert!((1..=KEPT).contains(&kept.len()), "{}", kept.len());
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
