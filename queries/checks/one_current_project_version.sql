-- name: one_current_project_version
-- title: 项目只有一个现行版本
-- definition: 同一项目的版本从 1 起连续编号，现行版本恰有一个且为最后一个
-- columns: project_id text 项目编号, versions int 版本数, current_versions int 现行版本数, last_version int 最大版本号
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
with suspects as (
    -- A lone first version in force is sound; only the others are looked at by name.
    select coalesce(text_key(project_id), 0) as key
    from projects
    group by coalesce(text_key(project_id), 0)
    having count(*) > 1 or max(version) <> 1 or count(known_until) > 0
)
select project_id, count(*) as versions, count(*) filter (where known_until is null) as current_versions, max(version) as last_version
from projects
where coalesce(text_key(project_id), 0) in (select key from suspects)
group by project_id
having count(*) filter (where known_until is null) <> 1 or min(version) <> 1 or max(version) <> count(*)
    or max(case when known_until is null then version end) <> max(version)
