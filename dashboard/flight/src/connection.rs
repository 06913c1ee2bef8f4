//! One connection (连接): who is at its other end, the places it takes, and how long nothing may happen on it.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use qunlian_doors::{Count, Visitor};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep};
use tonic::transport::server::Connected;

/// A client that takes nothing for so long is given up: its statement holds a place.
const WRITE_PATIENCE: Duration = Duration::from_secs(300);
/// Accounts that one connection may be used for: a pool is one person's.
const ACCOUNTS: usize = 4;

/// A stream of bytes, in plain text or within TLS.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

/// What is known of a connection; its calls share it.
#[derive(Debug)]
pub(crate) struct Visit {
    pub address: IpAddr,
    is_known: AtomicBool,
    held: Mutex<Held>,
}

/// Places that are free again when the connection has ended.
#[derive(Debug)]
struct Held {
    /// Until somebody has shown a token.
    handshake: Option<OwnedSemaphorePermit>,
    seen: Vec<Visitor>,
    accounts: Vec<(i64, Count<i64>)>,
    _connection: OwnedSemaphorePermit,
    _address: Count<IpAddr>,
}

impl Visit {
    /// A connection of nobody yet.
    pub(crate) fn new(
        address: IpAddr,
        handshake: OwnedSemaphorePermit,
        connection: OwnedSemaphorePermit,
        of_address: Count<IpAddr>,
    ) -> Self {
        let held =
            Held { handshake: Some(handshake), seen: Vec::new(), accounts: Vec::new(), _connection: connection, _address: of_address };
        Self { address, is_known: AtomicBool::new(false), held: Mutex::new(held) }
    }

    /// True when this visitor has come by this connection before.
    pub(crate) fn has_seen(&self, visitor: &Visitor) -> bool {
        self.lock().seen.contains(visitor)
    }

    /// Notes a visitor; `place` gives one more connection of the account. False when there is none, or too many accounts
    /// use this connection.
    pub(crate) fn welcome(&self, visitor: Visitor, place: impl FnOnce(i64) -> Option<Count<i64>>) -> bool {
        let mut held = self.lock();
        if !held.accounts.iter().any(|(account, _)| *account == visitor.account) {
            if held.accounts.len() >= ACCOUNTS {
                return false;
            }
            let Some(count) = place(visitor.account) else { return false };
            held.accounts.push((visitor.account, count));
        }
        if held.seen.len() >= 4 * ACCOUNTS {
            held.seen.clear();
        }
        held.seen.push(visitor);
        held.handshake = None;
        self.is_known.store(true, Ordering::Release);
        true
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes of a connection.
pub(crate) struct Connection {
    stream: Box<dyn Duplex>,
    visit: Arc<Visit>,
    /// Whoever has shown no token by then is not served.
    until: Pin<Box<Sleep>>,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    pub(crate) fn new(stream: Box<dyn Duplex>, visit: Arc<Visit>, until: Instant) -> Self {
        Self { stream, visit, until: Box::pin(tokio::time::sleep_until(until)), stalled: None }
    }

    /// Lets a write wait, but not for ever.
    fn patient(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(WRITE_PATIENCE)));
        match stalled.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Connected for Connection {
    type ConnectInfo = Arc<Visit>;

    fn connect_info(&self) -> Arc<Visit> {
        Arc::clone(&self.visit)
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.visit.is_known.load(Ordering::Acquire) && self.until.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.patient(context, written)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, slices: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.patient(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use qunlian_doors::Counts;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::Semaphore;

    use super::*;

    fn visit(handshakes: &Arc<Semaphore>) -> Arc<Visit> {
        let address = IpAddr::from([192, 0, 2, 1]);
        let place = || Arc::clone(handshakes).try_acquire_owned().unwrap();
        Arc::new(Visit::new(address, place(), place(), Counts::default().one_more(address, 1).unwrap()))
    }

    fn visitor(account: i64, token: i64) -> Visitor {
        Visitor { account, name: "fenxi".to_owned(), token, address: IpAddr::from([192, 0, 2, 1]) }
    }

    #[tokio::test]
    async fn whoever_shows_no_token_is_not_served() {
        let places = Arc::new(Semaphore::new(2));
        let (here, mut there) = tokio::io::duplex(64);
        let visit = visit(&places);
        let mut connection = Connection::new(Box::new(here), Arc::clone(&visit), Instant::now() - Duration::from_secs(1));
        there.write_all(b"PRI").await.unwrap();
        assert_eq!(connection.read_u8().await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(visit.welcome(visitor(7, 1), |account| Counts::default().one_more(account, 1)));
        assert_eq!(connection.read_u8().await.unwrap(), b'P');
        assert_eq!(places.available_permits(), 1, "the place of those who are not known yet is free again");
        drop((connection, visit));
        assert_eq!(places.available_permits(), 2);
    }

    #[test]
    fn each_account_takes_one_place() {
        let (places, counts) = (Arc::new(Semaphore::new(2)), Counts::default());
        let visit = visit(&places);
        let welcome = |account, token| visit.welcome(visitor(account, token), |account| counts.one_more(account, 1));
        assert!(welcome(7, 1) && welcome(7, 2), "two tokens of one account");
        assert!(visit.has_seen(&visitor(7, 1)) && !visit.has_seen(&visitor(7, 3)));
        assert!(counts.one_more(7, 1).is_none());
        assert!(welcome(8, 1) && welcome(9, 1) && welcome(10, 1) && !welcome(11, 1));
        drop(visit);
        assert!(counts.one_more(7, 1).is_some());
    }
}
