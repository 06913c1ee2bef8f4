//! Every name a division or country goes by, in one flat trie walked a character at a time.

use std::collections::BTreeMap;

use super::glyphs::fold;
use super::table::{OtherKind, Place, Tables};

/// How a text names a place; decides what must follow it to be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// The whole name (合肥市) or a customary whole variant (恩施州).
    Full,
    /// Without 省, 市, 县, 区 (合肥).
    Short,
    /// A short name that is an ordinary word too (东方).
    OrdinaryShort,
    /// Another name of a country, or a city in it (印尼, 慕尼黑).
    Alias,
    /// A whole name of the past (崇文区).
    Former,
    /// A whole name given up so lately that most texts still carry it (无为县).
    FormerLately,
    /// A past name without its last character (襄樊).
    FormerShort,
    /// A named zone or area inside the division (横琴).
    Zone,
    /// A legal form that betrays the country (GmbH).
    Incorporation,
}

impl Form {
    /// A whole name, of today or the past: it needs nothing after it to be believed.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Full | Self::Alias | Self::Former | Self::FormerLately)
    }
}

/// Whether a name is of a country, a province, a city or a county.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Rank {
    Country,
    Province,
    City,
    County,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub form: Form,
    pub rank: Rank,
    pub place: Place,
    /// The division is a district (区), whatever form of its name this is.
    pub district: bool,
    /// Characters of the name, after folding.
    pub length: u8,
}

/// A node of the trie; the root is the table of first characters.
#[derive(Clone, Copy)]
struct Node {
    first_child: u32,
    children: u16,
    names: u16,
    first_name: u32,
}

/// A flat trie: the children of a node stand side by side, sorted.
pub(super) struct NameIndex {
    heads: Vec<u32>,
    units: Vec<u16>,
    nodes: Vec<Node>,
    names: Vec<Name>,
}

const NO_NODE: u32 = u32::MAX;
/// Names ending inside a walk; no text yields more (安, 安徽, 安徽省 ...).
const MAX_HITS: usize = 6;

/// The names that begin at one position, shortest first.
pub(super) struct Hits {
    ends: [(usize, u32); MAX_HITS],
    count: usize,
}

impl Hits {
    /// (end, node) pairs, longest name first.
    pub(super) fn longest_first(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.ends.iter().take(self.count).rev().copied()
    }
}

impl NameIndex {
    pub(super) fn build(tables: &Tables) -> Self {
        let mut names: BTreeMap<Vec<u16>, Vec<Name>> = BTreeMap::new();
        let mut add = |text: &str, form: Form, place: Place, rank: Rank| {
            let key = fold_name(text);
            let length = u8::try_from(key.len()).unwrap_or(u8::MAX);
            let name = Name { form, rank, place, district: is_district(tables, place), length };
            let known = names.entry(key).or_default();
            let repeated = known.iter().any(|other| other.place == place && other.rank == rank);
            if length > 1 && !repeated {
                known.push(name);
            }
        };
        add_divisions(tables, &mut add);
        add_others(tables, &mut add);
        add_countries(tables, &mut add);
        Self::flatten(names)
    }

    /// All names that begin at `from`.
    pub(super) fn walk(&self, units: &[u16], from: usize) -> Hits {
        let mut hits = Hits { ends: [(0, 0); MAX_HITS], count: 0 };
        let rest = units.get(from..).unwrap_or(&[]);
        let Some((first, tail)) = rest.split_first() else { return hits };
        let mut next = self.head(*first);
        for (end, unit) in (from + 1..).zip(tail.iter().map(Some).chain([None])) {
            let Some((index, node)) = next.and_then(|index| Some((index, self.node(index)?))) else { break };
            if node.names > 0
                && let Some(slot) = hits.ends.get_mut(hits.count)
            {
                *slot = (end, index);
                hits.count += 1;
            }
            let Some(unit) = unit else { break };
            next = self.child_of(node, *unit);
        }
        hits
    }

    pub(super) fn head(&self, unit: u16) -> Option<u32> {
        let node = self.heads.get(usize::from(unit)).copied()?;
        (node != NO_NODE).then_some(node)
    }

    pub(super) fn child(&self, node: u32, unit: u16) -> Option<u32> {
        self.child_of(self.node(node)?, unit)
    }

    fn child_of(&self, node: &Node, unit: u16) -> Option<u32> {
        let first = node.first_child as usize;
        let siblings = self.units.get(first..first + usize::from(node.children))?;
        let offset =
            if siblings.len() <= 8 { siblings.iter().position(|sibling| *sibling == unit)? } else { siblings.binary_search(&unit).ok()? };
        u32::try_from(first + offset).ok()
    }

    pub(super) fn names(&self, node: u32) -> &[Name] {
        self.node(node).map_or(&[], |node| {
            let first = node.first_name as usize;
            self.names.get(first..first + usize::from(node.names)).unwrap_or(&[])
        })
    }

    fn node(&self, node: u32) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    /// Lays the sorted names out level by level, so that siblings are neighbours.
    fn flatten(sorted: BTreeMap<Vec<u16>, Vec<Name>>) -> Self {
        let keys: Vec<(Vec<u16>, Vec<Name>)> = sorted.into_iter().collect();
        let mut index = Self { heads: vec![NO_NODE; 1 << 16], units: Vec::new(), nodes: Vec::new(), names: Vec::new() };
        // Each entry of the queue: node to fill (none for the root), its depth, its range of keys.
        let mut queue = std::collections::VecDeque::from([(None, 0, 0..keys.len())]);
        while let Some((parent, depth, range)) = queue.pop_front() {
            let mut groups: Vec<(u16, std::ops::Range<usize>)> = Vec::new();
            for position in range.clone() {
                let Some((key, names)) = keys.get(position) else {
                    continue;
                };
                let Some(unit) = key.get(depth).copied() else {
                    index.attach(parent, names);
                    continue;
                };
                match groups.last_mut() {
                    Some((last, group)) if *last == unit => group.end = position + 1,
                    _ => groups.push((unit, position..position + 1)),
                }
            }
            let first_child = u32::try_from(index.nodes.len()).unwrap_or(NO_NODE);
            if let Some(node) = parent.and_then(|node: usize| index.nodes.get_mut(node)) {
                node.first_child = first_child;
                node.children = u16::try_from(groups.len()).unwrap_or(u16::MAX);
            }
            for (unit, group) in groups {
                let child = index.nodes.len();
                if parent.is_none()
                    && let Some(head) = index.heads.get_mut(usize::from(unit))
                {
                    *head = u32::try_from(child).unwrap_or(NO_NODE);
                }
                index.units.push(unit);
                index.nodes.push(Node { first_child: 0, children: 0, names: 0, first_name: 0 });
                queue.push_back((Some(child), depth + 1, group));
            }
        }
        index
    }

    fn attach(&mut self, node: Option<usize>, names: &[Name]) {
        let first_name = u32::try_from(self.names.len()).unwrap_or(0);
        if let Some(node) = node.and_then(|node| self.nodes.get_mut(node)) {
            node.first_name = first_name;
            node.names = u16::try_from(names.len()).unwrap_or(0);
            self.names.extend_from_slice(names);
        }
    }
}

fn rank_of(place: Place) -> Rank {
    const NONE: u16 = super::table::NONE;
    if place.county != NONE {
        Rank::County
    } else if place.city != NONE && place.city != place.province {
        Rank::City
    } else {
        Rank::Province
    }
}

fn is_district(tables: &Tables, place: Place) -> bool {
    tables.division(place.county).is_some_and(|county| county.name.ends_with('区'))
}

fn add_divisions(tables: &Tables, add: &mut impl FnMut(&str, Form, Place, Rank)) {
    for division in &tables.divisions {
        let (name, short, place) = (&division.name, &division.short, division.place);
        let rank = rank_of(place);
        add(name, Form::Full, place, rank);
        for (ending, customary) in [
            ("自治州", "州"),
            ("自治州", "自治州"),
            ("自治县", "县"),
            ("自治县", "自治县"),
            ("自治旗", "旗"),
            ("自治区", "自治区"),
            ("自治区", "区"),
            ("特别行政区", "特区"),
        ] {
            if name.ends_with(ending) && !short.is_empty() {
                add(&format!("{short}{customary}"), Form::Full, place, rank);
            }
        }
        if !short.is_empty() {
            let form = if division.ordinary { Form::OrdinaryShort } else { Form::Short };
            add(short, form, place, rank);
        }
        if !division.english.is_empty() {
            add(&division.english, Form::Full, place, rank);
        }
    }
}

fn add_others(tables: &Tables, add: &mut impl FnMut(&str, Form, Place, Rank)) {
    for other in &tables.others {
        let place = tables.place(other.division);
        let rank = rank_of(place);
        match other.kind {
            OtherKind::Former | OtherKind::FormerLately => {
                let lately = other.kind == OtherKind::FormerLately;
                let form = if lately { Form::FormerLately } else { Form::Former };
                add(&other.name, form, place, rank);
                let short = other.name.strip_suffix(['市', '县']);
                if let Some(short) = short.filter(|short| short.chars().count() >= 2) {
                    add(short, Form::FormerShort, place, rank);
                }
            }
            OtherKind::Zone => add(&other.name, Form::Zone, place, rank),
            OtherKind::Alias => add(&other.name, Form::Full, place, rank),
        }
    }
}

fn add_countries(tables: &Tables, add: &mut impl FnMut(&str, Form, Place, Rank)) {
    for (index, country) in (0u16..).zip(&tables.countries) {
        let place = Place { country: index, ..Place::NOWHERE };
        // 中国 in Chinese text only opens an address; it never decides a place.
        let home = country.code == "CN";
        for (position, name) in country.names.iter().enumerate() {
            if home && !name.is_ascii() {
                continue;
            }
            let form = if position < 2 { Form::Full } else { Form::Alias };
            add(name, form, place, Rank::Country);
        }
        for form in &country.company_forms {
            add(form, Form::Incorporation, place, Rank::Country);
        }
    }
}

/// Folds a name for the trie. Latin names keep single spaces; Chinese ones lose them.
fn fold_name(text: &str) -> Vec<u16> {
    let latin = text.is_ascii();
    let mut units = Vec::new();
    for character in text.chars() {
        match fold(character) {
            0 if latin && character == ' ' => units.push(u16::from(b' ')),
            0 => {}
            _ if character == '\'' => {}
            unit => units.push(unit),
        }
    }
    units
}
