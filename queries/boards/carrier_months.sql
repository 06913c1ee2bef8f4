-- name: carrier_months
-- title: 各载体单位逐月完成
-- definition: 按认定月份，园区并入考核单位；到截至日所在月为止
-- params: year int, as_of date
-- columns: carrier_id text 载体单位编号, carrier text 载体单位, metric text 指标编号, month int 月, done int 当月, cumulative int 累计, target int 年度目标
-- grain: one row per assessed carrier, metric and month
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, months, unit_facts, carrier_names, targets_known
with monthly as (
    select unit_id, metric, cast(date_part('month', recognised_on) as bigint) as month, sum(amount) as done
    from unit_facts
    where year = $year
    group by unit_id, metric, date_part('month', recognised_on)
),
unit_targets as (
    select scope_id, metric, max(value) as target
    from targets_known
    where scope = 'carrier' and band_id = '' and kind in ('count', 'amount')
    group by scope_id, metric
)
select carrier_names.carrier_id, carrier_names.carrier, metrics.metric, months.month, coalesce(monthly.done, 0) as done,
    sum(coalesce(monthly.done, 0)) over (partition by carrier_names.carrier_id, metrics.metric order by months.month) as cumulative,
    unit_targets.target
from carrier_names
cross join metrics
cross join months
left join monthly on monthly.unit_id = carrier_names.carrier_id and monthly.metric = metrics.metric and monthly.month = months.month
left join unit_targets on unit_targets.scope_id = carrier_names.carrier_id and unit_targets.metric = metrics.metric
where carrier_names.assessed and (carrier_names.valid_until is null or carrier_names.valid_until > month_start($year, 1))
  and month_start($year, months.month) <= $as_of
order by carrier_names.sort, metrics.metric_sort, months.month
