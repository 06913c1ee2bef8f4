-- name: region_groups
-- title: 新签约项目来源区域组
-- definition: 区域组相互重叠（如沪苏浙与五省市），不可相加；组员按截至日有效的名单；占比＝该组个数÷全市新签约个数
-- params: year int, as_of date
-- columns: group_id text 区域组编号, group_name text 区域组, signed int 新签约 个, share decimal 占比 %, agreed_yuan int 协议投资额 元,
--   last_year int 上年同期 个, growth decimal 同比增长 %
-- grain: one row per region group
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: signed_projects, memberships
with named_groups as (
    select group_id, max(group_name) as group_name
    from regions
    where (valid_from is null or valid_from <= $as_of) and (valid_until is null or valid_until > $as_of)
    group by group_id
),
whole as (
    select count(*) as signed from signed_projects where this_year
),
counted as (
    select memberships.group_id,
        count(*) filter (where signed_projects.this_year) as signed,
        sum(signed_projects.agreed_yuan) filter (where signed_projects.this_year) as agreed_yuan,
        count(*) filter (where signed_projects.same_time_last_year) as last_year
    from signed_projects
    join memberships on memberships.project_id = signed_projects.project_id
    group by memberships.group_id
)
select named_groups.group_id, named_groups.group_name, coalesce(counted.signed, 0) as signed,
    share(coalesce(counted.signed, 0), whole.signed) as share, coalesce(counted.agreed_yuan, 0) as agreed_yuan,
    coalesce(counted.last_year, 0) as last_year, growth(coalesce(counted.signed, 0), coalesce(counted.last_year, 0)) as growth
from named_groups
cross join whole
left join counted on counted.group_id = named_groups.group_id
order by signed desc, named_groups.group_id
