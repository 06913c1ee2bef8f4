//! Who is connected and what they may (连接人): looked up in the books at each statement, so that nothing outlives its end.

use std::net::IpAddr;
use std::sync::Arc;

use qunlian_domain::access::scope::row_scope;
use qunlian_domain::access::token::TokenScope;
use qunlian_domain::access::{Right, Roles};
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_queries::{Asker, Door as Way};
use qunlian_registry::{Account, AuditEntry, RegistryError};
use serde_json::{Value, json};

use crate::door::Door;
use crate::fault::Fault;

/// The subject of the door's records in the audit log.
pub(crate) const SUBJECT: &str = "postgres";

/// Whoever logged in.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub account: i64,
    /// Login name.
    pub name: String,
    pub token: i64,
    pub address: IpAddr,
}

/// Does what blocks on the books beside the server's threads.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::internal(&error))?
}

pub(crate) fn broken(error: RegistryError) -> Fault {
    Fault::internal(&error)
}

impl Reader {
    /// What the reader may now, as the desk knows it.
    ///
    /// # Errors
    /// The account is closed, the token has ended, or the right was taken away: the connection ends.
    pub(crate) async fn asker(&self, door: &Arc<Door>) -> Result<Asker, Fault> {
        let (door, reader) = (Arc::clone(door), self.clone());
        blocking(move || reader.looked_up(&door)).await
    }

    fn looked_up(&self, door: &Door) -> Result<Asker, Fault> {
        let account = door.books.account(self.account).map_err(broken)?.filter(|account| account.disabled_at.is_none());
        let account = account.ok_or_else(|| Fault::fatal("28000", "账号已停用"))?;
        let now = (door.now)();
        let tokens = door.books.tokens_of(self.account).map_err(broken)?;
        let token = tokens.into_iter().find(|token| token.id == self.token && token.is_alive(now));
        if token.is_none_or(|token| !token.scopes.contains(&TokenScope::Sql)) {
            return Err(Fault::fatal("28000", "令牌已撤销或过期").hint("请在“接口令牌”页重新申请"));
        }
        asker_of(door, &account)
    }

    /// Records a statement before it runs, so that even one that never ends has left its text.
    ///
    /// # Errors
    /// It cannot be recorded: then it must not run.
    pub(crate) async fn record_statement(&self, door: &Arc<Door>, sql: &str, values: Vec<Value>) -> Result<(), Fault> {
        let detail = json!({ "door": SUBJECT, "sql": sql, "values": values, "token": self.token, "address": self.address.to_string() });
        let (door, reader) = (Arc::clone(door), self.clone());
        blocking(move || reader.record(&door, AuditAction::Sql, SUBJECT, detail)).await
    }

    /// Records an act of the reader.
    pub(crate) fn record(&self, door: &Door, action: AuditAction, subject: &str, detail: Value) -> Result<(), Fault> {
        let entry = AuditEntry {
            at: (door.now)(),
            account: Some(self.account),
            actor: self.name.clone(),
            via: Via::Api,
            action,
            subject: subject.to_owned(),
            detail,
        };
        door.books.append(&entry).map_err(broken)?;
        Ok(())
    }
}

/// An account's rows, if it may ask statements.
pub(crate) fn asker_of(door: &Door, account: &Account) -> Result<Asker, Fault> {
    let roles = Roles::new(account.grants.iter().map(|grant| grant.role)).unwrap_or_default();
    if !roles.may(Right::AskSql) {
        return Err(Fault::fatal("42501", "没有自助查询的权限").hint("请联系安全管理员授权"));
    }
    let grants = account.grants.iter().map(|grant| (grant.role, grant.carrier_id.as_deref()));
    let scope = row_scope(grants, &door.rules.city.carriers, (door.today)());
    Ok(Asker { name: account.name.clone(), scope, door: Way::Postgres, oversees: false })
}
