-- name: projects_list
-- title: 项目清单
-- definition: 选定里程碑时，为该里程碑在所选年、月认定（截至日所知）的项目，行数与图上个数一致；未选时为截至日在册的全部项目
-- params: year int = 0, as_of date, milestone text = , month int = 0, through int = 0, carrier text = , chain text = , segment text = , region_kind text = ,
--   region text = , region_group text = , band text = , stage text = , status text = , q text = , waiting text = ,
--   promise text = , kept text = , slip text = , due int = 0, sort text = -recognised, offset int = 0, limit int = 50
-- columns: project_id text 项目编号, project text 项目名称, carrier_id text 载体单位编号, carrier text 载体单位, unit_id text 考核单位编号, unit text 考核单位,
--   chain_id text 产业链编号, chain text 产业链, segment_id text 环节编号, segment text 环节, region_kind text 来源类别, region_code text 来源代码,
--   region text 来源区域, band_id text 规模档, agreed_yuan int 协议投资额 元, fixed_yuan int 累计认定固定资产投资 元, amount_yuan int 本期金额 元,
--   stage text 阶段编号, stage_name text 阶段, status text 状态编号, status_name text 状态, recognised_on date 认定日期, signed_on date 签约日期,
--   started_on date 开工日期, completed_on date 竣工日期, first_planned_start_on date 首次承诺开工日期, planned_start_on date 现承诺开工日期,
--   first_planned_completion_on date 首次承诺竣工日期, planned_completion_on date 现承诺竣工日期, investor text 投资方, confidential bool 涉密, total int 总数 个
-- grain: one row per chosen project
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: project_rows
select project_id, project, carrier_id, carrier, unit_id, unit, chain_id, chain, segment_id, segment,
    region_kind, region_code, region, band_id, agreed_yuan, fixed_yuan, amount_yuan,
    stage, stage_name(stage) as stage_name, status, status_name(status) as status_name,
    recognised_on, signed_on, started_on, completed_on, first_planned_start_on, planned_start_on,
    first_planned_completion_on, planned_completion_on, investor, confidential, count(*) over () as total
from project_rows
order by
    case when $sort = '-recognised' then recognised_on end desc nulls last,
    case when $sort = 'recognised' then recognised_on end asc nulls last,
    case when $sort = '-agreed' then agreed_yuan end desc nulls last,
    case when $sort = 'agreed' then agreed_yuan end asc nulls last,
    case when $sort = '-fixed' then fixed_yuan end desc nulls last,
    case when $sort = 'fixed' then fixed_yuan end asc nulls last,
    case when $sort = '-name' then project end desc nulls last,
    case when $sort = 'name' then project end asc nulls last,
    case when $sort = '-carrier' then unit_sort end desc nulls last,
    case when $sort = 'carrier' then unit_sort end asc nulls last,
    case when $sort = '-chain' then chain_sort end desc nulls last,
    case when $sort = 'chain' then chain_sort end asc nulls last,
    case when $sort = '-stage' then stage_order(stage) end desc nulls last,
    case when $sort = 'stage' then stage_order(stage) end asc nulls last,
    project_id, carrier_id
limit $limit offset $offset
