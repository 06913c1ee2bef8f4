-- name: chain_segments
-- title: 产业链各环节
-- definition: 本年认定的新签约、新开工、新竣工按截至日所知的环节；在库项目为截至日全部未流失、未终止的项目；没有项目的环节即为断点
-- params: year int, as_of date, chain text
-- columns: segment_id text 环节编号, segment text 环节, position text 上中下游, signed int 新签约 个, started int 新开工 个, completed int 新竣工 个,
--   agreed_yuan int 新签约协议投资额 元, projects int 在库项目 个, sort int 顺序
-- grain: one row per segment of the chain
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: facts, projects_known
with counted as (
    select projects_known.segment_key,
        count(*) filter (where facts.metric = 'signed') as signed,
        count(*) filter (where facts.metric = 'started') as started,
        count(*) filter (where facts.metric = 'completed') as completed,
        sum(projects_known.agreed_yuan) filter (where facts.metric = 'signed') as agreed_yuan
    from facts
    join projects_known on projects_known.project_id = facts.project_id
    where facts.year = $year and projects_known.chain_key = $chain
    group by projects_known.segment_key
),
stock as (
    select segment_key, count(*) as projects
    from projects_known
    where chain_key = $chain and coalesce(status, 'ongoing') not in ('lost', 'abandoned')
    group by segment_key
),
named as (
    select segment_id, segment, position, sort from segments where chain_id = $chain
    union all
    select 'none', '未分环节', '', cast(9999 as bigint)
)
select named.segment_id, named.segment, named.position, coalesce(counted.signed, 0) as signed, coalesce(counted.started, 0) as started,
    coalesce(counted.completed, 0) as completed, coalesce(counted.agreed_yuan, 0) as agreed_yuan, coalesce(stock.projects, 0) as projects, named.sort
from named
left join counted on counted.segment_key = named.segment_id
left join stock on stock.segment_key = named.segment_id
where named.segment_id <> 'none' or stock.projects > 0 or counted.signed > 0
order by named.sort
