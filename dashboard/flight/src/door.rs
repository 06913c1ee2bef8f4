//! The listener (监听): who may connect, how many at once, what must be encrypted, and how much a call may bring.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use arrow_flight::flight_service_server::FlightServiceServer;
use futures::Stream;
use futures::stream::unfold;
use qunlian_doors::{CONNECTIONS, Count, Counts, HANDSHAKE, HANDSHAKES, Keeper, OF_AN_ACCOUNT, OF_AN_ADDRESS, require_protection};
use qunlian_queries::Statements;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tonic::transport::Server;

use crate::connection::{Connection, Duplex, Visit};
use crate::guard::Guards;
use crate::service::Calls;

/// The door's name for people.
pub const NAME: &str = "Flight SQL";

/// Calls at once on one connection.
const CALLS: u32 = 16;
/// Answers that one account may have under way: each holds some MiB here.
const ANSWERS: usize = 16;
/// Bytes of one message that comes in: a statement's text and its values.
pub(crate) const LONGEST: usize = 1 << 20;
/// Bytes that are taken from a connection before anybody reads them.
const WINDOW: u32 = 256 << 10;
/// Bytes of a call's headers.
const HEADERS: u32 = 16 << 10;
/// A client that has gone without a word is noticed after so long, twice.
const PULSE: Duration = Duration::from_secs(20);
/// A connection is closed after so long, when its calls are done; tools open another by themselves.
const AGE: Duration = Duration::from_secs(3600);
/// Calls of an old connection may still take so long.
const LEAVE: Duration = Duration::from_secs(900);

/// What the door opens to, and who keeps it.
pub struct Door {
    pub(crate) keeper: Keeper,
    pub(crate) sql: Arc<dyn Statements>,
    accounts: Counts<i64>,
    answers: Counts<i64>,
    addresses: Counts<IpAddr>,
    connections: Arc<Semaphore>,
    handshakes: Arc<Semaphore>,
}

impl Door {
    /// A door to these rows.
    pub fn new(keeper: Keeper, sql: Arc<dyn Statements>) -> Self {
        Self {
            keeper,
            sql,
            accounts: Counts::default(),
            answers: Counts::default(),
            addresses: Counts::default(),
            connections: Arc::new(Semaphore::new(CONNECTIONS)),
            handshakes: Arc::new(Semaphore::new(HANDSHAKES)),
        }
    }

    /// One more connection of an account.
    pub(crate) fn one_more(&self, account: i64) -> Option<Count<i64>> {
        self.accounts.one_more(account, OF_AN_ACCOUNT)
    }

    /// One more answer of an account.
    pub(crate) fn one_more_answer(&self, account: i64) -> Option<Count<i64>> {
        self.answers.one_more(account, ANSWERS)
    }

    fn visit(&self, address: IpAddr) -> Option<Visit> {
        let handshake = Arc::clone(&self.handshakes).try_acquire_owned().ok()?;
        let connection = Arc::clone(&self.connections).try_acquire_owned().ok()?;
        Some(Visit::new(address, handshake, connection, self.addresses.one_more(address, OF_AN_ADDRESS)?))
    }
}

/// Serves connections until it is dropped. Off loopback only encrypted ones are served.
///
/// # Errors
/// The listener's address cannot be read, or it must not be listened to.
pub async fn serve(listener: TcpListener, door: Arc<Door>, tls: Option<TlsAcceptor>) -> std::io::Result<()> {
    let listen = listener.local_addr()?;
    require_protection(NAME, listen, tls.as_ref()).map_err(std::io::Error::other)?;
    let entry = Arc::new(Entry { must_encrypt: !listen.ip().to_canonical().is_loopback(), tls: tls.map(|tls| for_http2(&tls)) });
    let (send, ready) = mpsc::channel(1);
    let service = FlightServiceServer::new(Calls(Arc::clone(&door))).max_decoding_message_size(LONGEST);
    let server = Server::builder()
        .max_concurrent_streams(CALLS)
        .initial_connection_window_size(WINDOW)
        .initial_stream_window_size(WINDOW)
        .http2_max_header_list_size(HEADERS)
        .http2_keepalive_interval(Some(PULSE))
        .http2_keepalive_timeout(Some(PULSE))
        .max_connection_age(AGE)
        .max_connection_age_grace(LEAVE)
        .layer(Guards(Arc::clone(&door)))
        .add_service(service);
    tokio::select! {
        served = server.serve_with_incoming(connections(ready)) => served.map_err(std::io::Error::other),
        () = accept(listener, door, entry, send) => Ok(()),
    }
}

fn connections(ready: mpsc::Receiver<Connection>) -> impl Stream<Item = Result<Connection, Infallible>> {
    unfold(ready, async |mut ready| ready.recv().await.map(|connection| (Ok(connection), ready)))
}

async fn accept(listener: TcpListener, door: Arc<Door>, entry: Arc<Entry>, send: mpsc::Sender<Connection>) {
    loop {
        let (stream, peer): (TcpStream, SocketAddr) = match listener.accept().await {
            Ok(connection) => connection,
            Err(error) => {
                // Too many open files: others must end first.
                tracing::warn!(%error, "a connection to the Flight SQL door could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Whoever comes when it is full is not served; tools say so and try again.
        let Some(visit) = door.visit(peer.ip().to_canonical()) else { continue };
        let (entry, send) = (Arc::clone(&entry), send.clone());
        tokio::spawn(async move {
            let until = Instant::now() + HANDSHAKE;
            if let Ok(Some(stream)) = tokio::time::timeout_at(until, entry.receive(stream)).await {
                let _ = send.send(Connection::new(stream, Arc::new(visit), until)).await;
            }
        });
    }
}

struct Entry {
    tls: Option<TlsAcceptor>,
    must_encrypt: bool,
}

/// What a TLS connection begins with: a record of its handshake.
const TLS: u8 = 0x16;

impl Entry {
    /// The stream to speak on; `None` when the connection is not to go on.
    async fn receive(&self, stream: TcpStream) -> Option<Box<dyn Duplex>> {
        // Answers leave at once.
        let _ = stream.set_nodelay(true);
        let mut first = [0];
        if stream.peek(&mut first).await.ok()? == 0 {
            return None;
        }
        match &self.tls {
            Some(acceptor) if first[0] == TLS => Some(Box::new(acceptor.accept(stream).await.ok()?)),
            _ if self.must_encrypt || first[0] == TLS => None,
            _ => Some(Box::new(stream)),
        }
    }
}

/// The same certificate, offered for HTTP/2, which gRPC's clients ask for.
fn for_http2(tls: &TlsAcceptor) -> TlsAcceptor {
    let mut config = tls.config().as_ref().clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}
