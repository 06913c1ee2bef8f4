-- One row per carrier: its latest version that had begun by $as_of.
carrier_names as (
    select carrier_id, carrier, parent_id, unit_id, kind, assessed, sort, valid_from, valid_until
    from (
        select *, row_number() over (partition by carrier_id order by valid_from desc) as latest
        from carriers
        where valid_from <= $as_of
    ) as versions
    where latest = 1
)
