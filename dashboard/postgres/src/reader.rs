//! Who is connected and what they may (连接人): looked up in the books at each statement, beside the server's threads.

use std::sync::Arc;

use qunlian_doors::{Denied, Visitor};
use qunlian_queries::Asker;
use qunlian_registry::RegistryError;
use serde_json::Value;

use crate::door::Door;
use crate::fault::Fault;

/// Does what blocks on the books beside the server's threads.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::internal(&error))?
}

pub(crate) fn broken(error: RegistryError) -> Fault {
    Fault::internal(&error)
}

/// The connection ends.
pub(crate) fn denied(denied: Denied) -> Fault {
    let code = match &denied {
        Denied::Broken(error) => return Fault::internal(error),
        Denied::NoRight => "42501",
        Denied::Closed | Denied::Ended => "28000",
    };
    Fault::fatal(code, denied.said()).hint(denied.hint())
}

/// What the reader may now, as the desk knows it.
///
/// # Errors
/// The account is closed, the token has ended, or the right was taken away: the connection ends.
pub(crate) async fn asker(door: &Arc<Door>, reader: &Visitor) -> Result<Asker, Fault> {
    let (door, reader) = (Arc::clone(door), reader.clone());
    blocking(move || door.keeper.asker(&reader).map_err(denied)).await
}

/// Records a statement before it runs.
///
/// # Errors
/// It cannot be recorded: then it must not run.
pub(crate) async fn record_statement(door: &Arc<Door>, reader: &Visitor, sql: &str, values: Vec<Value>) -> Result<(), Fault> {
    let (door, reader, sql) = (Arc::clone(door), reader.clone(), sql.to_owned());
    blocking(move || door.keeper.record_statement(&reader, &sql, values).map_err(denied)).await
}
