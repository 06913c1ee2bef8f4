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
    // The bars that can be seen, each with the count that the table under the chart gives for the same link.
    let bars = "[...document.querySelectorAll(\"a.mark[href*='carrier=']\")].filter(m => m.getBoundingClientRect().width > 4)";
    assert!(browser.script(&format!("return {bars}.length")).as_i64().unwrap() >= 6);
    let twin = format!(
        "const bar = {bars}.find(b => b.getAttribute('href').includes('milestone=signed')); bar.id = 'the-bar'; bar.scrollIntoView({{block: 'center'}});
         return [...document.querySelectorAll('a[data-count]')].find(a => a.getAttribute('href') === bar.getAttribute('href')).dataset.count"
    );
    let count: i64 = browser.script(&twin).as_str().unwrap().parse().unwrap();
    assert!(count > 0);
    browser.click("#the-bar .hit");
    browser.wait_for("return location.pathname === '/projects' && document.readyState === 'complete'");
    let shown: i64 = browser.script("return document.querySelector('[data-total]').dataset.total").as_str().unwrap().parse().unwrap();
    assert_eq!(shown, count);
    let listed = browser.script("return document.querySelectorAll('table tbody tr').length").as_i64().unwrap();
    assert_eq!(listed, count.min(50));
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
