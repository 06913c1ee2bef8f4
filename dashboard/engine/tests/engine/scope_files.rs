//! Files for some readers only: equal to what filters show, and holding nothing else.

use std::collections::BTreeSet;

use qunlian_domain::access::RowScope;
use qunlian_engine::{
    FileHead, FileStream, IpcReader, Masking, Sandbox, Spill, SqlRequest, TableFiles, encode, read_scope, run_sql, write_scope,
};
use qunlian_queries::{About, Answer, Format, Value};

use crate::fixture::{self, Written};

async fn sandbox(files: TableFiles) -> Sandbox {
    Sandbox::open(&fixture::contract(), fixture::rules(), files, Vec::new(), Masking::Done, Spill::System).await.unwrap()
}

/// All parts of a statement's Arrow stream.
async fn parts(sandbox: &Sandbox, sql: &str) -> (FileHead, Vec<Vec<u8>>) {
    let mut running = sandbox.start(&SqlRequest::new(sql)).await.unwrap_or_else(|fault| panic!("{sql}: {fault}"));
    let mut parts = Vec::new();
    while let Some(part) = running.next().await {
        parts.push(part.unwrap());
    }
    (FileHead { columns: running.columns().to_vec(), generation: 9, as_of: None }, parts)
}

async fn rows(sandbox: &Sandbox, sql: &str) -> Vec<Vec<Value>> {
    let (head, parts) = parts(sandbox, sql).await;
    let mut reader = IpcReader::new(&head.columns);
    parts.into_iter().flat_map(|part| reader.rows(part).unwrap()).collect()
}

fn of(carriers: &[&str]) -> RowScope {
    RowScope::Carriers(carriers.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<String>>())
}

fn sorted(mut rows: Vec<Vec<Value>>) -> Vec<String> {
    let mut lines: Vec<String> = rows.drain(..).map(|row| format!("{row:?}")).collect();
    lines.sort();
    lines
}

/// Every published file with its bytes: nothing that is written for readers may touch them.
fn published(written: &Written) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    walk(written.folder.path()).into_iter().map(|file| (file.clone(), std::fs::read(file).unwrap())).collect()
}

async fn check(written: &Written, scope: &RowScope) {
    let before = published(written);
    let folder = tempfile::tempdir_in(written.folder.path().parent().unwrap()).unwrap();
    let made = write_scope(&written.files, &written.files, &fixture::contract(), &fixture::rules(), scope, folder.path()).await.unwrap();
    let read = read_scope(folder.path()).unwrap();
    assert_eq!((read.tables.clone(), read.generation.rows.clone()), (made.tables, made.generation.rows));
    assert!(published(written) == before, "published files changed");
    let again = write_scope(&written.files, &written.files, &fixture::contract(), &fixture::rules(), scope, folder.path()).await;
    assert!(again.is_err() || again.unwrap().tables.iter().all(|(_, parts)| parts.is_empty()), "a folder in use is not written to again");
    assert!(published(written) == before, "published files changed");
    let cut = sandbox(read).await;
    for table in fixture::contract().tables {
        let condition = match (scope, table.column("carrier_id"), table.column("project_id")) {
            (RowScope::Carriers(_), _, _) if table.name == "carriers" => "true".to_owned(),
            (RowScope::Carriers(_), _, _) if table.name == "runs" => "false".to_owned(),
            (RowScope::Carriers(carriers), Some(_), _) => {
                let list: Vec<String> = carriers.iter().map(|id| format!("'{id}'")).collect();
                format!("carrier_id in ({})", list.join(", "))
            }
            (RowScope::Carriers(_), None, Some(_)) => "false".to_owned(),
            _ => "true".to_owned(),
        };
        let expect = format!("select * from {} where {condition}", table.name);
        let expect = run_sql(&written.files, &fixture::contract(), &fixture::rules(), SqlRequest::new(&expect)).await.unwrap();
        let got = rows(&cut, &format!("select * from {}", table.name)).await;
        assert_eq!(sorted(got), sorted(expect.rows), "{} for {scope:?}", table.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scoped_files_hold_what_a_filter_would_show() {
    let written = fixture::write(&fixture::tables(), 9);
    let carriers = run_sql(
        &written.files,
        &fixture::contract(),
        &fixture::rules(),
        SqlRequest::new("select distinct carrier_id from projects order by 1"),
    )
    .await
    .unwrap();
    let ids: Vec<&str> = carriers.rows.iter().filter_map(|row| row[0].text()).collect();
    assert!(ids.len() >= 2, "{ids:?}");
    check(&written, &RowScope::City).await;
    check(&written, &of(&ids[..1])).await;
    check(&written, &of(&ids[1..])).await;
    check(&written, &of(&["nobody"])).await;
    check(&fixture::write(&fixture::enlarged(2_000), 9), &of(&ids[..1])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_others_lies_in_the_folder() {
    let written = fixture::write(&fixture::tables(), 9);
    let folder = tempfile::tempdir().unwrap();
    let others = "select name from projects where carrier_id <> 'suixi' and length(name) > 3";
    let others = run_sql(&written.files, &fixture::contract(), &fixture::rules(), SqlRequest::new(others)).await.unwrap();
    assert!(!others.rows.is_empty());
    write_scope(&written.files, &written.files, &fixture::contract(), &fixture::rules(), &of(&["suixi"]), folder.path()).await.unwrap();
    let cut = sandbox(read_scope(folder.path()).unwrap()).await;
    let own = sorted(rows(&cut, "select name from projects").await);
    for name in others.rows.iter().filter_map(|row| row[0].text()).filter(|name| !own.iter().any(|own| own.contains(*name))) {
        for file in walk(folder.path()) {
            let bytes = std::fs::read(&file).unwrap();
            assert!(!bytes.windows(name.len()).any(|window| window == name.as_bytes()), "{name} lies in {file:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_confidential_today_is_code_named_in_earlier_generations_and_other_tables() {
    let (then, mut now) = (fixture::tables(), fixture::tables());
    let project = now.0.get_mut("projects").unwrap().iter_mut().find(|row| row["project_id"] == "p01").unwrap();
    project.insert("confidential".to_owned(), "true".to_owned());
    let (then, now) = (fixture::write(&then, 8), fixture::write(&now, 9));
    let named = |table: &str| {
        format!("select count(*) from {table} where project_id = 'p01' and (confidential is not true or name not like '涉密项目%')")
    };
    for scope in [RowScope::City, of(&["suixi"])] {
        for (files, plain) in [(&then, &then), (&then, &now), (&now, &now)] {
            let folder = tempfile::tempdir().unwrap();
            write_scope(&files.files, &plain.files, &fixture::contract(), &fixture::rules(), &scope, folder.path()).await.unwrap();
            let cut = sandbox(read_scope(folder.path()).unwrap()).await;
            for table in ["projects", "filings"] {
                let whole = rows(&cut, &format!("select count(*) from {table} where project_id = 'p01'")).await;
                assert!(whole[0][0].int() > Some(0), "{table} has it");
                let told = rows(&cut, &named(table)).await[0][0].int() > Some(0);
                assert_eq!(told, plain.files.generation.number == 8, "{table} for {scope:?}");
            }
        }
    }
    let masked = run_sql(&now.files, &fixture::contract(), &fixture::rules(), SqlRequest::new(&named("filings"))).await.unwrap();
    assert_eq!(masked.rows[0][0], Value::Int(0), "views over published files do the same");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn files_made_from_a_stream_equal_those_of_a_whole_answer() {
    let written = fixture::write(&fixture::enlarged(3_000), 9);
    let whole = sandbox(written.files.clone()).await;
    let sql =
        "select project_id, name, agreed_yuan, yi(agreed_yuan) as yi, known_from, confidential from projects order by project_id, version";
    let (head, parts) = parts(&whole, sql).await;
    assert!(parts.len() > 1);
    let mut reader = IpcReader::new(&head.columns);
    let rows: Vec<Vec<Value>> = parts.iter().flat_map(|part| reader.rows(part.clone()).unwrap()).collect();
    assert!(rows.len() >= 3_000);
    let answer = Answer { columns: head.columns.clone(), rows, generation: 9, as_of: None, truncated: false };
    let about = About { title: "清单".into(), ..About::default() };
    for format in [Format::Json, Format::Csv, Format::Parquet, Format::Xlsx] {
        let mut file = FileStream::new(format, head.clone(), about.clone()).unwrap();
        let mut bytes: Vec<u8> = Vec::new();
        for part in &parts {
            bytes.extend(file.push(part.clone()).unwrap());
        }
        std::io::Read::read_to_end(&mut file.finish(false).unwrap(), &mut bytes).unwrap();
        let expect = encode(&answer, format, &about).unwrap();
        match format {
            // Their row groups and times differ, not what they hold.
            Format::Parquet => assert_eq!(read_parquet(&bytes), answer.rows.len()),
            Format::Xlsx => assert_eq!(read_workbook(bytes), answer.rows.len() + 1),
            _ => assert_eq!(bytes, expect, "{format:?}"),
        }
    }
}

fn read_parquet(bytes: &[u8]) -> usize {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let reader = datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(file.reopen().unwrap(), 1_000).unwrap();
    reader.map(|batch| batch.unwrap().num_rows()).sum()
}

fn read_workbook(bytes: Vec<u8>) -> usize {
    use calamine::Reader;
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["清单", "说明"]);
    book.worksheet_range("清单").unwrap().rows().count()
}
