-- name: carrier_targets_sum_to_city
-- title: 载体目标之和等于全市
-- definition: 同年同指标（不分规模），现行的载体目标之和、产业链目标之和等于全市目标；未下达的不计；登记簿调整过的年度指标不在此拦，由每日对账列出差额
-- columns: year int 年度, metric text 指标, scope text 范围, parts int 之和, city int 全市目标
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
with goals as (
    select year, metric, scope, sum(value) as total, count(value) as set_goals, count(*) filter (where source = 'books') as entered
    from targets
    where known_until is null and coalesce(band_id, '') = '' and kind in ('count', 'amount')
    group by year, metric, scope
)
select parts.year, parts.metric, parts.scope, parts.total as parts, whole.total as city
from goals as parts
join goals as whole on whole.year = parts.year and whole.metric = parts.metric and whole.scope = 'city'
where parts.scope in ('carrier', 'chain') and parts.entered = 0 and whole.entered = 0
  and parts.set_goals > 0 and whole.set_goals > 0 and parts.total <> whole.total
