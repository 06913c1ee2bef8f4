-- name: city_progress
-- title: 全市目标完成进度
-- definition: 按认定日期计数（额），首次签约、开工、竣工各计一次；完成率＝完成÷年度目标；序时按目标自身的月度计划（未另定的按月均衡）、当月按日；
--   同期为上年同日之前认定、截至日所知的数；差距为完成率减序时，单位个百分点
-- params: year int, as_of date
-- columns: metric text 指标编号, done int 完成, target int 年度目标, completion decimal 完成率 %, pace decimal 序时进度 %,
--   gap_points decimal 与序时差距 个百分点, last_year int 上年同期, growth decimal 同比增长 %, light text 亮灯,
--   metric_name text 指标, unit text 单位, growth_target decimal 增长目标 %, missing int 到月末补齐序时尚缺, documented bool 目标有公开依据
-- grain: one row per metric
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, facts, targets_known
with done as (
    select metric,
        sum(amount) filter (where year = $year) as done,
        sum(amount) filter (where year = $year - 1 and recognised_on <= year_earlier($as_of)) as last_year
    from facts
    group by metric
),
city_targets as (
    select metric,
        max(value) filter (where kind in ('count', 'amount')) as target,
        max(curve) filter (where kind in ('count', 'amount')) as curve,
        max(value) filter (where kind = 'growth') as growth_target,
        bool_and(documented) filter (where kind in ('count', 'amount')) as documented
    from targets_known
    where scope = 'city' and band_id = ''
    group by metric
),
figures as (
    select metrics.metric, metric_name, unit, metric_sort, target, curve, growth_target, documented,
        coalesce(done, 0) as done, coalesce(last_year, 0) as last_year,
        completion_rate(coalesce(done, 0), target) as completion, pace($as_of, $year, curve) as pace
    from metrics
    left join done on done.metric = metrics.metric
    left join city_targets on city_targets.metric = metrics.metric
)
select metric, done, target, completion, pace, gap_points(completion, pace) as gap_points,
    last_year, growth(done, last_year) as growth, light(completion, pace) as light,
    metric_name, unit, growth_target / 100.0 as growth_target,
    shortfall(done, target, pace(month_end($as_of), $year, curve)) as missing, documented
from figures
order by metric_sort
