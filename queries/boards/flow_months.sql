-- name: flow_months
-- title: 两年逐月新增
-- definition: 本年与上年各月认定的个数（额），按截至日所知；园区按认定当日的归属并入考核单位；年底预测由此推算
-- params: year int, as_of date
-- columns: scope text 范围, scope_id text 范围编号, metric text 指标编号, year int 年度, month int 月, done int 当月
-- grain: one row per scope, metric, year and month with anything in it
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: facts, unit_facts
with flows as (
    select 'city' as scope, '' as scope_id, metric, year, recognised_on, amount
    from facts
    union all
    select 'carrier' as scope, unit_id as scope_id, metric, year, recognised_on, amount
    from unit_facts
)
select scope, scope_id, metric, year, cast(date_part('month', recognised_on) as bigint) as month, sum(amount) as done
from flows
group by scope, scope_id, metric, year, date_part('month', recognised_on)
order by scope, scope_id, metric, year, month
