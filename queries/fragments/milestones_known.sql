-- Every milestone in force on $as_of, of all years.
milestones_known as (
    select project_id, carrier_id, milestone, happened_on, recognised_on, year
    from milestones
    where recognised_on <= $as_of and (revoked_on is null or revoked_on > $as_of)
      and known_from <= $as_of and (known_until is null or known_until > $as_of)
)
