//! Doors for analysts' own tools (外部工具接口): off until `[doors]` in qunlian.toml names an address.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use qunlian_domain::access::lockout::LoginLimits;
use qunlian_doors::{Keeper, require_protection};
use qunlian_engine::IpcReader;
use qunlian_postgres::RowReader;
use qunlian_queries::{Door as Way, Statements, Value};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::entry;
use crate::exit::Unusable;
use crate::workspace::Workspace;

/// A door's place, before anything is served.
pub struct Place {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

/// The places of all doors that are switched on.
pub struct Places {
    postgres: Option<Place>,
    flight: Option<Place>,
}

/// Takes the addresses that the configuration names.
///
/// # Errors
/// Other machines could reach one and no certificate is configured, or one is taken.
pub async fn places(workspace: &Workspace) -> anyhow::Result<Places> {
    let doors = workspace.config.doors;
    Ok(Places {
        postgres: place(workspace, doors.postgres, qunlian_postgres::NAME, "postgres").await?,
        flight: place(workspace, doors.flight, qunlian_flight::NAME, "flight").await?,
    })
}

async fn place(workspace: &Workspace, listen: Option<SocketAddr>, door: &'static str, key: &str) -> anyhow::Result<Option<Place>> {
    let Some(listen) = listen else { return Ok(None) };
    let tls = entry::tls(&workspace.config.server, workspace.layout.root())?;
    require_protection(door, listen, tls.as_ref()).map_err(|error| {
        let hint = format!("configure certificate and key under [server] in qunlian.toml; else let [doors] {key} name 127.0.0.1");
        Unusable::new(error.to_string(), hint)
    })?;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("listen on {listen} for {door} ([doors] in qunlian.toml)"))?;
    Ok(Some(Place { listener, tls }))
}

/// Ports and clocks that every door needs.
pub struct Behind<'w> {
    pub workspace: &'w Workspace,
    pub sql: Arc<dyn Statements>,
    pub today: Arc<dyn Fn() -> NaiveDate + Send + Sync>,
}

impl Places {
    /// One line for each door: where it listens.
    pub fn lines(&self) -> anyhow::Result<Vec<String>> {
        let line = |(name, place): (&str, &Option<Place>)| {
            let place = place.as_ref()?;
            Some(place.listener.local_addr().map(|address| format!("{name} listening on {address}")))
        };
        let lines = [("postgres", &self.postgres), ("flight", &self.flight)].into_iter().filter_map(line);
        Ok(lines.collect::<std::io::Result<_>>()?)
    }

    /// Serves analysts' tools until it is dropped.
    pub fn open(self, behind: &Behind) -> Vec<Opened> {
        let postgres = self.postgres.map(|place| {
            let limit = Duration::from_secs(behind.workspace.config.limits.sql_file_seconds);
            let rows: qunlian_postgres::MakeRowReader = Arc::new(|columns| Box::new(Rows(IpcReader::new(columns))));
            let door = qunlian_postgres::Door::new(behind.keeper(Way::Postgres), Arc::clone(&behind.sql), rows, limit);
            opened(qunlian_postgres::NAME, qunlian_postgres::serve(place.listener, Arc::new(door), place.tls))
        });
        let flight = self.flight.map(|place| {
            let door = qunlian_flight::Door::new(behind.keeper(Way::Flight), Arc::clone(&behind.sql));
            opened(qunlian_flight::NAME, qunlian_flight::serve(place.listener, Arc::new(door), place.tls))
        });
        postgres.into_iter().chain(flight).collect()
    }
}

impl Behind<'_> {
    fn keeper(&self, way: Way) -> Keeper {
        let behind = qunlian_doors::Behind {
            books: self.workspace.store.clone(),
            rules: Arc::clone(&self.workspace.loaded.rules),
            today: Arc::clone(&self.today),
            now: Arc::new(Utc::now),
            limits: LoginLimits::default(),
        };
        Keeper::new(way, behind)
    }
}

fn opened(name: &'static str, served: impl Future<Output = std::io::Result<()>> + Send + 'static) -> Opened {
    Opened(tokio::spawn(async move {
        if let Err(error) = served.await {
            tracing::error!(%error, "the {name} door is closed");
        }
    }))
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
    fn put(&mut self, part: Vec<u8>) -> Result<(), String> {
        self.0.put(part).map_err(|error| error.to_string())
    }

    fn few(&mut self) -> Result<Option<Vec<Vec<Value>>>, String> {
        self.0.few().map_err(|error| error.to_string())
    }

    fn types(&self) -> Option<Vec<String>> {
        self.0.types()
    }
}
