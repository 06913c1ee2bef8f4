-- DataGrip 2025.2: its start-up.
-- Source: datafusion-contrib/datafusion-postgres, datafusion-postgres/tests/datagrip.rs, which recorded it. Spelt anew.

--# version | version | 1
select version();

--# current | a, b | 1
select current_database() as a, current_schemas(false) as b;

--# isolation | transaction_isolation | 1
show transaction isolation level;

--# started | startup_time | 1
select round(extract(epoch from pg_postmaster_start_time() at time zone 'UTC')) as startup_time;

--# locks | transaction_id | none
select L.transactionid::varchar::bigint as transaction_id
from pg_catalog.pg_locks L
where L.transactionid is not null
order by pg_catalog.age(L.transactionid) desc
limit 1;

--# transaction | current_txid | 1
select case
  when pg_catalog.pg_is_in_recovery()
    then null
  else
    (pg_catalog.txid_current() % 4294967296)::varchar::bigint
  end as current_txid;

--# databases | id, name, description, is_template, allow_connections, owner | 1
select N.oid::bigint as id,
       datname as name,
       D.description,
       datistemplate as is_template,
       datallowconn as allow_connections,
       pg_catalog.pg_get_userbyid(N.datdba) as "owner"
from pg_catalog.pg_database N
  left join pg_catalog.pg_shdescription D on N.oid = D.objoid
order by case when datname = pg_catalog.current_database() then -1::bigint else N.oid::bigint end;

--# schemas | id, state_number, name, description, owner | 3
select N.oid::bigint as id,
       N.xmin as state_number,
       nspname as name,
       D.description,
       pg_catalog.pg_get_userbyid(N.nspowner) as "owner"
from pg_catalog.pg_namespace N
  left join pg_catalog.pg_description D on N.oid = D.objoid
order by case when nspname = pg_catalog.current_schema() then -1::bigint else N.oid::bigint end;

--# style | DateStyle | 1
show DateStyle;

--# zones | name, is_dst | none
select name, is_dst from pg_catalog.pg_timezone_names
union distinct
select abbrev as name, is_dst from pg_catalog.pg_timezone_abbrevs;

--# roles | role_id, role_name, is_super, is_inherit, can_createrole, can_createdb, can_login, is_replication, conn_limit, valid_until, bypass_rls, config, description | 2
select R.oid::bigint as role_id, rolname as role_name,
  rolsuper is_super, rolinherit is_inherit,
  rolcreaterole can_createrole, rolcreatedb can_createdb,
  rolcanlogin can_login, rolreplication /* false */ is_replication,
  rolconnlimit conn_limit, rolvaliduntil valid_until,
  rolbypassrls /* false */ bypass_rls, rolconfig config,
  D.description
from pg_catalog.pg_roles R
  left join pg_catalog.pg_shdescription D on D.objoid = R.oid;

--# members | id, role_id, admin_option | none
select member id, roleid role_id, admin_option
from pg_catalog.pg_auth_members order by id, roleid::text;

--# spaces | id, name, state_number, owner, location, options, comment | 1
select T.oid::bigint as id, T.spcname as name,
       T.xmin as state_number, pg_catalog.pg_get_userbyid(T.spcowner) as owner,
       pg_catalog.pg_tablespace_location(T.oid) /* null */ as location,
       T.spcoptions /* null */ as options,
       D.description as comment
from pg_catalog.pg_tablespace T
  left join pg_catalog.pg_shdescription D on D.objoid = T.oid
--  where pg_catalog.age(T.xmin) <= #TXAGE
;

--# rights | object_id, acl | 2
select T.oid as object_id, T.spcacl as acl from pg_catalog.pg_tablespace T
union all
select T.oid as object_id, T.datacl as acl from pg_catalog.pg_database T;

--# delimiter | typdelim | none
select e.typdelim from pg_catalog.pg_type t, pg_catalog.pg_type e where t.oid = '1034' and t.typelem = e.oid;

--# element | oid, nspname, typname | none
select e.oid, n.nspname = any(current_schemas(true)), n.nspname, e.typname from pg_catalog.pg_type t join pg_catalog.pg_type e on t.typelem = e.oid join pg_catalog.pg_namespace n on t.typnamespace = n.oid where t.oid = '1034';

--# encrypted | ssl | none
select ssl from pg_stat_ssl where pid = pg_backend_pid();
