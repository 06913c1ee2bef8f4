//! Groups by few values, without hashing rows (少量分组).
//!
//! Most questions of this field group by what has a handful of values: carrier, chain, province, milestone, month. The engine
//! hashes and compares every row's text for them. Here a value gets a number when it is first seen, the numbers of a row
//! together are a place in a table, and the table says the group. As soon as there are too many values for that, what has
//! been gathered is passed on, and the engine's own operator goes on with the other rows: nothing need be known beforehand.

mod codes;
mod exec;
mod groups;
mod keys;

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::udaf::AggregateFunctionExpr;
use datafusion::physical_plan::{ExecutionPlan, InputOrderMode};

use exec::FewGroupsExec;

/// Puts the operator in place of the first stage of each grouping that it can do. The last of the physical rules.
#[derive(Debug)]
pub(crate) struct FewGroups;

impl PhysicalOptimizerRule for FewGroups {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let Some(aggregate) = node.downcast_ref::<AggregateExec>() else { return Ok(Transformed::no(node)) };
            if !can_do(aggregate)? {
                return Ok(Transformed::no(node));
            }
            Ok(Transformed::yes(Arc::new(FewGroupsExec::new(aggregate.clone())) as Arc<dyn ExecutionPlan>))
        })
        .data()
    }

    fn name(&self) -> &str {
        "FewGroups"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// First stages over keys that have numbers, whose figures the engine keeps for all groups at once.
fn can_do(aggregate: &AggregateExec) -> Result<bool> {
    let keys = aggregate.group_expr();
    let is_plain = *aggregate.mode() == AggregateMode::Partial
        && *aggregate.input_order_mode() == InputOrderMode::Linear
        && aggregate.limit_options().is_none()
        && keys.is_single()
        && !keys.is_empty();
    let is_kept = |figure: &Arc<AggregateFunctionExpr>| figure.groups_accumulator_supported() && figure.order_bys().is_empty();
    if !is_plain || !aggregate.aggr_expr().iter().all(is_kept) {
        return Ok(false);
    }
    let schema = aggregate.input().schema();
    for (key, _) in keys.expr() {
        if !codes::has_codes(&key.data_type(&schema)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, RecordBatch, StringViewArray};
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::datasource::MemTable;
    use datafusion::execution::runtime_env::RuntimeEnvBuilder;
    use datafusion::execution::session_state::SessionStateBuilder;
    use datafusion::physical_plan::{collect, displayable};
    use datafusion::prelude::{SessionConfig, SessionContext};

    use super::*;

    /// 30,000 rows in batches of 1,000 over two partitions: short and long text, text of many values, numbers, days and
    /// truths, each with missing ones.
    fn rows() -> MemTable {
        let text = |values: Vec<Option<String>>| Arc::new(StringViewArray::from_iter(values)) as ArrayRef;
        let batch = |start: i64| {
            let rows = || start..start + 1_000;
            let some = move |row: i64, of: i64| row % of != 3;
            RecordBatch::try_from_iter([
                ("carrier", text(rows().map(|row| some(row, 11).then(|| format!("区{}", row % 7))).collect())),
                ("name", text(rows().map(|row| some(row, 13).then(|| format!("年产若干万吨新材料项目之{}", row % 5))).collect())),
                ("id", text(rows().map(|row| Some(format!("编号很长很长的项目 {}", row % 20_000))).collect())),
                ("year", Arc::new(Int64Array::from_iter(rows().map(|row| some(row, 17).then_some(2020 + row % 4)))) as ArrayRef),
                (
                    "day",
                    Arc::new(Date32Array::from_iter(rows().map(|row| some(row, 19).then_some((18_000 + row % 900) as i32)))) as ArrayRef,
                ),
                ("secret", Arc::new(BooleanArray::from_iter(rows().map(|row| some(row, 23).then_some(row % 3 == 0)))) as ArrayRef),
                ("yuan", Arc::new(Int64Array::from_iter(rows().map(|row| some(row, 29).then_some(row * 37 % 1_001)))) as ArrayRef),
            ])
            .unwrap()
        };
        let partition = |first: i64| (0..15).map(|number| batch((first + number) * 1_000)).collect::<Vec<_>>();
        MemTable::try_new(batch(0).schema(), vec![partition(0), partition(15)]).unwrap()
    }

    /// A session with the rule or without it.
    fn session(with: bool, memory: usize) -> SessionContext {
        let runtime = RuntimeEnvBuilder::new().with_memory_limit(memory, 1.0).build_arc().unwrap();
        let config = SessionConfig::new().with_target_partitions(2).with_batch_size(1_000);
        let mut state = SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features();
        if with {
            state = state.with_physical_optimizer_rule(Arc::new(FewGroups));
        }
        let context = SessionContext::new_with_state(state.build());
        context.register_table("rows", Arc::new(rows())).unwrap();
        context
    }

    /// The lines of an answer in order, the plan as text, and how many partitions were passed on.
    async fn answer(context: &SessionContext, sql: &str) -> (Vec<String>, String, usize) {
        let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        let shown = displayable(plan.as_ref()).indent(false).to_string();
        let batches = collect(Arc::clone(&plan), context.task_ctx()).await.unwrap();
        (lines(&batches), shown, passed_on(&plan))
    }

    fn lines(batches: &[RecordBatch]) -> Vec<String> {
        let table = pretty_format_batches(batches).unwrap().to_string();
        let mut lines: Vec<String> = table.lines().skip(3).map(str::to_owned).collect();
        lines.sort();
        lines
    }

    fn passed_on(plan: &Arc<dyn ExecutionPlan>) -> usize {
        let own = plan.metrics().and_then(|metrics| metrics.sum_by_name(exec::PASSED_ON)).map_or(0, |sum| sum.as_usize());
        own + plan.children().into_iter().map(passed_on).sum::<usize>()
    }

    #[tokio::test]
    async fn answers_are_the_engines_own() {
        let (with, without) = (session(true, 1 << 30), session(false, 1 << 30));
        for (passed, sql) in [
            (0, "select carrier, count(*) from rows group by 1"),
            (0, "select name, count(yuan), sum(yuan), avg(yuan), min(yuan), max(yuan) from rows group by 1"),
            (0, "select carrier, name, year, secret, count(*) from rows group by 1, 2, 3, 4"),
            (0, "select day, max(name) from rows group by 1"),
            (0, "select extract(year from day), extract(month from day), count(*) from rows group by 1, 2"),
            (0, "select date_trunc('month', day), carrier, sum(yuan) from rows where year > 2020 group by 1, 2"),
            (0, "select case when yuan > 500 then '大' when yuan > 100 then '中' end, count(*) from rows group by 1"),
            (0, "select substr(id, 1, 11), count(*) filter (where secret) from rows group by 1"),
            (0, "select distinct carrier, year from rows"),
            (0, "select carrier, median(yuan), count(distinct yuan) from rows group by 1"),
            (0, "select year + 1, bool_or(secret), count(*) from rows group by 1"),
            (0, "select yuan / 0.5 > 3, count(*) from rows where carrier is null group by 1"),
            // Many values: the engine's own operator goes on.
            (2, "select id, count(*), sum(yuan) from rows group by 1"),
            (2, "select carrier, yuan, day, count(*) from rows group by 1, 2, 3"),
            (0, "select count(*) from rows where false group by carrier"),
        ] {
            let ((ours, plan, passed_on), (theirs, ..)) = (answer(&with, sql).await, answer(&without, sql).await);
            assert_eq!((ours, passed_on), (theirs, passed), "{sql}");
            assert!(plan.contains("FewGroups: ") || sql.contains("where false"), "{sql}: {plan}");
        }
    }

    #[tokio::test]
    async fn what_is_not_its_work_is_left_to_the_engine() {
        let context = session(true, 1 << 30);
        for sql in [
            "select count(*) from rows",
            "select approx_median(yuan), carrier from rows group by carrier",
            "select carrier, count(distinct name), count(distinct id) from rows group by 1",
            "select array_agg(yuan order by yuan), carrier from rows group by carrier",
            "select carrier, count(*) from rows group by rollup(carrier)",
            "select yuan * 0.5, count(*) from rows group by 1",
        ] {
            let (_, plan, _) = answer(&context, sql).await;
            assert!(!plan.contains("FewGroups"), "{sql}: {plan}");
        }
    }

    #[tokio::test]
    async fn what_memory_does_not_hold_is_passed_on() {
        let sql = "select carrier, median(yuan) from rows group by 1";
        let (whole, ..) = answer(&session(false, 1 << 30), sql).await;
        // From too little for the engine itself to enough for all.
        let (mut refused, mut helped) = (0, 0);
        for memory in (60..600).step_by(20) {
            let context = session(true, memory << 10);
            let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
            match collect(Arc::clone(&plan), context.task_ctx()).await {
                Ok(batches) => {
                    helped += passed_on(&plan);
                    assert_eq!(lines(&batches), whole, "{memory} KiB");
                }
                Err(fault) => {
                    refused += 1;
                    assert!(fault.to_string().contains("Resources exhausted"), "{memory} KiB: {fault}");
                }
            }
        }
        assert!(refused > 0 && helped > 0, "{refused} refused, {helped} passed on");
    }

    #[tokio::test]
    async fn a_fault_in_a_key_is_told() {
        let fault = session(true, 1 << 30).sql("select 1 / (year - 2021), count(*) from rows group by 1").await.unwrap();
        let fault = fault.collect().await.unwrap_err();
        assert!(fault.to_string().contains("Divide by zero"), "{fault}");
    }
}
