//! Source region (投资来源区域) of an investor: from address, company name, credit code and the filer's word, with the evidence.

mod address;
mod company;
mod decide;
mod finding;
mod follow;
mod glyphs;
mod groups;
mod latin;
mod names;
mod reading;
mod step;
mod supplied;
mod table;

pub use groups::{RegionGroup, RegionGroups, RegionGroupsError};

use address::AddressReader;
use finding::{Finding, Rivals};
use glyphs::{Glyphs, WINDOW};
use names::NameIndex;
use table::{NONE, Place, Tables};

use crate::credit_code::CreditCode;

/// Where an investor comes from, seen from the home city (来源类别).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum RegionKind {
    /// 境外: another country, or 香港, 澳门, 台湾 ([`SourceRegion::is_hong_kong_macao_taiwan`]).
    Abroad,
    /// 省外: another province of the mainland.
    OutsideProvince,
    /// 省内市外: the home city's province, but not shown to be the home city.
    InProvince,
    /// 本市: the home city itself.
    Local,
    /// 不明: no clue names a place.
    Unknown,
}

impl RegionKind {
    /// The identifier used in tables and SQL.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Abroad => "abroad",
            Self::OutsideProvince => "outside",
            Self::InProvince => "in_province",
            Self::Local => "local",
            Self::Unknown => "unknown",
        }
    }

    /// The Chinese title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Abroad => "境外",
            Self::OutsideProvince => "省外",
            Self::InProvince => "省内市外",
            Self::Local => "本市",
            Self::Unknown => "不明",
        }
    }
}

/// What is known of an investor; an empty text means the clue is missing.
#[derive(Clone, Copy, Default, Debug)]
pub struct RegionClues<'a> {
    /// Registered address (注册地址).
    pub address: &'a str,
    /// Full company name (企业名称).
    pub company: &'a str,
    /// Unified social credit code (统一社会信用代码).
    pub credit_code: &'a str,
    /// The source region as the filer wrote it (填报的来源地), or a six-digit division code.
    pub supplied: &'a str,
}

/// One of the clues, in their order of weight.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Clue {
    Address,
    Company,
    CreditCode,
    Supplied,
}

impl Clue {
    /// The Chinese title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Address => "注册地址",
            Self::Company => "企业名称",
            Self::CreditCode => "信用代码",
            Self::Supplied => "填报来源地",
        }
    }
}

/// Two clues that cannot both be right: what was believed, and the first that contradicts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Disagreement<'a> {
    pub believed: Clue,
    /// City, province, country or kind the believed clue names.
    pub believed_place: &'a str,
    pub contradicting: Clue,
    pub contradicting_place: &'a str,
}

/// The source region (投资来源区域) with its evidence; empty texts where nothing is known.
///
/// A municipality (上海市) is its own city; a county directly under its province (济源市, 石河子市)
/// stands in `city` with its own code. Names and codes are those of today.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceRegion<'a> {
    pub kind: RegionKind,
    /// ISO 3166-1 alpha-2 code; empty for China.
    pub country_code: &'a str,
    /// Chinese name of the country; empty for China.
    pub country: &'a str,
    pub province_code: &'a str,
    pub province: &'a str,
    pub city_code: &'a str,
    pub city: &'a str,
    pub county_code: &'a str,
    pub county: &'a str,
    /// The characters of the clue that decided.
    pub evidence: &'a str,
    /// Which rule fired: one of [`RULE_IDS`].
    pub rule: &'static str,
    /// 0 (nothing known) to 100.
    pub confidence: u8,
    pub disagreement: Option<Disagreement<'a>>,
}

/// Every rule that can decide a source region.
pub const RULE_IDS: [&str; 27] = [
    "addr-full",
    "addr-city",
    "addr-county",
    "addr-province",
    "addr-scan",
    "addr-street",
    "addr-latin",
    "addr-ambiguous",
    "addr-home",
    "addr-name",
    "addr-code",
    "addr-supplied",
    "zone",
    "ftz",
    "history",
    "abroad",
    "name-prefix",
    "name-paren",
    "name-inside",
    "name-latin",
    "name-code",
    "name-supplied",
    "code",
    "code-supplied",
    "supplied",
    "supplied-kind",
    "none",
];

impl SourceRegion<'_> {
    /// 港澳台: counted as 境外 and shown apart.
    pub fn is_hong_kong_macao_taiwan(&self) -> bool {
        matches!(self.province_code, "710000" | "810000" | "820000")
    }
}

/// What is wrong with the tables or the home city a classifier is built from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionDataError {
    #[error("table {table}, line 1: header is {found:?}, expected {expected:?}")]
    Header { table: &'static str, expected: &'static str, found: String },
    #[error("table {table}, line {line}: {problem}")]
    Row { table: &'static str, line: usize, problem: &'static str },
    #[error("table {table}, line {line}: no division has the code {code:?}")]
    UnknownCode { table: &'static str, line: usize, code: String },
    #[error("home city {code:?} is not a code in the table of divisions (hint: 340600 is 淮北市)")]
    HomeCity { code: String },
}

/// Classifies source regions (投资来源区域); built once, then called without allocating.
pub struct RegionClassifier {
    tables: Tables,
    names: NameIndex,
    home: Place,
    china: u16,
}

impl RegionClassifier {
    /// Builds the index from the three csv texts under `data/codes` and the home city's division code.
    ///
    /// # Errors
    /// A malformed table (with its line), or a home city that the table does not know.
    pub fn new(divisions_csv: &str, history_csv: &str, countries_csv: &str, home_city: &str) -> Result<Self, RegionDataError> {
        let tables = Tables::read(divisions_csv, history_csv, countries_csv)?;
        let home = tables.by_code(home_city).ok_or_else(|| RegionDataError::HomeCity { code: home_city.to_owned() })?;
        let position = tables.countries.iter().position(|country| country.code == "CN");
        let china = position.and_then(|index| u16::try_from(index).ok());
        Ok(Self { home: tables.place(home), names: NameIndex::build(&tables), china: china.unwrap_or(NONE), tables })
    }

    /// Decides the source region from the clues: address before company name before credit code
    /// before the filer's word. A later clue may fill in the city an earlier one left open, or pick
    /// among places of one name; it never overrules. Contradictions are reported. Allocates nothing.
    pub fn classify<'a>(&'a self, clues: &RegionClues<'a>) -> SourceRegion<'a> {
        let findings = [
            (Clue::Address, self.read_address(clues.address)),
            (Clue::Company, self.read_company(clues.company)),
            (Clue::CreditCode, self.read_credit_code(clues.credit_code)),
            (Clue::Supplied, self.read_supplied(clues.supplied)),
        ];
        self.decide(&findings, clues.supplied)
    }

    /// Chinese name and code of the division with exactly this six-digit code.
    pub fn division_name(&self, code: &str) -> Option<&str> {
        let index = self.tables.by_code(code)?;
        self.tables.division(index).map(|division| division.name.as_str())
    }

    fn read_address<'t>(&self, address: &'t str) -> Option<Finding<'t>> {
        if address.is_empty() {
            return None;
        }
        let reader = AddressReader { names: &self.names };
        if latin::is_latin(address) {
            return reader.read_latin(address, self.china);
        }
        reader.read_chinese(address)
    }

    fn read_company<'t>(&self, company: &'t str) -> Option<Finding<'t>> {
        if company.is_empty() {
            return None;
        }
        let reader = AddressReader { names: &self.names };
        let glyphs = Glyphs::of(company, WINDOW);
        let chinese = glyphs.units().iter().any(|unit| glyphs::is_chinese(*unit));
        if chinese {
            return reader.read_company(&glyphs);
        }
        let found = reader.read_latin(company, self.china)?;
        let rule = if found.rule == "abroad" { found.rule } else { "name-latin" };
        Some(Finding { rule, confidence: found.confidence.min(75), ..found })
    }

    fn read_credit_code<'t>(&self, raw: &'t str) -> Option<Finding<'t>> {
        if raw.is_empty() {
            return None;
        }
        let code = CreditCode::parse(raw).ok()?;
        let place = self.tables.around_code(code.division())?;
        Some(Finding { place, rule: "code", confidence: 55, evidence: raw.trim(), rivals: Rivals::NONE })
    }
}
