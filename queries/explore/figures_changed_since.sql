-- name: figures_changed_since
-- title: 更正了哪些数
-- definition: 两个截至日之间，同一年度各指标因更正、撤销、补认而变化的个数
-- params: year int = 2022, earlier date = 2022-03-31, later date = 2022-05-31
-- columns: milestone text 里程碑, earlier_count int 前一日所知 个, later_count int 后一日所知的同期 个, difference int 变化 个
-- grain: one row per milestone
-- roles: leader, analyst, reviewer
-- scope: city
select milestone,
    count(*) filter (where (revoked_on is null or revoked_on > $earlier) and known_from <= $earlier and (known_until is null or known_until > $earlier)) as earlier_count,
    count(*) filter (where (revoked_on is null or revoked_on > $later) and known_from <= $later and (known_until is null or known_until > $later)) as later_count,
    count(*) filter (where (revoked_on is null or revoked_on > $later) and known_from <= $later and (known_until is null or known_until > $later))
        - count(*) filter (where (revoked_on is null or revoked_on > $earlier) and known_from <= $earlier and (known_until is null or known_until > $earlier)) as difference
from milestones
where year = $year and recognised_on <= $earlier
group by milestone
order by stage_order(milestone)
