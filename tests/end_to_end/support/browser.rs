//! A real browser: chromedriver spoken to in WebDriver's own JSON over loopback.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A statement may wait for its tables and its worker, and then take its time: more than both.
const PATIENCE: Duration = Duration::from_secs(90);

/// One browser window.
pub struct Browser {
    driver: Child,
    session: String,
    _profile: tempfile::TempDir,
}

/// The window of a desk and of a phone.
pub const DESK: (u32, u32) = (1440, 900);
pub const PHONE: (u32, u32) = (390, 844);

/// Keys without a letter, in WebDriver's own code points.
pub mod key {
    pub const TAB: char = '\u{e004}';
    pub const ENTER: char = '\u{e007}';
    pub const SHIFT: char = '\u{e008}';
    pub const CONTROL: char = '\u{e009}';
    pub const ESCAPE: char = '\u{e00c}';
    pub const RIGHT: char = '\u{e014}';
    pub const DOWN: char = '\u{e015}';
}

/// Starts chromedriver, and gives its port. It takes a free one, and ends when somebody took the same of IPv6 meanwhile.
fn driver() -> Option<(Child, u16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed by tests/run");
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines
        .by_ref()
        .map_while(Result::ok)
        .filter_map(|line| line.split("on port ").nth(1)?.trim_end_matches('.').parse::<u16>().ok())
        // It says port 0 before it has got one.
        .find(|port| *port != 0);
    let Some(port) = port else {
        driver.wait().unwrap();
        return None;
    };
    std::thread::spawn(move || lines.for_each(drop));
    Some((driver, port))
}

impl Browser {
    /// Opens a window of that size.
    pub fn open((width, height): (u32, u32)) -> Self {
        let (driver, port) = (0..5).find_map(|_| driver()).expect("chromedriver says its port");
        let base = format!("http://127.0.0.1:{port}");
        let profile = tempfile::tempdir().unwrap();
        let size = json!({"width": width, "height": height, "pixelRatio": 1.0});
        let mut options = json!({"args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            format!("--user-data-dir={}", profile.path().display()), format!("--window-size={width},{height}"),
        ]});
        if width < 500 {
            // A headless window cannot be this narrow; a phone can.
            options["mobileEmulation"] = json!({ "deviceMetrics": size });
        }
        let wanted = json!({"capabilities": {"alwaysMatch": {"timeouts": {"script": 180_000}, "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}});
        let made = post(&format!("{base}/session"), &wanted);
        let id = made["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {made}"));
        Self { driver, session: format!("{base}/session/{id}"), _profile: profile }
    }

    /// Opens a page and waits for it.
    pub fn visit(&self, url: &str) {
        let answer = post(&format!("{}/url", self.session), &json!({ "url": url }));
        assert!(answer["value"].is_null(), "{answer}");
    }

    /// Takes up a session: `name=value`, as [`super::Folder::let_in`] gives it.
    pub fn let_in(&self, base: &str, cookie: &str) {
        self.visit(&format!("{base}/healthz"));
        let (name, value) = cookie.split_once('=').unwrap();
        let cookie = json!({"name": name, "value": value, "path": "/", "httpOnly": true});
        let answer = post(&format!("{}/cookie", self.session), &json!({ "cookie": cookie }));
        assert!(answer["value"].is_null(), "{answer}");
    }

    /// The value of a script's `return`.
    pub fn script(&self, script: &str) -> Value {
        let answer = post(&format!("{}/execute/sync", self.session), &json!({"script": script, "args": []}));
        assert!(answer["value"].get("error").is_none(), "{script}: {answer}");
        answer["value"].clone()
    }

    /// Clicks the middle of the first element that matches, as a person would.
    pub fn click(&self, selector: &str) {
        let found = post(&format!("{}/element", self.session), &json!({"using": "css selector", "value": selector}));
        let element = found["value"].as_object().and_then(|value| value.values().next()).and_then(Value::as_str);
        let element = element.unwrap_or_else(|| panic!("{selector}: {found}"));
        let answer = post(&format!("{}/element/{element}/click", self.session), &json!({}));
        assert!(answer["value"].is_null(), "{selector}: {answer}");
    }

    /// Presses keys one after the other, as a person without a pointer would; see [`key`] for those without a letter.
    pub fn press(&self, keys: &str) {
        let strokes: Vec<Value> =
            keys.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key}))).collect();
        self.act(&strokes);
    }

    /// Presses a key while another, such as Shift, is held.
    pub fn press_holding(&self, held: char, key: char) {
        let stroke = |kind: &str, key: char| json!({"type": kind, "value": key});
        self.act(&[stroke("keyDown", held), stroke("keyDown", key), stroke("keyUp", key), stroke("keyUp", held)]);
    }

    fn act(&self, strokes: &[Value]) {
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]});
        let answer = post(&format!("{}/actions", self.session), &actions);
        assert!(answer["value"].is_null(), "{answer}");
    }

    /// Waits until a script gives true.
    pub fn wait_for(&self, script: &str) {
        let started = Instant::now();
        while self.script(script) != Value::Bool(true) {
            assert!(started.elapsed() < PATIENCE, "waited {PATIENCE:?} for {script}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Everything that the page complained of in the console.
    pub fn console_faults(&self) -> Vec<String> {
        let log = post(&format!("{}/se/log", self.session), &json!({"type": "browser"}));
        let entries = log["value"].as_array().cloned().unwrap_or_default();
        entries.iter().filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"))).map(Value::to_string).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = ureq::delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn post(url: &str, body: &Value) -> Value {
    let agent =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(200))).build().new_agent();
    let mut response = agent.post(url).header("content-type", "application/json").send(body.to_string()).unwrap();
    serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap()
}
