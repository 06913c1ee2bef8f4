-- name: reserve_projects
-- title: 储备项目（工作簿所载）
-- definition: 截至日在谈、已签约或已落地而未见开工、竣工、投产的项目；不含涉密的、已流失或终止的，也不含来自备案的（备案另由簿册列出）
-- params: as_of date
-- columns: project_id text 项目编号, project text 项目名称, investor text 投资方, investor_address text 投资方注册地址,
--   credit_code text 统一社会信用代码, content text 建设内容, carrier_id text 载体单位编号, chain_id text 产业链编号, segment_id text 环节编号,
--   region text 投资来源区域, stage text 阶段, status text 状态, agreed_yuan int 协议投资额 元, paid_in_yuan int 累计到位资金 元
-- grain: one row per project
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: projects_known, stages_reached, investments_known
with paid_in as (
    select project_id, sum(amount_yuan) as paid_in_yuan
    from investments_known
    where kind = 'paid_in'
    group by project_id
)
select projects_known.project_id, name as project, investor, investor_address, credit_code, content, carrier_id, chain_id, segment_id,
    region, stage, status, agreed_yuan, paid_in.paid_in_yuan
from projects_known
left join stages_reached on stages_reached.project_id = projects_known.project_id
left join paid_in on paid_in.project_id = projects_known.project_id
where stage in ('negotiating', 'signed', 'registered')
    and not coalesce(stages_reached.is_going, false)
    and coalesce(status, 'ongoing') not in ('lost', 'abandoned')
    and not coalesce(confidential, false)
    and source not like 'books-%'
order by agreed_yuan desc nulls last, projects_known.project_id
