//! Times and closed vocabularies as they stand in the books.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};

use crate::RegistryError;

/// RFC 3339, UTC, always milliseconds: sorts as text.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.trunc_subsecs(3).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads [`moment`] back.
pub(crate) fn parse_moment(column: &'static str, text: &str) -> Result<DateTime<Utc>, RegistryError> {
    let bad = |_| RegistryError::Value { column, value: text.to_owned(), expected: "time" };
    DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(bad)
}

/// An enum whose values stand in the books as words: the word, its Chinese title, and back.
macro_rules! vocabulary {
    ($(#[$about:meta])* $name:ident { $($(#[$says:meta])* $value:ident = $word:literal, $title:literal;)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$says])* #[serde(rename = $word)] $value,)+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// The word in the books, in JSON and in addresses.
            pub fn id(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }

            /// The Chinese title.
            pub fn title(self) -> &'static str {
                match self { $(Self::$value => $title,)+ }
            }

            /// The value of that word.
            pub fn from_id(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.id() == word)
            }
        }
    };
}
pub(crate) use vocabulary;
