//! Making the bulletins that are due (制作通报): asked of the newest generation, kept with the attachments and in the books.

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use qunlian_bulletins::{Composed, Issue, Kind, Sources};
use qunlian_documents::Fonts;
use qunlian_domain::access::RowScope;
use qunlian_domain::audit::Via;
use qunlian_domain::bulletin::Template;
use qunlian_domain::subscription::{Letter, MessageRows, Topic};
use qunlian_engine::Serving;
use qunlian_jobs::desk::news;
use qunlian_jobs::list::bulletins::NAME;
use qunlian_lake::attachments;
use qunlian_queries::{Answers, Params};
use qunlian_registry::{BulletinBooks, BulletinFile, Doer, Kept, MadeBulletin, NewBulletin, Settings};

use super::{OnProgress, deliver};
use crate::lake_files::newest_engine;
use crate::workspace::Workspace;

/// The setting that holds the business day on which this job first ran.
const SINCE: &str = "bulletins.since";

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    pub made: Vec<MadeBulletin>,
    /// Bulletins whose words had not changed.
    pub known: usize,
    /// Due, but of years without targets.
    pub without_targets: Vec<NaiveDate>,
    /// Messages to subscribers that were put into the outbox.
    pub queued: usize,
}

/// Makes what is due by `today`; nothing before the first generation.
pub fn run(workspace: &Workspace, today: NaiveDate, progress: OnProgress<'_>) -> anyhow::Result<Outcome> {
    let now = Utc::now();
    let since = workspace.store.setting_or_put(SINCE, &today.to_string(), now)?;
    let since: NaiveDate = since.parse().with_context(|| format!("the setting {SINCE}"))?;
    let city = &workspace.loaded.rules.city;
    let mut due: Vec<(NaiveDate, &Template)> = Vec::new();
    let mut outcome = Outcome::default();
    for month_end in city.bulletins.months_due(since, today) {
        if city.profile.target_years.contains(&chrono::Datelike::year(&month_end)) {
            due.extend(city.bulletins.due_after(month_end).into_iter().map(|template| (month_end, template)));
        } else {
            outcome.without_targets.push(month_end);
        }
    }
    if due.is_empty() {
        return Ok(outcome);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("start a runtime")?;
    let Some(engine) = runtime.block_on(newest_engine(workspace))? else { return Ok(outcome) };
    let fonts = Fonts::load(&workspace.config.fonts.files()).context("the fonts of documents")?;
    let by = Doer { account: None, name: format!("job:{NAME}"), via: Via::Job, now, today };
    let total = due.len() as u64;
    for (number, (until, template)) in (0u64..).zip(due) {
        progress(&format!("{} {until}", template.name), number, total);
        let composed = runtime.block_on(compose(workspace, &engine, template, until, today))?;
        let generation = engine.generation().context("no generation is served")?;
        let new = NewBulletin {
            template: template.id.clone(),
            name: composed.name.clone(),
            title: composed.title_line(),
            until,
            generation: generation.number,
            rule_version: generation.rule_version.clone(),
            words: blake3::hash(composed.printed().as_bytes()).to_hex().to_string(),
            files: files(workspace, &composed, &fonts)?,
        };
        match workspace.store.keep_bulletin(&new, &by)? {
            Kept::New(made) => {
                outcome.queued += tell(workspace, template, &composed, &made, today)?;
                outcome.made.push(made);
            }
            Kept::Known(_) => outcome.known += 1,
        }
    }
    progress("通报", total, total);
    Ok(outcome)
}

async fn compose(
    workspace: &Workspace,
    engine: &Serving,
    template: &Template,
    until: NaiveDate,
    dated: NaiveDate,
) -> anyhow::Result<Composed> {
    let city = &workspace.loaded.rules.city;
    let year = chrono::Datelike::year(&until);
    let params = Params::new().with("year", year).with("as_of", until);
    let sources = Sources::ask(|query| engine.ask(query, params.clone(), &RowScope::City)).await?;
    let issue = Issue { year, as_of: until, dated, city: &city.profile.name, center: &city.profile.center, light: &city.light };
    Ok(sources.compose(template, &issue)?)
}

/// Writes every format; each is safe on disk when this returns.
fn files(workspace: &Workspace, composed: &Composed, fonts: &Fonts) -> anyhow::Result<Vec<BulletinFile>> {
    let mut files = Vec::new();
    for kind in Kind::ALL {
        let bytes = composed.file(kind, fonts)?;
        let blake3 = attachments::keep(&workspace.layout, &bytes)?;
        files.push(BulletinFile { kind: kind.suffix().to_owned(), blake3, bytes: bytes.len() as u64 });
    }
    Ok(files)
}

/// Puts the files under names for people, and a message into the outbox of each subscriber. Gives how many are new.
fn tell(workspace: &Workspace, template: &Template, composed: &Composed, made: &MadeBulletin, today: NaiveDate) -> anyhow::Result<usize> {
    let rules = &workspace.loaded.rules;
    let folder = format!("{}", made.until);
    let below = workspace.layout.bulletins().join(&folder);
    std::fs::create_dir_all(&below).with_context(|| below.display().to_string())?;
    let mut paths = Vec::new();
    for file in &made.files {
        let name = format!("{}_第{}版.{}", composed.file_stem(&rules.city.profile.name), made.edition, file.kind);
        let path = below.join(&name);
        std::fs::write(&path, attachments::open(&workspace.layout, &file.blake3)?).with_context(|| path.display().to_string())?;
        paths.push(format!("bulletins/{folder}/{name}"));
    }
    if deliver::reach(workspace)?.is_none() {
        return Ok(0);
    }
    let bulletins = &rules.city.bulletins;
    let topics = [(Topic::MonthlyBulletin, &bulletins.monthly), (Topic::QuarterlyBulletin, &bulletins.quarterly)];
    let mut queued = 0;
    for (topic, _) in topics.into_iter().filter(|(topic, id)| **id == template.id && topic.covers(made.until)) {
        let issue = news::Issue {
            topic,
            key: format!("{}.{}", made.until, made.edition),
            rows: MessageRows::Sums,
            letter: Letter::new(&composed.title_line(), &composed.text())?,
            attachments: paths.clone(),
        };
        queued += news::publish(workspace.store.as_ref(), rules, &issue, today, Utc::now())?;
    }
    Ok(queued)
}
