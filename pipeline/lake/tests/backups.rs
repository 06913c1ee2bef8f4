//! Backups: whole or refused, with the place of the damage; restored to equal bytes.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_lake::backup::{Contents, Draft, LIST, Source, files_below, generations, read, restore, verify};
use qunlian_lake::retain::pin;
use qunlian_lake::{Checks, Column, Depth, Facts, LakeError, LakeLock, Layout, Publication, generation, latest, verify_chain};

fn moment() -> DateTime<Utc> {
    DateTime::from_timestamp(1_654_000_000, 0).unwrap()
}

fn publish(layout: &Layout, text: &str) {
    let mut lock = LakeLock::wait(layout, "test", None, |_| {}).unwrap();
    let parent = latest(layout, Depth::Hashes).unwrap();
    let mut publication = Publication::begin(&mut lock, parent).unwrap();
    publication.table("projects", vec![Column { column: "id".into(), kind: "text".into() }]).unwrap();
    let slot = publication.new_part("projects", Some("suixi")).unwrap();
    fs::write(slot.path(), text).unwrap();
    publication.add_part(slot, 1).unwrap();
    let facts = Facts {
        published_at: moment(),
        data_date: NaiveDate::from_ymd_opt(2022, 5, 31).unwrap(),
        rule_version: "rules".into(),
        inputs: vec![],
        inputs_fingerprint: text.into(),
        checks: Checks { passed: 1, all: 1, names: vec!["sums".into()] },
        pinned: None,
    };
    publication.seal(facts).unwrap();
}

/// A data folder with three generations, the first of them pinned, and one original.
fn data_folder(parent: &Path) -> Layout {
    let layout = Layout::open(parent.join("data")).unwrap();
    for text in ["one", "two", "three"] {
        publish(&layout, text);
    }
    let mut lock = LakeLock::wait(&layout, "test", None, |_| {}).unwrap();
    pin(&mut lock, 1, "第一季度已结账").unwrap();
    fs::write(parent.join("sent.xlsx"), "workbook").unwrap();
    qunlian_lake::archive::keep(&layout, &parent.join("sent.xlsx")).unwrap();
    layout
}

fn back_up(layout: &Layout, target: &Path) -> Result<(PathBuf, Contents), LakeError> {
    let lock = LakeLock::wait(layout, "backup", None, |_| {})?;
    let mut draft = Draft::begin(target)?;
    let (newest, lake) = generations(&lock)?;
    for source in lake.into_iter().chain(files_below(layout, &layout.archive())?) {
        draft.copy(&source)?;
    }
    fs::write(draft.place("books.sqlite")?, "books").unwrap();
    draft.keep("books.sqlite")?;
    draft.seal(Contents::new(moment(), "0.1.0", newest, None), &mut |_, _| {})
}

fn no_leftovers(parent: &Path) {
    let hidden: Vec<_> = fs::read_dir(parent).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!hidden.iter().any(|name| name.to_string_lossy().starts_with('.')), "{hidden:?}");
}

#[test]
fn what_is_restored_is_what_was_kept() {
    let parent = tempfile::tempdir().unwrap();
    let layout = data_folder(parent.path());
    let (folder, contents) = back_up(&layout, &parent.path().join("copy")).unwrap();
    assert_eq!(contents.generation, Some(3));
    assert_eq!(read(&folder).unwrap(), contents);
    let mut shown = Vec::new();
    let (data, restored) = restore(&folder, &parent.path().join("new/data"), &mut |done, total| shown.push((done, total))).unwrap();
    assert_eq!(restored, contents);
    assert_eq!(shown.last(), Some(&(2 * contents.bytes(), 2 * contents.bytes())));
    let back = Layout::open(&data).unwrap();
    for number in [1, 3] {
        let (old, new) = (generation(&layout, number, Depth::Hashes).unwrap(), generation(&back, number, Depth::Hashes).unwrap());
        assert_eq!(old.manifest(), new.manifest(), "the newest and the pinned one are there");
    }
    assert!(generation(&back, 2, Depth::Sizes).is_err(), "the one between is retired");
    assert_eq!(verify_chain(&back).unwrap(), []);
    assert_eq!(files_below(&back, &back.archive()).unwrap().len(), 1);
    publish(&back, "four");
    assert_eq!(latest(&back, Depth::Hashes).unwrap().unwrap().generation(), 4, "numbers go on");
    assert!(fs::metadata(&folder).unwrap().permissions().mode() & 0o077 == 0, "nobody else may read it");
    no_leftovers(parent.path());
}

#[test]
fn a_copy_shares_no_file_with_its_source() {
    let parent = tempfile::tempdir().unwrap();
    let layout = data_folder(parent.path());
    let (folder, contents) = back_up(&layout, &parent.path().join("copy")).unwrap();
    for file in &contents.files {
        assert_eq!(fs::metadata(folder.join(&file.path)).unwrap().nlink(), 1, "{}", file.path);
    }
}

#[test]
fn one_flipped_byte_anywhere_is_refused_with_its_place() {
    let parent = tempfile::tempdir().unwrap();
    let layout = data_folder(parent.path());
    let (folder, contents) = back_up(&layout, &parent.path().join("copy")).unwrap();
    let names: Vec<&str> = contents.files.iter().map(|file| file.path.as_str()).chain([LIST]).collect();
    assert!(names.len() > 6, "{names:?}");
    for name in names {
        let path = folder.join(name);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        bad[good.len() / 2] ^= 0x04;
        fs::write(&path, &bad).unwrap();
        let target = parent.path().join("restored");
        let error = restore(&folder, &target, &mut |_, _| {}).unwrap_err();
        assert!(matches!(error, LakeError::BackupDamaged { .. }) && error.to_string().contains(name), "{name}: {error}");
        assert!(error.hint().is_some() && !target.exists(), "{name}");
        fs::write(&path, good).unwrap();
    }
    fs::remove_file(folder.join("books.sqlite")).unwrap();
    let faults = verify(&folder, &contents, &mut |_, _| {});
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].to_string(), "books.sqlite: the file is missing");
    no_leftovers(parent.path());
}

#[test]
fn a_full_folder_and_a_folder_that_is_no_backup_are_refused() {
    let parent = tempfile::tempdir().unwrap();
    let layout = data_folder(parent.path());
    let (folder, _) = back_up(&layout, &parent.path().join("copy")).unwrap();
    assert!(matches!(back_up(&layout, &folder), Err(LakeError::NotEmpty(_))));
    assert!(matches!(restore(&folder, layout.root(), &mut |_, _| {}), Err(LakeError::NotEmpty(_))));
    let empty = parent.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let error = restore(&empty, &parent.path().join("x"), &mut |_, _| {}).unwrap_err();
    assert!(error.to_string().contains("this is no backup"), "{error}");
    restore(&folder, &empty, &mut |_, _| {}).unwrap();
}

#[test]
fn names_cannot_lead_out_and_a_damaged_source_is_not_kept() {
    let parent = tempfile::tempdir().unwrap();
    let layout = data_folder(parent.path());
    let mut draft = Draft::begin(&parent.path().join("copy")).unwrap();
    for name in ["../x", "/etc/passwd", "", "a/../../x", LIST] {
        let source = Source { file: parent.path().join("sent.xlsx"), name: name.into() };
        assert!(matches!(draft.copy(&source), Err(LakeError::Name { .. })), "{name:?}");
    }
    drop(draft);
    let original = files_below(&layout, &layout.archive()).unwrap().remove(0);
    fs::write(&original.file, "w0rkbook").unwrap();
    assert!(matches!(back_up(&layout, &parent.path().join("copy")), Err(LakeError::SourceDamaged(_))));
    no_leftovers(parent.path());
}
