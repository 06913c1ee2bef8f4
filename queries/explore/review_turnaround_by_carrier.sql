-- name: review_turnaround_by_carrier
-- title: 各载体单位申报审核用时
-- definition: 最近一次提交至审核通过或退回的工作日数；休息日提交的自下一工作日起算
-- params: year int = 2022
-- columns: carrier text 载体单位, reviewed int 已审核 件, days_median decimal 用时中位数 工作日, within_three int 三个工作日内 件, share_within_three decimal 三日内办结率 %, returned int 曾退回 件
-- grain: one row per carrier
-- roles: leader, analyst, reviewer
-- scope: city
select carriers.carrier, count(*) as reviewed, median(cast(claims.review_days as double)) as days_median,
    count(*) filter (where claims.review_days <= 3) as within_three,
    share(count(*) filter (where claims.review_days <= 3), count(*)) as share_within_three,
    count(*) filter (where claims.returns > 0) as returned
from claims
join carriers on carriers.carrier_id = claims.carrier_id and carriers.valid_until is null
where claims.review_days is not null and date_part('year', claims.reviewed_on) = $year
group by carriers.carrier, carriers.sort
order by carriers.sort
