-- name: words_are_known
-- title: 取值都在约定之内
-- definition: 来源类别、阶段、状态、里程碑、金额类别、指标、范围等编号必须是约定中的值，否则会从合计中漏掉
-- columns: column_name text 列, value text 约定之外的值, count int 行数 行
-- grain: one row per column and unknown value; none when sound
-- roles: analyst
-- scope: city
with words as (
    select 'projects.region_kind' as column_name, region_kind as value, count(*) as count from projects group by region_kind
    union all
    select 'projects.stage' as column_name, stage as value, count(*) as count from projects group by stage
    union all
    select 'projects.status' as column_name, status as value, count(*) as count from projects group by status
    union all
    select 'milestones.milestone' as column_name, milestone as value, count(*) as count from milestones group by milestone
    union all
    select 'investments.kind' as column_name, kind as value, count(*) as count from investments group by kind
    union all
    select 'targets.metric' as column_name, metric as value, count(*) as count from targets group by metric
    union all
    select 'targets.scope' as column_name, scope as value, count(*) as count from targets group by scope
    union all
    select 'targets.kind' as column_name, kind as value, count(*) as count from targets group by kind
    union all
    select 'complaints.severity' as column_name, severity as value, count(*) as count from complaints group by severity
),
known as (
    select column1 as column_name, column2 as list
    from (values
        ('projects.region_kind', 'abroad,outside,in_province,local,unknown'),
        ('projects.stage', 'negotiating,signed,registered,started,in_library,completed,in_production,at_capacity'),
        ('projects.status', 'ongoing,delayed,dormant,lost,abandoned'),
        ('milestones.milestone', 'signed,registered,started,in_library,completed,in_production,at_capacity'),
        ('investments.kind', 'fixed_assets,paid_in'),
        ('targets.metric', 'signed,started,completed,fixed_assets'),
        ('targets.scope', 'city,carrier,chain,team'),
        ('targets.kind', 'count,amount,growth'),
        ('complaints.severity', 'row_left_out,cell_left_out,questioned')
    ) as listed
)
select words.column_name, words.value, words.count
from words
join known on known.column_name = words.column_name
where not listed(words.value, known.list)
