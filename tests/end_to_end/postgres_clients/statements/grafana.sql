-- Grafana's PostgreSQL data source: what its editor and its check ask.
-- Source: grafana/grafana, public/app/plugins/datasource/grafana-postgresql-datasource/postgresMetaQuery.ts. Spelt anew, values put in.

--# check | ?column? | 1
select 1;

--# version | version | 1
select current_setting('server_version_num')::int/100 as version;

--# timescale | extversion | none
select extversion from pg_extension where extname = 'timescaledb';

--# schemas | name | public
select schema_name as "name" from information_schema.schemata
where schema_name not in ('information_schema', 'pg_catalog', 'pg_toast', '_timescaledb_cache') order by schema_name;

--# tables | table | projects
select
    case when
          quote_ident(table_schema) in (
          select
            case when trim(s[i]) = '"$user"' then user else trim(s[i]) end
          from
            generate_series(
              array_lower(string_to_array(current_setting('search_path'),','),1),
              array_upper(string_to_array(current_setting('search_path'),','),1)
            ) as i,
            string_to_array(current_setting('search_path'),',') s
          )
      then quote_ident(table_name)
      else quote_ident(table_schema) || '.' || quote_ident(table_name)
    end as "table"
    from information_schema.tables
    where quote_ident(table_schema) not in ('information_schema', 'pg_catalog', '_timescaledb_cache')
    order by case when
          quote_ident(table_schema) in (
          select
            case when trim(s[i]) = '"$user"' then user else trim(s[i]) end
          from
            generate_series(
              array_lower(string_to_array(current_setting('search_path'),','),1),
              array_upper(string_to_array(current_setting('search_path'),','),1)
            ) as i,
            string_to_array(current_setting('search_path'),',') s
          ) then 0 else 1 end, 1;

--# tables of a schema | table | projects
select quote_ident(table_name) as "table" from information_schema.tables
where quote_ident(table_schema) = 'public' order by 1;

--# columns | column, type | agreed_yuan
select quote_ident(column_name) as "column", data_type as "type"
    from information_schema.columns
    where
      case when array_length(parse_ident('projects'),1) = 2
        then quote_ident(table_schema) = (parse_ident('projects'))[1]
          and quote_ident(table_name) = (parse_ident('projects'))[2]
        else quote_ident(table_name) = 'projects'
          and
          quote_ident(table_schema) in (
          select
            case when trim(s[i]) = '"$user"' then user else trim(s[i]) end
          from
            generate_series(
              array_lower(string_to_array(current_setting('search_path'),','),1),
              array_upper(string_to_array(current_setting('search_path'),','),1)
            ) as i,
            string_to_array(current_setting('search_path'),',') s
          )
      end;

--# a panel | time, value | some
select recognised_on as "time", count(*) as "value" from milestones
where recognised_on between '2022-01-01T00:00:00Z' and '2022-12-31T23:59:59Z' group by 1 order by 1;
