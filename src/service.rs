//! The running service: engine, jobs and pages in one process, over one data folder.

mod attachments;
mod doors;
mod entry;
mod serving;
mod statements;
mod workbooks;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::NaiveDate;
use qunlian_documents::Fonts;
use qunlian_domain::access::lockout::LoginLimits;
use qunlian_domain::target::board_day;
use qunlian_engine::{FirstScreen, Rules as EngineRules, Serving};
use qunlian_jobs::{BusinessDay, DAY_SETTING, OwnBinary, Runner, RunnerConfig, SystemClock};
use qunlian_lake::ServerLock;
use qunlian_queries::Library;
use qunlian_registry::Settings;
use qunlian_registry::secret::Argon2id;
use qunlian_web::{App, CityFace, Mode, NextDay, Security, SetUp, build_of_this_program, set_up_if_needed};

use crate::exit::Unusable;
use crate::terminal::{print, say};
use crate::work::deliver;
use crate::workspace::Workspace;

/// Longest time until a request is answered.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the service is started.
pub struct Start {
    pub listen: SocketAddr,
    /// Fixes the business day; of a demonstration it is the first, from which it is moved by hand.
    pub today: Option<NaiveDate>,
    pub mode: Mode,
}

/// Refuses addresses that other machines could reach: the demonstration asks nobody for a password.
pub fn require_loopback(listen: SocketAddr) -> anyhow::Result<()> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(Unusable::new(format!("{listen} can be reached from other machines"), "the demonstration listens on 127.0.0.1 or [::1]"))
}

/// A runner over a data folder; `further` goes to every child's command line.
pub fn runner(workspace: &Workspace, day: Arc<BusinessDay>, further: &[&str]) -> anyhow::Result<Runner> {
    let words = further.iter().map(Into::into).collect();
    let spawner = OwnBinary::new(workspace.layout.root().to_path_buf(), words, Arc::clone(&day)).context("find this program")?;
    let store: Arc<dyn qunlian_registry::Store> = workspace.store.clone();
    Ok(Runner::new(RunnerConfig::new(store, Arc::new(SystemClock::new(day)), Arc::new(spawner)))?)
}

/// The day that a service begins with: a demonstration goes on where it was.
fn first_day(workspace: &Workspace, start: &Start) -> anyhow::Result<BusinessDay> {
    match (start.mode, start.today) {
        (Mode::Demo, Some(first)) => {
            let kept = workspace.store.setting_or_put(DAY_SETTING, &first.to_string(), chrono::Utc::now())?;
            Ok(BusinessDay::moved_by_hand(kept.parse().with_context(|| format!("the setting {DAY_SETTING}"))?))
        }
        (_, today) => Ok(BusinessDay::fixed(today)),
    }
}

/// What the button of the demonstration does.
fn next_day(day: &Arc<BusinessDay>, runner: &Runner) -> NextDay {
    let (day, runner) = (Arc::clone(day), runner.clone());
    Arc::new(move || {
        let (day, runner) = (Arc::clone(&day), runner.clone());
        Box::pin(async move { runner.next_day(&day).await.map_err(|error| error.to_string()) })
    })
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
    let entry = entry::Entry::of(&workspace.config.server, workspace.layout.root(), start.listen)?;
    let listener = tokio::net::TcpListener::bind(start.listen).await.with_context(|| format!("listen on {}", start.listen))?;
    let doors = doors::places(&workspace).await?;
    let day = Arc::new(first_day(&workspace, &start)?);
    let reach = deliver::reach(&workspace)?;
    // What could not be sent with is told now, not in the middle of the night.
    deliver::carrier(&workspace)?;
    let runner = runner(&workspace, Arc::clone(&day), &[])?;
    prepare(Arc::clone(&workspace), runner.clone()).await?;
    let rules = &workspace.loaded.rules;
    let engine = Arc::new(Serving::new(Library::embedded()?, rules.contract.clone(), EngineRules::of(&rules.city))?);
    let today = {
        let day = Arc::clone(&day);
        move || day.today(chrono::Utc::now())
    };
    let years = rules.city.profile.target_years.clone();
    let screen = {
        let today = today.clone();
        move || {
            let (year, as_of) = board_day(&years, today());
            FirstScreen { year, as_of }
        }
    };
    let mut follower = serving::Follower::new(workspace.layout.clone(), Arc::clone(&engine), screen);
    follower.look().await?;
    let link = match start.mode {
        Mode::Serve => set_up_if_needed(workspace.store.as_ref())?,
        Mode::Demo => None,
    };
    let desk = statements::desk(&workspace, &engine, Arc::new(runner.clone()))?;
    let warming = tokio::spawn(statements::keep_warm(Arc::clone(&desk), Arc::clone(&engine)));
    let today: Arc<dyn Fn() -> NaiveDate + Send + Sync> = Arc::new(today);
    let door_lines = doors.lines()?;
    let opened = doors.open(&doors::Behind { workspace: &workspace, sql: desk.clone(), today: Arc::clone(&today) });
    let app = App {
        answers: engine,
        jobs: Arc::new(runner.clone()),
        sql: desk.clone(),
        patience: PATIENCE,
        file_patience: Duration::from_secs(workspace.config.limits.sql_file_seconds),
        attachments: Arc::new(attachments::AttachmentFolder(workspace.layout.clone())),
        workbooks: Arc::new(workbooks::WorkbookChild::new(&workspace)?),
        books: workspace.store.clone(),
        fonts: Fonts::load(&workspace.config.fonts.files()).context("the fonts of documents ([fonts] in qunlian.toml)")?,
        delivery: reach,
        city: CityFace::of(&rules.city),
        rules: Arc::clone(rules),
        today,
        next_day: (start.mode == Mode::Demo).then(|| next_day(&day, &runner)),
        now: Arc::new(chrono::Utc::now),
        security: security(&workspace, entry.is_https(), link.as_ref().map(|(_, keeper)| Arc::clone(keeper))),
        mode: start.mode,
        hosts: workspace.config.server.hosts.clone(),
        build: build_of_this_program(),
    };
    let router = qunlian_web::router(app)?;
    runner.start().await?;
    let following = tokio::spawn(follower.follow());
    print(&format!("listening on {}://{}", entry.scheme(), listener.local_addr()?))?;
    door_lines.iter().try_for_each(|line| print(line))?;
    if let Some((secret, _)) = &link {
        print(&format!(
            "nobody can log in yet; on this machine, open {}://{}/setup?token={secret}",
            entry.scheme(),
            near(listener.local_addr()?)
        ))?;
    }
    entry.serve(listener, router, told_to_stop()).await?;
    say("stopping");
    drop(opened);
    following.abort();
    warming.abort();
    runner.stop().await;
    drop(lock);
    Ok(())
}

/// Browsers refuse `Secure` cookies of plain http, except that loopback has no wire to listen on.
fn security(workspace: &Workspace, https: bool, set_up: Option<Arc<SetUp>>) -> Security {
    Security {
        profile: workspace.config.security.profile(),
        limits: LoginLimits::default(),
        passwords: Arc::new(Argon2id),
        secure_cookie: https,
        set_up,
    }
}

/// The address by which this machine itself reaches a listener.
fn near(listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_loopback() { listen } else { SocketAddr::from(([127, 0, 0, 1], listen.port())) }
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
