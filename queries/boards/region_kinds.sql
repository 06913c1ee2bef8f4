-- name: region_kinds
-- title: 新签约项目来源类别
-- definition: 境外、省外、省内市外、本市四类合计等于全市；来源不明的单列
-- params: year int, as_of date
-- columns: kind text 来源类别编号, kind_name text 来源类别, signed int 新签约 个, share decimal 占比 %, agreed_yuan int 协议投资额 元,
--   last_year int 上年同期 个, growth decimal 同比增长 %
-- grain: one row per kind of source
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: signed_projects, region_kinds_named
with counted as (
    select region_kind,
        count(*) filter (where this_year) as signed,
        coalesce(sum(agreed_yuan) filter (where this_year), 0) as agreed_yuan,
        count(*) filter (where same_time_last_year) as last_year
    from signed_projects
    group by region_kind
),
figures as (
    select kind, kind_name, kind_sort, coalesce(signed, 0) as signed, coalesce(agreed_yuan, 0) as agreed_yuan, coalesce(last_year, 0) as last_year
    from region_kinds_named
    left join counted on counted.region_kind = region_kinds_named.kind
)
select kind, kind_name, signed, share(signed, sum(signed) over ()) as share, agreed_yuan, last_year, growth(signed, last_year) as growth
from figures
where kind <> 'unknown' or signed > 0 or last_year > 0
order by kind_sort
