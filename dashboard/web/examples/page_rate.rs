//! How fast a kept page is served, against a bare axum handler that returns the same bytes from memory.
//!
//! `cargo run --profile dist -p qunlian-web --example page_rate`: both answer over loopback in one process,
//! turn by turn; the figure is the ratio of requests per second.

#![allow(clippy::disallowed_macros, reason = "an example speaks on the terminal")]

#[path = "../tests/fixture/mod.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod fixture;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 32;
const TURN: Duration = Duration::from_secs(2);
const TURNS: usize = 5;

type Fault = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let site = listen(qunlian_web::router(fixture::app(Arc::new(fixture::FakeAnswers::new())))?).await?;
    let page = Bytes::from(fetch(site).await?);
    let size = page.len();
    let bare = listen(Router::new().route("/", get(move || async move { ([("content-encoding", "gzip")], page) }))).await?;
    let mut ratios = Vec::new();
    for _ in 0..TURNS {
        let (ours, floor) = (rate(site).await?, rate(bare).await?);
        eprintln!("kept page {ours:.0}/s, bare handler {floor:.0}/s, ratio {:.2}", ours / floor);
        ratios.push(ours / floor);
    }
    ratios.sort_by(f64::total_cmp);
    eprintln!("{size} bytes; median ratio {:.2}", ratios[TURNS / 2]);
    Ok(())
}

async fn listen(router: Router) -> Result<SocketAddr, Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// Requests per second over keep-alive connections.
async fn rate(address: SocketAddr) -> Result<f64, Fault> {
    let started = Instant::now();
    let clients = (0..CONNECTIONS).map(|_| {
        tokio::spawn(async move {
            let mut client = Client::connect(address).await?;
            let mut answered = 0u32;
            while started.elapsed() < TURN {
                client.ask().await?;
                answered += 1;
            }
            Ok::<u32, Fault>(answered)
        })
    });
    let mut answered = 0.0;
    for client in clients.collect::<Vec<_>>() {
        answered += f64::from(client.await??);
    }
    Ok(answered / started.elapsed().as_secs_f64())
}

/// The body of one answer, as it is sent.
async fn fetch(address: SocketAddr) -> Result<Vec<u8>, Fault> {
    let mut client = Client::connect(address).await?;
    let body = client.ask().await?;
    Ok(client.buffer.split_off(client.buffer.len() - body))
}

struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Client {
    async fn connect(address: SocketAddr) -> Result<Self, Fault> {
        let request = format!("GET / HTTP/1.1\r\nhost: {address}\r\naccept-encoding: gzip\r\n\r\n").into_bytes();
        Ok(Self { stream: TcpStream::connect(address).await?, request, buffer: Vec::with_capacity(128 * 1024) })
    }

    /// Sends the request and reads the whole answer; gives the length of its body.
    async fn ask(&mut self) -> Result<usize, Fault> {
        self.stream.write_all(&self.request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the connection was closed".into());
            }
            let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&self.buffer[..end]).to_ascii_lowercase();
            let length: usize = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()).ok_or("no length")?.parse()?;
            if self.buffer.len() >= end + 4 + length {
                return if head.starts_with("http/1.1 200") { Ok(length) } else { Err(head.into()) };
            }
        }
    }
}
