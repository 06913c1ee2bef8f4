-- name: stage_passages
-- title: 各批项目的转化
-- definition: 按前一环节认定月份成批，看后一环节在哪个月认定；已流失、终止的留在分母，记其知悉月份；三种转化：签约到开工、开工到竣工、签约到竣工
-- params: as_of date
-- columns: scope text 范围, scope_id text 范围编号, name text 名称, step text 转化, cohort date 批次月份, reached date 到达月份,
--   died date 退出月份, projects int 项目数 个
-- grain: one row per scope, step, cohort and outcome
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: projects_known, milestones_known, carrier_names, chain_names, region_kinds_named
with steps as (
    select column1 as step, column2 as earlier, column3 as later
    from (values ('signed_started', 'signed', 'started'), ('started_completed', 'started', 'completed'), ('signed_completed', 'signed', 'completed')) as listed
),
firsts as (
    select project_id, milestone, min(recognised_on) as recognised_on, min(carrier_id) as carrier_id
    from milestones_known
    where milestone in ('signed', 'started', 'completed')
    group by project_id, milestone
),
gone as (
    select projects.project_id, min(projects.known_from) as died_on
    from projects
    join projects_known on projects_known.project_id = projects.project_id and projects_known.status in ('lost', 'abandoned')
    where projects.status in ('lost', 'abandoned') and projects.known_from <= $as_of
    group by projects.project_id
),
passed as (
    select steps.step, entered.project_id, carriers.unit_id, projects_known.chain_key, projects_known.region_kind,
        cast(date_trunc('month', entered.recognised_on) as date) as cohort,
        cast(date_trunc('month', reached.recognised_on) as date) as reached,
        case when reached.recognised_on is null then cast(date_trunc('month', gone.died_on) as date) end as died
    from steps
    join firsts as entered on entered.milestone = steps.earlier
    join projects_known on projects_known.project_id = entered.project_id
    join carriers on carriers.carrier_id = entered.carrier_id
        and carriers.valid_from <= entered.recognised_on
        and (carriers.valid_until is null or carriers.valid_until > entered.recognised_on)
    left join firsts as reached on reached.project_id = entered.project_id and reached.milestone = steps.later
    left join gone on gone.project_id = entered.project_id
),
scoped as (
    select 'city' as scope, '' as scope_id, step, cohort, reached, died from passed
    union all
    select 'carrier' as scope, unit_id as scope_id, step, cohort, reached, died from passed
    union all
    select 'chain' as scope, chain_key as scope_id, step, cohort, reached, died from passed
    union all
    select 'region' as scope, region_kind as scope_id, step, cohort, reached, died from passed
)
select scoped.scope, scoped.scope_id,
    coalesce(case scoped.scope when 'carrier' then carrier_names.carrier when 'chain' then chain_names.chain
        when 'region' then region_kinds_named.kind_name end, '全市') as name,
    scoped.step, scoped.cohort, scoped.reached, scoped.died, count(*) as projects
from scoped
left join carrier_names on scoped.scope = 'carrier' and carrier_names.carrier_id = scoped.scope_id
left join chain_names on scoped.scope = 'chain' and chain_names.chain_id = scoped.scope_id
left join region_kinds_named on scoped.scope = 'region' and region_kinds_named.kind = scoped.scope_id
group by 1, 2, 3, 4, 5, 6, 7
order by 1, 2, 4, 5, 6 nulls last, 7 nulls last
