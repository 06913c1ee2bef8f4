-- name: one_current_project_version
-- title: 项目只有一个现行版本
-- definition: 同一项目的版本首尾相接，现行版本恰有一个，编号不重复
-- columns: project_id text 项目编号, versions int 版本数, current_versions int 现行版本数, distinct_versions int 不同版本号数
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
select project_id, count(*) as versions, count(*) filter (where known_until is null) as current_versions, count(distinct version) as distinct_versions
from projects
group by project_id
having count(*) filter (where known_until is null) <> 1 or count(distinct version) <> count(*)
