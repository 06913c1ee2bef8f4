-- How far each project has come on $as_of: the dates of its main milestones, and what it has reached.
-- A completed project has started, whatever rows are missing: the first day that proves it is when works had begun, or ended.
-- uses: milestones_known
stages_reached as (
    select project_id,
        max(coalesce(happened_on, recognised_on)) filter (where milestone = 'signed') as signed_on,
        max(coalesce(happened_on, recognised_on)) filter (where milestone = 'started') as started_on,
        max(coalesce(happened_on, recognised_on)) filter (where milestone = 'completed') as completed_on,
        max(recognised_on) as last_recognised_on,
        coalesce(min(coalesce(happened_on, recognised_on)) filter (where milestone = 'started'),
            min(coalesce(happened_on, recognised_on)) filter (where milestone in ('completed', 'in_production', 'at_capacity'))) as begun_on,
        coalesce(min(coalesce(happened_on, recognised_on)) filter (where milestone = 'completed'),
            min(coalesce(happened_on, recognised_on)) filter (where milestone in ('in_production', 'at_capacity'))) as ended_on,
        bool_or(milestone = 'signed') as is_signed,
        bool_or(milestone = 'started') as is_started,
        bool_or(milestone in ('started', 'completed', 'in_production', 'at_capacity')) as is_going,
        bool_or(milestone in ('in_production', 'at_capacity')) as is_producing
    from milestones_known
    group by project_id
)
