//! Where the engine's own rewriting gives wrong answers, kept from doing so (引擎改写校正).
//!
//! Found by comparing answers to thousands of statements made at random with another engine's
//! (`tests/end_to_end/same_answers.rs`), which also holds that each is still mended. When a new version of the engine
//! needs one no longer, its test in this folder says so.

mod null_lists;
mod same_names;

use std::sync::Arc;

use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::optimizer::{Optimizer, OptimizerRule};
use datafusion::physical_optimizer::optimizer::{PhysicalOptimizer, PhysicalOptimizerRule};

/// A session's builder with the engine's rules, mended.
pub(crate) fn mended(builder: SessionStateBuilder) -> SessionStateBuilder {
    builder.with_optimizer_rules(logical()).with_physical_optimizer_rules(physical())
}

/// Ours come first: what they settle is not there to be rewritten wrongly.
fn logical() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    let mut rules: Vec<Arc<dyn OptimizerRule + Send + Sync>> = vec![Arc::new(null_lists::NullLists)];
    rules.extend(Optimizer::new().rules);
    rules
}

fn physical() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    PhysicalOptimizer::new().rules.into_iter().map(same_names::guarded).collect()
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::AsArray;
    use datafusion::arrow::datatypes::Int64Type;
    use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};

    use super::*;

    /// `count(*)` of a statement over l(id, x) = (1, 5), (2, null) and r(id, x) = (1, 7), (3, 9).
    async fn count(context: &SessionContext, sql: &str) -> i64 {
        for create in [
            "create table l as select * from (values (1, 5), (2, null)) as v(id, x)",
            "create table r as select * from (values (1, 7), (3, 9)) as v(id, x)",
        ] {
            context.sql(create).await.unwrap().collect().await.unwrap();
        }
        let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
        batches[0].column(0).as_primitive::<Int64Type>().value(0)
    }

    /// The engine alone, and mended. An equal answer means that the engine needs us no longer: then take the rule away.
    async fn check(sql: &str, wrong: i64, right: i64) {
        let state = SessionStateBuilder::new().with_default_features();
        assert_eq!(count(&SessionContext::new(), sql).await, wrong, "the engine alone: {sql}");
        assert_eq!(count(&SessionContext::new_with_state(mended(state).build()), sql).await, right, "mended: {sql}");
    }

    #[tokio::test]
    async fn lists_that_exclude_each_other_keep_their_null() {
        check("select count(*) from l where x not in (1, 2) or x not in (3, 4)", 2, 1).await;
        check("select count(*) from l where not (x in (1, 2) and x in (3, 4))", 2, 1).await;
        check("select count(*) from l where not (x in (1, 2) and x not in (1, 2, 3))", 2, 1).await;
        check("select count(*) from l where (x in (1, 2) and x in (3, 4)) is null", 0, 1).await;
        // The engine makes lists of other things, and merges them first.
        check("select count(*) from l where not ((x = 1 or x = 2) and (x = 3 or x = 4))", 2, 1).await;
        check("select count(*) from l where not (x in (1, 2) and x in (2, 3) and x in (3, 4))", 2, 1).await;
        check("select count(*) from l where x not in (1, 2) or x not in (2, 3) or x not in (3, 4)", 2, 1).await;
    }

    #[tokio::test]
    async fn merged_lists_keep_their_meaning() {
        for (condition, right) in [
            ("x = 5 or x = 6 or x in (7, 8)", 1),
            ("x <> 5 and x <> 6", 0),
            ("x in (4, 5, 6) and x in (5, 6) and x <> 6", 1),
            ("x not in (4) and x in (4, 5)", 1),
            ("not (x = 4 or 7 = x)", 1),
            ("(x = 4 and x = 5) is null", 1),
        ] {
            let state = SessionStateBuilder::new().with_default_features();
            let sql = format!("select count(*) from l where {condition}");
            assert_eq!(count(&SessionContext::new_with_state(mended(state).build()), &sql).await, right, "{sql}");
        }
    }

    #[tokio::test]
    async fn filters_stay_with_the_column_they_name() {
        // r's row 3 has no l: its l.id and l.x are NULL, and so are the places in them.
        check("select count(*) from l right join r on l.id = r.id where strpos(cast(l.id as varchar), '1') <= 100", 2, 1).await;
        let both = "r.id < 100 and (r.id is null or strpos(cast(l.x as varchar), '5') <= 100)";
        check(&format!("select count(*) from l right join r on l.id = r.id and l.x < r.x where {both}"), 2, 1).await;
    }

    /// The same over a file m(a, b) = (1, 2), (2, 1), (3, 1), whose reader takes filters.
    async fn count_in_file(builder: SessionStateBuilder, sql: &str) -> i64 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.parquet");
        let config = SessionConfig::new().set_bool("datafusion.execution.parquet.pushdown_filters", true);
        let context = SessionContext::new_with_state(builder.with_config(config).build());
        let write = format!("copy (select * from (values (1, 2), (2, 1), (3, 1)) as v(a, b)) to '{}'", path.display());
        context.sql(&write).await.unwrap().collect().await.unwrap();
        context.register_parquet("m", path.to_str().unwrap(), ParquetReadOptions::default()).await.unwrap();
        let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
        batches[0].column(0).as_primitive::<Int64Type>().value(0)
    }

    #[tokio::test]
    async fn filters_of_joins_stay_with_the_column_they_are_for() {
        let engine = || SessionStateBuilder::new().with_default_features();
        let exists = "select * from m where exists (select 1 from m n where n.b = m.a and n.a <> m.a)";
        let sql = format!("select count(*) from (values (1)) c(d) join ({exists}) m on m.a = c.d");
        assert_eq!(count_in_file(engine(), &sql).await, 0, "the engine alone filters n.a, not n.b");
        assert_eq!(count_in_file(mended(engine()), &sql).await, 1);
    }
}
