//! Who attacks: statements sent to the page of free SQL, and what it answered, as a reader sees it.

use std::time::{Duration, Instant};

use crate::support::guest::{Answer, Guest};

/// One analyst.
pub struct Asker {
    pub name: &'static str,
    pub guest: Guest,
    /// What no answer to this analyst may hold.
    pub forbidden: Vec<String>,
}

/// What became of a statement.
#[derive(Debug)]
pub struct Outcome {
    /// The page without the statement that it repeats, entities read.
    pub page: String,
    pub ended: Ended,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// A table of rows.
    Answered,
    /// Words for a person, in English.
    Refused(String),
    /// Anything else: never right.
    Broken(String),
}

impl Outcome {
    /// True when the deadline passed.
    pub fn is_late(&self) -> bool {
        matches!(&self.ended, Ended::Refused(words) if words.contains("no answer within"))
    }
}

impl Asker {
    /// Runs a statement.
    pub fn ask(&self, sql: &str) -> Outcome {
        outcome(&self.guest.post("/sql?lang=en", &[("sql", sql)]))
    }

    /// Sends a form as these bytes.
    pub fn send(&self, form: &[u8]) -> Outcome {
        outcome(&self.guest.post_bytes("/sql?lang=en", form))
    }

    /// Asks for something small until its answer comes in time: on a busy machine its deadline may pass, for a minute at most.
    /// Each late answer costs a worker, and the next is asked of a cold one.
    pub fn ask_small(&self, sql: &str) -> Outcome {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let outcome = self.ask(sql);
            if !outcome.is_late() || Instant::now() > until {
                return outcome;
            }
        }
    }

    /// The cells of the one row that a small statement must give.
    pub fn cells(&self, sql: &str) -> Vec<String> {
        let outcome = self.ask_small(sql);
        assert_eq!(outcome.ended, Ended::Answered, "{sql}");
        cells(&outcome.page)
    }

    /// What the outcome of a statement has that it must not have.
    pub fn faults(&self, sql: &str, outcome: &Outcome) -> Vec<String> {
        let told = |fault: String| format!("{} asks {}: {fault}", self.name, shortened(sql));
        // One's own history repeats the paths that one typed.
        let is_history = sql.to_lowercase().contains("queries");
        let typed = |word: &str| sql.contains(word) || (is_history && word.contains('/'));
        let learnt = self.forbidden.iter().filter(|word| outcome.page.contains(*word) && !typed(word));
        let mut faults: Vec<String> = learnt.map(|word| told(format!("learns {word}"))).collect();
        match &outcome.ended {
            Ended::Answered => {}
            Ended::Refused(words) => {
                faults
                    .extend(INTERNAL.iter().filter(|word| words.contains(*word)).map(|_| told(format!("meets a fault of ours: {words}"))));
            }
            Ended::Broken(how) => faults.push(told(format!("gets neither rows nor words: {how}"))),
        }
        faults
    }
}

/// Words that stand in failures for which the asker cannot be to blame, or that come from inside the program.
const INTERNAL: [&str; 8] = [
    "without an answer",
    "cannot start",
    "Internal error",
    "internal error",
    "panicked",
    ".rs:",
    "This was likely caused by a bug",
    "cannot be written",
];

/// The cells of the first body row of the result.
pub fn cells(page: &str) -> Vec<String> {
    let table = &page[page.find("id=\"result\"").unwrap_or(0)..];
    let row = between(between(table, "<tbody", "</tbody>"), "<tr", "</tr>");
    row.split("<td").skip(1).map(|cell| between(cell, ">", "</td>").trim().to_owned()).collect()
}

/// Reads a page.
fn outcome(answer: &Answer) -> Outcome {
    let page = readable(&answer.text());
    let ended = match (answer.status, &page) {
        (200, page) if page.contains("id=\"result\"") => Ended::Answered,
        (200, page) if page.contains("id=\"trouble\"") => {
            let words = between(page, "<pre>", "</pre>").trim().to_owned();
            if words.is_empty() { Ended::Broken("no words".to_owned()) } else { Ended::Refused(words) }
        }
        // Longer than a form may be, or with a field twice: refused before anything reads it.
        (400 | 413 | 422, _) => Ended::Refused(format!("status {}", answer.status)),
        (status, page) => Ended::Broken(format!("status {status}: {}", page.chars().take(300).collect::<String>())),
    };
    Outcome { page, ended }
}

/// The page without the form's text and without entities.
fn readable(html: &str) -> String {
    let (before, rest) = html.split_once("<textarea").unwrap_or((html, ""));
    let after = rest.split_once("</textarea>").map_or("", |(_, after)| after);
    let text = format!("{before}{after}");
    let entities = [("&#x2f;", "/"), ("&#x3d;", "="), ("&#x27;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    entities.iter().fold(text, |text, (entity, character)| text.replace(entity, character))
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    text.split_once(from).map_or("", |(_, rest)| rest.split_once(to).map_or(rest, |(inner, _)| inner))
}

/// A statement as a message can hold it.
pub fn shortened(sql: &str) -> String {
    let start: String = sql.chars().take(200).collect();
    if start.len() < sql.len() { format!("{start:?}… ({} bytes)", sql.len()) } else { format!("{start:?}") }
}
