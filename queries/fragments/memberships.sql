-- Which projects belong to which region groups on $as_of. Groups overlap on purpose.
-- uses: projects_known
memberships as (
    select places.project_id, regions.group_id, regions.group_name
    from (
        select project_id, province_code as place from projects_known where province_code <> ''
        union
        select project_id, city_code as place from projects_known where city_code <> ''
        union
        select project_id, country as place from projects_known where country <> ''
        union
        select project_id, 'abroad' as place from projects_known where region_kind = 'abroad'
    ) as places
    join regions on regions.member_code = places.place
    where (regions.valid_from is null or regions.valid_from <= $as_of)
      and (regions.valid_until is null or regions.valid_until > $as_of)
    group by places.project_id, regions.group_id, regions.group_name
)
