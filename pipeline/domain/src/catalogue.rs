//! A city's catalogue (城市配置): everything under `data/cities/<city>` and `data/codes`, read and checked as one.

pub mod dates;
mod desk;
mod files;
mod sheets;
mod targets;

use crate::bulletin::Templates;
use crate::carriers::Carriers;
use crate::chain::{ChainCatalogue, ChainClassifier};
use crate::filing::FilingCatalogue;
use crate::forecast::ForecastRules;
use crate::industry::Industries;
use crate::light::LightRule;
use crate::money::ExchangeRates;
use crate::procedure::Procedure;
use crate::region::RegionGroups;
use crate::reserve::Reserve;
use crate::scale::Bands;
use crate::score::Scoring;
use crate::target::Target;
use crate::workdays::WorkCalendar;

pub use desk::DeskFault;
pub use files::{BandBasis, Profile, Source};
pub use sheets::{FIELDS, SheetAbout, SheetVocabulary};

/// One city with all its dated rules.
#[derive(Debug)]
pub struct City {
    pub profile: Profile,
    pub carriers: Carriers,
    pub chains: ChainCatalogue,
    pub region_groups: RegionGroups,
    pub bands: Bands,
    /// Of all target years, one at a time for each thing and day: where several issuers set one, the issuer
    /// that its file names first leads ([`crate::target::leading`]).
    pub targets: Vec<Target>,
    /// Every target as it was issued, in the order of preference of its year's issuers: several side by side.
    pub issued_targets: Vec<Target>,
    pub light: LightRule,
    /// The form of a filing (填报目录).
    pub filing: FilingCatalogue,
    pub sheets: SheetVocabulary,
    /// How filings are handled; not part of the rule version.
    pub procedure: Procedure,
    /// The rules of the reserve list; not part of the rule version.
    pub reserve: Reserve,
    /// What forecasts of the year's end assume; not part of the rule version.
    pub forecast: ForecastRules,
    /// How years are scored, of those target years that have a file; not part of the rule version.
    pub scorings: Vec<Scoring>,
    /// What bulletins hold; not part of the rule version.
    pub bulletins: Templates,
    pub industries: Industries,
    /// Raw text of `workdays.csv`; it has been checked to be readable.
    pub workdays_csv: String,
    pub workdays: WorkCalendar,
    pub exchange: ExchangeRates,
    /// Every file that a figure can depend on, path relative to `data/` and text, in the order of reading.
    pub sources: Vec<(String, String)>,
}

/// A catalogue file that cannot be used: where, what and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, {place}: {problem}\nhint: {hint}")]
pub struct CatalogueError {
    /// Path relative to `data/`.
    pub file: String,
    /// `line 14`, `chain lv-ji, rule lv-ji-07`, or `whole file`.
    pub place: String,
    pub problem: String,
    pub hint: String,
}

impl City {
    /// Reads and checks a city. `read` gives the text of a path relative to `data/`; `folder` is the
    /// city's folder there (`cities/huaibei`).
    pub fn load(read: &dyn Fn(&str) -> std::io::Result<String>, folder: &str) -> Result<Self, CatalogueError> {
        files::load(read, folder.trim_end_matches('/'))
    }

    /// How a year is scored; `None` where the city has no rules for it.
    pub fn scoring_of(&self, year: i32) -> Option<&Scoring> {
        self.scorings.iter().find(|scoring| scoring.year == year)
    }

    /// The matcher of the city's chains; build it once and share it.
    pub fn classifier(&self) -> Result<ChainClassifier, CatalogueError> {
        ChainClassifier::new(&self.chains).map_err(|error| CatalogueError {
            file: "chains.toml".to_owned(),
            place: "whole file".to_owned(),
            problem: error.to_string(),
            hint: "check the [[chain]] rules".to_owned(),
        })
    }

    /// All rule texts as one, each under its path: equal fingerprints mean equal rules. The builder hashes
    /// it, together with its own version, into the rule version.
    pub fn fingerprint(&self) -> String {
        let size = self.sources.iter().map(|(path, text)| path.len() + text.len() + 16).sum();
        let mut all = String::with_capacity(size);
        for (path, text) in &self.sources {
            all.push_str(path);
            all.push('\n');
            all.push_str(&text.len().to_string());
            all.push('\n');
            all.push_str(text);
            all.push('\n');
        }
        all
    }
}
