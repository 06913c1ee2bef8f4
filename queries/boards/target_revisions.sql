-- name: target_revisions
-- title: 目标调整
-- definition: 到截至日为止，每个下达单位对每个目标先后定过的值；自该日起按新值；登记簿的调整自其生效日起优先于目标文件；
--   起止同日的是当日又被更正的，不计入任何一天；目标值为空是未下达（“-”）
-- params: year int, as_of date
-- columns: scope text 范围, scope_id text 范围编号, name text 名称, metric text 指标编号, metric_name text 指标, band_id text 规模档编号,
--   band text 规模档, kind text 目标类别, issuer text 下达单位, known_from date 自该日起, known_until date 到该日止, value int 目标值,
--   curve text 月度计划, reason text 调整原因, source text 目标来源, versions int 先后几次, documented bool 有公开依据,
--   at_least_yuan int 规模档下限（含） 元
-- grain: one row per target, issuer and version that had begun
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, carrier_names, chain_names
with begun as (
    select *, coalesce(band_id, '') as size, known_until as ended_on,
        count(*) over (partition by metric, coalesce(band_id, ''), scope, scope_id, kind, issuer) as versions
    from issued_targets
    where year = $year and known_from <= $as_of
)
select begun.scope, begun.scope_id,
    case begun.scope when 'city' then '全市' when 'carrier' then carrier_names.carrier when 'team' then chain_names.chain || '专班'
        else chain_names.chain end as name,
    begun.metric, metrics.metric_name, begun.size as band_id, bands.band, begun.kind, begun.issuer, begun.known_from,
    case when begun.ended_on <= $as_of then begun.ended_on end as known_until, begun.value, begun.curve, begun.reason,
    begun.source, begun.versions, begun.documented, bands.at_least_yuan
from begun
left join metrics on metrics.metric = begun.metric
left join bands on bands.band_id = begun.size
left join carrier_names on begun.scope = 'carrier' and carrier_names.carrier_id = begun.scope_id
left join chain_names on begun.scope in ('chain', 'team') and chain_names.chain_id = begun.scope_id
order by case begun.scope when 'city' then 0 when 'carrier' then 1 when 'chain' then 2 else 3 end, metrics.metric_sort,
    case begun.kind when 'growth' then 1 else 0 end, bands.sort nulls first, coalesce(carrier_names.sort, chain_names.sort, 0),
    begun.scope_id, begun.place, begun.known_from, begun.ended_on nulls last
