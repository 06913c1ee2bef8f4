-- Every passage of a project from one stage to the next, as known on $as_of, once for each scope: the city, the carrier that
-- it was credited to on entering, its chain and its kind of source. Lost and abandoned projects stay, with the month it was known.
-- uses: projects_known, milestones_known
passages_known as (
    with steps as (
        select column1 as step, column2 as earlier, column3 as later
        from (values ('signed_started', 'signed', 'started'), ('started_completed', 'started', 'completed'), ('signed_completed', 'signed', 'completed')) as listed
    ),
    firsts as (
        select project_id, milestone, min(recognised_on) as recognised_on, min(carrier_id) as carrier_id
        from milestones_known
        where milestone in ('signed', 'started', 'completed')
        group by project_id, milestone
    ),
    gone as (
        select projects.project_id, min(projects.known_from) as died_on
        from projects
        join projects_known on projects_known.project_id = projects.project_id and projects_known.status in ('lost', 'abandoned')
        where projects.status in ('lost', 'abandoned') and projects.known_from <= $as_of
        group by projects.project_id
    ),
    passed as (
        select steps.step, entered.project_id, carriers.unit_id, projects_known.chain_key, projects_known.region_kind,
            cast(date_trunc('month', entered.recognised_on) as date) as cohort,
            cast(date_trunc('month', reached.recognised_on) as date) as reached,
            case when reached.recognised_on is null then cast(date_trunc('month', gone.died_on) as date) end as died
        from steps
        join firsts as entered on entered.milestone = steps.earlier
        join projects_known on projects_known.project_id = entered.project_id
        join carriers on carriers.carrier_id = entered.carrier_id
            and carriers.valid_from <= entered.recognised_on
            and (carriers.valid_until is null or carriers.valid_until > entered.recognised_on)
        left join firsts as reached on reached.project_id = entered.project_id and reached.milestone = steps.later
        left join gone on gone.project_id = entered.project_id
    )
    select 'city' as scope, '' as scope_id, step, cohort, reached, died from passed
    union all
    select 'carrier' as scope, unit_id as scope_id, step, cohort, reached, died from passed
    union all
    select 'chain' as scope, chain_key as scope_id, step, cohort, reached, died from passed
    union all
    select 'region' as scope, region_kind as scope_id, step, cohort, reached, died from passed
)
