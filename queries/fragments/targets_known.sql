-- The targets of $year as known on $as_of; no band is ''. A null value is the "-" of a table: none was set. One without
-- a curve goes by twelfths.
targets_known as (
    select metric, coalesce(band_id, '') as band_id, scope, scope_id, kind, value, curve, documented, issuer, note
    from targets
    where year = $year and known_from <= $as_of and (known_until is null or known_until > $as_of)
)
