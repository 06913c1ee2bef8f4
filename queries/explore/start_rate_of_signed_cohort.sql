-- name: start_rate_of_signed_cohort
-- title: 本年签约项目开工率
-- definition: 同批口径：本年签约且已开工÷本年签约；与计划口径的开工完成率不是一回事
-- params: year int = 2022
-- columns: carrier text 载体单位, signed int 本年签约 个, started int 其中已开工 个, start_rate decimal 开工率 %
-- grain: one row per carrier
-- roles: leader, analyst, reviewer
-- scope: city
with signed as (
    select project_id, carrier_id
    from milestones
    where milestone = 'signed' and year = $year and known_until is null and revoked_on is null
),
started as (
    select distinct project_id
    from milestones
    where milestone = 'started' and known_until is null and revoked_on is null
)
select carriers.carrier, count(*) as signed, count(started.project_id) as started, share(count(started.project_id), count(*)) as start_rate
from signed
left join started on started.project_id = signed.project_id
join carriers on carriers.carrier_id = signed.carrier_id and carriers.valid_until is null
group by carriers.carrier, carriers.sort
order by carriers.sort
