-- name: signed_by_carrier_and_month
-- title: 本年新签约：载体单位与月份
-- definition: 现行有效的签约，按认定月份和载体单位计数（园区单列）
-- params: year int = 2022
-- columns: carrier text 载体单位, month int 月, signed int 新签约 个, agreed_yi decimal 协议投资额 亿元
-- grain: one row per carrier and month
-- roles: leader, analyst, reviewer
-- scope: city
select carriers.carrier, cast(date_part('month', milestones.recognised_on) as bigint) as month, count(*) as signed,
    yi(sum(projects.agreed_yuan)) as agreed_yi
from milestones
join projects on projects.project_id = milestones.project_id and projects.known_until is null
join carriers on carriers.carrier_id = milestones.carrier_id and carriers.valid_until is null
where milestones.milestone = 'signed' and milestones.year = $year
  and milestones.known_until is null and milestones.revoked_on is null
group by carriers.carrier, carriers.sort, date_part('month', milestones.recognised_on)
order by carriers.sort, month
