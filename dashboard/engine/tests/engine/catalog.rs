//! PostgreSQL's catalogs: what clients of its protocol ask at their start, and that nobody else meets them.

use qunlian_engine::{SqlError, SqlRequest, run_sql};
use qunlian_queries::{Answer, Value};

use crate::fixture::{self, Written};

async fn ask(written: &Written, sql: &str) -> Result<Answer, SqlError> {
    let request = SqlRequest { catalog: Some("fenxi".to_owned()), ..SqlRequest::new(sql) };
    run_sql(&written.files, &fixture::contract(), &fixture::rules(), request).await
}

async fn rows(written: &Written, sql: &str) -> Vec<Vec<Value>> {
    ask(written, sql).await.unwrap_or_else(|fault| panic!("{sql}: {fault}")).rows
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_columns_are_told() {
    let written = fixture::write(&fixture::tables(), 9);
    let tables = rows(
        &written,
        "select c.relname, pg_catalog.pg_get_userbyid(c.relowner), pg_catalog.obj_description(c.oid, 'pg_class')
         from pg_catalog.pg_class c left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where n.nspname !~ '^pg_' and c.relname operator(pg_catalog.~) '^(carriers)$' collate pg_catalog.default
         and pg_catalog.pg_table_is_visible(c.oid) and c.relkind = any (array['r'::varchar, 'p'::varchar])",
    )
    .await;
    assert_eq!(tables.len(), 1);
    assert_eq!(tables[0][..2], ["carriers".into(), "qunlian".into()]);
    assert!(matches!(&tables[0][2], Value::Text(title) if !title.is_empty()));
    let columns = rows(
        &written,
        "select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
                (select pg_catalog.pg_get_expr(d.adbin, d.adrelid) from pg_catalog.pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum),
                col_description(a.attrelid, a.attnum)
         from pg_attribute a where a.attrelid = 'calendar'::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum",
    )
    .await;
    assert_eq!(columns[0], ["day".into(), "date".into(), Value::Null, "日期".into()]);
    assert_eq!(columns[4][..2], ["works".into(), "boolean".into()]);
    let known = rows(&written, "select data_type from information_schema.columns where table_schema = current_schema() and column_name = 'agreed_yuan' and table_name = 'projects'").await;
    assert_eq!(known, [["bigint".into()]]);
    assert_eq!(
        rows(&written, "select 'carriers'::regclass::oid = c.oid, c.oid::regclass::text from pg_class c where relname = 'carriers'").await,
        [[Value::Bool(true), "carriers".into()]]
    );
    let roles = rows(&written, "select rolname from pg_roles where rolcanlogin").await;
    assert_eq!(roles, [["fenxi".into()]]);
    let published = rows(&written, "select count(*) from public.projects").await;
    assert_eq!(published, rows(&written, "select count(*) from projects").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_there_is_empty() {
    let written = fixture::write(&fixture::tables(), 9);
    for sql in [
        "select i.indexrelid::regclass, array_to_string(array(select x from pg_catalog.pg_enum), ',') from pg_catalog.pg_index i, pg_class c where c.oid = i.indrelid order by i.indisprimary",
        "select conname, pg_get_constraintdef(oid, true) from pg_constraint where conrelid = '16385' and contype = any ('{c,f}')",
        "select pubname from pg_publication p join pg_publication_rel r on p.oid = r.prpubid union select pubname from pg_publication order by 1",
        "select p.proname from pg_proc p left join pg_namespace n on n.oid = p.pronamespace where pg_function_is_visible(p.oid)",
        "select * from information_schema.table_constraints",
        "select relname from pg_class c where exists (select 1 from pg_trigger t where t.tgrelid = c.oid)",
    ] {
        assert!(rows(&written, sql).await.is_empty(), "{sql}");
    }
    assert_eq!(rows(&written, "select count(*) from pg_catalog.pg_trigger").await, [[Value::Int(0)]]);
    let left =
        rows(&written, "select c.relname, d.adbin from pg_class c left join pg_attrdef d on d.adrelid = c.oid where c.relname = 'chains'")
            .await;
    assert_eq!(left, [["chains".into(), Value::Null]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_meets_the_catalogs() {
    let written = fixture::write(&fixture::tables(), 9);
    let plain = |sql: &'static str| {
        let files = written.files.clone();
        async move { run_sql(&files, &fixture::contract(), &fixture::rules(), SqlRequest::new(sql)).await }
    };
    for sql in [
        "select * from pg_catalog.pg_class",
        "select * from pg_class",
        "select * from information_schema.tables",
        "select * from public.projects",
    ] {
        assert!(matches!(plain(sql).await, Err(SqlError::UnknownTable { .. })), "{sql}");
    }
    assert!(plain("select format_type(20, -1)").await.is_err());
    // A statement that names no catalog is not touched: its functions are the engine's own.
    for sql in [
        "select pg_catalog_x from projects",
        "select * from pg_catalog.pg_shadow",
        "select * from pg_catalog.pg_authid_x",
        "select pg_read_file('/etc/passwd')",
        "select pg_catalog.pg_ls_dir('/'), relname from pg_class",
    ] {
        assert!(ask(&written, sql).await.is_err(), "{sql}");
    }
    let texts = rows(&written, "select array_to_string(make_array('a', 'b'), '-'), 'pg_catalog.x'").await;
    assert_eq!(texts, [["a-b".into(), "pg_catalog.x".into()]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_other_tools_ask_at_their_start_is_answered() {
    let written = fixture::write(&fixture::tables(), 9);
    // In the manner of DBeaver, JDBC and psycopg: a column beside its star, schemas in an array, objects by name.
    let schemas = rows(
        &written,
        "select n.oid, n.*, d.description from pg_catalog.pg_namespace n left join pg_catalog.pg_description d
         on d.objoid = n.oid and d.objsubid = 0 and d.classoid = 'pg_namespace'::regclass order by nspname",
    )
    .await;
    assert_eq!((schemas.len(), schemas[2][1].clone()), (3, "public".into()));
    let types = rows(
        &written,
        "select n.nspname = any (current_schemas(true)), n.nspname, t.typname
         from pg_catalog.pg_type t join pg_catalog.pg_namespace n on t.typnamespace = n.oid where t.oid = 20",
    )
    .await;
    assert_eq!(types, [[Value::Bool(true), "pg_catalog".into(), "int8".into()]]);
    let hstore = "select typname as name, oid, typarray, oid::regtype::text as regtype from pg_type t where t.oid = to_regtype('hstore')";
    assert!(rows(&written, hstore).await.is_empty());
    let known = "select oid::regtype::text from pg_type where oid = to_regtype('bigint') and typtype <> 'e'";
    assert_eq!(rows(&written, known).await, [["bigint".into()]]);
    let labels = "select t.typname, l.labels from pg_type t left join
         (select enumtypid, array_agg(cast(enumlabel as text) order by enumsortorder) as labels from pg_catalog.pg_enum group by enumtypid) l
         on l.enumtypid = t.oid where t.typtype = 'e'";
    assert!(rows(&written, labels).await.is_empty());
    let keys = "select c.conrelid, array_agg(a.attname) from pg_attribute a join
         (select conrelid, unnest(conkey) as attnum from pg_constraint where contype = 'p') c on a.attnum = c.attnum group by c.conrelid";
    assert!(rows(&written, keys).await.is_empty());
    let comment = "select description from pg_description where objoid = 'targets'::regclass and objsubid = 0 and classoid = cast('pg_catalog.pg_class' as regclass)";
    assert_eq!(rows(&written, comment).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_may_hold_the_database() {
    let written = fixture::write(&fixture::tables(), 9);
    let all = rows(&written, "select count(*) from projects").await;
    assert_eq!(rows(&written, "select count(*) from qunlian.public.projects").await, all);
    assert_eq!(rows(&written, "select count(*) from qunlian.asof_20991231.carriers").await.len(), 1);
    assert_eq!(rows(&written, "select count(*) from qunlian.pg_catalog.pg_am").await, [[Value::Int(1)]]);
    for sql in [
        "select * from other.public.projects",
        "select * from datafusion.public.projects",
        "select * from qunlian.qunlian.projects",
        "select * from qunlian.projects",
        "select * from qunlian.system.accounts",
    ] {
        assert!(matches!(ask(&written, sql).await, Err(SqlError::UnknownTable { .. })), "{sql}");
    }
    let request = SqlRequest::new("select * from qunlian.public.projects");
    assert!(run_sql(&written.files, &fixture::contract(), &fixture::rules(), request).await.is_err(), "by no other door");
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_in_from_give_short_tables_only() {
    let written = fixture::write(&fixture::tables(), 9);
    let path = "select s.r, (current_schemas(true))[s.r] as nspname from generate_series(1, array_upper(current_schemas(true), 1)) as s(r) order by 1";
    assert_eq!(rows(&written, path).await, [[Value::Int(1), "pg_catalog".into()], [Value::Int(2), "public".into()]]);
    let empty = "select s.r from generate_series(1, 0) as s(r), pg_namespace n";
    assert!(rows(&written, empty).await.is_empty());
    let words = "select word from pg_catalog.pg_get_keywords() where word <> all ('{select,table}'::text[]) order by word";
    let words = rows(&written, words).await;
    // PostgreSQL 15 has 77 reserved words and 23 that may be functions or types; two are left out.
    assert_eq!(words.len(), 98);
    assert!(words.contains(&vec!["ilike".into()]) && !words.contains(&vec!["select".into()]));
    for sql in [
        "select count(*) from generate_series(1, 1000000000), pg_class",
        "select count(*) from generate_series(1, 65) s, pg_class",
        "select count(*) from generate_series(1, 5)",
        "select count(*) from generate_series(1, (select 5)) s, pg_class",
        "select count(*) from pg_ls_dir('/') s, pg_class",
        "select * from read_csv('/etc/passwd') s, pg_class",
        "select * from generate_series(-9223372036854775808, 9223372036854775807) s, pg_class",
    ] {
        assert!(ask(&written, sql).await.is_err(), "{sql}");
    }
    let in_path = "select nspname from pg_namespace where nspname in (select trim(s[i]) from
         generate_series(1, array_upper(string_to_array(current_setting('search_path'), ','), 1)) as i,
         string_to_array(current_setting('search_path'), ',') s)";
    assert_eq!(rows(&written, in_path).await, [["public".into()]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn formats_of_days_are_postgres_too() {
    let written = fixture::write(&fixture::tables(), 9);
    let sql = "select to_date('2022-05-31', 'YYYY-MM-DD') = cast('2022-05-31' as date),
         to_timestamp('2022-05-31 08:30:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') = cast('2022-05-31 08:30:00' as timestamp),
         to_date('31.05.2022', '%d.%m.%Y') = cast('2022-05-31' as date), to_date('2022-05-31') = cast('2022-05-31' as date)";
    assert_eq!(rows(&written, sql).await, [[Value::Bool(true), Value::Bool(true), Value::Bool(true), Value::Bool(true)]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn unnamed_columns_are_called_as_postgres_calls_them() {
    let written = fixture::write(&fixture::tables(), 9);
    let sql = "select pg_relation_size(oid), pg_table_size(oid), pg_relation_size(oid), count(*) over (), oid::regclass::text, case when true then 1 end
         from pg_class where relname = 'carriers'";
    let answer = ask(&written, sql).await.unwrap();
    let names: Vec<&str> = answer.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["pg_relation_size", "pg_table_size", "pg_relation_size2", "count", "oid", "case"]);
    let nothing =
        ask(&written, "select i.relname, c.relname, indisprimary from pg_index x, pg_class i, pg_class c where i.oid = x.indexrelid")
            .await
            .unwrap();
    assert_eq!(nothing.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["relname", "relname2", "indisprimary"]);
}
