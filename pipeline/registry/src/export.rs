//! What the books say, as landing files for the lake (备案入湖): per carrier, its recognised rows and the books' own tables.
//!
//! The same books give the same bytes. Nothing here names or reaches a person: personal fields stay behind, numbers
//! in free texts are masked, and neither who objected nor why leaves the books.

mod lines;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use qunlian_domain::access::RowScope;
use qunlian_domain::catalogue::City;
use qunlian_domain::filing::landing::{Counted, Filed, LandingRow, rows_of};
use qunlian_domain::landing::keys::trailer;
use qunlian_domain::landing::{COLUMNS, COMPLAINT_COLUMNS, books};

use self::lines::Line;
use crate::{Change, Claim, ClaimFilter, Filing, FilingBooks, FilingFilter, Notice, NoticeBooks, Objection, RegistryError};

/// Everything of one carrier, ready to be placed as a landing folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierExport {
    pub carrier: String,
    /// Name and bytes, by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// One for each year of filing numbers that has recognised rows.
    pub sheets: Vec<ExportedSheet>,
}

/// `sheet-<year>.csv` and `keys-<year>.bin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportedSheet {
    pub year: i32,
    pub rows: u64,
    /// The newest day that a row tells of.
    pub reported_on: NaiveDate,
}

impl CarrierExport {
    /// BLAKE3 of all files: the name of the landing folder.
    pub fn blake3(&self) -> String {
        hash(self.files.iter())
    }

    /// BLAKE3 of the recognised rows alone: projects are not built anew because a draft was submitted.
    pub fn rows_blake3(&self) -> String {
        hash(self.files.iter().filter(|(name, _)| name.starts_with("sheet-") || name.starts_with("keys-")))
    }
}

fn hash<'f>(files: impl Iterator<Item = (&'f String, &'f Vec<u8>)>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (name, bytes) in files {
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes());
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }
    hasher.finalize().to_hex().to_string()
}

/// Reads the books and writes the files of every carrier that has submitted anything.
pub fn export<S: FilingBooks + NoticeBooks + ?Sized>(store: &S, city: &City) -> Result<Vec<CarrierExport>, RegistryError> {
    let books = Books::read(store)?;
    let mut carriers: BTreeMap<&str, Carrier<'_>> = BTreeMap::new();
    for filing in books.filings.values() {
        let carrier = carriers.entry(&filing.carrier_id).or_default();
        carrier.take_filing(&books, filing, city);
    }
    for notice in &books.notices {
        for item in &notice.items {
            let Some((claim, filing)) = books.claim(item.claim) else { continue };
            carriers.entry(&filing.carrier_id).or_default().table("notices").push(lines::notice(notice, item, claim, filing));
        }
    }
    for objection in &books.objections {
        let Some((claim, filing)) = books.claim(objection.claim) else { continue };
        carriers.entry(&filing.carrier_id).or_default().table("objections").push(lines::objection(objection, claim, filing));
    }
    Ok(carriers.into_iter().map(|(carrier, found)| found.into_export(carrier)).collect())
}

/// All that was submitted at least once; drafts are their writers' own.
struct Books {
    /// By number.
    filings: BTreeMap<String, Filing>,
    claims: Vec<Claim>,
    by_id: HashMap<i64, usize>,
    reviews: HashMap<i64, lines::Reviews>,
    notices: Vec<Notice>,
    objections: Vec<Objection>,
    changes: HashMap<i64, Vec<Change>>,
}

impl Books {
    fn read<S: FilingBooks + NoticeBooks + ?Sized>(store: &S) -> Result<Self, RegistryError> {
        // Later reads may tell of more than earlier ones; what they add is passed over until the next export.
        let all = FilingFilter { scope: RowScope::City, deleted: true, limit: usize::MAX, ..FilingFilter::default() };
        let filings: BTreeMap<String, Filing> = store
            .filings(&all)?
            .into_iter()
            .filter(|filing| filing.first_submitted_at.is_some())
            .map(|filing| (filing.number.clone(), filing))
            .collect();
        let all = ClaimFilter { scope: RowScope::City, limit: usize::MAX, ..ClaimFilter::default() };
        let mut claims = store.claims(&all)?;
        claims.retain(|claim| claim.first_submitted_at.is_some());
        claims.sort_by_key(|claim| claim.id);
        let by_id = claims.iter().enumerate().map(|(at, claim)| (claim.id, at)).collect();
        let ever = (NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default(), NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default());
        let mut reviews: HashMap<i64, lines::Reviews> = HashMap::new();
        for event in store.events_between(ever.0, ever.1)? {
            reviews.entry(event.claim).or_default().take(&event);
        }
        let mut notices = Vec::new();
        for notice in store.notices(usize::MAX)? {
            notices.extend(store.notice(&notice.id)?);
        }
        notices.sort_by(|a, b| a.id.cmp(&b.id));
        let mut objections = store.objections(None)?;
        objections.sort_by_key(|objection| objection.id);
        let mut changes = HashMap::new();
        for filing in filings.values() {
            changes.insert(filing.id, store.changes_of(filing.id)?);
        }
        Ok(Self { filings, claims, by_id, reviews, notices, objections, changes })
    }

    fn claim(&self, id: i64) -> Option<(&Claim, &Filing)> {
        let claim = self.claims.get(*self.by_id.get(&id)?)?;
        Some((claim, self.filings.get(&claim.filing_number)?))
    }

    fn claims_of(&self, filing: &Filing) -> impl Iterator<Item = &Claim> {
        self.claims.iter().filter(move |claim| claim.filing == filing.id)
    }
}

/// One carrier's files in the making.
#[derive(Default)]
struct Carrier<'b> {
    rows: Vec<LandingRow>,
    tables: BTreeMap<&'static str, Vec<Line<'b>>>,
}

impl<'b> Carrier<'b> {
    fn table(&mut self, name: &'static str) -> &mut Vec<Line<'b>> {
        self.tables.entry(name).or_default()
    }

    fn take_filing(&mut self, books: &'b Books, filing: &'b Filing, city: &'b City) {
        let claims: Vec<&Claim> = books.claims_of(filing).collect();
        let counted = claims.iter().filter_map(|claim| {
            let counted_from = claim.counted_from?;
            Some(Counted { id: claim.id, matter: claim.matter, values: &claim.values, counted_from, revoked_on: claim.revoked_on })
        });
        let filed = Filed { number: &filing.number, carrier: &filing.carrier_id, claims: counted.collect() };
        self.rows.extend(rows_of(&filed, &city.chains));
        let reviews = |claim: &Claim| books.reviews.get(&claim.id).copied().unwrap_or_default();
        self.table("filings").push(lines::filing(filing, &claims, reviews));
        for claim in claims {
            self.table("claims").push(lines::claim(claim, filing, reviews(claim)));
        }
        let changes = books.changes.get(&filing.id).map_or(&[][..], Vec::as_slice);
        self.table("changes").extend(changes.iter().filter_map(|change| lines::change(change, filing, &city.filing)));
    }

    fn into_export(self, carrier: &str) -> CarrierExport {
        let mut files = BTreeMap::new();
        let mut sheets = Vec::new();
        let mut years: BTreeMap<i32, Vec<LandingRow>> = BTreeMap::new();
        for row in self.rows {
            years.entry(row.year).or_default().push(row);
        }
        for (year, rows) in years {
            let reported_on = rows.iter().map(|row| row.on).max().unwrap_or_default();
            sheets.push(ExportedSheet { year, rows: rows.len() as u64, reported_on });
            files.insert(format!("sheet-{year}.csv"), csv(&COLUMNS.map(|(name, _)| name), rows.iter().map(LandingRow::cells)));
            let mut keys: Vec<u8> = rows.iter().flat_map(|row| row.row_keys(0).to_bytes()).collect();
            keys.extend(trailer(&[carrier.to_owned()], rows.len() as u64));
            files.insert(format!("keys-{year}.bin"), keys);
        }
        for (table, columns) in books::TABLES {
            let lines = self.tables.get(table).map_or(&[][..], Vec::as_slice);
            let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            files.insert(format!("{table}.csv"), csv(&names, lines.iter().map(|line| line.cells(columns))));
        }
        files.insert("complaints.csv".to_owned(), csv(&COMPLAINT_COLUMNS, std::iter::empty::<[String; 0]>()));
        CarrierExport { carrier: carrier.to_owned(), files, sheets }
    }
}

fn csv<R: IntoIterator<Item = String>>(names: &[&str], rows: impl Iterator<Item = R>) -> Vec<u8> {
    let mut out = names.join(",").into_bytes();
    out.push(b'\n');
    for row in rows {
        for (at, cell) in row.into_iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            push_cell(&mut out, &cell);
        }
        out.push(b'\n');
    }
    out
}

fn push_cell(out: &mut Vec<u8>, cell: &str) {
    if !cell.contains([',', '"', '\n', '\r']) {
        return out.extend_from_slice(cell.as_bytes());
    }
    out.push(b'"');
    out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests;
