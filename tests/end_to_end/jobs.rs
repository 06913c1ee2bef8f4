//! Jobs of a real server: the inbox is taken in, every run is recorded, one build follows.

use qunlian_registry::{JobBooks, Origin, Slot, SlotOutcome};
use serde_json::Value;

use crate::support::Folder;
use crate::support::server::Server;

#[test]
fn a_file_dropped_into_the_inbox_reaches_the_page() {
    let folder = Folder::new();
    let truth = sample_into_inbox(&folder);
    folder.run(&["run", "ingest_inbox", "--today", "2022-05-31"]);
    assert_eq!(folder.newest_generation(), Some(1), "new rows trigger one build at once");
    assert_eq!(std::fs::read_dir(folder.data().join("inbox")).unwrap().count(), 0, "the inbox is empty again");
    assert_eq!(folder.number(Some("2022-05-31"), "select count(*) from milestones where milestone = 'signed' and year = 2022"), 188);
    let listing = folder.run(&["jobs"]);
    assert!(listing.contains("ingest_inbox") && listing.contains("build_lake") && listing.contains("retain_lake"), "{listing}");
    assert!(truth > 100);
    let server = Server::start(&folder);
    let page = server.get("/jobs");
    assert!(page.contains("构建数据湖"), "the page names the jobs in Chinese");
    assert_eq!(server.json("/healthz")["generation"].as_u64(), Some(1));
}

#[test]
fn a_refused_file_is_kept_and_recorded_and_the_rest_goes_on() {
    let folder = Folder::new();
    sample_into_inbox(&folder);
    let inbox = folder.data().join("inbox");
    std::fs::write(inbox.join("坏文件.xlsx"), b"PK\x03\x04 this is not a workbook").unwrap();
    settle(&inbox);
    let words = folder.run(&["run", "ingest_inbox", "--today", "2022-05-31"]);
    assert!(words.contains("退回 1 个"), "{words}");
    assert_eq!(folder.number(Some("2022-05-31"), "select count(*) from milestones where milestone = 'signed' and year = 2022"), 188);
    let kept = crate::support::files_below(&folder.data().join("archive"));
    assert!(kept.iter().any(|file| std::fs::read(file).unwrap().ends_with(b"not a workbook")), "the original is kept");
}

fn sample_into_inbox(folder: &Folder) -> usize {
    let inbox = folder.data().join("inbox");
    let options = qunlian_sample::Options { seed: 7, out: inbox.clone(), changes: Vec::new() };
    let truth = qunlian_sample::write(&options, |_| {}).unwrap();
    settle(&inbox);
    truth.files.len()
}

/// The inbox waits until a file has been left alone for a moment.
fn settle(inbox: &std::path::Path) {
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    for entry in std::fs::read_dir(inbox).unwrap() {
        std::fs::File::options().write(true).open(entry.unwrap().path()).unwrap().set_modified(past).unwrap();
    }
}

#[test]
fn missed_slots_are_recorded_and_one_build_catches_up() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let generation = folder.newest_generation();
    let now = chrono::Utc::now();
    let hour = |hours: i64| chrono::SubsecRound::trunc_subsecs(now - chrono::TimeDelta::hours(hours), 0);
    // The server last ran a slot four hours ago, and was down since.
    let books = qunlian_registry::SqliteStore::open(&folder.data().join("books.sqlite")).unwrap();
    let start = hour(4);
    books.close_missed("build_lake", &[start], SlotOutcome::SkippedByPolicy, "test", now).unwrap();
    let server = Server::start(&folder);
    let scheduled = |books: &qunlian_registry::SqliteStore| -> Vec<Slot> {
        let slots = books.slots(Some("build_lake"), 50).unwrap();
        let mut missed: Vec<Slot> = slots.into_iter().filter(|slot| slot.origin == Origin::Schedule && slot.slot > start).collect();
        missed.sort_by_key(|slot| slot.slot);
        missed
    };
    // The missed ones are recorded first, and only then is the one begun that does their work.
    server.wait_for("the missed slots and the one that does their work to be closed", |_| {
        let slots = scheduled(&books);
        let has_run = slots.iter().any(|slot| slot.outcome.is_some_and(|outcome| outcome != SlotOutcome::Superseded));
        has_run && slots.iter().all(|slot| slot.outcome.is_some())
    });
    // An hour may have turned since `now`: the newest slot then is the one that was run, or ran after it in its own time.
    let outcomes: Vec<(bool, Option<SlotOutcome>)> = scheduled(&books).iter().map(|slot| (slot.slot <= now, slot.outcome)).collect();
    let caught_up = outcomes.iter().position(|(_, outcome)| *outcome != Some(SlotOutcome::Superseded)).expect("one slot was run");
    assert!(caught_up >= 2 && outcomes.iter().skip(caught_up).all(|(_, outcome)| *outcome == Some(SlotOutcome::Done)), "{outcomes:?}");
    assert!(
        outcomes.iter().filter(|(was_missed, outcome)| *was_missed && *outcome == Some(SlotOutcome::Done)).count() <= 1,
        "{outcomes:?}"
    );
    assert_eq!(folder.newest_generation(), generation, "nothing changed, so the one build published nothing");
}

/// The JSON of `/healthz` never needs a login and names the generation.
#[test]
fn health_is_told_without_a_generation_too() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let (status, body) = server.look("/healthz");
    let answer: Value = serde_json::from_str(&body).unwrap();
    assert!(status == 200 || status == 503, "{status} {answer}");
    assert_eq!(server.look("/").0, 503, "a friendly page until the first generation");
}
