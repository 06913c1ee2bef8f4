-- Metabase 0.55: what its sync asks beside pgjdbc's own metadata.
-- Source: metabase/metabase, src/metabase/driver/postgres.clj; the order of a start-up: datafusion-postgres/tests/metabase.rs.
-- Spelt anew as its query builder writes it.

--# digits | | none
set extra_float_digits = 2;

--# isolation | transaction_isolation | 1
show transaction isolation level;

--# isolation wished | | none
set session characteristics as transaction isolation level read uncommitted;

--# zone | TimeZone | 1
show timezone;

--# schemas | TABLE_SCHEM, TABLE_CATALOG | 3
select nspname as "TABLE_SCHEM", current_database() as "TABLE_CATALOG" from pg_catalog.pg_namespace
 where nspname <> 'pg_toast' and (nspname !~ '^pg_temp_' or nspname = (pg_catalog.current_schemas(true))[1])
 and (nspname !~ '^pg_toast_temp_' or nspname = replace((pg_catalog.current_schemas(true))[1], 'pg_temp_', 'pg_toast_temp_'))
 order by "TABLE_SCHEM";

--# privileges | role, schema, table, update, select, insert, delete | projects
with table_privileges as (
  select
    null as role,
    t.schemaname as schema,
    t.objectname as table,
    pg_catalog.has_any_column_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.' || '"' || replace(t.objectname, '"', '""') || '"', 'update') as update,
    pg_catalog.has_any_column_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.' || '"' || replace(t.objectname, '"', '""') || '"', 'select') as select,
    pg_catalog.has_any_column_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.' || '"' || replace(t.objectname, '"', '""') || '"', 'insert') as insert,
    pg_catalog.has_table_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.' || '"' || replace(t.objectname, '"', '""') || '"', 'delete') as delete
  from (
    select schemaname, tablename as objectname from pg_catalog.pg_tables
    union
    select schemaname, viewname as objectname from pg_catalog.pg_views
    union
    select schemaname, matviewname as objectname from pg_catalog.pg_matviews
  ) t
  where t.schemaname !~ '^pg_'
    and t.schemaname <> 'information_schema'
    and pg_catalog.has_schema_privilege(current_user, t.schemaname, 'usage')
)
select t.* from table_privileges t;

--# tables | schema, name, type, description, estimated_row_count | projects
select "n"."nspname" as "schema", "c"."relname" as "name", case "c"."relkind" when 'r' then 'TABLE' when 'p' then 'PARTITIONED TABLE' when 'v' then 'VIEW' when 'f' then 'FOREIGN TABLE' when 'm' then 'MATERIALIZED VIEW' else null end as "type", "d"."description" as "description", "stat"."n_live_tup" as "estimated_row_count"
from "pg_catalog"."pg_class" as "c"
inner join "pg_catalog"."pg_namespace" as "n" on "c"."relnamespace" = "n"."oid"
left join "pg_catalog"."pg_description" as "d" on ("c"."oid" = "d"."objoid") and ("d"."objsubid" = 0) and ("d"."classoid" = 'pg_class'::regclass)
left join "pg_stat_user_tables" as "stat" on ("n"."nspname" = "stat"."schemaname") and ("c"."relname" = "stat"."relname")
where ("c"."relnamespace" = "n"."oid") and ("n"."nspname" !~ '^pg_') and ("n"."nspname" <> 'information_schema') and c.relkind in ('r', 'p', 'v', 'f', 'm') and ("n"."nspname" in ('public'))
order by "type" asc, "schema" asc, "name" asc;

--# fields | name, database-type, database-position, table-schema, table-name, pk?, field-comment, database-required, database-is-auto-increment | agreed_yuan
select "c"."column_name" as "name", case when "c"."udt_schema" in ('public', 'pg_catalog') then format('%s', "c"."udt_name") else format('"%s"."%s"', "c"."udt_schema", "c"."udt_name") end as "database-type", "c"."ordinal_position" - 1 as "database-position", "c"."table_schema" as "table-schema", "c"."table_name" as "table-name", "pk"."column_name" is not null as "pk?", col_description(cast(cast(format('%I.%I', cast("c"."table_schema" as text), cast("c"."table_name" as text)) as regclass) as oid), "c"."ordinal_position") as "field-comment", (("column_default" is null) or (lower("column_default") = 'null')) and ("is_nullable" = 'NO') and not ((("column_default" is not null) and ("column_default" like '%nextval(%')) or ("is_identity" <> 'NO')) as "database-required", (("column_default" is not null) and ("column_default" like '%nextval(%')) or ("is_identity" <> 'NO') as "database-is-auto-increment"
from "information_schema"."columns" as "c"
left join (select "tc"."table_schema", "tc"."table_name", "kc"."column_name" from "information_schema"."table_constraints" as "tc" inner join "information_schema"."key_column_usage" as "kc" on ("tc"."constraint_name" = "kc"."constraint_name") and ("tc"."table_schema" = "kc"."table_schema") and ("tc"."table_name" = "kc"."table_name") where "tc"."constraint_type" = 'PRIMARY KEY') as "pk" on ("c"."table_schema" = "pk"."table_schema") and ("c"."table_name" = "pk"."table_name") and ("c"."column_name" = "pk"."column_name")
where c.table_schema !~ '^information_schema|catalog_history|pg_' and ("c"."table_schema" in ('public')) and ("c"."table_name" in ('projects'))
union all
select "pa"."attname" as "name", case when "ptn"."nspname" in ('public', 'pg_catalog') then format('%s', "pt"."typname") else format('"%s"."%s"', "ptn"."nspname", "pt"."typname") end as "database-type", "pa"."attnum" - 1 as "database-position", "pn"."nspname" as "table-schema", "pc"."relname" as "table-name", false as "pk?", null as "field-comment", false as "database-required", false as "database-is-auto-increment"
from "pg_catalog"."pg_class" as "pc"
inner join "pg_catalog"."pg_namespace" as "pn" on "pn"."oid" = "pc"."relnamespace"
inner join "pg_catalog"."pg_attribute" as "pa" on "pa"."attrelid" = "pc"."oid"
inner join "pg_catalog"."pg_type" as "pt" on "pt"."oid" = "pa"."atttypid"
inner join "pg_catalog"."pg_namespace" as "ptn" on "ptn"."oid" = "pt"."typnamespace"
where ("pc"."relkind" = 'm') and ("pa"."attnum" >= 1) and ("pn"."nspname" in ('public'))
order by "table-schema", "table-name", "database-position";

--# foreign keys | fk-table-schema, fk-table-name, fk-column-name, pk-table-schema, pk-table-name, pk-column-name | none
select "fk_ns"."nspname" as "fk-table-schema", "fk_table"."relname" as "fk-table-name", "fk_column"."attname" as "fk-column-name", "pk_ns"."nspname" as "pk-table-schema", "pk_table"."relname" as "pk-table-name", "pk_column"."attname" as "pk-column-name"
from "pg_constraint" as "c"
inner join "pg_class" as "fk_table" on "c"."conrelid" = "fk_table"."oid"
inner join "pg_namespace" as "fk_ns" on "c"."connamespace" = "fk_ns"."oid"
inner join "pg_attribute" as "fk_column" on "c"."conrelid" = "fk_column"."attrelid"
inner join "pg_class" as "pk_table" on "c"."confrelid" = "pk_table"."oid"
inner join "pg_namespace" as "pk_ns" on "pk_table"."relnamespace" = "pk_ns"."oid"
inner join "pg_attribute" as "pk_column" on "c"."confrelid" = "pk_column"."attrelid"
where fk_ns.nspname !~ '^information_schema|catalog_history|pg_' and ("c"."contype" = 'f'::char) and ("fk_column"."attnum" = any(c.conkey)) and ("pk_column"."attnum" = any(c.confkey)) and ("fk_ns"."nspname" in ('public'))
order by "fk-table-schema", "fk-table-name";

--# indexes | table-schema, table-name, field-name | none
select "tmp"."table-schema", "tmp"."table-name", trim(both '"' from pg_catalog.pg_get_indexdef("tmp"."ci_oid", "tmp"."pos", false)) as "field-name"
from (select "n"."nspname" as "table-schema", "ct"."relname" as "table-name", "ci"."oid" as "ci_oid", (information_schema._pg_expandarray("i"."indkey"))."n" as "pos"
  from "pg_catalog"."pg_class" as "ct"
  inner join "pg_catalog"."pg_namespace" as "n" on "ct"."relnamespace" = "n"."oid"
  inner join "pg_catalog"."pg_index" as "i" on "ct"."oid" = "i"."indrelid"
  inner join "pg_catalog"."pg_class" as "ci" on "ci"."oid" = "i"."indexrelid"
  where (pg_catalog.pg_get_expr("i"."indpred", "i"."indrelid") is null) and n.nspname !~ '^information_schema|catalog_history|pg_') as "tmp"
where "tmp"."pos" = 1;

--# enums | nspname, typname | none
select nspname, typname from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.oid in (select distinct enumtypid from pg_enum e);

--# a question as its builder writes it | year, count | some
select date_trunc('year', cast("public"."milestones"."recognised_on" as timestamp)) as "year", count(*) as "count"
from "public"."milestones" group by date_trunc('year', cast("public"."milestones"."recognised_on" as timestamp))
order by date_trunc('year', cast("public"."milestones"."recognised_on" as timestamp)) asc;

--# first rows, for fingerprints | substring1234, agreed_yuan | some
select "source"."substring1234" as "substring1234", "source"."agreed_yuan" as "agreed_yuan"
from (select "public"."projects"."agreed_yuan" as "agreed_yuan", substring("public"."projects"."name", 1, 1234) as "substring1234" from "public"."projects") as "source" limit 10000;
