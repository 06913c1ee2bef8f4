//! Publishing under kills, failing disks and flipped bytes: readers only ever see whole generations.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use qunlian_lake::fault::{Faults, NoFaults, Step};
use qunlian_lake::retain::{Policy, pin, retire};
use qunlian_lake::{
    Checks, Column, Depth, Facts, LakeError, LakeLock, Layout, Publication, Snapshot, generation, latest, newest_number, survey, verify,
    verify_chain,
};

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_654_000_000 + seconds, 0).unwrap()
}

fn facts(text: &str) -> Facts {
    Facts {
        published_at: moment(0),
        data_date: NaiveDate::from_ymd_opt(2022, 5, 31).unwrap(),
        rule_version: "rules".into(),
        inputs: vec![],
        inputs_fingerprint: text.into(),
        checks: Checks { passed: 2, all: 2, names: vec!["sums".into(), "bands".into()] },
        pinned: None,
    }
}

/// Two tables whose files all say `text`; `regions` is taken over from the parent when there is one.
fn publish_with(layout: &Layout, text: &str, faults: Arc<dyn Faults>) -> Result<Snapshot, LakeError> {
    let mut lock = LakeLock::wait(layout, "test", None, |_| {})?;
    let parent = latest(layout, Depth::Hashes)?;
    let kept = parent.as_ref().and_then(|parent| parent.table("regions")).map(|table| table.parts.clone());
    let mut publication = Publication::begin_with(&mut lock, parent, faults)?;
    let schema = vec![Column { column: "id".into(), kind: "text".into() }];
    publication.table("projects", schema.clone())?;
    for key in ["suixi", "xiangshan"] {
        let slot = publication.new_part("projects", Some(key))?;
        fs::write(slot.path(), format!("{key} {text}")).unwrap();
        publication.add_part(slot, 1)?;
    }
    publication.table("regions", schema)?;
    match kept {
        Some(parts) => parts.iter().try_for_each(|part| publication.reuse("regions", part))?,
        None => {
            let slot = publication.new_part("regions", None)?;
            fs::write(slot.path(), "regions").unwrap();
            publication.add_part(slot, 3)?;
        }
    }
    publication.seal(facts(text))
}

fn publish(layout: &Layout, text: &str) -> Snapshot {
    publish_with(layout, text, Arc::new(NoFaults)).unwrap()
}

/// What a reader sees: the fingerprint, after reading every file and finding it to belong to it.
fn read(layout: &Layout) -> Option<String> {
    let snapshot = latest(layout, Depth::Hashes).unwrap()?;
    let text = snapshot.manifest().inputs_fingerprint.clone();
    for file in snapshot.files("projects") {
        let content = fs::read_to_string(file).unwrap();
        assert!(content.ends_with(&text), "{content} is not of {text}");
    }
    assert_eq!(snapshot.files("regions").len(), 1);
    Some(text)
}

#[test]
fn a_generation_names_everything_it_was_made_of() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    assert!(latest(&layout, Depth::Hashes).unwrap().is_none());
    assert_eq!(newest_number(&layout).unwrap(), None);
    let first = publish(&layout, "one");
    assert_eq!((first.generation(), first.table("projects").unwrap().rows), (1, 2));
    let second = publish(&layout, "two");
    let manifest = second.manifest();
    assert_eq!(manifest.parent.as_ref().unwrap().generation, 1);
    assert_eq!(manifest.parent.as_ref().unwrap().blake3, first.manifest_blake3());
    assert_eq!(manifest.table("regions").unwrap().parts[0].path, "gen/2/regions/part-0.parquet");
    assert_eq!(manifest.table("regions").unwrap().rows, 3);
    assert_eq!(second.files("projects").len(), 2);
    assert!(second.id().starts_with("2-"));
    assert_eq!(read(&layout).as_deref(), Some("two"));
    // the unchanged part is the same file on disk, and the parent is untouched
    use std::os::unix::fs::MetadataExt;
    let inode = |snapshot: &Snapshot| fs::metadata(&snapshot.files("regions")[0]).unwrap().ino();
    assert_eq!(inode(&first), inode(&second));
    assert!(verify(&first, Depth::Hashes).is_empty());
    assert_eq!(generation(&layout, 1, Depth::Hashes).unwrap().manifest_blake3(), first.manifest_blake3());
    assert!(matches!(generation(&layout, 9, Depth::Sizes), Err(LakeError::NoGeneration(9))));
    assert!(verify_chain(&layout).unwrap().is_empty());
    assert_eq!(fs::read_dir(layout.staging()).unwrap().count(), 0);
}

#[test]
fn failing_checks_publish_nothing_and_previews_read_the_staged_files() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let mut lock = LakeLock::try_take(&layout, "test").unwrap().unwrap();
    let mut publication = Publication::begin(&mut lock, None).unwrap();
    publication.table("projects", vec![]).unwrap();
    assert!(publication.table("projects", vec![]).is_err());
    assert!(publication.table("../x", vec![]).is_err());
    assert!(publication.new_part("projects", Some("a/b")).is_err());
    assert!(publication.new_part("milestones", None).is_err());
    let slot = publication.new_part("projects", None).unwrap();
    fs::write(slot.path(), "staged").unwrap();
    publication.add_part(slot, 5).unwrap();
    let mut failing = facts("x");
    failing.checks.passed = 1;
    let preview = publication.preview(&failing);
    assert_eq!(preview.table("projects").unwrap().rows, 5);
    assert_eq!(fs::read_to_string(&preview.files("projects")[0]).unwrap(), "staged");
    let error = publication.seal(failing).unwrap_err();
    assert_eq!(error.to_string(), "1 of 2 checks failed, nothing was published");
    assert!(latest(&layout, Depth::Manifest).unwrap().is_none());
    assert_eq!(fs::read_dir(layout.staging()).unwrap().count(), 0);
}

/// Fails the k-th disk operation of a publish.
#[derive(Debug)]
struct FailAt {
    left: AtomicUsize,
}

impl Faults for FailAt {
    fn reach(&self, _step: Step) -> io::Result<()> {
        match self.left.fetch_sub(1, Ordering::SeqCst) {
            1 => Err(io::Error::from(io::ErrorKind::StorageFull)),
            _ => Ok(()),
        }
    }
}

#[test]
fn every_failing_operation_leaves_the_old_generation_and_a_clean_rerun() {
    let mut failures = 0;
    for k in 1..100 {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        publish(&layout, "old");
        let faults = Arc::new(FailAt { left: AtomicUsize::new(k) });
        match publish_with(&layout, "new", faults.clone()) {
            // beyond the last step, or the step after which a failure no longer matters
            Ok(_) => assert_eq!(read(&layout).as_deref(), Some("new")),
            Err(LakeError::NotDurable { generation: 2, .. }) => {
                failures += 1;
                assert_eq!(read(&layout).as_deref(), Some("new"));
            }
            Err(error) => {
                failures += 1;
                assert!(error.is_disk_full(), "{error}");
                assert_eq!(read(&layout).as_deref(), Some("old"));
            }
        }
        publish(&layout, "next");
        assert_eq!(read(&layout).as_deref(), Some("next"));
        assert!(verify_chain(&layout).unwrap().is_empty());
        assert_eq!(fs::read_dir(layout.staging()).unwrap().count(), 0);
        if faults.left.load(Ordering::SeqCst) < usize::MAX / 2 && faults.left.load(Ordering::SeqCst) > 0 {
            assert!(failures >= 12, "only {failures} operations can fail");
            return;
        }
    }
    panic!("a publish never ended");
}

/// Not a test of its own: the process that the next test kills.
#[test]
fn publishing_child() {
    let Ok(folder) = std::env::var("QUNLIAN_TEST_FOLDER") else { return };
    let layout = Layout::open(folder).unwrap();
    let faults = qunlian_lake::fault::from_environment();
    publish_with(&layout, "new", faults).unwrap();
}

#[test]
fn killed_at_every_named_point_the_next_run_repairs() {
    for step in Step::ALL {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        publish(&layout, "old");
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "publishing_child", "--test-threads=1"])
            .env("QUNLIAN_TEST_FOLDER", folder.path())
            .env("QUNLIAN_STOP_AT", step.name())
            .output()
            .unwrap();
        assert!(!output.status.success(), "{} was never reached", step.name());
        let expect = if step.is_visible() { "new" } else { "old" };
        assert_eq!(read(&layout).as_deref(), Some(expect), "killed at {}", step.name());
        let next = publish(&layout, "next");
        assert_eq!(read(&layout).as_deref(), Some("next"), "after {}", step.name());
        assert_eq!(next.generation(), if step.is_visible() { 3 } else { 2 });
        assert_eq!(fs::read_dir(layout.staging()).unwrap().count(), 0, "after {}", step.name());
        let hidden = fs::read_dir(layout.manifests()).unwrap().flatten();
        assert!(hidden.into_iter().all(|entry| !entry.file_name().to_string_lossy().starts_with('.')));
    }
}

fn flip_byte(path: &Path, index: usize) {
    let mut bytes = fs::read(path).unwrap();
    let index = index % bytes.len();
    bytes[index] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

#[test]
fn any_flipped_byte_of_the_newest_generation_is_found_and_the_last_good_one_served() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    publish(&layout, "old");
    let newest = publish(&layout, "new");
    // `regions` is shared with the parent: damage there would spoil both
    let mut files = newest.files("projects");
    files.push(layout.manifest(2));
    for file in &files {
        for index in 0..fs::metadata(file).unwrap().len() as usize {
            let good = fs::read(file).unwrap();
            flip_byte(file, index);
            let found = survey(&layout, Depth::Hashes).unwrap();
            assert_eq!(found.good.as_ref().map(Snapshot::generation), Some(1), "{file:?} byte {index}");
            assert!(found.is_fallback());
            assert_eq!(found.damaged[0].generation, 2);
            fs::write(file, good).unwrap();
        }
    }
    assert!(!survey(&layout, Depth::Hashes).unwrap().is_fallback());
    fs::remove_file(&files[0]).unwrap();
    let found = survey(&layout, Depth::Sizes).unwrap();
    assert_eq!(found.damaged[0].kind.id(), "missing");
    assert_eq!(read(&layout).as_deref(), Some("old"));
    // repair: the next build stands upon the good one and the damaged one is passed over
    let repaired = publish(&layout, "repaired");
    assert_eq!(repaired.generation(), 3);
    assert_eq!(repaired.manifest().parent.as_ref().unwrap().generation, 1);
    assert!(!survey(&layout, Depth::Hashes).unwrap().is_fallback());
}

#[test]
fn a_replaced_parent_manifest_is_reported_but_the_child_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    publish(&layout, "one");
    publish(&layout, "two");
    // a well-formed forgery: another lake's first manifest
    let other_folder = tempfile::tempdir().unwrap();
    let other = Layout::open(other_folder.path()).unwrap();
    publish(&other, "forged");
    fs::copy(other.manifest(1), layout.manifest(1)).unwrap();
    let found = survey(&layout, Depth::Sizes).unwrap();
    assert_eq!(found.good.as_ref().map(Snapshot::generation), Some(2));
    assert!(!found.is_fallback());
    assert_eq!(found.damaged[0].kind.id(), "replaced");
    assert_eq!(verify_chain(&layout).unwrap().len(), 1);
}

#[test]
fn retention_frees_what_no_kept_generation_shares() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    for text in ["aa", "bb", "cc", "dd", "ee"] {
        publish(&layout, text);
    }
    let mut lock = LakeLock::try_take(&layout, "retain_lake").unwrap().unwrap();
    pin(&mut lock, 2, "2022 年一季度已结账").unwrap();
    assert!(pin(&mut lock, 77, "no such").is_err());
    let policy = Policy { keep_last: 1, daily_days: 0, ..Policy::default() };
    let done = retire(&mut lock, &policy, moment(86_400 * 40)).unwrap();
    assert_eq!((done.kept, done.retired), (vec![2, 4, 5], vec![1, 3]));
    // two project parts each: "suixi aa" + "xiangshan aa"; `regions` is shared and frees nothing
    assert_eq!(done.bytes_freed, 2 * (8 + 12));
    assert!(!layout.generation(1).exists() && layout.retired_manifest(1).exists());
    assert!(verify_chain(&layout).unwrap().is_empty(), "the chain stays whole across retired manifests");
    drop(lock);
    assert_eq!(publish(&layout, "ff").generation(), 6);
    let mut lock = LakeLock::try_take(&layout, "retain_lake").unwrap().unwrap();
    let again = retire(&mut lock, &policy, moment(86_400 * 40)).unwrap();
    assert_eq!((again.kept, again.retired), (vec![2, 5, 6], vec![4]));
    flip_byte(&layout.retired_manifest(3), 40);
    assert_eq!(verify_chain(&layout).unwrap().len(), 2, "its seal and its child's bond");
}

#[test]
fn lost_manifests_do_not_cost_the_data_too() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    for text in ["one", "two", "three"] {
        publish(&layout, text);
    }
    for number in 1..=3 {
        fs::remove_file(layout.manifest(number)).unwrap();
    }
    let lock = LakeLock::try_take(&layout, "test").unwrap().unwrap();
    let recovered = qunlian_lake::recover::recover(&lock).unwrap();
    assert_eq!((recovered.generations, recovered.unexplained), (vec![], vec![1, 2, 3]));
    drop(lock);
    assert_eq!(publish(&layout, "four").generation(), 4);
    assert_eq!(read(&layout).as_deref(), Some("four"));
}

#[derive(Debug, Clone)]
enum Act {
    Publish,
    FailAt(usize),
    Retire(usize),
    DamageNewest,
    LeaveRubbish,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Publish),
        3 => (1..20_usize).prop_map(Act::FailAt),
        1 => (1..4_usize).prop_map(Act::Retire),
        1 => Just(Act::DamageNewest),
        1 => Just(Act::LeaveRubbish),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order, readers see the last publish that succeeded and was not damaged.
    #[test]
    fn readers_see_the_last_good_publish(acts in prop::collection::vec(act(), 1..14)) {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        let mut good: Vec<(u64, String)> = Vec::new();
        for (index, act) in acts.iter().enumerate() {
            let text = format!("text {index}");
            match act {
                Act::Publish => {
                    let published = publish(&layout, &text);
                    prop_assert!(good.last().is_none_or(|last| last.0 < published.generation()));
                    good.push((published.generation(), text));
                }
                Act::FailAt(k) => {
                    let faults = Arc::new(FailAt { left: AtomicUsize::new(*k) });
                    match publish_with(&layout, &text, faults) {
                        Ok(published) => good.push((published.generation(), text)),
                        Err(LakeError::NotDurable { generation, .. }) => good.push((generation, text)),
                        Err(_) => {}
                    }
                }
                Act::Retire(keep_last) => {
                    let mut lock = LakeLock::try_take(&layout, "retain").unwrap().unwrap();
                    let policy = Policy { keep_last: *keep_last, daily_days: 0, ..Policy::default() };
                    let done = retire(&mut lock, &policy, moment(0)).unwrap();
                    good.retain(|(number, _)| !done.retired.contains(number));
                }
                Act::DamageNewest => {
                    if let Some((number, _)) = good.pop() {
                        let snapshot = generation(&layout, number, Depth::Manifest).unwrap();
                        flip_byte(&snapshot.files("projects")[0], index);
                    }
                }
                Act::LeaveRubbish => {
                    fs::create_dir_all(layout.generation(900 + index as u64)).unwrap();
                    fs::create_dir_all(layout.staging().join("lake-5/gen/5")).unwrap();
                    fs::write(layout.manifests().join(".5.tmp"), "half").unwrap();
                }
            }
            prop_assert_eq!(read(&layout), good.last().map(|(_, text)| text.clone()));
        }
    }
}
