//! The first screen and its drill-down in a real browser, on a desk and on a phone.

use serde_json::Value;

use crate::support::browser::{Browser, DESK, PHONE};
use crate::support::server::demo;

const PAGES: [&str; 8] = ["/", "/carriers", "/chains", "/regions", "/projects", "/quality", "/jobs", "/sql"];

#[test]
fn the_first_screen_shows_the_published_figures() {
    let browser = Browser::open(DESK);
    browser.visit(&demo().base);
    let text = browser.script("return document.body.innerText").as_str().unwrap().to_owned();
    for figure in ["188", "60.6%", "92", "40.9%", "98", "56.0%", "41.7", "63.4", "13", "310", "225", "175", "165"] {
        assert!(text.contains(figure), "{figure} is missing from the first screen:\n{text}");
    }
    assert_eq!(browser.console_faults(), Vec::<String>::new());
}

#[test]
fn a_click_on_a_carriers_bar_leads_to_as_many_rows() {
    let browser = Browser::open(DESK);
    browser.visit(&format!("{}/carriers", demo().base));
    let mark = "a.mark[href*='carrier='][data-count]";
    let visible = format!("return [...document.querySelectorAll(\"{mark}\")].filter(m => m.getClientRects().length > 0).length");
    assert!(browser.script(&visible).as_i64().unwrap() >= 6);
    let script = format!("const m = [...document.querySelectorAll(\"{mark}\")].find(m => m.getBoundingClientRect().width > 4); m.id = 'the-mark'; return m.dataset.count");
    let count: i64 = browser.script(&script).as_str().unwrap().parse().unwrap();
    browser.script("document.getElementById('the-mark').scrollIntoView({block: 'center'})");
    browser.script("const h = document.querySelector('#the-mark .hit') || document.getElementById('the-mark'); h.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, view: window}))");
    browser.wait_for("return location.pathname === '/projects' && document.readyState === 'complete'");
    let shown: i64 = browser.script("return document.querySelector('[data-total]').dataset.total").as_str().unwrap().parse().unwrap();
    assert_eq!(shown, count);
}

#[test]
fn a_phone_has_no_sideways_scroll_and_nothing_leaves_the_machine() {
    let browser = Browser::open(PHONE);
    for page in PAGES {
        browser.visit(&format!("{}{page}", demo().base));
        let width = browser.script("return [document.documentElement.scrollWidth, window.innerWidth]");
        assert!(width[0].as_i64() <= width[1].as_i64(), "{page} is {width} wide");
        let foreign = browser.script("return performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin) && !n.startsWith('data:'))");
        assert_eq!(foreign, Value::Array(Vec::new()), "{page}");
        assert_eq!(browser.console_faults(), Vec::<String>::new(), "{page}");
    }
}
