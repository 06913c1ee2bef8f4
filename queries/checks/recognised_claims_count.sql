-- name: recognised_claims_count
-- title: 已认定的事项都已计入
-- definition: 登记簿中已认定的每个里程碑，必须有一条有效的里程碑记录（由登记簿所述）；项目备案未认定的除外
-- columns: number text 备案编号, milestone text 里程碑, project_id text 项目编号
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
with stages as (
    select column1 as milestone
    from (values ('signed'), ('registered'), ('started'), ('in_library'), ('completed'), ('in_production'), ('at_capacity')) as listed
),
stated as (
    select distinct claims.number, claims.project_id, stages.milestone
    from claims
    join filings on filings.number = claims.number and filings.recognised_on is not null
    cross join stages
    where claims.state = 'recognised' and claims.milestones is not null and listed(stages.milestone, claims.milestones)
),
counted as (
    select distinct project_id, milestone
    from milestones
    where known_until is null and revoked_on is null
)
select stated.number, stated.milestone, stated.project_id
from stated
left join counted on counted.project_id = stated.project_id and counted.milestone = stated.milestone
where counted.project_id is null
