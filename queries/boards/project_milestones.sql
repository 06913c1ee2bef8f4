-- name: project_milestones
-- title: 项目里程碑
-- definition: 该项目里程碑的全部记录，含已撤销和已被更正的；“有效”指截至日计入统计
-- params: project_id text, as_of date
-- columns: milestone text 里程碑编号, milestone_name text 里程碑, happened_on date 发生日期, recognised_on date 认定日期, revoked_on date 撤销日期,
--   known_from date 知悉起, known_until date 知悉止, carrier_id text 载体单位编号, carrier text 载体单位, in_force bool 有效, source text 来源
-- grain: one row per version of a milestone
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: carrier_names
select milestone, stage_name(milestone) as milestone_name, happened_on, recognised_on, revoked_on, known_from, known_until,
    milestones.carrier_id, carrier_names.carrier,
    recognised_on <= $as_of and (revoked_on is null or revoked_on > $as_of)
        and known_from <= $as_of and (known_until is null or known_until > $as_of) as in_force,
    source
from milestones
left join carrier_names on carrier_names.carrier_id = milestones.carrier_id
where milestones.project_id = $project_id
order by stage_order(milestone), known_from, recognised_on
