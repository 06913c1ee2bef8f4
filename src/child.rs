//! Running this same binary as a limited child that can be killed, and reading what it says as JSON lines.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::Value;

/// What a child came to.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    /// The last line that was not progress.
    pub last: Option<Value>,
    /// The end of what it wrote to stderr.
    pub stderr: String,
    /// It was killed at its deadline.
    pub overdue: bool,
}

/// Characters of a child's stderr that are kept.
const KEPT_STDERR: usize = 4_000;

/// Starts `qunlian ARGS`, passes each `{"progress":…}` line on, and kills the child at its deadline.
pub fn run(args: &[&std::ffi::OsStr], deadline: Duration, mut progress: impl FnMut(&Value)) -> anyhow::Result<Ended> {
    let program = std::env::current_exe().context("find this program")?;
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("start a child process")?;
    let (send, lines) = channel::<String>();
    let stdout = child.stdout.take().context("the child's output")?;
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    let stderr = child.stderr.take().context("the child's errors")?;
    let errors = std::thread::spawn(move || tail(stderr));
    let started = Instant::now();
    let mut last = None;
    let mut overdue = false;
    loop {
        match lines.recv_timeout(deadline.saturating_sub(started.elapsed())) {
            Ok(line) => match serde_json::from_str::<Value>(&line) {
                Ok(said) if said.get("progress").is_some() => progress(&said["progress"]),
                Ok(said) => last = Some(said),
                Err(_) => {}
            },
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                overdue = true;
                kill(&mut child);
                break;
            }
        }
    }
    let status = child.wait().context("wait for a child process")?;
    // Both threads end with the child's pipes; a panic in them would only lose words.
    let _ = reader.join();
    let stderr = errors.join().unwrap_or_default();
    Ok(Ended { status, last, stderr, overdue })
}

fn kill(child: &mut Child) {
    // An error here means that it has ended already.
    let _ = child.kill();
}

fn tail(mut stderr: impl Read) -> String {
    let mut kept: Vec<u8> = Vec::new();
    let mut chunk = [0u8; 4096];
    while let Ok(read @ 1..) = stderr.read(&mut chunk) {
        kept.extend_from_slice(&chunk[..read]);
        if kept.len() > 2 * KEPT_STDERR {
            kept.drain(..kept.len() - KEPT_STDERR);
        }
    }
    String::from_utf8_lossy(&kept).trim().to_owned()
}
