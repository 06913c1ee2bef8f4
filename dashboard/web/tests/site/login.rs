//! Logging in and staying in: locks, limits, cookies, and nothing that tells which names exist.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use qunlian_domain::access::Role;
use qunlian_registry::Store;
use qunlian_registry::secret::{Passwords, SecretError, key_of};
use qunlian_web::{App, Mode};

use super::roles::open;
use super::{Got, get_with, post};
use crate::fixture::{FakeAnswers, PlainPasswords, app, morning};

const RIGHT: &str = "Gq7-tulip-9rain";
const OURS: [(&str, &str); 2] = [("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")];

/// Counts how often a password is verified.
#[derive(Clone, Default)]
struct Counted(Arc<AtomicUsize>);

impl Passwords for Counted {
    fn hash(&self, password: &str) -> Result<String, SecretError> {
        PlainPasswords.hash(password)
    }

    fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        self.0.fetch_add(1, Ordering::SeqCst);
        PlainPasswords.verify(password, hash)
    }
}

/// A served city with one leader, `wang`; its clock can be set and its verifications are counted.
struct Place {
    site: Router,
    books: Arc<dyn Store>,
    clock: Arc<AtomicI64>,
    verified: Arc<AtomicUsize>,
}

impl Place {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut App)) -> Self {
        let mut parts = app(Arc::new(FakeAnswers::new()));
        parts.mode = Mode::Serve;
        let counted = Counted::default();
        parts.security.passwords = Arc::new(counted.clone());
        let (clock, standing) = (Arc::new(AtomicI64::new(0)), Arc::clone(&parts.now));
        let later = Arc::clone(&clock);
        parts.now = Arc::new(move || -> DateTime<Utc> { standing() + TimeDelta::seconds(later.load(Ordering::SeqCst)) });
        change(&mut parts);
        let books = Arc::clone(&parts.books);
        open(books.as_ref(), "wang", Role::Leader, "unused");
        Self { site: qunlian_web::router(parts).unwrap(), books, clock, verified: counted.0 }
    }

    async fn log_in(&self, name: &str, password: &str) -> Got {
        post(&self.site, "/login", &format!("name={name}&password={password}"), &OURS).await
    }

    /// The cookie of a fresh session.
    async fn cookie(&self) -> String {
        let got = self.log_in("wang", RIGHT).await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
        got.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    async fn opens(&self, cookie: &str) -> bool {
        get_with(&self.site, "/carriers", &[("cookie", cookie)]).await.status == StatusCode::OK
    }

    fn minutes(&self, minutes: i64) {
        self.clock.store(minutes * 60, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_right_password_opens_a_session_and_leads_back() {
    let place = Place::new();
    let page = super::get(&place.site, "/login?back=%2Fprojects%3Fq%3Da").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("value=\"/projects?q=a\"") && page.header("cache-control") == "no-store");
    let got = post(&place.site, "/login", &format!("name=WANG&password={RIGHT}&back=%2Fprojects%3Fq%3Da"), &OURS).await;
    assert_eq!((got.status, got.header("location")), (StatusCode::SEE_OTHER, "/projects?q=a"));
    let set = got.header("set-cookie").to_owned();
    assert!(set.starts_with("qunlian=") && set.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{set}");
    let secret = set.trim_start_matches("qunlian=").split(';').next().unwrap();
    assert_eq!(secret.len(), 64);
    assert!(place.books.session(&key_of(secret)).unwrap().is_some(), "kept as a hash");
    assert!(place.books.session(secret).unwrap().is_none());
    assert!(place.opens(&format!("qunlian={secret}")).await);
}

#[tokio::test]
async fn off_loopback_the_cookie_is_bound_to_host_and_https() {
    let place = Place::with(|parts| parts.security.secure_cookie = true);
    let got = place.log_in("wang", RIGHT).await;
    let set = got.header("set-cookie");
    assert!(set.starts_with("__Host-qunlian=") && set.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{set}");
    let cookie = set.split(';').next().unwrap();
    assert!(place.opens(cookie).await);
    assert!(!place.opens(cookie.trim_start_matches("__Host-")).await, "the plain name does not count");
}

#[tokio::test]
async fn nothing_tells_which_names_exist() {
    let place = Place::new();
    let neutral = |got: &Got, name: &str| (got.status, got.text().replace(&format!("value=\"{name}\""), ""));
    for try_ in 1..=8 {
        let before = place.verified.load(Ordering::SeqCst);
        let known = place.log_in("wang", "wrong").await;
        let between = place.verified.load(Ordering::SeqCst);
        let unknown = place.log_in("nobody", "wrong").await;
        let after = place.verified.load(Ordering::SeqCst);
        assert_eq!(known.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(neutral(&known, "wang"), neutral(&unknown, "nobody"), "try {try_}");
        let expected = usize::from(try_ <= 5);
        assert_eq!((between - before, after - between), (expected, expected), "try {try_}");
        assert!(known.header("set-cookie").is_empty());
    }
    let odd = "x".repeat(500);
    assert_eq!(place.log_in(&odd, "wrong").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn ten_thousand_wrong_tries_verify_five_and_a_lock_ends_by_itself() {
    let place = Place::new();
    let mut statuses = std::collections::BTreeMap::new();
    for turn in 0..10_000 {
        *statuses.entry(place.log_in("wang", &format!("wrong-{turn}")).await.status.as_u16()).or_insert(0) += 1;
    }
    assert_eq!(place.verified.load(Ordering::SeqCst), 5);
    // The address is slowed down after sixty.
    assert_eq!(statuses, std::collections::BTreeMap::from([(422, 60), (429, 9_940)]));
    assert_eq!(place.log_in("wang", RIGHT).await.status, StatusCode::TOO_MANY_REQUESTS);
    place.minutes(16);
    assert!(place.opens(&place.cookie().await).await, "a lock that was sat out opens");
    assert_eq!(place.books.account_named("wang").unwrap().unwrap().failures.count, 0);
}

#[tokio::test]
async fn tries_that_waited_for_their_turn_are_slowed_like_later_ones() {
    let place = Place::new();
    let names: Vec<String> = (0..200).map(|turn| format!("name-{turn}")).collect();
    let all = futures::future::join_all(names.iter().map(|name| place.log_in(name, "wrong"))).await;
    assert!(all.iter().all(|got| matches!(got.status.as_u16(), 422 | 429)));
    // Sixty, and one more beside the sixtieth: two are hashed at the same time.
    let verified = place.verified.load(Ordering::SeqCst);
    assert!((60..=61).contains(&verified), "{verified}");
}

#[tokio::test]
async fn while_locked_even_the_right_password_is_not_tried() {
    let place = Place::new();
    for _ in 0..5 {
        place.log_in("wang", "wrong").await;
    }
    let got = place.log_in("wang", RIGHT).await;
    assert_eq!((got.status, place.verified.load(Ordering::SeqCst)), (StatusCode::UNPROCESSABLE_ENTITY, 5));
    place.books.forget_failures(place.books.account_named("wang").unwrap().unwrap().id).unwrap();
    place.cookie().await;
}

#[tokio::test]
async fn sessions_end_idle_old_or_by_order() {
    let place = Place::new();
    let idle = place.cookie().await;
    place.minutes(29);
    assert!(place.opens(&idle).await);
    place.minutes(58);
    assert!(place.opens(&idle).await, "each request keeps it alive");
    place.minutes(58 + 30);
    assert!(!place.opens(&idle).await, "half an hour without a request");

    place.minutes(100);
    let old = place.cookie().await;
    for minute in (100..100 + 720).step_by(20) {
        place.minutes(minute);
        assert!(place.opens(&old).await, "{minute}");
    }
    place.minutes(100 + 720);
    assert!(!place.opens(&old).await, "twelve hours in any case");

    let left = place.cookie().await;
    let got = post(&place.site, "/logout", "", &[OURS[0], OURS[1], ("cookie", &left)]).await;
    assert_eq!((got.status, got.header("location")), (StatusCode::SEE_OTHER, "/login?after=logout"));
    assert!(got.header("set-cookie").starts_with("qunlian=; Max-Age=0;"));
    assert!(!place.opens(&left).await);

    let closed = place.cookie().await;
    place.books.set_disabled(place.books.account_named("wang").unwrap().unwrap().id, true, morning()).unwrap();
    assert!(!place.opens(&closed).await);
    assert_eq!(place.log_in("wang", RIGHT).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a closed account stays out");
}

#[tokio::test]
async fn a_login_ends_the_session_it_came_with() {
    let place = Place::new();
    let first = place.cookie().await;
    let form = format!("name=wang&password={RIGHT}");
    let again = post(&place.site, "/login", &form, &[OURS[0], OURS[1], ("cookie", &first)]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert!(!place.opens(&first).await, "a session fixed before the login is worth nothing after it");
}

#[tokio::test]
async fn logins_from_other_sites_are_refused_unseen() {
    let place = Place::new();
    let form = format!("name=wang&password={RIGHT}");
    for headers in
        [[("origin", "http://evil.example")], [("origin", "null")], [("sec-fetch-site", "cross-site")], [("sec-fetch-site", "same-site")]]
    {
        let got = post(&place.site, "/login", &form, &headers).await;
        assert_eq!((got.status, got.header("set-cookie")), (StatusCode::FORBIDDEN, ""), "{headers:?}");
    }
    assert_eq!(place.verified.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn back_leads_to_this_site_only() {
    let place = Place::new();
    for back in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "%2Fa%0D%0Aset-cookie%3Ax", "javascript%3A1"] {
        let page = super::get(&place.site, &format!("/login?back={back}")).await.text();
        assert!(page.contains("name=\"back\" value=\"\""), "{back}");
        let got = post(&place.site, "/login", &format!("name=wang&password={RIGHT}&back={back}"), &OURS).await;
        assert_eq!(got.header("location"), "/", "{back}");
    }
}

#[tokio::test]
async fn what_is_typed_stays_text() {
    let place = Place::new();
    let got = place.log_in("%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E", "x").await;
    assert!(!got.text().contains("<script>alert") && got.text().contains("&quot;&gt;&lt;script&gt;"), "{}", got.text());
}

#[tokio::test]
async fn expired_and_first_passwords_are_changed_before_anything_else() {
    let place = Place::new();
    place.clock.store(TimeDelta::days(90).num_seconds(), Ordering::SeqCst);
    let cookie = place.cookie().await;
    let mine = [OURS[0], OURS[1], ("cookie", cookie.as_str())];
    let sent = get_with(&place.site, "/projects", &mine).await;
    assert_eq!(sent.header("location"), "/account/password");
    assert_eq!(get_with(&place.site, "/projects.csv", &mine).await.status, StatusCode::FORBIDDEN);
    assert_eq!(post(&place.site, "/account/tokens", "", &mine).await.status, StatusCode::FORBIDDEN);
    let check = async |form: &str, words: &str| {
        let got = post(&place.site, "/account/password", form, &mine).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(got.text().contains(words), "{form}: {}", got.text());
    };
    check(&format!("current={RIGHT}&password=short&again=short"), "口令太短：至少 10 个字符").await;
    check(&format!("current={RIGHT}&password=Wang-tulip-77&again=Wang-tulip-77"), "不得包含用户名").await;
    check(&format!("current={RIGHT}&password={RIGHT}&again={RIGHT}"), "不能与当前口令相同").await;
    check(&format!("current={RIGHT}&password=Hx4-brook-6snow&again=Hx4-brook-7snow"), "两次输入的口令不一致").await;
    check("current=wrong&password=Hx4-brook-6snow&again=Hx4-brook-6snow", "当前口令不正确").await;
    let other = place.cookie().await;
    let good = format!("current={RIGHT}&password=Hx4-brook-6snow&again=Hx4-brook-6snow");
    let changed = post(&place.site, "/account/password", &good, &mine).await;
    assert_eq!((changed.status, changed.header("location")), (StatusCode::SEE_OTHER, "/account?done=password"));
    let fresh = changed.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(place.opens(&fresh).await && !place.opens(&cookie).await && !place.opens(&other).await, "every other session has ended");
    assert_eq!(place.log_in("wang", RIGHT).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn wrong_current_passwords_lock_like_wrong_logins() {
    let place = Place::new();
    let cookie = place.cookie().await;
    let mine = [OURS[0], OURS[1], ("cookie", cookie.as_str())];
    let before = place.verified.load(Ordering::SeqCst);
    for _ in 0..9 {
        post(&place.site, "/account/password", "current=wrong&password=Hx4-brook-6snow&again=Hx4-brook-6snow", &mine).await;
    }
    assert_eq!(place.verified.load(Ordering::SeqCst) - before, 5);
}

#[tokio::test]
async fn logins_leave_records() {
    let place = Place::new();
    place.log_in("wang", "wrong").await;
    place.log_in("nobody", "wrong").await;
    let cookie = place.cookie().await;
    post(&place.site, "/logout", "", &[OURS[0], OURS[1], ("cookie", &cookie)]).await;
    let records = place.books.audit_page(&qunlian_registry::AuditFilter::default(), None, 4).unwrap();
    let acts: Vec<(&str, &str)> = records.iter().map(|record| (record.action.as_str(), record.subject.as_str())).collect();
    assert_eq!(acts, [("logout", "wang"), ("login", "wang"), ("login_failed", "nobody"), ("login_failed", "wang")]);
    assert!(records.iter().all(|record| !record.detail.contains("wrong") && !record.detail.contains(RIGHT)), "no password is written down");
}
