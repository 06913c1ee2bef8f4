//! What the root hands to the pages (应用): ports, city, clock, and the hosts that may ask.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_documents::Fonts;
use qunlian_domain::access::lockout::LoginLimits;
use qunlian_domain::access::password::Profile;
use qunlian_domain::catalogue::City;
use qunlian_domain::light::LightRule;
use qunlian_domain::rules::Rules;
use qunlian_domain::scale::Bands;
use qunlian_domain::subscription::Reach;
use qunlian_queries::{Answers, BoxFuture, Statements};
use qunlian_registry::secret::Passwords;
use qunlian_registry::{JobBoard, Store};
use tokio::sync::Semaphore;

use crate::access::AccessTable;
use crate::assets::Assets;
use crate::attachments::Attachments;
use crate::cache::PageCache;
use crate::door::Door;
use crate::objectors::Objectors;
use crate::pages::filings::{Previews, PublishedOnce};
use crate::setup::SetUp;
use crate::templates::{TemplateError, Templates};
use crate::who::Who;
use crate::workbooks::WorkbookReader;

/// Everything the router needs. All of it is shared between requests.
pub struct App {
    pub answers: Arc<dyn Answers>,
    pub jobs: Arc<dyn JobBoard>,
    /// Accounts, sessions, filings and all else that is recorded.
    pub books: Arc<dyn Store>,
    /// Whom subscriptions may go to (推送白名单); `None` while delivery is off.
    pub delivery: Option<Reach>,
    /// Analysts' own statements.
    pub sql: Arc<dyn Statements>,
    /// Longest time until a request is answered; what is answered by then may be handed out for longer.
    pub patience: Duration,
    /// How much longer a statement may take whose answer is taken away as a file.
    pub file_patience: Duration,
    /// Attachments of filings.
    pub attachments: Arc<dyn Attachments>,
    /// Workbooks that clerks upload to file their rows.
    pub workbooks: Arc<dyn WorkbookReader>,
    /// What documents are set in.
    pub fonts: Fonts,
    pub city: CityFace,
    /// Every rule of the city.
    pub rules: Arc<Rules>,
    /// The business day (业务日) in the city's time zone, or a fixed one.
    pub today: Arc<dyn Fn() -> NaiveDate + Send + Sync>,
    /// Moves the business day on; only in a demonstration.
    pub next_day: Option<NextDay>,
    /// The moment, for sessions and for what is recorded.
    pub now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    pub security: Security,
    pub mode: Mode,
    /// Host names beyond localhost, 127.0.0.1 and [::1] under which the server may be reached, without port.
    pub hosts: BTreeSet<String>,
    /// Changes with every build; part of each ETag. See [`build_of_this_program`].
    pub build: String,
}

/// Moves the demonstration's business day on by one and starts what is due on it. Answers `None`, with nothing done,
/// while tasks of the day before still run.
pub type NextDay = Arc<dyn Fn() -> BoxFuture<'static, Result<Option<NaiveDate>, String>> + Send + Sync>;

/// How people prove who they are (登录安全).
pub struct Security {
    /// Rules of passwords.
    pub profile: Profile,
    pub limits: LoginLimits,
    pub passwords: Arc<dyn Passwords>,
    /// True wherever browsers come by https: everywhere but on plain loopback.
    pub secure_cookie: bool,
    /// Keeper of the one-time link to the first accounts, while nobody can log in.
    pub set_up: Option<Arc<SetUp>>,
}

/// How the server was started (运行方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Synthetic data; every page says so.
    Demo,
    Serve,
}

/// What the pages show of the city's catalogue.
#[derive(Debug, Clone)]
pub struct CityFace {
    /// 淮北市
    pub name: String,
    /// 淮北市投资促进中心
    pub center: String,
    /// Years that have targets.
    pub target_years: Vec<i32>,
    /// Data older than this many days is shown as stale.
    pub stale_after_days: u32,
    pub light: LightRule,
    pub bands: Bands,
}

impl CityFace {
    /// Takes what the pages show.
    pub fn of(city: &City) -> Self {
        Self {
            name: city.profile.name.clone(),
            center: city.profile.center.clone(),
            target_years: city.profile.target_years.clone(),
            stale_after_days: city.profile.stale_after_days,
            light: city.light.clone(),
            bands: city.bands.clone(),
        }
    }
}

/// A mark of the running program: the length and the time of change of its file.
/// Two builds never share it, two starts of one build do, so browsers keep their copies over a restart.
pub fn build_of_this_program() -> String {
    let facts = std::env::current_exe().and_then(std::fs::metadata).ok();
    let changed = facts.as_ref().and_then(|facts| facts.modified().ok());
    let since = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
    format!("{}-{:x}-{:x}", env!("CARGO_PKG_VERSION"), facts.map_or(0, |facts| facts.len()), since.as_nanos())
}

/// The app with what is made once from it: templates, assets, the cache of finished pages.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) templates: Templates,
    pub(crate) assets: Assets,
    pub(crate) pages: PageCache,
    /// Pages being put together right now; more than this get 429.
    pub(crate) places: Arc<Semaphore>,
    /// Who may open what.
    pub(crate) access: AccessTable,
    /// Whoever visits a demonstration without choosing a part.
    pub(crate) visitor: OnceLock<Who>,
    pub(crate) door: Door,
    /// How often each address has objected.
    pub(crate) objectors: Objectors,
    /// When the demonstration's day was last moved on.
    pub(crate) day_passed_at: Mutex<Option<DateTime<Utc>>>,
    /// Published projects, made findable for duplicate checks.
    pub(crate) published: PublishedOnce,
    /// Workbooks that were read and wait for their clerk's word.
    pub(crate) previews: Previews,
}

/// Pages that may be put together at once; the cache serves any number beside them.
const PLACES: usize = 256;

impl Desk {
    pub(crate) fn new(app: App, access: AccessTable) -> Result<Self, TemplateError> {
        let assets = Assets::embedded();
        let templates = Templates::embedded(&assets)?;
        Ok(Self {
            app,
            templates,
            assets,
            pages: PageCache::new(),
            places: Arc::new(Semaphore::new(PLACES)),
            access,
            visitor: OnceLock::new(),
            door: Door::new(),
            objectors: Objectors::default(),
            day_passed_at: Mutex::default(),
            published: PublishedOnce::default(),
            previews: Previews::default(),
        })
    }

    pub(crate) fn today(&self) -> NaiveDate {
        (self.app.today)()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.app.now)()
    }
}
