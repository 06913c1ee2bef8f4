//! Accessibility (无障碍): axe-core looks at every page of the desk, on a desk and on a phone, light and dark.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::support::Folder;
use crate::support::browser::{Browser, DESK, PHONE};
use crate::support::guest::Guest;
use crate::support::server::Server;

/// axe-core 4.14.1 as npm has it, MPL-2.0: for tests only, in nothing that is shipped.
const AXE: &str = include_str!("axe/axe.min.js");

/// Looks at the page as it stands; what is serious or critical, one line per element.
const LOOK: &str = "return axe.run(document, {resultTypes: ['violations'], iframes: false, preload: false}).then(found => found.violations
    .filter(rule => rule.impact === 'serious' || rule.impact === 'critical')
    .flatMap(rule => rule.nodes.slice(0, 4).map(node => rule.impact + ' ' + rule.id + ': ' + node.target.join(' ') + ' | '
        + node.html.slice(0, 160) + ' | ' + node.any.concat(node.all, node.none).map(check => check.message).join('; ').slice(0, 260))))";

/// A workbook with one whole row and one that lacks its investor.
const WORKBOOK: &str = "淮北市濉溪县2022年5月新签约项目情况统计表
填报单位：濉溪县,,截至日期：2022年5月31日,
序号,项目名称,投资方,签约时间
1,年产1万吨铝箔无障碍示例项目,江阴示例铝业有限公司,2022年5月20日
2,铝型材无障碍示例项目,,约五月
";

/// Pages of the demonstration by the part that sees them. `{...}` is the first link of that kind on a page.
fn pages(server: &Server) -> Vec<(&'static str, Vec<String>)> {
    let of = |part: &str, pages: &[&str]| pages.iter().map(|page| resolved(&Guest::playing(server, part), page)).collect::<Vec<_>>();
    let trip = trip(server);
    let clerk = Guest::playing(server, "clerk-suixi");
    let sent =
        clerk.upload("/filings/upload", &[("carrier", "suixi"), ("class", "industry")], "濉溪县2022年5月签约.csv", WORKBOOK.as_bytes());
    assert_eq!(sent.status, 303, "{}", sent.text());
    let preview = sent.header("location").to_owned();
    let key = preview.rsplit('/').next().unwrap().to_owned();
    let filed = clerk.post("/filings/upload/confirm", &[("preview", &key), ("row", "0")]);
    assert_eq!(filed.header("location"), format!("{preview}?done=filed"));
    let mut clerks = of("clerk-suixi", &CLERK);
    clerks.extend([preview.clone(), format!("{preview}?done=filed")]);
    let mut reviewers = of("reviewer-1", &REVIEWER);
    reviewers.extend(["", "/edit", "/brief"].map(|what| format!("{trip}{what}")));
    let mut public = of("public", &["/login", "/login?after=logout", "/notices", "{/notices /notices/}"]);
    public.extend(objection(server));
    vec![
        ("visitor", of("visitor", &VISITOR)),
        ("clerk-suixi", clerks),
        ("reviewer-1", reviewers),
        ("system", of("system", &["/jobs", "/statements", "/accounts", "{/accounts /accounts/}", "/account", "/account/password"])),
        ("security", of("security", &["/accounts", "{/accounts /accounts/}"])),
        ("audit", of("audit", &["/audit"])),
        ("public", public),
    ]
}

const VISITOR: [&str; 35] = [
    "/",
    "/?as_of=2022-03-31",
    "/carriers",
    "/carriers/suixi",
    "/chains",
    "{/chains /chains/}",
    "/regions",
    "/projects",
    "/projects?q=%E9%93%9D",
    "{/projects /projects/}",
    "/quality",
    "/pace",
    "/forecast",
    "/conversion",
    "/changes?compare=2022-04-30",
    "/?compare=2022-04-30",
    "/bulletins",
    "/bulletins?template=quarterly",
    "/scores",
    "/recheck",
    "/subscriptions",
    "/jobs",
    "/sql",
    "/sql?from=city_progress",
    "/sql/saved",
    "/sql/history",
    "/sql/board",
    "/queries/city_progress",
    "/api",
    "/api/filings",
    "/wall",
    "/demo/day",
    "/account",
    "/account/tokens",
    "/projects/nobody",
];
const CLERK: [&str; 11] = [
    "/filings",
    "/filings/new",
    "/filings/new?stage=signed",
    "{/filings /filings/2022-}",
    "{{/filings /filings/2022-} /claims/}",
    "{/filings /filings/2022-}/claims/new?matter=deletion",
    "{/filings /filings/2022-}/claims/new?matter=investment",
    "/filings/upload",
    "/guide",
    "/reserve",
    "/trips",
];
const REVIEWER: [&str; 8] = [
    "/review",
    "/review?tab=objected",
    "{/review /review/}",
    "/review/pace",
    "/review/filings/2022-00001/credit",
    "/reserve",
    "/trips",
    "/trips/new",
];

/// The address behind `{page prefix}`, which may stand inside another.
fn resolved(guest: &Guest, page: &str) -> String {
    let Some(end) = page.find('}') else { return page.to_owned() };
    let start = page[..end].rfind('{').unwrap();
    let (on, prefix) = page[start + 1..end].split_once(' ').unwrap();
    let link = guest.first_link(on, prefix);
    resolved(guest, &format!("{}{link}{}", &page[..start], &page[end + 1..]))
}

/// A trip with a visit; its address.
fn trip(server: &Server) -> String {
    let reviewer = Guest::playing(server, "reviewer-1");
    let plan = [
        ("destination", "江苏省江阴市"),
        ("from", "2022-05-30"),
        ("until", "2022-05-31"),
        ("leaders", "示范领导"),
        ("firms", "江阴示例铝业有限公司\n示例材料有限公司"),
        ("note", "看两家企业"),
    ];
    let planned = reviewer.post("/trips", &plan);
    assert_eq!(planned.status, 303, "{}", planned.text());
    let trip = planned.header("location").split(['?', '#']).next().unwrap().to_owned();
    let visit = [("firm", "江阴示例铝业有限公司"), ("on", "2022-05-30"), ("result", "愿意六月来淮考察"), ("next_step", "发邀请函")];
    assert_eq!(reviewer.post(&format!("{trip}/visits"), &visit).status, 303);
    trip
}

/// The form of an objection, and its receipt.
fn objection(server: &Server) -> [String; 2] {
    let public = Guest::playing(server, "public");
    let notices = public.page("/notices");
    let mut all = notices.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(|href| href.replace("&#x2f;", "/"));
    let open = all.find_map(|href| {
        let page = href.starts_with("/notices/").then(|| public.get(&href).text())?;
        page.contains("/objections/new").then_some(href)
    });
    let open = open.expect("a notice that is open to objections");
    let form = public.first_link(&open, &format!("{open}/objections/")).replace("&#x3d;", "=");
    form_and_receipt(&public, form)
}

fn form_and_receipt(public: &Guest, form: String) -> [String; 2] {
    let (path, item) = form.split_once("?item=").unwrap();
    let reason = "该项目与邻县去年公示的项目系同一投资，请核实是否重复计算。";
    let sent = public.post(path, &[("item", item), ("reason", reason), ("name", "王先生"), ("contact", "13900005678"), ("website", "")]);
    assert_eq!(sent.status, 303, "{}", sent.text());
    [form.clone(), sent.header("location").to_owned()]
}

/// What is wrong, with the pages where it is; every element is told once.
#[derive(Default)]
struct Faults {
    looked: usize,
    by_fault: BTreeMap<String, BTreeSet<String>>,
}

impl Faults {
    fn look(&mut self, browser: &Browser, url: &str, place: &str) {
        browser.visit(url);
        browser.script(AXE);
        let found = browser.script(LOOK);
        self.looked += 1;
        for fault in found.as_array().unwrap_or_else(|| panic!("{url}: {found}")) {
            let fault = fault.as_str().map(str::to_owned).unwrap_or_else(|| fault.to_string());
            self.by_fault.entry(fault).or_default().insert(place.to_owned());
        }
    }

    fn none(&self) {
        let told: Vec<String> = self.by_fault.iter().map(|(fault, places)| format!("{fault}\n    on {places:?}")).collect();
        assert!(told.is_empty(), "{} faults:\n{}", told.len(), told.join("\n"));
    }
}

#[test]
fn axe_is_what_it_was_when_it_was_added() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/end_to_end/axe");
    let sums = Command::new("sha256sum").args(["--check", "--strict", "SHA256SUMS"]).current_dir(folder).output().unwrap();
    assert!(sums.status.success(), "{}", crate::support::words(&sums));
}

#[test]
fn no_page_of_the_desk_has_a_serious_fault() {
    let folder = Folder::new();
    let server = Server::demo(&folder.data());
    let pages = pages(&server);
    let mut faults = Faults::default();
    for (size, width) in [(DESK, "desk"), (PHONE, "phone")] {
        let browser = Browser::open(size);
        for theme in ["light", "dark"] {
            browser.visit(&format!("{}/set?theme={theme}&back=%2Fhealthz", server.base));
            for (part, addresses) in &pages {
                browser.let_in(&server.base, &format!("qunlian_demo={part}"));
                for address in addresses {
                    let place = format!("{part} {address} {width} {theme}");
                    faults.look(&browser, &format!("{}{address}", server.base), &place);
                    let shown = browser.script("return document.documentElement.dataset.theme");
                    assert_eq!(shown, Value::from(theme), "{place}");
                }
            }
        }
    }
    assert!(faults.looked >= 4 * 55, "{}", faults.looked);
    faults.none();
}

#[test]
fn neither_the_set_up_nor_what_the_keyboard_opens_has_a_serious_fault() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let line = server.next_line();
    let link = line.split_once("/setup?token=").unwrap_or_else(|| panic!("{line}")).1;
    let mut faults = Faults::default();
    for size in [DESK, PHONE] {
        let browser = Browser::open(size);
        for theme in ["light", "dark"] {
            browser.visit(&format!("{}/set?theme={theme}&back=%2Fhealthz", server.base));
            faults.look(&browser, &format!("{}/setup?token={link}", server.base), theme);
        }
    }
    faults.none();
}
