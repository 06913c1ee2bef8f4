//! Reading the catalogue's files one by one, in the order in which they refer to each other.

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{CatalogueError, City, dates, desk, sheets, targets};
use crate::carriers::{Carrier, CarrierKind, Carriers, NameTrimmings};
use crate::chain::ChainCatalogue;
use crate::filing::FilingCatalogue;
use crate::industry::Industries;
use crate::light::{Bounds, LightRule, LightWords, Measure};
use crate::money::ExchangeRates;
use crate::region::RegionGroups;
use crate::scale::{Band, Bands};
use crate::target;
use crate::workdays::WorkCalendar;

/// Which amount decides a project's scale band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BandBasis {
    /// 协议投资额
    Agreed,
    /// 计划固定资产投资
    PlannedFixed,
}

impl BandBasis {
    /// The amount of a project that its scale band is read from, in yuan.
    pub fn amount(self, agreed: Option<i64>, planned_fixed: Option<i64>) -> Option<i64> {
        match self {
            Self::Agreed => agreed,
            Self::PlannedFixed => planned_fixed,
        }
    }
}

/// A publication that facts of the catalogue were taken from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub id: String,
    pub title: String,
    pub publisher: String,
    /// `2022-06-10`, or less exact.
    pub date: String,
    /// What was taken from it.
    pub facts: String,
}

/// `city.toml`: the city and its center.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub id: String,
    /// 淮北市
    pub name: String,
    /// 淮北市投资促进中心
    pub center: String,
    /// Division code of the city.
    pub division: String,
    /// Division code of its province.
    pub province: String,
    /// IANA name of the time zone in which the business day turns.
    pub timezone: String,
    pub band_basis: BandBasis,
    /// Each has a file `targets-<year>.toml`, and may have `scoring-<year>.toml`.
    pub target_years: Vec<i32>,
    /// Data older than this many calendar days is called stale (数据陈旧).
    pub stale_after_days: u32,
    #[serde(rename = "source", default)]
    pub sources: Vec<Source>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarriersFile {
    names: TrimmingsTable,
    carrier: Vec<CarrierRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrimmingsTable {
    prefixes: Vec<String>,
    suffixes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarrierRow {
    id: String,
    name: String,
    short_name: String,
    kind: String,
    parent: String,
    assessed: bool,
    sort: i32,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(deserialize_with = "dates::day")]
    valid_from: NaiveDate,
    #[serde(default, deserialize_with = "dates::optional_day")]
    valid_until: Option<NaiveDate>,
    #[serde(default = "yes")]
    documented: bool,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BandsFile {
    band: Vec<BandRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BandRow {
    id: String,
    name: String,
    least: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LightFile {
    measure: String,
    escalate_months: usize,
    words: WordsTable,
    points: BoundsTable,
    shortfall: BoundsTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsTable {
    green: String,
    slightly_behind: String,
    yellow: String,
    red: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundsTable {
    yellow_from: f64,
    yellow_inclusive: bool,
    red_above: f64,
}

fn yes() -> bool {
    true
}

/// Hands out files and keeps what was read.
pub(super) struct Reader<'r> {
    read: &'r dyn Fn(&str) -> std::io::Result<String>,
    sources: Vec<(String, String)>,
}

impl Reader<'_> {
    fn text(&mut self, path: &str) -> Result<String, CatalogueError> {
        let text = read_text(self.read, path)?;
        self.sources.push((path.to_owned(), text.clone()));
        Ok(text)
    }

    fn toml<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, CatalogueError> {
        let text = self.text(path)?;
        parse(path, &text)
    }
}

pub(super) fn load(read: &dyn Fn(&str) -> std::io::Result<String>, folder: &str) -> Result<City, CatalogueError> {
    let mut reader = Reader { read, sources: Vec::new() };
    let in_city = |name: &str| format!("{folder}/{name}");
    let industries = load_industries(&mut reader)?;
    let (workdays_csv, workdays) = load_workdays(&mut reader)?;
    let exchange = load_exchange(&mut reader)?;
    let profile = load_profile(&mut reader, &in_city("city.toml"))?;
    let carriers = load_carriers(&mut reader, &in_city("carriers.toml"), &profile)?;
    let chains = load_chains(&mut reader, &in_city("chains.toml"), &industries)?;
    let region_groups = load_regions(&mut reader, &in_city("regions.toml"))?;
    let bands = load_bands(&mut reader, &in_city("bands.toml"))?;
    let (mut leading_targets, mut issued_targets) = (Vec::new(), Vec::new());
    for year in &profile.target_years {
        let path = in_city(&format!("targets-{year}.toml"));
        let file: targets::TargetsFile = reader.toml(&path)?;
        let issued =
            targets::read(&path, file, *year, &targets::Known { profile: &profile, carriers: &carriers, chains: &chains, bands: &bands })?;
        leading_targets.extend(target::leading(&issued));
        issued_targets.extend(issued);
    }
    let light = load_light(&mut reader, &in_city("light.toml"))?;
    let filing = load_filing(read, &in_city("filing.toml"))?;
    let path = in_city("sheets.toml");
    let sheets = sheets::read(&path, reader.toml(&path)?)?;
    let procedure = desk::load_procedure(read, &in_city("procedure.toml"))?;
    let reserve = desk::load_reserve(read, &in_city("reserve.toml"), &chains)?;
    let forecast = desk::load_forecast(read, &in_city("forecast.toml"))?;
    let mut scorings = Vec::new();
    for year in &profile.target_years {
        scorings.extend(desk::load_scoring(read, &in_city(&format!("scoring-{year}.toml")), *year, &carriers, &bands)?);
    }
    let bulletins = desk::load_bulletins(read, &in_city("bulletins"))?;
    Ok(City {
        profile,
        carriers,
        chains,
        region_groups,
        bands,
        targets: leading_targets,
        issued_targets,
        light,
        filing,
        sheets,
        procedure,
        reserve,
        forecast,
        scorings,
        bulletins,
        industries,
        workdays_csv,
        workdays,
        exchange,
        sources: reader.sources,
    })
}

fn load_industries(reader: &mut Reader<'_>) -> Result<Industries, CatalogueError> {
    let path = "codes/industries.csv";
    let text = reader.text(path)?;
    Industries::from_csv(&text).map_err(|error| whole_file(path, error.to_string(), "restore the file as it came with the product"))
}

fn load_workdays(reader: &mut Reader<'_>) -> Result<(String, WorkCalendar), CatalogueError> {
    let path = "codes/workdays.csv";
    let text = reader.text(path)?;
    let calendar =
        WorkCalendar::from_csv(&text).map_err(|error| whole_file(path, error.to_string(), "write lines like 2022-01-31,off,春节"))?;
    Ok((text, calendar))
}

fn load_exchange(reader: &mut Reader<'_>) -> Result<ExchangeRates, CatalogueError> {
    let path = "codes/exchange-rates.csv";
    let text = reader.text(path)?;
    ExchangeRates::from_csv(&text).map_err(|error| whole_file(path, error.to_string(), "write lines like 2022,CNY,6.7290"))
}

fn load_profile(reader: &mut Reader<'_>, path: &str) -> Result<Profile, CatalogueError> {
    let profile: Profile = reader.toml(path)?;
    let six_digits = |code: &str| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    for (key, code) in [("division", &profile.division), ("province", &profile.province)] {
        if !six_digits(code) {
            return Err(at(path, key, format!("{code:?} is not a division code"), "write six digits, like 340600"));
        }
    }
    if !profile.timezone.contains('/') {
        return Err(at(path, "timezone", format!("{:?} is not a time zone", profile.timezone), "write one like Asia/Shanghai"));
    }
    if profile.target_years.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(at(path, "target_years", "the years are not in order".to_owned(), "write each year once, earliest first"));
    }
    Ok(profile)
}

fn load_carriers(reader: &mut Reader<'_>, path: &str, profile: &Profile) -> Result<Carriers, CatalogueError> {
    let file: CarriersFile = reader.toml(path)?;
    let mut rows = Vec::with_capacity(file.carrier.len());
    for row in file.carrier {
        let Some(kind) = CarrierKind::from_id(&row.kind) else {
            let place = format!("carrier {}", row.id);
            return Err(at(path, &place, format!("there is no kind {:?}", row.kind), "write county, district or park"));
        };
        rows.push(Carrier {
            id: row.id,
            name: row.name,
            short_name: row.short_name,
            kind,
            parent: row.parent,
            assessed: row.assessed,
            aliases: row.aliases,
            sort: row.sort,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            documented: row.documented,
            note: row.note,
        });
    }
    let trimmings = NameTrimmings { prefixes: file.names.prefixes, suffixes: file.names.suffixes };
    Carriers::new(&profile.id, rows, &trimmings)
        .map_err(|error| whole_file(path, error.to_string(), "correct the [[carrier]] entries named here"))
}

fn load_chains(reader: &mut Reader<'_>, path: &str, industries: &Industries) -> Result<ChainCatalogue, CatalogueError> {
    let chains: ChainCatalogue = reader.toml(path)?;
    chains.check(industries).map_err(|fault| at(path, &fault.place, fault.problem, &fault.hint))?;
    Ok(chains)
}

fn load_regions(reader: &mut Reader<'_>, path: &str) -> Result<RegionGroups, CatalogueError> {
    let text = reader.text(path)?;
    RegionGroups::from_toml(&text)
        .map_err(|error| whole_file(path, error.to_string(), "write [[group]] entries with id, name, members and valid_from"))
}

fn load_bands(reader: &mut Reader<'_>, path: &str) -> Result<Bands, CatalogueError> {
    let file: BandsFile = reader.toml(path)?;
    let bands = file.band.into_iter().map(|row| Band { id: row.id, name: row.name, least: row.least }).collect();
    Bands::new(bands).map_err(|error| whole_file(path, error.to_string(), "write `least` in yuan, lowest band first"))
}

/// Read apart from the rule version, as all of the desk's files: a new hint on the form builds nothing anew.
fn load_filing(read: &dyn Fn(&str) -> std::io::Result<String>, path: &str) -> Result<FilingCatalogue, CatalogueError> {
    let text = read_text(read, path)?;
    FilingCatalogue::from_toml(&text).map_err(|fault| at(path, &fault.place, fault.problem, &fault.hint))
}

fn load_light(reader: &mut Reader<'_>, path: &str) -> Result<LightRule, CatalogueError> {
    let file: LightFile = reader.toml(path)?;
    let measure = match file.measure.as_str() {
        "points" => Measure::Points,
        "shortfall" => Measure::Shortfall,
        other => return Err(at(path, "measure", format!("there is no measure {other:?}"), "write points or shortfall")),
    };
    let bounds = |key: &str, table: BoundsTable| {
        let ordered = table.yellow_from.is_finite() && table.yellow_from >= 0.0 && table.red_above > table.yellow_from;
        if !ordered {
            let problem = format!("yellow_from {} and red_above {} are not in order", table.yellow_from, table.red_above);
            return Err(at(path, key, problem, "write 0 or more for yellow_from and more than that for red_above"));
        }
        Ok(Bounds { yellow_from: table.yellow_from, red_above: table.red_above, yellow_inclusive: table.yellow_inclusive })
    };
    Ok(LightRule {
        measure,
        points: bounds("points", file.points)?,
        shortfall: bounds("shortfall", file.shortfall)?,
        escalate_months: file.escalate_months,
        words: LightWords {
            green: file.words.green,
            slightly_behind: file.words.slightly_behind,
            yellow: file.words.yellow,
            red: file.words.red,
        },
    })
}

/// Text of a file without a byte-order mark.
pub(super) fn read_text(read: &dyn Fn(&str) -> std::io::Result<String>, path: &str) -> Result<String, CatalogueError> {
    let text = read(path).map_err(|error| whole_file(path, format!("cannot be read: {error}"), "put the file there, or restore it"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Parses a file; a fault names its line and, through the parser's words, the key.
pub(super) fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, CatalogueError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        let place = line.map_or_else(|| "whole file".to_owned(), |line| format!("line {line}"));
        at(path, &place, error.message().replace('\n', "; "), "compare with the neighbouring entries of the file")
    })
}

fn whole_file(path: &str, problem: String, hint: &str) -> CatalogueError {
    at(path, "whole file", problem, hint)
}

pub(super) fn at(path: &str, place: &str, problem: String, hint: &str) -> CatalogueError {
    CatalogueError { file: path.to_owned(), place: place.to_owned(), problem, hint: hint.to_owned() }
}
