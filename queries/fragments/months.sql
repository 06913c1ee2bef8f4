-- The twelve months.
months as (
    select cast(column1 as bigint) as month
    from (values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) as listed
)
