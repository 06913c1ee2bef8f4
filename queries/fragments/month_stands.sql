-- What each scope with a target had done by the end of each month of $year that has begun, or by $as_of, with its
-- target as known on $as_of. A target of null is the "-" of a table.
-- uses: months, facts, unit_facts, projects_known, targets_known
month_stands as (
    select goals.scope, goals.scope_id, goals.metric, goals.target, goals.curve, months.month,
        least(month_end($year, months.month), $as_of) as on_day,
        sum(coalesce(monthly.done, 0)) over (partition by goals.scope, goals.scope_id, goals.metric order by months.month) as done,
        pace(least(month_end($year, months.month), $as_of), $year, goals.curve) as pace
    from (
        select scope, case when scope = 'city' then '' else scope_id end as scope_id, metric, max(value) as target,
            max(curve) as curve
        from targets_known
        where band_id = '' and kind in ('count', 'amount')
        group by scope, case when scope = 'city' then '' else scope_id end, metric
    ) as goals
    cross join months
    left join (
        select scope, scope_id, metric, cast(date_part('month', recognised_on) as bigint) as month, sum(amount) as done
        from (
            select 'city' as scope, '' as scope_id, metric, recognised_on, amount
            from facts
            where year = $year
            union all
            select 'carrier' as scope, unit_id as scope_id, metric, recognised_on, amount
            from unit_facts
            where year = $year
            union all
            select 'chain' as scope, projects_known.chain_key as scope_id, facts.metric, facts.recognised_on, facts.amount
            from facts
            join projects_known on projects_known.project_id = facts.project_id
            where facts.year = $year
            union all
            select 'team' as scope, projects_known.chain_key as scope_id, facts.metric, facts.recognised_on, facts.amount
            from facts
            join projects_known on projects_known.project_id = facts.project_id
            where facts.year = $year
        ) as flows
        group by scope, scope_id, metric, date_part('month', recognised_on)
    ) as monthly on monthly.scope = goals.scope and monthly.scope_id = goals.scope_id
        and monthly.metric = goals.metric and monthly.month = months.month
    where month_start($year, months.month) <= $as_of
)
