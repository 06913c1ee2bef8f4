-- name: project_versions_are_gapless
-- title: 项目版本首尾相接
-- definition: 同一项目的版本号逐一递增，前一版本的止日就是下一版本的起日：既不重叠，也不留空档
-- columns: project_id text 项目编号, version int 版本, known_until date 知悉止, next_from date 下一版本知悉起
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
with followed as (
    select project_id, version, known_from, known_until,
        lead(known_from) over (partition by project_id order by version) as next_from,
        lead(version) over (partition by project_id order by version) as next_version
    from projects
    where known_until is not null or version > 1
)
select project_id, version, known_until, next_from
from followed
where next_version is not null and (next_version <> version + 1 or known_until is null or known_until <> next_from)
