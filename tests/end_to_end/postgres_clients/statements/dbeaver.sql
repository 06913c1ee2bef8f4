-- DBeaver 25.1 (and 4.x, whose caches ask the same): what it asks to open a connection and its tree of objects.
-- Source: dbeaver/dbeaver, plugins/org.jkiss.dbeaver.ext.postgresql/…/model/{PostgreDataSource, PostgreDatabase, PostgreSchema,
-- PostgreDataTypeCache}.java; the order of a start-up: datafusion-postgres/tests/dbeaver.rs. Spelt anew, values put in.

--# set | | none
set extra_float_digits = 3;

--# name of the program | | none
set application_name = 'DBeaver 25.1.5 - Main <qunlian>';

--# current | current_schema, session_user | 1
select current_schema(), session_user;

--# current with the database | current_database, current_schema, session_user | 1
select current_database(), current_schema(), session_user;

--# search path | search_path | 1
show search_path;

--# database | oid, datname, datdba, encoding | 1
select db.oid, db.* from pg_catalog.pg_database db where datname = 'qunlian';

--# databases | oid, datname | 1
select db.oid, db.* from pg_catalog.pg_database db where 1 = 1 and datallowconn and not datistemplate order by db.datname;

--# settings | name, setting | 1
select * from pg_catalog.pg_settings where name = 'standard_conforming_strings';

--# search path by its setting | reset_val | 1
select reset_val from pg_settings where name = 'search_path';

--# keywords | string_agg | 1
select string_agg(word, ',') from pg_catalog.pg_get_keywords() where word <> all ('{a,abs,absolute,action,select,table,year,zone}'::text[]);

--# version | version | 1
select version();

--# is there an enum | oid, enumtypid, enumsortorder, enumlabel | none
select * from pg_catalog.pg_enum where 1<>1 limit 1;

--# is there a row type | reltype | none
select reltype from pg_catalog.pg_class where 1<>1 limit 1;

--# schemas | oid, nspname, nspowner, nspacl, description | 3
select n.oid,n.*,d.description from pg_catalog.pg_namespace n
left outer join pg_catalog.pg_description d on d.objoid=n.oid and d.objsubid=0 and d.classoid='pg_namespace'::regclass
 order by nspname;

--# base types | oid, typname, relkind, base_type_name, description | some
select t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description
from pg_catalog.pg_type t
left outer join pg_catalog.pg_type et on et.oid=t.typelem
left outer join pg_catalog.pg_class c on c.oid=t.typrelid
left outer join pg_catalog.pg_description d on t.oid=d.objoid
where t.typname is not null
and (c.relkind is null or c.relkind = 'c') and (et.typcategory is null or et.typcategory <> 'C');

--# base types of a schema | oid, typname, base_type_name | none
select t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description
from pg_catalog.pg_type t
left outer join pg_catalog.pg_type et on et.oid=t.typelem
left outer join pg_catalog.pg_class c on c.oid=t.typrelid
left outer join pg_catalog.pg_description d on t.oid=d.objoid
where t.typname is not null
and (c.relkind is null or c.relkind = 'c') and (et.typcategory is null or et.typcategory <> 'C')
and t.typnamespace=2200;

--# one type by its number | oid, typname, relkind, base_type_name | 1
select t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name from pg_catalog.pg_type t
left outer join pg_class c on c.oid=t.typrelid
where t.oid=20;

--# is it an array | is_array, typtype, typname, oid | none
select typinput='pg_catalog.array_in'::regproc as is_array, typtype, typname, pg_type.oid
  from pg_catalog.pg_type
  left join (select ns.oid as nspoid, ns.nspname, r.r
          from pg_namespace as ns
          join ( select s.r, (current_schemas(false))[s.r] as nspname
                   from generate_series(1, array_upper(current_schemas(false), 1)) as s(r) ) as r
         using ( nspname )
       ) as sp
    on sp.nspoid = typnamespace
 where pg_type.oid = 1034
 order by sp.r, pg_type.oid desc;

--# is a bigint one | is_array, typtype, typname, oid | 1
select typinput='pg_catalog.array_in'::regproc as is_array, typtype, typname, pg_type.oid
  from pg_catalog.pg_type
  left join (select ns.oid as nspoid, ns.nspname, r.r
          from pg_namespace as ns
          join ( select s.r, (current_schemas(false))[s.r] as nspname
                   from generate_series(1, array_upper(current_schemas(false), 1)) as s(r) ) as r
         using ( nspname )
       ) as sp
    on sp.nspoid = typnamespace
 where pg_type.oid = 20
 order by sp.r, pg_type.oid desc;

--# name of a type | nspname, typname | 1
select n.nspname = any(current_schemas(true)), n.nspname, t.typname from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on t.typnamespace = n.oid where t.oid = 1082;

--# tables | oid, relname, relkind, description, partition_expr, partition_key | projects
select c.oid,c.*,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr, pg_catalog.pg_get_partkeydef(c.oid) as partition_key
from pg_catalog.pg_class c
left outer join pg_catalog.pg_description d on d.objoid=c.oid and d.objsubid=0 and d.classoid='pg_class'::regclass
where c.relnamespace=2200 and c.relkind not in ('i','I','c');

--# tables with parents | oid, relname, description, parents | projects
select c.oid,c.*,d.description,(select array_agg(i.inhparent) from pg_catalog.pg_inherits i where i.inhrelid = c.oid) parents
from pg_catalog.pg_class c
left outer join pg_catalog.pg_description d on d.objoid=c.oid and d.objsubid=0
where c.relnamespace=2200 and c.relkind not in ('i','c') and relname='projects';

--# sizes | oid, total_rel_size, rel_size | some
select c.oid,pg_catalog.pg_total_relation_size(c.oid) as total_rel_size,pg_catalog.pg_relation_size(c.oid) as rel_size
from pg_class c where c.relnamespace=2200;

--# columns | relname, attname, atttypid, def_value, description, objid | project_id
select c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid
from pg_catalog.pg_attribute a
inner join pg_catalog.pg_class c on (a.attrelid=c.oid)
left outer join pg_catalog.pg_attrdef ad on (a.attrelid=ad.adrelid and a.attnum = ad.adnum)
left outer join pg_catalog.pg_description dsc on (c.oid=dsc.objoid and a.attnum = dsc.objsubid)
left outer join pg_depend dep on dep.refobjid = a.attrelid and dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid
where not a.attisdropped and c.relnamespace=2200 and c.relkind not in ('i','I','c') and c.oid='projects'::regclass
order by a.attnum;

--# constraints | oid, conname, tabrelname, refnamespace, description, consrc_copy | none
select c.oid,c.*,t.relname as tabrelname,rt.relnamespace as refnamespace,d.description, case when c.contype='c' then "substring"(pg_get_constraintdef(c.oid), 7) else null end consrc_copy
from pg_catalog.pg_constraint c
inner join pg_catalog.pg_class t on t.oid=c.conrelid
left outer join pg_catalog.pg_class rt on rt.oid=c.confrelid
left outer join pg_catalog.pg_description d on d.objoid=c.oid and d.objsubid=0 and d.classoid='pg_constraint'::regclass
where c.conrelid=16385
order by c.oid;

--# indexes | indexrelid, indrelid, keys, relname, tabrelname, pred_expr, expr, index_rel_size, index_num_scans | none
select i.*,i.indkey as keys,c.relname,c.relnamespace,c.relam,c.reltablespace,tc.relname as tabrelname,dsc.description,pg_catalog.pg_get_expr(i.indpred, i.indrelid) as pred_expr,pg_catalog.pg_get_expr(i.indexprs, i.indrelid, true) as expr,pg_catalog.pg_relation_size(i.indexrelid) as index_rel_size,pg_catalog.pg_stat_get_numscans(i.indexrelid) as index_num_scans
from pg_catalog.pg_index i
inner join pg_catalog.pg_class c on c.oid=i.indexrelid
inner join pg_catalog.pg_class tc on tc.oid=i.indrelid
left outer join pg_catalog.pg_description dsc on i.indexrelid=dsc.objoid
where i.indrelid=16385 order by tabrelname, c.relname;

--# roles | oid, rolname | 2
select a.oid,a.* from pg_catalog.pg_roles a order by a.oid;

--# access methods | oid, amname | 1
select am.oid,am.* from pg_catalog.pg_am am order by am.oid;

--# encodings | encid, encname | none
select c.contoencoding as encid,pg_catalog.pg_encoding_to_char(c.contoencoding) as encname
from pg_catalog.pg_conversion c
group by c.contoencoding
order by 2;

--# languages | oid, lanname | 1
select l.oid,l.* from pg_catalog.pg_language l order by l.oid;

--# wrappers | oid, fdwname, handler_schema_id | none
select l.oid,l.*,p.pronamespace as handler_schema_id
from pg_catalog.pg_foreign_data_wrapper l
left outer join pg_catalog.pg_proc p on p.oid=l.fdwhandler
order by l.fdwname;

--# servers | oid, srvname | none
select l.oid,l.* from pg_catalog.pg_foreign_server l
order by l.srvname;

--# spaces | oid, spcname | 1
select t.oid,t.* from pg_catalog.pg_tablespace t order by t.oid;

--# a table with all three parts of its name | | 1
select count(*) from qunlian.public.projects;
