//! Subscriptions and the outbox, as any books must keep them.

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_domain::access::RowScope;
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_domain::light::{Light, ToldLight};
use qunlian_domain::subscription::{Address, Channel, Letter, MessageRows, Topic};
use qunlian_domain::target::Metric;

use super::{at, open_account};
use crate::{
    AttemptEnd, AuditFilter, Doer, MOST_A_DAY, MOST_LIVE, MOST_TESTS_AN_HOUR, MessageState, NewMessage, NewSubscription, RegistryError,
    SigningSecret, Store, Subscription,
};

pub(super) fn suite<S: Store>(make: &impl Fn() -> S) {
    a_subscription_lives_until_it_is_stopped(&make());
    an_account_has_bounds(&make());
    secrets_stay_in_their_column(&make());
    the_same_news_is_queued_once(&make());
    a_message_is_tried_until_it_ends(&make());
    stopping_gives_up_what_waits(&make());
    lights_are_told_together_with_their_messages(&make());
    tests_are_limited(&make());
    odd_keys_and_paths_are_refused(&make());
}

const WEBHOOK: &str = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdefsecretpart";

fn doer(now: DateTime<Utc>) -> Doer {
    Doer { account: Some(1), name: "zhang".to_owned(), via: Via::Web, now, today: now.date_naive() }
}

fn new(owner: i64, address: &str, topic: Topic) -> NewSubscription {
    let channel = if address.contains('@') { Channel::Mail } else { Channel::DingTalk };
    NewSubscription { owner, address: Address::kept(channel, address), secret: None, topic }
}

fn subscribed(store: &impl Store) -> Subscription {
    let owner = open_account(store, "zhang").id;
    store.subscribe(&new(owner, "z@huaibei.example", Topic::LightTurns), &doer(at(0))).unwrap()
}

fn message(subscription: i64, key: &str) -> NewMessage {
    NewMessage {
        subscription,
        key: key.to_owned(),
        rows: MessageRows::Within(RowScope::City),
        letter: Letter::new("亮灯变化", "濉溪县：由正常转为黄灯").unwrap(),
        attachments: vec!["bulletins/2022-05/通报.docx".to_owned()],
    }
}

fn written(store: &impl Store, action: AuditAction) -> Vec<(String, String)> {
    let filter = AuditFilter { action: Some(action), ..AuditFilter::default() };
    store.audit_page(&filter, None, 50).unwrap().into_iter().map(|record| (record.subject, record.detail)).collect()
}

fn a_subscription_lives_until_it_is_stopped(store: &impl Store) {
    let owner = open_account(store, "zhang").id;
    let other = open_account(store, "li").id;
    let first = store.subscribe(&new(owner, "z@huaibei.example", Topic::WeeklyLights), &doer(at(0))).unwrap();
    assert_eq!((first.owner_name.as_str(), first.channel(), first.is_live()), ("zhang", Channel::Mail, true));
    let second = store.subscribe(&new(other, WEBHOOK, Topic::WeeklyLights), &doer(at(1))).unwrap();
    assert!(matches!(
        store.subscribe(&new(owner, "z@huaibei.example", Topic::WeeklyLights), &doer(at(2))),
        Err(RegistryError::Conflict { .. })
    ));
    assert_eq!(store.subscribers(Topic::WeeklyLights).unwrap(), [first.clone(), second.clone()]);
    assert_eq!(store.subscribers(Topic::LightTurns).unwrap(), []);
    assert!(store.stop_subscription(first.id, &doer(at(3))).unwrap());
    assert!(!store.stop_subscription(first.id, &doer(at(4))).unwrap());
    assert!(store.stop_subscription(99, &doer(at(4))).is_err());
    assert_eq!(store.subscribers(Topic::WeeklyLights).unwrap(), std::slice::from_ref(&second));
    let stopped = store.subscription(first.id).unwrap().unwrap();
    assert_eq!((stopped.stopped_at, stopped.masked().as_str()), (Some(at(3)), "z***@huaibei.example"));
    let again = store.subscribe(&new(owner, "z@huaibei.example", Topic::WeeklyLights), &doer(at(5))).unwrap();
    assert_eq!(store.subscriptions(Some(owner)).unwrap(), [again, stopped]);
    assert_eq!(store.subscriptions(None).unwrap().len(), 3);
    assert_eq!(store.subscription(99).unwrap(), None);
    assert_eq!((written(store, AuditAction::Subscribed).len(), written(store, AuditAction::SubscriptionStopped).len()), (3, 1));
}

fn an_account_has_bounds(store: &impl Store) {
    let owner = open_account(store, "zhang").id;
    let make = |number: usize, now: DateTime<Utc>| {
        store.subscribe(&new(owner, &format!("z{number}@huaibei.example"), Topic::LightTurns), &doer(now))
    };
    for number in 0..MOST_LIVE {
        make(number, at(0)).unwrap();
    }
    assert!(matches!(make(90, at(1)), Err(RegistryError::Refused { .. })), "too many that live");
    for number in MOST_LIVE..MOST_A_DAY {
        let oldest = store.subscribers(Topic::LightTurns).unwrap()[0].id;
        store.stop_subscription(oldest, &doer(at(2))).unwrap();
        make(number, at(3)).unwrap();
    }
    let oldest = store.subscribers(Topic::LightTurns).unwrap()[0].id;
    store.stop_subscription(oldest, &doer(at(4))).unwrap();
    assert!(make(91, at(5)).is_err(), "too many within a day");
    make(91, at(3) + TimeDelta::hours(25)).unwrap();
}

fn secrets_stay_in_their_column(store: &impl Store) {
    let owner = open_account(store, "zhang").id;
    let new = NewSubscription { secret: Some(SigningSecret::new("SECverysecret")), ..new(owner, WEBHOOK, Topic::LightTurns) };
    let kept = store.subscribe(&new, &doer(at(0))).unwrap();
    assert_eq!(kept.secret.as_ref().map(SigningSecret::exposed), Some("SECverysecret"));
    assert_eq!(kept.address.exposed(), WEBHOOK);
    store.queue_messages(&[message(kept.id, "a")], at(0)).unwrap();
    let id = store.messages(None, 9).unwrap()[0].id;
    store.end_attempt(id, &AttemptEnd::Sent, &doer(at(1))).unwrap();
    store.stop_subscription(kept.id, &doer(at(2))).unwrap();
    let stopped = store.subscription(kept.id).unwrap().unwrap();
    assert_eq!((stopped.secret.clone(), stopped.masked().as_str()), (None, "oapi.dingtalk.com …part"));
    let log: Vec<String> =
        store.audit_page(&AuditFilter::default(), None, 50).unwrap().iter().map(|record| format!("{record:?}")).collect();
    let said = format!("{log:?} {kept:?} {stopped:?}");
    assert!(said.contains("oapi.dingtalk.com …part"), "{said}");
    for secret in ["secretpart", "access_token", "SECverysecret"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

fn the_same_news_is_queued_once(store: &impl Store) {
    let one = subscribed(store);
    let two = store.subscribe(&new(one.owner, WEBHOOK, Topic::LightTurns), &doer(at(0))).unwrap();
    assert_eq!(store.queue_messages(&[message(one.id, "2022-W22"), message(two.id, "2022-W22")], at(1)).unwrap(), 2);
    assert_eq!(store.queue_messages(&[message(one.id, "2022-W22"), message(one.id, "2022-W23")], at(2)).unwrap(), 1);
    let found = store.messages(None, 9).unwrap();
    assert_eq!(found.iter().map(|found| found.key.as_str()).collect::<Vec<_>>(), ["2022-W23", "2022-W22", "2022-W22"]);
    let last = &found[2];
    assert_eq!((&last.subscription, &last.letter, last.state), (&one, &message(1, "x").letter, MessageState::Queued));
    assert_eq!((last.attachments.clone(), last.rows.clone()), (message(1, "x").attachments, message(1, "x").rows));
    assert_eq!((last.attempts, last.created_at, last.next_at, last.ended_at), (0, at(1), Some(at(1)), None));
    assert_eq!(store.messages(Some(one.owner + 1), 9).unwrap(), []);
    assert_eq!(store.messages(Some(one.owner), 1).unwrap().len(), 1);
    assert!(store.queue_messages(&[message(one.id, "2022-W24"), message(99, "2022-W24")], at(3)).is_err());
    assert_eq!(store.messages(None, 9).unwrap().len(), 3, "all or none");
}

fn a_message_is_tried_until_it_ends(store: &impl Store) {
    let one = subscribed(store);
    store.queue_messages(&[message(one.id, "a"), message(one.id, "b"), message(one.id, "c")], at(0)).unwrap();
    let ids = |now: i64| store.due_messages(at(now), 9).unwrap().iter().map(|message| message.key.clone()).collect::<Vec<_>>();
    assert_eq!((ids(-1), ids(0)), (Vec::<String>::new(), vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
    assert_eq!(store.due_messages(at(0), 2).unwrap().len(), 2);
    let [a, b, c] = [0, 1, 2].map(|place| store.due_messages(at(0), 9).unwrap()[place].id);
    // The first process dies in its try: nothing is heard, and it is counted all the same.
    assert_eq!(store.begin_attempt(a, at(5)).unwrap(), Some(1));
    assert_eq!((ids(4).len(), ids(5).len()), (2, 3));
    assert_eq!(store.begin_attempt(a, at(10)).unwrap(), Some(2));
    let failed = AttemptEnd::Failed { error: "450 4.2.0 busy\r\nx".into(), again: at(7) };
    assert!(store.end_attempt(a, &failed, &doer(at(6))).unwrap());
    let found = store.messages(None, 9).unwrap().pop().unwrap();
    assert_eq!((found.state, found.attempts, found.error.as_str()), (MessageState::Failed, 2, "450 4.2.0 busyx"));
    assert_eq!((found.next_at, found.ended_at), (Some(at(7)), None));
    assert!(store.end_attempt(a, &AttemptEnd::Sent, &doer(at(8))).unwrap());
    assert!(!store.end_attempt(a, &AttemptEnd::Sent, &doer(at(9))).unwrap(), "it ends once");
    assert_eq!(store.begin_attempt(a, at(20)).unwrap(), None);
    assert!(store.end_attempt(b, &AttemptEnd::GivenUp { error: "550 5.1.1".into() }, &doer(at(9))).unwrap());
    let states: Vec<(MessageState, Option<DateTime<Utc>>)> =
        store.messages(None, 9).unwrap().iter().map(|message| (message.state, message.ended_at)).collect();
    assert_eq!(states, [(MessageState::Queued, None), (MessageState::GivenUp, Some(at(9))), (MessageState::Sent, Some(at(8)))]);
    let log = written(store, AuditAction::MessageSent);
    assert_eq!(log.len(), 1, "what was given up was not sent");
    assert!(log[0].0 == "z***@huaibei.example" && log[0].1.contains("\"key\":\"a\"") && !log[0].1.contains("z@"), "{log:?}");
    assert_eq!(store.forget_messages_before(at(9)).unwrap(), 1);
    assert_eq!(store.messages(None, 9).unwrap().iter().map(|message| message.id).collect::<Vec<_>>(), [c, b], "what waits stays");
}

fn stopping_gives_up_what_waits(store: &impl Store) {
    let one = subscribed(store);
    store.queue_messages(&[message(one.id, "a"), message(one.id, "b")], at(0)).unwrap();
    let sent = store.due_messages(at(0), 9).unwrap()[0].id;
    store.end_attempt(sent, &AttemptEnd::Sent, &doer(at(1))).unwrap();
    store.stop_subscription(one.id, &doer(at(2))).unwrap();
    let states: Vec<MessageState> = store.messages(None, 9).unwrap().iter().map(|message| message.state).collect();
    assert_eq!(states, [MessageState::GivenUp, MessageState::Sent]);
    assert_eq!(store.due_messages(at(9), 9).unwrap(), []);
    assert_eq!(store.queue_messages(&[message(one.id, "c")], at(3)).unwrap(), 0, "a stopped one gets nothing more");
}

fn lights_are_told_together_with_their_messages(store: &impl Store) {
    let one = subscribed(store);
    let told = |metric: Metric, light: Light| ToldLight { year: 2022, carrier_id: "suixi".into(), metric, light };
    assert_eq!(store.told_lights().unwrap(), []);
    let first = [told(Metric::Signed, Light::Green), told(Metric::Started, Light::Yellow)];
    assert_eq!(store.tell_lights(&first, &[message(one.id, "a")], at(0)).unwrap(), 1);
    assert_eq!(store.told_lights().unwrap(), first);
    let second = [told(Metric::Started, Light::Red)];
    assert!(store.tell_lights(&second, &[message(99, "b")], at(1)).is_err());
    assert_eq!(store.told_lights().unwrap(), first, "what could not be queued was not told");
    assert_eq!(store.tell_lights(&second, &[message(one.id, "b"), message(one.id, "a")], at(2)).unwrap(), 1);
    assert_eq!(store.told_lights().unwrap(), second);
    store.tell_lights(&[], &[], at(3)).unwrap();
    assert_eq!(store.told_lights().unwrap(), []);
}

fn tests_are_limited(store: &impl Store) {
    let one = subscribed(store);
    for number in 0..MOST_TESTS_AN_HOUR {
        store.queue_messages(&[message(one.id, &format!("test.{number}"))], at(0)).unwrap();
    }
    assert!(matches!(store.queue_messages(&[message(one.id, "test.more")], at(59)), Err(RegistryError::Refused { .. })));
    assert_eq!(store.queue_messages(&[message(one.id, "2022-W22")], at(59)).unwrap(), 1, "news are not tests");
    assert_eq!(store.queue_messages(&[message(one.id, "test.more")], at(60)).unwrap(), 1);
    assert!(store.messages(None, 1).unwrap()[0].is_test());
}

fn odd_keys_and_paths_are_refused(store: &impl Store) {
    let one = subscribed(store);
    for key in ["", "a b", "a\r\nBcc: x", "周", "<a>", &"x".repeat(81)] {
        assert!(store.queue_messages(&[message(one.id, key)], at(0)).is_err(), "{key:?}");
    }
    for path in ["", "/etc/passwd", "../books.sqlite", "a/../../b", "a//b", "a/./b", "a\\b", "a\u{0}b"] {
        let odd = NewMessage { attachments: vec![path.to_owned()], ..message(one.id, "a") };
        assert!(store.queue_messages(&[odd], at(0)).is_err(), "{path:?}");
    }
    let many = NewMessage { attachments: vec!["a".to_owned(); 9], ..message(one.id, "a") };
    assert!(store.queue_messages(&[many], at(0)).is_err());
    assert_eq!(store.messages(None, 9).unwrap(), []);
}
