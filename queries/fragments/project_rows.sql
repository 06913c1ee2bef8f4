-- The rows behind any mark, under all filters of the address bar: one per chosen project (and carrier).
-- uses: chosen, stages_reached, carrier_names, chain_names, memberships
project_rows as (
    select chosen.project_id, projects_known.name as project,
        chosen.carrier_id, own.carrier, own.unit_id, units.carrier as unit, units.sort as unit_sort,
        projects_known.chain_key as chain_id, chain_names.chain, chain_names.sort as chain_sort,
        projects_known.segment_key as segment_id, segments.segment,
        projects_known.region_kind, projects_known.region_code, projects_known.region,
        projects_known.province_code, projects_known.province,
        band_of(projects_known.band_yuan) as band_id, coalesce(slice_of(projects_known.band_yuan), 'unknown') as slice_id,
        projects_known.band_yuan, projects_known.agreed_yuan, fixed.fixed_yuan, chosen.amount_yuan,
        projects_known.stage, projects_known.status,
        coalesce(chosen.recognised_on, stages_reached.last_recognised_on) as recognised_on,
        stages_reached.signed_on, stages_reached.started_on, stages_reached.completed_on,
        projects_known.first_planned_start_on, projects_known.planned_start_on,
        projects_known.first_planned_completion_on, projects_known.planned_completion_on,
        promise_kept(projects_known.first_planned_start_on, stages_reached.begun_on, $as_of) as start_kept,
        promise_kept(projects_known.first_planned_completion_on, stages_reached.ended_on, $as_of) as completion_kept,
        projects_known.investor, projects_known.confidential
    from chosen
    join (
        select *, case $promise when 'start' then first_planned_start_on when 'completion' then first_planned_completion_on end as asked_on
        from projects_known
    ) as projects_known on projects_known.project_id = chosen.project_id
    left join carriers as own on own.carrier_id = chosen.carrier_id
        and own.valid_from <= coalesce(chosen.recognised_on, $as_of)
        and (own.valid_until is null or own.valid_until > coalesce(chosen.recognised_on, $as_of))
    left join carrier_names as units on units.carrier_id = own.unit_id
    left join chain_names on chain_names.chain_id = projects_known.chain_key
    left join segments on segments.segment_id = projects_known.segment_key
    left join stages_reached on stages_reached.project_id = chosen.project_id
    left join (
        select project_id, sum(amount_yuan) as fixed_yuan from investments_known where kind = 'fixed_assets' group by project_id
    ) as fixed on fixed.project_id = chosen.project_id
    left join (
        select distinct project_id from memberships where $region_group <> '' and listed(group_id, $region_group)
    ) as members on members.project_id = chosen.project_id
    where (listed(chosen.carrier_id, $carrier) or listed(own.unit_id, $carrier))
      and listed(projects_known.chain_key, $chain)
      and listed(projects_known.segment_key, $segment)
      and listed(projects_known.region_kind, $region_kind)
      and (listed(projects_known.region_code, $region) or listed(projects_known.province_code, $region)
           or listed(projects_known.city_code, $region) or listed(projects_known.country, $region))
      and ($region_group = '' or members.project_id is not null)
      and in_bands(projects_known.band_yuan, $band)
      and listed(projects_known.stage, $stage)
      and listed(projects_known.status, $status)
      and ($promise = '' or (projects_known.asked_on is not null
           and listed(promise_kept(projects_known.asked_on, case $promise when 'completion' then ended_on else begun_on end, $as_of), $kept)
           and listed(slip_band(promise_months(projects_known.asked_on, case $promise when 'completion' then ended_on else begun_on end, $as_of)), $slip)
           and ($due = 0 or (date_part('year', projects_known.asked_on) = $due and projects_known.asked_on <= $as_of
                and promise_kept(projects_known.asked_on, case $promise when 'completion' then ended_on else begun_on end, $as_of) <> 'not_due'))))
      and ($q = '' or contains(lower(concat_ws(' ', projects_known.name, projects_known.investor, projects_known.content, chosen.project_id)), lower($q)))
      and case $waiting
            when '' then true
            when 'signed_not_started' then coalesce(stages_reached.is_signed and not stages_reached.is_going, false) and coalesce(projects_known.status, 'ongoing') not in ('lost', 'abandoned')
            when 'started_not_producing' then coalesce(stages_reached.is_started and not stages_reached.is_producing, false) and coalesce(projects_known.status, 'ongoing') not in ('lost', 'abandoned')
            else false
          end
)
