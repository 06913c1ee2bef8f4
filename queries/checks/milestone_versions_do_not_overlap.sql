-- name: milestone_versions_do_not_overlap
-- title: 里程碑版本不重叠
-- definition: 同一项目同一里程碑的两个版本不得在同一天同时有效
-- columns: project_id text 项目编号, milestone text 里程碑, known_from date 知悉起, other_from date 另一版本知悉起
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
with suspects as (
    -- A project that states each milestone once cannot overlap: its bits add up to their union.
    select text_key(project_id) as key
    from milestones
    group by text_key(project_id)
    having sum(1 << coalesce(stage_order(milestone), 0)) <> bit_or(1 << coalesce(stage_order(milestone), 0))
),
versions as (
    select project_id, milestone, known_from, coalesce(known_until, date '9999-12-31') as known_until,
        recognised_on, coalesce(revoked_on, date '9999-12-31') as revoked_on,
        row_number() over (partition by project_id, milestone order by known_from, recognised_on, source) as line
    from milestones
    where text_key(project_id) in (select key from suspects)
)
select one.project_id, one.milestone, one.known_from, other.known_from as other_from
from versions as one
join versions as other on other.project_id = one.project_id and other.milestone = one.milestone
where one.line < other.line
  and one.known_from < other.known_until and other.known_from < one.known_until
  and one.recognised_on < other.revoked_on and other.recognised_on < one.revoked_on
