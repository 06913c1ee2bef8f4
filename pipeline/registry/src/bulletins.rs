//! Bulletins that were made (通报): what was said of which day, with its files. Nothing of it is ever changed or removed.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{Doer, RegistryError};

/// Bulletins that were made.
pub trait BulletinBooks: Send + Sync {
    /// Keeps a bulletin whose files are safe on disk already. The same words of the same template and day are kept once:
    /// the edition that stands is given back, and nothing is written. Other words are the next edition.
    fn keep_bulletin(&self, new: &NewBulletin, by: &Doer) -> Result<Kept, RegistryError>;

    /// The newest, by the day that they tell of; at most so many.
    fn bulletins(&self, limit: u32) -> Result<Vec<MadeBulletin>, RegistryError>;

    /// One by its id.
    fn bulletin(&self, id: i64) -> Result<Option<MadeBulletin>, RegistryError>;
}

/// A bulletin to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBulletin {
    /// Id of the city's template.
    pub template: String,
    /// 月度通报
    pub name: String,
    pub title: String,
    /// The last day that is told of.
    pub until: NaiveDate,
    /// The generation that was read, and the rules that classified it.
    pub generation: u64,
    pub rule_version: String,
    /// BLAKE3 of all that is printed, the day of making left out: equal words are one edition.
    pub words: String,
    pub files: Vec<BulletinFile>,
}

/// One file of a bulletin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletinFile {
    /// `docx`, `pdf` or `xlsx`.
    pub kind: String,
    /// Its name among the attachments: 64 hex digits.
    pub blake3: String,
    pub bytes: u64,
}

/// A bulletin that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeBulletin {
    pub id: i64,
    pub template: String,
    pub name: String,
    pub title: String,
    pub until: NaiveDate,
    /// 1 for the first of its template and day.
    pub edition: u32,
    pub generation: u64,
    pub rule_version: String,
    pub files: Vec<BulletinFile>,
    pub made_by: String,
    pub made_on: NaiveDate,
    pub made_at: DateTime<Utc>,
}

/// What became of a bulletin to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    New(MadeBulletin),
    /// An edition with the same words stands already.
    Known(MadeBulletin),
}

impl Kept {
    pub fn bulletin(&self) -> &MadeBulletin {
        match self {
            Self::New(bulletin) | Self::Known(bulletin) => bulletin,
        }
    }
}
