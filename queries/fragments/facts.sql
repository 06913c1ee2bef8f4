-- What counts in $year and the year before, as known on $as_of: a milestone is one, an investment its yuan.
-- Flows by the date of recognition, never a snapshot of today's stage (domain rules 1-3).
facts as (
    select milestone as metric, year, project_id, carrier_id, recognised_on, 1 as amount
    from milestones
    where milestone in ('signed', 'started', 'completed') and year in ($year, $year - 1)
      and recognised_on <= $as_of and (revoked_on is null or revoked_on > $as_of)
      and known_from <= $as_of and (known_until is null or known_until > $as_of)
    union all
    select kind as metric, year, project_id, carrier_id, recognised_on, amount_yuan as amount
    from investments
    where kind = 'fixed_assets' and year in ($year, $year - 1)
      and recognised_on <= $as_of and (revoked_on is null or revoked_on > $as_of)
      and known_from <= $as_of and (known_until is null or known_until > $as_of)
)
