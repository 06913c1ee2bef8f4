-- The light of each of those months, how many months of yellow or red it closes, and the light that is shown for it.
-- uses: month_stands
month_lights as (
    select scope, scope_id, metric, target, curve, month, on_day, done, pace, completion, light, months_lit,
        escalated(light, months_lit) as escalated
    from (
        select *, month - max(case when coalesce(light, 'green') = 'green' then month else 0 end)
            over (partition by scope, scope_id, metric order by month) as months_lit
        from (
            select *, completion_rate(done, target) as completion, light(completion_rate(done, target), pace) as light
            from month_stands
        ) as lit
    ) as counted
)
