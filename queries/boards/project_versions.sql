-- name: project_versions
-- title: 项目变更记录
-- definition: 该项目的全部版本：每次更正或新情况结束一个版本、开始下一个
-- params: project_id text
-- columns: version int 版本, known_from date 知悉起, known_until date 知悉止, project text 项目名称, carrier text 载体单位, chain text 产业链, segment text 环节,
--   region text 来源区域, agreed_yuan int 协议投资额 元, planned_fixed_yuan int 计划固定资产投资 元,
--   planned_start_on date 计划开工日期, planned_completion_on date 计划竣工日期, stage_name text 阶段, status_name text 状态, source text 来源
-- grain: one row per version
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
with last_carriers as (
    select carrier_id, carrier
    from (select carrier_id, carrier, row_number() over (partition by carrier_id order by valid_from desc) as latest from carriers) as versions
    where latest = 1
),
last_chains as (
    select chain_id, chain
    from (select chain_id, chain, row_number() over (partition by chain_id order by valid_from desc) as latest from chains) as versions
    where latest = 1
)
select version, known_from, known_until, name as project, last_carriers.carrier, coalesce(last_chains.chain, '未归类') as chain, segments.segment,
    coalesce(nullif(city, ''), nullif(province, ''), nullif(country, ''), '不明') as region, agreed_yuan, planned_fixed_yuan, planned_start_on, planned_completion_on,
    stage_name(stage) as stage_name, status_name(status) as status_name, source
from projects
left join last_carriers on last_carriers.carrier_id = projects.carrier_id
left join last_chains on last_chains.chain_id = projects.chain_id
left join segments on segments.segment_id = projects.segment_id
where projects.project_id = $project_id
order by version
