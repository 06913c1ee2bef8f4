-- name: known_projects
-- title: 在册项目（查重）
-- definition: 截至日所知的全部项目及其首次知悉日，填报时据此提示疑似重复
-- params: as_of date
-- columns: project_id text 项目编号, project text 项目名称, investor text 投资方, credit_code text 统一社会信用代码,
--   agreed_yuan int 协议投资额 元, carrier_id text 载体单位编号, confidential bool 涉密, first_known date 首次知悉日
-- grain: one row per project
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: projects_known
with first_versions as (
    select project_id, min(known_from) as first_known
    from projects
    group by project_id
)
select projects_known.project_id, name as project, investor, credit_code, agreed_yuan, carrier_id, confidential, first_versions.first_known
from projects_known
join first_versions on first_versions.project_id = projects_known.project_id
order by projects_known.project_id
