-- Every amount in force on $as_of, of all years. The two kinds never mix.
investments_known as (
    select project_id, carrier_id, kind, month, amount_yuan, recognised_on, year
    from investments
    where recognised_on <= $as_of and (revoked_on is null or revoked_on > $as_of)
      and known_from <= $as_of and (known_until is null or known_until > $as_of)
)
