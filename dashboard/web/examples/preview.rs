//! Serves the pages over an invented city on 127.0.0.1, for looking at them: `cargo run --example preview -- 8100`.

#![allow(clippy::disallowed_macros, reason = "an example speaks on the terminal")]

#[path = "../tests/fixture/mod.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod fixture;

use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8_100);
    let router = qunlian_web::router(fixture::app(Arc::new(fixture::FakeAnswers::new())))?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    eprintln!("http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}
