-- name: projects_facets
-- title: 项目分面计数
-- definition: 与项目清单同样筛选，按载体单位、产业链、来源、规模段、阶段、状态、承诺是否逾期未办分别计数
-- params: year int = 0, as_of date, milestone text = , month int = 0, through int = 0, carrier text = , chain text = , segment text = , region_kind text = ,
--   region text = , region_group text = , band text = , stage text = , status text = , q text = , waiting text = ,
--   promise text = , kept text = , slip text = , due int = 0
-- columns: facet text 分面, value text 取值, label text 名称, count int 个数 个, sort int 顺序
-- grain: one row per facet and value
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: project_rows, region_kinds_named
with facets as (
    select column1 as facet, column2 as facet_sort
    from (values ('carrier', 1), ('chain', 2), ('region_kind', 3), ('province', 4), ('band', 5), ('stage', 6), ('status', 7), ('overdue_start', 8), ('overdue_completion', 9)) as listed
),
labelled as (
    select facets.facet, facets.facet_sort,
        case facets.facet
            when 'carrier' then project_rows.unit_id when 'chain' then project_rows.chain_id
            when 'region_kind' then project_rows.region_kind when 'province' then project_rows.province_code
            when 'band' then project_rows.slice_id when 'stage' then project_rows.stage
            when 'overdue_start' then case when start_kept = 'overdue' then 'start' end
            when 'overdue_completion' then case when completion_kept = 'overdue' then 'completion' end
            else project_rows.status
        end as value,
        case facets.facet
            when 'carrier' then project_rows.unit when 'chain' then project_rows.chain
            when 'region_kind' then region_kinds_named.kind_name when 'province' then project_rows.province
            when 'band' then coalesce(slice_name(project_rows.band_yuan), '金额不明')
            when 'stage' then stage_name(project_rows.stage) when 'overdue_start' then '逾期未开工' when 'overdue_completion' then '逾期未竣工'
            else status_name(project_rows.status)
        end as label,
        case facets.facet
            when 'carrier' then project_rows.unit_sort when 'chain' then project_rows.chain_sort
            when 'region_kind' then region_kinds_named.kind_sort when 'stage' then stage_order(project_rows.stage)
            when 'band' then coalesce(slice_order(project_rows.band_yuan), 99) else 0
        end as sort
    from project_rows
    cross join facets
    left join region_kinds_named on region_kinds_named.kind = project_rows.region_kind
)
select facet, value, max(label) as label, count(*) as count, min(sort) as sort
from labelled
where value is not null and value <> ''
group by facet, facet_sort, value
order by facet_sort, sort, count desc, value
