//! The tables of divisions (行政区划), former names, zones and countries, read from csv text.

use super::RegionDataError;

/// No division, no country.
pub(super) const NONE: u16 = u16::MAX;

/// A province, a city or a county of today.
pub(super) struct Division {
    pub code: String,
    pub name: String,
    pub short: String,
    /// The short name is an ordinary word too (东方, 朝阳) and proves little by itself.
    pub ordinary: bool,
    pub english: String,
    pub place: Place,
    /// Part of 香港, 澳门 or 台湾 (GB/T 2260 codes 81, 82, 71): counted as abroad.
    pub offshore: bool,
}

/// Another name of a division: a former one, a zone within it, or an alias.
pub(super) struct OtherName {
    pub name: String,
    pub division: u16,
    pub kind: OtherKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OtherKind {
    Former,
    /// Given up since [`LATELY`]: texts still use it as if it were today's.
    FormerLately,
    Zone,
    Alias,
}

/// First month whose abolished names still count as current usage.
const LATELY: &str = "2018-01";

pub(super) struct Country {
    pub code: String,
    pub name: String,
    pub names: Vec<String>,
    pub company_forms: Vec<String>,
}

/// Where something is: indexes into the tables, [`NONE`] where unknown. `country` is `NONE` for China.
/// A municipality is its own city; a directly administered county is its own city too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub country: u16,
    pub province: u16,
    pub city: u16,
    pub county: u16,
}

impl Place {
    pub(super) const NOWHERE: Self = Self { country: NONE, province: NONE, city: NONE, county: NONE };

    pub(super) fn is_nowhere(self) -> bool {
        self.country == NONE && self.province == NONE
    }

    /// Whether `self` lies inside `outer`, or is `outer`.
    pub(super) fn is_within(self, outer: Place) -> bool {
        self.country == outer.country
            && (outer.province == NONE || self.province == outer.province)
            && (outer.city == NONE || self.city == outer.city)
            && (outer.county == NONE || self.county == outer.county)
    }

    /// Whether the two cannot both be true: other country, other province, or other known city.
    pub(super) fn contradicts(self, other: Place) -> bool {
        if self.is_nowhere() || other.is_nowhere() {
            return false;
        }
        let cities_differ = self.city != NONE && other.city != NONE && self.city != other.city;
        self.country != other.country || self.province != other.province || cities_differ
    }
}

pub(super) struct Tables {
    pub divisions: Vec<Division>,
    pub others: Vec<OtherName>,
    pub countries: Vec<Country>,
}

impl Tables {
    /// Reads the three csv texts; each begins with its header row.
    pub(super) fn read(divisions_csv: &str, history_csv: &str, countries_csv: &str) -> Result<Self, RegionDataError> {
        let mut tables = Self { divisions: read_divisions(divisions_csv)?, others: Vec::new(), countries: read_countries(countries_csv)? };
        tables.others = tables.read_others(history_csv)?;
        Ok(tables)
    }

    /// The division with exactly this code.
    pub(super) fn by_code(&self, code: &str) -> Option<u16> {
        let found = self.divisions.binary_search_by(|division| division.code.as_str().cmp(code));
        found.ok().and_then(|index| u16::try_from(index).ok())
    }

    /// The smallest known division around a six-digit code: itself, its city, its province.
    pub(super) fn around_code(&self, code: &str) -> Option<Place> {
        let six = code.as_bytes();
        if six.len() != 6 || !six.iter().all(u8::is_ascii_digit) {
            return None;
        }
        for known in [6, 4, 2] {
            let mut padded = *b"000000";
            padded[..known].copy_from_slice(&six[..known]);
            let found = std::str::from_utf8(&padded).ok().and_then(|code| self.by_code(code));
            if let Some(index) = found {
                return Some(self.place(index));
            }
        }
        None
    }

    pub(super) fn place(&self, division: u16) -> Place {
        self.division(division).map_or(Place::NOWHERE, |division| division.place)
    }

    pub(super) fn division(&self, index: u16) -> Option<&Division> {
        self.divisions.get(usize::from(index))
    }

    pub(super) fn country(&self, index: u16) -> Option<&Country> {
        self.countries.get(usize::from(index))
    }

    fn read_others(&self, csv: &str) -> Result<Vec<OtherName>, RegionDataError> {
        const TABLE: &str = "divisions-history";
        let mut others = Vec::new();
        for row in rows(csv, TABLE, "name,code,kind,until")? {
            let (line, [name, code, kind, until]) = row?;
            let division = self.by_code(code).ok_or(RegionDataError::UnknownCode { table: TABLE, line, code: code.to_owned() })?;
            let kind = match kind {
                "former" if until >= LATELY => OtherKind::FormerLately,
                "former" => OtherKind::Former,
                "zone" => OtherKind::Zone,
                "place" => OtherKind::Alias,
                _ => return Err(bad_row(TABLE, line, "kind is former, zone or place")),
            };
            others.push(OtherName { name: name.to_owned(), division, kind });
        }
        Ok(others)
    }
}

fn read_divisions(csv: &str) -> Result<Vec<Division>, RegionDataError> {
    const TABLE: &str = "divisions";
    let mut divisions: Vec<Division> = Vec::new();
    let (mut province, mut city) = (NONE, NONE);
    for row in rows(csv, TABLE, "code,name,short,english")? {
        let (line, [code, name, short, english]) = row?;
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad_row(TABLE, line, "code is six digits"));
        }
        if divisions.last().is_some_and(|last| last.code.as_str() >= code) {
            return Err(bad_row(TABLE, line, "codes ascend"));
        }
        let index = u16::try_from(divisions.len()).unwrap_or(NONE);
        if index == NONE {
            return Err(bad_row(TABLE, line, "at most 65,535 divisions"));
        }
        let level = Level::of(code);
        if level == Level::Province {
            province = index;
            city = if is_municipality(code) { index } else { NONE };
        } else if !has_prefix(&divisions, province, code, 2) {
            return Err(bad_row(TABLE, line, "its province comes before it"));
        }
        if level == Level::City || level == Level::Direct {
            city = index;
        } else if level == Level::County && !has_prefix(&divisions, city, code, 4) && !is_municipality(code) {
            return Err(bad_row(TABLE, line, "its city comes before it"));
        }
        let county = if level == Level::County { index } else { NONE };
        divisions.push(Division {
            code: code.to_owned(),
            name: name.to_owned(),
            short: short.trim_start_matches('~').to_owned(),
            ordinary: short.starts_with('~'),
            english: english.to_owned(),
            place: Place { country: NONE, province, city, county },
            offshore: matches!(code.get(..2), Some("71" | "81" | "82")),
        });
    }
    Ok(divisions)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Province,
    City,
    /// A county-level division under the province itself (济源, 仙桃, 石河子): third and fourth digit 90.
    Direct,
    County,
}

impl Level {
    fn of(code: &str) -> Self {
        match (code.get(2..4), code.get(4..6)) {
            (Some("00"), Some("00")) => Self::Province,
            (_, Some("00")) => Self::City,
            (Some("90"), _) => Self::Direct,
            _ => Self::County,
        }
    }
}

/// 北京, 天津, 上海, 重庆: counties stand directly under them.
fn is_municipality(code: &str) -> bool {
    matches!(code.get(..2), Some("11" | "12" | "31" | "50"))
}

fn has_prefix(divisions: &[Division], outer: u16, code: &str, digits: usize) -> bool {
    divisions.get(usize::from(outer)).is_some_and(|outer| outer.code.get(..digits) == code.get(..digits))
}

fn read_countries(csv: &str) -> Result<Vec<Country>, RegionDataError> {
    const TABLE: &str = "countries";
    let list = |cell: &str| -> Vec<String> {
        let parts = cell.split('|').filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let mut countries = Vec::new();
    for row in rows(csv, TABLE, "code,name,english,aliases,company_forms")? {
        let (line, [code, name, english, aliases, company_forms]) = row?;
        if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(bad_row(TABLE, line, "code is two capital letters"));
        }
        let mut names = vec![name.to_owned(), english.to_owned()];
        names.extend(list(aliases));
        countries.push(Country { code: code.to_owned(), name: name.to_owned(), names, company_forms: list(company_forms) });
    }
    Ok(countries)
}

type Row<'c, const N: usize> = Result<(usize, [&'c str; N]), RegionDataError>;

/// The data rows of a csv text without quoting, each with its line number, after checking the header.
fn rows<'c, const N: usize>(
    csv: &'c str,
    table: &'static str,
    header: &'static str,
) -> Result<impl Iterator<Item = Row<'c, N>>, RegionDataError> {
    let csv = csv.trim_start_matches('\u{feff}');
    let found = csv.lines().next().unwrap_or("").trim_end();
    if found != header {
        return Err(RegionDataError::Header { table, expected: header, found: found.to_owned() });
    }
    let numbered = csv.lines().enumerate().skip(1);
    let filled = numbered.filter(|(_, line)| !line.trim().is_empty());
    Ok(filled.map(move |(index, line)| {
        let mut cells = [""; N];
        let mut count = 0;
        for cell in line.trim_end().split(',') {
            if let Some(slot) = cells.get_mut(count) {
                *slot = cell.trim();
            }
            count += 1;
        }
        if count != N {
            return Err(bad_row(table, index + 1, "wrong number of cells"));
        }
        Ok((index + 1, cells))
    }))
}

fn bad_row(table: &'static str, line: usize, problem: &'static str) -> RegionDataError {
    RegionDataError::Row { table, line, problem }
}
