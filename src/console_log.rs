//! What is done on the host's own console leaves a record (命令行留痕) like everything else.

use chrono::Utc;
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_registry::{AuditBooks, AuditEntry, RegistryError};
use serde_json::Value;

/// Who acts there, in the audit log: whoever holds the host is not told apart.
pub const ACTOR: &str = "console";

/// Adds a record of an act on the console.
pub fn record(books: &impl AuditBooks, action: AuditAction, subject: &str, detail: Value) -> Result<(), RegistryError> {
    let (actor, subject) = (ACTOR.to_owned(), subject.to_owned());
    books.append(&AuditEntry { at: Utc::now(), account: None, actor, via: Via::Console, action, subject, detail })?;
    Ok(())
}
