-- name: chains_sum_to_city
-- title: 产业链之和等于全市
-- definition: 现行项目按产业链（名录中的链与未归类）计数之和等于全部；每个里程碑恰有一个现行项目（另有校验），故各指标之和也相等
-- columns: chains int 产业链之和, city int 全市
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
with named as (
    select distinct chain_id from chains
),
by_chain as (
    select coalesce(nullif(chain_id, ''), 'none') as chain_id, count(*) as total
    from projects
    where known_until is null
    group by coalesce(nullif(chain_id, ''), 'none')
),
sums as (
    select coalesce(sum(by_chain.total) filter (where named.chain_id is not null or by_chain.chain_id = 'none'), 0) as chains,
        coalesce(sum(by_chain.total), 0) as city
    from by_chain
    left join named on named.chain_id = by_chain.chain_id
)
select chains, city from sums where chains <> city
