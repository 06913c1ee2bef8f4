-- name: project_investments
-- title: 项目到位与完成投资
-- definition: 该项目各月金额的全部记录；到位资金与认定固定资产投资分列，互不相加；累计只含截至日有效的数
-- params: project_id text, as_of date
-- columns: kind text 金额类别编号, kind_name text 金额类别, month date 所属月份, amount_yuan int 金额 元, recognised_on date 认定日期, revoked_on date 撤销日期,
--   known_from date 知悉起, known_until date 知悉止, in_force bool 有效, cumulative_yuan int 累计 元, source text 来源
-- grain: one row per version of an amount of one kind and month
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
with marked as (
    select *,
        recognised_on <= $as_of and (revoked_on is null or revoked_on > $as_of)
            and known_from <= $as_of and (known_until is null or known_until > $as_of) as in_force
    from investments
    where project_id = $project_id
)
select kind, case kind when 'fixed_assets' then '认定固定资产投资' when 'paid_in' then '到位资金' else kind end as kind_name,
    month, amount_yuan, recognised_on, revoked_on, known_from, known_until, in_force,
    sum(case when in_force then amount_yuan else 0 end) over (partition by kind order by month, known_from, recognised_on, source rows between unbounded preceding and current row) as cumulative_yuan,
    source
from marked
order by kind, month, known_from, recognised_on, source
