-- name: carrier_chains
-- title: 载体单位与产业链
-- definition: 本年认定的新签约项目，园区并入考核单位，产业链按截至日所知；只列有项目的格
-- params: year int, as_of date
-- columns: carrier_id text 载体单位编号, carrier text 载体单位, chain_id text 产业链编号, chain text 产业链, signed int 新签约 个,
--   agreed_yuan int 协议投资额 元, carrier_sort int 载体顺序, chain_sort int 产业链顺序
-- grain: one row per assessed carrier and chain with signings
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: unit_facts, projects_known, carrier_names, chain_names
with counted as (
    select unit_facts.unit_id, projects_known.chain_key, count(*) as signed, coalesce(sum(projects_known.agreed_yuan), 0) as agreed_yuan
    from unit_facts
    join projects_known on projects_known.project_id = unit_facts.project_id
    where unit_facts.metric = 'signed' and unit_facts.year = $year
    group by unit_facts.unit_id, projects_known.chain_key
)
select counted.unit_id as carrier_id, carrier_names.carrier, counted.chain_key as chain_id, chain_names.chain,
    counted.signed, counted.agreed_yuan, carrier_names.sort as carrier_sort, chain_names.sort as chain_sort
from counted
left join carrier_names on carrier_names.carrier_id = counted.unit_id
left join chain_names on chain_names.chain_id = counted.chain_key
order by carrier_names.sort, chain_names.sort
