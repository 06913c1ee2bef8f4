//! What a password must be (口令规则), by the profile that the administrator chose.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

/// `security.profile`: which rules are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// 等保二级 (GB/T 22239 8.1.4.1): complex and changed regularly.
    #[default]
    Mlps2,
    /// OWASP ASVS 2.1: long, no rules of composition, no forced change.
    Asvs,
}

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error("口令太短：至少 {0} 个字符")]
    TooShort(usize),
    #[error("口令太长：至多 {0} 个字符")]
    TooLong(usize),
    #[error("口令须含大写字母、小写字母、数字、符号中的至少三类")]
    TooPlain,
    #[error("口令不得包含用户名或姓名")]
    HoldsName,
    #[error("口令过于常见，容易被猜到")]
    Common,
}

/// Longer ones are refused: hashing a megabyte would keep a core busy.
pub const MOST_CHARACTERS: usize = 128;

/// Beginnings of what people choose first; compared after [`plain`].
const COMMON: [&str; 24] = [
    "password",
    "passwd",
    "qwerty",
    "asdfgh",
    "zxcvbn",
    "1q2w3e",
    "admin",
    "administrator",
    "root",
    "welcome",
    "letmein",
    "iloveyou",
    "abc123",
    "abcd1234",
    "a1b2c3",
    "test",
    "guest",
    "default",
    "changeme",
    "woaini",
    "huaibei",
    "zhaoshang",
    "qunlian",
    "mima",
];

impl Profile {
    /// Reads `mlps2` or `asvs`.
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "mlps2" => Some(Self::Mlps2),
            "asvs" => Some(Self::Asvs),
            _ => None,
        }
    }

    /// The fewest characters.
    pub fn least(self) -> usize {
        match self {
            Self::Mlps2 => 10,
            Self::Asvs => 12,
        }
    }

    /// How long a password serves; `None`: until there is reason to change it.
    pub fn lifetime(self) -> Option<TimeDelta> {
        match self {
            Self::Mlps2 => Some(TimeDelta::days(90)),
            Self::Asvs => None,
        }
    }

    /// True when the password must be changed before anything else.
    pub fn is_expired(self, set_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.lifetime().is_some_and(|lifetime| now >= set_at + lifetime)
    }

    /// Checks a new password. `names`: the account's own names, which it must not hold.
    pub fn check(self, password: &str, names: &[&str]) -> Result<(), PasswordFault> {
        let length = password.chars().count();
        if length < self.least() {
            return Err(PasswordFault::TooShort(self.least()));
        }
        if length > MOST_CHARACTERS {
            return Err(PasswordFault::TooLong(MOST_CHARACTERS));
        }
        let lower = plain(password);
        let holds = |name: &str| name.chars().count() >= 2 && lower.contains(&plain(name));
        if names.iter().any(|name| holds(name)) {
            return Err(PasswordFault::HoldsName);
        }
        if has_common_word(&lower) || repeats_or_counts(password) {
            return Err(PasswordFault::Common);
        }
        if self == Self::Mlps2 && kinds(password) < 3 {
            return Err(PasswordFault::TooPlain);
        }
        Ok(())
    }
}

/// Lower case, with the usual disguises taken off.
fn plain(text: &str) -> String {
    let undisguised = |letter: char| match letter {
        '@' => 'a',
        '$' => 's',
        '0' => 'o',
        '!' | '|' => 'i',
        '3' => 'e',
        other => other,
    };
    text.chars().flat_map(char::to_lowercase).map(undisguised).collect()
}

/// A common word makes up half or more of it.
fn has_common_word(lower: &str) -> bool {
    let length = lower.chars().count();
    COMMON.iter().any(|word| lower.contains(&plain(word)) && word.len() * 2 >= length)
}

/// Few characters over and over, or mostly neighbours in the alphabet or among the digits.
fn repeats_or_counts(password: &str) -> bool {
    let letters: Vec<u32> = password.to_lowercase().chars().map(u32::from).collect();
    let distinct: BTreeSet<u32> = letters.iter().copied().collect();
    let steps = letters.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) <= 1).count();
    distinct.len() <= 4 || steps * 4 >= letters.len().saturating_sub(1) * 3
}

fn kinds(password: &str) -> usize {
    let has = |test: fn(char) -> bool| usize::from(password.chars().any(test));
    has(char::is_uppercase) + has(char::is_lowercase) + has(|c| c.is_ascii_digit()) + has(|c| !c.is_alphanumeric() || c as u32 > 0x2e80)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(profile: Profile, password: &str, expect: Result<(), PasswordFault>) {
        assert_eq!(profile.check(password, &["zhangsan", "示例甲"]), expect, "{password:?} by {profile:?}");
    }

    #[test]
    fn the_graded_profile_asks_for_three_kinds() {
        use PasswordFault::*;
        check(Profile::Mlps2, "Gq7-tulip-9rain", Ok(()));
        check(Profile::Mlps2, "短Aa1", Err(TooShort(10)));
        check(Profile::Mlps2, "tuliprainbrook", Err(TooPlain));
        check(Profile::Mlps2, "Zhangsan-7-Tulip", Err(HoldsName));
        check(Profile::Mlps2, "示例甲-7-Tulip-x", Err(HoldsName));
        check(Profile::Mlps2, "P@ssw0rd123", Err(Common));
        check(Profile::Mlps2, "Huaibei@2026", Err(Common));
        check(Profile::Mlps2, "Aaaa1111!!!!", Err(Common));
        check(Profile::Mlps2, &"Ab1-".repeat(40), Err(TooLong(128)));
    }

    #[test]
    fn the_long_profile_asks_for_length_only() {
        use PasswordFault::*;
        check(Profile::Asvs, "tulip rain brook seven", Ok(()));
        check(Profile::Asvs, "雨后的郁金香开在小桥边上", Ok(()));
        check(Profile::Asvs, "tulip-rain", Err(TooShort(12)));
        check(Profile::Asvs, "abcdefghijklmn", Err(Common));
        check(Profile::Asvs, "123456789012", Err(Common));
        check(Profile::Asvs, "administrator1", Err(Common));
    }

    #[test]
    fn graded_passwords_expire() {
        let set = DateTime::UNIX_EPOCH;
        assert!(!Profile::Mlps2.is_expired(set, set + TimeDelta::days(89)));
        assert!(Profile::Mlps2.is_expired(set, set + TimeDelta::days(90)));
        assert!(!Profile::Asvs.is_expired(set, set + TimeDelta::days(9_000)));
    }
}
