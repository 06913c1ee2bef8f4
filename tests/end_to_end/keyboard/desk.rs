//! The analysts' desk by keys alone: asked with completion, estimated, run, drawn, taken away, saved, pinned, found again.

use std::time::Duration;

use qunlian_domain::access::Role;
use serde_json::Value;

use super::{FOCUS, enter, press, tab_to, text, walk};
use crate::support::Folder;
use crate::support::browser::{Browser, DESK, key};
use crate::support::server::Server;

const EDITOR: &str = ".cm-content";

fn holds(browser: &Browser, script: &str) -> bool {
    browser.script(&format!("return Boolean({script})")) == Value::Bool(true)
}

/// What stands in the editor.
fn typed(browser: &Browser) -> String {
    browser.script("return document.querySelector('[data-sql]').value").as_str().unwrap().to_owned()
}

/// Tabs backward until an element is the focused one.
fn back_to(browser: &Browser, selector: &str) {
    for _ in 0..60 {
        if holds(browser, &format!("document.activeElement.matches('{selector}')")) {
            return;
        }
        browser.press_holding(key::SHIFT, key::TAB);
    }
    panic!("{selector} is not reached backward");
}

/// Opens a fold whose head has the focus, or will have.
fn unfold(browser: &Browser, fold: &str) {
    tab_to(browser, &format!("{fold}>summary"));
    press(browser, key::ENTER);
    browser.wait_for(&format!("return document.querySelector('{fold}').open"));
}

/// Types a statement; a table's name is taken from the list that the editor offers.
fn the_statement_is_typed(browser: &Browser) {
    browser.wait_for("return performance.getEntriesByType('resource').some(e => e.name.endsWith('/sql/schema.json') && e.responseEnd > 0)");
    tab_to(browser, EDITOR);
    browser.press("select carrier_id, count(*) as n from projec");
    browser.press_holding(key::CONTROL, ' ');
    browser.wait_for("return [...document.querySelectorAll('.cm-tooltip-autocomplete:not(.cm-tooltip-autocomplete-disabled) li[aria-selected]')].some(e => e.textContent.startsWith('projects'))");
    // The list takes no key in its first 75 ms: nobody means what has just come up.
    std::thread::sleep(Duration::from_millis(150));
    press(browser, key::ENTER);
    assert_eq!(typed(browser), "select carrier_id, count(*) as n from projects", "the name is taken by a key");
    browser.press(" group by carrier_id having count(*) >= $least order by n desc ");
    browser.wait_for("return document.querySelector('#p-least') !== null");
}

/// Esc closes what the editor has opened and drops the selection; Tab then leaves, both ways.
fn the_editor_lets_go(browser: &Browser) {
    browser.press_holding(key::CONTROL, 'a');
    let before = typed(browser);
    press(browser, key::ESCAPE);
    press(browser, key::TAB);
    assert!(!holds(browser, &format!("document.activeElement.closest('{EDITOR}')")), "a keyboard trap");
    assert_eq!(typed(browser), before, "nothing was indented");
    browser.press_holding(key::SHIFT, key::TAB);
    assert!(holds(browser, &format!("document.activeElement.matches('{EDITOR}')")));
    browser.press_holding(key::SHIFT, key::TAB);
    assert!(!holds(browser, &format!("document.activeElement.closest('{EDITOR}')")), "backward, too");
}

fn the_parameter_is_filled(browser: &Browser) {
    tab_to(browser, "#p-least");
    browser.press("1");
    tab_to(browser, "select[name=\"t.least\"]");
    press(browser, key::DOWN);
    browser.wait_for("return document.querySelector('#p-least').getAttribute('inputmode') === 'numeric'");
    assert!(holds(browser, "document.activeElement.name === 't.least'"), "the focus stays where the fields are made anew");
}

fn it_is_estimated_and_run(browser: &Browser) {
    tab_to(browser, "[data-estimate]");
    press(browser, key::ENTER);
    browser.wait_for("return document.querySelector('#estimate') !== null");
    assert!(text(browser).contains("TableScan"), "{}", text(browser));
    back_to(browser, EDITOR);
    browser.press_holding(key::CONTROL, key::ENTER);
    browser.wait_for("return document.querySelector('#result tbody tr') !== null");
    assert!(holds(browser, &format!("document.activeElement.matches('{EDITOR}')")), "one goes on typing");
    unfold(browser, "[data-plan]");
    browser.wait_for("return document.querySelector('[data-plan] #estimate') !== null");
}

fn it_is_drawn(browser: &Browser) {
    unfold(browser, ".charting");
    tab_to(browser, "[data-draw]");
    press(browser, key::ENTER);
    browser.wait_for("return document.querySelector('#result figure svg') !== null");
    assert!(holds(browser, "document.activeElement.matches('[data-draw]')"), "the focus stays in the result");
    tab_to(browser, "#result .again button[value=csv]");
    let focus = browser.script(FOCUS);
    assert!(focus["sign"] == Value::Bool(true) && focus["seen"] == Value::Bool(true), "the download is at hand: {focus}");
}

#[test]
fn an_analyst_asks_draws_saves_and_pins_by_keys_alone() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let analyst = folder.let_in("analyst", &[Role::Analyst], None);
    let server = Server::start(&folder);
    let browser = Browser::open(DESK);
    browser.let_in(&server.base, &analyst);
    browser.visit(&format!("{}/sql", server.base));
    the_statement_is_typed(&browser);
    the_editor_lets_go(&browser);
    the_parameter_is_filled(&browser);
    it_is_estimated_and_run(&browser);
    it_is_drawn(&browser);
    walk(&browser, "the desk with a chart");
    // Saved from the editor, opened again, and its chart pinned.
    tab_to(&browser, EDITOR);
    browser.script("window.before = true");
    browser.press_holding(key::CONTROL, 's');
    browser.wait_for("return window.before === undefined && document.readyState === 'complete'");
    tab_to(&browser, "#name");
    browser.press("键盘查询");
    enter(&browser);
    assert!(text(&browser).contains("键盘查询") && holds(&browser, "location.pathname === '/sql/saved/1'"), "{}", text(&browser));
    walk(&browser, "a saved query");
    tab_to(&browser, "a[href='/sql?saved=1']");
    enter(&browser);
    tab_to(&browser, EDITOR);
    browser.press_holding(key::CONTROL, key::ENTER);
    browser.wait_for("return document.querySelector('#result tbody tr') !== null");
    unfold(&browser, ".charting");
    tab_to(&browser, "[data-draw]");
    press(&browser, key::ENTER);
    browser.wait_for("return document.querySelector('#result figure svg') !== null");
    unfold(&browser, ".pinning");
    tab_to(&browser, ".pinning input[name=name]");
    browser.press_holding(key::CONTROL, 'a');
    browser.press("键盘图");
    tab_to(&browser, ".pinning button[value=half]");
    enter(&browser);
    assert!(holds(&browser, "location.pathname === '/sql/board' && document.querySelector('.board svg')"), "{}", text(&browser));
    walk(&browser, "the board");
    tab_to(&browser, "a[href='/sql/history']");
    enter(&browser);
    let history = text(&browser);
    assert!(history.contains("select carrier_id, count(*) as n") && history.contains("完成"), "{history}");
    walk(&browser, "the history");
    // The bare page on which the session was taken up names no icon, so the browser asks for one.
    let faults: Vec<String> = browser.console_faults().into_iter().filter(|fault| !fault.contains("/favicon.ico")).collect();
    assert_eq!(faults, Vec::<String>::new());
}
