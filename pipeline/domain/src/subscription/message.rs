//! A message (推送内容): one line of subject, plain lines of text, and of whose rows it tells.

use std::collections::BTreeSet;

use crate::access::{Right, Roles, RowScope};
use crate::text::lines;

/// Characters of a subject, at most.
pub const SUBJECT_CHARACTERS: usize = 120;
/// Bytes of a text, at most: what a platform takes less of is cut when it is sent.
const TEXT_BYTES: usize = 64 * 1024;

/// What is written to a subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    subject: String,
    text: String,
}

/// Why something cannot be written to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LetterFault {
    #[error("the subject is one line of 1 to {SUBJECT_CHARACTERS} characters without control characters")]
    Subject,
    #[error("the text is not empty and at most {TEXT_BYTES} bytes")]
    Text,
}

impl Letter {
    /// Takes a subject of one line (a line break in it could forge headers of a mail) and a text of several.
    pub fn new(subject: &str, text: &str) -> Result<Self, LetterFault> {
        let length = subject.trim().chars().count();
        if length == 0 || length > SUBJECT_CHARACTERS || lines(subject) != subject.trim() || subject.contains(['\n', '\r', '\t']) {
            return Err(LetterFault::Subject);
        }
        let text = lines(text);
        if text.is_empty() || text.len() > TEXT_BYTES {
            return Err(LetterFault::Text);
        }
        Ok(Self { subject: subject.trim().to_owned(), text })
    }

    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Lines end in `\n`.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Of whose rows a message tells (内容范围); held against its reader's rights when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageRows {
    /// Sums of the city, open to all who see figures.
    Sums,
    /// Rows within a scope.
    Within(RowScope),
}

/// What an account may read at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readership {
    pub sees_figures: bool,
    pub scope: RowScope,
}

impl Readership {
    /// By roles and the rows that follow from them; a closed account reads nothing.
    pub fn of(roles: &Roles, scope: RowScope) -> Self {
        Self { sees_figures: roles.may(Right::SeeFigures), scope }
    }

    /// True when the message may go to them.
    pub fn may_read(&self, rows: &MessageRows) -> bool {
        let within = match rows {
            MessageRows::Sums => true,
            MessageRows::Within(scope) => holds_all(&self.scope, scope),
        };
        self.sees_figures && within
    }
}

fn holds_all(may: &RowScope, wanted: &RowScope) -> bool {
    match (may, wanted) {
        (RowScope::City, _) | (_, RowScope::Nothing) => true,
        (RowScope::Carriers(may), RowScope::Carriers(wanted)) => wanted.is_subset(may),
        _ => false,
    }
}

impl MessageRows {
    /// `sums`, `city`, `nothing` or `carriers:duji,suixi`, as the books keep it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Sums => "sums".to_owned(),
            Self::Within(RowScope::City) => "city".to_owned(),
            Self::Within(RowScope::Nothing) => "nothing".to_owned(),
            Self::Within(RowScope::Carriers(carriers)) => {
                format!("carriers:{}", carriers.iter().map(String::as_str).collect::<Vec<_>>().join(","))
            }
        }
    }

    /// Reads [`MessageRows::to_text`].
    pub fn from_text(text: &str) -> Option<Self> {
        match text {
            "sums" => Some(Self::Sums),
            "city" => Some(Self::Within(RowScope::City)),
            "nothing" => Some(Self::Within(RowScope::Nothing)),
            other => {
                let carriers = other.strip_prefix("carriers:")?.split(',').filter(|id| !id.is_empty());
                Some(Self::Within(RowScope::Carriers(carriers.map(str::to_owned).collect::<BTreeSet<_>>())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;

    #[test]
    fn a_subject_is_one_line() {
        let good = Letter::new(" 亮灯变化：濉溪县 ", "第一行\r\n第二行\u{202e}\n").unwrap();
        assert_eq!((good.subject(), good.text()), ("亮灯变化：濉溪县", "第一行\n第二行"));
        for bad in ["", " ", "a\r\nBcc: x@y.example", "a\nb", "a\tb", "a\u{0}b", "a\u{202e}b", &"长".repeat(121)] {
            assert_eq!(Letter::new(bad, "x"), Err(LetterFault::Subject), "{bad:?}");
        }
        assert_eq!(Letter::new("a", "\r\n "), Err(LetterFault::Text));
        assert_eq!(Letter::new("a", &"x".repeat(TEXT_BYTES + 1)), Err(LetterFault::Text));
    }

    #[test]
    fn a_message_goes_to_those_who_may_still_read_it() {
        let carriers = |ids: &[&str]| RowScope::Carriers(ids.iter().map(|id| (*id).to_owned()).collect());
        let leader = Readership::of(&Roles::new([Role::Leader]).unwrap(), RowScope::City);
        let clerk = Readership::of(&Roles::new([Role::Clerk]).unwrap(), carriers(&["suixi", "suixi-jkq"]));
        let system = Readership::of(&Roles::new([Role::SystemAdministrator]).unwrap(), RowScope::Nothing);
        let check =
            |reader: &Readership, rows: MessageRows, expect: bool| assert_eq!(reader.may_read(&rows), expect, "{reader:?} {rows:?}");
        check(&leader, MessageRows::Within(RowScope::City), true);
        check(&leader, MessageRows::Within(carriers(&["duji"])), true);
        check(&clerk, MessageRows::Sums, true);
        check(&clerk, MessageRows::Within(carriers(&["suixi"])), true);
        check(&clerk, MessageRows::Within(carriers(&["suixi", "duji"])), false);
        check(&clerk, MessageRows::Within(RowScope::City), false);
        check(&system, MessageRows::Sums, false);
        check(&Readership::default(), MessageRows::Sums, false);
    }

    #[test]
    fn rows_read_back() {
        for text in ["sums", "city", "nothing", "carriers:duji,suixi", "carriers:"] {
            assert_eq!(MessageRows::from_text(text).map(|rows| rows.to_text()).as_deref(), Some(text));
        }
        assert_eq!(MessageRows::from_text("everything"), None);
    }
}
