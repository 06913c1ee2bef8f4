//! The city's data (城市数据): built into the binary, and a folder of the administrator's laid over it.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use chrono::NaiveDate;
use qunlian_domain::catalogue::City;
use qunlian_domain::contract::Contract;
use qunlian_domain::landing;
use qunlian_domain::rules::{CODE_VERSION, Rules};
use qunlian_engine::{Classifiers, Rules as EngineRules};

use crate::config::Config;

#[derive(rust_embed::RustEmbed)]
#[folder = "data/"]
#[include = "cities/*"]
#[include = "codes/*"]
#[include = "contract/*"]
#[exclude = "*.md"]
struct Embedded;

/// The rules of a city and the version under which parts are made by them.
pub struct LoadedRules {
    pub rules: Arc<Rules>,
    /// Hex; changes with every rule text and with the code's own version.
    pub version: String,
}

impl LoadedRules {
    /// What free SQL goes by: the published tables, and the city's functions with the rules of day `on` where a statement names
    /// none.
    pub fn for_sql(self, on: NaiveDate) -> anyhow::Result<(Contract, EngineRules)> {
        // Classifiers are moved, not copied: they are large.
        let rules = Arc::try_unwrap(self.rules).map_err(|_| anyhow::anyhow!("the rules are shared"))?;
        let groups = rules.city.region_groups.clone().into();
        let classifiers = Classifiers { chains: rules.chains.into(), regions: rules.regions.into(), groups, on };
        Ok((rules.contract, EngineRules::of(&rules.city).with_classifiers(classifiers)))
    }
}

/// Reads the rules that a configuration asks for.
pub fn load_rules(config: &Config) -> anyhow::Result<LoadedRules> {
    let overlay = config.data.clone();
    let read = |path: &str| read(overlay.as_deref(), path);
    let rules = Rules::load(&read, &folder_of(config)).with_context(|| format!("the rules of city {:?}", config.city))?;
    let code = format!("code {CODE_VERSION}, landing {}", landing::VERSION);
    let mut texts: Vec<&str> = vec![&code];
    for (path, text) in &rules.texts {
        texts.extend([path.as_str(), text.as_str()]);
    }
    let version = qunlian_lake::inputs_fingerprint(&[], "rules", &texts)[..16].to_owned();
    Ok(LoadedRules { rules: Arc::new(rules), version })
}

/// Reads a city's catalogue only, without its classifiers: what a process that reads one workbook needs.
pub fn load_city(config: &Config) -> anyhow::Result<City> {
    let overlay = config.data.as_deref();
    City::load(&|path: &str| read(overlay, path), &folder_of(config)).with_context(|| format!("the catalogue of city {:?}", config.city))
}

fn folder_of(config: &Config) -> String {
    format!("cities/{}", config.city)
}

/// Text of a file under `data/`: from the overlay folder if it has it, else the built-in one.
pub fn read(overlay: Option<&Path>, path: &str) -> io::Result<String> {
    if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a path inside the data folder"));
    }
    if let Some(folder) = overlay {
        match std::fs::read_to_string(folder.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => return read,
        }
    }
    let file = Embedded::get(path)
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file, neither built in nor in the data overlay"))?;
    String::from_utf8(file.data.into_owned()).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The text of a mapping named on the command line: a file, or a name under the city's `mappings/`.
pub fn mapping(config: &Config, name: &str) -> anyhow::Result<String> {
    let path = PathBuf::from(name);
    if path.is_file() {
        return std::fs::read_to_string(&path).with_context(|| format!("mapping {}", path.display()));
    }
    let inside = format!("cities/{}/mappings/{}.toml", config.city, name.trim_end_matches(".toml"));
    read(config.data.as_deref(), &inside).with_context(|| format!("mapping {name:?}: neither a file nor {inside}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_city_loads() {
        let loaded = load_rules(&Config::default()).unwrap();
        assert_eq!(loaded.version.len(), 16);
        assert_eq!(loaded.rules.city.profile.division, "340600");
    }

    #[test]
    fn an_overlay_wins_and_cannot_leave_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("codes")).unwrap();
        std::fs::write(folder.path().join("codes/workdays.csv"), "mine").unwrap();
        assert_eq!(read(Some(folder.path()), "codes/workdays.csv").unwrap(), "mine");
        assert!(read(Some(folder.path()), "codes/industries.csv").unwrap().contains("code"));
        assert!(read(Some(folder.path()), "../secret").is_err());
        assert!(read(None, "/etc/hostname").is_err());
    }
}
