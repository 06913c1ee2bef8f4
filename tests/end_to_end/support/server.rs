//! A running server over a data folder, stopped when the test ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::{Folder, PROGRAM};

/// A server and where it listens.
pub struct Server {
    child: Child,
    pub base: String,
}

impl Server {
    /// Starts `qunlian serve` on a free port, with the demonstration's day.
    pub fn start(folder: &Folder) -> Self {
        Self::start_on(folder, "2022-05-31")
    }

    /// Starts `qunlian serve` on a free port, on a day of its own.
    pub fn start_on(folder: &Folder, today: &str) -> Self {
        Self::spawn(folder.command(&["serve", "--listen", "127.0.0.1:0", "--today", today]))
    }

    /// Starts `qunlian demo` in a folder.
    pub fn demo(data: &Path) -> Self {
        let mut command = std::process::Command::new(PROGRAM);
        command.arg("demo").arg("--data").arg(data).args(["--listen", "127.0.0.1:0"]);
        Self::spawn(command)
    }

    fn spawn(mut command: std::process::Command) -> Self {
        // The pipe to its stdin closes when this test process ends, and the server with it.
        let mut child = command.arg("--with-parent").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next().expect("the server ended before it listened").unwrap();
        let base = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, base }
    }

    /// The body of a page that must be there.
    pub fn get(&self, path: &str) -> String {
        let mut response = agent().get(format!("{}{path}", self.base)).call().unwrap();
        let status = response.status();
        let body = response.body_mut().with_config().limit(64 << 20).read_to_string().unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Status and body of any page.
    pub fn look(&self, path: &str) -> (u16, String) {
        let mut response = agent().get(format!("{}{path}", self.base)).call().unwrap();
        let status = response.status().as_u16();
        (status, response.body_mut().with_config().limit(64 << 20).read_to_string().unwrap())
    }

    /// A JSON answer.
    pub fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&self.get(path)).unwrap()
    }

    /// Waits until a condition holds.
    pub fn wait_for(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let started = Instant::now();
        while !holds(self) {
            assert!(started.elapsed() < Duration::from_secs(90), "waited 90 s for {what}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(60))).build().new_agent()
}

/// The demonstration, made once and shared by all tests that only look.
pub fn demo() -> &'static Server {
    static DEMO: OnceLock<Server> = OnceLock::new();
    DEMO.get_or_init(|| {
        let data: PathBuf = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("demo");
        // What an earlier run of the tests left.
        let _ = std::fs::remove_dir_all(&data);
        Server::demo(&data)
    })
}
