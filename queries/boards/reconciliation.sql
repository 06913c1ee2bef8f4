-- name: reconciliation
-- title: 对账
-- definition: 每个合计用两条路径各算一次：载体、产业链、来源、规模段、月份之和应等于全市，大档应含于小档，目标之和应等于全市目标
-- params: year int, as_of date
-- columns: check_id text 对账编号, title text 对账项目, left_value int 左边, right_value int 右边, difference int 差额, ok bool 相符,
--   left_title text 左边口径, right_title text 右边口径, unit text 单位
-- grain: one row per reconciled sum
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, facts, unit_facts, projects_known, carrier_names, chain_names, targets_known
with city as (
    select metrics.metric, metrics.metric_name, metrics.unit, metrics.metric_sort,
        coalesce(sum(facts.amount) filter (where facts.year = $year), 0) as total
    from metrics
    left join facts on facts.metric = metrics.metric
    group by metrics.metric, metrics.metric_name, metrics.unit, metrics.metric_sort
),
by_unit as (
    select unit_facts.metric, sum(unit_facts.amount) as total
    from unit_facts
    join carrier_names on carrier_names.carrier_id = unit_facts.unit_id and carrier_names.assessed
    where unit_facts.year = $year
    group by unit_facts.metric
),
by_chain as (
    select facts.metric, sum(facts.amount) as total
    from facts
    join projects_known on projects_known.project_id = facts.project_id
    join chain_names on chain_names.chain_id = projects_known.chain_key
    where facts.year = $year
    group by facts.metric
),
by_month as (
    select metric, sum(amount) as total
    from facts
    where year = $year and recognised_on >= month_start($year, 1) and recognised_on <= month_end($year, 12)
    group by metric
),
signed as (
    select projects_known.region_kind, projects_known.band_yuan
    from facts
    join projects_known on projects_known.project_id = facts.project_id
    where facts.metric = 'signed' and facts.year = $year
),
banded as (
    select bands.band_id, bands.band, bands.sort, count(signed.band_yuan) as total
    from bands
    left join signed on in_band(signed.band_yuan, bands.band_id)
    group by bands.band_id, bands.band, bands.sort
),
nested as (
    select band_id, band, sort, total, lag(total) over (order by sort) as below, lag(band) over (order by sort) as below_band
    from banded
),
goals as (
    select metric, scope, sum(value) as total, count(value) as set_goals
    from targets_known
    where band_id = '' and kind in ('count', 'amount')
    group by metric, scope
),
compared as (
    select 'units_' || city.metric as check_id, city.metric_name || '：载体单位之和＝全市' as title,
        coalesce(by_unit.total, 0) as left_value, city.total as right_value, coalesce(by_unit.total, 0) = city.total as ok,
        '各考核单位之和' as left_title, '全市' as right_title, city.unit, 100 + city.metric_sort as place
    from city
    left join by_unit on by_unit.metric = city.metric
    union all
    select 'chains_' || city.metric, city.metric_name || '：产业链之和＝全市',
        coalesce(by_chain.total, 0), city.total, coalesce(by_chain.total, 0) = city.total,
        '各产业链与未归类之和', '全市', city.unit, 200 + city.metric_sort
    from city
    left join by_chain on by_chain.metric = city.metric
    union all
    select 'months_' || city.metric, city.metric_name || '：各月之和＝全市',
        coalesce(by_month.total, 0), city.total, coalesce(by_month.total, 0) = city.total,
        '一月至十二月之和', '全市', city.unit, 300 + city.metric_sort
    from city
    left join by_month on by_month.metric = city.metric
    union all
    select 'regions_signed', '新签约项目：来源之和＝全市', regions_signed.total, city.total, regions_signed.total = city.total,
        '五类来源之和', '全市', '个', 400
    from city
    cross join (select count(*) as total from signed where region_kind in ('abroad', 'outside', 'in_province', 'local', 'unknown')) as regions_signed
    where city.metric = 'signed'
    union all
    select 'slices_signed', '新签约项目：规模段之和＝全市', sliced.total, city.total, sliced.total = city.total,
        '各规模段与金额不明之和', '全市', '个', 401
    from city
    cross join (select count(slice_of(band_yuan)) + count(*) filter (where band_yuan is null) as total from signed) as sliced
    where city.metric = 'signed'
    union all
    select 'nested_' || nested.band_id, nested.band || '含于' || coalesce(nested.below_band, '全部新签约'),
        nested.total, coalesce(nested.below, city.total), nested.total <= coalesce(nested.below, city.total),
        nested.band, coalesce(nested.below_band, '全部新签约'), '个', 500 + nested.sort
    from nested
    cross join city
    where city.metric = 'signed'
    union all
    select 'goals_' || parts.scope || '_' || parts.metric,
        metrics.metric_name || case parts.scope when 'carrier' then '目标：载体单位之和＝全市' else '目标：产业链之和＝全市' end,
        parts.total, whole.total, parts.total = whole.total,
        case parts.scope when 'carrier' then '各考核单位目标之和' else '各产业链目标之和' end, '全市目标', metrics.unit,
        case parts.scope when 'carrier' then 600 else 700 end + metrics.metric_sort
    from goals as parts
    join goals as whole on whole.metric = parts.metric and whole.scope = 'city'
    join metrics on metrics.metric = parts.metric
    where parts.scope in ('carrier', 'chain') and parts.set_goals > 0 and whole.set_goals > 0
)
select check_id, title, left_value, right_value, left_value - right_value as difference, ok, left_title, right_title, unit
from compared
order by place
