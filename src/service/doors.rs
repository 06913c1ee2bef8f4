//! Doors for analysts' own tools (外部工具接口): off until `[doors]` in qunlian.toml names an address.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use qunlian_domain::access::lockout::LoginLimits;
use qunlian_engine::IpcReader;
use qunlian_postgres::{Behind, Door, RowReader};
use qunlian_queries::{Statements, Value};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::entry;
use crate::exit::Unusable;
use crate::workspace::Workspace;

/// The PostgreSQL door's place, before anything is served.
pub struct PostgresDoor {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

/// Takes the address that the configuration names; none while the door is off.
///
/// # Errors
/// Other machines could reach it and no certificate is configured, or the address is taken.
pub async fn postgres(workspace: &Workspace) -> anyhow::Result<Option<PostgresDoor>> {
    let Some(listen) = workspace.config.doors.postgres else { return Ok(None) };
    let tls = entry::tls(&workspace.config.server, workspace.layout.root())?;
    qunlian_postgres::require_protection(listen, tls.as_ref()).map_err(|error| {
        Unusable::new(
            error.to_string(),
            "configure certificate and key under [server] in qunlian.toml; else let [doors] postgres name 127.0.0.1",
        )
    })?;
    let listener =
        TcpListener::bind(listen).await.with_context(|| format!("listen on {listen} for PostgreSQL ([doors] in qunlian.toml)"))?;
    Ok(Some(PostgresDoor { listener, tls }))
}

impl PostgresDoor {
    /// Where it listens.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves analysts' tools until it is dropped.
    pub fn open(self, workspace: &Workspace, sql: Arc<dyn Statements>, today: Arc<dyn Fn() -> NaiveDate + Send + Sync>) -> Opened {
        let door = Door::new(Behind {
            books: workspace.store.clone(),
            sql,
            rules: Arc::clone(&workspace.loaded.rules),
            rows: Arc::new(|columns| Box::new(Rows(IpcReader::new(columns)))),
            today,
            now: Arc::new(Utc::now),
            limits: LoginLimits::default(),
            statement_limit: Duration::from_secs(workspace.config.limits.sql_file_seconds),
        });
        Opened(tokio::spawn(async move {
            if let Err(error) = qunlian_postgres::serve(self.listener, Arc::new(door), self.tls).await {
                tracing::error!(%error, "the PostgreSQL door is closed");
            }
        }))
    }
}

/// A door that is served; closed when this is dropped.
pub struct Opened(tokio::task::JoinHandle<()>);

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Rows of the workers' Arrow streams.
struct Rows(IpcReader);

impl RowReader for Rows {
    fn rows(&mut self, part: Vec<u8>) -> Result<Vec<Vec<Value>>, String> {
        self.0.rows(part).map_err(|error| error.to_string())
    }

    fn types(&self) -> Option<Vec<String>> {
        self.0.types()
    }
}
