-- name: money_is_not_negative
-- title: 金额不为负
-- definition: 协议投资额、计划固定资产投资、到位与认定金额、目标均不得为负
-- columns: table_name text 表, id text 编号, amount_yuan int 金额 元
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
select 'projects' as table_name, project_id as id, least(agreed_yuan, planned_fixed_yuan) as amount_yuan from projects where agreed_yuan < 0 or planned_fixed_yuan < 0
union all
select 'investments' as table_name, project_id as id, amount_yuan from investments where amount_yuan < 0 or amount_yuan is null
union all
select 'targets' as table_name, scope_id as id, value as amount_yuan from targets where value < 0
