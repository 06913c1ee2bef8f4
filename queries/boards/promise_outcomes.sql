-- name: promise_outcomes
-- title: 承诺与实际
-- definition: 首次承诺日在所选年度、到截至日已到期的开工和竣工承诺，按兑现状态和偏差月数计数；以首次承诺日为准，改期不改判，另计改期过的项目；
--   只报到月、季、年的承诺以其最后一天为准；当月内完成为按期，更早的月份为提前，晚一天即为逾期、不足一个月计一个月；
--   已流失、终止的项目留在分母；缺开工记录而已竣工、投产的，以其日期为最晚开工日
-- params: year int, as_of date
-- columns: scope text 范围, scope_id text 范围编号, name text 名称, promised text 承诺事项, kept text 兑现状态编号, kept_name text 兑现状态,
--   slip text 偏差分档编号, slip_name text 偏差分档, slip_sort int 偏差顺序, projects int 项目数 个, moved int 其中改期过 个, dead int 其中流失终止 个,
--   late_days int 逾期天数合计 天
-- grain: one row per scope, kind of promise, outcome and class of delay
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: promises_known, projects_known, carrier_names, chain_names, region_kinds_named
with due as (
    select promises_known.*, slip_order(months) as slip_sort, coalesce(own.unit_id, projects_known.carrier_id) as unit_id,
        projects_known.chain_key, projects_known.region_kind
    from promises_known
    join projects_known on projects_known.project_id = promises_known.project_id
    left join carriers as own on own.carrier_id = projects_known.carrier_id
        and own.valid_from <= $as_of and (own.valid_until is null or own.valid_until > $as_of)
    where promises_known.is_due and promises_known.due_year = $year
),
scoped as (
    select 'city' as scope, '' as scope_id, due.* from due
    union all
    select 'carrier' as scope, unit_id as scope_id, due.* from due
    union all
    select 'chain' as scope, chain_key as scope_id, due.* from due
    union all
    select 'region' as scope, region_kind as scope_id, due.* from due
)
select scoped.scope, scoped.scope_id,
    coalesce(case scoped.scope when 'carrier' then max(carrier_names.carrier) when 'chain' then max(chain_names.chain)
        when 'region' then max(region_kinds_named.kind_name) end, '全市') as name,
    scoped.promised, scoped.kept, kept_name(scoped.kept) as kept_name, scoped.slip, slip_name(scoped.slip) as slip_name,
    min(scoped.slip_sort) as slip_sort, count(*) as projects, count(*) filter (where scoped.moved > 0) as moved,
    count(*) filter (where scoped.is_dead) as dead, coalesce(sum(scoped.days) filter (where scoped.kept in ('late', 'overdue')), 0) as late_days
from scoped
left join carrier_names on scoped.scope = 'carrier' and carrier_names.carrier_id = scoped.scope_id
left join chain_names on scoped.scope = 'chain' and chain_names.chain_id = scoped.scope_id
left join region_kinds_named on scoped.scope = 'region' and region_kinds_named.kind = scoped.scope_id
group by scoped.scope, scoped.scope_id, scoped.promised, scoped.kept, scoped.slip
order by scope, scope_id, promised, slip_sort, kept
