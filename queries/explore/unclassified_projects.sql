-- name: unclassified_projects
-- title: 尚未归类的项目
-- definition: 没有归入任何产业链，或判定把握低于 60 % 的现行项目
-- params: confidence int = 60
-- columns: project_id text 项目编号, project text 项目名称, content text 建设内容, chain_confidence int 判定把握 %, chain_rule text 判定规则, chain_evidence text 判定依据
-- grain: one row per project
-- roles: leader, analyst, reviewer
-- scope: rows
select project_id, name as project, content, chain_confidence, chain_rule, chain_evidence
from projects
where known_until is null and (coalesce(chain_id, '') = '' or chain_confidence < $confidence)
order by chain_confidence nulls first, project_id
