//! Setting up, opening accounts, granting roles, tokens: each in the hands of its own administrator.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};
use qunlian_domain::access::Role;
use qunlian_domain::access::token::TokenScope;
use qunlian_registry::secret::key_of;
use qunlian_registry::{AuditFilter, Grant, NewToken, Store};
use qunlian_web::{App, Mode, set_up_if_needed};

use super::roles::{open, staffed};
use super::{Got, get_with, post, send};
use crate::fixture::{FakeAnswers, app, morning};

/// A request from an address, over the wire's own word for it.
async fn from(site: &Router, peer: [u8; 4], method: Method, path: &str, form: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
    request = request.header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(form.to_owned())).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 40_000))));
    send(site, request).await
}

const HERE: [u8; 4] = [127, 0, 0, 1];
const ELSEWHERE: [u8; 4] = [192, 0, 2, 7];

fn three(token: &str) -> String {
    format!(
        "token={token}&system_name=xitong&system_person=系统员甲&system_password=Gq7-tulip-9rain&system_again=Gq7-tulip-9rain\
         &security_name=anquan&security_person=安全员乙&security_password=Hx4-brook-6snow&security_again=Hx4-brook-6snow\
         &audit_name=shenji&audit_person=审计员丙&audit_password=Kz2-maple-8wind&audit_again=Kz2-maple-8wind"
    )
}

#[tokio::test]
async fn the_first_three_are_opened_by_the_link_once_and_from_here_only() {
    let mut parts = app(Arc::new(FakeAnswers::new()));
    parts.mode = Mode::Serve;
    let (secret, keeper) = set_up_if_needed(parts.books.as_ref()).unwrap().unwrap();
    parts.security.set_up = Some(keeper);
    let books = Arc::clone(&parts.books);
    let site = qunlian_web::router(parts).unwrap();
    let page = format!("/setup?token={secret}");

    let refused = async |peer: [u8; 4], path: &str, headers: &[(&str, &str)]| {
        assert_eq!(from(&site, peer, Method::GET, path, "", headers).await.status, StatusCode::NOT_FOUND, "{path} {headers:?}");
    };
    refused(ELSEWHERE, &page, &[]).await;
    refused(HERE, &page, &[("x-forwarded-for", "192.0.2.7")]).await;
    refused(HERE, "/setup", &[]).await;
    refused(HERE, &format!("/setup?token={}", "0".repeat(64)), &[]).await;
    assert_eq!(super::get(&site, &page).await.status, StatusCode::NOT_FOUND, "an unknown address is not this machine");
    assert_eq!(from(&site, ELSEWHERE, Method::POST, "/setup", &three(&secret), &[]).await.status, StatusCode::NOT_FOUND);

    let shown = from(&site, HERE, Method::GET, &page, "", &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text().contains("系统管理员") && shown.text().contains("90 天后须更换"), "{}", shown.text());
    let same = three(&secret).replace("anquan", "XiTong").replace("Kz2-maple-8wind", "short");
    let mended = from(&site, HERE, Method::POST, "/setup", &same, &[]).await;
    assert_eq!(mended.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(mended.text().contains("用户名不能相同") && mended.text().contains("口令太短"), "{}", mended.text());
    assert!(!mended.text().contains("Gq7-tulip-9rain"), "passwords are never given back");
    assert!(books.accounts().unwrap().iter().all(|account| account.password.is_none()));

    let done = from(&site, HERE, Method::POST, "/setup", &three(&secret), &[]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/login?after=setup"));
    for (name, role) in
        [("xitong", Role::SystemAdministrator), ("anquan", Role::SecurityAdministrator), ("shenji", Role::AuditAdministrator)]
    {
        let account = books.account_named(name).unwrap().unwrap();
        assert_eq!((account.grants, account.must_change), (vec![Grant { role, carrier_id: None }], false), "{name}");
    }
    refused(HERE, &page, &[]).await;
    assert_eq!(from(&site, HERE, Method::POST, "/setup", &three(&secret), &[]).await.status, StatusCode::NOT_FOUND);
    assert!(set_up_if_needed(books.as_ref()).unwrap().is_none(), "a later start makes no link");
    assert_eq!(books.audit_page(&AuditFilter::default(), None, 5).unwrap()[0].action, "setup");
}

struct Place {
    site: Router,
    books: Arc<dyn Store>,
}

impl Place {
    fn new() -> Self {
        let parts: App = staffed(Mode::Serve);
        let books = Arc::clone(&parts.books);
        Self { site: qunlian_web::router(parts).unwrap(), books }
    }

    async fn write(&self, as_: &str, path: &str, form: &str) -> Got {
        post(&self.site, path, form, &[("cookie", &format!("qunlian={as_}"))]).await
    }

    async fn read(&self, as_: &str, path: &str) -> Got {
        get_with(&self.site, path, &[("cookie", &format!("qunlian={as_}"))]).await
    }

    fn id(&self, name: &str) -> i64 {
        self.books.account_named(name).unwrap().unwrap().id
    }
}

/// What stands in the box that is shown once.
fn shown_once(page: &str) -> String {
    let box_ = page.split("class=\"shown-once\"").nth(1).unwrap_or_else(|| panic!("nothing shown: {page}"));
    box_.split("<code").nth(1).and_then(|rest| rest.split('>').nth(1)).and_then(|rest| rest.split('<').next()).unwrap().to_owned()
}

#[tokio::test]
async fn one_opens_the_other_grants_and_the_first_password_serves_once() {
    let place = Place::new();
    let opened = place.write("s", "/accounts", "name=li.si&person=李示例").await;
    assert_eq!(opened.status, StatusCode::OK);
    let first = shown_once(&opened.text());
    assert!(!place.read("s", "/accounts").await.text().contains(&first), "shown once");
    let id = place.id("li.si");
    assert!(place.books.account(id).unwrap().unwrap().grants.is_empty(), "no right comes with it");

    assert_eq!(place.write("s", &format!("/accounts/{id}/roles"), "role=leader").await.status, StatusCode::FORBIDDEN);
    assert_eq!(place.write("g", "/accounts", "name=x.y&person=某").await.status, StatusCode::FORBIDDEN);
    assert_eq!(place.write("g", &format!("/accounts/{id}/closed"), "closed=yes").await.status, StatusCode::FORBIDDEN);
    let bare = place.write("g", &format!("/accounts/{id}/roles"), "role=clerk").await;
    assert!(bare.status == StatusCode::UNPROCESSABLE_ENTITY && bare.text().contains("必须指定载体单位"), "{}", bare.text());
    let both = place.write("g", &format!("/accounts/{id}/roles"), "role=clerk&role=reviewer&carrier=suixi").await;
    assert!(both.text().contains("填报人员与审核人员不得由同一账号兼任"), "{}", both.text());
    let odd = place.write("g", &format!("/accounts/{id}/roles"), "role=system&role=audit").await;
    assert!(odd.text().contains("系统管理员与审计管理员不得由同一账号兼任"));
    assert_eq!(place.write("g", &format!("/accounts/{id}/roles"), "role=clerk&carrier=suixi").await.status, StatusCode::SEE_OTHER);
    let of = |id: &str| Grant { role: Role::Clerk, carrier_id: Some(id.into()) };
    assert_eq!(place.books.account(id).unwrap().unwrap().grants, [of("suixi")]);
    let two = place.write("g", &format!("/accounts/{id}/roles"), "role=clerk&carrier=suixi&carrier=duji&carrier=atlantis").await;
    assert_eq!(two.status, StatusCode::SEE_OTHER);
    assert_eq!(place.books.account(id).unwrap().unwrap().grants, [of("duji"), of("suixi")]);

    let login = post(&place.site, "/login", &format!("name=li.si&password={first}"), &[]).await;
    let cookie = login.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(get_with(&place.site, "/", &[("cookie", &cookie)]).await.header("location"), "/account/password");
    let acts: Vec<String> =
        place.books.audit_page(&AuditFilter::default(), None, 3).unwrap().into_iter().map(|record| record.action).collect();
    assert_eq!(acts, ["login", "roles_granted", "roles_granted"]);
}

#[tokio::test]
async fn names_are_checked_and_stay_text() {
    let place = Place::new();
    for (form, words) in [
        ("name=a&person=某", "2 至 40 个字母"),
        ("name=%3Cscript%3E&person=某", "2 至 40 个字母"),
        ("name=one-L-leader&person=某", "已被使用"),
        ("name=good&person=", "请填写姓名或岗位"),
        ("name=good&person=%E2%80%AE%E2%80%8B", "请填写姓名或岗位"),
    ] {
        let got = place.write("s", "/accounts", form).await;
        assert!(got.status == StatusCode::UNPROCESSABLE_ENTITY && got.text().contains(words), "{form}: {}", got.text());
    }
    let payload = "%3Cimg+src%3Dx%3E%0D%0A%E2%80%AE%22%27";
    assert_eq!(place.write("s", "/accounts", &format!("name=payload&person={payload}")).await.status, StatusCode::OK);
    let id = place.id("payload");
    assert_eq!(place.books.account(id).unwrap().unwrap().person, "<img src=x> \"'");
    for path in ["/accounts".to_owned(), format!("/accounts/{id}")] {
        for reader in ["s", "g"] {
            let page = place.read(reader, &path).await.text();
            assert!(!page.contains("<img") && page.contains("&lt;img src=x&gt;"), "{path} for {reader}");
        }
    }
    assert_eq!(place.write("s", &format!("/accounts/{id}/person"), "person=王示例").await.status, StatusCode::SEE_OTHER);
    assert_eq!(place.books.account(id).unwrap().unwrap().person, "王示例");
    assert_eq!(place.read("s", "/accounts/9999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_acts_on_themselves_and_the_three_stay_complete() {
    let place = Place::new();
    let (system, security, audit) = (place.id("one-s-system"), place.id("one-g-security"), place.id("one-a-audit"));
    let own = place.write("s", &format!("/accounts/{system}/closed"), "closed=yes").await;
    assert!(own.text().contains("不能停用自己的账号"), "{}", own.text());
    let own = place.write("g", &format!("/accounts/{security}/roles"), "role=leader").await;
    assert!(own.text().contains("不能更改自己的角色"), "{}", own.text());
    // The demonstration's administrators are in these books too: close them first.
    for name in ["demo-security", "demo-audit", "demo-system"] {
        assert_eq!(place.write("s", &format!("/accounts/{}/closed", place.id(name)), "closed=yes").await.status, StatusCode::SEE_OTHER);
    }
    let last = place.write("s", &format!("/accounts/{audit}/closed"), "closed=yes").await;
    assert!(last.text().contains("审计管理员一职无人担任"), "{}", last.text());
    let last = place.write("g", &format!("/accounts/{system}/roles"), "role=leader").await;
    assert!(last.text().contains("系统管理员一职无人担任"), "{}", last.text());
    assert_eq!(
        place.write("g", &format!("/accounts/{audit}/password"), "").await.status,
        StatusCode::FORBIDDEN,
        "no administrator is reset"
    );
}

#[tokio::test]
async fn an_analyst_may_be_bound_to_carriers() {
    let place = Place::new();
    let id = place.id("one-L-leader");
    let path = format!("/accounts/{id}/roles");
    let bare = place.write("g", &path, "role=analyst_of_carriers").await;
    assert!(bare.text().contains("必须指定载体单位"), "{}", bare.text());
    let grant = |role: Role, carrier: Option<&str>| Grant { role, carrier_id: carrier.map(str::to_owned) };
    let check = |body: &'static str, expect: Vec<Grant>| {
        let (place, path) = (&place, &path);
        async move {
            assert_eq!(place.write("g", path, body).await.status, StatusCode::SEE_OTHER, "{body}");
            assert_eq!(place.books.account(id).unwrap().unwrap().grants, expect, "{body}");
        }
    };
    check("role=analyst_of_carriers&carrier=suixi", vec![grant(Role::Analyst, Some("suixi"))]).await;
    let page = place.read("g", &format!("/accounts/{id}")).await.text();
    assert!(page.contains("分析人员（濉溪"), "{page}");
    assert!(page.contains("value=\"analyst_of_carriers\" checked") && !page.contains("value=\"analyst\" checked"), "{page}");
    check("role=analyst&role=analyst_of_carriers&carrier=suixi", vec![grant(Role::Analyst, None)]).await;
    let both = vec![grant(Role::Analyst, Some("suixi")), grant(Role::Clerk, Some("suixi"))];
    check("role=clerk&role=analyst_of_carriers&carrier=suixi", both).await;
}

#[tokio::test]
async fn the_security_administrator_unlocks_ends_sessions_and_resets() {
    let place = Place::new();
    let id = place.id("one-L-leader");
    for _ in 0..5 {
        post(&place.site, "/login", "name=one-L-leader&password=wrong", &[]).await;
    }
    assert!(place.read("g", &format!("/accounts/{id}")).await.text().contains("已锁定"));
    assert_eq!(place.write("g", &format!("/accounts/{id}/unlock"), "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(place.books.account(id).unwrap().unwrap().failures.count, 0);
    assert_eq!(place.read("L", "/carriers").await.status, StatusCode::OK);
    assert_eq!(place.write("g", &format!("/accounts/{id}/sessions"), "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(place.read("L", "/carriers").await.status, StatusCode::SEE_OTHER);
    let reset = place.write("g", &format!("/accounts/{id}/password"), "").await;
    let first = shown_once(&reset.text());
    assert!(place.books.account(id).unwrap().unwrap().must_change);
    assert_eq!(post(&place.site, "/login", &format!("name=one-L-leader&password={first}"), &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_token_is_shown_once_and_opens_the_interface_only() {
    let place = Place::new();
    let made = place.write("A", "/account/tokens", "title=日报&days=30&scope=read&scope=sql").await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let secret = shown_once(&made.text());
    assert!(secret.len() == 64 && !place.read("A", "/account/tokens").await.text().contains(&secret), "shown once");
    let token = place.books.token(&key_of(&secret)).unwrap().unwrap();
    assert_eq!(token.scopes, [TokenScope::Read, TokenScope::Sql]);
    let bearer = format!("Bearer {secret}");
    let by = async |path: &str| get_with(&place.site, path, &[("authorization", &bearer)]).await.status;
    assert_eq!(by("/api/queries/city_progress.json").await, StatusCode::OK);
    assert_eq!(by("/carriers.csv").await, StatusCode::OK);
    assert_eq!(by("/carriers").await, StatusCode::SEE_OTHER, "pages are for people");
    assert_eq!(by("/account").await, StatusCode::SEE_OTHER);
    let bad = get_with(&place.site, "/carriers.csv", &[("authorization", "Bearer nonsense"), ("cookie", "qunlian=A")]).await;
    assert_eq!(bad.status, StatusCode::UNAUTHORIZED, "a bad token is refused, whatever else is there");
    let revoked = place.write("A", &format!("/account/tokens/{}/revoke", token.id), "").await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER);
    assert_eq!(by("/carriers.csv").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn tokens_are_bounded_by_scope_time_and_owner() {
    let place = Place::new();
    for (as_, form, words) in [
        ("L", "title=x&days=30&scope=sql", "至少选择一项"),
        ("L", "title=x&days=30", "至少选择一项"),
        ("L", "title=x&days=367&scope=read", "1 至 366"),
        ("L", "title=x&days=0&scope=read", "1 至 366"),
        ("L", "title=%E2%80%8B&days=1&scope=read", "请填写用途"),
    ] {
        let got = place.write(as_, "/account/tokens", form).await;
        assert!(got.status == StatusCode::UNPROCESSABLE_ENTITY && got.text().contains(words), "{form}: {}", got.text());
    }
    assert!(place.read("s", "/account/tokens").await.text().contains("没有可用于接口的权限"));
    let new = |key: &str, scopes: &[TokenScope], minutes: i64| NewToken {
        account: place.id("one-C-clerk"),
        title: "x".into(),
        key: key_of(key),
        scopes: scopes.to_vec(),
        now: morning() - chrono::TimeDelta::hours(2),
        expires_at: morning() + chrono::TimeDelta::minutes(minutes),
    };
    place.books.create_token(&new("files", &[TokenScope::File], 10)).unwrap();
    place.books.create_token(&new("old", &[TokenScope::Read], 0)).unwrap();
    let clerk = place.books.create_token(&new("reads", &[TokenScope::Read], 10)).unwrap();
    let by = async |key: &str| get_with(&place.site, "/projects.csv", &[("authorization", &format!("Bearer {key}"))]).await.status;
    assert_eq!(by("reads").await, StatusCode::OK);
    assert_eq!(by("files").await, StatusCode::FORBIDDEN, "made for filing");
    assert_eq!(by("old").await, StatusCode::UNAUTHORIZED, "expired");
    assert_eq!(place.write("L", &format!("/account/tokens/{}/revoke", clerk.id), "").await.status, StatusCode::NOT_FOUND, "another's");
    assert_eq!(by("reads").await, StatusCode::OK);
    let owner = place.id("one-C-clerk");
    assert_eq!(place.write("g", &format!("/accounts/{owner}/tokens/{}/revoke", clerk.id), "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(by("reads").await, StatusCode::UNAUTHORIZED);
    open(place.books.as_ref(), "second", Role::Leader, "second");
    for turn in 0..20 {
        assert_eq!(place.write("second", "/account/tokens", &format!("title=t{turn}&days=1&scope=read")).await.status, StatusCode::OK);
    }
    assert!(place.write("second", "/account/tokens", "title=more&days=1&scope=read").await.text().contains("有效令牌已达 20 个"));
}
