-- name: warning_list
-- title: 红黄清单
-- definition: 全市、载体单位、产业链、产业链专班中亮黄灯或红灯的指标；尚缺为到截至日所在月末补齐序时还需的个数（元）；
--   连续月数为连续亮黄灯或红灯的月末数（含本月），达到规定月数的黄灯升级为红灯
-- params: year int, as_of date
-- columns: scope text 范围, scope_id text 范围编号, name text 名称, metric text 指标编号, done int 完成, target int 年度目标,
--   gap_points decimal 与序时差距 个百分点, light text 亮灯, missing int 尚缺, metric_name text 指标, unit text 单位,
--   completion decimal 完成率 %, pace decimal 序时进度 %, months_behind int 连续落后 月, escalated text 升级后亮灯, curve text 月度计划
-- grain: one row per scope and metric that is behind
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, month_lights, carrier_names, chain_names
select lights.scope, lights.scope_id,
    case lights.scope when 'city' then '全市' when 'carrier' then carrier_names.carrier when 'team' then chain_names.chain || '专班'
        else chain_names.chain end as name,
    lights.metric, lights.done, lights.target, gap_points(lights.completion, lights.pace) as gap_points, lights.light,
    shortfall(lights.done, lights.target, pace(month_end($year, lights.month), $year, lights.curve)) as missing,
    metrics.metric_name, metrics.unit, lights.completion, lights.pace,
    lights.months_lit as months_behind, lights.escalated, lights.curve
from month_lights as lights
join metrics on metrics.metric = lights.metric
left join carrier_names on lights.scope = 'carrier' and carrier_names.carrier_id = lights.scope_id
left join chain_names on lights.scope in ('chain', 'team') and chain_names.chain_id = lights.scope_id
where lights.on_day = least(month_end($year, 12), $as_of) and lights.light in ('yellow', 'red')
order by case lights.light when 'red' then 0 else 1 end, gap_points, lights.scope, lights.scope_id, metrics.metric_sort
