-- Projects that wait for the next step on $as_of: signed and not going, or started and not producing; not those lost or given up.
-- Beside them what was promised for that step, by its first day: the start of what is signed, the completion of what is started.
-- uses: projects_known, milestones_known, stages_reached, carrier_names, chain_names, promises_known
waiting_projects as (
    select reached.milestone as after, reached.year, reached.project_id, projects_known.name as project, reached.carrier_id,
        carrier_names.carrier, projects_known.chain_key as chain_id, chain_names.chain, projects_known.agreed_yuan,
        coalesce(reached.happened_on, reached.recognised_on) as since,
        days_between(coalesce(reached.happened_on, reached.recognised_on), $as_of) as waiting_days,
        promise.first_on as promised_on, promise.now_on as promised_now, promise.moved,
        case when promise.kept = 'overdue' then promise.days end as overdue_days
    from milestones_known as reached
    join stages_reached on stages_reached.project_id = reached.project_id
    join projects_known on projects_known.project_id = reached.project_id
    left join carrier_names on carrier_names.carrier_id = reached.carrier_id
    left join chain_names on chain_names.chain_id = projects_known.chain_key
    left join promises_known as promise on promise.project_id = reached.project_id
        and promise.promised = case reached.milestone when 'signed' then 'start' else 'completion' end
    where ((reached.milestone = 'signed' and not stages_reached.is_going)
            or (reached.milestone = 'started' and not stages_reached.is_producing))
        and coalesce(projects_known.status, 'ongoing') not in ('lost', 'abandoned')
)
