//! What the books say, as rows of the lake (备案入湖): one filing's recognised claims become landing rows.
//!
//! The rows of a filing tell, day by day, what counts by the end of that day: facts and dates that are new, and what
//! no longer counts. A claim counts from its recognition, but never before the filing itself does. Where two claims
//! state the same milestone or month, the one recognised last stands; when it is revoked, the one before stands again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{FieldKind, Matter, Values, kind_of};
use crate::chain::ChainCatalogue;
use crate::history::{Action, InvestmentKind, TextFact};
use crate::landing::COLUMNS;
use crate::landing::keys::RowKeys;
use crate::period::start_of_month;
use crate::privacy::mask;
use crate::project::{Milestone, ProjectKeys, Status, keys};
use crate::promise::Promised;
use crate::text::tidy;

/// The title that rows of the books carry in place of a workbook's name.
pub const BOOKS: &str = "备案登记簿";

/// What stands before the carrier in the file number of its rows: `books-suixi`.
pub const FILE_PREFIX: &str = "books-";

/// A filing whose project claim was recognised at some time.
#[derive(Debug, Clone)]
pub struct Filed<'a> {
    /// `2022-00017`
    pub number: &'a str,
    pub carrier: &'a str,
    /// In any order.
    pub claims: Vec<Counted<'a>>,
}

/// A claim that counts or once counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// Its number in the books: of two of one day the later one stands.
    pub id: i64,
    pub matter: Matter,
    pub values: &'a Values,
    pub counted_from: NaiveDate,
    pub revoked_on: Option<NaiveDate>,
}

/// One landing row of the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandingRow {
    /// Year and serial of the filing's number: they stand where a workbook's rows have sheet and row.
    pub year: i32,
    pub serial: u32,
    pub carrier: String,
    pub month: NaiveDate,
    /// The day from which it is said: 截至日期 and 认定日期 at once.
    pub on: NaiveDate,
    pub action: Action,
    /// By field id; impersonal and masked.
    pub facts: Values,
    /// By [`Milestone::ALL`].
    pub happened: [Option<NaiveDate>; 7],
    pub fixed: Option<i64>,
    pub paid_in: Option<i64>,
    pub keys: ProjectKeys,
    /// The name that the project bore until this row, and its key then.
    pub previous: Option<(String, u64)>,
}

/// The landing rows of one filing, by day. None before its project claim is recognised.
pub fn rows_of(filed: &Filed<'_>, chains: &ChainCatalogue) -> Vec<LandingRow> {
    let Some(begin) = filed.claims.iter().filter(|claim| claim.matter == Matter::Project).map(|claim| claim.counted_from).min() else {
        return Vec::new();
    };
    let Some((year, serial)) = number_parts(filed.number) else { return Vec::new() };
    let mut claims = filed.claims.clone();
    for claim in &mut claims {
        claim.counted_from = claim.counted_from.max(begin);
    }
    claims.retain(|claim| claim.revoked_on.is_none_or(|revoked| revoked > claim.counted_from));
    claims.sort_by_key(|claim| (claim.counted_from, claim.id));
    let days: BTreeSet<NaiveDate> = claims.iter().flat_map(|claim| [Some(claim.counted_from), claim.revoked_on]).flatten().collect();
    let mut known = Known::default();
    let mut rows = Vec::new();
    for on in days {
        let day = Day { filed, chains, year, serial, on };
        known.pass(&day, &claims, &mut rows);
    }
    rows
}

/// The key by which a filing's project finds its rows in the lake.
pub fn project_keys(facts: &Values) -> ProjectKeys {
    keys(facts.text("name"), facts.text("investor"), facts.text("credit_code"), &mut String::new())
}

/// `2022-00017` as 2022 and 17.
pub fn number_parts(number: &str) -> Option<(i32, u32)> {
    let (year, serial) = number.split_once('-')?;
    Some((year.parse().ok()?, serial.parse().ok()?))
}

/// What a row is made for.
struct Day<'a> {
    filed: &'a Filed<'a>,
    chains: &'a ChainCatalogue,
    year: i32,
    serial: u32,
    on: NaiveDate,
}

/// Where a statement belongs: a milestone, or one kind of amount in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Milestone(Milestone),
    Amount(NaiveDate, InvestmentKind),
}

/// What is stated there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stated {
    Day(NaiveDate),
    Yuan(i64),
}

/// What the rows so far have said.
#[derive(Default)]
struct Known {
    facts: Values,
    stands: BTreeMap<Place, Stated>,
}

impl Known {
    fn pass(&mut self, day: &Day<'_>, claims: &[Counted<'_>], rows: &mut Vec<LandingRow>) {
        let counting = |claim: &&Counted<'_>| claim.counted_from <= day.on && claim.revoked_on.is_none_or(|revoked| revoked > day.on);
        let mut facts = self.facts.clone();
        let mut stands = BTreeMap::new();
        for claim in claims.iter().filter(counting) {
            facts = facts.with(&facts_of(claim, day.chains));
            stands.extend(statements(claim.matter, claim.values));
        }
        let identity = project_keys(&facts);
        let mut first = LandingRow { facts: news(&self.facts, &facts), ..day.row(&facts, identity) };
        if !self.facts.is_empty() {
            let before = project_keys(&self.facts);
            let renamed = before.by_name != identity.by_name;
            first.previous = renamed.then(|| (self.facts.text("name").to_owned(), before.by_name));
        }
        let new = |place: &Place, stated: &Stated| self.stands.get(place) != Some(stated);
        first.state(stands.iter().filter(|(place, stated)| matches!(place, Place::Milestone(_)) && new(place, stated)));
        let says_something = facts != self.facts || first.happened.iter().any(Option::is_some);
        if says_something {
            rows.push(first);
        }
        let amounts = stands.iter().filter(|(place, stated)| matches!(place, Place::Amount(..)) && new(place, stated));
        day.push_months(amounts, Action::Report, &facts, rows);
        let gone: BTreeMap<Place, Stated> =
            self.stands.iter().filter(|(place, _)| !stands.contains_key(place)).map(|(place, stated)| (*place, *stated)).collect();
        let mut taken_back = LandingRow { action: Action::Revoke, ..day.row(&facts, identity) };
        taken_back.state(gone.iter().filter(|(place, _)| matches!(place, Place::Milestone(_))));
        if taken_back.happened.iter().any(Option::is_some) {
            rows.push(taken_back);
        }
        day.push_months(gone.iter().filter(|(place, _)| matches!(place, Place::Amount(..))), Action::Revoke, &facts, rows);
        *self = Self { facts, stands };
    }
}

impl Day<'_> {
    /// A row that says who it is about and nothing else.
    fn row(&self, facts: &Values, keys: ProjectKeys) -> LandingRow {
        let mut who = Values::default();
        for field in IDENTITY {
            who.set(field, facts.text(field));
        }
        LandingRow {
            year: self.year,
            serial: self.serial,
            carrier: self.filed.carrier.to_owned(),
            month: start_of_month(self.on),
            on: self.on,
            action: Action::Report,
            facts: who,
            happened: [None; 7],
            fixed: None,
            paid_in: None,
            keys,
            previous: None,
        }
    }

    /// One row for each month.
    fn push_months<'s>(
        &self,
        amounts: impl Iterator<Item = (&'s Place, &'s Stated)>,
        action: Action,
        facts: &Values,
        rows: &mut Vec<LandingRow>,
    ) {
        let mut months: BTreeMap<NaiveDate, LandingRow> = BTreeMap::new();
        for (place, stated) in amounts {
            let Place::Amount(month, _) = *place else { continue };
            let row = months.entry(month).or_insert_with(|| LandingRow { month, action, ..self.row(facts, project_keys(facts)) });
            row.state(std::iter::once((place, stated)));
        }
        rows.extend(months.into_values());
    }
}

/// Fields that every row states, so that rows find their project.
const IDENTITY: [&str; 3] = ["name", "investor", "credit_code"];

impl LandingRow {
    fn state<'s>(&mut self, statements: impl Iterator<Item = (&'s Place, &'s Stated)>) {
        for (place, stated) in statements {
            match (place, stated) {
                (Place::Milestone(milestone), Stated::Day(on)) => self.happened[*milestone as usize] = Some(*on),
                (Place::Amount(_, InvestmentKind::FixedAssets), Stated::Yuan(yuan)) => self.fixed = Some(*yuan),
                (Place::Amount(_, InvestmentKind::PaidIn), Stated::Yuan(yuan)) => self.paid_in = Some(*yuan),
                // A milestone has a day and an amount its yuan: see `statements`.
                _ => {}
            }
        }
    }

    /// The row's cells in the order of [`COLUMNS`].
    pub fn cells(&self) -> [String; COLUMNS.len()] {
        COLUMNS.map(|(column, _)| self.cell(column))
    }

    /// The row's keys; `carrier` is the position of its carrier in the file's list.
    pub fn row_keys(&self, carrier: u32) -> RowKeys {
        RowKeys {
            name_key: self.keys.by_name,
            code_key: self.keys.by_code.unwrap_or(0),
            previous_key: self.previous.as_ref().map_or(0, |(_, key)| *key),
            reported_on: self.on,
            carrier,
        }
    }

    fn cell(&self, column: &str) -> String {
        if let Some(milestone) = column.strip_suffix("_on").and_then(Milestone::from_id) {
            return self.happened[milestone as usize].map(|day| day.to_string()).unwrap_or_default();
        }
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        match column {
            "row" => self.serial.to_string(),
            "name_key" => self.keys.by_name.to_string(),
            "code_key" => self.keys.by_code.map(|key| key.to_string()).unwrap_or_default(),
            "carrier_id" => self.carrier.clone(),
            "month" => self.month.to_string(),
            "reported_on" | "recognised_on" => self.on.to_string(),
            "action" => self.action.id().to_owned(),
            "paid_in_yuan" => number(self.paid_in),
            "fixed_yuan" => number(self.fixed),
            "confidential" => i32::from(self.facts.flag("confidential")).to_string(),
            "remark" => format!("{:04}-{:05}", self.year, self.serial),
            "previous_name" => self.previous.as_ref().map(|(name, _)| name.clone()).unwrap_or_default(),
            "sheet" => self.year.to_string(),
            "file" => format!("{FILE_PREFIX}{}", self.carrier),
            "previous_key" => self.previous.as_ref().map(|(_, key)| key.to_string()).unwrap_or_default(),
            field => self.facts.text(field).to_owned(),
        }
    }
}

/// What is new, with what tells who it is about.
fn news(before: &Values, after: &Values) -> Values {
    after
        .iter()
        .filter(|(field, text)| IDENTITY.contains(field) || *field == "confidential" || before.text(field) != *text)
        .map(|(field, text)| (field.to_owned(), text.to_owned()))
        .collect()
}

/// The facts that a claim adds to its project, as the lake takes them: no person, no telephone, catalogue names.
fn facts_of(claim: &Counted<'_>, chains: &ChainCatalogue) -> Values {
    let mut facts = Values::default();
    let takes_all = matches!(claim.matter, Matter::Project | Matter::Change | Matter::Milestone(_));
    for (field, text) in claim.values.impersonal().iter().filter(|_| takes_all) {
        let known = TextFact::COLUMNS.contains(&field)
            || matches!(field, "agreed_yuan" | "planned_fixed_yuan" | "confidential")
            || Promised::ALL.iter().any(|promised| promised.column() == field);
        if !known || field == "status" {
            continue;
        }
        let shown = match kind_of(field) {
            Some(FieldKind::Chain) => chains.chain(text).map_or(text, |chain| &chain.name).to_owned(),
            Some(FieldKind::Segment) => chains.segment(text).map_or(text, |(_, segment)| &segment.name).to_owned(),
            _ => tidy(&mask(text)),
        };
        facts.set(field, shown);
    }
    match claim.matter {
        Matter::Status => facts.set("status", claim.values.text("status")),
        // The project was filed in error: it goes on neither as a negotiation nor in any list of what is to come.
        Matter::Deletion => facts.set("status", Status::Abandoned.id()),
        _ => {}
    }
    facts
}

/// The dates and amounts that a claim makes count.
fn statements(matter: Matter, values: &Values) -> Vec<(Place, Stated)> {
    let dated = |milestone: Milestone| {
        let on = values.day(&format!("{}_on", milestone.id()))?;
        Some((Place::Milestone(milestone), Stated::Day(on)))
    };
    match matter {
        Matter::Project => Milestone::ALL.into_iter().filter_map(dated).collect(),
        Matter::Milestone(milestone) => dated(milestone).into_iter().collect(),
        Matter::Investment(kind, month) => {
            let yuan = values.yuan("yuan");
            yuan.map(|yuan| (Place::Amount(start_of_month(month), kind), Stated::Yuan(yuan))).into_iter().collect()
        }
        Matter::Change | Matter::Status | Matter::Deletion => Vec::new(),
    }
}

/// The milestones that a claim states, by id: `signed,started`.
pub fn milestones_of(matter: Matter, values: &Values) -> String {
    let ids = statements(matter, values).into_iter().filter_map(|(place, _)| match place {
        Place::Milestone(milestone) => Some(milestone.id()),
        Place::Amount(..) => None,
    });
    ids.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
