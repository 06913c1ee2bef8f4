-- name: score_inputs
-- title: 考核指标数据
-- definition: 自1月1日至截至日认定、按截至日所知的完成数；里程碑计个数，金额计元，四种金额互不相加；“以上”含本数，各档逐级包含；
--   园区自成一行，并按认定当日的归属计入所属考核单位一次；协议投资额取新签约项目；当年签约项目开工归签约单位；
--   利用外资、省外资金取投资来源为境外、省外的到位资金
-- params: year int, as_of date
-- columns: carrier_id text 考核单位编号, carrier text 考核单位, metric text 指标编号, band_id text 规模档编号, done int 完成, unit text 单位
-- grain: one row per carrier, metric and nested scale band; no band is ''
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: carrier_names, projects_known, milestones_known, investments_known
with scored as (
    select column1 as metric, column2 as unit, column3 as sort
    from (values
        ('signed', '个', 1), ('started', '个', 2), ('completed', '个', 3), ('fixed_assets', '元', 4), ('registered', '个', 5),
        ('in_library', '个', 6), ('in_production', '个', 7), ('at_capacity', '个', 8), ('started_of_signed', '个', 9),
        ('agreed', '元', 10), ('paid_in', '元', 11), ('paid_in_foreign', '元', 12), ('paid_in_outside', '元', 13)
    ) as listed
),
reached as (
    select project_id, carrier_id, milestone, recognised_on
    from milestones_known
    where year = $year
),
paid as (
    select project_id, carrier_id, kind, recognised_on, amount_yuan
    from investments_known
    where year = $year
),
counted as (
    select milestone as metric, project_id, carrier_id, recognised_on, cast(1 as bigint) as amount
    from reached
    union all
    select 'started_of_signed' as metric, signed.project_id, signed.carrier_id, signed.recognised_on, cast(1 as bigint) as amount
    from reached as signed
    join reached as started on started.project_id = signed.project_id and started.milestone = 'started'
    where signed.milestone = 'signed'
    union all
    select 'agreed' as metric, reached.project_id, reached.carrier_id, reached.recognised_on, coalesce(projects_known.agreed_yuan, 0) as amount
    from reached
    join projects_known on projects_known.project_id = reached.project_id
    where reached.milestone = 'signed'
    union all
    select kind as metric, project_id, carrier_id, recognised_on, amount_yuan as amount
    from paid
    union all
    select case projects_known.region_kind when 'abroad' then 'paid_in_foreign' else 'paid_in_outside' end as metric,
        paid.project_id, paid.carrier_id, paid.recognised_on, paid.amount_yuan as amount
    from paid
    join projects_known on projects_known.project_id = paid.project_id
    where paid.kind = 'paid_in' and projects_known.region_kind in ('abroad', 'outside')
),
sized as (
    select counted.*, projects_known.band_yuan
    from counted
    join projects_known on projects_known.project_id = counted.project_id
),
placed as (
    select sized.metric, sized.band_yuan, sized.amount, carriers.unit_id as scored_id
    from sized
    join carriers on carriers.carrier_id = sized.carrier_id
        and carriers.valid_from <= sized.recognised_on
        and (carriers.valid_until is null or carriers.valid_until > sized.recognised_on)
    union all
    select sized.metric, sized.band_yuan, sized.amount, carriers.carrier_id as scored_id
    from sized
    join carriers on carriers.carrier_id = sized.carrier_id and carriers.carrier_id <> carriers.unit_id
        and carriers.valid_from <= sized.recognised_on
        and (carriers.valid_until is null or carriers.valid_until > sized.recognised_on)
),
banded as (
    select scored_id, metric, '' as band_id, sum(amount) as done
    from placed
    group by scored_id, metric
    union all
    select placed.scored_id, placed.metric, bands.band_id, sum(placed.amount) as done
    from placed
    join bands on in_band(placed.band_yuan, bands.band_id)
    group by placed.scored_id, placed.metric, bands.band_id
),
sizes as (
    select '' as band_id, 0 as sort
    union all
    select band_id, sort from bands
)
select carrier_names.carrier_id, carrier_names.carrier, scored.metric, sizes.band_id, coalesce(banded.done, 0) as done, scored.unit
from carrier_names
cross join scored
cross join sizes
left join banded on banded.scored_id = carrier_names.carrier_id and banded.metric = scored.metric and banded.band_id = sizes.band_id
order by carrier_names.sort, carrier_names.carrier_id, scored.sort, sizes.sort
