-- name: codes_are_known
-- title: 编号都在名录
-- definition: 项目、里程碑、金额所用的载体单位、产业链、环节必须在名录中，且环节属于该产业链
-- columns: table_name text 表, code text 名录中没有的编号, count int 行数 行
-- grain: one row per table and unknown code; none when sound
-- roles: analyst
-- scope: city
with used as (
    select 'projects.carrier_id' as table_name, carrier_id as code, count(*) as count from projects group by carrier_id
    union all
    select 'milestones.carrier_id' as table_name, carrier_id as code, count(*) as count from milestones group by carrier_id
    union all
    select 'investments.carrier_id' as table_name, carrier_id as code, count(*) as count from investments group by carrier_id
    union all
    select 'projects.chain_id' as table_name, chain_id as code, count(*) as count from projects where chain_id <> '' group by chain_id
),
known as (
    select distinct 'carrier_id' as what, carrier_id as code from carriers
    union all
    select distinct 'chain_id' as what, chain_id as code from chains
),
of_chains as (
    select chain_id, segment_id, count(*) as count from projects where segment_id <> '' group by chain_id, segment_id
)
select used.table_name, used.code, used.count
from used
left join known on known.code = used.code and known.what = split_part(used.table_name, '.', 2)
where known.code is null
union all
select 'projects.segment_id' as table_name, of_chains.segment_id as code, of_chains.count
from of_chains
left join segments on segments.segment_id = of_chains.segment_id and segments.chain_id = of_chains.chain_id
where segments.segment_id is null
