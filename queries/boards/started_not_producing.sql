-- name: started_not_producing
-- title: 已开工未投产项目
-- definition: 开工已认定而未见投产、达产的项目，不含已流失、已终止的；按协议投资额从大到小；等待天数为开工日至截至日的自然日
-- params: year int = 0, as_of date, limit int = 10
-- columns: project_id text 项目编号, project text 项目名称, carrier_id text 载体单位编号, carrier text 载体单位, chain_id text 产业链编号,
--   chain text 产业链, agreed_yuan int 协议投资额 元, since date 开工日期, waiting_days int 等待天数 天, total int 总数 个
-- grain: one row per project
-- roles: leader, analyst, reviewer, clerk
-- scope: rows
-- uses: projects_known, milestones_known, stages_reached, carrier_names, chain_names
with waiting as (
    select milestones_known.project_id, milestones_known.carrier_id,
        coalesce(milestones_known.happened_on, milestones_known.recognised_on) as since
    from milestones_known
    join stages_reached on stages_reached.project_id = milestones_known.project_id
    where milestones_known.milestone = 'started' and ($year = 0 or milestones_known.year = $year) and not stages_reached.is_producing
)
select waiting.project_id, projects_known.name as project, waiting.carrier_id, carrier_names.carrier,
    projects_known.chain_key as chain_id, chain_names.chain, projects_known.agreed_yuan, waiting.since,
    days_between(waiting.since, $as_of) as waiting_days, count(*) over () as total
from waiting
join projects_known on projects_known.project_id = waiting.project_id
left join carrier_names on carrier_names.carrier_id = waiting.carrier_id
left join chain_names on chain_names.chain_id = projects_known.chain_key
where coalesce(projects_known.status, 'ongoing') not in ('lost', 'abandoned')
order by projects_known.agreed_yuan desc nulls last, waiting.since, waiting.project_id
limit $limit
