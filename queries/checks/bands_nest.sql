-- name: bands_nest
-- title: 规模档逐级包含
-- definition: 规则判定在某档的现行项目，金额不得低于该档下限，也不得达到上一档下限：名录与规则一致，各档个数才逐级包含、规模段之和等于全部
-- columns: step int 档次, least_yuan int 最小金额 元, most_yuan int 最大金额 元, at_least_yuan int 本档下限 元, next_yuan int 上一档下限 元
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
with steps as (
    select slice_order(band_yuan) as step, min(band_yuan) as least_yuan, max(band_yuan) as most_yuan
    from (select band_yuan(agreed_yuan, planned_fixed_yuan) as band_yuan from projects where known_until is null) as amounts
    where band_yuan is not null
    group by slice_order(band_yuan)
),
bounds as (
    select row_number() over (order by at_least_yuan) as step, at_least_yuan from bands
)
select steps.step, steps.least_yuan, steps.most_yuan, own.at_least_yuan, above.at_least_yuan as next_yuan
from steps
left join bounds as own on own.step = steps.step
left join bounds as above on above.step = steps.step + 1
where steps.least_yuan < own.at_least_yuan or steps.most_yuan >= above.at_least_yuan or (steps.step > 0 and own.at_least_yuan is null)
