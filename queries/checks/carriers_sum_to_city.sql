-- name: carriers_sum_to_city
-- title: 载体之和等于全市
-- definition: 每年每项指标，并入考核单位后的合计等于全市合计
-- columns: year int 年度, metric text 指标, units int 考核单位之和, city int 全市
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
with current_facts as (
    select year, milestone as metric, carrier_id, recognised_on, count(*) as amount
    from milestones
    where milestone in ('signed', 'started', 'completed') and known_until is null and revoked_on is null
    group by year, milestone, carrier_id, recognised_on
    union all
    select year, kind as metric, carrier_id, recognised_on, sum(amount_yuan) as amount
    from investments
    where kind = 'fixed_assets' and known_until is null and revoked_on is null
    group by year, kind, carrier_id, recognised_on
),
placed as (
    select current_facts.year, current_facts.metric, current_facts.amount, unit.carrier_id as unit_id
    from current_facts
    left join carriers as own on own.carrier_id = current_facts.carrier_id
        and own.valid_from <= current_facts.recognised_on and (own.valid_until is null or own.valid_until > current_facts.recognised_on)
    left join carriers as unit on unit.carrier_id = own.unit_id and unit.assessed
        and unit.valid_from <= current_facts.recognised_on and (unit.valid_until is null or unit.valid_until > current_facts.recognised_on)
),
sums as (
    select year, metric, coalesce(sum(amount) filter (where unit_id is not null), 0) as units
    from placed
    group by year, metric
),
city as (
    select year, milestone as metric, count(*) as total
    from milestones
    where milestone in ('signed', 'started', 'completed') and known_until is null and revoked_on is null
    group by year, milestone
    union all
    select year, kind as metric, sum(amount_yuan) as total
    from investments
    where kind = 'fixed_assets' and known_until is null and revoked_on is null
    group by year, kind
)
select city.year, city.metric, coalesce(sums.units, 0) as units, city.total as city
from city
left join sums on sums.year = city.year and sums.metric = city.metric
where coalesce(sums.units, 0) <> city.total
