-- name: project_sources
-- title: 项目来源
-- definition: 该项目每条记录来自的文件、工作表和行；来自备案登记簿的为备案编号
-- params: project_id text
-- columns: what text 内容, file text 文件编号, file_name text 文件名, sheet int 工作表序号, sheet_name text 工作表, row int 行号,
--   carrier text 载体单位, month date 报送月份, reported_on date 截至日期, number text 备案编号
-- grain: one row per kind of record and source row
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
with places as (
    select '项目' as what, source from projects where project_id = $project_id
    union
    select '里程碑' as what, source from milestones where project_id = $project_id
    union
    select '投资' as what, source from investments where project_id = $project_id
),
read as (
    select what, split_part(source, ':', 1) as file, try_cast(split_part(source, ':', 2) as bigint) as sheet, try_cast(split_part(source, ':', 3) as bigint) as row
    from places
    where source is not null
),
last_carriers as (
    select carrier_id, carrier
    from (select carrier_id, carrier, row_number() over (partition by carrier_id order by valid_from desc) as latest from carriers) as versions
    where latest = 1
)
select read.what, read.file, sources.file_name, read.sheet, sources.sheet_name, read.row, last_carriers.carrier, sources.month, sources.reported_on,
    case when starts_with(read.file, 'books-') then concat(cast(read.sheet as text), '-', right(concat('00000', cast(read.row as text)), 5)) end as number
from read
left join sources on sources.file = read.file and sources.sheet = read.sheet
left join last_carriers on last_carriers.carrier_id = sources.carrier_id
order by sources.reported_on, read.file, read.sheet, read.row, read.what
