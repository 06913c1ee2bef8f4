//! Carriers (载体单位): the dated tree of counties, districts and parks that bring projects in.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::text::fold;

/// What a carrier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CarrierKind {
    /// 县
    County,
    /// 区
    District,
    /// 园区
    Park,
}

impl CarrierKind {
    /// `county`, `district` or `park`.
    pub fn id(self) -> &'static str {
        match self {
            CarrierKind::County => "county",
            CarrierKind::District => "district",
            CarrierKind::Park => "park",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        [CarrierKind::County, CarrierKind::District, CarrierKind::Park].into_iter().find(|kind| kind.id() == id)
    }
}

/// One carrier in one span of time. A carrier that moved in the tree has several rows of one id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    pub id: String,
    pub name: String,
    /// The name on charts and cards.
    pub short_name: String,
    pub kind: CarrierKind,
    /// The carrier it belongs to, or the city's id.
    pub parent: String,
    /// True for the units that carry targets and are ranked.
    pub assessed: bool,
    /// Other names that workbooks use for it.
    pub aliases: Vec<String>,
    /// Place in lists.
    pub sort: i32,
    pub valid_from: NaiveDate,
    /// First day on which it is valid no more.
    pub valid_until: Option<NaiveDate>,
    /// False for what is assumed.
    pub documented: bool,
    pub note: String,
}

impl Carrier {
    /// True when valid on a day: valid_from <= day < valid_until.
    pub fn valid_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|until| day < until)
    }

    fn overlaps(&self, other: &Carrier) -> bool {
        self.valid_until.is_none_or(|until| other.valid_from < until) && other.valid_until.is_none_or(|until| self.valid_from < until)
    }
}

/// Words around a carrier's name that do not change which carrier is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameTrimmings {
    /// `淮北市`, `安徽省` before the name.
    pub prefixes: Vec<String>,
    /// `人民政府`, `管委会` after it.
    pub suffixes: Vec<String>,
}

/// The tree of all carriers over time.
#[derive(Debug, Clone, Default)]
pub struct Carriers {
    city: String,
    rows: Vec<Carrier>,
    /// Folded names and aliases to rows.
    by_name: HashMap<Box<str>, Vec<usize>>,
    prefixes: Vec<Box<str>>,
    suffixes: Vec<Box<str>>,
}

/// A tree of carriers that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    #[error("carrier {id}: valid_until is not after valid_from")]
    EmptySpan { id: String },
    #[error("carrier {id}: two of its rows are valid on the same day")]
    Overlap { id: String },
    #[error("carrier {id}: its parent {parent} is not a carrier that is valid through all of its time")]
    Orphan { id: String, parent: String },
    #[error("carrier {id}: its parents lead back to itself")]
    Cycle { id: String },
    #[error("carrier {id}: the name {name} also means {other} at the same time")]
    Ambiguous { id: String, name: String, other: String },
    #[error("carrier {id}: it and its ancestor {ancestor} are both assessed, so its projects would count twice")]
    CountedTwice { id: String, ancestor: String },
    #[error("carrier {id}: neither it nor any ancestor is assessed, so its projects would count nowhere")]
    CountedNowhere { id: String },
}

impl Carriers {
    /// Builds the tree under `city` and checks that every day's tree is sound: parents exist, names mean
    /// one carrier, and each carrier rolls up to exactly one assessed unit (domain rule 11).
    pub fn new(city: &str, mut rows: Vec<Carrier>, trimmings: &NameTrimmings) -> Result<Self, CarrierError> {
        rows.sort_by(|left, right| (left.sort, &left.id, left.valid_from).cmp(&(right.sort, &right.id, right.valid_from)));
        let folded = |words: &[String]| {
            let mut folded: Vec<Box<str>> = words.iter().map(|word| fold(word).into()).collect();
            folded.sort_by_key(|word| std::cmp::Reverse(word.len()));
            folded
        };
        let mut tree = Self {
            city: city.to_owned(),
            rows,
            by_name: HashMap::new(),
            prefixes: folded(&trimmings.prefixes),
            suffixes: folded(&trimmings.suffixes),
        };
        tree.check_spans()?;
        tree.index_names()?;
        tree.check_roll_up()?;
        Ok(tree)
    }

    /// Every row, in list order.
    pub fn rows(&self) -> &[Carrier] {
        &self.rows
    }

    /// What may stand before a carrier's name (安徽省, 淮北市), folded, longest first.
    pub fn name_prefixes(&self) -> impl Iterator<Item = &str> {
        self.prefixes.iter().map(AsRef::as_ref)
    }

    /// The city's id, root of the tree.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// The carriers that are valid on a day, in list order.
    pub fn on(&self, day: NaiveDate) -> impl Iterator<Item = &Carrier> {
        self.rows.iter().filter(move |carrier| carrier.valid_on(day))
    }

    /// The units that carry targets on a day, in list order.
    pub fn assessed_on(&self, day: NaiveDate) -> impl Iterator<Item = &Carrier> {
        self.on(day).filter(|carrier| carrier.assessed)
    }

    /// The carrier of an id on a day.
    pub fn get(&self, id: &str, on: NaiveDate) -> Option<&Carrier> {
        self.on(on).find(|carrier| carrier.id == id)
    }

    /// The carrier that a workbook's cell means on a day: its id, name or alias, however it is spaced,
    /// with or without the city before it and 人民政府, 管委会 and the like behind it.
    pub fn find(&self, text: &str, on: NaiveDate) -> Option<&Carrier> {
        let folded = fold(text);
        if let Some(carrier) = self.named(&folded, on) {
            return Some(carrier);
        }
        let mut rest: &str = &folded;
        while let Some(shorter) = self.prefixes.iter().find_map(|prefix| rest.strip_prefix(prefix.as_ref())) {
            rest = shorter;
            if let Some(carrier) = self.named(rest, on) {
                return Some(carrier);
            }
        }
        for start in [folded.as_str(), rest] {
            let mut rest = start;
            while let Some(shorter) = self.suffixes.iter().find_map(|suffix| rest.strip_suffix(suffix.as_ref())) {
                rest = shorter;
                if let Some(carrier) = self.named(rest, on) {
                    return Some(carrier);
                }
            }
        }
        None
    }

    /// The assessed unit that a carrier's projects count for on a day: itself or its nearest assessed ancestor.
    pub fn assessed_of(&self, id: &str, on: NaiveDate) -> Option<&Carrier> {
        let mut carrier = self.get(id, on)?;
        // Checked to be free of cycles when built.
        while !carrier.assessed {
            carrier = self.get(&carrier.parent, on)?;
        }
        Some(carrier)
    }

    /// True when `id` is `ancestor` or lies under it on a day.
    pub fn within(&self, id: &str, ancestor: &str, on: NaiveDate) -> bool {
        let mut next = self.get(id, on);
        while let Some(carrier) = next {
            if carrier.id == ancestor || carrier.parent == ancestor {
                return true;
            }
            next = self.get(&carrier.parent, on);
        }
        false
    }

    /// The ids of a carrier and of all that lies or last lay under it: whose rows count as its own on a day.
    pub fn subtree(&self, ancestor: &str, on: NaiveDate) -> BTreeSet<String> {
        let mut ids = BTreeSet::from([ancestor.to_owned()]);
        for row in &self.rows {
            let last = row.valid_until.and_then(|until| until.pred_opt());
            let day = last.filter(|last| *last < on).unwrap_or(on);
            // A carrier that lives on elsewhere counts where it is now.
            let lives_on = day < on && self.rows.iter().any(|other| other.id == row.id && other.valid_from > day && other.valid_from <= on);
            if !lives_on && self.within(&row.id, ancestor, day) {
                ids.insert(row.id.clone());
            }
        }
        ids
    }

    fn named(&self, folded: &str, on: NaiveDate) -> Option<&Carrier> {
        self.by_name.get(folded)?.iter().map(|row| &self.rows[*row]).find(|carrier| carrier.valid_on(on))
    }

    fn check_spans(&self) -> Result<(), CarrierError> {
        for (index, carrier) in self.rows.iter().enumerate() {
            if carrier.valid_until.is_some_and(|until| until <= carrier.valid_from) {
                return Err(CarrierError::EmptySpan { id: carrier.id.clone() });
            }
            if self.rows[..index].iter().any(|other| other.id == carrier.id && other.overlaps(carrier)) {
                return Err(CarrierError::Overlap { id: carrier.id.clone() });
            }
        }
        Ok(())
    }

    fn index_names(&mut self) -> Result<(), CarrierError> {
        for (row, carrier) in self.rows.iter().enumerate() {
            let words = [&carrier.id, &carrier.name, &carrier.short_name].into_iter().chain(&carrier.aliases);
            let names: BTreeSet<String> = words.map(|word| fold(word)).filter(|word| !word.is_empty()).collect();
            for name in names {
                let held = self.by_name.entry(name.as_str().into()).or_default();
                let clash = held.iter().map(|other| &self.rows[*other]).find(|other| other.overlaps(carrier));
                if let Some(other) = clash {
                    return Err(CarrierError::Ambiguous { id: carrier.id.clone(), name, other: other.id.clone() });
                }
                held.push(row);
            }
        }
        Ok(())
    }

    /// Checks the roll-up on every day on which any row begins: between those days the tree only loses
    /// rows, and a row whose parent ends first fails on the parent's last day.
    fn check_roll_up(&self) -> Result<(), CarrierError> {
        let begins = self.rows.iter().map(|carrier| carrier.valid_from);
        let ends = self.rows.iter().filter_map(|carrier| carrier.valid_until);
        let days: BTreeSet<NaiveDate> = begins.chain(ends).collect();
        for day in days {
            for carrier in self.on(day) {
                self.check_one_roll_up(carrier, day)?;
            }
        }
        Ok(())
    }

    fn check_one_roll_up(&self, carrier: &Carrier, day: NaiveDate) -> Result<(), CarrierError> {
        let mut at = carrier;
        let mut assessed: Option<&Carrier> = None;
        for _ in 0..=self.rows.len() {
            if at.assessed {
                if let Some(lower) = assessed {
                    return Err(CarrierError::CountedTwice { id: lower.id.clone(), ancestor: at.id.clone() });
                }
                assessed = Some(at);
            }
            if at.parent == self.city {
                return match assessed {
                    Some(_) => Ok(()),
                    None => Err(CarrierError::CountedNowhere { id: carrier.id.clone() }),
                };
            }
            at = self.get(&at.parent, day).ok_or_else(|| CarrierError::Orphan { id: at.id.clone(), parent: at.parent.clone() })?;
        }
        Err(CarrierError::Cycle { id: carrier.id.clone() })
    }
}
