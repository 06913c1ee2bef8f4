//! Listening to a child: its lines on stdout, the tail of its stderr, both in bounded memory.

use std::time::Duration;

use qunlian_domain::privacy::mask;
use qunlian_registry::Progress;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

use crate::ProgressLine;

/// A longer line is nothing that a child of ours says.
const LONGEST_LINE: usize = 64 * 1024;
/// How much of stderr is kept, from its end.
const TAIL: usize = 4 * 1024;
/// How long a dead child's pipes are listened to: a process it started may hold them open.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// A message in the books is not longer than this many characters.
const LONGEST_MESSAGE: usize = 2_000;

/// The open pipes of a child.
pub(super) struct Ears {
    pub lines: Receiver<ProgressLine>,
    tail: Option<JoinHandle<Vec<u8>>>,
}

/// What was heard.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub progress: Option<Progress>,
    pub result: Option<Value>,
    /// Progress came since it was last recorded.
    pub unrecorded: bool,
    error: Option<String>,
    tail: Vec<u8>,
}

impl Ears {
    pub(super) fn open(child: &mut Child) -> Self {
        let (speak, lines) = channel(64);
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(read_lines(stdout, speak));
        }
        let tail = child.stderr.take().map(|stderr| tokio::spawn(read_tail(stderr)));
        Self { lines, tail }
    }

    /// What was said before the end but not heard yet.
    pub(super) async fn hear_out(mut self, heard: &mut Heard) {
        let rest = async {
            while let Some(line) = self.lines.recv().await {
                heard.take(line, |_| {});
            }
        };
        let _ = tokio::time::timeout(LAST_WORDS, rest).await;
        let Some(mut tail) = self.tail.take() else { return };
        match tokio::time::timeout(LAST_WORDS, &mut tail).await {
            Ok(read) => heard.tail = read.unwrap_or_default(),
            Err(_) => tail.abort(),
        }
    }
}

impl Heard {
    pub(super) fn take(&mut self, line: ProgressLine, show: impl FnOnce(Progress)) {
        match line {
            ProgressLine::Progress(progress) => {
                show(progress.clone());
                self.progress = Some(progress);
                self.unrecorded = true;
            }
            ProgressLine::Result(result) => self.result = Some(result),
            ProgressLine::Error { message, hint: None } => self.error = Some(message),
            ProgressLine::Error { message, hint: Some(hint) } => {
                self.error = Some(format!("{message}\nhint: {hint}"));
            }
        }
    }

    /// What a run that succeeded says of itself: the `message` of its result.
    pub(super) fn achieved(&self) -> String {
        let said = self.result.as_ref().and_then(|result| result.get("message")).and_then(|message| message.as_str());
        said.unwrap_or_default().chars().take(LONGEST_MESSAGE).collect()
    }

    /// Words for the books: what the child said of itself, else the end of its stderr, after how it ended. Phone
    /// numbers are masked: messages are shown to everybody who may see the jobs.
    pub(super) fn message(&self, how: &str) -> String {
        let tail = String::from_utf8_lossy(&self.tail);
        let said = self.error.as_deref().unwrap_or(&tail).trim();
        let text = if how.is_empty() || said.is_empty() { format!("{how}{said}") } else { format!("{how}\n{said}") };
        let skip = text.chars().count().saturating_sub(LONGEST_MESSAGE);
        let end: String = text.chars().skip(skip).collect();
        mask(&end).into_owned()
    }
}

async fn read_lines(mut from: impl AsyncRead + Unpin, speak: Sender<ProgressLine>) {
    let mut line = Vec::new();
    let mut too_long = false;
    let mut chunk = vec![0_u8; 8 * 1024];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        for &byte in &chunk[..read] {
            if byte != b'\n' {
                too_long |= line.len() >= LONGEST_LINE;
                if !too_long {
                    line.push(byte);
                }
                continue;
            }
            if let Some(said) = ProgressLine::parse(&line).filter(|_| !too_long)
                && speak.send(said).await.is_err()
            {
                return;
            }
            line.clear();
            too_long = false;
        }
    }
    if let Some(said) = ProgressLine::parse(&line).filter(|_| !too_long) {
        let _ = speak.send(said).await;
    }
}

async fn read_tail(mut from: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut tail = Vec::new();
    let mut chunk = vec![0_u8; 4 * 1024];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        tail.extend_from_slice(&chunk[..read]);
        if tail.len() > 2 * TAIL {
            tail.drain(..tail.len() - TAIL);
        }
    }
    tail.drain(..tail.len().saturating_sub(TAIL));
    tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_bounded_and_noise_is_ignored() {
        let mut said = Vec::new();
        said.extend(b"{\"progress\":{\"done\":1,\"total\":2,\"label\":\"a\"}}\nnoise\n");
        said.extend(vec![b'x'; 3 * LONGEST_LINE]);
        said.extend(b"\n{\"result\":{\"rows\":3}}");
        let (speak, mut lines) = channel(8);
        read_lines(&said[..], speak).await;
        let mut heard = Heard::default();
        while let Some(line) = lines.recv().await {
            heard.take(line, |_| {});
        }
        assert_eq!(heard.progress.map(|progress| progress.done), Some(1));
        assert_eq!(heard.result, Some(serde_json::json!({ "rows": 3 })));
    }

    #[tokio::test]
    async fn messages_are_short_and_masked() {
        let noise = "noise\n".repeat(5_000) + "row 14: 13812345678 is no amount\n";
        let heard = Heard { tail: read_tail(noise.as_bytes()).await, ..Heard::default() };
        let message = heard.message("exit status: 1");
        assert!(message.ends_with("row 14: 138****5678 is no amount"), "{message}");
        assert!(message.chars().count() <= LONGEST_MESSAGE);
        let heard = Heard { error: Some("no space left".into()), tail: b"log".to_vec(), ..Heard::default() };
        assert_eq!(heard.message(""), "no space left");
        assert_eq!(heard.message("时限 60 秒"), "时限 60 秒\nno space left");
    }
}
