//! Why a message did not arrive (未送达), and whom it concerns beside this message.

/// A failed try. The words are for people: no address, key or password stands in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    pub words: String,
    pub blame: Blame,
}

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The server cannot be reached or refuses everybody: others of the same server had better wait, too.
    Server,
    /// This message, this time.
    Message,
    /// This message, and it will not be otherwise next time.
    ForGood,
}

impl Undelivered {
    pub fn new(blame: Blame, words: impl Into<String>) -> Self {
        Self { words: words.into(), blame }
    }
}
