//! A running server over a data folder, stopped when the test ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use qunlian_domain::access::Role;

use super::{Folder, PROGRAM};

/// A server and where it listens.
pub struct Server {
    child: Child,
    pub base: String,
    /// The session of a leader who is an analyst too; nothing in a demonstration, which asks nobody.
    cookie: String,
    said: Mutex<Receiver<String>>,
}

impl Server {
    /// Starts `qunlian serve` on a free port, with the demonstration's day.
    pub fn start(folder: &Folder) -> Self {
        Self::start_on(folder, "2022-05-31")
    }

    /// Starts `qunlian serve` on a free port, on a day of its own.
    pub fn start_on(folder: &Folder, today: &str) -> Self {
        Self::start_logging(folder, today, Stdio::null())
    }

    /// The same, with a place for its log.
    pub fn start_logging(folder: &Folder, today: &str, log: Stdio) -> Self {
        let mut server = Self::spawn(folder.command(&["serve", "--listen", "127.0.0.1:0", "--today", today]), log);
        server.cookie = folder.let_in("tests", &[Role::Leader, Role::Analyst], None);
        server
    }

    /// The same, with variables in its environment.
    pub fn start_in(folder: &Folder, today: &str, environment: &[(&str, &str)]) -> Self {
        let mut command = folder.command(&["serve", "--listen", "127.0.0.1:0", "--today", today]);
        command.envs(environment.iter().copied());
        Self::spawn(command, Stdio::null())
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Starts `qunlian demo` in a folder.
    pub fn demo(data: &Path) -> Self {
        let mut command = std::process::Command::new(PROGRAM);
        command.arg("demo").arg("--data").arg(data).args(["--listen", "127.0.0.1:0"]);
        Self::spawn(command, Stdio::null())
    }

    fn spawn(mut command: std::process::Command, log: Stdio) -> Self {
        // The pipe to its stdin closes when this test process ends, and the server with it.
        let mut child = command.arg("--with-parent").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next().expect("the server ended before it listened").unwrap();
        let base = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        let (say, said) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // Nobody may be listening any more.
                let _ = say.send(line);
            }
        });
        Self { child, base, cookie: String::new(), said: Mutex::new(said) }
    }

    /// The next line on its stdout.
    pub fn next_line(&self) -> String {
        self.said.lock().unwrap().recv_timeout(Duration::from_secs(10)).unwrap()
    }

    /// Sends a form without a session; gives status, `Location` and `Set-Cookie`.
    pub fn send(&self, path: &str, form: &[(&str, &str)]) -> (u16, String, String) {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().new_agent();
        let response = agent.post(format!("{}{path}", self.base)).send_form(form.iter().copied()).unwrap();
        let header = |name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        (response.status().as_u16(), header("location"), header("set-cookie"))
    }

    /// The body of a page that must be there.
    pub fn get(&self, path: &str) -> String {
        let mut response = self.ask(path);
        let status = response.status();
        let body = response.body_mut().with_config().limit(64 << 20).read_to_string().unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Status and body of any page.
    pub fn look(&self, path: &str) -> (u16, String) {
        let mut response = self.ask(path);
        let status = response.status().as_u16();
        (status, response.body_mut().with_config().limit(64 << 20).read_to_string().unwrap())
    }

    fn ask(&self, path: &str) -> ureq::http::Response<ureq::Body> {
        agent().get(format!("{}{path}", self.base)).header("cookie", &self.cookie).call().unwrap()
    }

    /// A file that must be there.
    pub fn bytes(&self, path: &str) -> Vec<u8> {
        let mut response = self.ask(path);
        let status = response.status();
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        body
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
