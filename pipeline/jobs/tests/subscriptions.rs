//! Subscriptions by the clock: who is told what, tries that fail, servers that are dead, rights that ended.

#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::path::Path;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use qunlian_domain::access::Role;
use qunlian_domain::audit::Via;
use qunlian_domain::light::{Light, LightFact};
use qunlian_domain::rules::Rules;
use qunlian_domain::subscription::{Address, Blame, Channel, Letter, MessageRows, Topic, Undelivered};
use qunlian_domain::target::{Metric, Scope};
use qunlian_jobs::desk::deliver::{self, Courier, Outcome};
use qunlian_jobs::desk::news::{self, Issue, Lights};
use qunlian_registry::{
    AccountBooks, Doer, Grant, Message, MessageState, NewAccount, NewSubscription, OutboxBooks, SqliteStore, SubscriptionBooks,
};

struct Office {
    _folder: tempfile::TempDir,
    books: SqliteStore,
    rules: Rules,
    now: RefCell<DateTime<Utc>>,
}

/// Answers by host; keeps what was carried.
#[derive(Default)]
struct Post {
    carried: RefCell<Vec<String>>,
    dead: Vec<&'static str>,
    refusing: Vec<&'static str>,
}

impl Courier for Post {
    fn carry(&self, message: &Message, _: DateTime<Utc>) -> Result<(), Undelivered> {
        let host = message.subscription.address.host();
        self.carried.borrow_mut().push(format!("{host} {}", message.key));
        if self.dead.contains(&host) {
            return Err(Undelivered::new(Blame::Server, "连接失败"));
        }
        if self.refusing.contains(&host) { Err(Undelivered::new(Blame::ForGood, "550 没有这个信箱")) } else { Ok(()) }
    }
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let rules = Rules::load(&|path: &str| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap();
        let books = SqliteStore::open(&folder.path().join("books.sqlite")).unwrap();
        Self { _folder: folder, books, rules, now: RefCell::new("2022-05-30T00:20:00Z".parse().unwrap()) }
    }

    fn now(&self) -> DateTime<Utc> {
        *self.now.borrow()
    }

    fn pass(&self, minutes: i64) {
        *self.now.borrow_mut() += TimeDelta::minutes(minutes);
    }

    fn today(&self) -> NaiveDate {
        "2022-05-30".parse().unwrap()
    }

    fn account(&self, name: &str, role: Role, carrier: Option<&str>) -> i64 {
        let new = NewAccount { name: name.into(), person: "示例".into(), created_by: "test".into(), now: self.now() };
        let id = self.books.create_account(&new).unwrap().id;
        self.books.grant_roles(id, &[Grant { role, carrier_id: carrier.map(str::to_owned) }], "test", self.now()).unwrap();
        id
    }

    fn subscribe(&self, owner: i64, address: &str, topic: Topic) -> i64 {
        let channel = if address.contains('@') { Channel::Mail } else { Channel::WeCom };
        let by = Doer { account: Some(owner), name: "test".into(), via: Via::Web, now: self.now(), today: self.today() };
        let new = NewSubscription { owner, address: Address::kept(channel, address), secret: None, topic };
        self.books.subscribe(&new, &by).unwrap().id
    }

    fn deliver(&self, post: &Post) -> Outcome {
        deliver::run(&self.books, &self.rules, post, self.today(), &|| self.now()).unwrap()
    }

    fn publish(&self, key: &str, rows: MessageRows) -> usize {
        let letter = Letter::new("关于2022年1—5月招商引资情况的通报", "1—5月，全市新签约工业项目188个。").unwrap();
        let issue =
            Issue { topic: Topic::MonthlyBulletin, key: key.into(), rows, letter, attachments: vec!["bulletins/2022-05.docx".into()] };
        news::publish(&self.books, &self.rules, &issue, self.today(), self.now()).unwrap()
    }

    /// Newest first: state, tries, error.
    fn messages(&self) -> Vec<(MessageState, u32, String)> {
        self.books.messages(None, 50).unwrap().into_iter().map(|message| (message.state, message.attempts, message.error)).collect()
    }

    fn lights(&self, generation: u64, suixi: Light, duji: Light) -> Lights {
        let fact = |id: &str, name: &str, light: Light| LightFact {
            scope: if id.is_empty() { Scope::City } else { Scope::Carrier },
            id: id.into(),
            name: name.into(),
            metric: Metric::Started,
            light: Some(light),
            done: 12,
            target: Some(46),
            pace: 500.0 / 12.0,
            missing: 8,
            months_lit: 1,
        };
        let facts = vec![fact("", "全市", Light::Yellow), fact("suixi", "濉溪县", suixi), fact("duji", "杜集区", duji)];
        Lights { year: 2022, as_of: self.today(), generation, facts }
    }

    fn tell(&self, lights: &Lights) -> (usize, usize) {
        news::tell_turns(&self.books, &self.rules, lights, self.today(), self.now()).unwrap()
    }
}

#[test]
fn a_bulletin_goes_once_to_everybody_who_may_read_it() {
    let office = Office::new();
    let leader = office.account("leader", Role::Leader, None);
    let clerk = office.account("clerk", Role::Clerk, Some("suixi"));
    let closed = office.account("gone", Role::Leader, None);
    office.subscribe(leader, "l@huaibei.example", Topic::MonthlyBulletin);
    office.subscribe(leader, "l@huaibei.example", Topic::QuarterlyBulletin);
    office.subscribe(clerk, "c@huaibei.example", Topic::MonthlyBulletin);
    office.subscribe(closed, "g@huaibei.example", Topic::MonthlyBulletin);
    office.books.set_disabled(closed, true, office.now()).unwrap();
    let city = MessageRows::Within(qunlian_domain::access::RowScope::City);
    assert_eq!(office.publish("2022-04", city), 1, "what names projects of the city goes to those who see the city");
    assert_eq!(office.publish("2022-05", MessageRows::Sums), 2);
    assert_eq!(office.publish("2022-05", MessageRows::Sums), 0, "the same issue again");
    let post = Post::default();
    assert_eq!(office.deliver(&post), Outcome { sent: 3, ..Outcome::default() });
    assert_eq!(post.carried.borrow()[2], "huaibei.example monthly_bulletin.2022-05");
    assert_eq!(office.deliver(&post), Outcome::default(), "sent once");
}

#[test]
fn each_is_told_of_the_turns_of_their_carriers() {
    let office = Office::new();
    let leader = office.account("leader", Role::Leader, None);
    let clerk = office.account("clerk", Role::Clerk, Some("suixi"));
    assert!(!news::wants_turns(&office.books, office.now()).unwrap());
    office.subscribe(leader, "l@huaibei.example", Topic::LightTurns);
    office.subscribe(clerk, "c@huaibei.example", Topic::LightTurns);
    assert!(news::wants_turns(&office.books, office.now()).unwrap());
    assert_eq!(office.tell(&office.lights(1, Light::Green, Light::Red)), (0, 0), "the first lights are no turn");
    assert_eq!(office.tell(&office.lights(2, Light::Green, Light::Yellow)), (1, 1), "the clerk's carrier did not turn");
    assert_eq!(office.tell(&office.lights(2, Light::Green, Light::Yellow)), (0, 0), "told once");
    assert_eq!(office.tell(&office.lights(3, Light::Yellow, Light::Green)), (2, 2));
    let messages = office.books.messages(None, 9).unwrap();
    let texts: Vec<&str> = messages.iter().map(|message| message.letter.text()).collect();
    // Newest first: the clerk's, the leader's, the leader's first.
    assert!(texts[0].contains("所属载体单位1项指标亮灯有变化") && texts[0].contains("濉溪县 新开工项目：由正常转为黄灯"), "{texts:?}");
    assert!(!texts[0].contains("杜集区"), "a clerk reads nothing of others");
    assert!(texts[1].contains("淮北市2项指标亮灯有变化") && texts[1].contains("杜集区 新开工项目：由黄灯转为正常"), "{texts:?}");
    assert!(texts[2].contains("杜集区 新开工项目：由红灯转为黄灯"), "{texts:?}");
    assert_eq!(messages[0].rows.to_text(), format!("carriers:{}", carriers_of_suixi(&office)));
    for found in office.books.subscriptions(None).unwrap() {
        let by = Doer { account: None, name: "test".into(), via: Via::Web, now: office.now(), today: office.today() };
        office.books.stop_subscription(found.id, &by).unwrap();
    }
    assert!(!news::wants_turns(&office.books, office.now()).unwrap());
    assert_eq!(office.books.told_lights().unwrap(), [], "who subscribes later begins with the lights of that moment");
}

fn carriers_of_suixi(office: &Office) -> String {
    office.rules.city.carriers.subtree("suixi", office.today()).into_iter().collect::<Vec<_>>().join(",")
}

#[test]
fn the_weekly_list_is_told_once_a_week() {
    let office = Office::new();
    let leader = office.account("leader", Role::Leader, None);
    let clerk = office.account("clerk", Role::Clerk, Some("duji"));
    office.subscribe(leader, "l@huaibei.example", Topic::WeeklyLights);
    office.subscribe(clerk, "c@huaibei.example", Topic::WeeklyLights);
    let lights = office.lights(1, Light::Red, Light::Green);
    let tell = |day: &str| news::tell_weekly(&office.books, &office.rules, &lights, day.parse().unwrap(), office.now()).unwrap();
    assert_eq!((tell("2022-05-30"), tell("2022-06-05"), tell("2022-06-06")), (2, 0, 2));
    let messages = office.books.messages(None, 9).unwrap();
    assert_eq!(messages[3].key, "weekly_lights.2022-W22");
    assert_eq!(messages[3].letter.subject(), "红黄清单：红灯1项、黄灯1项（2022-05-30）");
    assert!(messages[2].letter.text().contains("所属载体单位没有指标亮黄灯或红灯"), "{}", messages[2].letter.text());
}

#[test]
fn a_dead_server_keeps_nobody_else_waiting() {
    let office = Office::new();
    let leader = office.account("leader", Role::Leader, None);
    for place in 0..4 {
        office.subscribe(leader, &format!("https://dead.example/hook/{place}"), Topic::MonthlyBulletin);
    }
    office.subscribe(leader, "https://good.example/hook", Topic::MonthlyBulletin);
    office.subscribe(leader, "l@huaibei.example", Topic::MonthlyBulletin);
    assert_eq!(office.publish("2022-05", MessageRows::Sums), 6);
    let post = Post { dead: vec!["dead.example"], ..Post::default() };
    assert_eq!(office.deliver(&post), Outcome { sent: 2, failed: 2, given_up: 0, left: 2 });
    assert_eq!(post.carried.borrow().iter().filter(|line| line.starts_with("dead.example")).count(), 2, "two tries, then the others");
    assert_eq!(office.deliver(&post), Outcome { failed: 2, ..Outcome::default() }, "those that were left have their try now");
    office.pass(1);
    assert_eq!(office.deliver(&post), Outcome { failed: 2, left: 2, ..Outcome::default() }, "a minute later");
    let alive = Post::default();
    office.pass(4);
    assert_eq!(office.deliver(&alive).sent, 4);
    assert!(office.messages().iter().all(|(state, ..)| *state == MessageState::Sent));
}

/// Waits of 1, 4, 16, 64, 256 and twice 360 minutes between eight tries.
#[test]
fn tries_are_further_and_further_apart_and_then_given_up() {
    let office = Office::new();
    let leader = office.account("leader", Role::Leader, None);
    office.subscribe(leader, "https://dead.example/hook", Topic::MonthlyBulletin);
    office.publish("2022-05", MessageRows::Sums);
    let post = Post { dead: vec!["dead.example"], ..Post::default() };
    for wait in [1, 4, 16, 64, 256, 360, 360] {
        assert_eq!(office.deliver(&post).failed, 1);
        office.pass(wait - 1);
        assert_eq!(office.deliver(&post), Outcome::default(), "too early by a minute of {wait}");
        office.pass(1);
    }
    assert_eq!(office.deliver(&post), Outcome { given_up: 1, ..Outcome::default() });
    assert_eq!(office.messages(), [(MessageState::GivenUp, 8, "连接失败（已试 8 次）".to_owned())]);
    office.pass(10_000);
    assert_eq!(office.deliver(&post), Outcome::default());
}

#[test]
fn what_cannot_succeed_is_given_up_at_once() {
    let office = Office::new();
    let leader = office.account("leader", Role::Leader, None);
    office.subscribe(leader, "l@huaibei.example", Topic::MonthlyBulletin);
    office.publish("2022-05", MessageRows::Sums);
    let post = Post { refusing: vec!["huaibei.example"], ..Post::default() };
    assert_eq!(office.deliver(&post), Outcome { given_up: 1, ..Outcome::default() });
    assert_eq!(office.messages(), [(MessageState::GivenUp, 1, "550 没有这个信箱".to_owned())]);
}

#[test]
fn rights_are_those_of_the_moment_of_sending() {
    let office = Office::new();
    let leader = office.account("leader", Role::Leader, None);
    office.subscribe(leader, "l@huaibei.example", Topic::LightTurns);
    office.tell(&office.lights(1, Light::Green, Light::Red));
    office.tell(&office.lights(2, Light::Yellow, Light::Red));
    office.books.grant_roles(leader, &[Grant { role: Role::Clerk, carrier_id: Some("duji".into()) }], "test", office.now()).unwrap();
    let post = Post::default();
    assert_eq!(office.deliver(&post), Outcome { given_up: 1, ..Outcome::default() });
    assert!(post.carried.borrow().is_empty(), "it never left");
    assert_eq!(office.messages(), [(MessageState::GivenUp, 1, "订阅者已无权阅读该内容".to_owned())]);
}

#[test]
fn a_run_says_what_it_did_in_counts() {
    let report = deliver::report(&Outcome { sent: 2, failed: 1, given_up: 0, left: 3 });
    assert_eq!(report["message"], "送达 2 条，失败待重试 1 条，放弃 0 条，留待下次 3 条");
    assert_eq!((report["sent"].as_u64(), report["quiet"].as_bool()), (Some(2), Some(false)));
    assert_eq!(deliver::report(&Outcome::default())["quiet"], true);
}
