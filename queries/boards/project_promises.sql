-- name: project_promises
-- title: 项目承诺
-- definition: 该项目历次所报的计划开工、计划竣工日期，截至日所知；兑现情况以首次承诺日为准
-- params: project_id text, as_of date
-- columns: promised text 承诺事项编号, said_on date 知悉日期, promised_on date 所报日期, first_on date 首次承诺日期, now_on date 现承诺日期,
--   moved int 改期次数 次, happened_on date 实际日期, kept text 兑现状态编号, kept_name text 兑现状态, days int 晚于首次承诺的天数 天, source text 来源
-- grain: one row per day that was promised
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: promises_known
with versions as (
    select 'start' as promised, version, known_from, planned_start_on as promised_on, source
    from projects
    where project_id = $project_id and known_from <= $as_of and (known_until is null or known_until > known_from)
    union all
    select 'completion' as promised, version, known_from, planned_completion_on as promised_on, source
    from projects
    where project_id = $project_id and known_from <= $as_of and (known_until is null or known_until > known_from)
),
followed as (
    select *, lag(promised_on) over (partition by promised order by version) as before
    from versions
)
select followed.promised, followed.known_from as said_on, followed.promised_on, promises_known.first_on, promises_known.now_on,
    promises_known.moved, promises_known.happened_on, promises_known.kept, kept_name(promises_known.kept) as kept_name,
    promises_known.days, followed.source
from followed
join promises_known on promises_known.project_id = $project_id and promises_known.promised = followed.promised
where followed.promised_on is not null and (followed.before is null or followed.before <> followed.promised_on)
order by case followed.promised when 'start' then 0 else 1 end, followed.version
