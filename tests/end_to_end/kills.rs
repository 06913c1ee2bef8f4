//! Killing a publish at every named point: readers see the old generation or the new one, and the next run repairs.

use std::process::Command;

use crate::support::{Folder, PROGRAM};

/// The steps of a publish, as the lake names them.
fn steps() -> Vec<String> {
    qunlian_lake::fault::Step::ALL.iter().map(|step| step.name().to_owned()).collect()
}

#[test]
fn a_killed_publish_changes_nothing_and_the_next_run_repairs() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let total = "select count(*) from milestones where year = 2022";
    let expected = folder.number(Some("2022-05-31"), total);
    let mut killed = 0;
    for step in steps() {
        let before = folder.newest_generation().unwrap();
        let child = Command::new(PROGRAM)
            .args(["job", "build_lake", "--full", "--today", "2022-05-31", "--data"])
            .arg(folder.data())
            .env("QUNLIAN_STOP_AT", &step)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let status = wait(child);
        if status.success() {
            // A step that this build does not pass, such as linking a part when all are made anew.
            continue;
        }
        killed += 1;
        let now = folder.newest_generation().unwrap();
        assert!(now == before || now == before + 1, "{step}");
        assert_eq!(folder.number(Some("2022-05-31"), total), expected, "after a kill at {step}");
        folder.run(&["run", "build_lake", "--full"]);
        assert!(folder.newest_generation().unwrap() > before, "{step}");
        assert!(folder.run(&["check"]).contains("whole"), "{step}");
        let left = std::fs::read_dir(folder.data().join("staging")).unwrap().count();
        assert_eq!(left, 0, "staging is clean after {step}");
    }
    assert!(killed >= 5, "only {killed} steps were reached");
}

/// Keeps the child's stdin open while waiting: closing it would tell the child that its parent is gone.
fn wait(mut child: std::process::Child) -> std::process::ExitStatus {
    let stdin = child.stdin.take();
    let status = child.wait().unwrap();
    drop(stdin);
    status
}
