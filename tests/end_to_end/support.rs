//! What the end-to-end tests share: data folders, the binary, its answers, a server, a browser.

pub mod browser;
pub mod guest;
pub mod psql;
pub mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chrono::Utc;
use qunlian_domain::access::Role;
use qunlian_registry::secret::{key_of, new_secret};
use qunlian_registry::{AccountBooks, Grant, NewAccount, SqliteStore};
use serde_json::Value;

/// The binary under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_qunlian");

/// A data folder of its own.
pub struct Folder {
    pub dir: tempfile::TempDir,
}

impl Folder {
    /// An empty one.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// One with the sample of a seed and some changes imported and published.
    pub fn with_sample(seed: u64, changes: Vec<qunlian_sample::Change>) -> (Self, qunlian_sample::truth::Truth) {
        let folder = Self::new();
        let truth = folder.import_sample(seed, changes);
        folder.run(&["run", "build_lake"]);
        (folder, truth)
    }

    /// Imports a sample without building.
    pub fn import_sample(&self, seed: u64, changes: Vec<qunlian_sample::Change>) -> qunlian_sample::truth::Truth {
        let out = self.dir.path().join("sent");
        let options = qunlian_sample::Options { seed, out: out.clone(), changes };
        let truth = qunlian_sample::write(&options, |_| {}).unwrap();
        let files: Vec<PathBuf> = truth.files.iter().map(|file| out.join(&file.file)).collect();
        self.import(&files);
        truth
    }

    /// Imports files; each must be accepted or known.
    pub fn import(&self, files: &[PathBuf]) {
        let mut args = vec!["import".to_owned(), "--today".to_owned(), "2022-05-31".to_owned()];
        args.extend(files.iter().map(|file| file.display().to_string()));
        self.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The command with `--data`, not yet started.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg(args[0]).arg("--data").arg(self.data()).args(&args[1..]);
        command
    }

    /// Runs a command that must succeed; gives its stdout.
    pub fn run(&self, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", words(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must fail with that exit code; gives its stderr.
    pub fn fail(&self, args: &[&str], code: i32) -> String {
        let output = self.command(args).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", words(&output));
        String::from_utf8(output.stderr).unwrap()
    }

    /// The rows of a statement, as known on a day if one is given.
    pub fn sql(&self, as_of: Option<&str>, statement: &str) -> Vec<Vec<Value>> {
        let mut args = vec!["sql", "--format", "json"];
        if let Some(day) = as_of {
            args.extend(["--as-of", day]);
        }
        args.push(statement);
        let answer: Value = serde_json::from_str(&self.run(&args)).unwrap();
        assert_eq!(answer["ok"], true, "{answer}");
        answer["rows"].as_array().unwrap().iter().map(|row| row.as_array().unwrap().clone()).collect()
    }

    /// The single number that a statement gives.
    pub fn number(&self, as_of: Option<&str>, statement: &str) -> i64 {
        let rows = self.sql(as_of, statement);
        assert_eq!((rows.len(), rows[0].len()), (1, 1), "{statement}");
        rows[0][0].as_i64().unwrap()
    }

    /// The books of the folder.
    pub fn books(&self) -> SqliteStore {
        let layout = qunlian_lake::Layout::open(self.data()).unwrap();
        SqliteStore::open(&layout.books()).unwrap()
    }

    /// Opens an account that nobody can log in to, with a session of its own; gives the session's cookie.
    pub fn let_in(&self, name: &str, roles: &[Role], carrier: Option<&str>) -> String {
        let books = self.books();
        let now = Utc::now();
        let account = match books.account_named(name).unwrap() {
            Some(known) => known,
            None => {
                let new = NewAccount { name: name.to_owned(), person: name.to_owned(), created_by: "test".to_owned(), now };
                books.create_account(&new).unwrap()
            }
        };
        let grants: Vec<Grant> = roles.iter().map(|role| Grant { role: *role, carrier_id: carrier.map(str::to_owned) }).collect();
        books.grant_roles(account.id, &grants, "test", now).unwrap();
        let secret = new_secret().unwrap();
        books.open_session(&key_of(&secret), account.id, now).unwrap();
        format!("qunlian={secret}")
    }

    /// The newest manifest.
    pub fn manifest(&self) -> Value {
        let number = self.newest_generation().expect("a published generation");
        let path = self.data().join(format!("lake/manifests/{number}.json"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    pub fn newest_generation(&self) -> Option<u64> {
        let folder = std::fs::read_dir(self.data().join("lake/manifests")).ok()?;
        folder.filter_map(|entry| entry.unwrap().path().file_stem()?.to_str()?.parse().ok()).max()
    }
}

/// The Python that `tests/run` prepares, with the packages of `tests/requirements.txt`.
pub fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let prepared = target.join("python/bin/python");
    assert!(prepared.exists(), "{} is missing: run tests/run once, it prepares it", prepared.display());
    prepared
}

/// What a finished command said.
pub fn words(output: &Output) -> String {
    format!("{}\n{}\n{}", output.status, String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}
