//! Keys only (键盘操作): a clerk files, a reviewer approves and an analyst asks without a pointer; everything is reached, seen
//! and left again.

mod desk;

use qunlian_domain::access::{Role, RowScope};
use qunlian_registry::{ClaimFilter, FilingBooks, SqliteStore};
use serde_json::Value;

use crate::support::Folder;
use crate::support::browser::{Browser, DESK, PHONE, key};
use crate::support::server::Server;

/// What the clerk types, field by field: texts are keyed, dates by their digits, choices by their first letters.
const TEXTS: [(&str, &str); 10] = [
    ("name", "年产2万吨双零铝箔键盘示例项目"),
    ("content", "购置箔轧机4台，年产双零铝箔2万吨"),
    ("investor", "江阴示例铝箔有限公司"),
    ("investor_address", "江苏省江阴市示例路1号"),
    ("address", "濉溪经济开发区示例路"),
    ("agreed_yuan", "12亿元"),
    ("planned_fixed_yuan", "90000"),
    ("contract_number", "样例〔2022〕200号"),
    ("lead_person", "示范主任"),
    ("lead_phone", "13900001234"),
];
const DATES: [(&str, [&str; 3]); 2] = [("signed_on", ["2022", "05", "30"]), ("planned_start_on", ["2022", "09", "30"])];

/// Everything on the page that the keyboard must reach: seen, enabled, of a group of radio buttons one.
const REACHABLE: &str = "
    const group = new Set();
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\"0\"]')].filter(e => {
        if (e.tabIndex < 0 || e.matches(':disabled') || !e.checkVisibility({visibilityProperty: true})) return false;
        if (e.type !== 'radio') return true;
        if (group.has(e.name)) return false;
        group.add(e.name);
        return true;
    }).map((e, at) => { e.dataset.stop = at; return e.outerHTML.slice(0, 120); })";

/// Where the focus stands: its stop, whether a sign of it is drawn, whether it is in sight and nothing lies over it.
const FOCUS: &str = "
    const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement) return null;
    const drawn = e => { const s = getComputedStyle(e); return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1.5) || s.boxShadow !== 'none'; };
    const mark = e.closest('.mark');
    const hit = mark && [...mark.querySelectorAll('*')].some(p => getComputedStyle(p).strokeWidth !== '0px' && getComputedStyle(p).stroke !== 'none');
    const label = e.labels && [...e.labels].some(drawn);
    const box = (getComputedStyle(e).opacity === '0' && e.labels && e.labels[0] ? e.labels[0] : e).getBoundingClientRect();
    const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 8), 0), innerWidth - 1), y = Math.min(Math.max(box.top + Math.min(box.height / 2, 8), 0), innerHeight - 1);
    const over = document.elementFromPoint(x, y);
    const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const free = mark || over && (e.contains(over) || over.contains(e) || (e.labels && [...e.labels].some(l => l.contains(over))));
    return { stop: e.dataset.stop || null, html: e.outerHTML.slice(0, 120), sign: Boolean(drawn(e) || label || hit), seen: Boolean(seen), free: Boolean(free) }";

fn press(browser: &Browser, key: char) {
    browser.press(&key.to_string());
}

/// Presses Tab until an element is the focused one.
fn tab_to(browser: &Browser, selector: &str) {
    let quoted = serde_json::to_string(selector).unwrap();
    for _ in 0..250 {
        if browser.script(&format!("return document.activeElement.matches({quoted})")) == Value::Bool(true) {
            return;
        }
        press(browser, key::TAB);
    }
    panic!("{selector} is not reached at {}", browser.script("return location.href"));
}

/// Tabs once around the page: every stop is met, shows that it is, and lets go again.
fn walk(browser: &Browser, place: &str) {
    let expected = browser.script(REACHABLE);
    let expected: Vec<&str> = expected.as_array().unwrap().iter().map(|html| html.as_str().unwrap()).collect();
    let mut met = vec![false; expected.len()];
    let mut faults = Vec::new();
    let mut strange = 0;
    browser.script("document.activeElement.blur(); window.scrollTo(0, 0); getSelection().removeAllRanges();");
    for turn in 0..3 * expected.len() + 10 {
        press(browser, key::TAB);
        let focus = browser.script(FOCUS);
        let Some(stop) = focus["stop"].as_str() else {
            // Around the end, or at something that scrolls.
            strange += 1;
            continue;
        };
        let stop: usize = stop.parse().unwrap();
        if std::mem::replace(&mut met[stop], true) {
            // Dates have parts: Tab goes through them. Anything else that comes again is the second round.
            if stop == 0 || turn > 2 * expected.len() {
                break;
            }
            continue;
        }
        for (right, what) in [(&focus["sign"], "shows no focus"), (&focus["seen"], "is out of sight"), (&focus["free"], "is covered")] {
            if *right != Value::Bool(true) {
                faults.push(format!("{what}: {}", focus["html"]));
            }
        }
    }
    let missed = met.iter().zip(&expected).filter(|(met, _)| !**met).map(|(_, html)| format!("not reached: {html}"));
    faults.extend(missed);
    assert!(faults.is_empty(), "{place}, {} stops, {strange} others:\n{}", expected.len(), faults.join("\n"));
}

/// Presses Enter and waits for the page that follows.
fn enter(browser: &Browser) {
    browser.script("window.before = true");
    press(browser, key::ENTER);
    browser.wait_for("return window.before === undefined && document.readyState === 'complete'");
}

fn text(browser: &Browser) -> String {
    browser.script("return document.body.innerText").as_str().unwrap().to_owned()
}

/// Types a day part by part, in the order of the browser's language.
fn type_day(browser: &Browser, field: &str, [year, month, day]: [&str; 3]) {
    tab_to(browser, &format!("#f-{field}"));
    let order = browser
        .script("return new Intl.DateTimeFormat().formatToParts(new Date()).map(part => part.type).filter(type => type !== 'literal')");
    for part in order.as_array().unwrap() {
        match part.as_str().unwrap() {
            "year" => browser.press(&format!("{year}{}", key::RIGHT)),
            "month" => browser.press(month),
            _ => browser.press(day),
        }
    }
    let typed = browser.script(&format!("return document.getElementById('f-{field}').value"));
    assert_eq!(typed, Value::from(format!("{year}-{month}-{day}")), "{field}");
}

fn the_skip_link_leads_to_the_content(browser: &Browser) {
    press(browser, key::TAB);
    assert_eq!(browser.script("return document.activeElement.className"), "skip");
    let focus = browser.script(FOCUS);
    assert!(focus["seen"] == Value::Bool(true) && focus["sign"] == Value::Bool(true), "{focus}");
    press(browser, key::ENTER);
    press(browser, key::TAB);
    assert_eq!(browser.script("return document.getElementById('main').contains(document.activeElement)"), Value::Bool(true));
}

fn the_clerk_files(server: &Server, clerk: &str) {
    let browser = Browser::open(DESK);
    browser.let_in(&server.base, clerk);
    browser.visit(&format!("{}/filings", server.base));
    the_skip_link_leads_to_the_content(&browser);
    walk(&browser, "filings");
    tab_to(&browser, "a[href='/filings/new']");
    enter(&browser);
    walk(&browser, "blank form");
    // The stage is chosen by key and taken by the button beside it.
    tab_to(&browser, "#f-stage");
    press(&browser, key::DOWN);
    assert_eq!(browser.script("return document.getElementById('f-stage').value"), "signed");
    tab_to(&browser, "button[value=stage]");
    enter(&browser);
    for (field, words) in TEXTS.into_iter().filter(|(field, _)| *field != "lead_phone") {
        tab_to(&browser, &format!("#f-{field}"));
        browser.press(words);
    }
    tab_to(&browser, "#f-class");
    press(&browser, key::DOWN);
    assert_eq!(browser.script("return document.getElementById('f-class').value"), "industry");
    for (field, day) in DATES {
        type_day(&browser, field, day);
    }
    tab_to(&browser, "#f-confidential");
    press(&browser, ' ');
    assert_eq!(browser.script("return document.getElementById('f-confidential').checked"), Value::Bool(true));
    press(&browser, ' ');
    tab_to(&browser, "button[name=do][value=submit]");
    enter(&browser);
    // What is wrong is where the focus stands, and leads to its field.
    assert_eq!(browser.script("return document.activeElement.id"), "faults");
    walk(&browser, "form with faults");
    tab_to(&browser, "a[href='#f-lead_phone']");
    press(&browser, key::ENTER);
    assert_eq!(browser.script("return document.activeElement.id"), "f-lead_phone");
    browser.press("13900001234");
    tab_to(&browser, "button[name=do][value=submit]");
    enter(&browser);
    assert!(text(&browser).contains("待审核"), "{}", text(&browser));
    walk(&browser, "filing");
    tab_to(&browser, "main a[href], main summary, main button");
    let here = browser.script(FOCUS);
    press(&browser, key::TAB);
    assert_ne!(browser.script(FOCUS), here);
    browser.press_holding(key::SHIFT, key::TAB);
    assert_eq!(browser.script(FOCUS), here, "Shift and Tab go backward");
}

fn the_reviewer_approves(server: &Server, reviewer: &str) {
    let browser = Browser::open(DESK);
    browser.let_in(&server.base, reviewer);
    browser.visit(&format!("{}/review", server.base));
    walk(&browser, "queue");
    tab_to(&browser, "td a[href^='/review/']");
    enter(&browser);
    walk(&browser, "claim");
    tab_to(&browser, "#approval");
    browser.press("材料齐全");
    tab_to(&browser, "#approve button");
    enter(&browser);
    assert!(text(&browser).contains("待公示"), "{}", text(&browser));
}

#[test]
fn a_filing_is_filed_and_approved_by_keys_alone() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let clerk = folder.let_in("clerk", &[Role::Clerk], Some("suixi"));
    let reviewer = folder.let_in("reviewer", &[Role::Reviewer], None);
    let server = Server::start_on(&folder, "2022-06-01");
    the_clerk_files(&server, &clerk);
    the_reviewer_approves(&server, &reviewer);
    let books = SqliteStore::open(&folder.data().join("books.sqlite")).unwrap();
    let all = ClaimFilter { scope: RowScope::City, limit: 10, ..ClaimFilter::default() };
    let claims = books.claims(&all).unwrap();
    assert_eq!(claims.len(), 1);
    assert_eq!((claims[0].standing.state.name(), claims[0].typed["contract_number"].as_str()), ("待公示", "样例〔2022〕200号"));
}

#[test]
fn boards_lists_and_the_phones_menu_are_walked_by_keys() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let clerk = folder.let_in("clerk", &[Role::Clerk, Role::Analyst], Some("suixi"));
    let server = Server::start(&folder);
    let desk = Browser::open(DESK);
    desk.let_in(&server.base, &clerk);
    for page in ["/", "/carriers", "/projects", "/sql", "/account/tokens", "/filings/upload"] {
        desk.visit(&format!("{}{page}", server.base));
        walk(&desk, page);
    }
    let phone = Browser::open(PHONE);
    phone.let_in(&server.base, &clerk);
    phone.visit(&format!("{}/filings", server.base));
    assert_eq!(phone.script("return document.querySelector('.nav').getClientRects().length"), 0, "the menu is shut");
    tab_to(&phone, "#menu");
    press(&phone, ' ');
    walk(&phone, "a phone with its menu open");
}
