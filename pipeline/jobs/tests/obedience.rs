//! A child ends with its parent, and within its memory, in whatever way the parent ends.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use qunlian_registry::Limits;

/// Not a test of its own: the child.
#[test]
fn obedient_child() {
    let Ok(what) = std::env::var("QUNLIAN_TEST_CHILD") else { return };
    if what == "memory" {
        qunlian_jobs::child::limit_memory(&Limits { memory_bytes: 64 << 20, seconds: 1 }).unwrap();
        let mut hoard: Vec<u8> = Vec::new();
        let refused = hoard.try_reserve_exact(256 << 20).is_err();
        assert!(refused, "256 MiB were given out of 64");
        return;
    }
    qunlian_jobs::child::obey_parent().unwrap();
    std::io::stderr().write_all(b"ready\n").unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

fn child(what: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "obedient_child", "--test-threads=1", "--nocapture"]);
    command.env("QUNLIAN_TEST_CHILD", what).stdout(Stdio::null());
    command
}

#[test]
fn a_child_dies_when_its_stdin_closes() {
    let mut child = child("wait").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut ready = String::new();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    while !ready.contains("ready") {
        ready.clear();
        assert!(said.read_line(&mut ready).unwrap() > 0, "the child ended by itself");
    }
    assert!(child.try_wait().unwrap().is_none());
    let closed = Instant::now();
    drop(child.stdin.take());
    assert!(!child.wait().unwrap().success());
    assert!(closed.elapsed() < Duration::from_secs(30));
}

#[test]
fn memory_beyond_the_limit_is_refused() {
    assert!(child("memory").stdin(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
}
