//! Bytes of no meaning, frames of no end, messages out of their order, a thousand half-open connections: the PostgreSQL door
//! refuses each, and the server stays as it was.

use super::super::postgres_clients::{own, python};
use crate::support::psql::Door;
use crate::support::words;

/// Files that the server may have open more than before.
const MORE_FILES: usize = 16;

#[test]
fn nothing_that_is_sent_ends_the_server() {
    let door = Door::open(7);
    let analyst = door.analyst("gongji", None);
    door.ask(&analyst, "select count(*) from projects");
    let open_files = || std::fs::read_dir(format!("/proc/{}/fd", door.server.id())).unwrap().count();
    let before = open_files();
    let output = python().arg(own("hostile.py")).args([&door.port, &analyst.name, &analyst.token]).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(said.lines().collect::<Vec<_>>(), ["garbage", "before the login", "order", "fuzz", "half open"]);
    assert_eq!(door.ask(&analyst, "select 40 + 2"), "42");
    assert_eq!(door.server.look("/healthz").0, 200);
    // A job that begins in this moment has files open too, for a while.
    door.server.wait_for("the files to be closed", |_| open_files() <= before + MORE_FILES);
}
