-- name: monthly_cumulative
-- title: 逐月累计与序时、上年
-- definition: 按认定月份；截至日所在月之后为空；上年为全年各月，按截至日所知；计划＝年度目标×月末序时（按目标自身的月度计划）
-- params: year int, as_of date
-- columns: metric text 指标编号, month int 月, done int 当月, cumulative int 累计, last_year_cumulative int 上年累计, plan decimal 序时计划, target int 年度目标, pace decimal 月末序时 %
-- grain: one row per metric and month
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, months, facts, targets_known
with monthly as (
    select metric, cast(date_part('month', recognised_on) as bigint) as month,
        sum(amount) filter (where year = $year) as done,
        sum(amount) filter (where year = $year - 1) as last_year
    from facts
    group by metric, date_part('month', recognised_on)
),
city_targets as (
    select metric, max(value) as target, max(curve) as curve
    from targets_known
    where scope = 'city' and band_id = '' and kind in ('count', 'amount')
    group by metric
),
figures as (
    select metrics.metric, metrics.metric_sort, months.month, city_targets.target, city_targets.curve,
        coalesce(monthly.done, 0) as done,
        sum(coalesce(monthly.done, 0)) over (partition by metrics.metric order by months.month) as cumulative,
        sum(coalesce(monthly.last_year, 0)) over (partition by metrics.metric order by months.month) as last_year_cumulative,
        month_start($year, months.month) <= $as_of as begun
    from metrics
    cross join months
    left join monthly on monthly.metric = metrics.metric and monthly.month = months.month
    left join city_targets on city_targets.metric = metrics.metric
)
select metric, month, case when begun then done end as done, case when begun then cumulative end as cumulative,
    last_year_cumulative, planned(target, pace(month_end($year, month), $year, curve)) as plan, target,
    pace(month_end($year, month), $year, curve) as pace
from figures
order by metric_sort, month
