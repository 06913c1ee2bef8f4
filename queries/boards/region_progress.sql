-- name: region_progress
-- title: 新签约项目投资来源区域
-- definition: 本年认定的新签约项目按投资方来源分：境外按国家或地区，省外按省份，省内按城市；占比＝该地个数÷全市新签约个数；协议投资额按截至日所知
-- params: year int, as_of date
-- columns: kind text 来源类别编号, region_code text 来源代码, region text 来源区域, signed int 新签约 个, share decimal 占比 %,
--   agreed_yuan int 协议投资额 元, last_year int 上年同期 个, growth decimal 同比增长 %, kind_name text 来源类别
-- grain: one row per source region
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: signed_projects, region_kinds_named
with counted as (
    select region_kind, region_code, max(region) as region,
        count(*) filter (where this_year) as signed,
        coalesce(sum(agreed_yuan) filter (where this_year), 0) as agreed_yuan,
        count(*) filter (where same_time_last_year) as last_year
    from signed_projects
    group by region_kind, region_code
)
select counted.region_kind as kind, region_code, region, signed, share(signed, sum(signed) over ()) as share,
    agreed_yuan, last_year, growth(signed, last_year) as growth, kind_name
from counted
left join region_kinds_named on region_kinds_named.kind = counted.region_kind
where signed > 0 or last_year > 0
order by signed desc, agreed_yuan desc, kind_sort, region_code
