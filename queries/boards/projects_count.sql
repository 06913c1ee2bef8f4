-- name: projects_count
-- title: 项目合计
-- definition: 与项目清单同样筛选；金额按截至日所知，四种金额互不相加
-- params: year int = 0, as_of date, milestone text = , month int = 0, through int = 0, carrier text = , chain text = , segment text = , region_kind text = ,
--   region text = , region_group text = , band text = , stage text = , status text = , q text = , waiting text = ,
--   promise text = , kept text = , slip text = , due int = 0
-- columns: total int 总数 个, agreed_yuan int 协议投资额 元, fixed_yuan int 累计认定固定资产投资 元, amount_yuan int 本期金额 元
-- grain: one row
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: project_rows
select count(*) as total, coalesce(sum(agreed_yuan), 0) as agreed_yuan, coalesce(sum(fixed_yuan), 0) as fixed_yuan, coalesce(sum(amount_yuan), 0) as amount_yuan
from project_rows
