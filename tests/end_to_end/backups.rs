//! Backups of a folder in use, restored to equal figures; and the audit log on the command line.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::support::server::Server;
use crate::support::{Folder, PROGRAM, files_below, words};

const FIGURES: &str =
    "select carrier_id, milestone, year, count(*) as n from milestones group by carrier_id, milestone, year order by 1, 2, 3";

/// `qunlian backup` of a folder; gives the copy's folder and the head it printed.
fn back_up(folder: &Folder) -> (String, String) {
    let said = folder.run(&["backup", "--to", folder.dir.path().join("copies").to_str().unwrap()]);
    let mut lines = said.lines();
    let copy = lines.next().unwrap().to_owned();
    let head = lines.next().unwrap().rsplit(' ').next().unwrap().to_owned();
    (copy, head)
}

/// `qunlian audit …` over a folder.
pub fn audit(folder: &Folder, args: &[&str], code: i32) -> String {
    let output = Command::new(PROGRAM).arg("audit").args(args).arg("--data").arg(folder.data()).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {}", words(&output));
    String::from_utf8(if code == 0 { output.stdout } else { output.stderr }).unwrap()
}

/// `qunlian restore` into a new folder; gives the folder and what became of it.
fn restore(from: &str, parent: &Folder) -> (Folder, std::process::Output) {
    let restored = Folder { dir: tempfile::tempdir_in(parent.dir.path()).unwrap() };
    let output = Command::new(PROGRAM).args(["restore", "--from", from, "--data"]).arg(restored.data()).output().unwrap();
    (restored, output)
}

#[test]
fn a_backup_taken_while_a_server_runs_and_people_write_restores_to_equal_figures() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    std::fs::create_dir(folder.dir.path().join("copies")).unwrap();
    std::fs::write(folder.data().join("qunlian.toml"), "[retention]\nkeep_last = 7\n").unwrap();
    let server = Server::start(&folder);
    let project = folder.sql(None, "select project_id from projects where known_until is null order by 1 limit 1");
    let project = project[0][0].as_str().unwrap().to_owned();
    folder.run(&["decide", &project, "--chain", "lv-ji", "--reason", "实地核查", "--by", "测试"]);
    let stop = AtomicBool::new(false);
    let (copy, head) = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                folder.run(&["decide", &project, "--chain", "lv-ji", "--reason", "再次核查", "--by", "测试"]);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let made = back_up(&folder);
        stop.store(true, Ordering::Relaxed);
        made
    });
    assert_eq!(server.json("/healthz")["ok"], true);
    let (again, second_head) = back_up(&folder);
    assert_ne!(copy, again, "each copy has a name of its own");
    assert_ne!(head, second_head, "the first backup left a record, which the second holds");
    let (restored, output) = restore(&again, &folder);
    assert!(output.status.success(), "{}", words(&output));
    assert_eq!(restored.sql(None, FIGURES), folder.sql(None, FIGURES));
    assert_eq!(restored.sql(Some("2022-03-31"), FIGURES), folder.sql(Some("2022-03-31"), FIGURES));
    assert_eq!(restored.run(&["decide"]), folder.run(&["decide"]), "decisions are those of the books");
    assert!(restored.run(&["check"]).contains("whole"));
    audit(&restored, &["verify", "--head", &second_head], 0);
    assert!(audit(&restored, &["list", "--action", "restore"], 0).contains(&second_head), "the restoring is recorded");
    restored.run(&["run", "build_lake"]);
    assert_eq!(restored.sql(None, FIGURES), folder.sql(None, FIGURES), "its originals build the same figures");
    let (first, output) = restore(&copy, &folder);
    assert!(output.status.success(), "{}", words(&output));
    audit(&first, &["verify"], 0);
    assert_eq!(std::fs::read_to_string(first.data().join("qunlian.toml")).unwrap(), "[retention]\nkeep_last = 7\n");
    let refused = folder.command(&["backup", "--to"]).arg(folder.data().join("inside")).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
}

#[test]
fn one_flipped_byte_in_a_backup_is_refused_with_its_place() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    std::fs::create_dir(folder.dir.path().join("copies")).unwrap();
    let (copy, _) = back_up(&folder);
    let books = std::path::Path::new(&copy).join("books.sqlite");
    let parts = files_below(&std::path::Path::new(&copy).join("lake/gen"));
    for file in [&books, &parts[parts.len() / 2], &std::path::Path::new(&copy).join("backup.json")] {
        let good = std::fs::read(file).unwrap();
        let mut bad = good.clone();
        bad[good.len() / 3] ^= 1;
        std::fs::write(file, bad).unwrap();
        let (restored, output) = restore(&copy, &folder);
        assert_eq!(output.status.code(), Some(2), "{}", words(&output));
        let name = file.strip_prefix(&copy).unwrap().to_string_lossy().into_owned();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(&name) && said.contains("hint:"), "{name}: {said}");
        assert!(!restored.data().exists(), "nothing was restored");
        std::fs::write(file, good).unwrap();
    }
    let (restored, output) = restore(&copy, &folder);
    assert!(output.status.success(), "{}", words(&output));
    let output = Command::new(PROGRAM).args(["restore", "--from", &copy, "--data"]).arg(restored.data()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "a folder in use is not overwritten: {}", words(&output));
}

#[test]
fn the_audit_log_is_verified_and_listed_on_the_console() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    std::fs::create_dir(folder.dir.path().join("copies")).unwrap();
    audit(&folder, &["verify", "--head", "nonsense"], 2);
    back_up(&folder);
    let head = audit(&folder, &["head"], 0).trim().to_owned();
    back_up(&folder);
    assert!(audit(&folder, &["verify", "--head", &head], 0).starts_with("whole: "));
    let other = format!("{}:{}", head.split(':').next().unwrap(), "0".repeat(64));
    assert!(audit(&folder, &["verify", "--head", &other], 1).contains("rewritten"));
    assert!(audit(&folder, &["verify", "--head", &format!("999:{}", "0".repeat(64))], 1).contains("shortened"));
    let listed = audit(&folder, &["list", "--action", "backup", "--limit", "1"], 0);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    assert!(listed.contains("\tconsole\tbackup\t"), "{listed}");
    audit(&folder, &["list", "--action", "nonsense"], 2);
    spoil(&folder);
    let said = audit(&folder, &["verify"], 1);
    assert!(said.contains("audit log, record "), "{said}");
    assert!(folder.fail(&["check"], 1).contains("faults found"));
}

/// One letter of a record, changed in the file itself: it stands there as text.
fn spoil(folder: &Folder) {
    let path = folder.data().join("books.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    let needle = b"consoleconsolebackup";
    let at = bytes.windows(needle.len()).position(|window| window == needle).expect("a record of a backup lies in the file");
    bytes[at] = b'C';
    std::fs::write(&path, bytes).unwrap();
}
