//! Other people's clients at the PostgreSQL door: those that can be installed run for real, what the others ask at their start is
//! replayed. `tests/run` installs them; one that is missing fails its test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::support::psql::{Analyst, Door};
use crate::support::words;

fn door() -> &'static Door {
    static DOOR: OnceLock<Door> = OnceLock::new();
    DOOR.get_or_init(|| Door::open(7))
}

/// A file of this test.
pub fn own(name: &str) -> String {
    format!("{}/tests/end_to_end/postgres_clients/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The Python that `tests/run` prepared beside the compiled tests.
pub fn python() -> Command {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("python").join("bin/python");
    assert!(program.exists(), "no {}: tests/run prepares it", program.display());
    Command::new(program)
}

/// A file that a Debian package brings.
fn installed(folders: &[&str], name: &str) -> PathBuf {
    let found = folders.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("no {name} in {folders:?}: tests/run installs it"))
}

/// Runs a client that must say these words, one a line.
fn says(mut client: Command, analyst: &Analyst, expect: &[&str]) {
    let output = client.args([&door().port, &analyst.name, &analyst.token]).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(said.lines().collect::<Vec<_>>(), expect, "{}", words(&output));
}

#[test]
fn psycopg_and_sqlalchemy_read() {
    let mut client = python();
    client.arg(own("check.py"));
    let expect = ["values", "prepared", "streams", "faults", "transactions", "login", "reflection", "table"];
    says(client, &door().analyst("python", None), &expect);
}

#[test]
fn psycopg2_and_its_inspector_read() {
    let mut client = python();
    client.arg(own("older.py"));
    says(client, &door().analyst("superset", None), &["values", "copy", "cursors", "reflection", "questions"]);
}

#[test]
fn psqlodbc_reads() {
    let driver = installed(&["/usr/lib/x86_64-linux-gnu/odbc", "/usr/lib/aarch64-linux-gnu/odbc"], "psqlodbcw.so");
    let mut client = python();
    client.arg(own("odbc.py")).arg(driver);
    let expect = ["plain", "by cursors", "read only", "without preparing on the server", "all catalogs", "transactions"];
    says(client, &door().analyst("excel", None), &expect);
}

#[test]
fn jdbc_reads() {
    let mut client = Command::new("java");
    client.args(["-Dfile.encoding=UTF-8", "-cp"]).arg(installed(&["/usr/share/java"], "postgresql.jar")).arg(own("Metadata.java"));
    says(
        client,
        &door().analyst("dbeaver", None),
        &["metadata", "keys", "values", "faults", "metadata", "simple protocol", "portions", "cancelled"],
    );
}

#[test]
fn what_other_tools_ask_at_their_start_is_answered() {
    let mut client = python();
    client.arg(own("replay.py"));
    // 79 statements in three ways each: statements/*.sql.
    says(client, &door().analyst("replayed", None), &["237 asked"]);
}
