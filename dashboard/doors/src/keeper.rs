//! Who comes in and what they may (来访人): looked up in the books at each statement, so that nothing outlives its end.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::access::lockout::LoginLimits;
use qunlian_domain::access::scope::row_scope;
use qunlian_domain::access::token::TokenScope;
use qunlian_domain::access::{Right, Roles};
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_domain::rules::Rules;
use qunlian_queries::{Asker, Door};
use qunlian_registry::{Account, AuditEntry, RegistryError, Store, Token};
use serde_json::{Value, json};

use crate::Tries;

/// Ports, rules and clocks of a door.
pub struct Behind {
    /// Accounts, tokens and the audit log.
    pub books: Arc<dyn Store>,
    pub rules: Arc<Rules>,
    pub today: Arc<dyn Fn() -> NaiveDate + Send + Sync>,
    pub now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    pub limits: LoginLimits,
}

/// Keeps one door: everything here blocks on the books.
pub struct Keeper {
    behind: Behind,
    door: Door,
    pub tries: Tries,
}

/// Whoever came in with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    pub account: i64,
    /// Login name.
    pub name: String,
    pub token: i64,
    pub address: IpAddr,
}

/// Why somebody is not let in, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    #[error("the account is closed")]
    Closed,
    #[error("the token is revoked, over, or not for statements")]
    Ended,
    #[error("the account may not ask statements")]
    NoRight,
    #[error(transparent)]
    Broken(#[from] RegistryError),
}

impl Denied {
    /// In Chinese; empty for what is our own fault.
    pub fn said(&self) -> &'static str {
        match self {
            Self::Closed => "账号已停用",
            Self::Ended => "令牌已撤销或过期",
            Self::NoRight => "没有自助查询的权限",
            Self::Broken(_) => "",
        }
    }

    /// What can be done about it, in Chinese; may be empty.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Closed | Self::Broken(_) => "",
            Self::Ended => "请在“接口令牌”页重新申请",
            Self::NoRight => "请联系安全管理员授权",
        }
    }
}

impl Keeper {
    /// A keeper who has seen nobody yet.
    pub fn new(door: Door, behind: Behind) -> Self {
        Self { behind, door, tries: Tries::default() }
    }

    pub fn books(&self) -> &dyn Store {
        self.behind.books.as_ref()
    }

    pub fn rules(&self) -> &Rules {
        &self.behind.rules
    }

    pub fn limits(&self) -> &LoginLimits {
        &self.behind.limits
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.behind.now)()
    }

    /// The door's name in the books.
    pub fn door(&self) -> &'static str {
        self.door.id()
    }

    /// What the visitor may now, as the desk knows it.
    ///
    /// # Errors
    /// The account is closed, the token has ended, or the right was taken away.
    pub fn asker(&self, visitor: &Visitor) -> Result<Asker, Denied> {
        let account = self.open_account(visitor.account)?;
        let token = self.books().tokens_of(visitor.account)?.into_iter().find(|token| token.id == visitor.token);
        self.require_alive(token.as_ref())?;
        self.asker_of(&account)
    }

    /// An account's rows, if it may ask statements.
    ///
    /// # Errors
    /// It may not.
    pub fn asker_of(&self, account: &Account) -> Result<Asker, Denied> {
        let roles = Roles::new(account.grants.iter().map(|grant| grant.role)).unwrap_or_default();
        if !roles.may(Right::AskSql) {
            return Err(Denied::NoRight);
        }
        let grants = account.grants.iter().map(|grant| (grant.role, grant.carrier_id.as_deref()));
        let scope = row_scope(grants, &self.behind.rules.city.carriers, (self.behind.today)());
        Ok(Asker { name: account.name.clone(), scope, door: self.door, oversees: false })
    }

    /// The account of that number.
    ///
    /// # Errors
    /// There is none, or it is closed.
    pub fn open_account(&self, id: i64) -> Result<Account, Denied> {
        self.books().account(id)?.filter(|account| account.disabled_at.is_none()).ok_or(Denied::Closed)
    }

    /// Refuses a token that is not good for statements now.
    ///
    /// # Errors
    /// There is none, it is revoked or over, or it was made for other things.
    pub fn require_alive(&self, token: Option<&Token>) -> Result<(), Denied> {
        let now = self.now();
        let good = token.is_some_and(|token| token.is_alive(now) && token.scopes.contains(&TokenScope::Sql));
        if good { Ok(()) } else { Err(Denied::Ended) }
    }

    /// Records a statement before it runs, so that even one that never ends has left its text.
    ///
    /// # Errors
    /// It cannot be recorded: then it must not run.
    pub fn record_statement(&self, visitor: &Visitor, sql: &str, values: Vec<Value>) -> Result<(), Denied> {
        let address = visitor.address.to_string();
        let detail = json!({ "door": self.door(), "sql": sql, "values": values, "token": visitor.token, "address": address });
        self.record(visitor, AuditAction::Sql, self.door(), detail)
    }

    /// Records that somebody came in.
    ///
    /// # Errors
    /// It cannot be recorded.
    pub fn record_login(&self, visitor: &Visitor) -> Result<(), Denied> {
        let detail = json!({ "door": self.door(), "address": visitor.address.to_string(), "token": visitor.token });
        self.record(visitor, AuditAction::Login, &visitor.name, detail)
    }

    fn record(&self, visitor: &Visitor, action: AuditAction, subject: &str, detail: Value) -> Result<(), Denied> {
        let entry = AuditEntry {
            at: self.now(),
            account: Some(visitor.account),
            actor: visitor.name.clone(),
            via: Via::Api,
            action,
            subject: subject.to_owned(),
            detail,
        };
        self.books().append(&entry)?;
        Ok(())
    }

    /// Records a try that failed; `subject` is the name that was tried, if one was.
    ///
    /// # Errors
    /// It cannot be recorded.
    pub fn record_failure(&self, action: AuditAction, subject: &str, address: IpAddr, tries: u32, known: bool) -> Result<(), Denied> {
        let detail = json!({ "door": self.door(), "address": address.to_string(), "tries": tries, "known": known });
        let (at, actor) = (self.now(), String::new());
        let entry = AuditEntry { at, account: None, actor, via: Via::Public, action, subject: subject.to_owned(), detail };
        self.books().append(&entry)?;
        Ok(())
    }
}
