//! The manifest (清单) of one generation: what was published, from what, by which rules, after which parent.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::LakeError;
use crate::error::at;

/// The version of this file's shape; a reader refuses a newer one.
pub const FORMAT: u32 = 1;

/// A manifest is never larger than this; a larger file is damage.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// What one generation consists of. Never changed once published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: u32,
    pub generation: u64,
    /// The generation this one was built upon; none for the first.
    pub parent: Option<Parent>,
    /// System clock, UTC.
    #[serde(with = "crate::time_text::moment")]
    pub published_at: DateTime<Utc>,
    /// Latest business day the data speaks of (数据日期).
    #[serde(with = "crate::time_text::day")]
    pub data_date: NaiveDate,
    /// BLAKE3 over rules and catalogues, lower-case hex.
    pub rule_version: String,
    pub inputs: Vec<Input>,
    /// Equal fingerprints mean that a build would publish the same facts again.
    pub inputs_fingerprint: String,
    pub tables: Vec<Table>,
    pub checks: Checks,
    /// Why this generation is kept for ever, when it is known at publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<String>,
}

/// The generation before, bound by the BLAKE3 of its manifest's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parent {
    pub generation: u64,
    pub blake3: String,
}

/// One file that went in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    pub blake3: String,
    /// File name as received.
    pub name: String,
    pub rows: u64,
}

/// One published table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub name: String,
    pub schema: Vec<Column>,
    pub rows: u64,
    pub parts: Vec<Part>,
}

/// One column of a published table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub column: String,
    /// text | int | decimal | date | bool
    #[serde(rename = "type")]
    pub kind: String,
}

/// One Parquet file of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Relative to `lake/`: `gen/<n>/<table>/part-<key>.parquet`.
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
    pub blake3: String,
    /// What the part holds, such as a carrier id; none when the table is one part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Hash of what the part was made from: an equal one in the next build means that the part is reused.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fingerprint: String,
}

/// The checks that gated the publish.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    pub passed: u32,
    pub all: u32,
    pub names: Vec<String>,
}

impl Manifest {
    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// Bytes of all parts.
    pub fn bytes(&self) -> u64 {
        self.tables.iter().flat_map(|table| &table.parts).map(|part| part.bytes).sum()
    }

    /// The file's bytes: pretty JSON whose last field seals everything before it, so that one flipped
    /// byte is found even in the newest manifest, which has no child to vouch for it.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, LakeError> {
        let text =
            serde_json::to_string_pretty(self).map_err(|error| LakeError::Manifest { path: "manifest".into(), what: error.to_string() })?;
        Ok(sealed(&text))
    }

    /// Reads a manifest's bytes back, checking the seal and every name in it.
    pub(crate) fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, LakeError> {
        let damaged = |what: String| LakeError::Manifest { path: path.to_path_buf(), what };
        let body = sealed_body(bytes).map_err(|what| damaged(what.to_owned()))?;
        let manifest: Self = serde_json::from_str(&format!("{body}\n}}")).map_err(|error| damaged(error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(damaged(format!("format {} is not known to this version", manifest.format)));
        }
        manifest.check_names().map_err(damaged)?;
        Ok(manifest)
    }

    fn check_names(&self) -> Result<(), String> {
        let mut tables = BTreeSet::new();
        for table in &self.tables {
            if !is_plain_name(&table.name) || !tables.insert(&table.name) {
                return Err(format!("table name {:?} is not plain or occurs twice", table.name));
            }
            let folder = format!("gen/{}/{}", self.generation, table.name);
            for part in &table.parts {
                let path = Path::new(&part.path);
                let plain = path.components().all(|piece| matches!(piece, Component::Normal(_)));
                if !plain || path.parent() != Some(Path::new(&folder)) {
                    return Err(format!("part {:?} lies outside {folder}", part.path));
                }
            }
            let rows: u64 = table.parts.iter().map(|part| part.rows).sum();
            if rows != table.rows {
                return Err(format!("table {}: {} rows, but its parts hold {rows}", table.name, table.rows));
            }
        }
        Ok(())
    }
}

/// Fingerprint of what a build reads: the inputs in any order, the rule version and further facts
/// (such as overrides or the books' state) in the order given. Lower-case hex.
pub fn inputs_fingerprint(inputs: &[Input], rule_version: &str, further: &[&str]) -> String {
    let mut hashes: Vec<&str> = inputs.iter().map(|input| input.blake3.as_str()).collect();
    hashes.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    for text in hashes.into_iter().chain(["|", rule_version]).chain(further.iter().copied()) {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// BLAKE3 of some bytes, lower-case hex.
pub(crate) fn hash_bytes(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Reads a manifest file: its content and the hash of its bytes. `None` when there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<(Manifest, String)>, LakeError> {
    let Some(bytes) = read_bytes(path)? else { return Ok(None) };
    let manifest = Manifest::from_bytes(&bytes, path)?;
    Ok(Some((manifest, hash_bytes(&bytes))))
}

/// The bytes of a manifest file, or `None` when there is no such file.
pub(crate) fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>, LakeError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(at("open", path))?,
    };
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(at("read", path))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(LakeError::Manifest { path: path.to_path_buf(), what: "larger than any manifest".into() });
    }
    Ok(Some(bytes))
}

/// True for names that may become file names: ASCII letters, digits, `_` and `-`, at most 64.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !name.is_empty() && name.len() <= 64 && name.bytes().all(plain)
}

/// Pretty JSON with a last field that seals everything before it.
pub(crate) fn sealed(json: &str) -> Vec<u8> {
    let body = json.strip_suffix("\n}").unwrap_or(json);
    let seal = hash_bytes(body.as_bytes());
    format!("{body},\n  \"seal\": \"{seal}\"\n}}\n").into_bytes()
}

/// What [`sealed`] sealed, without its closing brace.
pub(crate) fn sealed_body(bytes: &[u8]) -> Result<&str, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not utf-8 text")?;
    let rest = text.strip_suffix("\"\n}\n").ok_or("cut short: its end is missing")?;
    let (body, seal) = rest.rsplit_once(",\n  \"seal\": \"").ok_or("it has no seal")?;
    if hash_bytes(body.as_bytes()) != seal {
        return Err("its content does not match its seal");
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Manifest {
        Manifest {
            format: FORMAT,
            generation: 3,
            parent: Some(Parent { generation: 2, blake3: "ab".into() }),
            published_at: DateTime::UNIX_EPOCH,
            data_date: NaiveDate::from_ymd_opt(2022, 5, 31).unwrap(),
            rule_version: "r1".into(),
            inputs: vec![Input { blake3: "11".into(), name: "濉溪县2022年5月.xlsx".into(), rows: 20 }],
            inputs_fingerprint: "f".into(),
            tables: vec![Table {
                name: "projects".into(),
                schema: vec![Column { column: "project_id".into(), kind: "text".into() }],
                rows: 20,
                parts: vec![Part {
                    path: "gen/3/projects/part-suixi.parquet".into(),
                    rows: 20,
                    bytes: 7,
                    blake3: "cd".into(),
                    key: Some("suixi".into()),
                    fingerprint: String::new(),
                }],
            }],
            checks: Checks { passed: 1, all: 1, names: vec!["sums".into()] },
            pinned: None,
        }
    }

    #[test]
    fn round_trip_is_plain_json() {
        let bytes = example().to_bytes().unwrap();
        assert_eq!(Manifest::from_bytes(&bytes, Path::new("m")).unwrap(), example());
        let plain: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(plain["data_date"], "2022-05-31");
        assert_eq!(plain["published_at"], "1970-01-01T00:00:00.000Z");
        assert_eq!(plain["seal"].as_str().map(str::len), Some(64));
    }

    #[test]
    fn every_flipped_byte_is_found() {
        let good = example().to_bytes().unwrap();
        for index in 0..good.len() {
            let mut bad = good.clone();
            bad[index] ^= 0x04;
            assert!(Manifest::from_bytes(&bad, Path::new("m")).is_err(), "byte {index} went unnoticed");
        }
        assert!(Manifest::from_bytes(&good[..good.len() - 1], Path::new("m")).is_err());
    }

    #[test]
    fn refuses_paths_outside_and_unknown_fields() {
        let refused = |change: fn(&mut Manifest)| {
            let mut manifest = example();
            change(&mut manifest);
            Manifest::from_bytes(&manifest.to_bytes().unwrap(), Path::new("m")).is_err()
        };
        assert!(refused(|m| m.tables[0].parts[0].path = "gen/3/projects/../../../etc/passwd".into()));
        assert!(refused(|m| m.tables[0].parts[0].path = "/etc/passwd".into()));
        assert!(refused(|m| m.tables[0].parts[0].path = "gen/2/projects/part-0.parquet".into()));
        assert!(refused(|m| m.tables[0].rows = 21));
        assert!(refused(|m| m.format = 2));
        let text = String::from_utf8(example().to_bytes().unwrap()).unwrap();
        let body = text.split(",\n  \"seal\"").next().unwrap().replace("\"format\"", "\"fromat\"");
        let seal = hash_bytes(body.as_bytes());
        let forged = format!("{body},\n  \"seal\": \"{seal}\"\n}}\n");
        let error = Manifest::from_bytes(forged.as_bytes(), Path::new("m")).unwrap_err().to_string();
        assert!(error.contains("unknown field `fromat`"), "{error}");
    }

    #[test]
    fn fingerprint_ignores_order_only() {
        let input = |hash: &str| Input { blake3: hash.into(), name: "x".into(), rows: 1 };
        let one = inputs_fingerprint(&[input("a"), input("b")], "r", &[]);
        assert_eq!(one, inputs_fingerprint(&[input("b"), input("a")], "r", &[]));
        assert_ne!(one, inputs_fingerprint(&[input("ab")], "r", &[]));
        assert_ne!(one, inputs_fingerprint(&[input("a"), input("b")], "r2", &[]));
        assert_ne!(one, inputs_fingerprint(&[input("a"), input("b")], "r", &["override"]));
    }
}
