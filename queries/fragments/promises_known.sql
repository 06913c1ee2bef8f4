-- What was promised for each project on $as_of, beside the fact: the day promised first counts, however often it was moved.
-- uses: projects_known, stages_reached
promises_known as (
    select *, slip_band(months) as slip, cast(date_part('year', first_on) as bigint) as due_year,
        first_on <= $as_of and kept <> 'not_due' as is_due
    from (
        select *, promise_kept(first_on, happened_on, $as_of) as kept, promise_days(first_on, happened_on, $as_of) as days,
            promise_months(first_on, happened_on, $as_of) as months
        from (
            select projects_known.project_id, kinds.promised,
                case kinds.promised when 'start' then first_planned_start_on else first_planned_completion_on end as first_on,
                case kinds.promised when 'start' then planned_start_on else planned_completion_on end as now_on,
                coalesce(case kinds.promised when 'start' then planned_start_moved else planned_completion_moved end, 0) as moved,
                case kinds.promised when 'start' then stages_reached.begun_on else stages_reached.ended_on end as happened_on,
                coalesce(projects_known.status, 'ongoing') in ('lost', 'abandoned') as is_dead
            from projects_known
            cross join (select column1 as promised from (values ('start'), ('completion')) as listed) as kinds
            left join stages_reached on stages_reached.project_id = projects_known.project_id
            where case kinds.promised when 'start' then first_planned_start_on else first_planned_completion_on end is not null
        ) as stated
    ) as judged
)
