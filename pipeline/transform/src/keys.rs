//! Which landing rows are one project, which carrier is its home, and which parts a change touches.
//!
//! A row has a key from its names and, with a valid credit code, a second one. Rows that share either are
//! one project. Its home (首报单位) is the carrier of its first report: each part of a published table
//! holds the projects of one home, so a changed workbook rebuilds that carrier's parts only.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::*;

use crate::error::{InStep, TransformError};
use crate::input::Source;
use crate::landing;

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
    let mut rows = collected.rows;
    keys.find_aliases(&mut rows, &collected.renamed);
    keys.find_repeats(&mut rows);
    keys.note_sources(&rows);
    Ok(keys)
}

impl Keys {
    fn find_aliases(&mut self, rows: &mut [Row], renamed: &[(u64, u64)]) {
        rows.sort_unstable_by_key(|row| (row.code_key, row.order));
        for run in rows.chunk_by(|a, b| a.code_key == b.code_key).filter(|run| run[0].code_key != 0 && run.len() > 1) {
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

    fn find_repeats(&mut self, rows: &mut [Row]) {
        rows.sort_unstable_by_key(|row| (self.project(row.name_key), row.order));
        let aliases = &self.aliases;
        let project_of = |row: &Row| aliases.get(&row.name_key).copied().unwrap_or(row.name_key);
        for run in rows.chunk_by(|a, b| project_of(a) == project_of(b)).filter(|run| run.len() > 1) {
            let project = project_of(&run[0]);
            self.repeated.insert(project);
            let home = run[0].carrier;
            if run.iter().any(|row| row.carrier != home) {
                self.homes.insert(project, home);
            }
        }
    }

    fn note_sources(&mut self, rows: &[Row]) {
        for row in rows {
            let project = self.project(row.name_key);
            let home = self.home(project, row.carrier);
            if let Some(homes) = self.source_homes.get_mut(row.source as usize) {
                homes.insert(home);
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
    let Some(scan) = landing::scan(sources)? else {
        return Ok(Collected::default());
    };
    let numbers: HashMap<String, u32> =
        sources.iter().enumerate().filter_map(|(at, s)| Some((s.number().to_owned(), u32::try_from(at).ok()?))).collect();
    let collected = Arc::new(Mutex::new(Collected::default()));
    let sink = Arc::clone(&collected);
    let take = move |batch: DataFrame| {
        let mut collected = sink.lock().unwrap_or_else(PoisonError::into_inner);
        collected.take(&batch, &numbers)?;
        Ok(false)
    };
    scan.select([col("name_key"), col("code_key"), col("carrier_id"), col("reported_on"), col("file"), col("previous_key")])
        .sink_batches(PlanCallback::new(take), true, NonZeroUsize::new(131_072))
        .and_then(|plan| plan.collect_with_engine(Engine::Streaming))
        .in_step("read keys")?;
    let collected = std::mem::take(&mut *collected.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(collected)
}

impl Collected {
    fn take(&mut self, batch: &DataFrame, numbers: &HashMap<String, u32>) -> PolarsResult<()> {
        let names = batch.column("name_key")?.u64()?;
        let codes = batch.column("code_key")?.u64()?;
        let carriers = batch.column("carrier_id")?.str()?;
        let days = batch.column("reported_on")?.date()?;
        let files = batch.column("file")?.str()?;
        let previous = batch.column("previous_key")?.u64()?;
        if previous.null_count() < previous.len() {
            let pairs = names.iter().zip(previous.iter()).filter_map(|(name, previous)| Some((name?, previous?)));
            self.renamed.extend(pairs);
        }
        let mut last_carrier = (String::new(), 0u16);
        let mut last_file = (String::new(), u32::MAX);
        for ((((name, code), carrier), day), file) in
            names.iter().zip(codes.iter()).zip(carriers.iter()).zip(days.physical().iter()).zip(files.iter())
        {
            let (Some(name_key), Some(carrier), Some(day), Some(file)) = (name, carrier, day, file) else { continue };
            if last_carrier.0 != carrier {
                last_carrier = (carrier.to_owned(), self.number_of(carrier));
            }
            if last_file.0 != file {
                last_file = (file.to_owned(), numbers.get(file).copied().unwrap_or(u32::MAX));
            }
            let order = ((day.max(0) as u64) << 40) | self.rows.len() as u64;
            self.rows.push(Row { name_key, code_key: code.unwrap_or(0), order, carrier: last_carrier.1, source: last_file.1 });
        }
        Ok(())
    }

    fn number_of(&mut self, carrier: &str) -> u16 {
        if let Some(at) = self.carriers.iter().position(|known| known == carrier) {
            return at as u16;
        }
        self.carriers.push(carrier.to_owned());
        (self.carriers.len() - 1) as u16
    }
}
