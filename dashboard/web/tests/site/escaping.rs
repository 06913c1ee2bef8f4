//! Escaping: what people typed never becomes markup, on any page.

use std::path::Path;
use std::sync::Arc;

use super::{BOARDS, LIVE, get, post};
use crate::fixture::{FakeAnswers, app};

#[tokio::test]
async fn hostile_names_stay_text_everywhere() {
    let site = qunlian_web::router(app(Arc::new(FakeAnswers::hostile()))).unwrap();
    let mut seen = 0;
    for path in BOARDS.into_iter().chain(LIVE) {
        let page = get(&site, path).await.text();
        assert!(!page.contains("<script>alert") && !page.contains("'&\""), "{path}");
        seen += usize::from(page.contains("&lt;script&gt;"));
    }
    assert!(seen >= 12, "only {seen} pages showed a hostile name at all");
    for path in ["/charts/carrier-signed.svg", "/charts/region-places.svg", "/charts/carrier-chains.svg"] {
        let svg = get(&site, path).await.text();
        assert!(!svg.contains("<script"), "{path}");
    }
}

#[tokio::test]
async fn what_stands_in_the_address_stays_text() {
    let site = super::site();
    let payload = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in [
        "/projects?q=",
        "/?year=",
        "/projects?carrier=",
        "/projects?milestone=",
        "/quality?q=",
        "/quality?problem=",
        "/sql?sql=",
        "/carriers/",
        "/?metric=",
        "/jobs?asked=",
        "/queries/projects_list?q=",
    ] {
        let page = get(&site, &format!("{path}{payload}")).await.text();
        assert!(!page.contains("<script>alert"), "{path}");
    }
}

#[tokio::test]
async fn results_of_statements_stay_text() {
    let site = super::site();
    let page = post(&site, "/sql", "sql=select+'%3C%2Ftextarea%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E'", &[]).await.text();
    assert!(
        page.contains("46") && page.contains("&lt;script&gt;") && !page.contains("<script>alert") && !page.contains("</textarea><script"),
        "{page}"
    );
}

#[tokio::test]
async fn no_page_carries_style_or_script_of_its_own() {
    let site = super::site();
    for path in BOARDS.into_iter().chain(LIVE) {
        check_markup(path, &get(&site, path).await.text());
    }
}

#[test]
fn no_template_carries_style_or_script_of_its_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        check_markup(&path.display().to_string(), &text);
        assert!(!text.contains("|safe") && !text.contains("autoescape"), "{}", path.display());
        seen += 1;
    }
    assert!(seen > 15, "{seen}");
}

fn check_markup(place: &str, html: &str) {
    for rest in html.split('<').skip(1) {
        let tag = rest.split('>').next().unwrap_or("");
        assert!(!tag.starts_with("style"), "{place}: <{tag}>");
        assert!(!tag.starts_with("script") || tag.contains("src="), "{place}: <{tag}>");
        for attribute in tag.split_ascii_whitespace().skip(1) {
            let name = attribute.split('=').next().unwrap_or("");
            assert!(name != "style" && !(name.starts_with("on") && attribute.contains('=')), "{place}: <{tag}>");
            assert!(!attribute.contains("javascript:"), "{place}: <{tag}>");
        }
    }
    for outside in ["https://", "src=\"//", "href=\"//"] {
        assert!(!html.contains(outside), "{place} names another host: {outside}");
    }
    for start in html.split("http://").skip(1) {
        assert!(start.starts_with("www.w3.org/"), "{place} names another host: {}", &start[..30.min(start.len())]);
    }
}
