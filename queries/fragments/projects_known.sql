-- The one version of each project that was known on $as_of, with the place its investor comes from as one code:
-- the country abroad (Hong Kong, Macao and Taiwan by their division), the province outside, the city inside the province.
projects_known as (
    select *,
        band_yuan(agreed_yuan, planned_fixed_yuan) as band_yuan,
        coalesce(nullif(chain_id, ''), 'none') as chain_key,
        coalesce(nullif(segment_id, ''), 'none') as segment_key,
        case region_kind
            when 'abroad' then coalesce(nullif(country, ''), nullif(province_code, ''), 'abroad')
            when 'outside' then coalesce(nullif(province_code, ''), 'outside')
            when 'in_province' then coalesce(nullif(city_code, ''), coalesce(province_code, '') || '-')
            when 'local' then coalesce(nullif(city_code, ''), 'local')
            else 'unknown'
        end as region_code,
        case region_kind
            when 'abroad' then coalesce(nullif(country, ''), nullif(province, ''), '境外')
            when 'outside' then coalesce(nullif(province, ''), '省外')
            when 'in_province' then coalesce(nullif(city, ''), '省内（未明到市）')
            when 'local' then coalesce(nullif(city, ''), '本市')
            else '不明'
        end as region
    from projects
    where known_from <= $as_of and (known_until is null or known_until > $as_of)
)
