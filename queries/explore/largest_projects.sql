-- name: largest_projects
-- title: 最大的项目
-- definition: 现行版本按协议投资额从大到小
-- params: limit int = 50
-- columns: project text 项目名称, carrier text 载体单位, chain text 产业链, agreed_yi decimal 协议投资额 亿元, stage text 阶段
-- grain: one row per project
-- roles: leader, analyst, reviewer
-- scope: rows
select projects.name as project, carriers.carrier, chains.chain, yi(projects.agreed_yuan) as agreed_yi, stage_name(projects.stage) as stage
from projects
left join carriers on carriers.carrier_id = projects.carrier_id and carriers.valid_until is null
left join chains on chains.chain_id = projects.chain_id and chains.valid_until is null
where projects.known_until is null
order by projects.agreed_yuan desc nulls last, projects.project_id
limit $limit
