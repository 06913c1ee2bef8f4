//! Python's clients at the PostgreSQL door: psycopg 3 and SQLAlchemy 2, as analysts use them.
//!
//! The interpreter that has them is named by `QUNLIAN_PYTHON`; `tests/run` makes one for the whole run. Without it there is
//! nothing to run.

use std::io::Write;
use std::process::Command;

use crate::support::psql::Door;
use crate::support::words;

#[test]
fn psycopg_and_sqlalchemy_read() {
    let Ok(python) = std::env::var("QUNLIAN_PYTHON") else {
        let _ = writeln!(std::io::stderr(), "QUNLIAN_PYTHON is not set: the Python clients are not tried");
        return;
    };
    let door = Door::open(7);
    let analyst = door.analyst("python", None);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/end_to_end/postgres_clients/check.py");
    let output = Command::new(python).args([script, &door.port, &analyst.name, &analyst.token]).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let expect = ["values", "prepared", "streams", "faults", "transactions", "login", "reflection", "table"];
    assert_eq!(said.lines().collect::<Vec<_>>(), expect);
}
