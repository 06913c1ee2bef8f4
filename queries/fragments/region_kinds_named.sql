-- The kinds of source region, nearest last.
region_kinds_named as (
    select column1 as kind, column2 as kind_name, column3 as kind_sort
    from (values ('abroad', '境外', 1), ('outside', '省外', 2), ('in_province', '省内市外', 3), ('local', '本市', 4), ('unknown', '不明', 5)) as listed
)
