//! DataFusion sessions: functions, memory and what is switched off.

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::config::Dialect;
use datafusion::execution::cache::cache_manager::{CacheManager, CacheManagerConfig};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, GreedyMemoryPool, MemoryPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::correct::mended;
use crate::error::{EngineError, words};
use crate::few_groups::FewGroups;
use crate::functions;
use crate::functions::allowed;
use crate::rules::Rules;

/// What a session may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Threads that one plan spreads over.
    pub partitions: usize,
    /// Bytes of working memory.
    pub memory: usize,
    /// Bytes of temporary files; 0 allows none.
    pub spill: u64,
}

/// A new session with the city's functions and no way to reach a file, setting or catalogue by SQL.
pub(crate) fn context(rules: &Arc<Rules>, bounds: Bounds) -> Result<SessionContext, EngineError> {
    Ok(with_runtime(rules, bounds.partitions, runtime(bounds, Arc::new(GreedyMemoryPool::new(bounds.memory)))?))
}

/// A session that joins by sorting, which spills what the memory does not hold. Its sorts share the memory evenly, so there
/// are few of them: two partitions (over a single one, nothing is joined by sorting).
pub(crate) fn sorting(rules: &Arc<Rules>, bounds: Bounds) -> Result<SessionContext, EngineError> {
    let session = with_runtime(rules, 2, runtime(bounds, Arc::new(FairSpillPool::new(bounds.memory)))?);
    session.state_ref().write().config_mut().options_mut().optimizer.prefer_hash_join = false;
    Ok(session)
}

/// A session without tables beside another one: both work within the same memory.
pub(crate) fn beside(rules: &Arc<Rules>, other: &SessionContext) -> SessionContext {
    with_runtime(rules, other.copied_config().target_partitions(), other.runtime_env())
}

/// Where temporary files go.
#[derive(Debug, Clone)]
pub enum Spill {
    /// The system's folder for them.
    System,
    /// A folder of the process's own.
    Folder(PathBuf),
}

/// Caches of footers and statistics that statements over the same, never changing files may share.
pub(crate) fn shared_caches() -> Result<CacheManagerConfig, EngineError> {
    let made = CacheManager::try_new(&CacheManagerConfig::default()).map_err(|fault| EngineError::Start(words(&fault)))?;
    Ok(CacheManagerConfig::default()
        .with_file_statistics_cache(made.get_file_statistic_cache())
        .with_list_files_cache(made.get_list_files_cache())
        .with_file_metadata_cache(Some(made.get_file_metadata_cache())))
}

/// A session for one statement of an analyst's own: memory, spill and functions of its own, footers shared.
pub(crate) fn fenced(
    rules: &Arc<Rules>,
    bounds: Bounds,
    memory: Arc<dyn MemoryPool>,
    spill: &Spill,
    caches: &CacheManagerConfig,
) -> Result<SessionContext, EngineError> {
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(memory)
        .with_disk_manager_builder(disk(bounds, spill))
        .with_cache_manager(caches.clone())
        .build_arc()
        .map_err(|fault| EngineError::Start(words(&fault)))?;
    Ok(with_runtime(rules, bounds.partitions, runtime))
}

fn with_runtime(rules: &Arc<Rules>, partitions: usize, runtime: Arc<RuntimeEnv>) -> SessionContext {
    let mut config = SessionConfig::new().with_information_schema(false).with_target_partitions(partitions);
    let options = config.options_mut();
    // The generic dialect takes `sort` and `cluster` after a comma for clauses; they are columns of ours.
    options.sql_parser.dialect = Dialect::PostgreSQL;
    options.sql_parser.map_string_types_to_utf8view = true;
    // So that errors can point at line and column.
    options.sql_parser.collect_spans = true;
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    let state = SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features();
    let state = mended(state).with_physical_optimizer_rule(Arc::new(FewGroups));
    let context = SessionContext::new_with_state(state.build());
    let own = functions::all(rules);
    let names = own.iter().map(|function| function.name().to_owned()).collect();
    for function in own {
        context.register_udf(function);
    }
    allowed::only(&context, &names);
    context
}

fn runtime(bounds: Bounds, memory: Arc<dyn MemoryPool>) -> Result<Arc<RuntimeEnv>, EngineError> {
    RuntimeEnvBuilder::new()
        .with_memory_pool(memory)
        .with_disk_manager_builder(disk(bounds, &Spill::System))
        .build_arc()
        .map_err(|fault| EngineError::Start(words(&fault)))
}

fn disk(bounds: Bounds, spill: &Spill) -> DiskManagerBuilder {
    let mode = match spill {
        _ if bounds.spill == 0 => DiskManagerMode::Disabled,
        Spill::System => DiskManagerMode::OsTmpDirectory,
        Spill::Folder(folder) => DiskManagerMode::Directories(vec![folder.clone()]),
    };
    DiskManagerBuilder::default().with_mode(mode).with_max_temp_directory_size(bounds.spill)
}
