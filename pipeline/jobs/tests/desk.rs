//! Notices and recognition by the clock: missed Mondays, two runners, the demonstration's next day. Children are real.

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::Via;
use qunlian_domain::claim::{State, Way};
use qunlian_domain::filing::{Matter, Values};
use qunlian_domain::rules::Rules;
use qunlian_jobs::desk::{notice, recognise};
use qunlian_jobs::{BusinessDay, Clock, DAY_SETTING, ManualClock, Reporter, RunOrder, Runner, RunnerConfig, Spawner, list};
use qunlian_registry::{
    Claim, Doer, FilingBooks, JobBooks, NewFiling, NewObjection, NoticeBooks, Settings, SlotOutcome, SqliteStore, Step, Typed,
};
use tokio::process::Command;

/// Not a test of its own: the child that a runner starts.
#[test]
fn desk_child() {
    let Ok(job) = std::env::var("QUNLIAN_TEST_JOB") else { return };
    let word = |name: &str| std::env::var(name).unwrap();
    let store = SqliteStore::open(Path::new(&word("QUNLIAN_TEST_BOOKS"))).unwrap();
    let (slot, now, today) = (at(&word("QUNLIAN_TEST_SLOT")), at(&word("QUNLIAN_TEST_NOW")), day(&word("QUNLIAN_TEST_TODAY")));
    let result = match job.as_str() {
        "monday_notice" => notice::report(&notice::publish(&store, &rules(), slot, today, now).unwrap()),
        "recognise" => recognise::report(recognise::run(&store, 5, today, now).unwrap()),
        _ => serde_json::json!({"message": "exported"}),
    };
    // The test runner has begun a line of its own.
    std::io::stdout().write_all(b"\n").unwrap();
    Reporter::stdout().result(result);
}

fn rules() -> Rules {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    Rules::load(&|path: &str| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Runs this very program as the child, with the clock's time and day.
#[derive(Debug)]
struct Selves {
    books: PathBuf,
    clock: Arc<ManualClock>,
    day: Arc<BusinessDay>,
}

impl Spawner for Selves {
    fn command(&self, order: &RunOrder) -> Command {
        let now = self.clock.now();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "desk_child", "--test-threads=1", "--nocapture"]);
        command.env("QUNLIAN_TEST_JOB", &order.job).env("QUNLIAN_TEST_BOOKS", &self.books);
        command.env("QUNLIAN_TEST_SLOT", order.slot.to_rfc3339()).env("QUNLIAN_TEST_NOW", now.to_rfc3339());
        command.env("QUNLIAN_TEST_TODAY", self.day.today(now).to_string());
        command
    }
}

struct Desk {
    _folder: tempfile::TempDir,
    books: PathBuf,
    clock: Arc<ManualClock>,
    day: Arc<BusinessDay>,
}

impl Desk {
    fn new(now: &str, day: BusinessDay) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let day = Arc::new(day);
        let clock = Arc::new(ManualClock::on_day(at(now), day.clone()));
        Self { books: folder.path().join("books.sqlite"), _folder: folder, clock, day }
    }

    fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.books).unwrap()
    }

    fn runner(&self) -> Runner {
        let spawner = Selves { books: self.books.clone(), clock: self.clock.clone(), day: self.day.clone() };
        let mut config = RunnerConfig::new(Arc::new(self.store()), self.clock.clone(), Arc::new(spawner));
        config.jobs = vec![list::build_lake::job(), list::export_registry::job(), list::monday_notice::job(), list::recognise::job()];
        config.beat = Duration::from_millis(50);
        Runner::new(config).unwrap()
    }

    fn doer(&self, name: &str, today: &str) -> Doer {
        Doer { account: Some(1), name: name.into(), via: Via::Web, now: self.clock.now(), today: day(today) }
    }

    /// A project that was filed and approved on a day.
    fn approved(&self, name: &str, on: &str, confidential: bool) -> Claim {
        let mut typed: Typed = [("name", name), ("investor", "样例铝业有限公司"), ("agreed_yuan", "1250000000"), ("content", "双零铝箔")]
            .map(|(field, text)| (field.to_owned(), text.to_owned()))
            .into();
        typed.extend(confidential.then(|| ("confidential".to_owned(), "1".to_owned())));
        let store = self.store();
        let new = NewFiling { carrier_id: "suixi".into(), stage: 1, typed: typed.clone(), once: None, by: self.doer("clerk", on) };
        let claim = store.open_filing(&new).unwrap().claim;
        let way = Matter::Project.way(confidential, false, 5);
        let values: Values = typed.clone().into_iter().collect();
        store.step(claim.id, &Step::Submit { typed, values, way }, &self.doer("clerk", on)).unwrap();
        store.step(claim.id, &Step::Approve { remark: String::new(), way }, &self.doer("reviewer-1", on)).unwrap()
    }

    fn state(&self, claim: &Claim) -> State {
        self.store().find_claim(claim.id).unwrap().unwrap().standing.state
    }

    /// Messages of the runs of a job, oldest first.
    fn said(&self, job: &str) -> Vec<String> {
        self.store().runs(Some(job), 100).unwrap().into_iter().rev().map(|run| run.message).collect()
    }
}

/// Rings until nothing begins any more.
async fn work_off(runners: &[Runner]) {
    loop {
        for runner in runners {
            runner.settle().await;
        }
        let mut started = 0;
        for runner in runners {
            started += runner.tick().await.unwrap();
        }
        if started == 0 {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missed_mondays_get_one_late_notice_each_whoever_runs_them() {
    let desk = Desk::new("2022-05-31T02:00:00Z", BusinessDay::real());
    work_off(&[desk.runner()]).await;
    assert!(desk.store().notices(9).unwrap().is_empty(), "nothing from before the first start");
    let first = desk.approved("铝箔项目", "2022-06-01", false);
    let second = desk.approved("铝板项目", "2022-06-05", false);
    let third = desk.approved("铝带项目", "2022-06-08", false);
    let fourth = desk.approved("铝管项目", "2022-06-26", false);
    let secret = desk.approved("保密项目", "2022-06-02", true);
    // Nobody was there for four Mondays.
    desk.clock.jump_to(at("2022-06-29T10:00:00Z"));
    work_off(&[desk.runner(), desk.runner()]).await;
    let store = desk.store();
    let shown: Vec<(String, usize, bool, NaiveDate, NaiveDate)> = store
        .notices(9)
        .unwrap()
        .iter()
        .map(|notice| store.notice(&notice.id).unwrap().unwrap())
        .map(|notice| (notice.id, notice.items.len(), notice.late, notice.slot, notice.objections_until))
        .collect();
    let late = |id: &str, items: usize, slot: &str| (id.to_owned(), items, true, day(slot), day("2022-07-03"));
    assert_eq!(shown, [late("2022-W25", 1, "2022-06-27"), late("2022-W23", 1, "2022-06-13"), late("2022-W22", 2, "2022-06-06")]);
    let said = desk.said("monday_notice");
    assert_eq!(
        said,
        ["2022-W22 公示 2 项（补发）", "2022-W23 公示 1 项（补发）", "2022-W24 没有需要公示的事项", "2022-W25 公示 1 项（补发）"]
    );
    let slots = store.slots(Some("monday_notice"), 100).unwrap();
    assert!(slots.len() == 4 && slots.iter().all(|slot| slot.outcome == Some(SlotOutcome::Done)));
    for claim in [&first, &second, &third, &fourth] {
        let events = store.claim_events(claim.id).unwrap();
        assert_eq!(events.iter().filter(|event| event.action == "publish").count(), 1);
    }
    assert_eq!(desk.state(&secret), State::Recognised, "secrets count from their review on, and are never shown");
    let faces: Vec<String> = store.notice("2022-W22").unwrap().unwrap().items.into_iter().map(|item| item.face.project).collect();
    assert_eq!(faces, ["铝箔项目", "铝板项目"]);
    let face = store.notice("2022-W25").unwrap().unwrap().items.remove(0).face;
    assert_eq!((face.carrier.as_str(), face.matter.as_str(), face.scale.as_str()), ("濉溪县", "项目备案", "12.5亿元"));
    assert_eq!(face.chain, "铝基高端金属材料");
    // An order by hand finds what stands.
    let ended = desk.runner().run_to_end("monday_notice", "test", |_| {}).await.unwrap();
    assert_eq!(ended[0].result().unwrap()["message"], "2022-W25 已于 2022-06-29 公示");
    assert_eq!(ended.len(), 1, "nothing new, nothing follows");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_day_runs_what_is_due_on_it_once() {
    let desk = Desk::new("2026-11-26T02:00:00Z", BusinessDay::moved_by_hand(day("2022-06-03")));
    let runner = desk.runner();
    work_off(std::slice::from_ref(&runner)).await;
    let good = desk.approved("铝箔项目", "2022-06-03", false);
    let doubted = desk.approved("铝板项目", "2022-06-03", false);
    let pass = async |until: &str| {
        while desk.day.given().unwrap() < day(until) {
            let next = runner.next_day(&desk.day).await.unwrap();
            assert!(next.is_some());
            work_off(std::slice::from_ref(&runner)).await;
        }
    };
    pass("2022-06-05").await;
    assert!(desk.store().notices(9).unwrap().is_empty());
    assert_eq!(runner.next_day(&desk.day).await.unwrap(), Some(day("2022-06-06")));
    assert_eq!(runner.next_day(&desk.day).await.unwrap(), None, "the day's tasks are at work");
    work_off(std::slice::from_ref(&runner)).await;
    let published = desk.store().notice("2022-W22").unwrap().unwrap();
    assert_eq!((published.published_on, published.late, published.items.len()), (day("2022-06-06"), false, 2));
    let way = Way { two_reviews: false, notice_days: Some(5) };
    let objection = NewObjection {
        notice: published.id,
        claim: doubted.id,
        reason: "与另一项目重复".into(),
        objector: "某*".into(),
        contact_masked: "139****1234".into(),
        way,
    };
    desk.store().object(&objection, &desk.doer("public", "2022-06-07")).unwrap();
    pass("2022-06-10").await;
    assert_eq!(desk.state(&good), State::Noticed);
    pass("2022-06-11").await;
    assert_eq!((desk.state(&good), desk.state(&doubted)), (State::Recognised, State::Objected));
    assert_eq!(desk.store().find_claim(good.id).unwrap().unwrap().counted_from, Some(day("2022-06-11")));
    assert!(desk.said("recognise").contains(&"认定 1 项".to_owned()));
    assert!(desk.said("export_registry").contains(&"exported".to_owned()), "what was recognised goes on to the figures");
    // A restart goes on there, and runs nothing twice.
    let kept = desk.store().setting(DAY_SETTING).unwrap().unwrap();
    assert_eq!(kept, "2022-06-11");
    let runs = desk.store().runs(None, 1_000).unwrap().len();
    work_off(&[desk.runner()]).await;
    assert_eq!(desk.store().runs(None, 1_000).unwrap().len(), runs);
}
