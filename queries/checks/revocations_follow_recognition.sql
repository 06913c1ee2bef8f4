-- name: revocations_follow_recognition
-- title: 撤销晚于认定
-- definition: 撤销日期不得早于认定日期：累计只能因撤销或更正而下降，且都有记录可查
-- columns: table_name text 表, project_id text 项目编号, recognised_on date 认定日期, revoked_on date 撤销日期
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
select 'milestones' as table_name, project_id, recognised_on, revoked_on from milestones where revoked_on < recognised_on
union all
select 'investments' as table_name, project_id, recognised_on, revoked_on from investments where revoked_on < recognised_on
