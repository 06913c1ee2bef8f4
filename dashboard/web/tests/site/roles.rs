//! Roles against addresses: every address has a row here, and whoever is not in it is turned away.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use qunlian_domain::access::Role;
use qunlian_registry::secret::key_of;
use qunlian_registry::{Grant, NewAccount, Store};
use qunlian_web::{App, Mode, addresses};

use super::{get, get_with, post};
use crate::fixture::{FakeAnswers, app, morning};

/// In the order of the letters below.
const ROLES: [(char, Role); 8] = [
    ('L', Role::Leader),
    ('A', Role::Analyst),
    ('C', Role::Clerk),
    ('R', Role::Reviewer),
    ('T', Role::TeamMember),
    ('s', Role::SystemAdministrator),
    ('g', Role::SecurityAdministrator),
    ('a', Role::AuditAdministrator),
];

/// Who may: `p` is everybody, the other letters are those of [`ROLES`]. Files of one page share a row: `.*`.
const EXPECTED: &[(&str, &str)] = &[
    ("GET /", "LACRT"),
    ("GET /carriers", "LACRT"),
    ("GET /carriers/{id}", "LACRT"),
    ("GET /chains", "LACRT"),
    ("GET /chains/{id}", "LACRT"),
    ("GET /regions", "LACRT"),
    ("GET /forecast", "LACRT"),
    ("GET /conversion", "LACRT"),
    ("GET /bulletins", "LACRT"),
    ("GET /bulletins.*", "LACR"),
    ("GET /bulletins/made/{file}", "LACR"),
    ("GET /pace", "LACRT"),
    ("GET /targets", "LACRT"),
    ("GET /changes", "LACRT"),
    ("GET /projects", "LACRT"),
    ("GET /projects/{id}", "LACRT"),
    ("GET /quality", "LACRT"),
    ("GET /wall", "LACRT"),
    ("GET /queries/{name}", "LACRT"),
    ("GET /charts/{file}", "LACRT"),
    ("GET /api", "LACRT"),
    ("GET /api/generation", "LACRTsga"),
    ("GET /api/queries/{file}", "LACR"),
    ("GET /city.*", "LACR"),
    ("GET /carriers.*", "LACR"),
    ("GET /chains.*", "LACR"),
    ("GET /regions.*", "LACR"),
    ("GET /pace.*", "LACR"),
    ("GET /targets.*", "LACR"),
    ("GET /targets/edit", "R"),
    ("POST /targets/edit", "R"),
    ("GET /changes.*", "LACR"),
    ("GET /projects.*", "LACR"),
    ("GET /quality.*", "LACR"),
    ("GET /jobs", "LACRTs"),
    ("GET /jobs/live", "LACRTs"),
    ("POST /jobs/run", "s"),
    ("GET /subscriptions", "LACRTs"),
    ("POST /subscriptions", "LACRT"),
    ("POST /subscriptions/{id}/test", "LACRT"),
    ("POST /subscriptions/{id}/stop", "LACRTs"),
    ("GET /recheck", "LACRT"),
    ("POST /recheck", "LACRT"),
    ("POST /recheck.*", "LACR"),
    ("GET /scores", "LACRT"),
    ("GET /scores.*", "LACR"),
    ("POST /scores/close", "R"),
    ("GET /scores/what-if", "LACRT"),
    ("GET /scores/entries", "R"),
    ("POST /scores/entries", "R"),
    ("GET /scores/ratings", "R"),
    ("POST /scores/ratings", "R"),
    ("GET /scores/figures", "R"),
    ("POST /scores/figures", "R"),
    ("GET /scores/checks", "R"),
    ("POST /scores/checks", "R"),
    ("GET /reserve", "LACRT"),
    ("GET /trips", "LRT"),
    ("POST /trips", "RT"),
    ("GET /trips/new", "RT"),
    ("GET /trips/{id}", "LRT"),
    ("GET /trips/{id}/edit", "RT"),
    ("POST /trips/{id}/edit", "RT"),
    ("POST /trips/{id}/off", "RT"),
    ("POST /trips/{id}/visits", "RT"),
    ("GET /trips/{id}/brief", "LRT"),
    ("GET /review", "R"),
    ("GET /review/pace", "LACRT"),
    ("GET /review/{claim}", "R"),
    ("POST /review/{claim}/hold", "R"),
    ("POST /review/{claim}/approve", "R"),
    ("POST /review/{claim}/return", "R"),
    ("POST /review/{claim}/judge", "R"),
    ("POST /review/{claim}/revoke", "R"),
    ("GET /review/filings/{number}/credit", "R"),
    ("POST /review/filings/{number}/credit", "R"),
    ("POST /review/filings/{number}/arbitration", "R"),
    ("GET /sql", "A"),
    ("POST /sql", "A"),
    ("GET /sql/saved", "A"),
    ("POST /sql/saved", "A"),
    ("GET /sql/saved/{id}", "A"),
    ("POST /sql/saved/{id}", "A"),
    ("POST /sql/saved/{id}/share", "A"),
    ("POST /sql/saved/{id}/delete", "A"),
    ("POST /sql/saved/{id}/pin", "A"),
    ("GET /sql/history", "A"),
    ("GET /sql/history/live", "A"),
    ("GET /sql/board", "A"),
    ("POST /sql/board/{id}/move", "A"),
    ("POST /sql/board/{id}/unpin", "A"),
    ("POST /sql/run", "A"),
    ("POST /sql/outline", "A"),
    ("POST /sql/fields", "A"),
    ("POST /sql/stop", "A"),
    ("GET /sql/runs.*", "A"),
    ("GET /sql/schema.*", "A"),
    ("GET /q", "A"),
    ("GET /q.*", "A"),
    ("GET /q/{file}", "A"),
    ("GET /statements", "s"),
    ("GET /statements/live", "s"),
    ("POST /statements/{id}/stop", "s"),
    ("GET /audit", "a"),
    ("GET /audit.*", "a"),
    ("GET /filings", "CRT"),
    ("GET /filings/new", "C"),
    ("POST /filings", "C"),
    ("POST /filings/preview", "C"),
    ("GET /filings/upload", "C"),
    ("POST /filings/upload", "C"),
    ("POST /filings/upload/confirm", "C"),
    ("GET /filings/upload/{key}", "C"),
    ("GET /filings/{number}", "CRT"),
    ("POST /filings/{number}/unmask", "CRT"),
    ("GET /filings/{number}/claims/new", "C"),
    ("POST /filings/{number}/claims/new", "C"),
    ("GET /claims/{id}", "CRT"),
    ("POST /claims/{id}", "C"),
    ("POST /claims/{id}/withdraw", "C"),
    ("POST /claims/{id}/files", "C"),
    ("GET /files/{id}", "CRT"),
    ("POST /files/{id}/remove", "C"),
    ("GET /guide", "LACRTsga"),
    ("GET /api/filings", "LACRTsga"),
    ("POST /api/filings", "C"),
    ("GET /api/filings/{number}", "CRT"),
    ("GET /api/openapi.*", "LACRTsga"),
    ("GET /set", "pLACRTsga"),
    ("GET /notices", "pLACRTsga"),
    ("GET /notices/{id}", "pLACRTsga"),
    ("GET /notices/{id}/objections/new", "pLACRTsga"),
    ("POST /notices/{id}/objections/new", "pLACRTsga"),
    ("GET /notices/{id}/objections/{number}", "pLACRTsga"),
    ("GET /healthz", "pLACRTsga"),
    ("GET /assets/{name}", "pLACRTsga"),
    ("GET /login", "pLACRTsga"),
    ("POST /login", "pLACRTsga"),
    ("POST /logout", "pLACRTsga"),
    // To the link's holder only; to everybody else it is not there.
    ("GET /setup", "pLACRTsga"),
    ("POST /setup", "pLACRTsga"),
    ("GET /account", "LACRTsga"),
    ("GET /account/password", "LACRTsga"),
    ("POST /account/password", "LACRTsga"),
    ("POST /account/sessions", "LACRTsga"),
    ("GET /account/tokens", "LACRTsga"),
    ("POST /account/tokens", "LACRTsga"),
    ("POST /account/tokens/{id}/revoke", "LACRTsga"),
    ("GET /accounts", "sg"),
    ("POST /accounts", "s"),
    ("GET /accounts/{id}", "sg"),
    ("POST /accounts/{id}/person", "s"),
    ("POST /accounts/{id}/closed", "s"),
    ("POST /accounts/{id}/roles", "g"),
    ("POST /accounts/{id}/unlock", "g"),
    ("POST /accounts/{id}/sessions", "g"),
    ("POST /accounts/{id}/password", "g"),
    ("POST /accounts/{id}/tokens/{token}/revoke", "g"),
];

/// The app as it is served, with an account and a session for every role; cookies are `qunlian=<letter>`.
pub fn staffed(mode: Mode) -> App {
    let mut parts = app(Arc::new(FakeAnswers::new()));
    parts.mode = mode;
    for (letter, role) in ROLES {
        open(parts.books.as_ref(), &format!("one-{letter}-{}", role.id()), role, &letter.to_string());
    }
    parts
}

/// An account with one role and an open session of that secret.
pub fn open(books: &dyn Store, name: &str, role: Role, secret: &str) -> i64 {
    let new = NewAccount { name: name.into(), person: format!("示例{}", role.name()), created_by: "test".into(), now: morning() };
    let account = books.create_account(&new).unwrap();
    books.set_password(account.id, "plain:Gq7-tulip-9rain", false, morning()).unwrap();
    let carrier_id = role.needs_carrier().then(|| "suixi".to_owned());
    books.grant_roles(account.id, &[Grant { role, carrier_id }], "test", morning()).unwrap();
    books.open_session(&key_of(secret), account.id, morning()).unwrap();
    account.id
}

fn row_of(method: &str, path: &str) -> String {
    let stem = [".xlsx", ".csv", ".json", ".parquet", ".arrow", ".docx", ".pdf"].into_iter().find_map(|suffix| path.strip_suffix(suffix));
    match stem {
        Some(stem) => format!("{method} {stem}.*"),
        None => format!("{method} {path}"),
    }
}

/// An address that the path stands for.
fn example(path: &str) -> String {
    let filled = match path {
        "/carriers/{id}" => "/carriers/suixi",
        "/chains/{id}" => "/chains/lvji",
        "/projects/{id}" => "/projects/p00300",
        "/queries/{name}" => "/queries/city_progress",
        "/charts/{file}" => "/charts/cumulative-signed.svg",
        "/api/queries/{file}" => "/api/queries/city_progress.json",
        "/set" => "/set?lang=zh",
        other => return other.replace("{token}", "1").replace("{id}", "1").replace("{", "").replace("}", ""),
    };
    filled.to_owned()
}

/// True when the gate let it through, whatever came after.
async fn opens(site: &Router, books: &dyn Store, method: &str, path: &str, session: Option<char>) -> bool {
    let cookie = session.map(|letter| format!("qunlian={letter}")).unwrap_or_default();
    let address = example(path);
    let headers = [("cookie", cookie.as_str())];
    if let Some(letter) = session {
        // What ends sessions ended it.
        let key = key_of(&letter.to_string());
        if books.session(&key).unwrap().is_none() {
            let (_, role) = ROLES.into_iter().find(|(known, _)| *known == letter).unwrap();
            let account = books.account_named(&format!("one-{letter}-{}", role.id())).unwrap().unwrap();
            books.open_session(&key, account.id, morning()).unwrap();
        }
    }
    let got = if method == "GET" { get_with(site, &address, &headers).await } else { post(site, &address, "", &headers).await };
    let sent_to = got.header("location");
    assert!(!got.status.is_server_error(), "{method} {address} as {cookie:?}: {}", got.text());
    // Those who see no figures are sent from the front page to their own.
    let sent_away =
        got.status == StatusCode::SEE_OTHER && ((sent_to.starts_with("/login") && !sent_to.contains("after=")) || address == "/");
    !(sent_away || matches!(got.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN))
}

#[tokio::test]
async fn every_address_opens_for_its_roles_and_for_nobody_else() {
    let parts = staffed(Mode::Serve);
    let books = Arc::clone(&parts.books);
    let site = qunlian_web::router(parts).unwrap();
    let mut used = BTreeSet::new();
    for (method, path) in addresses(Mode::Serve) {
        let row = row_of(method.as_str(), &path);
        let expected = EXPECTED.iter().find(|(known, _)| *known == row);
        let (known, letters) = expected.unwrap_or_else(|| panic!("{row} has no row: say here who may"));
        used.insert(*known);
        assert_eq!(opens(&site, books.as_ref(), method.as_str(), &path, None).await, letters.contains('p'), "{row} for the public");
        for (letter, role) in ROLES {
            assert_eq!(
                opens(&site, books.as_ref(), method.as_str(), &path, Some(letter)).await,
                letters.contains(letter),
                "{row} for {role:?}"
            );
        }
    }
    for (row, _) in EXPECTED {
        assert!(used.contains(row), "{row} is not an address any more");
    }
}

#[tokio::test]
async fn those_without_a_session_are_sent_to_log_in() {
    let site = qunlian_web::router(staffed(Mode::Serve)).unwrap();
    let page = get(&site, "/projects?q=a&year=2022").await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/login?back=%2Fprojects%3Fq%3Da%26year%3D2022"));
    assert_eq!(get(&site, "/").await.header("location"), "/login");
    let api = get(&site, "/api/queries/city_progress.json").await;
    assert_eq!((api.status, api.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer"));
    assert!(api.text().contains("\"ok\":false"), "{}", api.text());
    assert_eq!(get(&site, "/projects.csv").await.status, StatusCode::UNAUTHORIZED);
    let write = post(&site, "/jobs/run", "job=build_lake", &[]).await;
    assert_eq!(write.status, StatusCode::FORBIDDEN);
    assert!(write.text().contains("登录已失效"), "{}", write.text());
    for cookie in ["qunlian=x", "qunlian=", "qunlian_demo=leader", "__Host-qunlian=L"] {
        assert_eq!(get_with(&site, "/carriers", &[("cookie", cookie)]).await.status, StatusCode::SEE_OTHER, "{cookie}");
    }
    assert_eq!(get(&site, "/nope").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn no_kept_page_is_another_readers() {
    let site = qunlian_web::router(staffed(Mode::Serve)).unwrap();
    let mut etags = BTreeSet::new();
    for letter in ['L', 'A', 'C', 'R', 'T'] {
        let cookie = format!("qunlian={letter}");
        let got = get_with(&site, "/", &[("cookie", &cookie)]).await;
        let (_, role) = ROLES.into_iter().find(|(known, _)| *known == letter).unwrap();
        assert!(got.text().contains(&format!("示例{}", role.name())), "{role:?} reads their own name");
        assert_eq!(got.text().contains("href=\"/sql\""), role == Role::Analyst, "{role:?}");
        assert_eq!(got.text().contains("download>Excel"), role != Role::TeamMember, "{role:?}");
        assert!(got.header("cache-control").starts_with("private"));
        etags.insert(got.header("etag").to_owned());
    }
    assert_eq!(etags.len(), 5);
    let known = get_with(&site, "/", &[("cookie", "qunlian=L")]).await.header("etag").to_owned();
    let other = get_with(&site, "/", &[("cookie", "qunlian=C"), ("if-none-match", &known)]).await;
    assert_eq!(other.status, StatusCode::OK);
    let nobody = get_with(&site, "/", &[("if-none-match", &known)]).await;
    assert_eq!(nobody.header("location"), "/login");
}

#[tokio::test]
async fn those_who_see_no_figures_begin_elsewhere() {
    let site = qunlian_web::router(staffed(Mode::Serve)).unwrap();
    assert_eq!(get_with(&site, "/", &[("cookie", "qunlian=s")]).await.header("location"), "/jobs");
    let refused = get_with(&site, "/projects", &[("cookie", "qunlian=s")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains("没有此项权限") && !refused.text().contains("href=\"/projects\""), "{}", refused.text());
    let jobs = get_with(&site, "/jobs", &[("cookie", "qunlian=L")]).await.text();
    assert!(!jobs.contains("/jobs/run"), "who may not run jobs is shown no button");
}

#[tokio::test]
async fn the_demonstration_plays_every_part() {
    let site = qunlian_web::router(staffed(Mode::Demo)).unwrap();
    let page = get(&site, "/").await.text();
    assert!(page.contains("action=\"/demo/role\"") && page.contains("演示身份"), "the switch is on the page");
    assert_eq!(get(&site, "/sql").await.status, StatusCode::OK, "without a choice one is leader and analyst");
    assert_eq!(post(&site, "/jobs/run", "job=build_lake", &[]).await.status, StatusCode::FORBIDDEN);
    for (part, path, status) in [
        ("system", "/jobs", StatusCode::OK),
        ("system", "/projects", StatusCode::FORBIDDEN),
        ("leader", "/sql", StatusCode::FORBIDDEN),
        ("clerk-suixi", "/projects", StatusCode::OK),
        ("public", "/projects", StatusCode::SEE_OTHER),
    ] {
        let chosen = post(&site, "/demo/role", &format!("role={part}&back=%2Fcarriers"), &[]).await;
        assert_eq!((chosen.status, chosen.header("location")), (StatusCode::SEE_OTHER, "/carriers"), "{part}");
        let cookie = chosen.header("set-cookie").split(';').next().unwrap().to_owned();
        assert_eq!(get_with(&site, path, &[("cookie", &cookie)]).await.status, status, "{part} {path}");
    }
    assert_eq!(post(&site, "/demo/role", "role=emperor", &[]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(post(&site, "/demo/role", "role=leader&back=%2F%2Fevil.example", &[]).await.header("location"), "/");
    assert_eq!(
        get_with(&site, "/", &[("cookie", "qunlian_demo=leader; qunlian=s")]).await.header("location"),
        "/jobs",
        "a login goes first"
    );
}

#[tokio::test]
async fn a_served_city_knows_no_switch() {
    let site = qunlian_web::router(staffed(Mode::Serve)).unwrap();
    assert_eq!(post(&site, "/demo/role", "role=leader", &[]).await.status, StatusCode::NOT_FOUND);
    let page = get_with(&site, "/", &[("cookie", "qunlian=L")]).await.text();
    assert!(!page.contains("/demo/role"));
}
