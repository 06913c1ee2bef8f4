//! Caching: one ETag per generation, address and language; pages are put together once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};

use super::{BOARDS, get, get_with, send};
use crate::fixture::{FakeAnswers, app};

#[tokio::test]
async fn an_unchanged_page_is_not_sent_again() {
    let answers = Arc::new(FakeAnswers::new());
    let site = qunlian_web::router(app(Arc::clone(&answers))).unwrap();
    // What shows the books, too, is put together each time.
    for path in BOARDS.into_iter().filter(|path| *path != "/bulletins") {
        let first = get(&site, path).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with("W/\"g42-"), "{path}: {etag}");
        assert_eq!(first.header("vary"), "accept-encoding, cookie", "{path}");
        let again = get_with(&site, path, &[("if-none-match", &etag)]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        assert_eq!(again.header("etag"), etag, "{path}");
        assert!(!again.header("content-security-policy").is_empty());
    }
}

#[tokio::test]
async fn generation_language_and_theme_each_have_their_own() {
    let answers = Arc::new(FakeAnswers::new());
    let site = qunlian_web::router(app(Arc::clone(&answers))).unwrap();
    let old = get(&site, "/").await.header("etag").to_owned();
    let check = async |headers: &[(&str, &str)]| {
        let mut headers = headers.to_vec();
        headers.push(("if-none-match", &old));
        assert_eq!(get_with(&site, "/", &headers).await.status, StatusCode::OK, "{headers:?}");
    };
    check(&[("cookie", "qunlian_lang=en")]).await;
    check(&[("cookie", "qunlian_theme=dark")]).await;
    answers.publish();
    let new = get_with(&site, "/", &[("if-none-match", &old)]).await;
    assert_eq!(new.status, StatusCode::OK);
    assert!(new.header("etag").starts_with("W/\"g43-") && new.text().contains("第 43 代"));
}

#[tokio::test]
async fn fifty_readers_cost_one_page() {
    let answers = Arc::new(FakeAnswers::new());
    let site = qunlian_web::router(app(Arc::clone(&answers))).unwrap();
    get(&site, "/").await;
    let for_one = answers.asked.swap(0, Ordering::SeqCst);
    assert!(for_one >= 11, "{for_one}");
    let readers = (0..50).map(|_| get_with(&site, "/?year=2022", &[("accept-encoding", "gzip")]));
    let pages = futures_all(readers).await;
    assert!(pages.iter().all(|page| page.status == StatusCode::OK && page.body == pages[0].body));
    assert!(pages[0].body.starts_with(&[0x1f, 0x8b]), "sent compressed");
    assert_eq!(answers.asked.load(Ordering::SeqCst), for_one, "the page was put together more than once");
}

async fn futures_all<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut all = Vec::new();
    let pinned: Vec<_> = futures.map(Box::pin).collect();
    for future in pinned {
        all.push(future.await);
    }
    all
}

#[tokio::test]
async fn the_first_screen_is_light() {
    let site = super::site();
    let page = get_with(&site, "/", &[("accept-encoding", "gzip")]).await;
    assert!(page.body.len() < 60_000, "{} bytes compressed", page.body.len());
}

#[tokio::test]
async fn faults_are_never_kept() {
    let site = super::site();
    for path in ["/nope", "/?year=x"] {
        let got = get(&site, path).await;
        assert_eq!((got.header("etag"), got.header("cache-control")), ("", "no-store"), "{path}");
    }
}

#[tokio::test]
async fn head_has_no_body() {
    let request = Request::builder().method(Method::HEAD).uri("/").header("host", "localhost").body(Body::empty()).unwrap();
    let got = send(&super::site(), request).await;
    assert_eq!((got.status, got.body.len()), (StatusCode::OK, 0));
}
