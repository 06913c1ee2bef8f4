-- name: conversion_rates
-- title: 项目转化率
-- definition: 同批口径：按前一环节认定计入的项目，其中已认定后一环节的为到达，未到达且已流失、终止的为退出，其余为未到达；
--   转化率＝到达÷全部项目，退出的留在分母；本年三列只计本年进入前一环节的项目
-- params: year int, as_of date
-- columns: scope text 范围, scope_id text 范围编号, name text 名称, step text 转化, projects int 项目 个, reached int 到达 个,
--   waiting int 未到达 个, died int 流失终止 个, share decimal 转化率 %, projects_of_year int 本年项目 个,
--   reached_of_year int 本年到达 个, share_of_year decimal 本年转化率 %
-- grain: one row per scope and step with any project
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: passages_known, carrier_names, chain_names, region_kinds_named
with counted as (
    select scope, scope_id, step,
        count(*) as projects,
        count(reached) as reached,
        count(died) as died,
        count(*) filter (where date_part('year', cohort) = $year) as projects_of_year,
        count(reached) filter (where date_part('year', cohort) = $year) as reached_of_year
    from passages_known
    group by scope, scope_id, step
)
select counted.scope, counted.scope_id,
    coalesce(case counted.scope when 'carrier' then carrier_names.carrier when 'chain' then chain_names.chain
        when 'region' then region_kinds_named.kind_name end, '全市') as name,
    counted.step, counted.projects, counted.reached, counted.projects - counted.reached - counted.died as waiting, counted.died,
    share(counted.reached, counted.projects) as share, counted.projects_of_year, counted.reached_of_year,
    share(counted.reached_of_year, counted.projects_of_year) as share_of_year
from counted
left join carrier_names on counted.scope = 'carrier' and carrier_names.carrier_id = counted.scope_id
left join chain_names on counted.scope = 'chain' and chain_names.chain_id = counted.scope_id
left join region_kinds_named on counted.scope = 'region' and region_kinds_named.kind = counted.scope_id
order by counted.scope, share desc nulls last, counted.scope_id, counted.step
