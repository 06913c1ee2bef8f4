//! DataFusion sessions: functions, memory and what is switched off.

use std::sync::Arc;

use datafusion::config::Dialect;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::error::{EngineError, words};
use crate::functions;
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

/// Functions that allocate outside the memory pool: one call can ask for gigabytes.
const UNBOUNDED: [&str; 5] = ["repeat", "lpad", "rpad", "array_repeat", "list_repeat"];
/// Functions that name files or the build.
const REVEALING: [&str; 3] = ["input_file_name", "file_row_index", "version"];
const UNBOUNDED_SERIES: [&str; 4] = ["range", "generate_series", "list_range", "array_range"];

/// A new session with the city's functions and no way to reach a file, setting or catalogue by SQL.
pub(crate) fn context(rules: &Arc<Rules>, bounds: Bounds) -> Result<SessionContext, EngineError> {
    Ok(with_runtime(rules, bounds.partitions, runtime(bounds)?))
}

/// A session without tables beside another one: both work within the same memory.
pub(crate) fn beside(rules: &Arc<Rules>, other: &SessionContext) -> SessionContext {
    with_runtime(rules, other.copied_config().target_partitions(), other.runtime_env())
}

fn with_runtime(rules: &Arc<Rules>, partitions: usize, runtime: Arc<RuntimeEnv>) -> SessionContext {
    let mut config = SessionConfig::new().with_information_schema(false).with_target_partitions(partitions);
    let options = config.options_mut();
    // The generic dialect takes `sort` and `cluster` after a comma for clauses; they are columns of ours.
    options.sql_parser.dialect = Dialect::PostgreSQL;
    options.sql_parser.map_string_types_to_utf8view = true;
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    let context = SessionContext::new_with_config_rt(config, runtime);
    for function in functions::all(rules) {
        context.register_udf(function);
    }
    for name in UNBOUNDED.iter().chain(&UNBOUNDED_SERIES).chain(&REVEALING) {
        context.deregister_udf(name);
        context.deregister_udtf(name);
    }
    context
}

fn runtime(bounds: Bounds) -> Result<Arc<RuntimeEnv>, EngineError> {
    let mode = if bounds.spill == 0 { DiskManagerMode::Disabled } else { DiskManagerMode::OsTmpDirectory };
    let disk = DiskManagerBuilder::default().with_mode(mode).with_max_temp_directory_size(bounds.spill);
    RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(bounds.memory)))
        .with_disk_manager_builder(disk)
        .build_arc()
        .map_err(|fault| EngineError::Start(words(&fault)))
}
