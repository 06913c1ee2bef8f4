-- name: complaints_by_file
-- title: 各文件的存疑率
-- definition: 存疑和未入库行数占全部行数的比例
-- params: limit int = 100
-- columns: file_name text 文件名, rows_in int 入库 行, rows_questioned int 存疑 行, rows_left_out int 未入库 行, share_questioned decimal 存疑与未入库占比 %
-- grain: one row per file
-- roles: leader, analyst, reviewer
-- scope: rows
select file_name, sum(rows_in) as rows_in, sum(rows_questioned) as rows_questioned, sum(rows_left_out) as rows_left_out,
    share(sum(rows_questioned) + sum(rows_left_out), sum(rows_in) + sum(rows_left_out)) as share_questioned
from sources
group by file_name
order by share_questioned desc nulls last, file_name
limit $limit
