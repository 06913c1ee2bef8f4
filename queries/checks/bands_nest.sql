-- name: bands_nest
-- title: 规模档逐级包含
-- definition: 高一档的个数不得多于低一档，最低档不得多于全部；规模段之和等于全部
-- columns: year int 年度, what text 项目, part int 部分, whole int 整体
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: city
with signed as (
    select milestones.year, projects.agreed_yuan
    from milestones
    join projects on projects.project_id = milestones.project_id and projects.known_until is null
    where milestones.milestone = 'signed' and milestones.known_until is null and milestones.revoked_on is null
),
years as (
    select year, count(*) as total, count(slice_of(agreed_yuan)) + count(*) filter (where agreed_yuan is null) as sliced
    from signed
    group by year
),
counted as (
    select signed.year, bands.band_id, bands.sort, count(*) as total
    from signed
    join bands on in_band(signed.agreed_yuan, bands.band_id)
    group by signed.year, bands.band_id, bands.sort
),
compared as (
    select counted.year, counted.band_id as what, counted.total as part,
        coalesce(lag(counted.total) over (partition by counted.year order by counted.sort), years.total) as whole
    from counted
    join years on years.year = counted.year
)
select year, what, part, whole from compared where part > whole
union all
select year, 'slices' as what, sliced as part, total as whole from years where sliced <> total
