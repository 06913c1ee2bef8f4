-- name: trust
-- title: 数据可信情况
-- definition: 截至日及以前报送的文件；存疑为已入库待核的行，未入库为整行退回的行
-- params: as_of date
-- columns: files int 文件 个, rows_in int 入库 行, rows_questioned int 存疑 行, rows_left_out int 未入库 行, data_date date 数据日期, complaints int 存疑记录 条
-- grain: one row
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
with counted as (
    select count(distinct file) as files, coalesce(sum(rows_in), 0) as rows_in, coalesce(sum(rows_questioned), 0) as rows_questioned,
        coalesce(sum(rows_left_out), 0) as rows_left_out, max(reported_on) as data_date
    from sources
    where reported_on is null or reported_on <= $as_of
),
complained as (
    select count(*) as complaints from complaints where reported_on is null or reported_on <= $as_of
)
select files, rows_in, rows_questioned, rows_left_out, data_date, complaints
from counted
cross join complained
