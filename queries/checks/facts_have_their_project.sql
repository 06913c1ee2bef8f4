-- name: facts_have_their_project
-- title: 事实都有项目
-- definition: 每个里程碑和金额，在其为人所知的第一天，项目必须已有版本
-- columns: table_name text 表, project_id text 项目编号, known_from date 知悉起
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
with first_versions as (
    select project_id, known_from from projects where version = 1
),
facts as (
    select 'milestones' as table_name, project_id, known_from from milestones
    union all
    select 'investments' as table_name, project_id, known_from from investments
)
select facts.table_name, facts.project_id, facts.known_from
from facts
left join first_versions on first_versions.project_id = facts.project_id
where first_versions.project_id is null or first_versions.known_from > facts.known_from
