-- name: targets_list
-- title: 目标任务
-- definition: 截至日所知的年度目标；空为未下达，不等于零；个数为个，金额为元，增幅为万分之一
-- params: year int, as_of date
-- columns: metric text 指标编号, metric_name text 指标, band_id text 规模档编号, band text 规模档, scope text 范围, scope_id text 范围编号, name text 名称,
--   kind text 目标类别, value int 目标值, issuer text 下达单位, documented bool 有公开依据, note text 说明, curve text 月度计划
-- grain: one row per target
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: metrics, targets_known, carrier_names, chain_names
select targets_known.metric, metrics.metric_name, targets_known.band_id, bands.band, targets_known.scope, targets_known.scope_id,
    case targets_known.scope when 'city' then '全市' when 'carrier' then carrier_names.carrier when 'team' then chain_names.chain || '专班'
        else chain_names.chain end as name,
    targets_known.kind, targets_known.value, targets_known.issuer, targets_known.documented, targets_known.note, targets_known.curve
from targets_known
left join metrics on metrics.metric = targets_known.metric
left join bands on bands.band_id = targets_known.band_id
left join carrier_names on targets_known.scope = 'carrier' and carrier_names.carrier_id = targets_known.scope_id
left join chain_names on targets_known.scope in ('chain', 'team') and chain_names.chain_id = targets_known.scope_id
order by case targets_known.scope when 'city' then 0 when 'carrier' then 1 when 'chain' then 2 else 3 end, metrics.metric_sort, bands.sort nulls first,
    coalesce(carrier_names.sort, chain_names.sort), targets_known.kind
