-- name: targets_board
-- title: 目标与进度
-- definition: 截至日所知、各下达单位并列的年度目标；同一目标有几个下达单位时，以目标文件中在前且有值的为准（现行），卡片、图表、亮灯都按它；
--   目标值为空是未下达（“-”），不等于零、不排名；个数为个，金额为元，增幅为万分之一；完成按认定日期，规模档“以上”含本数；
--   序时按目标自身的月度计划（未另定的按月均衡）、当月按日；增幅没有序时，差距为实际增幅减目标增幅；专班按其产业链的项目
-- params: year int, as_of date
-- columns: scope text 范围, scope_id text 范围编号, name text 名称, metric text 指标编号, metric_name text 指标, unit text 单位,
--   band_id text 规模档编号, band text 规模档, kind text 目标类别, issuer text 下达单位, leading bool 现行, value int 目标值,
--   done int 完成, completion decimal 完成率 %, pace decimal 序时进度 %, growth decimal 同比增长 %, gap_points decimal 差距 个百分点,
--   light text 亮灯, curve text 月度计划, documented bool 有公开依据, source text 目标来源, reason text 调整原因, known_from date 知悉起,
--   note text 说明, at_least_yuan int 规模档下限（含） 元, sort int 顺序
-- grain: one row per target and issuer
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, facts, unit_facts, projects_known, carrier_names, chain_names, targets_known
with issued as (
    select *, coalesce(band_id, '') as size, case when scope = 'city' then '' else scope_id end as unit_id
    from issued_targets
    where year = $year and known_from <= $as_of and (known_until is null or known_until > $as_of)
),
flows as (
    select 'city' as scope, '' as unit_id, metric, project_id, year, recognised_on, amount
    from facts
    union all
    select 'carrier' as scope, unit_id, metric, project_id, year, recognised_on, amount
    from unit_facts
    union all
    select served.scope, projects_known.chain_key as unit_id, facts.metric, facts.project_id, facts.year, facts.recognised_on, facts.amount
    from facts
    join projects_known on projects_known.project_id = facts.project_id
    cross join (select column1 as scope from (values ('chain'), ('team')) as listed) as served
),
counted as (
    select scope, unit_id, metric, '' as size,
        sum(amount) filter (where year = $year) as done,
        sum(amount) filter (where year = $year - 1 and recognised_on <= year_earlier($as_of)) as last_year
    from flows
    group by scope, unit_id, metric
    union all
    select flows.scope, flows.unit_id, flows.metric, bands.band_id as size,
        sum(flows.amount) filter (where flows.year = $year) as done,
        sum(flows.amount) filter (where flows.year = $year - 1 and flows.recognised_on <= year_earlier($as_of)) as last_year
    from flows
    join projects_known on projects_known.project_id = flows.project_id
    join bands on in_band(projects_known.band_yuan, bands.band_id)
    group by flows.scope, flows.unit_id, flows.metric, bands.band_id
),
sizes as (
    select band_id, band, at_least_yuan, sort as band_sort
    from bands
),
figures as (
    select issued.*, coalesce(counted.done, 0) as done,
        case when issued.kind = 'growth' then growth(coalesce(counted.done, 0), coalesce(counted.last_year, 0)) end as growth,
        case when issued.kind <> 'growth' then completion_rate(coalesce(counted.done, 0), issued.value) end as completion,
        case when issued.kind <> 'growth' then pace($as_of, $year, issued.curve) end as pace
    from issued
    left join counted on counted.scope = issued.scope and counted.unit_id = issued.unit_id and counted.metric = issued.metric
        and counted.size = issued.size
)
select figures.scope, figures.scope_id,
    case figures.scope when 'city' then '全市' when 'carrier' then carrier_names.carrier when 'team' then chain_names.chain || '专班'
        else chain_names.chain end as name,
    figures.metric, metrics.metric_name, metrics.unit, figures.size as band_id, sizes.band, figures.kind, figures.issuer,
    targets_known.metric is not null as leading, figures.value, figures.done, figures.completion, figures.pace, figures.growth,
    case figures.kind when 'growth' then figures.growth - figures.value / 100.0 else gap_points(figures.completion, figures.pace) end
        as gap_points,
    light(figures.completion, figures.pace) as light, figures.curve, figures.documented, figures.source, figures.reason,
    figures.known_from, figures.note, sizes.at_least_yuan, coalesce(carrier_names.sort, chain_names.sort, 0) as sort
from figures
left join metrics on metrics.metric = figures.metric
left join sizes on sizes.band_id = figures.size
left join carrier_names on figures.scope = 'carrier' and carrier_names.carrier_id = figures.scope_id
left join chain_names on figures.scope in ('chain', 'team') and chain_names.chain_id = figures.scope_id
left join targets_known on targets_known.metric = figures.metric and targets_known.band_id = figures.size
    and targets_known.scope = figures.scope and targets_known.scope_id = figures.scope_id and targets_known.kind = figures.kind
    and targets_known.issuer = figures.issuer
order by case figures.scope when 'city' then 0 when 'carrier' then 1 when 'chain' then 2 else 3 end, metrics.metric_sort,
    case figures.kind when 'growth' then 1 else 0 end, sizes.band_sort nulls first, sort, figures.scope_id, figures.place
