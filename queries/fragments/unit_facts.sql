-- Facts by the assessed unit that a carrier belonged to on the day of recognition: a park counts once, in its unit.
-- uses: facts
unit_facts as (
    select facts.metric, facts.year, facts.project_id, facts.recognised_on, facts.amount, carriers.unit_id
    from facts
    join carriers on carriers.carrier_id = facts.carrier_id
        and carriers.valid_from <= facts.recognised_on
        and (carriers.valid_until is null or carriers.valid_until > facts.recognised_on)
)
