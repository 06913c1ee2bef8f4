-- name: chain_months
-- title: 各产业链逐月完成
-- definition: 按认定月份和截至日所知的主产业链；到截至日所在月为止
-- params: year int, as_of date
-- columns: chain_id text 产业链编号, chain text 产业链, metric text 指标编号, month int 月, done int 当月, cumulative int 累计, target int 年度目标
-- grain: one row per chain, metric and month
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, months, facts, projects_known, chain_names, targets_known
with monthly as (
    select projects_known.chain_key, facts.metric, cast(date_part('month', facts.recognised_on) as bigint) as month, sum(facts.amount) as done
    from facts
    join projects_known on projects_known.project_id = facts.project_id
    where facts.year = $year
    group by projects_known.chain_key, facts.metric, date_part('month', facts.recognised_on)
),
chain_targets as (
    select scope_id, metric, max(value) as target
    from targets_known
    where scope = 'chain' and band_id = '' and kind in ('count', 'amount')
    group by scope_id, metric
)
select chain_names.chain_id, chain_names.chain, metrics.metric, months.month, coalesce(monthly.done, 0) as done,
    sum(coalesce(monthly.done, 0)) over (partition by chain_names.chain_id, metrics.metric order by months.month) as cumulative,
    chain_targets.target
from chain_names
cross join metrics
cross join months
left join monthly on monthly.chain_key = chain_names.chain_id and monthly.metric = metrics.metric and monthly.month = months.month
left join chain_targets on chain_targets.scope_id = chain_names.chain_id and chain_targets.metric = metrics.metric
where (chain_names.valid_until is null or chain_names.valid_until > month_start($year, 1))
  and month_start($year, months.month) <= $as_of
order by chain_names.sort, metrics.metric_sort, months.month
