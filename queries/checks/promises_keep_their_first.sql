-- name: promises_keep_their_first
-- title: 承诺保留首次
-- definition: 有计划日期的版本必有首次承诺日和改期次数；没有改期过的，现承诺就是首次承诺
-- columns: project_id text 项目编号, version int 版本, promised text 承诺事项
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
with promised as (
    select project_id, version, 'start' as promised, first_planned_start_on as first_on, planned_start_on as now_on, planned_start_moved as moved
    from projects
    union all
    select project_id, version, 'completion' as promised, first_planned_completion_on as first_on, planned_completion_on as now_on,
        planned_completion_moved as moved
    from projects
)
select project_id, version, promised
from promised
where (first_on is null) <> (now_on is null) or (first_on is null) <> (moved is null)
   or moved < 0 or (moved = 0 and first_on <> now_on)
