-- name: counted_facts
-- title: 计入明细
-- definition: 截至日所知、当年认定的新签约、新开工、新竣工与固定资产投资，每个项目每项指标一行；签约、开工、竣工的金额为协议投资额，
--   固定资产投资的金额为当年认定的合计；曾认定、截至日已撤销的标为撤销，不计入
-- params: year int, as_of date
-- columns: project_id text 项目编号, project text 项目名称, metric text 指标编号, carrier_id text 载体单位编号, unit_id text 考核单位编号,
--   chain_id text 产业链编号, amount_yuan int 金额 元, counted bool 计入
-- grain: one row per project and metric
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: projects_known, metrics
with known as (
    select project_id, carrier_id, milestone as metric, cast(null as bigint) as amount_yuan, recognised_on,
        revoked_on is null or revoked_on > $as_of as counted
    from milestones
    where milestone in ('signed', 'started', 'completed') and year = $year and recognised_on <= $as_of
      and known_from <= $as_of and (known_until is null or known_until > $as_of)
    union all
    select project_id, carrier_id, kind as metric, amount_yuan, recognised_on,
        revoked_on is null or revoked_on > $as_of as counted
    from investments
    where kind = 'fixed_assets' and year = $year and recognised_on <= $as_of
      and known_from <= $as_of and (known_until is null or known_until > $as_of)
),
standing as (
    select project_id, metric, bool_or(counted) as counted,
        coalesce(max(carrier_id) filter (where counted), max(carrier_id)) as carrier_id,
        coalesce(max(recognised_on) filter (where counted), max(recognised_on)) as recognised_on,
        sum(amount_yuan) filter (where counted) as amount_yuan
    from known
    group by project_id, metric
)
select standing.project_id, projects_known.name as project, standing.metric, standing.carrier_id,
    coalesce(carriers.unit_id, standing.carrier_id) as unit_id, coalesce(projects_known.chain_key, 'none') as chain_id,
    case standing.metric when 'fixed_assets' then standing.amount_yuan else projects_known.agreed_yuan end as amount_yuan, standing.counted
from standing
join metrics on metrics.metric = standing.metric
left join projects_known on projects_known.project_id = standing.project_id
left join carriers on carriers.carrier_id = standing.carrier_id
    and carriers.valid_from <= standing.recognised_on
    and (carriers.valid_until is null or carriers.valid_until > standing.recognised_on)
order by standing.project_id, metrics.metric_sort
