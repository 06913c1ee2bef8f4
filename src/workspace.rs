//! An opened data folder: its layout, books, configuration and rules, as every command needs them.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use qunlian_jobs::{BusinessDay, DAY_SETTING};
use qunlian_lake::Layout;
use qunlian_registry::{Settings, SqliteStore};

use crate::config::Config;
use crate::data::{LoadedRules, load_rules};

/// Everything a command works with.
pub struct Workspace {
    pub layout: Layout,
    pub store: Arc<SqliteStore>,
    pub config: Config,
    pub loaded: LoadedRules,
}

impl Workspace {
    /// Opens a data folder, making it if it is missing.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let layout = Layout::open(folder).with_context(|| format!("data folder {}", folder.display()))?;
        let config = Config::of(layout.root())?;
        let loaded = load_rules(&config)?;
        let store = SqliteStore::open(&layout.books()).context("the books")?;
        Ok(Self { layout, store: Arc::new(store), config, loaded })
    }

    /// Opens a data folder that must exist already.
    pub fn existing(folder: &Path) -> anyhow::Result<Self> {
        Layout::existing(folder).map_err(|error| {
            crate::exit::Unusable::new(error.to_string(), "name the folder that `qunlian import`, `serve` or `demo` made, with --data")
        })?;
        Self::open(folder)
    }

    /// The business day of the folder: a demonstration's own, else the real one.
    pub fn business_day(&self) -> anyhow::Result<BusinessDay> {
        let Some(kept) = self.store.setting(DAY_SETTING)? else { return Ok(BusinessDay::real()) };
        Ok(BusinessDay::fixed(Some(kept.parse().with_context(|| format!("the setting {DAY_SETTING}"))?)))
    }
}

/// The business day: the fixed one, or today in the city's time zone (Asia/Shanghai).
pub fn business_day(fixed: Option<NaiveDate>) -> NaiveDate {
    fixed.unwrap_or_else(|| Utc::now().with_timezone(&chrono_tz::Asia::Shanghai).date_naive())
}
