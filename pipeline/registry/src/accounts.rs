//! Accounts (账号): who may log in, with which roles, which sessions and tokens are open. Hashes only, no secret.

use chrono::{DateTime, Utc};
use qunlian_domain::access::Role;
use qunlian_domain::access::lockout::{Failures, LoginLimits, SessionTimes};
use qunlian_domain::access::token::TokenScope;

use crate::RegistryError;

/// Accounts are never deleted: the audit log names them.
pub trait AccountBooks: Send + Sync {
    /// Opens an account without roles. Refused when the name is taken, in whatever case. Leaves its own record in
    /// the audit log.
    fn create_account(&self, new: &NewAccount) -> Result<Account, RegistryError>;

    /// Opens the first accounts with their passwords and roles, all or none, and records it. Refused when any account has a
    /// password already: whoever could log in could have opened them.
    fn open_first_accounts(&self, first: &[FirstAccount], by: &str, now: DateTime<Utc>) -> Result<(), RegistryError>;

    fn account(&self, id: i64) -> Result<Option<Account>, RegistryError>;

    /// By login name, without regard to case.
    fn account_named(&self, name: &str) -> Result<Option<Account>, RegistryError>;

    /// All, by name.
    fn accounts(&self) -> Result<Vec<Account>, RegistryError>;

    /// Gives the person or duty another name.
    fn rename_account(&self, id: i64, person: &str) -> Result<(), RegistryError>;

    /// Sets a new password hash, forgets wrong tries and ends every session of the account.
    fn set_password(&self, id: i64, hash: &str, must_change: bool, now: DateTime<Utc>) -> Result<(), RegistryError>;

    /// Replaces the roles and ends every session: rights never outlive their grant. Refused for roles that may
    /// not stand together and for a clerk without a carrier. Leaves its own record in the audit log.
    fn grant_roles(&self, id: i64, grants: &[Grant], by: &str, now: DateTime<Utc>) -> Result<(), RegistryError>;

    /// Closes or opens an account; closing ends its sessions and revokes its tokens.
    fn set_disabled(&self, id: i64, disabled: bool, now: DateTime<Utc>) -> Result<(), RegistryError>;

    /// Counts a wrong try; gives the tries that now stand. Concurrent tries each count.
    fn record_failure(&self, id: i64, limits: &LoginLimits, now: DateTime<Utc>) -> Result<Failures, RegistryError>;

    /// After a right password, or when an administrator unlocks.
    fn forget_failures(&self, id: i64) -> Result<(), RegistryError>;

    /// Opens a session; `key` is the BLAKE3 of its secret, 64 hex digits.
    fn open_session(&self, key: &str, account: i64, now: DateTime<Utc>) -> Result<(), RegistryError>;

    fn session(&self, key: &str) -> Result<Option<Session>, RegistryError>;

    /// Notes a request. False when the session has ended meanwhile.
    fn touch_session(&self, key: &str, now: DateTime<Utc>) -> Result<bool, RegistryError>;

    fn end_session(&self, key: &str) -> Result<(), RegistryError>;

    /// Ends every session of an account. Returns how many.
    fn end_sessions(&self, account: i64) -> Result<usize, RegistryError>;

    /// Removes sessions that the limits have ended.
    fn sweep_sessions(&self, limits: &LoginLimits, now: DateTime<Utc>) -> Result<usize, RegistryError>;

    fn create_token(&self, new: &NewToken) -> Result<Token, RegistryError>;

    /// By the BLAKE3 of its secret; revoked and expired ones too.
    fn token(&self, key: &str) -> Result<Option<Token>, RegistryError>;

    /// Newest first.
    fn tokens_of(&self, account: i64) -> Result<Vec<Token>, RegistryError>;

    /// False when it is unknown or revoked already.
    fn revoke_token(&self, id: i64, now: DateTime<Utc>) -> Result<bool, RegistryError>;
}

/// An account to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Login name: 2–40 letters, digits, `.`, `-`, `_`.
    pub name: String,
    /// The person's or duty's name, for others to read.
    pub person: String,
    pub created_by: String,
    pub now: DateTime<Utc>,
}

/// One of the first accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstAccount {
    pub name: String,
    pub person: String,
    /// PHC string of its password.
    pub hash: String,
    /// One that acts for no carrier.
    pub role: Role,
}

/// True for what can be a login name: 2 to 40 letters, digits, dots, dashes or underscores.
pub fn is_login_name(name: &str) -> bool {
    (2..=40).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    pub name: String,
    pub person: String,
    /// PHC string of argon2id; `None` until it is first set.
    pub password: Option<String>,
    pub password_set_at: Option<DateTime<Utc>>,
    pub must_change: bool,
    pub failures: Failures,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub disabled_at: Option<DateTime<Utc>>,
    pub grants: Vec<Grant>,
}

/// A role of an account, with the carrier it acts for. A clerk of several carriers has one for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    pub carrier_id: Option<String>,
}

/// An open session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub account: i64,
    pub times: SessionTimes,
}

/// An API token to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    pub account: i64,
    /// What it is for, in its owner's words.
    pub title: String,
    /// BLAKE3 of the secret, 64 hex digits.
    pub key: String,
    /// At least one.
    pub scopes: Vec<TokenScope>,
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A recorded API token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: i64,
    pub account: i64,
    pub title: String,
    pub scopes: Vec<TokenScope>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Token {
    /// True when it opens the door at `now`.
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}
