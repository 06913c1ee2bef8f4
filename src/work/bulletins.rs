//! Making the bulletins that are due (制作通报): asked of the newest generation, kept with the attachments and in the books.

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use qunlian_bulletins::{Composed, Issue, Kind, Sources};
use qunlian_documents::Fonts;
use qunlian_domain::access::RowScope;
use qunlian_domain::audit::Via;
use qunlian_domain::bulletin::Template;
use qunlian_engine::{Rules as EngineRules, Serving};
use qunlian_jobs::list::bulletins::NAME;
use qunlian_lake::verify::Depth;
use qunlian_lake::{attachments, snapshot};
use qunlian_queries::{Answers, Library, Params};
use qunlian_registry::{BulletinBooks, BulletinFile, Doer, Kept, MadeBulletin, NewBulletin, Settings};

use super::OnProgress;
use crate::lake_files::{damage_words, table_files};
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
    let Some(engine) = runtime.block_on(newest(workspace))? else { return Ok(outcome) };
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
            Kept::New(made) => outcome.made.push(made),
            Kept::Known(_) => outcome.known += 1,
        }
    }
    progress("通报", total, total);
    Ok(outcome)
}

/// An engine over the newest whole generation.
async fn newest(workspace: &Workspace) -> anyhow::Result<Option<Serving>> {
    let survey = snapshot::survey(&workspace.layout, Depth::Hashes)?;
    let Some(current) = &survey.good else { return Ok(None) };
    let rules = &workspace.loaded.rules;
    let engine = Serving::new(Library::embedded()?, rules.contract.clone(), EngineRules::of(&rules.city))?;
    engine.swap(&table_files(current, damage_words(&survey)), None).await?;
    Ok(Some(engine))
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
