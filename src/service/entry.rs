//! How requests come in (入口): plain on loopback, by TLS, or through a proxy that the administrator declared.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::{AddExtension, Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;
use tower::{Layer, Service};

use crate::config::Server;
use crate::exit::Unusable;

/// Handshakes under way at once; further connections wait in the kernel.
const HANDSHAKES: usize = 256;
/// A handshake that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the configuration allows for an address.
pub struct Entry {
    tls: Option<TlsAcceptor>,
    proxies: Arc<[IpAddr]>,
}

impl Entry {
    /// Reads certificate and key, and refuses addresses that other machines could reach in plain text.
    pub fn of(config: &Server, root: &Path, listen: SocketAddr) -> anyhow::Result<Self> {
        let tls = tls(config, root)?;
        let plain = tls.is_none() && config.trusted_proxies.is_empty();
        if plain && !listen.ip().is_loopback() {
            return Err(Unusable::new(
                format!("{listen} can be reached from other machines"),
                "configure certificate and key, or trusted_proxies, under [server] in qunlian.toml; else listen on 127.0.0.1",
            ));
        }
        Ok(Self { tls, proxies: config.trusted_proxies.clone().into() })
    }

    /// True when browsers reach the server by https: by its own certificate, or the proxy's.
    pub fn is_https(&self) -> bool {
        self.tls.is_some() || !self.proxies.is_empty()
    }

    /// `http` or `https`, for the line that says where it listens.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Serves until `stop` is done.
    pub async fn serve(self, listener: TcpListener, router: Router, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        let router = if self.proxies.is_empty() { router } else { router.layer(from_fn_with_state(self.proxies, through_proxy)) };
        let service = WithPeer { router };
        match self.tls {
            None => axum::serve(listener, service).with_graceful_shutdown(stop).await,
            Some(acceptor) => axum::serve(TlsListener::start(listener, acceptor)?, service).with_graceful_shutdown(stop).await,
        }
        .context("serve")
    }
}

/// What connections are encrypted by, when a certificate is configured.
pub fn tls(config: &Server, root: &Path) -> anyhow::Result<Option<TlsAcceptor>> {
    match (&config.certificate, &config.key) {
        (Some(certificate), Some(key)) => acceptor(&root.join(certificate), &root.join(key)).map(Some),
        (None, None) => Ok(None),
        _ => Err(Unusable::new("only one of certificate and key is configured", "name both under [server] in qunlian.toml")),
    }
}

fn acceptor(certificate: &Path, key: &Path) -> anyhow::Result<TlsAcceptor> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .with_context(|| format!("certificate {}", certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(key).with_context(|| format!("key {}", key.display()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("certificate and key do not fit together")?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Connections whose handshake is done. Handshakes run beside each other, so a slow one keeps nobody waiting.
struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    fn start(mut listener: TcpListener, acceptor: TlsAcceptor) -> io::Result<Self> {
        let address = TcpListener::local_addr(&listener)?;
        let (send, ready) = mpsc::channel(HANDSHAKES);
        let places = Arc::new(Semaphore::new(HANDSHAKES));
        tokio::spawn(async move {
            while let Ok(place) = Arc::clone(&places).acquire_owned().await {
                let (stream, peer) = Listener::accept(&mut listener).await;
                let (acceptor, send) = (acceptor.clone(), send.clone());
                tokio::spawn(async move {
                    // Whoever speaks no TLS, or too slowly, is simply not served.
                    if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
                        let _ = send.send((stream, peer)).await;
                    }
                    drop(place);
                });
            }
        });
        Ok(Self { ready, address })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// Gives each connection's requests the address of its peer, whatever the listener.
struct WithPeer {
    router: Router,
}

impl<L: Listener<Addr = SocketAddr>> Service<IncomingStream<'_, L>> for WithPeer {
    type Response = AddExtension<Router, ConnectInfo<SocketAddr>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: IncomingStream<'_, L>) -> Self::Future {
        ready(Ok(axum::Extension(ConnectInfo(*stream.remote_addr())).layer(self.router.clone())))
    }
}

/// Behind a proxy nobody else may connect, and the reader's address is the one that the proxy saw.
async fn through_proxy(State(proxies): State<Arc<[IpAddr]>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    let Some(peer) = peer.filter(|peer| proxies.contains(&peer.ip().to_canonical())) else {
        return (StatusCode::FORBIDDEN, "only the declared proxy may connect\n").into_response();
    };
    let headers = request.headers();
    if headers.get("x-forwarded-proto").is_some_and(|scheme| scheme != "https") {
        return (StatusCode::FORBIDDEN, "the proxy must be reached by https\n").into_response();
    }
    if let Some(reader) = seen_by_proxy(headers) {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(reader, peer.port())));
    }
    next.run(request).await
}

/// The last address of `X-Forwarded-For`: the one the proxy itself added. What stands before it is anybody's word.
fn seen_by_proxy(headers: &axum::http::HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(config: &Server, listen: &str) -> anyhow::Result<Entry> {
        Entry::of(config, Path::new("/nonexistent"), listen.parse().unwrap())
    }

    #[test]
    fn plain_text_stays_on_loopback() {
        let plain = Server::default();
        assert!(entry(&plain, "127.0.0.1:80").is_ok() && entry(&plain, "[::1]:80").is_ok());
        for open in ["0.0.0.0:80", "192.168.1.2:80", "[::]:80"] {
            assert!(entry(&plain, open).is_err(), "{open}");
        }
        let proxied = Server { trusted_proxies: vec!["10.0.0.5".parse().unwrap()], ..Server::default() };
        assert!(entry(&proxied, "0.0.0.0:80").unwrap().is_https());
        let half = Server { certificate: Some("a.pem".into()), ..Server::default() };
        assert!(entry(&half, "127.0.0.1:80").is_err());
        let missing = Server { certificate: Some("a.pem".into()), key: Some("b.pem".into()), ..Server::default() };
        assert!(entry(&missing, "127.0.0.1:80").is_err(), "files that are not there");
    }

    #[test]
    fn only_the_proxys_own_word_counts() {
        let check = |lines: &[&str], expect: Option<&str>| {
            let mut headers = axum::http::HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            assert_eq!(seen_by_proxy(&headers), expect.map(|address| address.parse().unwrap()), "{lines:?}");
        };
        check(&["1.2.3.4"], Some("1.2.3.4"));
        check(&["6.6.6.6, 1.2.3.4"], Some("1.2.3.4"));
        check(&["6.6.6.6", "1.2.3.4"], Some("1.2.3.4"));
        check(&["nobody"], None);
        check(&[], None);
    }
}
