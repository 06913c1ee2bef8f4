//! The running service: engine, jobs and pages in one process, over one data folder.

mod serving;
mod sql_child;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use chrono::NaiveDate;
use qunlian_domain::access::lockout::LoginLimits;
use qunlian_domain::target::board_day;
use qunlian_engine::{FirstScreen, Rules as EngineRules, Serving};
use qunlian_jobs::{OwnBinary, Runner, RunnerConfig, SystemClock};
use qunlian_lake::ServerLock;
use qunlian_queries::Library;
use qunlian_registry::secret::Argon2id;
use qunlian_web::{App, CityFace, Mode, Security, build_of_this_program};

use crate::exit::Unusable;
use crate::terminal::{print, say};
use crate::workspace::{Workspace, business_day};

/// How the service is started.
pub struct Start {
    pub listen: SocketAddr,
    pub today: Option<NaiveDate>,
    pub mode: Mode,
}

/// Refuses addresses that other machines could reach.
pub fn require_loopback(listen: SocketAddr) -> anyhow::Result<()> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(Unusable::new(format!("{listen} can be reached from other machines"), "until accounts exist, listen on 127.0.0.1 or [::1]"))
}

/// A runner over a data folder; `further` goes to every child's command line.
pub fn runner(workspace: &Workspace, today: Option<NaiveDate>, further: &[&str]) -> anyhow::Result<Runner> {
    let mut words: Vec<std::ffi::OsString> = further.iter().map(Into::into).collect();
    if let Some(day) = today {
        words.extend(["--today".into(), day.to_string().into()]);
    }
    let spawner = OwnBinary::new(workspace.layout.root().to_path_buf(), words).context("find this program")?;
    let store: Arc<dyn qunlian_registry::Store> = workspace.store.clone();
    Ok(Runner::new(RunnerConfig::new(store, Arc::new(SystemClock::new(today)), Arc::new(spawner)))?)
}

/// Serves until it is told to stop. `prepare` runs after the lock is held and before anything is served.
pub async fn serve<P>(folder: PathBuf, start: Start, prepare: impl FnOnce(Arc<Workspace>, Runner) -> P) -> anyhow::Result<()>
where
    P: Future<Output = anyhow::Result<()>>,
{
    let workspace = Arc::new(Workspace::open(&folder)?);
    let lock = ServerLock::take(&workspace.layout, &format!("serving {}", start.listen)).map_err(|error| {
        if error.is_server_running() {
            Unusable::new(error.to_string(), "stop the other server, or name another --data folder")
        } else {
            error.into()
        }
    })?;
    let listener = tokio::net::TcpListener::bind(start.listen).await.with_context(|| format!("listen on {}", start.listen))?;
    let runner = runner(&workspace, start.today, &[])?;
    prepare(Arc::clone(&workspace), runner.clone()).await?;
    let rules = &workspace.loaded.rules;
    let engine = Arc::new(Serving::new(Library::embedded()?, rules.contract.clone(), EngineRules::of(&rules.city))?);
    let today = start.today;
    let years = rules.city.profile.target_years.clone();
    let screen = move || {
        let (year, as_of) = board_day(&years, business_day(today));
        FirstScreen { year, as_of }
    };
    let mut follower = serving::Follower::new(workspace.layout.clone(), Arc::clone(&engine), screen);
    follower.look().await?;
    let app = App {
        answers: engine,
        jobs: Arc::new(runner.clone()),
        sql: Arc::new(sql_child::SqlChild::new(&workspace)?),
        books: workspace.store.clone(),
        city: CityFace::of(&rules.city),
        rules: Arc::clone(rules),
        today: Arc::new(move || business_day(today)),
        now: Arc::new(chrono::Utc::now),
        security: security(&workspace, start.listen),
        mode: start.mode,
        hosts: std::collections::BTreeSet::new(),
        build: build_of_this_program(),
    };
    let router = qunlian_web::router(app)?;
    runner.start().await?;
    let following = tokio::spawn(follower.follow());
    print(&format!("listening on http://{}", listener.local_addr()?))?;
    axum::serve(listener, router).with_graceful_shutdown(told_to_stop()).await.context("serve")?;
    say("stopping");
    following.abort();
    runner.stop().await;
    drop(lock);
    Ok(())
}

/// Browsers refuse `Secure` cookies of plain http, except that loopback has no wire to listen on.
fn security(workspace: &Workspace, listen: SocketAddr) -> Security {
    Security {
        profile: workspace.config.security.profile(),
        limits: LoginLimits::default(),
        passwords: Arc::new(Argon2id),
        secure_cookie: !listen.ip().is_loopback(),
    }
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            // Without the handler the signal ends the process at once, which is safe too.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}
