-- name: carriers_sum_to_city
-- title: 载体之和等于全市
-- definition: 每年每项指标，并入考核单位后的合计等于全市合计
-- columns: year int 年度, metric text 指标, units int 考核单位之和, city int 全市
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
with current_facts as (
    select year, milestone as metric, carrier_id, recognised_on, 1 as amount
    from milestones
    where milestone in ('signed', 'started', 'completed') and known_until is null and revoked_on is null
    union all
    select year, kind as metric, carrier_id, recognised_on, amount_yuan as amount
    from investments
    where kind = 'fixed_assets' and known_until is null and revoked_on is null
),
city as (
    select year, metric, sum(amount) as total from current_facts group by year, metric
),
by_unit as (
    select current_facts.year, current_facts.metric, sum(current_facts.amount) as total
    from current_facts
    join carriers as own on own.carrier_id = current_facts.carrier_id
        and own.valid_from <= current_facts.recognised_on and (own.valid_until is null or own.valid_until > current_facts.recognised_on)
    join carriers as unit on unit.carrier_id = own.unit_id and unit.assessed
        and unit.valid_from <= current_facts.recognised_on and (unit.valid_until is null or unit.valid_until > current_facts.recognised_on)
    group by current_facts.year, current_facts.metric
)
select city.year, city.metric, coalesce(by_unit.total, 0) as units, city.total as city
from city
left join by_unit on by_unit.year = city.year and by_unit.metric = city.metric
where coalesce(by_unit.total, 0) <> city.total
