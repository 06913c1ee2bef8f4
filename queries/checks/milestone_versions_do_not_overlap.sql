-- name: milestone_versions_do_not_overlap
-- title: 里程碑版本不重叠
-- definition: 同一项目同一里程碑的两个版本不得在同一天同时有效
-- columns: project_id text 项目编号, milestone text 里程碑, known_from date 知悉起, other_from date 另一版本知悉起
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
with repeated as (
    select project_id, milestone from milestones group by project_id, milestone having count(*) > 1
),
versions as (
    select milestones.project_id, milestones.milestone, known_from, coalesce(known_until, date '9999-12-31') as known_until,
        recognised_on, coalesce(revoked_on, date '9999-12-31') as revoked_on,
        row_number() over (order by milestones.project_id, milestones.milestone, known_from, recognised_on, source) as line
    from milestones
    join repeated on repeated.project_id = milestones.project_id and repeated.milestone = milestones.milestone
)
select one.project_id, one.milestone, one.known_from, other.known_from as other_from
from versions as one
join versions as other on other.project_id = one.project_id and other.milestone = one.milestone
where one.line < other.line
  and one.known_from < other.known_until and other.known_from < one.known_until
  and one.recognised_on < other.revoked_on and other.recognised_on < one.revoked_on
