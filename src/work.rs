//! What the jobs do, each in one file; the runner only starts them as child processes.

pub mod backup;
pub mod build;
pub mod bulletins;
pub mod deliver;
pub mod export;
pub mod ingest;
pub mod lights;
pub mod retain;

use qunlian_domain::history::{DecidedField, Decision};

/// How far some work is, in its own words.
pub type OnProgress<'a> = &'a mut (dyn FnMut(&str, u64, u64) + Send);

/// A recorded override as the history's fold takes it.
pub fn decision_of(recorded: &qunlian_registry::Override) -> qunlian_transform::DecisionRow {
    let field = match recorded.field {
        qunlian_registry::OverrideField::Chain => DecidedField::Chain,
        qunlian_registry::OverrideField::Region => DecidedField::Region,
    };
    qunlian_transform::DecisionRow {
        project_id: recorded.project_id.clone(),
        decision: Decision { on: recorded.decided_on, field, value: recorded.value.clone() },
    }
}
