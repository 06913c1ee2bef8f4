-- name: spans_are_forward
-- title: 知悉期间向前
-- definition: 知悉止不得早于知悉起；同一天内又被更正的版本起止同日，只供查阅
-- columns: table_name text 表, id text 编号, known_from date 知悉起, known_until date 知悉止
-- grain: one row per violation; none when sound
-- roles: analyst
-- scope: rows
select 'projects' as table_name, project_id as id, known_from, known_until from projects where known_until < known_from or known_from is null
union all
select 'milestones' as table_name, project_id as id, known_from, known_until from milestones where known_until < known_from or known_from is null
union all
select 'investments' as table_name, project_id as id, known_from, known_until from investments where known_until < known_from or known_from is null
union all
select 'targets' as table_name, scope_id as id, known_from, known_until from targets where known_until < known_from or known_from is null
