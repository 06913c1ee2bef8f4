-- name: band_shares
-- title: 新签约项目规模结构
-- definition: 各段互不相交，下限含、上限不含，合计等于全市新签约；金额不明的单列
-- params: year int, as_of date
-- columns: slice_id text 规模段编号, slice text 规模段, signed int 新签约 个, share decimal 占比 %, agreed_yuan int 协议投资额 元, least_yuan int 下限（含） 元
-- grain: one row per disjoint slice of scale
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: signed_projects
with slices as (
    select slice_of(at_least_yuan) as slice_id, slice_name(at_least_yuan) as slice, at_least_yuan as bound from bands
    union all
    select slice_of(cast(0 as bigint)), slice_name(cast(0 as bigint)), cast(0 as bigint)
    union all
    select 'unknown', '金额不明', cast(-1 as bigint)
),
counted as (
    select coalesce(slice_of(band_yuan), 'unknown') as slice_id, count(*) as signed, coalesce(sum(agreed_yuan), 0) as agreed_yuan
    from signed_projects
    where this_year
    group by coalesce(slice_of(band_yuan), 'unknown')
),
figures as (
    select slices.slice_id, slices.slice, slices.bound, coalesce(counted.signed, 0) as signed, coalesce(counted.agreed_yuan, 0) as agreed_yuan
    from slices
    left join counted on counted.slice_id = slices.slice_id
)
select slice_id, slice, signed, share(signed, sum(signed) over ()) as share, agreed_yuan,
    case when bound >= 0 then bound end as least_yuan
from figures
where slice_id <> 'unknown' or signed > 0
order by slice_id = 'unknown', bound
