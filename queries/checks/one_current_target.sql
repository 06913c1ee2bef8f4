-- name: one_current_target
-- title: 目标只有一个现行版本
-- definition: 同年、指标、规模档、范围、类别只有一个现行目标，否则目标会被重复计入
-- columns: year int 年度, metric text 指标, scope text 范围, scope_id text 范围编号, versions int 现行版本数
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
select year, metric, scope, scope_id, count(*) as versions
from targets
where known_until is null
group by year, metric, coalesce(band_id, ''), scope, scope_id, kind
having count(*) > 1
