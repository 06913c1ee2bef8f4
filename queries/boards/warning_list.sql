-- name: warning_list
-- title: 红黄清单
-- definition: 全市、载体单位、产业链中亮黄灯或红灯的指标；尚缺为到截至日所在月末补齐序时还需的个数（元）；
--   连续月数为连续亮黄灯或红灯的月末数（含本月），达到规定月数的黄灯升级为红灯
-- params: year int, as_of date
-- columns: scope text 范围, scope_id text 范围编号, name text 名称, metric text 指标编号, done int 完成, target int 年度目标,
--   gap_points decimal 与序时差距 个百分点, light text 亮灯, missing int 尚缺, metric_name text 指标, unit text 单位,
--   completion decimal 完成率 %, pace decimal 序时进度 %, months_behind int 连续落后 月, escalated text 升级后亮灯
-- grain: one row per scope and metric that is behind
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, months, facts, unit_facts, projects_known, carrier_names, chain_names, targets_known
with flows as (
    select 'city' as scope, '' as scope_id, metric, recognised_on, amount
    from facts
    where year = $year
    union all
    select 'carrier' as scope, unit_id as scope_id, metric, recognised_on, amount
    from unit_facts
    where year = $year
    union all
    select 'chain' as scope, projects_known.chain_key as scope_id, facts.metric, facts.recognised_on, facts.amount
    from facts
    join projects_known on projects_known.project_id = facts.project_id
    where facts.year = $year
),
monthly as (
    select scope, scope_id, metric, cast(date_part('month', recognised_on) as bigint) as month, sum(amount) as done
    from flows
    group by scope, scope_id, metric, date_part('month', recognised_on)
),
goals as (
    select scope, case when scope = 'city' then '' else scope_id end as scope_id, metric, max(value) as target
    from targets_known
    where band_id = '' and kind in ('count', 'amount')
    group by scope, case when scope = 'city' then '' else scope_id end, metric
),
month_ends as (
    select goals.scope, goals.scope_id, goals.metric, goals.target, months.month,
        sum(coalesce(monthly.done, 0)) over (partition by goals.scope, goals.scope_id, goals.metric order by months.month) as done,
        pace(least(month_end($year, months.month), $as_of), $year) as pace
    from goals
    cross join months
    left join monthly on monthly.scope = goals.scope and monthly.scope_id = goals.scope_id
        and monthly.metric = goals.metric and monthly.month = months.month
    where goals.target is not null and month_start($year, months.month) <= $as_of
),
lights as (
    select scope, scope_id, metric, target, month, done, pace, completion_rate(done, target) as completion,
        light(completion_rate(done, target), pace) as light
    from month_ends
),
runs as (
    select scope, scope_id, metric, target, max(month) as last_month,
        coalesce(max(month) filter (where coalesce(light, 'green') = 'green'), 0) as last_green
    from lights
    group by scope, scope_id, metric, target
)
select lights.scope, lights.scope_id,
    case lights.scope when 'city' then '全市' when 'carrier' then carrier_names.carrier else chain_names.chain end as name,
    lights.metric, lights.done, lights.target, gap_points(lights.completion, lights.pace) as gap_points, lights.light,
    shortfall(lights.done, lights.target, pace(month_end($year, lights.month), $year)) as missing,
    metrics.metric_name, metrics.unit, lights.completion, lights.pace,
    runs.last_month - runs.last_green as months_behind,
    escalated(lights.light, runs.last_month - runs.last_green) as escalated
from lights
join runs on runs.scope = lights.scope and runs.scope_id = lights.scope_id and runs.metric = lights.metric and runs.last_month = lights.month
join metrics on metrics.metric = lights.metric
left join carrier_names on lights.scope = 'carrier' and carrier_names.carrier_id = lights.scope_id
left join chain_names on lights.scope = 'chain' and chain_names.chain_id = lights.scope_id
where lights.light in ('yellow', 'red')
order by case lights.light when 'red' then 0 else 1 end, gap_points, lights.scope, lights.scope_id, metrics.metric_sort
