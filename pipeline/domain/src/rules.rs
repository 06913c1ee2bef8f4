//! All rules of one city in one hand (规则集): catalogue, contract, classifiers, calendar, and their version.

use crate::catalogue::{CatalogueError, City};
use crate::chain::{ChainClassifier, ClassifierError};
use crate::contract::{Contract, ContractError};
use crate::region::{RegionClassifier, RegionDataError};

/// Everything that turns rows into figures. Built once per process.
pub struct Rules {
    pub city: City,
    pub contract: Contract,
    pub chains: ChainClassifier,
    pub regions: RegionClassifier,
    /// Every text the rules were read from: path relative to `data/` and content, sorted by path.
    pub texts: Vec<(String, String)>,
}

/// Rules that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Contract(#[from] ContractError),
    #[error("chains.toml: {0}")]
    Chains(#[from] ClassifierError),
    #[error("codes/divisions*.csv, countries.csv: {0}")]
    Regions(#[from] RegionDataError),
    #[error("{file}: {source}")]
    Read { file: String, source: std::io::Error },
}

/// Raised when code changes what rows become, so that every part is rebuilt.
pub const CODE_VERSION: u32 = 4;

const REGION_TABLES: [&str; 3] = ["codes/divisions.csv", "codes/divisions-history.csv", "codes/countries.csv"];

impl Rules {
    /// Reads all rules through `read`, which is given paths relative to `data/`; `folder` is the city's,
    /// such as `cities/huaibei`.
    pub fn load(read: &dyn Fn(&str) -> std::io::Result<String>, folder: &str) -> Result<Self, RulesError> {
        let city = City::load(read, folder)?;
        let contract = Contract::load(read)?;
        let mut texts = city.sources.clone();
        let mut tables: Vec<String> = Vec::with_capacity(REGION_TABLES.len());
        for file in REGION_TABLES {
            let text = read(file).map_err(|source| RulesError::Read { file: file.to_owned(), source })?;
            texts.push((file.to_owned(), text.clone()));
            tables.push(text);
        }
        for table in crate::contract::TABLES {
            let file = format!("contract/{table}.toml");
            let text = read(&file).map_err(|source| RulesError::Read { file: file.clone(), source })?;
            texts.push((file, text));
        }
        texts.sort();
        texts.dedup();
        let chains = ChainClassifier::new(&city.chains)?;
        let regions = RegionClassifier::new(&tables[0], &tables[1], &tables[2], &city.profile.division)?;
        Ok(Self { city, contract, chains, regions, texts })
    }
}
