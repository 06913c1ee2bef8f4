-- name: complaints_summary
-- title: 存疑汇总
-- definition: 按问题和处理方式计数
-- columns: problem text 问题, severity text 处理编号, severity_name text 处理, count int 条数 条, files int 文件 个
-- grain: one row per problem and severity
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
select problem, severity,
    case severity when 'row_left_out' then '整行未入库' when 'cell_left_out' then '单元格未采用' when 'questioned' then '已入库待核' else severity end as severity_name,
    count(*) as count, count(distinct file) as files
from complaints
group by problem, severity
order by count desc, problem, severity
