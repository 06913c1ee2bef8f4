-- Signings of $year and the year before with what is known of their projects.
-- uses: facts, projects_known
signed_projects as (
    select facts.project_id, facts.year, facts.recognised_on, facts.carrier_id,
        facts.year = $year as this_year,
        facts.year = $year - 1 and facts.recognised_on <= year_earlier($as_of) as same_time_last_year,
        projects_known.agreed_yuan, projects_known.band_yuan, projects_known.region_kind, projects_known.region_code, projects_known.region,
        projects_known.country, projects_known.province_code, projects_known.city_code
    from facts
    join projects_known on projects_known.project_id = facts.project_id
    where facts.metric = 'signed'
)
