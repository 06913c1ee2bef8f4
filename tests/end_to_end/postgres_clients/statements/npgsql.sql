-- Npgsql 6 to 8 (Power BI's PostgreSQL connector): the types that it loads when it first connects; it sends these as one text.
-- Source: npgsql/npgsql, src/Npgsql/PostgresDatabaseInfo.cs. Spelt anew, as for a server of version 15.

--# version | version | 1
select version();

--# types | nspname, oid, typname, typtype, typnotnull, elemtypoid | int8
select ns.nspname, t.oid, t.typname, t.typtype, t.typnotnull, t.elemtypoid
from (
    -- Arrays have typtype=b: this tells them by their typreceive
    select
        typ.oid, typ.typnamespace, typ.typname, typ.typtype, typ.typrelid, typ.typnotnull, typ.relkind,
        elemtyp.oid as elemtypoid, elemtyp.typname as elemtypname, elemcls.relkind as elemrelkind,
        case when elemproc.proname='array_recv' then 'a' else elemtyp.typtype end as elemtyptype
    from (
        select typ.oid, typnamespace, typname, typrelid, typnotnull, relkind, typelem as elemoid,
            case when proc.proname='array_recv' then 'a' else typ.typtype end as typtype,
            case
                when proc.proname='array_recv' then typ.typelem
                when typ.typtype='r' then rngsubtype
                when typ.typtype='m' then (select rngtypid from pg_range where rngmultitypid = typ.oid)
                when typ.typtype='d' then typ.typbasetype
            end as elemtypoid
        from pg_type as typ
        left join pg_class as cls on (cls.oid = typ.typrelid)
        left join pg_proc as proc on proc.oid = typ.typreceive
        left join pg_range on (pg_range.rngtypid = typ.oid)
    ) as typ
    left join pg_type as elemtyp on elemtyp.oid = elemtypoid
    left join pg_class as elemcls on (elemcls.oid = elemtyp.typrelid)
    left join pg_proc as elemproc on elemproc.oid = elemtyp.typreceive
) as t
join pg_namespace as ns on (ns.oid = typnamespace)
where
    typtype in ('b', 'r', 'm', 'e', 'd') or -- Base, range, multirange, enum, domain
    (typtype = 'c' and relkind='c') or
    (typtype = 'p' and typname in ('record', 'void')) or
    (typtype = 'a' and (
        elemtyptype in ('b', 'r', 'm', 'e', 'd') or
        (elemtyptype = 'p' and elemtypname in ('record', 'void')) or
        (elemtyptype = 'c' and elemrelkind='c')
    ))
order by case
       when typtype in ('b', 'e', 'p') then 0
       when typtype = 'r' then 1
       when typtype = 'm' then 2
       when typtype = 'c' then 3
       when typtype = 'd' and elemtyptype <> 'a' then 4
       when typtype = 'a' then 5
       when typtype = 'd' and elemtyptype = 'a' then 6
end;

--# composites | oid, attname, atttypid | none
select typ.oid, att.attname, att.atttypid
from pg_type as typ
join pg_namespace as ns on (ns.oid = typ.typnamespace)
join pg_class as cls on (cls.oid = typ.typrelid)
join pg_attribute as att on (att.attrelid = typ.typrelid)
where
  (typ.typtype = 'c' and cls.relkind='c') and
  attnum > 0 and     -- no system attributes
  not attisdropped
order by typ.oid, att.attnum;

--# enums | oid, enumlabel | none
select pg_type.oid, enumlabel
from pg_enum
join pg_type on pg_type.oid=enumtypid
order by oid, enumsortorder;

--# end of a session in a pool | | none
discard all;

--# tables in Power BI's navigator | TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE | projects
select table_catalog as "TABLE_CATALOG", table_schema as "TABLE_SCHEMA", table_name as "TABLE_NAME", table_type as "TABLE_TYPE"
from information_schema.tables where table_schema not in ('information_schema', 'pg_catalog') order by table_schema, table_name;

--# a table as Power BI reads it | carrier_id, carrier | some
select "$Table"."carrier_id" as "carrier_id", "$Table"."carrier" as "carrier" from "public"."carriers" "$Table" limit 1000;
