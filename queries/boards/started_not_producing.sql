-- name: started_not_producing
-- title: 已开工未投产项目
-- definition: 开工已认定而未见投产、达产的项目，不含已流失、已终止的；按协议投资额从大到小；等待天数为开工日至截至日的自然日；承诺逾期天数自首次承诺竣工日的次日算起，未到期或没有承诺的为空
-- params: year int = 0, as_of date, limit int = 10
-- columns: project_id text 项目编号, project text 项目名称, carrier_id text 载体单位编号, carrier text 载体单位, chain_id text 产业链编号,
--   chain text 产业链, agreed_yuan int 协议投资额 元, since date 开工日期, waiting_days int 等待天数 天,
--   promised_on date 首次承诺竣工日期, promised_now date 现承诺竣工日期, moved int 改期次数 次, overdue_days int 承诺逾期天数 天, total int 总数 个
-- grain: one row per project
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: waiting_projects
select project_id, project, carrier_id, carrier, chain_id, chain, agreed_yuan, since, waiting_days,
    promised_on, promised_now, moved, overdue_days, count(*) over () as total
from waiting_projects
where after = 'started' and ($year = 0 or year = $year)
order by agreed_yuan desc nulls last, since, project_id
limit $limit
