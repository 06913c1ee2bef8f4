-- name: year_is_of_recognition
-- title: 年度取自认定日期
-- definition: 认定年度必须等于认定日期的年份
-- columns: table_name text 表, project_id text 项目编号, recognised_on date 认定日期, year int 认定年度
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
select 'milestones' as table_name, project_id, recognised_on, year
from milestones
where year is null or recognised_on is null or year <> date_part('year', recognised_on)
union all
select 'investments' as table_name, project_id, recognised_on, year
from investments
where year is null or recognised_on is null or year <> date_part('year', recognised_on)
