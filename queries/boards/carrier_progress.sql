-- name: carrier_progress
-- title: 各载体单位目标完成进度
-- definition: 园区按认定当日的归属并入考核单位，只计一次；名次按完成率从高到低，同率并列，未下达目标的不排名；
--   上月名次为一个月前所知结果按现行目标的名次；其余同全市口径
-- params: year int, as_of date
-- columns: carrier_id text 载体单位编号, carrier text 载体单位, metric text 指标编号, done int 完成, target int 年度目标,
--   completion decimal 完成率 %, pace decimal 序时进度 %, gap_points decimal 与序时差距 个百分点, last_year int 上年同期,
--   growth decimal 同比增长 %, light text 亮灯, place int 名次, place_before int 上月名次, metric_name text 指标, unit text 单位, sort int 顺序
-- grain: one row per assessed carrier and metric
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, unit_facts, carrier_names, targets_known
with done as (
    select unit_id, metric,
        sum(amount) filter (where year = $year) as done,
        sum(amount) filter (where year = $year - 1 and recognised_on <= year_earlier($as_of)) as last_year
    from unit_facts
    group by unit_id, metric
),
facts_before as (
    select milestone as metric, carrier_id, recognised_on, 1 as amount
    from milestones
    where milestone in ('signed', 'started', 'completed') and year = $year
      and recognised_on <= month_earlier($as_of) and (revoked_on is null or revoked_on > month_earlier($as_of))
      and known_from <= month_earlier($as_of) and (known_until is null or known_until > month_earlier($as_of))
    union all
    select kind as metric, carrier_id, recognised_on, amount_yuan as amount
    from investments
    where kind = 'fixed_assets' and year = $year
      and recognised_on <= month_earlier($as_of) and (revoked_on is null or revoked_on > month_earlier($as_of))
      and known_from <= month_earlier($as_of) and (known_until is null or known_until > month_earlier($as_of))
),
done_before as (
    select carriers.unit_id, facts_before.metric, sum(facts_before.amount) as done
    from facts_before
    join carriers on carriers.carrier_id = facts_before.carrier_id
        and carriers.valid_from <= facts_before.recognised_on
        and (carriers.valid_until is null or carriers.valid_until > facts_before.recognised_on)
    group by carriers.unit_id, facts_before.metric
),
unit_targets as (
    select scope_id, metric, max(value) as target, max(curve) as curve
    from targets_known
    where scope = 'carrier' and band_id = '' and kind in ('count', 'amount')
    group by scope_id, metric
),
figures as (
    select carrier_names.carrier_id, carrier_names.carrier, carrier_names.sort,
        metrics.metric, metrics.metric_name, metrics.unit, metrics.metric_sort, unit_targets.target,
        coalesce(done.done, 0) as done, coalesce(done.last_year, 0) as last_year,
        completion_rate(coalesce(done.done, 0), unit_targets.target) as completion,
        case when month_earlier($as_of) >= month_start($year, 1)
            then completion_rate(coalesce(done_before.done, 0), unit_targets.target) end as completion_before,
        pace($as_of, $year, unit_targets.curve) as pace
    from carrier_names
    cross join metrics
    left join done on done.unit_id = carrier_names.carrier_id and done.metric = metrics.metric
    left join done_before on done_before.unit_id = carrier_names.carrier_id and done_before.metric = metrics.metric
    left join unit_targets on unit_targets.scope_id = carrier_names.carrier_id and unit_targets.metric = metrics.metric
    where carrier_names.assessed
      and (carrier_names.valid_until is null or carrier_names.valid_until > $as_of or done.done > 0 or done.last_year > 0)
)
select carrier_id, carrier, metric, done, target, completion, pace, gap_points(completion, pace) as gap_points,
    last_year, growth(done, last_year) as growth, light(completion, pace) as light,
    case when completion is not null
        then cast(rank() over (partition by metric order by completion desc nulls last) as bigint) end as place,
    case when completion_before is not null
        then cast(rank() over (partition by metric order by completion_before desc nulls last) as bigint) end as place_before,
    metric_name, unit, sort
from figures
order by metric_sort, completion desc nulls last, sort
