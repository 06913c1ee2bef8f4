-- name: chain_progress
-- title: 各产业链目标完成进度
-- definition: 每个项目只归入一条主产业链，按截至日所知的归类；未归类单列，各链合计等于全市；其余同全市口径
-- params: year int, as_of date
-- columns: chain_id text 产业链编号, chain text 产业链, cluster_id text 产业集群编号, cluster text 产业集群, documented bool 有公开依据,
--   metric text 指标编号, done int 完成, target int 年度目标, completion decimal 完成率 %, pace decimal 序时进度 %,
--   gap_points decimal 与序时差距 个百分点, last_year int 上年同期, growth decimal 同比增长 %, light text 亮灯,
--   metric_name text 指标, unit text 单位, sort int 顺序, share decimal 占比 %
-- grain: one row per chain and metric
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, facts, projects_known, chain_names, targets_known
with done as (
    select projects_known.chain_key, facts.metric,
        sum(facts.amount) filter (where facts.year = $year) as done,
        sum(facts.amount) filter (where facts.year = $year - 1 and facts.recognised_on <= year_earlier($as_of)) as last_year
    from facts
    join projects_known on projects_known.project_id = facts.project_id
    group by projects_known.chain_key, facts.metric
),
chain_targets as (
    select scope_id, metric, max(value) as target, max(curve) as curve
    from targets_known
    where scope = 'chain' and band_id = '' and kind in ('count', 'amount')
    group by scope_id, metric
),
figures as (
    select chain_names.chain_id, chain_names.chain, chain_names.cluster_id, chain_names.cluster, chain_names.documented, chain_names.sort,
        metrics.metric, metrics.metric_name, metrics.unit, metrics.metric_sort, chain_targets.target,
        coalesce(done.done, 0) as done, coalesce(done.last_year, 0) as last_year,
        completion_rate(coalesce(done.done, 0), chain_targets.target) as completion,
        pace($as_of, $year, chain_targets.curve) as pace
    from chain_names
    cross join metrics
    left join done on done.chain_key = chain_names.chain_id and done.metric = metrics.metric
    left join chain_targets on chain_targets.scope_id = chain_names.chain_id and chain_targets.metric = metrics.metric
    where (chain_names.chain_id <> 'none' and (chain_names.valid_until is null or chain_names.valid_until > $as_of))
       or done.done > 0 or done.last_year > 0
)
select chain_id, chain, cluster_id, cluster, documented, metric, done, target, completion, pace,
    gap_points(completion, pace) as gap_points, last_year, growth(done, last_year) as growth, light(completion, pace) as light,
    metric_name, unit, sort, share(done, sum(done) over (partition by metric)) as share
from figures
order by metric_sort, sort
