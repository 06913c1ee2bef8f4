//! Which landing rows are one project, which carrier is its home, and which parts a change touches.
//!
//! A row has a key from its names and, with a valid credit code, a second one. Rows that share either are
//! one project. Its home (首报单位) is the carrier of its first report: each part of a published table
//! holds the projects of one home, so a changed workbook rebuilds that carrier's parts only.

mod twice;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use chrono::Datelike;
use qunlian_domain::landing::keys::KeyFile;

use crate::error::TransformError;
use crate::input::Source;
use twice::Twice;

/// Keys are already well mixed; hashing them again would only cost time.
#[derive(Default)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

pub(crate) type KeyMap<V> = HashMap<u64, V, BuildHasherDefault<KeyHasher>>;
pub(crate) type KeySet = HashSet<u64, BuildHasherDefault<KeyHasher>>;

/// What is known of the keys of all sources. Only exceptions are stored: most rows are their own project.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Carriers met, by their number.
    pub carriers: Vec<String>,
    /// Name keys that stand for another key, because both share a credit code.
    aliases: KeyMap<u64>,
    /// Projects with more than one row.
    repeated: KeySet,
    /// Projects whose rows name several carriers: their home.
    homes: KeyMap<u16>,
    /// For each source (by position), the homes that its rows belong to.
    source_homes: Vec<BTreeSet<u16>>,
    /// For each home, the exceptions that concern it: part of its fingerprint.
    exceptions: BTreeMap<u16, BTreeSet<(u64, u64)>>,
}

impl Keys {
    /// The project's key for a row's name key.
    pub(crate) fn project(&self, name_key: u64) -> u64 {
        self.aliases.get(&name_key).copied().unwrap_or(name_key)
    }

    /// True when the project has several rows, whose history must be folded.
    pub(crate) fn is_repeated(&self, project: u64) -> bool {
        self.repeated.contains(&project)
    }

    /// The home of a project whose row names `carrier`.
    pub(crate) fn home(&self, project: u64, carrier: u16) -> u16 {
        self.homes.get(&project).copied().unwrap_or(carrier)
    }

    /// Number of a carrier.
    pub(crate) fn carrier(&self, id: &str) -> Option<u16> {
        self.carriers.iter().position(|known| known == id).and_then(|at| u16::try_from(at).ok())
    }

    /// Every home, by number.
    pub(crate) fn all_homes(&self) -> BTreeSet<u16> {
        self.source_homes.iter().flatten().copied().collect()
    }

    /// Positions of the sources whose rows belong to a home.
    pub(crate) fn sources_of(&self, home: u16) -> impl Iterator<Item = usize> + '_ {
        self.source_homes.iter().enumerate().filter(move |(_, homes)| homes.contains(&home)).map(|(at, _)| at)
    }

    /// Equal fingerprints mean that the home's parts would come out equal.
    pub(crate) fn fingerprint(&self, home: u16, sources: &[Source], rule_version: &str, decisions: &str) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(rule_version.as_bytes());
        hasher.update(decisions.as_bytes());
        for at in self.sources_of(home) {
            hasher.update(sources[at].blake3.as_bytes());
        }
        for (key, value) in self.exceptions.get(&home).into_iter().flatten() {
            hasher.update(&key.to_le_bytes());
            hasher.update(&value.to_le_bytes());
        }
        hasher.finalize().to_hex().as_str()[..32].to_owned()
    }
}

/// One landing row, as far as keys go.
#[derive(Clone, Copy)]
struct Row {
    name_key: u64,
    /// 0 when the row has no valid credit code.
    code_key: u64,
    /// By 截至日期, then by position: first reports first.
    order: u64,
    carrier: u16,
    source: u32,
}

/// Reads the keys of all sources.
pub(crate) fn read(sources: &[Source]) -> Result<Keys, TransformError> {
    let collected = collect(sources)?;
    let mut keys = Keys { carriers: collected.carriers, source_homes: vec![BTreeSet::new(); sources.len()], ..Keys::default() };
    keys.find_aliases(&collected.rows, &collected.renamed);
    keys.find_repeats(&collected.rows);
    keys.note_sources(&collected.rows);
    Ok(keys)
}

impl Keys {
    fn find_aliases(&mut self, rows: &[Row], renamed: &[(u64, u64)]) {
        let coded = rows.iter().filter(|row| row.code_key != 0);
        let twice = Twice::of(coded.clone().map(|row| row.code_key));
        let mut rows: Vec<&Row> = coded.filter(|row| twice.perhaps(row.code_key)).collect();
        rows.sort_unstable_by_key(|row| (row.code_key, row.order));
        for run in rows.chunk_by(|a, b| a.code_key == b.code_key) {
            let first = run[0].name_key;
            for other in run.iter().map(|row| row.name_key).filter(|key| *key != first) {
                let (a, b) = (self.root(first), self.root(other));
                if a != b {
                    self.aliases.insert(b, a);
                }
            }
        }
        for (name, previous) in renamed {
            let (old, new) = (self.root(*previous), self.root(*name));
            if old != new {
                self.aliases.insert(new, old);
            }
        }
        let names: Vec<u64> = self.aliases.keys().copied().collect();
        for name in names {
            let root = self.root(name);
            self.aliases.insert(name, root);
        }
    }

    fn root(&self, mut key: u64) -> u64 {
        while let Some(next) = self.aliases.get(&key) {
            if *next == key {
                break;
            }
            key = *next;
        }
        key
    }

    fn find_repeats(&mut self, rows: &[Row]) {
        let twice = Twice::of(rows.iter().map(|row| self.project(row.name_key)));
        let mut rows: Vec<(u64, &Row)> =
            rows.iter().map(|row| (self.project(row.name_key), row)).filter(|(project, _)| twice.perhaps(*project)).collect();
        rows.sort_unstable_by_key(|(project, row)| (*project, row.order));
        for run in rows.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            let (project, home) = (run[0].0, run[0].1.carrier);
            self.repeated.insert(project);
            if run.iter().any(|(_, row)| row.carrier != home) {
                self.homes.insert(project, home);
            }
        }
    }

    fn note_sources(&mut self, rows: &[Row]) {
        let mut met = vec![false; self.source_homes.len() * self.carriers.len()];
        for row in rows {
            let project = self.project(row.name_key);
            let home = self.home(project, row.carrier);
            if let Some(met) = met.get_mut(row.source as usize * self.carriers.len() + usize::from(home)) {
                *met = true;
            }
            if project != row.name_key {
                self.exceptions.entry(home).or_default().insert((row.name_key, project));
            }
            if home != row.carrier {
                for concerned in [home, row.carrier] {
                    self.exceptions.entry(concerned).or_default().insert((project, u64::from(home)));
                }
            }
        }
        for (homes, met) in self.source_homes.iter_mut().zip(met.chunks(self.carriers.len().max(1))) {
            homes.extend((0u16..).zip(met).filter(|(_, met)| **met).map(|(home, _)| home));
        }
    }
}

#[derive(Default)]
struct Collected {
    rows: Vec<Row>,
    carriers: Vec<String>,
    /// Name keys of renamed projects with the key they had before.
    renamed: Vec<(u64, u64)>,
}

fn collect(sources: &[Source]) -> Result<Collected, TransformError> {
    let mut collected = Collected::default();
    for (at, source) in (0u32..).zip(sources) {
        for sheet in source.sheets.iter().filter(|sheet| sheet.rows_in > 0) {
            let path = source.folder.join(format!("keys-{}.bin", sheet.position));
            let bytes = match std::fs::read(&path) {
                Ok(bytes) => bytes,
                Err(source) => return Err(TransformError::Io { path, source }),
            };
            let taken = KeyFile::parse(&bytes).filter(|file| file.len() as i64 == sheet.rows_in).and_then(|file| collected.take(at, &file));
            if taken.is_none() {
                return Err(TransformError::Landing { path });
            }
        }
    }
    Ok(collected)
}

impl Collected {
    /// Adds a file's rows; `None` when a record is damaged.
    fn take(&mut self, source: u32, file: &KeyFile<'_>) -> Option<()> {
        let numbers: Vec<u16> = file.carriers.iter().map(|id| self.number_of(id)).collect();
        self.rows.reserve(file.len());
        for keys in file.rows() {
            let keys = keys?;
            let carrier = *numbers.get(keys.carrier as usize)?;
            if keys.previous_key != 0 {
                self.renamed.push((keys.name_key, keys.previous_key));
            }
            let order = (u64::from(keys.reported_on.num_days_from_ce().unsigned_abs()) << 40) | self.rows.len() as u64;
            self.rows.push(Row { name_key: keys.name_key, code_key: keys.code_key, order, carrier, source });
        }
        Some(())
    }

    fn number_of(&mut self, carrier: &str) -> u16 {
        let at = self.carriers.iter().position(|known| known == carrier).unwrap_or_else(|| {
            self.carriers.push(carrier.to_owned());
            self.carriers.len() - 1
        });
        at as u16
    }
}
