//! The desk with a program that speaks as a worker does.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use qunlian_queries::Params;

use super::*;
use crate::folders::Folder;

/// Gives a new folder each time, or waits for ever.
struct Maker(Option<std::path::PathBuf>);

impl FolderMaker for Maker {
    fn served(&self) -> Result<u64, SqlFailure> {
        Ok(1)
    }

    fn make<'a>(&'a self, _: u64, _: &'a RowScope) -> BoxFuture<'a, Result<Folder, SqlFailure>> {
        Box::pin(async {
            match &self.0 {
                Some(path) => Ok(Folder::new(path.clone())),
                None => std::future::pending().await,
            }
        })
    }
}

struct NoTables;

impl SystemTables for NoTables {
    fn rows(&self, _: &str, _: &RowScope) -> Vec<Vec<Value>> {
        Vec::new()
    }
}

/// A program that is ready at once and answers each line with the same three parts, and writes down which process was asked.
fn program(folder: &Path) -> std::path::PathBuf {
    let said = |frames: &[Frame]| {
        let mut bytes = Vec::new();
        frames.iter().for_each(|frame| frame.write(&mut bytes).unwrap());
        bytes
    };
    std::fs::write(folder.join("ready"), said(&[Frame::Ready(Vec::new())])).unwrap();
    let parts = [vec![1], vec![2], vec![3]].map(Frame::Bytes);
    let answer: Vec<Frame> = [Frame::Head(Vec::new())].into_iter().chain(parts).chain([Frame::End(Used::default())]).collect();
    std::fs::write(folder.join("answer"), said(&answer)).unwrap();
    let script = "#!/bin/sh\ncd \"${0%/*}\"; /bin/cat ready; while read -r line; do echo $$ >>asked; /bin/cat answer; done\n";
    let program = folder.join("program");
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o700)).unwrap();
    program
}

fn desk(folder: &Path, tables: Option<std::path::PathBuf>) -> Desk {
    let launch = Launch { program: program(folder), data: folder.into(), spill: folder.join("spill") };
    let config = DeskConfig {
        launch,
        turns: Turns { at_once: 1, long: 1, of_one: 2, waiting_of_one: 1, waiting: 2 },
        patience: Duration::from_secs(60),
        deadline: Duration::from_secs(60),
        file_deadline: Duration::from_secs(60),
        text_bytes: 1_000,
        functions: Vec::new(),
    };
    Desk::new(config, Arc::new(Maker(tables)), Arc::new(NoTables))
}

fn asker(name: &str) -> Asker {
    Asker { name: name.into(), scope: RowScope::City, door: Door::Page, oversees: false }
}

fn statement() -> Statement {
    Statement { sql: "select 1".into(), as_of: None, params: Params::new(), most: None, ticket: "t".into() }
}

async fn parts(stream: &mut Stream) -> usize {
    let mut count = 0;
    while let Some(part) = stream.parts.next().await {
        part.unwrap();
        count += 1;
    }
    count
}

#[tokio::test]
async fn who_reads_slowly_holds_nobodys_place_and_gives_the_worker_back() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path(), Some(folder.path().join("tables")));
    let zhou = asker("zhou");
    let mut slow = desk.stream(&zhou, statement()).await.unwrap();
    // The only place is given away in the meantime.
    let mut other = desk.stream(&asker("wu"), statement()).await.unwrap();
    assert_eq!(parts(&mut other).await, 3);
    while desk.workers.idle() == 0 || desk.workers.is_starting() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(parts(&mut slow).await, 3);
    while desk.runs(&zhou)[0].state == "running" {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(parts(&mut desk.stream(&zhou, statement()).await.unwrap()).await, 3);
    let asked = std::fs::read_to_string(folder.path().join("asked")).unwrap();
    let asked: Vec<&str> = asked.lines().collect();
    assert!(asked.len() == 3 && asked[1] != asked[0] && asked[2] == asked[0], "the warmest, set going again: {asked:?}");
}

#[tokio::test]
async fn a_statement_that_waits_for_its_tables_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Arc::new(desk(folder.path(), None));
    for _ in 0..2 {
        let asked = tokio::spawn({
            let desk = Arc::clone(&desk);
            async move { desk.stream(&asker("zhou"), statement()).await.err() }
        });
        let id = loop {
            if let Some(run) = desk.runs(&asker("zhou")).first().filter(|run| run.state == "waiting") {
                break run.id;
            }
            tokio::task::yield_now().await;
        };
        assert!(desk.stop(&asker("zhou"), id));
        assert_eq!(asked.await.unwrap().unwrap().kind, FailureKind::Stopped, "and the only place is free again");
    }
}
