//! From a manifest to what the engine reads: paths and the facts that pages show.

use qunlian_engine::{Rules as EngineRules, Serving, TableFiles};
use qunlian_lake::verify::Depth;
use qunlian_lake::{Snapshot, Survey, snapshot};
use qunlian_queries::{Generation, Library};

use crate::workspace::Workspace;

/// The files of a generation, with a word on damage found in newer ones.
pub fn table_files(snapshot: &Snapshot, damage: Option<String>) -> TableFiles {
    let manifest = snapshot.manifest();
    TableFiles {
        generation: Generation {
            number: manifest.generation,
            data_date: Some(manifest.data_date),
            published_at: manifest.published_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            rule_version: manifest.rule_version.clone(),
            rows: manifest.tables.iter().map(|table| (table.name.clone(), table.rows)).collect(),
            checks: (manifest.checks.passed, manifest.checks.all),
            damage,
        },
        tables: manifest.tables.iter().map(|table| (table.name.clone(), snapshot.files(&table.name))).collect(),
    }
}

/// An engine over the newest whole generation, for jobs; `None` before the first is published.
pub async fn newest_engine(workspace: &Workspace) -> anyhow::Result<Option<Serving>> {
    let survey = snapshot::survey(&workspace.layout, Depth::Hashes)?;
    let Some(current) = &survey.good else { return Ok(None) };
    let rules = &workspace.loaded.rules;
    let engine = Serving::new(Library::embedded()?, rules.contract.clone(), EngineRules::of(&rules.city))?;
    engine.swap(&table_files(current, damage_words(&survey)), None).await?;
    Ok(Some(engine))
}

/// What the red banner says when a newer generation is damaged and an older one is served.
pub fn damage_words(survey: &Survey) -> Option<String> {
    if !survey.is_fallback() {
        return None;
    }
    let words: Vec<String> =
        survey.damaged.iter().map(|damage| format!("第 {} 代 {}：{}", damage.generation, damage.path, damage.kind.text_zh())).collect();
    Some(words.join("；"))
}
