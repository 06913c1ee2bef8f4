//! Marks against rows: whatever a board counts leads to exactly so many rows, under several filters.

use std::collections::BTreeSet;

use axum::Router;
use axum::http::StatusCode;

use super::{get, site};

const PAGES: [&str; 15] = [
    "/",
    "/carriers",
    "/carriers/suixi",
    "/carriers/meihua",
    "/chains",
    "/chains/lvji",
    "/chains/dianzi",
    "/regions",
    "/forecast",
    "/conversion",
    "/conversion?step=started_completed",
    "/bulletins",
    "/pace",
    "/targets",
    "/targets?scope=chain",
];

#[tokio::test]
async fn every_count_leads_to_so_many_rows() {
    let site = site();
    let mut followed = BTreeSet::new();
    for filter in ["", "?year=2021", "?as_of=2022-03-31"] {
        for page in PAGES {
            let html = get(&site, &address(page, filter)).await.text();
            for (href, count) in counted_links(&html) {
                if followed.insert(href.clone()) {
                    check(&site, &href, count).await;
                }
            }
        }
    }
    assert!(followed.len() > 400, "only {} links were followed", followed.len());
}

#[tokio::test]
async fn facets_lead_to_so_many_rows() {
    let site = site();
    for page in [
        "/projects",
        "/projects?milestone=signed&year=2022",
        "/projects?milestone=started&year=2022&month=3&carrier=suixi",
        "/projects?waiting=signed_not_started",
        "/projects?promise=start&kept=late&due=2022",
    ] {
        for (href, count) in counted_links(&get(&site, page).await.text()) {
            check(&site, &href, count).await;
        }
    }
}

/// Marks in the drawings: the number that ends a bar's tooltip is not parsed, but each leads to rows.
#[tokio::test]
async fn every_mark_leads_to_a_page_with_rows() {
    let site = site();
    let mut followed = BTreeSet::new();
    for page in PAGES {
        let html = get(&site, page).await.text();
        for rest in html.split("<a class=\"mark\" href=\"").skip(1) {
            let href = unescaped(rest.split('"').next().unwrap());
            if followed.insert(href.clone()) {
                let got = get(&site, &href).await;
                assert_eq!(got.status, StatusCode::OK, "{href}");
                assert_ne!(total(&got.text()), Some(0), "{href} leads to an empty list");
            }
        }
    }
    assert!(followed.len() > 120, "only {} marks were followed", followed.len());
}

#[tokio::test]
async fn the_pages_of_a_list_hold_all_its_rows_once() {
    let site = site();
    let mut seen = BTreeSet::new();
    let mut next = Some("/projects?milestone=signed&year=2022".to_owned());
    while let Some(path) = next.take() {
        let html = get(&site, &path).await.text();
        for rest in html.split("<a href=\"/projects/").skip(1) {
            assert!(seen.insert(rest.split(['?', '"']).next().unwrap().to_owned()));
        }
        next = html.split("rel=\"next\" href=\"").nth(1).map(|rest| unescaped(rest.split('"').next().unwrap()));
    }
    assert_eq!(seen.len(), 188);
}

/// A page under a filter, whether it has one of its own or not.
fn address(page: &str, filter: &str) -> String {
    if page.contains('?') { format!("{page}{}", filter.replacen('?', "&", 1)) } else { format!("{page}{filter}") }
}

pub async fn check(site: &Router, href: &str, count: i64) {
    let got = get(site, href).await;
    assert_eq!(got.status, StatusCode::OK, "{href}");
    assert_eq!(total(&got.text()), Some(count), "{href}");
}

/// Links of the form `<a … href="…" data-count="…">`.
pub fn counted_links(html: &str) -> Vec<(String, i64)> {
    let mut links = Vec::new();
    for rest in html.split("<a ").skip(1) {
        let tag = rest.split('>').next().unwrap_or("");
        let value = |name: &str| tag.split(&format!("{name}=\"")).nth(1).map(|rest| unescaped(rest.split('"').next().unwrap_or("")));
        if let (Some(href), Some(count)) = (value("href"), value("data-count")) {
            links.push((href, count.parse().unwrap()));
        }
    }
    links
}

fn total(html: &str) -> Option<i64> {
    html.split("data-total=\"").nth(1)?.split('"').next()?.parse().ok()
}

fn unescaped(text: &str) -> String {
    text.replace("&amp;", "&").replace("&#39;", "'")
}
