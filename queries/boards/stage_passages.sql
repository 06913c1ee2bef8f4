-- name: stage_passages
-- title: 各批项目的转化
-- definition: 按前一环节认定月份成批，看后一环节在哪个月认定；已流失、终止的留在分母，记其知悉月份；三种转化：签约到开工、开工到竣工、签约到竣工
-- params: as_of date
-- columns: scope text 范围, scope_id text 范围编号, name text 名称, step text 转化, cohort date 批次月份, reached date 到达月份,
--   died date 退出月份, projects int 项目数 个
-- grain: one row per scope, step, cohort and outcome
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: passages_known, carrier_names, chain_names, region_kinds_named
select passages.scope, passages.scope_id,
    coalesce(case passages.scope when 'carrier' then carrier_names.carrier when 'chain' then chain_names.chain
        when 'region' then region_kinds_named.kind_name end, '全市') as name,
    passages.step, passages.cohort, passages.reached, passages.died, count(*) as projects
from passages_known as passages
left join carrier_names on passages.scope = 'carrier' and carrier_names.carrier_id = passages.scope_id
left join chain_names on passages.scope = 'chain' and chain_names.chain_id = passages.scope_id
left join region_kinds_named on passages.scope = 'region' and region_kinds_named.kind = passages.scope_id
group by 1, 2, 3, 4, 5, 6, 7
order by 1, 2, 4, 5, 6 nulls last, 7 nulls last
