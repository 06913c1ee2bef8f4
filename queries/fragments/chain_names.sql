-- One row per industrial chain: its latest version that had begun by $as_of; and one for what no chain took.
chain_names as (
    select chain_id, chain, cluster_id, cluster, documented, sort, valid_until
    from (
        select *, row_number() over (partition by chain_id order by valid_from desc) as latest
        from chains
        where valid_from <= $as_of
    ) as versions
    where latest = 1
    union all
    select 'none', '未归类', '', '', false, 9999, cast(null as date)
)
