//! What is done here leaves a record (审计留痕).

use qunlian_domain::audit::{AuditAction, Via as Door};
use qunlian_registry::AuditEntry;
use serde_json::Value;

use crate::app::Desk;
use crate::fault::Fault;
use crate::who::{Via, Who};

/// Records an act. When it cannot be recorded the act must not be answered with success.
pub(crate) fn audit(desk: &Desk, who: &Who, action: AuditAction, subject: &str, detail: Value) -> Result<(), Fault> {
    let via = match who.via {
        Via::Nobody => Door::Public,
        Via::Session { .. } => Door::Web,
        Via::Token { .. } => Door::Api,
        Via::Demo => Door::Demo,
    };
    let entry =
        AuditEntry { at: desk.now(), account: who.account, actor: who.name.clone(), via, action, subject: subject.to_owned(), detail };
    desk.app.books.append(&entry)?;
    Ok(())
}
