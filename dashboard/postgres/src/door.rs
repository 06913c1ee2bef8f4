//! The listener (监听): who may connect, how many at once, and what must be encrypted.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use qunlian_doors::{CONNECTIONS, Count, Counts, HANDSHAKE, HANDSHAKES, Keeper, OF_AN_ACCOUNT, OF_AN_ADDRESS, Visitor, require_protection};
use qunlian_queries::{AnswerColumn, Statements, Value};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use crate::cancel::Cancels;
use crate::fault::Fault;
use crate::frontend::First;
use crate::login::log_in;
use crate::session::Session;
use crate::wire::Wire;

/// Connections from one address that are not logged in yet: fewer than there may be, which leaves room for others.
const HANDSHAKES_OF_AN_ADDRESS: usize = 24;

/// Reads the rows of one Arrow IPC stream, part by part.
pub trait RowReader: Send {
    /// Takes in bytes.
    ///
    /// # Errors
    /// The stream is broken, in words.
    fn put(&mut self, part: Vec<u8>) -> Result<(), String>;

    /// The next rows of what was taken in, few at a time; none when more bytes are needed.
    ///
    /// # Errors
    /// A value cannot be shown, in words.
    fn few(&mut self) -> Result<Option<Vec<Vec<Value>>>, String>;

    /// The engine's names of the columns' types, such as `Timestamp(ns)`; none before the first bytes.
    fn types(&self) -> Option<Vec<String>>;
}

/// Makes a reader of rows with some columns.
pub type MakeRowReader = Arc<dyn Fn(&[AnswerColumn]) -> Box<dyn RowReader> + Send + Sync>;

/// The door's name for people.
pub const NAME: &str = "PostgreSQL";

/// What the door opens to, and who keeps it.
pub struct Door {
    pub(crate) keeper: Keeper,
    pub(crate) sql: Arc<dyn Statements>,
    pub(crate) rows: MakeRowReader,
    pub(crate) cancels: Cancels,
    pub(crate) statement_limit: Duration,
    accounts: Counts<i64>,
    addresses: Counts<IpAddr>,
    connections: Arc<Semaphore>,
}

impl Door {
    /// A door to these rows; `statement_limit` is the longest `statement_timeout`.
    pub fn new(keeper: Keeper, sql: Arc<dyn Statements>, rows: MakeRowReader, statement_limit: Duration) -> Self {
        Self {
            keeper,
            sql,
            rows,
            cancels: Cancels::default(),
            statement_limit,
            accounts: Counts::default(),
            addresses: Counts::default(),
            connections: Arc::new(Semaphore::new(CONNECTIONS)),
        }
    }
}

/// Serves connections until it is dropped. Off loopback only encrypted ones are served.
///
/// # Errors
/// The listener's address cannot be read, or it must not be listened to.
pub async fn serve(listener: TcpListener, door: Arc<Door>, tls: Option<TlsAcceptor>) -> std::io::Result<()> {
    let listen = listener.local_addr()?;
    require_protection(NAME, listen, tls.as_ref()).map_err(std::io::Error::other)?;
    let entry = Arc::new(Entry { must_encrypt: !listen.ip().to_canonical().is_loopback(), tls });
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES));
    let strangers = Counts::default();
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(connection) => connection,
            Err(error) => {
                // Too many open files: others must end first.
                tracing::warn!(%error, "a connection to the PostgreSQL door could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&handshakes).try_acquire_owned() else { continue };
        let address = peer.ip().to_canonical();
        let Some(stranger) = strangers.one_more(address, HANDSHAKES_OF_AN_ADDRESS) else { continue };
        let (door, entry) = (Arc::clone(&door), Arc::clone(&entry));
        tokio::spawn(async move {
            // Answers are small; each must leave at once.
            let _ = stream.set_nodelay(true);
            let address = peer.ip().to_canonical();
            let session = match tokio::time::timeout(HANDSHAKE, entry.receive(stream, address, &door)).await {
                Ok(Some(session)) => session,
                _ => return,
            };
            drop((place, stranger));
            session.run().await;
        });
    }
}

struct Entry {
    tls: Option<TlsAcceptor>,
    must_encrypt: bool,
}

impl Entry {
    /// From the first byte to the end of the login; `None` when the connection is not to go on.
    async fn receive(&self, stream: TcpStream, address: IpAddr, door: &Arc<Door>) -> Option<Session> {
        let mut wire = Wire::new(Box::new(stream));
        let mut is_encrypted = false;
        loop {
            match wire.first().await {
                Ok(First::Gss) => wire.answer(b'N').await.ok()?,
                Ok(First::Tls) => match &self.tls {
                    Some(acceptor) if !is_encrypted => {
                        wire.answer(b'S').await.ok()?;
                        wire = Wire::new(Box::new(acceptor.accept(wire.bare()?).await.ok()?));
                        is_encrypted = true;
                    }
                    _ => wire.answer(b'N').await.ok()?,
                },
                Ok(First::Cancel { pid, secret }) => {
                    door.cancels.cancel(pid, &secret);
                    return None;
                }
                Ok(First::Startup { minor, params }) => {
                    let opened = if self.must_encrypt && !is_encrypted {
                        Err(Fault::fatal("28000", "此地址只接受加密连接").hint("请在客户端设置 sslmode=require"))
                    } else {
                        open(&mut wire, door, address, params.get("user").map_or("", String::as_str)).await
                    };
                    return match opened {
                        Ok((reader, places)) => Some(Session::new(wire, Arc::clone(door), reader, places, minor, params)),
                        Err(fault) => refuse(wire, &fault).await,
                    };
                }
                Err(fault) => return refuse(wire, &fault).await,
            }
        }
    }
}

async fn refuse(wire: Wire, fault: &Fault) -> Option<Session> {
    wire.part_with(fault).await;
    None
}

/// The places that a connection takes; free again when it is dropped.
pub(crate) struct Places {
    _connection: tokio::sync::OwnedSemaphorePermit,
    _address: Count<IpAddr>,
    _account: Count<i64>,
}

async fn open(wire: &mut Wire, door: &Arc<Door>, address: IpAddr, name: &str) -> Result<(Visitor, Places), Fault> {
    let full = || Fault::fatal("53300", "连接数已满").hint("请关闭不用的连接后再试");
    let connection = Arc::clone(&door.connections).try_acquire_owned().map_err(|_| full())?;
    let of_address = door.addresses.one_more(address, OF_AN_ADDRESS).ok_or_else(full)?;
    let reader = log_in(wire, door, name, address).await?;
    let of_account = door.accounts.one_more(reader.account, OF_AN_ACCOUNT).ok_or_else(full)?;
    Ok((reader, Places { _connection: connection, _address: of_address, _account: of_account }))
}
