//! Subscriptions: one's own only, masked wherever they are shown, within the lists, and not while delivery is off.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use qunlian_domain::access::token::TokenScope;
use qunlian_domain::subscription::{Reach, Topic};
use qunlian_registry::secret::key_of;
use qunlian_registry::{AttemptEnd, Doer, NewToken, Store};
use qunlian_web::{App, Mode};

use super::roles::staffed;
use super::{Got, get, get_with, post};
use crate::fixture::{morning, today};

const ROBOT: &str = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdefsecretpart";

struct Place {
    site: Router,
    books: Arc<dyn Store>,
}

impl Place {
    fn new() -> Self {
        let reach = Reach::new(["huaibei.example"], ["oapi.dingtalk.com"]).unwrap();
        Self::of(App { delivery: Some(reach), ..staffed(Mode::Serve) })
    }

    fn of(parts: App) -> Self {
        let books = Arc::clone(&parts.books);
        Self { site: qunlian_web::router(parts).unwrap(), books }
    }

    async fn write(&self, as_: &str, path: &str, form: &str) -> Got {
        post(&self.site, path, form, &[("cookie", &format!("qunlian={as_}"))]).await
    }

    async fn read(&self, as_: &str, path: &str) -> String {
        get_with(&self.site, path, &[("cookie", &format!("qunlian={as_}"))]).await.text()
    }

    /// A leader's mail and a clerk's robot.
    async fn subscribed(&self) {
        let mail = self.write("L", "/subscriptions", "channel=mail&topic=weekly_lights&address=ling.dao@huaibei.example").await;
        assert_eq!((mail.status, mail.header("location")), (StatusCode::SEE_OTHER, "/subscriptions?done=made"));
        let robot = format!("channel=dingtalk&topic=light_turns&secret=SECverysecret&address={}", ROBOT.replace('&', "%26"));
        assert_eq!(self.write("C", "/subscriptions", &robot).await.status, StatusCode::SEE_OTHER);
    }

    fn by(&self) -> Doer {
        Doer { account: None, name: "job:deliver".into(), via: qunlian_domain::audit::Via::Job, now: morning(), today: today() }
    }
}

#[tokio::test]
async fn each_sees_their_own_and_the_administrator_all_of_it_masked() {
    let place = Place::new();
    place.subscribed().await;
    let robot = place.books.subscribers(Topic::LightTurns).unwrap()[0].clone();
    assert_eq!(robot.address.exposed(), ROBOT);
    let (leader, clerk) = (place.read("L", "/subscriptions").await, place.read("C", "/subscriptions").await);
    let administrator = place.read("s", "/subscriptions").await;
    assert!(leader.contains("l***@huaibei.example") && !leader.contains("oapi.dingtalk.com …"), "{leader}");
    assert!(clerk.contains("oapi.dingtalk.com …part") && !clerk.contains("l***@"), "{clerk}");
    assert!(administrator.contains("l***@huaibei.example") && administrator.contains("oapi.dingtalk.com …part"));
    assert!(administrator.contains("one-L-leader") && administrator.contains("全部订阅") && !administrator.contains("name=\"address\""));
    assert!(!administrator.contains("/test\""), "only the owner tries a subscription");
    for page in [leader, clerk, administrator, place.read("s", "/jobs").await, place.read("a", "/audit").await] {
        for secret in ["ling.dao", "secretpart", "access_token", "SECverysecret"] {
            assert!(!page.contains(secret), "{secret}");
        }
    }
    assert!(place.read("a", "/audit").await.contains("订阅推送"));
}

#[tokio::test]
async fn what_is_not_on_the_lists_is_refused_beside_its_field() {
    let place = Place::new();
    for (form, words) in [
        ("channel=mail&topic=weekly_lights&address=a@evil.example", "不在允许的范围内：evil.example"),
        ("channel=mail&topic=weekly_lights&address=a%0D%0ABcc:b@huaibei.example", "地址无法识别"),
        ("channel=mail&topic=weekly_lights&address=", "地址无法识别"),
        ("channel=mail&topic=gossip&address=a@huaibei.example", "请选择订阅内容"),
        ("channel=fax&topic=weekly_lights&address=a@huaibei.example", "请选择一种推送方式"),
        ("channel=mail&topic=weekly_lights&address=a@huaibei.example&secret=SECverysecret", "仅用于钉钉、飞书"),
        ("channel=dingtalk&topic=weekly_lights&secret=short&address=https://oapi.dingtalk.com/x", "8 至 128"),
        ("channel=dingtalk&topic=weekly_lights&address=http://oapi.dingtalk.com:443/x", "必须以加密方式访问"),
        ("channel=dingtalk&topic=weekly_lights&address=https://oapi.dingtalk.com:8443/x", "端口不在允许的范围内：8443"),
        ("channel=dingtalk&topic=weekly_lights&address=https://u:p@oapi.dingtalk.com/x", "不得带用户名或口令"),
        ("channel=wecom&topic=weekly_lights&address=https://169.254.169.254/latest", "不在允许的范围内：169.254.169.254"),
    ] {
        let got = place.write("L", "/subscriptions", form).await;
        assert!(got.status == StatusCode::UNPROCESSABLE_ENTITY && got.text().contains(words), "{form}: {}", got.text());
    }
    let typed = place.write("L", "/subscriptions", &format!("channel=dingtalk&topic=gossip&address={ROBOT}")).await.text();
    assert!(!typed.contains("secretpart"), "a webhook is never given back");
    assert_eq!(place.books.subscriptions(None).unwrap(), []);
    place.subscribed().await;
    let twice = place.write("L", "/subscriptions", "channel=mail&topic=weekly_lights&address=ling.dao@huaibei.example").await;
    assert!(twice.text().contains("已有相同的订阅"), "{}", twice.text());
}

#[tokio::test]
async fn a_test_is_queued_a_few_times_an_hour_by_its_owner_only() {
    let place = Place::new();
    place.subscribed().await;
    let mail = place.books.subscribers(Topic::WeeklyLights).unwrap()[0].id;
    let path = format!("/subscriptions/{mail}/test");
    assert_eq!(place.write("C", &path, "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(place.write("L", "/subscriptions/999/test", "").await.status, StatusCode::NOT_FOUND);
    let tried = place.write("L", &path, "").await;
    assert_eq!((tried.status, tried.header("location")), (StatusCode::SEE_OTHER, "/subscriptions?done=tested"));
    let message = place.books.messages(None, 9).unwrap().remove(0);
    assert!(message.is_test() && message.letter.subject() == "群链推送测试", "{message:?}");
    assert!(place.read("L", "/subscriptions").await.contains("测试消息"));
    assert!(!place.read("C", "/subscriptions").await.contains("测试消息</td>"));
}

#[tokio::test]
async fn one_stops_ones_own_and_the_administrator_any() {
    let place = Place::new();
    place.subscribed().await;
    let mail = place.books.subscribers(Topic::WeeklyLights).unwrap()[0].id;
    let robot = place.books.subscribers(Topic::LightTurns).unwrap()[0].id;
    assert_eq!(place.write("C", &format!("/subscriptions/{mail}/stop"), "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(place.write("g", &format!("/subscriptions/{mail}/stop"), "").await.status, StatusCode::FORBIDDEN);
    let stopped = place.write("L", &format!("/subscriptions/{mail}/stop"), "").await;
    assert_eq!((stopped.status, stopped.header("location")), (StatusCode::SEE_OTHER, "/subscriptions?done=stopped"));
    assert_eq!(place.write("s", &format!("/subscriptions/{robot}/stop"), "").await.status, StatusCode::SEE_OTHER);
    assert!(place.books.subscriptions(None).unwrap().iter().all(|found| !found.is_live()));
    let page = place.read("C", "/subscriptions").await;
    assert!(page.contains("已停止") && page.contains("oapi.dingtalk.com …part") && !page.contains("/stop\""), "{page}");
}

#[tokio::test]
async fn recent_deliveries_stand_on_the_jobs_page() {
    let place = Place::new();
    place.subscribed().await;
    let robot = place.books.subscribers(Topic::LightTurns).unwrap()[0].id;
    place.write("C", &format!("/subscriptions/{robot}/test"), "").await;
    let id = place.books.messages(None, 1).unwrap()[0].id;
    place.books.begin_attempt(id, morning()).unwrap();
    let failed =
        AttemptEnd::Failed { error: "钉钉返回 130101：send too fast <b>".into(), again: morning() + chrono::TimeDelta::minutes(4) };
    place.books.end_attempt(id, &failed, &place.by()).unwrap();
    for reader in ["s", "C"] {
        let page = place.read(reader, "/jobs").await;
        for words in ["推送记录", "失败待重试", "oapi.dingtalk.com …part", "下次 2022-05-31 09:04", "send too fast &lt;b&gt;"]
        {
            assert!(page.contains(words), "{words} for {reader}: {page}");
        }
    }
    let other = place.read("L", "/jobs").await;
    assert!(other.contains("没有推送记录") && !other.contains("oapi.dingtalk.com"), "others' deliveries are not shown");
    place.books.end_attempt(id, &AttemptEnd::Sent, &place.by()).unwrap();
    assert!(place.read("s", "/jobs/live").await.contains("已送达"));
}

#[tokio::test]
async fn while_delivery_is_off_the_page_says_so_and_nothing_is_kept() {
    let place = Place::of(staffed(Mode::Serve));
    let page = place.read("L", "/subscriptions").await;
    assert!(page.contains("系统配置未启用推送") && !page.contains("name=\"address\""), "{page}");
    let refused = place.write("L", "/subscriptions", "channel=mail&topic=weekly_lights&address=a@huaibei.example").await;
    assert!(refused.status == StatusCode::BAD_REQUEST && refused.text().contains("推送未启用"), "{}", refused.text());
    assert_eq!(place.books.subscriptions(None).unwrap(), []);
    let demonstration = qunlian_web::router(staffed(Mode::Demo)).unwrap();
    assert!(get(&demonstration, "/subscriptions").await.text().contains("演示环境不向外发送任何消息"));
    let english = get(&demonstration, "/subscriptions?lang=en").await.text();
    assert!(english.contains("sends nothing to anybody"), "{english}");
}

#[tokio::test]
async fn a_programs_token_does_not_subscribe() {
    let place = Place::new();
    let account = place.books.account_named("one-L-leader").unwrap().unwrap().id;
    let new = NewToken {
        account,
        title: "报表".into(),
        key: key_of("a-token-of-a-program"),
        scopes: vec![TokenScope::Read],
        now: morning(),
        expires_at: morning() + chrono::TimeDelta::days(1),
    };
    place.books.create_token(&new).unwrap();
    let form = "channel=mail&topic=weekly_lights&address=a@huaibei.example";
    let got = post(&place.site, "/subscriptions", form, &[("authorization", "Bearer a-token-of-a-program")]).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    assert_eq!(place.books.subscriptions(None).unwrap(), []);
}
