//! Every slot has one recorded outcome: across downtime, two runners, dead children, limits and clock jumps.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::HashMap;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use qunlian_jobs::{FollowUp, Runner};
use qunlian_registry::{CatchUp, Cause, Claimed, JobBoard, JobBooks, Origin, RunOutcome, SlotClaim, SlotOutcome, SlotState};
use support::{Hall, RECORD, at, job, ring};

fn hourly(catch_up: CatchUp) -> Hall {
    Hall::new("2022-05-31T02:00:00Z", vec![job("build_lake", "10 * * * *", catch_up)], RECORD)
}

#[tokio::test]
async fn nothing_is_caught_up_from_before_the_first_start() {
    let hall = hourly(CatchUp::RunAll);
    let runner = hall.runner();
    assert_eq!(ring(&runner).await, 0);
    assert!(hall.slots("build_lake").is_empty());
    hall.pass(9);
    assert_eq!(ring(&runner).await, 0);
    hall.pass(1);
    assert_eq!(ring(&runner).await, 1);
    assert_eq!(ring(&runner).await, 0, "a slot runs once");
    assert_eq!(hall.slots("build_lake"), ["02:10 done"]);
    assert_eq!(hall.log(), ["2022-05-31T02:10:00+00:00"]);
}

/// The stopped server of issue 2: three slots pass, then it starts again.
async fn three_missed(catch_up: CatchUp, back_at: i64) -> Hall {
    let hall = hourly(catch_up);
    let before = hall.runner();
    ring(&before).await;
    before.stop().await;
    hall.pass(back_at);
    let after = hall.runner();
    while ring(&after).await > 0 {}
    hall
}

#[tokio::test]
async fn three_missed_slots_have_three_outcomes_and_one_build() {
    let hall = three_missed(CatchUp::RunOnceLatest, 150).await;
    assert_eq!(hall.slots("build_lake"), ["02:10 superseded", "03:10 superseded", "04:10 done"]);
    assert_eq!(hall.log().len(), 1);
}

#[tokio::test]
async fn missed_slots_run_all_or_none_where_the_policy_says_so() {
    let hall = three_missed(CatchUp::RunAll, 150).await;
    assert_eq!(hall.slots("build_lake"), ["02:10 done", "03:10 done", "04:10 done"]);
    assert_eq!(hall.log().len(), 3);
    let skipped = "skipped_by_policy";
    let hall = three_missed(CatchUp::Skip, 150).await;
    assert_eq!(hall.slots("build_lake"), ["02:10", "03:10", "04:10"].map(|slot| format!("{slot} {skipped}")));
    let hall = three_missed(CatchUp::Skip, 133).await;
    assert_eq!(hall.slots("build_lake")[2], "04:10 done", "three minutes late is not missed");
}

#[tokio::test]
async fn two_runners_on_one_folder_run_each_slot_once() {
    let hall = hourly(CatchUp::RunOnceLatest);
    let runners = [hall.runner(), hall.runner()];
    ring(&runners[0]).await;
    for _ in 0..12 {
        hall.pass(60);
        let started = tokio::join!(ring(&runners[0]), ring(&runners[1]));
        assert_eq!(started.0 + started.1, 1);
    }
    let slots = hall.slots("build_lake");
    assert_eq!(slots.len(), 12);
    assert!(slots.iter().all(|slot| slot.ends_with("done")), "{slots:?}");
    assert_eq!(hall.log().len(), 12);
}

#[tokio::test]
async fn a_killed_child_leaves_a_retried_run() {
    let mut hall = hourly(CatchUp::RunOnceLatest);
    let script = r#"echo '{"progress":{"done":4,"total":9,"label":"归链"}}'
        if [ "$ATTEMPT" = 1 ]; then kill -9 $$; fi
        echo '{"result":{"generation":5}}'"#;
    hall.scripts.scripts.insert("build_lake", script.to_owned());
    let runner = hall.runner();
    ring(&runner).await;
    hall.pass(10);
    ring(&runner).await;
    assert_eq!(hall.runs("build_lake"), ["1 retried killed"]);
    assert_eq!(hall.slots("build_lake"), ["02:10 waiting"]);
    assert_eq!(ring(&runner).await, 0, "not before its wait is over");
    hall.pass(1);
    ring(&runner).await;
    assert_eq!(hall.runs("build_lake"), ["1 retried killed", "2 done -"]);
    assert_eq!(hall.slots("build_lake"), ["02:10 done"]);
    let runs = hall.store().runs(None, 2).unwrap();
    assert_eq!(runs[0].result, Some(serde_json::json!({ "generation": 5 })));
    assert_eq!(runs[1].progress.as_ref().map(|progress| progress.label.as_str()), Some("归链"));
}

#[tokio::test]
async fn failures_are_retried_with_growing_waits_and_then_recorded() {
    let mut hall = hourly(CatchUp::RunOnceLatest);
    let script = r#"echo "row 14 of 签约.xlsx: 联系电话 13812345678" >&2; exit 1"#;
    hall.scripts.scripts.insert("build_lake", script.to_owned());
    let runner = hall.runner();
    ring(&runner).await;
    hall.pass(10);
    for _ in 0..4 {
        ring(&runner).await;
        hall.pass(2);
    }
    assert_eq!(hall.runs("build_lake"), ["1 retried error", "2 retried error", "3 failed error"]);
    assert_eq!(hall.slots("build_lake"), ["02:10 failed"]);
    let message = hall.store().runs(None, 1).unwrap().remove(0).message;
    assert_eq!(message, "exit status: 1\nrow 14 of 签约.xlsx: 联系电话 138****5678");
}

#[tokio::test]
async fn unusable_input_is_not_tried_again_and_its_words_are_kept() {
    let mut hall = hourly(CatchUp::RunOnceLatest);
    let script = r#"echo '{"error":{"message":"no landing folder","hint":"import a workbook"}}'; exit 2"#;
    hall.scripts.scripts.insert("build_lake", script.to_owned());
    let runner = hall.runner();
    ring(&runner).await;
    hall.pass(10);
    ring(&runner).await;
    assert_eq!(hall.runs("build_lake"), ["1 failed unusable"]);
    assert_eq!(hall.store().runs(None, 1).unwrap()[0].message, "no landing folder\nhint: import a workbook");
}

#[tokio::test]
async fn deadline_and_memory_limit_end_a_run_and_its_children() {
    let mut hall =
        Hall::new("2022-05-31T02:00:00Z", vec![job("slow", "10 * * * *", CatchUp::RunAll), job("fat", "10 * * * *", CatchUp::RunAll)], "");
    hall.jobs[0].limits.seconds = 5;
    hall.jobs[1].limits.memory_bytes = 64 << 20;
    for job in &mut hall.jobs {
        job.retries.attempts = 1;
    }
    // the grandchild must die too
    let slow = r#"sh -c 'echo $$ >> "$LOG"; sleep 600; echo survived >> "$LOG"' & wait"#;
    hall.scripts.scripts.insert("slow", slow.to_owned());
    hall.scripts.scripts.insert(
        "fat",
        r#"exec awk 'BEGIN { s = "x"; while (length(s) < 1000000) s = s s; while (n < 600) t[n++] = s n; system("sleep 600") }'"#
            .to_owned(),
    );
    let runner = hall.runner();
    ring(&runner).await;
    hall.pass(10);
    let started = std::time::Instant::now();
    assert_eq!(ring(&runner).await, 2);
    assert!(started.elapsed() < Duration::from_secs(120));
    assert_eq!(hall.runs("slow"), ["1 failed deadline"]);
    assert_eq!(hall.runs("fat"), ["1 failed memory"]);
    let grandchild = &hall.log()[0];
    tokio::time::sleep(Duration::from_millis(200)).await;
    let status = std::fs::read_to_string(format!("/proc/{grandchild}/status")).unwrap_or_default();
    assert!(status.is_empty() || status.contains("State:\tZ"), "{status}");
}

#[tokio::test]
async fn a_child_that_cannot_start_is_recorded() {
    #[derive(Debug)]
    struct Nowhere;
    impl qunlian_jobs::Spawner for Nowhere {
        fn command(&self, _: &qunlian_jobs::RunOrder) -> tokio::process::Command {
            tokio::process::Command::new("/nonexistent/qunlian")
        }
    }
    let hall = hourly(CatchUp::RunOnceLatest);
    let (store, clock) = (std::sync::Arc::new(hall.store()), hall.clock.clone());
    let mut config = qunlian_jobs::RunnerConfig::new(store, clock, std::sync::Arc::new(Nowhere));
    config.jobs = hall.jobs.clone();
    let runner = Runner::new(config).unwrap();
    ring(&runner).await;
    hall.pass(10);
    ring(&runner).await;
    assert_eq!(hall.runs("build_lake"), ["1 retried spawn"]);
}

#[tokio::test]
async fn clock_jumps_run_nothing_twice_and_lose_nothing() {
    let hall = hourly(CatchUp::RunOnceLatest);
    let runner = hall.runner();
    ring(&runner).await;
    hall.pass(135); // 04:15
    ring(&runner).await;
    assert_eq!(hall.log().len(), 1);
    hall.clock.jump_to(at("2022-05-31T02:30:00Z"));
    for _ in 0..7 {
        ring(&runner).await;
        hall.pass(15); // … 04:15 again
    }
    assert_eq!(hall.log().len(), 1, "these slots have their outcomes");
    hall.pass(60);
    ring(&runner).await;
    assert_eq!(hall.log().len(), 2);
    let expect = ["02:10 superseded", "03:10 superseded", "04:10 done", "05:10 done"];
    assert_eq!(hall.slots("build_lake"), expect);
    // a year ahead by mistake, and back: what was recorded stays, today goes on
    hall.clock.jump_to(at("2023-05-31T00:00:00Z"));
    while runner.tick().await.unwrap() == 0 {}
    runner.settle().await;
    assert_eq!(hall.log().len(), 3);
    hall.clock.jump_to(at("2022-05-31T06:00:00Z"));
    ring(&runner).await;
    let slots = hall.store().slots(None, 100_000).unwrap();
    assert_eq!(slots.len(), 4 + 365 * 24 - 6, "05:10 of today to 23:10 UTC of the day before, a year on");
    assert!(slots.iter().all(|slot| slot.outcome.is_some()));
}

#[tokio::test]
async fn a_clock_that_stood_wrong_at_the_first_start_does_not_stop_the_schedule() {
    let hall = Hall::new("2099-01-01T00:00:00Z", vec![job("daily", "0 * * * *", CatchUp::RunOnceLatest)], RECORD);
    let runner = hall.runner();
    ring(&runner).await;
    hall.clock.jump_to(at("2022-05-31T02:30:00Z"));
    ring(&runner).await;
    hall.pass(30);
    assert_eq!(ring(&runner).await, 1);
    assert_eq!(hall.slots("daily"), ["03:00 done"]);
}

/// A lease whose holder this process cannot know to be dead.
fn foreign_claim(hall: &Hall) {
    let now = qunlian_jobs::Clock::now(&*hall.clock);
    let claim = SlotClaim {
        job: "build_lake".into(),
        slot: at("2022-05-31T02:10:00Z"),
        origin: Origin::Schedule,
        holder: "boot=elsewhere pid=1".into(),
        now,
        lease_until: now + TimeDelta::seconds(60),
    };
    assert!(matches!(hall.store().claim(&claim).unwrap(), Claimed::Won(_)));
}

#[tokio::test]
async fn a_silent_holder_is_taken_for_dead_after_a_whole_lease_whatever_the_wall_clock_says() {
    let hall = hourly(CatchUp::RunOnceLatest);
    let runner = hall.runner();
    ring(&runner).await;
    hall.pass(10);
    foreign_claim(&hall);
    assert_eq!(ring(&runner).await, 0);
    hall.clock.jump_to(at("2022-05-31T02:59:00Z"));
    assert_eq!(ring(&runner).await, 0, "a jump of the wall clock kills nobody");
    hall.clock.jump_to(at("2022-05-31T02:11:00Z"));
    hall.clock.pass(Duration::from_secs(61));
    assert_eq!(ring(&runner).await, 1);
    assert_eq!(hall.runs("build_lake"), ["1 retried holder_died", "2 done -"]);
    assert_eq!(hall.slots("build_lake"), ["02:10 done"]);
}

#[tokio::test]
async fn a_holder_that_is_surely_dead_is_not_waited_for() {
    let mut hall = hourly(CatchUp::RunOnceLatest);
    hall.scripts.scripts.insert("build_lake", "sleep 60".to_owned());
    let crashed = hall.runner();
    ring(&crashed).await;
    hall.pass(10);
    assert_eq!(crashed.tick().await.unwrap(), 1);
    let slot = hall.store().running().unwrap().remove(0);
    // the same lease, but held by a process of this boot that has ended
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    let (ours, theirs) = (format!("pid={}", std::process::id()), format!("pid={}", child.id()));
    let holder = slot.holder.unwrap().replace(&ours, &theirs);
    crashed.stop().await;
    let claim = SlotClaim {
        job: "build_lake".into(),
        slot: slot.slot,
        origin: Origin::Schedule,
        holder,
        now: slot.slot,
        lease_until: slot.slot + TimeDelta::hours(9),
    };
    assert!(matches!(hall.store().claim(&claim).unwrap(), Claimed::Won(_)));
    hall.scripts.scripts.insert("build_lake", RECORD.to_owned());
    let restarted = hall.runner();
    assert_eq!(ring(&restarted).await, 1);
    assert_eq!(hall.runs("build_lake"), ["1 retried stopped", "2 retried holder_died", "3 done -"]);
}

#[tokio::test]
async fn stopping_kills_the_child_and_the_slot_is_retried() {
    let mut hall = hourly(CatchUp::RunOnceLatest);
    hall.scripts.scripts.insert("build_lake", "sleep 60".to_owned());
    let runner = hall.runner();
    ring(&runner).await;
    hall.pass(10);
    assert_eq!(runner.tick().await.unwrap(), 1);
    let started = std::time::Instant::now();
    runner.stop().await;
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(hall.runs("build_lake"), ["1 retried stopped"]);
    hall.scripts.scripts.insert("build_lake", RECORD.to_owned());
    ring(&hall.runner()).await;
    assert_eq!(hall.slots("build_lake"), ["02:10 done"]);
}

#[tokio::test]
async fn a_lost_lease_kills_the_child() {
    let mut hall = hourly(CatchUp::RunOnceLatest);
    hall.scripts.scripts.insert("build_lake", "sleep 60".to_owned());
    hall.lease = Duration::from_millis(300);
    let runner = hall.runner();
    ring(&runner).await;
    hall.pass(10);
    assert_eq!(runner.tick().await.unwrap(), 1);
    let seen = hall.store().running().unwrap().remove(0);
    let end = qunlian_registry::End {
        now: seen.slot,
        ending: qunlian_registry::Ending::Failed,
        cause: Some(Cause::HolderDied),
        message: String::new(),
        progress: None,
        result: None,
    };
    assert!(hall.store().finish(&seen.lease().unwrap(), &end).unwrap());
    let settled = tokio::time::timeout(Duration::from_secs(10), runner.settle()).await;
    assert!(settled.is_ok(), "the child was not killed");
    assert_eq!(hall.runs("build_lake"), ["1 failed holder_died"], "the late holder records nothing");
}

fn ingest_then_build(new_rows: u32) -> Hall {
    let mut ingest = job("ingest_inbox", "*/5 * * * *", CatchUp::RunOnceLatest);
    let wanted = |result: &serde_json::Value| result["new_rows"].as_u64().is_some_and(|rows| rows > 0);
    ingest.follow_up = Some(FollowUp { job: "build_lake", wanted });
    let build = job("build_lake", "10 * * * *", CatchUp::RunOnceLatest);
    let mut hall = Hall::new("2022-05-31T02:12:00Z", vec![ingest, build], RECORD);
    let script = format!(r#"echo '{{"result":{{"new_rows":{new_rows}}}}}'"#);
    hall.scripts.scripts.insert("ingest_inbox", script);
    hall
}

#[tokio::test]
async fn new_rows_trigger_a_build_at_once_and_no_rows_do_not() {
    let hall = ingest_then_build(3);
    let runner = hall.runner();
    ring(&runner).await;
    hall.pass(3);
    assert_eq!(ring(&runner).await, 1, "the import");
    assert_eq!(ring(&runner).await, 1, "the build");
    let runs = hall.store().runs(Some("build_lake"), 9).unwrap();
    assert_eq!((runs.len(), runs[0].origin, runs[0].outcome), (1, Origin::FollowUp, Some(RunOutcome::Done)));
    let hall = ingest_then_build(0);
    let runner = hall.runner();
    ring(&runner).await;
    hall.pass(3);
    assert_eq!(ring(&runner).await, 1);
    assert_eq!(ring(&runner).await, 0);
    assert!(hall.runs("build_lake").is_empty());
}

#[tokio::test]
async fn the_board_shows_schedule_progress_and_history_and_runs_now() {
    let mut hall = ingest_then_build(3);
    let script = r#"echo '{"progress":{"done":4,"total":9,"label":"归链"}}'; while [ ! -e "$LOG.go" ]; do sleep 0.05; done"#;
    hall.scripts.scripts.insert("build_lake", script.to_owned());
    let runner = hall.runner();
    let board: &dyn JobBoard = &runner;
    let slot = board.run_now("build_lake", "分析员").unwrap();
    assert_eq!(slot.state, SlotState::Waiting);
    assert_eq!(board.run_now("build_lake", "另一人").unwrap(), slot, "asking twice is asking once");
    let unknown = board.run_now("make_tea", "分析员").unwrap_err();
    assert_eq!(unknown.to_string(), "there is no job \"make_tea\"");
    assert!(board.runs(Some("make_tea"), 1).is_err());
    assert_eq!(runner.tick().await.unwrap(), 1);
    let label = loop {
        let status = board.status().unwrap();
        let running = status[1].running.clone().unwrap();
        if let Some(progress) = running.progress {
            break format!("{} {}/{}", progress.label, progress.done, progress.total);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(label, "归链 4/9");
    std::fs::write(hall.scripts.log.with_extension("go"), "").unwrap();
    runner.settle().await;
    let status = board.status().unwrap();
    assert_eq!((status[0].name.as_str(), status[1].name.as_str()), ("ingest_inbox", "build_lake"));
    assert_eq!(status[1].next, Some(at("2022-05-31T03:10:00Z")));
    assert!(status[1].running.is_none() && status[1].waiting.is_empty());
    assert_eq!(status[1].last.as_ref().and_then(|run| run.outcome), Some(RunOutcome::Done));
    assert!(status[1].last.as_ref().is_some_and(|run| run.pid.is_some()));
    assert_eq!(board.slots(None, 9).unwrap()[0].asked_by.as_deref(), Some("分析员"));
}

#[tokio::test]
async fn run_to_end_follows_retries_and_what_comes_after() {
    let mut hall = ingest_then_build(3);
    hall.jobs[1].retries.first_wait = TimeDelta::zero();
    let script = r#"echo '{"progress":{"done":1,"total":2,"label":"发布"}}'; sleep 0.3
        [ "$ATTEMPT" = 2 ] && echo '{"result":{"generation":9}}'"#;
    hall.scripts.scripts.insert("build_lake", script.to_owned());
    let runner = hall.runner();
    let mut labels = Vec::new();
    let listen = |slot: &qunlian_registry::Slot| {
        labels.extend(slot.progress.as_ref().map(|progress| progress.label.clone()));
    };
    let ended = runner.run_to_end("ingest_inbox", "命令行", listen).await.unwrap();
    let jobs: Vec<_> = ended.iter().map(|finished| (finished.slot.job.as_str(), finished.is_done())).collect();
    assert_eq!(jobs, [("ingest_inbox", true), ("build_lake", true)]);
    assert_eq!(ended[1].result(), Some(&serde_json::json!({ "generation": 9 })));
    assert_eq!(ended[1].slot.origin, Origin::FollowUp);
    assert!(labels.contains(&"发布".to_owned()));
    assert_eq!(hall.runs("build_lake"), ["1 retried error", "2 done -"]);
    assert!(runner.run_to_end("make_tea", "命令行", |_| {}).await.is_err());
}

#[tokio::test]
async fn run_to_end_beside_a_server_runs_once_and_hears_the_others_progress() {
    let mut hall = ingest_then_build(3);
    hall.scripts.scripts.insert("build_lake", format!("sleep 0.3; {RECORD}"));
    let (server, here) = (hall.runner(), hall.runner());
    let serving = server.clone();
    let bell = tokio::spawn(async move {
        loop {
            serving.tick().await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let ended = here.run_to_end("build_lake", "命令行", |_| {}).await.unwrap();
    bell.abort();
    server.settle().await;
    assert!(ended[0].is_done());
    assert_eq!(hall.log().len(), 1);
}

#[tokio::test]
async fn the_bell_rings_by_itself_until_it_is_taken_down() {
    let hall = hourly(CatchUp::RunOnceLatest);
    let spawner = std::sync::Arc::new(hall.scripts.clone());
    let store = std::sync::Arc::new(hall.store());
    let mut config = qunlian_jobs::RunnerConfig::new(store, hall.clock.clone(), spawner);
    config.jobs = hall.jobs.clone();
    config.bell = "* * * * * *".to_owned();
    let runner = Runner::new(config).unwrap();
    // The first look notes since when the job is known; what the bell is for is the second.
    ring(&runner).await;
    runner.start().await.unwrap();
    hall.pass(10);
    for _ in 0..1_200 {
        if hall.slots("build_lake") == ["02:10 done"] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(hall.slots("build_lake"), ["02:10 done"]);
    runner.stop().await;
    hall.pass(60);
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    assert_eq!(hall.slots("build_lake").len(), 1);
}

/// A small reproducible generator: tests must not depend on chance.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// 90 days of a city hall's server: two programs on one folder that come and go, children that fail or are killed,
/// a clock that is set to and fro.
async fn ninety_days(seed: u64, catch_up: CatchUp) {
    let mut dice = Dice(seed);
    let mut hall = Hall::new("2022-01-01T00:00:00Z", vec![job("notice", "0 8 * * *", catch_up)], "");
    let script = r#"day=${SLOT%T*}; dice=$(( (1${day##*-} * 7 + ATTEMPT * 3) % 5 ))
        case $dice in 0) exit 1;; 1) kill -9 $$;; esac; echo "$SLOT" >> "$LOG""#;
    hall.scripts.scripts.insert("notice", script.to_owned());
    hall.jobs[0].retries.attempts = 2;
    let start = at("2022-01-01T00:00:00Z");
    let mut runners = [hall.runner(), hall.runner()];
    ring(&runners[0]).await;
    let mut furthest = start;
    while furthest < start + TimeDelta::days(90) {
        match dice.roll(10) {
            0 => hall.pass(60 * 24 * dice.roll(5) as i64), // nobody is there
            1 => {
                let now = qunlian_jobs::Clock::now(&*hall.clock);
                let hours = dice.roll(30) as i64 - 20;
                hall.clock.jump_to((now + TimeDelta::hours(hours)).max(start));
            }
            2 => {
                let index = dice.roll(2) as usize;
                runners[index].stop().await;
                runners[index] = hall.runner();
            }
            _ => {
                hall.pass(60 * (1 + dice.roll(9) as i64));
                if dice.roll(2) == 0 {
                    tokio::join!(ring(&runners[0]), ring(&runners[1]));
                } else {
                    ring(&runners[dice.roll(2) as usize]).await;
                }
                furthest = furthest.max(qunlian_jobs::Clock::now(&*hall.clock));
            }
        }
    }
    for _ in 0..400 {
        hall.pass(6);
        ring(&runners[0]).await;
    }
    let end = qunlian_jobs::Clock::now(&*hall.clock);
    let schedule = qunlian_jobs::Schedule::parse("notice", "0 8 * * *").unwrap();
    // the last hour may still be busy with a retry
    let expect = schedule.due(start, end - TimeDelta::hours(1), 10_000);
    let slots = hall.store().slots(None, 100_000).unwrap();
    let outcomes: HashMap<chrono::DateTime<Utc>, SlotOutcome> =
        slots.iter().filter_map(|slot| slot.outcome.map(|outcome| (slot.slot, outcome))).collect();
    for slot in &expect {
        assert!(outcomes.contains_key(slot), "seed {seed}: {slot} has no outcome");
    }
    let log = hall.log();
    for (slot, outcome) in &outcomes {
        let ran = log.iter().filter(|line| **line == slot.to_rfc3339()).count();
        assert_eq!(ran, usize::from(*outcome == SlotOutcome::Done), "seed {seed}: {slot} {outcome:?}");
    }
    assert!(hall.store().running().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ninety_days_of_trouble_leave_one_outcome_per_slot() {
    for seed in 1..=4 {
        for catch_up in CatchUp::ALL {
            ninety_days(seed, *catch_up).await;
        }
    }
}

#[tokio::test]
async fn a_wish_absorbed_by_the_schedule_is_followed_there() {
    let hall = hourly(CatchUp::RunOnceLatest);
    let (server, here) = (hall.runner(), hall.runner());
    ring(&server).await;
    hall.pass(10);
    hall.store()
        .enqueue(&qunlian_registry::Order {
            job: "build_lake".into(),
            origin: Origin::Manual,
            by: "命令行".into(),
            now: at("2022-05-31T02:10:00Z"),
        })
        .unwrap();
    assert_eq!(ring(&server).await, 1);
    assert_eq!(hall.slots("build_lake"), ["02:10 done", "02:10 superseded"]);
    assert_eq!(hall.log().len(), 1);
    let ended = here.run_to_end("build_lake", "命令行", |_| {}).await.unwrap();
    assert!(ended[0].is_done(), "a wish after that run is a run of its own");
    assert_eq!(hall.log().len(), 2);
}
