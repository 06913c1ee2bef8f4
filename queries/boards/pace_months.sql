-- name: pace_months
-- title: 序时与亮灯
-- definition: 全市、考核载体单位、产业链及其专班各指标逐月的亮灯：完成为截至日所知、当年累计到该月末（当月到截至日）认定的个数（元），
--   与截至日所知的年度目标、该日序时比较；连续月数为连续亮黄灯或红灯的月数（含该月），达到规定月数的黄灯升级为红灯；未下达目标的不亮灯
-- params: year int, as_of date
-- columns: scope text 范围, scope_id text 范围编号, name text 名称, metric text 指标编号, metric_name text 指标, unit text 单位,
--   month int 月, on_day date 到该日, done int 累计完成, target int 年度目标, completion decimal 完成率 %, pace decimal 序时进度 %,
--   gap_points decimal 与序时差距 个百分点, light text 亮灯, months_lit int 连续亮灯 月, escalated text 升级后亮灯, sort int 顺序
-- grain: one row per scope, metric and month that has begun
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, month_lights, carrier_names, chain_names
select lights.scope, lights.scope_id,
    case lights.scope when 'city' then '全市' when 'carrier' then carrier_names.carrier when 'team' then chain_names.chain || '专班'
        else chain_names.chain end as name,
    lights.metric, metrics.metric_name, metrics.unit, lights.month, lights.on_day, lights.done, lights.target,
    lights.completion, lights.pace, gap_points(lights.completion, lights.pace) as gap_points,
    lights.light, lights.months_lit, lights.escalated, coalesce(carrier_names.sort, chain_names.sort, 0) as sort
from month_lights as lights
join metrics on metrics.metric = lights.metric
left join carrier_names on lights.scope = 'carrier' and carrier_names.carrier_id = lights.scope_id
left join chain_names on lights.scope in ('chain', 'team') and chain_names.chain_id = lights.scope_id
where lights.scope = 'city' or (lights.scope = 'carrier' and carrier_names.assessed)
   or (lights.scope in ('chain', 'team') and chain_names.chain is not null)
order by metrics.metric_sort, case lights.scope when 'city' then 0 when 'carrier' then 1 when 'chain' then 2 else 3 end, sort, lights.scope_id, lights.month
