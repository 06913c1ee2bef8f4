//! The whole site over an invented city: addresses, headers, escaping, caching, languages, and marks against rows.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

#[path = "../fixture/mod.rs"]
mod fixture;

mod accounts;
mod addresses;
mod audit;
mod bulletins;
mod caching;
mod changes;
mod desk;
mod editor;
mod escaping;
mod filings;
mod languages;
mod login;
mod marks;
mod notices;
mod outlook;
mod pace;
mod recheck;
mod review;
mod roles;
mod saved_queries;
mod scope;
mod score_books;
mod score_checks;
mod score_forms;
mod scores;
mod statements;
mod subscriptions;
mod targets;
mod uploads;
mod what_if;
mod writing;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use tower::ServiceExt;

use crate::fixture::{FakeAnswers, app};

/// A response in memory.
pub struct Got {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Got {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or("")
    }
}

pub fn site() -> Router {
    qunlian_web::router(app(Arc::new(FakeAnswers::new()))).unwrap()
}

pub async fn send(site: &Router, request: Request<Body>) -> Got {
    let response = site.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Got { status: parts.status, headers: parts.headers, body: to_bytes(body, usize::MAX).await.unwrap().to_vec() }
}

pub async fn get(site: &Router, path: &str) -> Got {
    get_with(site, path, &[]).await
}

pub async fn get_with(site: &Router, path: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::get(path).header("host", "127.0.0.1:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(site, request.body(Body::empty()).unwrap()).await
}

pub async fn post(site: &Router, path: &str, form: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::builder().method(Method::POST).uri(path);
    request = request.header("host", "127.0.0.1:8080").header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(site, request.body(Body::from(form.to_owned())).unwrap()).await
}

/// Every page with figures.
pub const BOARDS: [&str; 33] = [
    "/",
    "/carriers",
    "/carriers/suixi",
    "/chains",
    "/chains/lvji",
    "/regions",
    "/forecast",
    "/bulletins",
    "/forecast?metric=fixed_assets",
    "/conversion?step=signed_completed",
    "/pace",
    "/pace?metric=fixed_assets",
    "/targets",
    "/targets?scope=carrier&metric=started",
    "/targets?scope=team",
    "/?compare=2022-05-24",
    "/carriers/suixi?compare=2022-04-30",
    "/changes?compare=2022-04-30",
    "/projects",
    "/projects?milestone=signed&year=2022&carrier=suixi",
    "/projects?waiting=signed_not_started",
    "/projects/p00300",
    "/quality",
    "/wall",
    "/wall?board=2",
    "/wall?board=3",
    "/wall?board=4",
    "/queries/city_progress",
    "/queries/projects_list",
    "/queries/largest_projects",
    "/api",
    "/?metric=fixed_assets",
    "/?year=2021",
];

/// Pages that work before anything is published.
pub const LIVE: [&str; 4] = ["/jobs", "/jobs/live", "/sql", "/subscriptions"];
