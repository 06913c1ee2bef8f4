//! Accounts, sessions and tokens in SQLite.

use chrono::{DateTime, Utc};
use qunlian_domain::access::lockout::{Failures, LoginLimits, SessionTimes};
use qunlian_domain::access::token::TokenScope;
use qunlian_domain::access::{Role, Roles};
use qunlian_domain::audit::{AuditAction, Via};
use rusqlite::{Connection, Params, Row, Transaction, params};
use serde_json::{Value, json};

use super::audit::append_in;
use super::job_reads::{optional_time, time, word};
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{Account, AccountBooks, AuditEntry, FirstAccount, Grant, NewAccount, NewToken, RegistryError, Session, Token, is_login_name};

macro_rules! account_sql {
    ($rest:literal) => {
        concat!(
            "select id, name, person, password, password_set_at, must_change, failures, last_failure, created_at,
             created_by, disabled_at from accounts ",
            $rest
        )
    };
}

macro_rules! token_sql {
    ($rest:literal) => {
        concat!("select id, account, title, created_at, expires_at, revoked_at, scopes from api_tokens ", $rest)
    };
}

impl AccountBooks for SqliteStore {
    fn create_account(&self, new: &NewAccount) -> Result<Account, RegistryError> {
        check_name(&new.name)?;
        check_person(&new.person)?;
        let new = new.clone();
        self.write("open an account", move |transaction| {
            check_free(transaction, &new.name)?;
            let sql = "insert into accounts (name, person, created_at, created_by) values (?1, ?2, ?3, ?4)";
            transaction.execute(sql, params![new.name, new.person.trim(), moment(new.now), new.created_by])?;
            let opened = known(transaction, transaction.last_insert_rowid())?;
            let detail = json!({ "account": opened.id, "person": opened.person });
            record(transaction, AuditAction::AccountOpened, &new.created_by, &opened.name, detail, new.now)?;
            Ok(opened)
        })
    }

    fn open_first_accounts(&self, first: &[FirstAccount], by: &str, now: DateTime<Utc>) -> Result<(), RegistryError> {
        for account in first {
            check_name(&account.name)?;
            check_person(&account.person)?;
        }
        let (first, by) = (first.to_vec(), by.to_owned());
        self.write("open the first accounts", move |transaction| {
            let sql = "select count(*) from accounts where password is not null";
            if transaction.query_row(sql, [], |row| row.get::<_, i64>(0))? > 0 {
                return Err(refused("somebody can log in already".to_owned()).into());
            }
            for account in &first {
                open_with_role(transaction, account, &by, now)?;
            }
            let names: Vec<&str> = first.iter().map(|account| account.name.as_str()).collect();
            record(transaction, AuditAction::Setup, &by, "", json!({ "accounts": names }), now)
        })
    }

    fn account(&self, id: i64) -> Result<Option<Account>, RegistryError> {
        self.read("read an account", |connection| one(connection, account_sql!("where id = ?1"), [id]))
    }

    fn account_named(&self, name: &str) -> Result<Option<Account>, RegistryError> {
        self.read("read an account", |connection| one(connection, account_sql!("where name = ?1"), [name]))
    }

    fn accounts(&self) -> Result<Vec<Account>, RegistryError> {
        self.read("read the accounts", |connection| all(connection, account_sql!("order by name"), []))
    }

    fn rename_account(&self, id: i64, person: &str) -> Result<(), RegistryError> {
        check_person(person)?;
        let person = person.trim().to_owned();
        self.write("rename an account", move |transaction| {
            known(transaction, id)?;
            transaction.execute("update accounts set person = ?2 where id = ?1", params![id, person])?;
            Ok(())
        })
    }

    fn set_password(&self, id: i64, hash: &str, must_change: bool, now: DateTime<Utc>) -> Result<(), RegistryError> {
        let hash = hash.to_owned();
        self.write("set a password", move |transaction| {
            known(transaction, id)?;
            let sql = "update accounts set password = ?2, password_set_at = ?3, must_change = ?4, failures = 0, last_failure = null
                       where id = ?1";
            transaction.execute(sql, params![id, hash, moment(now), must_change])?;
            transaction.execute("delete from sessions where account = ?1", [id])?;
            Ok(())
        })
    }

    fn grant_roles(&self, id: i64, grants: &[Grant], by: &str, now: DateTime<Utc>) -> Result<(), RegistryError> {
        Roles::new(grants.iter().map(|grant| grant.role)).map_err(|fault| refused(fault.to_string()))?;
        if let Some(bare) = grants.iter().find(|grant| grant.role.needs_carrier() && grant.carrier_id.is_none()) {
            return Err(refused(format!("{} must act for a carrier", bare.role.name())));
        }
        if let Some(bound) = grants.iter().find(|grant| !grant.role.may_have_carrier() && grant.carrier_id.is_some()) {
            return Err(refused(format!("{} acts for no carrier", bound.role.name())));
        }
        let (mut grants, by) = (grants.to_vec(), by.to_owned());
        grants.sort_by(|one, other| (one.role.id(), &one.carrier_id).cmp(&(other.role.id(), &other.carrier_id)));
        grants.dedup();
        self.write("grant roles", move |transaction| {
            let before = known(transaction, id)?;
            transaction.execute("delete from account_roles where account = ?1", [id])?;
            let sql = "insert into account_roles (account, role, carrier_id, granted_at, granted_by) values (?1, ?2, ?3, ?4, ?5)";
            for grant in &grants {
                transaction.execute(sql, params![id, grant.role.id(), grant.carrier_id, moment(now), by])?;
            }
            transaction.execute("delete from sessions where account = ?1", [id])?;
            let detail = json!({ "account": id, "before": words(&before.grants), "after": words(&grants) });
            record(transaction, AuditAction::RolesGranted, &by, &before.name, detail, now)?;
            Ok(())
        })
    }

    fn set_disabled(&self, id: i64, disabled: bool, now: DateTime<Utc>) -> Result<(), RegistryError> {
        self.write("close or open an account", move |transaction| {
            known(transaction, id)?;
            let since = disabled.then(|| moment(now));
            transaction.execute("update accounts set disabled_at = ?2 where id = ?1", params![id, since])?;
            if disabled {
                transaction.execute("delete from sessions where account = ?1", [id])?;
                let sql = "update api_tokens set revoked_at = ?2 where account = ?1 and revoked_at is null";
                transaction.execute(sql, params![id, moment(now)])?;
            }
            Ok(())
        })
    }

    fn record_failure(&self, id: i64, limits: &LoginLimits, now: DateTime<Utc>) -> Result<Failures, RegistryError> {
        let limits = *limits;
        self.write("count a wrong try", move |transaction| {
            let failures = known(transaction, id)?.failures.failed(&limits, now);
            let sql = "update accounts set failures = ?2, last_failure = ?3 where id = ?1";
            transaction.execute(sql, params![id, failures.count, failures.last.map(moment)])?;
            Ok(failures)
        })
    }

    fn forget_failures(&self, id: i64) -> Result<(), RegistryError> {
        self.write("forget wrong tries", move |transaction| {
            transaction.execute("update accounts set failures = 0, last_failure = null where id = ?1", [id])?;
            Ok(())
        })
    }

    fn open_session(&self, key: &str, account: i64, now: DateTime<Utc>) -> Result<(), RegistryError> {
        let key = key.to_owned();
        self.write("open a session", move |transaction| {
            let account = known(transaction, account)?;
            if account.disabled_at.is_some() {
                return Err(refused(format!("the account {:?} is closed", account.name)).into());
            }
            let sql = "insert into sessions (key, account, opened_at, seen_at) values (?1, ?2, ?3, ?3)";
            transaction.execute(sql, params![key, account.id, moment(now)])?;
            Ok(())
        })
    }

    fn session(&self, key: &str) -> Result<Option<Session>, RegistryError> {
        self.read("read a session", |connection| {
            let sql = "select account, opened_at, seen_at from sessions where key = ?1";
            let mut ask = connection.prepare_cached(sql)?;
            let mut rows = ask.query([key])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let times = SessionTimes { opened: time(row, 1, "sessions.opened_at")?, seen: time(row, 2, "sessions.seen_at")? };
            Ok(Some(Session { account: row.get(0)?, times }))
        })
    }

    fn touch_session(&self, key: &str, now: DateTime<Utc>) -> Result<bool, RegistryError> {
        let key = key.to_owned();
        self.write("note a request", move |transaction| {
            let sql = "update sessions set seen_at = max(seen_at, ?2) where key = ?1";
            Ok(transaction.execute(sql, params![key, moment(now)])? > 0)
        })
    }

    fn end_session(&self, key: &str) -> Result<(), RegistryError> {
        let key = key.to_owned();
        self.write("end a session", move |transaction| {
            transaction.execute("delete from sessions where key = ?1", [key])?;
            Ok(())
        })
    }

    fn end_sessions(&self, account: i64) -> Result<usize, RegistryError> {
        self.write("end the sessions of an account", move |transaction| {
            Ok(transaction.execute("delete from sessions where account = ?1", [account])?)
        })
    }

    fn sweep_sessions(&self, limits: &LoginLimits, now: DateTime<Utc>) -> Result<usize, RegistryError> {
        let (idle, old) = (moment(now - limits.idle), moment(now - limits.absolute));
        self.write("remove ended sessions", move |transaction| {
            Ok(transaction.execute("delete from sessions where seen_at <= ?1 or opened_at <= ?2", [idle, old])?)
        })
    }

    fn create_token(&self, new: &NewToken) -> Result<Token, RegistryError> {
        if new.title.trim().is_empty() {
            return Err(refused("no purpose is given for the token".to_owned()));
        }
        if new.scopes.is_empty() {
            return Err(refused("the token would be good for nothing".to_owned()));
        }
        if new.expires_at <= new.now {
            return Err(refused("the token would end before it begins".to_owned()));
        }
        let new = new.clone();
        self.write("record a token", move |transaction| {
            known(transaction, new.account)?;
            let scopes = new.scopes.iter().map(|scope| scope.id()).collect::<Vec<_>>().join(",");
            let sql = "insert into api_tokens (account, title, key, scopes, created_at, expires_at) values (?1, ?2, ?3, ?4, ?5, ?6)";
            let times = (moment(new.now), moment(new.expires_at));
            transaction.execute(sql, params![new.account, new.title.trim(), new.key, scopes, times.0, times.1])?;
            let id = transaction.last_insert_rowid();
            tokens(transaction, token_sql!("where id = ?1"), [id])?.pop().ok_or_else(|| rusqlite::Error::QueryReturnedNoRows.into())
        })
    }

    fn token(&self, key: &str) -> Result<Option<Token>, RegistryError> {
        self.read("read a token", |connection| Ok(tokens(connection, token_sql!("where key = ?1"), [key])?.pop()))
    }

    fn tokens_of(&self, account: i64) -> Result<Vec<Token>, RegistryError> {
        let sql = token_sql!("where account = ?1 order by id desc");
        self.read("read the tokens", |connection| tokens(connection, sql, [account]))
    }

    fn revoke_token(&self, id: i64, now: DateTime<Utc>) -> Result<bool, RegistryError> {
        self.write("revoke a token", move |transaction| {
            let sql = "update api_tokens set revoked_at = ?2 where id = ?1 and revoked_at is null";
            Ok(transaction.execute(sql, params![id, moment(now)])? > 0)
        })
    }
}

/// Records what was done to an account. The doer is given by login name, or is one of the doors that have no login.
fn record(
    transaction: &Transaction<'_>,
    action: AuditAction,
    by: &str,
    subject: &str,
    detail: Value,
    at: DateTime<Utc>,
) -> Result<(), Trouble> {
    let account = one(transaction, account_sql!("where name = ?1"), [by])?.map(|account| account.id);
    let via = match by {
        "demo" => Via::Demo,
        "console" => Via::Console,
        _ => Via::Web,
    };
    let entry = AuditEntry { at, account, actor: by.to_owned(), via, action, subject: subject.to_owned(), detail };
    append_in(transaction, &entry).map(|_| ())
}

/// `clerk:suixi`, `leader`.
fn words(grants: &[Grant]) -> Vec<String> {
    let word = |grant: &Grant| match &grant.carrier_id {
        Some(carrier) => format!("{}:{carrier}", grant.role.id()),
        None => grant.role.id().to_owned(),
    };
    grants.iter().map(word).collect()
}

fn refused(problem: String) -> RegistryError {
    RegistryError::Refused { what: "an account", problem }
}

fn check_name(name: &str) -> Result<(), RegistryError> {
    if is_login_name(name) {
        Ok(())
    } else {
        Err(refused(format!("{name:?} is no login name: 2 to 40 letters, digits, dots, dashes or underscores")))
    }
}

fn check_person(person: &str) -> Result<(), RegistryError> {
    if person.trim().is_empty() { Err(refused("no person or duty is named".to_owned())) } else { Ok(()) }
}

fn check_free(connection: &Connection, name: &str) -> Result<(), Trouble> {
    match one(connection, account_sql!("where name = ?1"), [name])? {
        None => Ok(()),
        Some(_) => Err(refused(format!("the name {name:?} is taken")).into()),
    }
}

fn open_with_role(connection: &Connection, new: &FirstAccount, by: &str, now: DateTime<Utc>) -> Result<(), Trouble> {
    check_free(connection, &new.name)?;
    let sql = "insert into accounts (name, person, password, password_set_at, must_change, created_at, created_by)
               values (?1, ?2, ?3, ?4, 0, ?4, ?5)";
    connection.execute(sql, params![new.name, new.person.trim(), new.hash, moment(now), by])?;
    let sql = "insert into account_roles (account, role, granted_at, granted_by) values (?1, ?2, ?3, ?4)";
    connection.execute(sql, params![connection.last_insert_rowid(), new.role.id(), moment(now), by])?;
    Ok(())
}

/// The account of an id that must exist.
fn known(connection: &Connection, id: i64) -> Result<Account, Trouble> {
    one(connection, account_sql!("where id = ?1"), [id])?.ok_or_else(|| refused(format!("there is no account {id}")).into())
}

fn one<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Option<Account>, Trouble> {
    Ok(all(connection, sql, params)?.pop())
}

fn all<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<Account>, Trouble> {
    let mut ask = connection.prepare_cached(sql)?;
    let mut rows = ask.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut account = account_of(row)?;
        account.grants = grants_of(connection, account.id)?;
        found.push(account);
    }
    Ok(found)
}

fn account_of(row: &Row<'_>) -> Result<Account, Trouble> {
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        person: row.get(2)?,
        password: row.get(3)?,
        password_set_at: optional_time(row, 4, "accounts.password_set_at")?,
        must_change: row.get(5)?,
        failures: Failures { count: row.get(6)?, last: optional_time(row, 7, "accounts.last_failure")? },
        created_at: time(row, 8, "accounts.created_at")?,
        created_by: row.get(9)?,
        disabled_at: optional_time(row, 10, "accounts.disabled_at")?,
        grants: Vec::new(),
    })
}

fn grants_of(connection: &Connection, account: i64) -> Result<Vec<Grant>, Trouble> {
    let mut ask = connection.prepare_cached("select role, carrier_id from account_roles where account = ?1 order by role, carrier_id")?;
    let mut rows = ask.query([account])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Grant { role: word(row.get(0)?, "account_roles.role", Role::from_id)?, carrier_id: row.get(1)? });
    }
    Ok(found)
}

fn tokens<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<Token>, Trouble> {
    let mut ask = connection.prepare_cached(sql)?;
    let mut rows = ask.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Token {
            id: row.get(0)?,
            account: row.get(1)?,
            title: row.get(2)?,
            created_at: time(row, 3, "api_tokens.created_at")?,
            expires_at: time(row, 4, "api_tokens.expires_at")?,
            revoked_at: optional_time(row, 5, "api_tokens.revoked_at")?,
            scopes: scopes_of(row.get(6)?)?,
        });
    }
    Ok(found)
}

fn scopes_of(text: String) -> Result<Vec<TokenScope>, Trouble> {
    let words = text.split(',').filter(|word| !word.is_empty());
    words.map(|id| Ok(word(id.to_owned(), "api_tokens.scopes", TokenScope::from_id)?)).collect()
}
