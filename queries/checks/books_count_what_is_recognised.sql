-- name: books_count_what_is_recognised
-- title: 登记簿未认定的不计入
-- definition: 来源为登记簿且有效的里程碑和金额，必须有一项已认定的申报事项；待审核、公示中、已撤销的一概不计
-- columns: fact text 内容, project_id text 项目编号, source text 来源
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
with counted as (
    select 'milestones' as kind, milestone as fact, cast(null as date) as month, project_id, source
    from milestones
    where starts_with(source, 'books-') and known_until is null and revoked_on is null
    union all
    select 'amounts' as kind, kind as fact, month, project_id, source
    from investments
    where starts_with(source, 'books-') and known_until is null and revoked_on is null
),
placed as (
    select *, concat(split_part(source, ':', 2), '-', right(concat('00000', split_part(source, ':', 3)), 5)) as number
    from counted
),
grounds as (
    select placed.source, placed.fact, placed.month
    from placed
    join claims on claims.number = placed.number and claims.state = 'recognised'
    where (placed.kind = 'milestones' and claims.milestones is not null and listed(placed.fact, claims.milestones))
       or (placed.kind = 'amounts' and claims.amount_kind = placed.fact and claims.month = placed.month)
)
select placed.fact, placed.project_id, placed.source
from placed
left join grounds on grounds.source = placed.source and grounds.fact = placed.fact
    and coalesce(grounds.month, date '0001-01-01') = coalesce(placed.month, date '0001-01-01')
where grounds.source is null
