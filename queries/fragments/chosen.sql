-- What $milestone, $year, $month and $through (January to that month) choose. With a milestone: exactly the projects
-- for which it was recognised in the period; with started_of_signed those signed in it and started in the same year, with
-- the carrier that signed. With a kind of amount: the projects with such amounts. Without: every project in force.
-- uses: projects_known, milestones_known, investments_known
chosen as (
    select project_id, carrier_id, recognised_on, cast(null as bigint) as amount_yuan
    from milestones_known
    where milestone = $milestone and ($year = 0 or year = $year) and ($month = 0 or date_part('month', recognised_on) = $month)
      and ($through = 0 or date_part('month', recognised_on) <= $through)
    union all
    select signed.project_id, signed.carrier_id, signed.recognised_on, cast(null as bigint) as amount_yuan
    from milestones_known as signed
    join milestones_known as started on started.project_id = signed.project_id and started.milestone = 'started' and started.year = signed.year
    where $milestone = 'started_of_signed' and signed.milestone = 'signed' and ($year = 0 or signed.year = $year)
      and ($month = 0 or date_part('month', signed.recognised_on) = $month)
      and ($through = 0 or date_part('month', signed.recognised_on) <= $through)
    union all
    select project_id, carrier_id, max(recognised_on) as recognised_on, sum(amount_yuan) as amount_yuan
    from investments_known
    where kind = $milestone and ($year = 0 or year = $year) and ($month = 0 or date_part('month', recognised_on) = $month)
      and ($through = 0 or date_part('month', recognised_on) <= $through)
    group by project_id, carrier_id
    union all
    select project_id, carrier_id, cast(null as date) as recognised_on, cast(null as bigint) as amount_yuan
    from projects_known
    where $milestone = ''
)
