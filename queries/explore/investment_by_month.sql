-- name: investment_by_month
-- title: 固定资产投资逐月
-- definition: 现行有效的认定固定资产投资，按认定月份
-- params: year int = 2022
-- columns: month int 月, fixed_yi decimal 当月 亿元, cumulative_yi decimal 累计 亿元
-- grain: one row per month
-- roles: leader, analyst, reviewer
-- scope: city
with monthly as (
    select cast(date_part('month', recognised_on) as bigint) as month, sum(amount_yuan) as amount_yuan
    from investments
    where kind = 'fixed_assets' and year = $year and known_until is null and revoked_on is null
    group by date_part('month', recognised_on)
)
select month, yi(amount_yuan) as fixed_yi, yi(sum(amount_yuan) over (order by month)) as cumulative_yi
from monthly
order by month
