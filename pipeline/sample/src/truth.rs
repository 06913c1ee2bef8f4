//! What a correct reader must find in a sample (真值): counts, amounts and faults, from the generator's own plan.
//!
//! Nothing here calls a classifier or a parser. The product never reads it; tests do.

mod collect;
mod iso;
mod known;

use std::path::Path;

use chrono::NaiveDate;
use serde::Serialize;

use crate::error::SampleError;
use crate::places::SourceKind;
use crate::plan::Severity;

pub use collect::Collector;
pub use known::{BandCounts, KnownOn};

/// Everything expected of one sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Truth {
    /// Always says that all of it is made up.
    pub label: &'static str,
    pub seed: u64,
    /// The day on which `cells` and `fixed_assets` are as known.
    #[serde(serialize_with = "iso::day")]
    pub known_on: NaiveDate,
    /// Counts per milestone, month of recognition, carrier, chain and region; cells of 0 are left out.
    pub cells: Vec<CountCell>,
    /// Recognised fixed assets per month and carrier.
    pub fixed_assets: Vec<AmountCell>,
    /// Year-to-date totals as known on several days.
    pub totals: Vec<KnownOn>,
    /// What [`crate::Change`] counts by: the signings of January to May 2022 that stand on 2022-05-31.
    pub signings_2022: Vec<SigningTruth>,
    pub projects: Vec<ProjectTruth>,
    pub milestones: Vec<MilestoneTruth>,
    pub investments: Vec<InvestmentTruth>,
    pub promises: Vec<PromiseTruth>,
    pub faults: Vec<FaultTruth>,
    pub files: Vec<FileTruth>,
}

/// One cell of the counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CountCell {
    /// `signed`, `started` or `completed`.
    pub milestone: &'static str,
    /// First day of the month of recognition.
    #[serde(serialize_with = "iso::day")]
    pub month: NaiveDate,
    pub carrier: &'static str,
    pub chain: &'static str,
    /// Province code, or country code for foreign countries.
    pub region: &'static str,
    pub count: u32,
}

/// One cell of the amounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AmountCell {
    #[serde(serialize_with = "iso::day")]
    pub month: NaiveDate,
    pub carrier: &'static str,
    pub yuan: i64,
}

/// A signing of 2022.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SigningTruth {
    pub index: usize,
    /// Position in `projects`.
    pub project: usize,
    pub carrier: &'static str,
    pub chain: &'static str,
    pub region: &'static str,
    #[serde(serialize_with = "iso::day")]
    pub recognised_on: NaiveDate,
    pub agreed_yuan: i64,
    /// True when the project has no other rows: no start, completion, fixed assets, repetition or correction.
    pub alone: bool,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProjectTruth {
    /// Position in this list.
    pub project: usize,
    pub carrier: &'static str,
    /// As known at the end.
    pub name: String,
    /// Earlier names.
    pub previous_names: Vec<String>,
    pub investor: String,
    pub credit_code: String,
    pub product: &'static str,
    pub chain: &'static str,
    pub region: RegionTruth,
    /// Agreed investment as known at the end, yuan; for contracts in dollars only good for its band.
    pub agreed_yuan: i64,
    /// Ten thousands of US dollars.
    pub dollars_wan: Option<i64>,
    /// What was known before: the amount until the day from which the next one is known.
    pub earlier_agreed: Vec<EarlierAmount>,
    /// Chains that it was taken for before a correction.
    pub earlier_chains: Vec<EarlierChain>,
}

/// Where an investor sits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegionTruth {
    pub kind: SourceKind,
    pub province_code: &'static str,
    pub city_code: &'static str,
    pub country: &'static str,
}

/// An amount that a correction replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EarlierAmount {
    pub yuan: i64,
    #[serde(serialize_with = "iso::day")]
    pub known_until: NaiveDate,
}

/// A chain that a correction replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EarlierChain {
    pub chain: &'static str,
    #[serde(serialize_with = "iso::day")]
    pub known_until: NaiveDate,
}

/// A milestone that was recognised, revoked ones too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MilestoneTruth {
    pub project: usize,
    pub milestone: &'static str,
    /// As known at the end.
    #[serde(serialize_with = "iso::day")]
    pub happened_on: NaiveDate,
    /// True when only the month is stated.
    pub month_only: bool,
    #[serde(serialize_with = "iso::day")]
    pub recognised_on: NaiveDate,
    #[serde(serialize_with = "iso::maybe_day")]
    pub revoked_on: Option<NaiveDate>,
}

/// Recognised fixed assets of a project and month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvestmentTruth {
    pub project: usize,
    #[serde(serialize_with = "iso::day")]
    pub month: NaiveDate,
    #[serde(serialize_with = "iso::day")]
    pub recognised_on: NaiveDate,
    /// As known at the end.
    pub yuan: i64,
    pub earlier: Option<EarlierAmount>,
}

/// What a project promises, as known at the end; a month stands for its last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromiseTruth {
    pub project: usize,
    /// `start` or `completion`.
    pub promised: &'static str,
    #[serde(serialize_with = "iso::day")]
    pub first_on: NaiveDate,
    #[serde(serialize_with = "iso::day")]
    pub planned_on: NaiveDate,
    pub moved: usize,
}

/// Something odd in a file, and the complaint that it calls for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultTruth {
    pub file: String,
    pub sheet: String,
    /// 1-based row of the sheet (line of a csv); 0 for the whole sheet.
    pub row: usize,
    /// 1-based column of the sheet; 0 for the whole row.
    pub column: usize,
    /// The header over it, as printed.
    pub header: String,
    /// What stands there.
    pub value: String,
    /// What was done: `wrong_credit_code`, `total_row`, ...
    pub kind: &'static str,
    /// Id of the complaint, and what becomes of the row or cell; none for what a reader must simply cope with.
    pub problem: Option<&'static str>,
    pub severity: Option<Severity>,
}

/// A file of the sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileTruth {
    pub file: String,
    pub carrier: &'static str,
    /// First day of the month it reports (报送月份).
    #[serde(serialize_with = "iso::day")]
    pub month: NaiveDate,
    #[serde(serialize_with = "iso::day")]
    pub reported_on: NaiveDate,
    pub corrects: bool,
    pub sheets: Vec<SheetTruth>,
}

/// A sheet of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetTruth {
    pub sheet: String,
    /// `signed`, `started`, `completed`, `fixed_assets`; none for a sheet of instructions.
    pub kind: Option<&'static str>,
    /// 1-based row of the header's last line; 0 when there is none.
    pub header_row: usize,
    /// Rows that a reader must take in.
    pub good_rows: usize,
}

impl Truth {
    /// Writes it as JSON.
    pub fn save(&self, path: &Path) -> Result<(), SampleError> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        std::fs::write(path, json).map_err(|source| SampleError::Write { path: path.to_owned(), source })
    }

    /// The totals as known on a day of [`Truth::totals`].
    pub fn on(&self, day: NaiveDate) -> Option<&KnownOn> {
        self.totals.iter().find(|known| known.day == day)
    }

    /// A cell's count, 0 when nothing is there.
    pub fn count(&self, milestone: &str, month: NaiveDate, carrier: &str, chain: &str, region: &str) -> u32 {
        let is_it = |cell: &&CountCell| {
            (cell.milestone, cell.month, cell.carrier, cell.chain, cell.region) == (milestone, month, carrier, chain, region)
        };
        self.cells.iter().find(is_it).map_or(0, |cell| cell.count)
    }
}
