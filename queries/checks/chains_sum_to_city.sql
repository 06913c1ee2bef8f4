-- name: chains_sum_to_city
-- title: 产业链之和等于全市
-- definition: 每年每项里程碑，各产业链与未归类之和等于全市
-- columns: year int 年度, milestone text 里程碑, chains int 产业链之和, city int 全市
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
with current_milestones as (
    select year, milestone, project_id from milestones where known_until is null and revoked_on is null
),
current_projects as (
    select project_id, chain_id from projects where known_until is null
),
city as (
    select year, milestone, count(*) as total from current_milestones group by year, milestone
),
named as (
    select distinct chain_id from chains
),
by_chain as (
    select current_milestones.year, current_milestones.milestone, count(*) as total
    from current_milestones
    join current_projects on current_projects.project_id = current_milestones.project_id
    left join named on named.chain_id = current_projects.chain_id
    where named.chain_id is not null or coalesce(current_projects.chain_id, '') = ''
    group by current_milestones.year, current_milestones.milestone
)
select city.year, city.milestone, coalesce(by_chain.total, 0) as chains, city.total as city
from city
left join by_chain on by_chain.year = city.year and by_chain.milestone = city.milestone
where coalesce(by_chain.total, 0) <> city.total
