//! What a child says to its parent (进度): one JSON object per line on stdout.

use std::io::{Stdout, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use qunlian_registry::Progress;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Progress is not written more often than this.
const PAUSE: Duration = Duration::from_millis(100);

/// One line of a child's stdout: `{"progress":{"done":3,"total":10,"label":"…"}}`, `{"result":{…}}` or
/// `{"error":{"message":"…","hint":"…"}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgressLine {
    Progress(Progress),
    /// What the run achieved; the last one counts.
    Result(Value),
    /// Why it failed, in words for people.
    Error {
        message: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
}

impl ProgressLine {
    /// Reads one line; anything else on stdout is not for the parent.
    pub fn parse(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}

/// The child's side: shared by all its threads.
#[derive(Debug)]
pub struct Reporter<W: Write = Stdout> {
    state: Mutex<State<W>>,
}

#[derive(Debug)]
struct State<W> {
    out: W,
    last: Option<(Instant, String)>,
}

impl Reporter<Stdout> {
    /// Speaks to the parent on stdout.
    pub fn stdout() -> Self {
        Self::new(std::io::stdout())
    }
}

impl<W: Write> Reporter<W> {
    pub fn new(out: W) -> Self {
        Self { state: Mutex::new(State { out, last: None }) }
    }

    /// Says how far the run has come; `total` 0 means unknown. Cheap to call often: lines are dropped unless the
    /// label changes, the end is reached, or 100 ms have passed.
    pub fn progress(&self, done: u64, total: u64, label: &str) {
        self.progress_at(Instant::now(), done, total, label);
    }

    fn progress_at(&self, now: Instant, done: u64, total: u64, label: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = |(when, what): &(Instant, String)| now.duration_since(*when) < PAUSE && what == label;
        if done != total && state.last.as_ref().is_some_and(recent) {
            return;
        }
        state.last = Some((now, label.to_owned()));
        state.say(&ProgressLine::Progress(Progress { done, total, label: label.to_owned() }));
    }

    /// Says what the run achieved.
    pub fn result(&self, result: Value) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).say(&ProgressLine::Result(result));
    }

    /// Says why the run failed; the exit code tells the parent that it did.
    pub fn error(&self, message: &str, hint: Option<&str>) {
        let line = ProgressLine::Error { message: message.to_owned(), hint: hint.map(str::to_owned) };
        self.state.lock().unwrap_or_else(PoisonError::into_inner).say(&line);
    }
}

impl<W: Write> State<W> {
    /// A parent that is gone is noticed by [`crate::child::obey_parent`], not here.
    fn say(&mut self, line: &ProgressLine) {
        if let Ok(mut text) = serde_json::to_vec(line) {
            text.push(b'\n');
            let _ = self.out.write_all(&text).and_then(|()| self.out.flush());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_what_the_interface_says() {
        let reporter = Reporter::new(Vec::new());
        let now = Instant::now();
        reporter.progress_at(now, 0, 10, "读取");
        reporter.progress_at(now + PAUSE / 2, 1, 10, "读取"); // too soon
        reporter.progress_at(now + PAUSE / 2, 1, 10, "归链");
        reporter.progress_at(now + PAUSE / 2, 10, 10, "归链");
        reporter.result(json!({ "generation": 3 }));
        reporter.error("no space left", Some("free space"));
        let text = String::from_utf8(reporter.state.into_inner().unwrap().out).unwrap();
        let expect = [
            r#"{"progress":{"done":0,"total":10,"label":"读取"}}"#,
            r#"{"progress":{"done":1,"total":10,"label":"归链"}}"#,
            r#"{"progress":{"done":10,"total":10,"label":"归链"}}"#,
            r#"{"result":{"generation":3}}"#,
            r#"{"error":{"message":"no space left","hint":"free space"}}"#,
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), expect);
        assert!(text.lines().all(|line| ProgressLine::parse(line.as_bytes()).is_some()));
        for other in ["", "hello", "{}", r#"{"progress":{"done":1}}"#, "[1]"] {
            assert_eq!(ProgressLine::parse(other.as_bytes()), None, "{other}");
        }
    }
}
