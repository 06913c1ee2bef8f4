//! One connection's bytes (连接): whole frames in within their bounds, answers out in pieces, and an eye on who has gone.

use std::io;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::fault::Fault;
use crate::frontend::{self, First, Message};

/// Bytes of a frame before the login.
const LONGEST_FIRST: usize = 10_000;
/// Bytes of a frame after it: a statement's text, or all values of one.
const LONGEST: usize = 1 << 20;
/// Answers are sent when so many bytes wait.
const FULL: usize = 32 << 10;
/// Bytes that are read at once.
const CHUNK: usize = 8 << 10;
/// A client that takes nothing for so long is given up: its statement holds a place.
const WRITE_PATIENCE: Duration = Duration::from_secs(300);
/// How long a connection that is over is read for nothing.
const FAREWELL: Duration = Duration::from_millis(500);

/// A stream of bytes, in plain text or within TLS.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

/// The connection to a client.
pub(crate) struct Wire {
    stream: Box<dyn Duplex>,
    input: BytesMut,
    output: BytesMut,
    longest: usize,
}

impl Wire {
    /// A connection before its login.
    pub(crate) fn new(stream: Box<dyn Duplex>) -> Self {
        Self { stream, input: BytesMut::new(), output: BytesMut::new(), longest: LONGEST_FIRST }
    }

    /// Longer frames may come from now on.
    pub(crate) fn is_logged_in(&mut self) {
        self.longest = LONGEST;
    }

    /// The stream, when the client has sent nothing beyond what was read: words before a handshake could be anybody's
    /// (CVE-2021-23214).
    pub(crate) fn bare(self) -> Option<Box<dyn Duplex>> {
        self.input.is_empty().then_some(self.stream)
    }

    /// The next first word.
    pub(crate) async fn first(&mut self) -> Result<First, Fault> {
        let length = loop {
            if let Some(length) = self.input.get(..4).and_then(length_of) {
                break length;
            }
            self.fill().await?;
        };
        self.body(4, length).await.and_then(|body| frontend::first(&body))
    }

    /// The next message.
    pub(crate) async fn message(&mut self) -> Result<Message, Fault> {
        let (kind, length) = loop {
            if let (Some(kind), Some(length)) = (self.input.first(), self.input.get(1..5).and_then(length_of)) {
                break (*kind, length);
            }
            self.fill().await?;
        };
        self.body(5, length).await.and_then(|body| frontend::message(kind, &body))
    }

    /// The content of a frame whose length counts its own four bytes.
    async fn body(&mut self, head: usize, length: usize) -> Result<BytesMut, Fault> {
        if !(4..=self.longest).contains(&length) {
            return Err(Fault::fatal("08P01", format!("消息长度 {length} 超出范围")));
        }
        let whole = head + length - 4;
        while self.input.len() < whole {
            self.fill().await?;
        }
        self.input.advance(head);
        Ok(self.input.split_to(whole - head))
    }

    async fn fill(&mut self) -> Result<(), Fault> {
        self.input.reserve(CHUNK);
        match self.stream.read_buf(&mut self.input).await {
            Ok(0) => Err(gone()),
            Ok(_) => Ok(()),
            Err(_) => Err(gone()),
        }
    }

    /// Done when the client has gone; reads ahead while a statement runs.
    pub(crate) async fn gone(&mut self) {
        while self.input.len() < LONGEST {
            if self.fill().await.is_err() {
                return;
            }
        }
        std::future::pending().await
    }

    /// Adds an answer to what will be sent.
    pub(crate) fn put(&mut self, message: &impl pgwire::messages::Message) -> Result<(), Fault> {
        message.encode(&mut self.output).map_err(|error| Fault::internal(&error))
    }

    /// Where rows are written directly.
    pub(crate) fn output(&mut self) -> &mut BytesMut {
        &mut self.output
    }

    /// Sends what waits, when it is much.
    pub(crate) async fn relieve(&mut self) -> Result<(), Fault> {
        if self.output.len() < FULL { Ok(()) } else { self.flush().await }
    }

    /// Sends what waits.
    pub(crate) async fn flush(&mut self) -> Result<(), Fault> {
        let sending = async {
            self.stream.write_all(&self.output).await?;
            self.stream.flush().await
        };
        let sent: io::Result<()> =
            tokio::time::timeout(WRITE_PATIENCE, sending).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        self.output.clear();
        sent.map_err(|_| gone())
    }

    /// Sends a last word. What the client still sends is read and forgotten for a moment: closed upon it, the connection would be
    /// reset, and the word lost.
    pub(crate) async fn part_with(mut self, fault: &Fault) {
        if self.put(&fault.response()).is_err() || self.flush().await.is_err() || self.stream.shutdown().await.is_err() {
            return;
        }
        let forgets = async {
            let mut read = 0;
            while read < LONGEST {
                self.input.clear();
                self.input.reserve(CHUNK);
                match self.stream.read_buf(&mut self.input).await {
                    Ok(0) | Err(_) => return,
                    Ok(more) => read += more,
                }
            }
        };
        // Whoever waits longer has read it.
        let _ = tokio::time::timeout(FAREWELL, forgets).await;
    }

    /// Sends one byte, as the answer to a wish for encryption.
    pub(crate) async fn answer(&mut self, byte: u8) -> Result<(), Fault> {
        self.output.extend_from_slice(&[byte]);
        self.flush().await
    }
}

/// Nobody is left to read it.
fn gone() -> Fault {
    Fault::fatal("08006", "连接已断开")
}

fn length_of(bytes: &[u8]) -> Option<usize> {
    let bytes: [u8; 4] = bytes.try_into().ok()?;
    Some(usize::try_from(i32::from_be_bytes(bytes)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn told(bytes: &[u8], logged_in: bool) -> Result<Message, Fault> {
        let (here, mut there) = tokio::io::duplex(64);
        let bytes = bytes.to_vec();
        tokio::spawn(async move {
            let _ = there.write_all(&bytes).await;
        });
        let mut wire = Wire::new(Box::new(here));
        if logged_in {
            wire.is_logged_in();
        }
        wire.message().await
    }

    #[tokio::test]
    async fn frames_stay_within_their_bounds() {
        assert_eq!(told(b"Q\0\0\0\x06a\0", true).await, Ok(Message::Query("a".into())));
        // Lengths that are too short, negative, or longer than anything of ours: refused before a byte of it is awaited.
        for bad in [&b"Q\0\0\0\x03"[..], b"Q\xff\xff\xff\xff", b"Q\x7f\xff\xff\xff", b"Q\0\x10\0\x01"] {
            assert_eq!(told(bad, true).await.unwrap_err().code, "08P01", "{bad:?}");
        }
        assert_eq!(told(b"p\0\0\x30\0", false).await.unwrap_err().code, "08P01", "12288 bytes before the login");
        assert_eq!(told(b"Q\0\0\0\x09a", true).await.unwrap_err().code, "08006", "it went in the middle of a word");
    }

    #[tokio::test]
    async fn words_before_a_handshake_are_not_taken_over() {
        let (here, mut there) = tokio::io::duplex(64);
        there.write_all(&[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f, b'Q']).await.unwrap();
        let mut wire = Wire::new(Box::new(here));
        assert_eq!(wire.first().await, Ok(First::Tls));
        assert!(wire.bare().is_none());
    }
}
