//! Building and publishing a generation (build_lake): polars makes the parts, checks gate them, the lake seals them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::{NaiveDate, Utc};
use qunlian_domain::history::Rank;
use qunlian_engine::{CheckOutcome, Rules as EngineRules};
use qunlian_ingest::Report;
use qunlian_lake::verify::Depth;
use qunlian_lake::{Checks, Column, Facts, Input, LakeLock, PartSlot, Publication, Snapshot, inputs_fingerprint, landing, snapshot};
use qunlian_queries::Library;
use qunlian_registry::{Import, ImportBooks, ImportOutcome, JobBooks, OverrideBooks};
use qunlian_transform::{BuildInput, BuildReport, Parts, RunRow, Sheet, Source, build, file_number};

use crate::lake_files::table_files;
use crate::work::export::{self, Exported};
use crate::work::{OnProgress, decision_of, ingest};
use crate::workspace::Workspace;

/// What a build came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Built {
    /// Nothing that a table depends on has changed; nothing was published.
    Unchanged {
        generation: u64,
    },
    Published {
        generation: u64,
        written: usize,
        reused: usize,
        rows_read: u64,
    },
    /// No file has been accepted yet.
    NoInput,
}

/// How much is done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// What has changed since the generation before.
    Changed,
    /// Every part, from the landing as it is.
    AllParts,
    /// Every file is read again, too.
    Everything,
}

/// Builds and publishes.
pub fn run(workspace: &Workspace, effort: Effort, today: NaiveDate, progress: OnProgress<'_>) -> anyhow::Result<Built> {
    let mut lock = LakeLock::wait(&workspace.layout, "build_lake", None, |holder| tracing::warn!(holder, "waiting for the lake"))?;
    read_outdated(workspace, effort, today, progress)?;
    let survey = snapshot::survey(&workspace.layout, Depth::Hashes)?;
    // A damaged newest generation is repaired by publishing again, even when no input has changed.
    let repair = survey.is_fallback();
    let parent = survey.good;
    let books = export::for_build(workspace, &lock, effort == Effort::Everything)?;
    let (input, inputs, fingerprint) = gather(workspace, books.as_ref(), if effort == Effort::Changed { parent.as_ref() } else { None })?;
    if input.sources.is_empty() {
        return Ok(Built::NoInput);
    }
    if let Some(parent) =
        parent.as_ref().filter(|parent| effort == Effort::Changed && !repair && parent.manifest().inputs_fingerprint == fingerprint)
    {
        return Ok(Built::Unchanged { generation: parent.generation() });
    }
    let mut publication = Publication::begin(&mut lock, parent)?;
    for table in &workspace.loaded.rules.contract.tables {
        let schema = table.columns.iter().map(|column| Column { column: column.name.clone(), kind: column.kind.id().to_owned() }).collect();
        publication.table(&table.name, schema)?;
    }
    let mut parts = NewParts { publication: &mut publication, slots: BTreeMap::new() };
    let report = build(&input, &mut parts, &mut |step| progress(step.label, step.done, step.total))?;
    let slots = parts.slots;
    let (written, reused) = place(&mut publication, slots, &report)?;
    let mut facts = Facts {
        published_at: Utc::now(),
        data_date: report.data_date.unwrap_or(today),
        rule_version: input.rule_version.clone(),
        inputs,
        inputs_fingerprint: fingerprint,
        checks: Checks::default(),
        pinned: None,
    };
    progress("校验", 0, 0);
    facts.checks = gate(workspace, &publication.preview(&facts))?;
    progress("发布", 0, 0);
    let sealed = publication.seal(facts)?;
    Ok(Built::Published { generation: sealed.generation(), written, reused, rows_read: report.rows_read })
}

/// Reads accepted files again whose landing was made by other rules than today's.
fn read_outdated(workspace: &Workspace, effort: Effort, today: NaiveDate, progress: OnProgress<'_>) -> anyhow::Result<()> {
    let outdated: Vec<Import> = accepted(workspace)?
        .into_iter()
        .filter(|import| {
            effort == Effort::Everything
                || !landed(workspace, import)
                || import.report.get("reading_version").and_then(|version| version.as_str()) != Some(&workspace.loaded.version)
        })
        .collect();
    let total = outdated.len() as u64;
    for (done, import) in outdated.iter().enumerate() {
        progress("按现行规则重读原始文件", done as u64, total);
        if let ingest::Outcome::Refused { refusal, .. } = ingest::read_again(workspace, import, today, &mut |_, _, _| {})? {
            tracing::warn!(file = import.file_name, refusal, "no longer readable by the current rules");
        }
    }
    Ok(())
}

/// False when a crash between two renames left an accepted file without its landing folder.
fn landed(workspace: &Workspace, import: &Import) -> bool {
    landing::folder_of(&workspace.layout, &import.blake3).is_ok_and(|folder| folder.is_dir())
}

/// Accepted files in the order in which they came.
fn accepted(workspace: &Workspace) -> anyhow::Result<Vec<Import>> {
    let mut imports = workspace.store.imports(Some(ImportOutcome::Accepted), usize::MAX >> 1)?;
    imports.sort_by(|a, b| (a.received_at, &a.file_name, &a.blake3).cmp(&(b.received_at, &b.file_name, &b.blake3)));
    Ok(imports)
}

fn gather(workspace: &Workspace, books: Option<&Exported>, parent: Option<&Snapshot>) -> anyhow::Result<(BuildInput, Vec<Input>, String)> {
    let imports = accepted(workspace)?;
    let mut sources = Vec::with_capacity(imports.len());
    for import in &imports {
        sources.push(source_of(workspace, import)?);
    }
    let mut inputs: Vec<Input> =
        imports.iter().map(|import| Input { blake3: import.blake3.clone(), name: import.file_name.clone(), rows: import.rows }).collect();
    let (mut tables, mut entered_targets) = (Vec::new(), Vec::new());
    if let Some(books) = books {
        sources.extend(books.sources(workspace)?);
        inputs.extend(books.inputs());
        tables = books.tables(workspace)?;
        entered_targets = books.targets()?;
    }
    let overrides = workspace.store.overrides()?;
    let decisions: Vec<_> = overrides.iter().map(decision_of).collect();
    let order: String = imports.iter().map(|import| import.blake3.as_str()).collect::<Vec<_>>().join(" ");
    let fingerprint = inputs_fingerprint(&inputs, &workspace.loaded.version, &[&order, &format!("{decisions:?}")]);
    let input = BuildInput {
        rules: std::sync::Arc::clone(&workspace.loaded.rules),
        rule_version: workspace.loaded.version.clone(),
        sources,
        books: tables,
        decisions,
        entered_targets,
        runs: runs(workspace)?,
        previous: parent.map(fingerprints).unwrap_or_default(),
    };
    Ok((input, inputs, fingerprint))
}

fn source_of(workspace: &Workspace, import: &Import) -> anyhow::Result<Source> {
    let report: Report = serde_json::from_value(import.report.get("report").cloned().unwrap_or_default())
        .with_context(|| format!("the import ledger's report on {}", import.file_name))?;
    let sheet = |sheet: qunlian_ingest::SheetReport| Sheet {
        position: i64::from(sheet.sheet),
        name: sheet.name,
        carrier_id: sheet.carrier_id,
        month: sheet.month,
        reported_on: sheet.reported_on,
        header_row: sheet.header_row as i64,
        rows_in: sheet.rows_in as i64,
        rows_questioned: sheet.rows_questioned as i64,
        rows_left_out: sheet.rows_left_out as i64,
    };
    Ok(Source {
        blake3: import.blake3.clone(),
        number: file_number(&import.blake3),
        rank: Rank::Workbook,
        name: import.file_name.clone(),
        folder: landing::folder_of(&workspace.layout, &import.blake3)?,
        imported_on: import.received_at.with_timezone(&chrono_tz::Asia::Shanghai).date_naive(),
        sheets: report.sheets.into_iter().filter(|sheet| sheet.not_read.is_empty()).map(sheet).collect(),
    })
}

/// The runs that ended before this build, newest last.
fn runs(workspace: &Workspace) -> anyhow::Result<Vec<RunRow>> {
    let mut rows = Vec::new();
    for run in workspace.store.runs(None, 500)?.into_iter().rev() {
        let (Some(finished), Some(outcome)) = (run.finished, run.outcome) else { continue };
        let text = |time: chrono::DateTime<Utc>| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        rows.push(RunRow {
            job: run.job,
            slot: text(run.slot),
            attempt: i64::from(run.attempt),
            started_at: text(run.started),
            finished_at: text(finished),
            outcome: outcome.id().to_owned(),
            message: run.message,
        });
    }
    Ok(rows)
}

/// What each part of a generation was made from, by `table/key`.
fn fingerprints(parent: &Snapshot) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    for table in &parent.manifest().tables {
        for part in &table.parts {
            known.insert(format!("{}/{}", table.name, part.key.as_deref().unwrap_or("all")), part.fingerprint.clone());
        }
    }
    known
}

/// Hands out places for new parts inside the generation in the making.
struct NewParts<'a, 'lock> {
    publication: &'a mut Publication<'lock>,
    slots: BTreeMap<(String, String), PartSlot>,
}

impl Parts for NewParts<'_, '_> {
    fn new_part(&mut self, table: &str, key: &str, fingerprint: &str) -> Result<PathBuf, String> {
        let slot = self.publication.new_part(table, Some(key)).map_err(|error| error.to_string())?.made_from(fingerprint);
        let path = slot.path().to_path_buf();
        self.slots.insert((table.to_owned(), key.to_owned()), slot);
        Ok(path)
    }
}

/// Adds what was written and links what was not. Returns how many parts of each.
fn place(
    publication: &mut Publication<'_>,
    mut slots: BTreeMap<(String, String), PartSlot>,
    report: &BuildReport,
) -> anyhow::Result<(usize, usize)> {
    let (mut written, mut reused) = (0, 0);
    for part in &report.parts {
        let slot = slots.remove(&(part.table.clone(), part.key.clone()));
        match (slot, part.rows) {
            (Some(slot), Some(rows)) => {
                publication.add_part(slot, rows)?;
                written += 1;
            }
            _ => {
                let old = publication.parent().and_then(|parent| {
                    let parts = &parent.table(&part.table)?.parts;
                    parts.iter().find(|old| old.key.as_deref() == Some(&part.key) && old.fingerprint == part.fingerprint).cloned()
                });
                let Some(old) = old else { bail!("part {}/{} was neither made nor is in the generation before", part.table, part.key) };
                publication.reuse(&part.table, &old)?;
                reused += 1;
            }
        }
    }
    Ok((written, reused))
}

/// Runs all checks on the staged generation; one that fails stops the publish and says what it found.
fn gate(workspace: &Workspace, staged: &Snapshot) -> anyhow::Result<Checks> {
    let rules = &workspace.loaded.rules;
    let library = Library::embedded()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the engine")?;
    let files = table_files(staged, None);
    let outcomes = runtime.block_on(qunlian_engine::check(&files, &rules.contract, &EngineRules::of(&rules.city), &library))?;
    let failed: Vec<&CheckOutcome> = outcomes.iter().filter(|outcome| !outcome.passed).collect();
    if !failed.is_empty() {
        let words: Vec<String> =
            failed.iter().map(|check| format!("{}（{}）：{} {}", check.title, check.name, check.detail, check.rows.join("；"))).collect();
        let message = format!("{} of {} checks failed, nothing is published: {}", failed.len(), outcomes.len(), words.join("\n"));
        return Err(crate::exit::Unusable::new(message, "trying again cannot help: the input or a rule must be mended"));
    }
    let count = outcomes.len() as u32;
    Ok(Checks { passed: count, all: count, names: outcomes.into_iter().map(|outcome| outcome.name).collect() })
}
