-- name: days_from_signing_to_start
-- title: 从签约到开工的天数
-- definition: 签约、开工均已认定的项目，按实际发生日期计自然日
-- params: year int = 2022
-- columns: carrier text 载体单位, projects int 项目 个, days_median decimal 天数中位数 天, days_longest int 最长天数 天
-- grain: one row per carrier
-- roles: leader, analyst, reviewer
-- scope: city
with dates as (
    select project_id, max(carrier_id) as carrier_id,
        max(coalesce(happened_on, recognised_on)) filter (where milestone = 'signed') as signed_on,
        max(coalesce(happened_on, recognised_on)) filter (where milestone = 'started' and year = $year) as started_on
    from milestones
    where known_until is null and revoked_on is null
    group by project_id
)
select carriers.carrier, count(*) as projects, median(cast(days_between(signed_on, started_on) as double)) as days_median,
    max(days_between(signed_on, started_on)) as days_longest
from dates
join carriers on carriers.carrier_id = dates.carrier_id and carriers.valid_until is null
where signed_on is not null and started_on is not null
group by carriers.carrier, carriers.sort
order by carriers.sort
