-- name: region_conflicts
-- title: 来源证据互相矛盾的项目
-- definition: 地址、企业名称、信用代码指向不同地区的现行项目，需要人工核对
-- params: limit int = 200
-- columns: project_id text 项目编号, project text 项目名称, investor text 投资方, region text 判定来源, region_conflict text 证据冲突
-- grain: one row per project
-- roles: leader, analyst, reviewer
-- scope: rows
select project_id, name as project, investor, coalesce(nullif(city, ''), nullif(province, ''), country) as region, region_conflict
from projects
where known_until is null and region_conflict <> ''
order by project_id
limit $limit
