-- name: carriers_list
-- title: 载体单位
-- definition: 截至日有效的载体单位，含园区；考核单位为其归入的单位
-- params: as_of date
-- columns: carrier_id text 载体单位编号, carrier text 载体单位, parent_id text 上级编号, unit_id text 考核单位编号, unit text 考核单位,
--   kind text 类别, assessed bool 参加考核, sort int 顺序
-- grain: one row per carrier
-- roles: leader, analyst, reviewer, clerk, team, public
-- scope: city
-- uses: carrier_names
select carrier_names.carrier_id, carrier_names.carrier, carrier_names.parent_id, carrier_names.unit_id, units.carrier as unit,
    carrier_names.kind, carrier_names.assessed, carrier_names.sort
from carrier_names
left join carrier_names as units on units.carrier_id = carrier_names.unit_id
where carrier_names.valid_until is null or carrier_names.valid_until > $as_of
order by carrier_names.sort
