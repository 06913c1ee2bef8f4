//! The whole way of a filing in a real browser: a clerk's phone, two reviewers, the public, the Monday notice, recognition.

use qunlian_domain::access::{Role, RowScope};
use qunlian_registry::{ClaimFilter, FilingBooks, SqliteStore};

use crate::backups::audit;
use crate::support::Folder;
use crate::support::browser::{Browser, DESK, PHONE};
use crate::support::server::Server;

const SIGNED: &str = "select count(*) from milestones where milestone = 'signed' and year = 2022";

/// What the clerk types; dates and choices are set, texts are keyed.
const FORM: [(&str, &str); 12] = [
    ("name", "年产2万吨双零铝箔示例项目"),
    ("content", "购置箔轧机4台，年产双零铝箔2万吨"),
    ("class", "industry"),
    ("investor", "示例铝箔"),
    ("investor_address", "江苏省江阴市示例路1号"),
    ("address", "濉溪经济开发区示例路"),
    ("agreed_yuan", "12亿元"),
    ("planned_fixed_yuan", "90000"),
    ("signed_on", "2022-05-30"),
    ("contract_number", "样例〔2022〕200号"),
    ("planned_start_on", "2022-09-30"),
    ("lead_person", "示范主任"),
];

struct People {
    clerk: String,
    first: String,
    second: String,
}

fn books(folder: &Folder) -> SqliteStore {
    SqliteStore::open(&folder.data().join("books.sqlite")).unwrap()
}

/// The one claim that was filed.
fn claim(folder: &Folder) -> qunlian_registry::Claim {
    let all = ClaimFilter { scope: RowScope::City, limit: 10, ..ClaimFilter::default() };
    let mut claims = books(folder).claims(&all).unwrap();
    assert_eq!(claims.len(), 1, "{claims:?}");
    claims.remove(0)
}

fn fill(browser: &Browser, field: &str, text: &str) {
    let text = serde_json::to_string(text).unwrap();
    browser.script(&format!(
        "const field = document.getElementById('f-{field}'); field.focus(); field.value = {text};
         field.dispatchEvent(new Event('input', {{bubbles: true}})); field.dispatchEvent(new Event('change', {{bubbles: true}}));"
    ));
}

fn text(browser: &Browser) -> String {
    browser.script("return document.body.innerText").as_str().unwrap().to_owned()
}

/// Clicks and waits for the page that follows.
fn send(browser: &Browser, selector: &str) {
    browser.script("window.before = true");
    browser.script(&format!("document.querySelector({}).scrollIntoView({{block: 'center'}})", serde_json::to_string(selector).unwrap()));
    browser.click(selector);
    browser.wait_for("return window.before === undefined && document.readyState === 'complete'");
}

fn no_sideways_scroll(browser: &Browser) {
    let width = browser.script("return [document.documentElement.scrollWidth, window.innerWidth]");
    assert!(width[0].as_i64() <= width[1].as_i64(), "{width} at {}", browser.script("return location.href"));
}

fn the_clerk_files(folder: &Folder, people: &People) {
    let server = Server::start_on(folder, "2022-06-01");
    let phone = Browser::open(PHONE);
    phone.let_in(&server.base, &people.clerk);
    phone.visit(&format!("{}/filings/new?stage=signed", server.base));
    for (field, value) in FORM {
        fill(&phone, field, value);
    }
    no_sideways_scroll(&phone);
    // The number of the person in charge is missing: the form says so beside the field and keeps everything.
    send(&phone, "button[name=do][value=submit]");
    assert_eq!(phone.script("return document.getElementById('f-lead_phone').getAttribute('aria-invalid')"), "true");
    assert_eq!(phone.script("return document.getElementById('f-name').value"), FORM[0].1);
    fill(&phone, "lead_phone", "13900001234");
    send(&phone, "button[name=do][value=submit]");
    assert!(text(&phone).contains("待审核"), "{}", text(&phone));
    no_sideways_scroll(&phone);
    assert!(!phone.script("return document.documentElement.outerHTML").as_str().unwrap().contains("13900001234"), "masked");
    let desk = Browser::open(DESK);
    desk.let_in(&server.base, &people.first);
    desk.visit(&format!("{}/review", server.base));
    assert!(text(&desk).contains(FORM[0].1));
    let id = claim(folder).id;
    desk.visit(&format!("{}/review/{id}", server.base));
    desk.script("document.getElementById('whole').value = '投资方请写营业执照上的全称'");
    send(&desk, "#return button");
    phone.visit(&format!("{}/claims/{id}", server.base));
    assert!(text(&phone).contains("投资方请写营业执照上的全称"));
    fill(&phone, "investor", "江阴示例铝箔有限公司");
    send(&phone, "button[name=do][value=submit]");
    desk.visit(&format!("{}/review/{id}", server.base));
    send(&desk, "#approve button");
    assert_eq!(claim(folder).standing.state.name(), "待公示");
    // A form that must be mended answers 422, and `/healthz` has no icon: browsers note both.
    let expected = |fault: &String| fault.contains("status of 422") || fault.contains("favicon.ico");
    let faults: Vec<String> =
        [phone.console_faults(), desk.console_faults()].concat().into_iter().filter(|fault| !expected(fault)).collect();
    assert_eq!(faults, Vec::<String>::new());
}

fn the_public_objects(folder: &Folder) {
    folder.run(&["run", "monday_notice", "--today", "2022-06-06"]);
    let server = Server::start_on(folder, "2022-06-07");
    let phone = Browser::open(PHONE);
    phone.visit(&format!("{}/notices/2022-W22", server.base));
    let page = text(&phone);
    assert!(page.contains(FORM[0].1) && page.contains("12亿元") && page.contains("濉溪"), "{page}");
    assert!(!page.contains("1234") && !page.contains("江阴示例铝箔"), "neither contacts nor the investor: {page}");
    no_sideways_scroll(&phone);
    send(&phone, "a[href*='/objections/new']");
    phone.script(
        "document.getElementById('reason').value = '该项目与邻县去年公示的项目系同一投资，请核实是否重复计算。';
         document.getElementById('name').value = '王先生'; document.getElementById('contact').value = '13900005678';",
    );
    send(&phone, "form.stacked button");
    assert_eq!(claim(folder).standing.state.name(), "异议复核", "{}", text(&phone));
}

fn a_second_reviewer_dismisses(folder: &Folder, people: &People) {
    let server = Server::start_on(folder, "2022-06-08");
    let desk = Browser::open(DESK);
    let id = claim(folder).id;
    let verdict = "button[name=verdict][value=dismiss]";
    let judge = |cookie: &str| {
        desk.let_in(&server.base, cookie);
        desk.visit(&format!("{}/review/{id}", server.base));
        desk.script(&format!("return document.querySelector('{verdict}').matches(':disabled')"))
    };
    assert_eq!(judge(&people.first), true, "whoever approved does not judge");
    assert_eq!(judge(&people.second), false);
    assert!(!text(&desk).contains("13900005678"));
    desk.script("document.querySelector('[id^=judgement-]').value = '两项目投资方、产品均不同'");
    send(&desk, verdict);
    assert_eq!(claim(folder).standing.state.name(), "公示中");
    desk.visit(&format!("{}/notices/2022-W22", server.base));
    assert!(text(&desk).contains("两项目投资方、产品均不同"), "reasons are shown on the notice");
}

#[test]
fn a_filing_goes_from_the_phone_to_the_figures() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let before = folder.number(Some("2022-06-11"), SIGNED);
    let people = People {
        clerk: folder.let_in("clerk", &[Role::Clerk], Some("suixi")),
        first: folder.let_in("reviewer-1", &[Role::Reviewer], None),
        second: folder.let_in("reviewer-2", &[Role::Reviewer], None),
    };
    the_clerk_files(&folder, &people);
    the_public_objects(&folder);
    a_second_reviewer_dismisses(&folder, &people);
    for day in ["2022-06-10", "2022-06-11"] {
        for job in ["recognise", "export_registry", "build_lake"] {
            folder.run(&["run", job, "--today", day]);
        }
        let counted = i64::from(day == "2022-06-11");
        assert_eq!(folder.number(Some("2022-06-11"), SIGNED), before + counted, "after the jobs of {day}");
    }
    assert_eq!(folder.number(Some("2022-06-10"), SIGNED), before, "as known the day before");
    let server = Server::start_on(&folder, "2022-06-11");
    let shown = |query: &str| server.json(&format!("/api/queries/city_progress.json?year=2022{query}"))["rows"][0][1].as_i64().unwrap();
    assert_eq!((shown("&as_of=2022-06-11"), shown("&as_of=2022-06-10")), (before + 1, before));
    audit(&folder, &["verify"], 0);
}
