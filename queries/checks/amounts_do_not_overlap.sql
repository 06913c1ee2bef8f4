-- name: amounts_do_not_overlap
-- title: 金额版本不重叠
-- definition: 同一项目同类金额同一月份的两个版本不得同时有效，否则投资会被重复计入
-- columns: project_id text 项目编号, kind text 金额类别, month date 所属月份, known_from date 知悉起, other_from date 另一版本知悉起
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
with suspects as (
    -- Amounts that stand alone in their month cannot overlap.
    select distinct key
    from (
        select text_key(project_id) as key
        from investments
        group by text_key(project_id), month, kind
        having count(*) > 1
    ) as repeated
),
versions as (
    select project_id, kind, month, known_from, coalesce(known_until, date '9999-12-31') as known_until,
        recognised_on, coalesce(revoked_on, date '9999-12-31') as revoked_on,
        row_number() over (partition by project_id, kind, month order by known_from, recognised_on, source) as line
    from investments
    where text_key(project_id) in (select key from suspects)
)
select one.project_id, one.kind, one.month, one.known_from, other.known_from as other_from
from versions as one
join versions as other on other.project_id = one.project_id and other.kind = one.kind and other.month = one.month
where one.line < other.line
  and one.known_from < other.known_until and other.known_from < one.known_until
  and one.recognised_on < other.revoked_on and other.recognised_on < one.revoked_on
