//! A sentence with links: plain text for the document, spans to rows for the web.

use std::ops::Range;

use super::Period;
use crate::target::Metric;

/// One sentence, ending in `。`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sentence {
    pub text: String,
    /// In the order of the text, apart from each other.
    pub links: Vec<Link>,
}

/// A figure in the text and the rows it was counted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Bytes of [`Sentence::text`], on character bounds.
    pub span: Range<usize>,
    pub to: Reference,
}

/// Which rows a figure was counted from. What is `None` is not narrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub metric: Metric,
    /// Scale band id.
    pub band: Option<String>,
    /// Carrier id.
    pub carrier: Option<String>,
    /// Chain id.
    pub chain: Option<String>,
    /// Region group id.
    pub region_group: Option<String>,
    pub period: Period,
}

impl Reference {
    /// The same rows of last year.
    pub fn year_earlier(self) -> Self {
        Self { period: self.period.year_earlier(), ..self }
    }
}

impl Sentence {
    /// The text cut at its links: each piece with the rows it leads to, or none.
    pub fn pieces(&self) -> Vec<(&str, Option<&Reference>)> {
        let mut pieces = Vec::with_capacity(self.links.len() * 2 + 1);
        let mut at = 0;
        for link in &self.links {
            pieces.push((self.text.get(at..link.span.start).unwrap_or_default(), None));
            pieces.push((self.text.get(link.span.clone()).unwrap_or_default(), Some(&link.to)));
            at = link.span.end;
        }
        pieces.push((self.text.get(at..).unwrap_or_default(), None));
        pieces.retain(|(text, _)| !text.is_empty());
        pieces
    }

    pub(super) fn say(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn link(&mut self, text: &str, to: Reference) {
        let start = self.text.len();
        self.text.push_str(text);
        self.links.push(Link { span: start..self.text.len(), to });
    }
}
