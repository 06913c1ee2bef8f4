-- name: codes_are_known
-- title: 编号都在名录
-- definition: 项目、里程碑、金额所用的载体单位、产业链、环节必须在名录中，且环节属于该产业链
-- columns: table_name text 表, id text 编号, code text 名录中没有的编号
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
with known_carriers as (select distinct carrier_id from carriers),
known_chains as (select distinct chain_id from chains)
select 'projects.carrier_id' as table_name, projects.project_id as id, projects.carrier_id as code
from projects left join known_carriers on known_carriers.carrier_id = projects.carrier_id
where known_carriers.carrier_id is null
union all
select 'milestones.carrier_id', milestones.project_id, milestones.carrier_id
from milestones left join known_carriers on known_carriers.carrier_id = milestones.carrier_id
where known_carriers.carrier_id is null
union all
select 'investments.carrier_id', investments.project_id, investments.carrier_id
from investments left join known_carriers on known_carriers.carrier_id = investments.carrier_id
where known_carriers.carrier_id is null
union all
select 'projects.chain_id', projects.project_id, projects.chain_id
from projects left join known_chains on known_chains.chain_id = projects.chain_id
where known_chains.chain_id is null and coalesce(projects.chain_id, '') <> ''
union all
select 'projects.segment_id', projects.project_id, projects.segment_id
from projects left join segments on segments.segment_id = projects.segment_id and segments.chain_id = projects.chain_id
where segments.segment_id is null and coalesce(projects.segment_id, '') <> ''
