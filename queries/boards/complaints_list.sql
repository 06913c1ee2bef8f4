-- name: complaints_list
-- title: 存疑清单
-- definition: 每个有疑问的单元格或行，带文件、工作表、行、列、原值（电话已脱敏）、问题和改正办法
-- params: file text = , carrier text = , problem text = , severity text = , q text = , offset int = 0, limit int = 50
-- columns: file text 文件编号, file_name text 文件名, sheet text 工作表, row int 行号, column text 列, value text 原值, problem text 问题, message text 说明,
--   hint text 改正办法, severity text 处理编号, severity_name text 处理, carrier_id text 载体单位编号, carrier text 载体单位, reported_on date 截至日期, total int 总数 条
-- grain: one row per complaint
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
with last_carriers as (
    select carrier_id, carrier
    from (select carrier_id, carrier, row_number() over (partition by carrier_id order by valid_from desc) as latest from carriers) as versions
    where latest = 1
)
select file, file_name, sheet, "row", "column", value, problem, message, hint, severity,
    case severity when 'row_left_out' then '整行未入库' when 'cell_left_out' then '单元格未采用' when 'questioned' then '已入库待核' else severity end as severity_name,
    complaints.carrier_id, last_carriers.carrier, reported_on, count(*) over () as total
from complaints
left join last_carriers on last_carriers.carrier_id = complaints.carrier_id
where listed(file, $file) and listed(complaints.carrier_id, $carrier) and listed(problem, $problem) and listed(severity, $severity)
  and ($q = '' or contains(lower(concat_ws(' ', file_name, sheet, "column", value, message)), lower($q)))
order by reported_on desc nulls last, file_name, sheet, "row", "column"
limit $limit offset $offset
