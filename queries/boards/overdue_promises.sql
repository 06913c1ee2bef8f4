-- name: overdue_promises
-- title: 到期未办的承诺
-- definition: 首次承诺的开工（或竣工）日已过而截至日未见开工（竣工）的项目，不含已流失、已终止的；逾期天数自首次承诺日的次日算起；按逾期天数从多到少
-- params: as_of date, promise text = start, limit int = 10
-- columns: project_id text 项目编号, project text 项目名称, carrier_id text 载体单位编号, carrier text 载体单位, chain_id text 产业链编号,
--   chain text 产业链, agreed_yuan int 协议投资额 元, first_on date 首次承诺日期, now_on date 现承诺日期, moved int 改期次数 次,
--   overdue_days int 逾期天数 天, overdue_months int 逾期月数 个月, total int 总数 个
-- grain: one row per project
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: promises_known, projects_known, carrier_names, chain_names
select promises_known.project_id, projects_known.name as project, projects_known.carrier_id, carrier_names.carrier,
    projects_known.chain_key as chain_id, chain_names.chain, projects_known.agreed_yuan, first_on, now_on, moved,
    days as overdue_days, months as overdue_months, count(*) over () as total
from promises_known
join projects_known on projects_known.project_id = promises_known.project_id
left join carrier_names on carrier_names.carrier_id = projects_known.carrier_id
left join chain_names on chain_names.chain_id = projects_known.chain_key
where kept = 'overdue' and promised = $promise and not is_dead
order by days desc, projects_known.agreed_yuan desc nulls last, promises_known.project_id
limit $limit
