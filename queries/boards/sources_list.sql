-- name: sources_list
-- title: 来源文件
-- definition: 每个已导入文件的每张工作表
-- params: carrier text = , offset int = 0, limit int = 200
-- columns: file text 文件编号, file_name text 文件名, sheet int 工作表序号, sheet_name text 工作表, carrier_id text 载体单位编号, carrier text 载体单位, month date 报送月份,
--   reported_on date 截至日期, header_row int 表头行, rows_in int 入库 行, rows_questioned int 存疑 行, rows_left_out int 未入库 行, imported_on date 入库日期, total int 总数 张
-- grain: one row per file and sheet
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
with last_carriers as (
    select carrier_id, carrier
    from (select carrier_id, carrier, row_number() over (partition by carrier_id order by valid_from desc) as latest from carriers) as versions
    where latest = 1
)
select file, file_name, sheet, sheet_name, sources.carrier_id, last_carriers.carrier, month, reported_on, header_row,
    rows_in, rows_questioned, rows_left_out, imported_on, count(*) over () as total
from sources
left join last_carriers on last_carriers.carrier_id = sources.carrier_id
where listed(sources.carrier_id, $carrier)
order by reported_on desc nulls last, file_name, sheet
limit $limit offset $offset
