//! Where payloads come out: every page that a person can reach, read by a real browser.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::People;
use crate::support::browser::{Browser, DESK};
use crate::support::guest::{Answer, Guest};
use crate::support::server::Server;

/// Addresses that one person looks at; of one kind, as many as there are payloads and one more, of filtered lists two.
const MOST: usize = 260;
const MOST_OF_A_KIND: usize = 13;
const MOST_OF_A_FILTER: usize = 2;

/// What was answered: who, address, answer.
#[derive(Default)]
pub struct Seen {
    pub answers: Vec<(&'static str, String, Answer)>,
}

impl Seen {
    /// Answers of one media type.
    pub fn of_type<'a>(&'a self, media: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a Answer)> {
        let of_type = self.answers.iter().filter(move |(_, _, answer)| answer.header("content-type").starts_with(media));
        of_type.map(|(who, address, answer)| (*who, address.as_str(), answer))
    }
}

/// Follows links from some pages on, as far as this person may.
pub fn crawl(guest: &Guest, who: &'static str, starts: &[&str], seen: &mut Seen) {
    let mut waiting: VecDeque<String> = starts.iter().map(|start| (*start).to_owned()).collect();
    let mut known: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut looked = 0;
    while let Some(address) = waiting.pop_front().filter(|_| looked < MOST) {
        let count = kinds.entry(kind(&address)).or_default();
        *count += 1;
        let most = if address.contains('?') { MOST_OF_A_FILTER } else { MOST_OF_A_KIND };
        if *count > most {
            continue;
        }
        looked += 1;
        let answer = guest.get(&address);
        assert!(answer.status < 500, "{who} {address}: {}", answer.text());
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
        if answer.header("content-type").starts_with("text/html") {
            let page = answer.text();
            let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(plain);
            let local = links.filter(|href| href.starts_with('/') && !href.starts_with("/assets/") && !href.starts_with("/set?"));
            waiting.extend(local.map(|href| href.split('#').next().unwrap().to_owned()).filter(|href| known.insert(href.clone())));
        }
        seen.answers.push((who, address, answer));
    }
}

fn plain(href: &str) -> String {
    href.replace("&amp;", "&").replace("&#x2f;", "/").replace("&#x3d;", "=").replace("&#39;", "'").replace("&quot;", "\"")
}

/// An address without what differs between rows of one kind.
fn kind(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let is_name = |part: &&str| part.bytes().any(|byte| byte.is_ascii_digit());
    let path: Vec<&str> = path.split('/').map(|part| if is_name(&part) && !part.contains('.') { "N" } else { part }).collect();
    let keys: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{}", path.join("/"), keys.join("&"))
}

/// What a parser made of the page: anything that a payload could have become.
const READ: &str = r#"
    const faults = [], own = location.origin + '/';
    for (const e of document.querySelectorAll('*')) {
        if (/qz/i.test(e.localName)) faults.push('element ' + e.localName);
        // The editor of statements brings one sheet of styles, by the page's nonce, and moves its own parts.
        const editors = location.pathname === '/sql' && e.localName === 'style' && e.nonce && e.textContent.startsWith('.ͼ');
        if (!editors && ['iframe', 'object', 'embed', 'base', 'applet', 'frame', 'style'].includes(e.localName)) faults.push('element ' + e.outerHTML.slice(0, 200));
        if (e.localName === 'script' && !e.src.startsWith(own + 'assets/')) faults.push('script ' + e.outerHTML.slice(0, 200));
        if (e.localName === 'img' || e.localName === 'image') faults.push('image ' + e.outerHTML.slice(0, 200));
        for (const a of e.attributes) {
            if (/^on|qz/i.test(a.name) || a.name === 'style' && !e.closest('.tip, .cm-editor')) faults.push('attribute ' + a.name + ' of ' + e.outerHTML.slice(0, 200));
            if (['href', 'src', 'action', 'formaction', 'xlink:href'].includes(a.name)) {
                const url = new URL(a.value, location.href);
                if (url.origin !== location.origin) faults.push('address ' + a.value);
            }
        }
    }
    if (window.qzRan) faults.push('a payload ran');
    const text = document.documentElement.outerHTML;
    const odd = text.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe]/);
    if (odd) faults.push('unseen U+' + odd[0].charCodeAt(0).toString(16) + ' near ' + JSON.stringify(text.slice(Math.max(0, odd.index - 80), odd.index + 40)));
    if (/49qz/.test(text)) faults.push('a template was filled in');
    return {faults, times: (document.body.innerText.match(/qz/g) || []).length + [...document.querySelectorAll('input,textarea')].filter(e => /qz/.test(e.value)).length}"#;

/// An SVG or XML document as a strict parser reads it.
const READ_XML: &str = r#"
    const doc = new DOMParser().parseFromString(TEXT, 'application/xml');
    const faults = [];
    if (doc.querySelector('parsererror')) faults.push(doc.querySelector('parsererror').textContent.slice(0, 300));
    for (const e of doc.querySelectorAll('*')) {
        if (/qz|script|foreignObject|iframe/i.test(e.localName)) faults.push('element ' + e.localName);
        for (const a of e.attributes) if (/^on|qz/i.test(a.name) || /^\s*(javascript|data):/i.test(a.value)) faults.push('attribute ' + a.name);
    }
    return faults"#;

/// Faults of an XML text.
pub fn xml_faults(browser: &Browser, text: &str) -> Vec<Value> {
    let read = READ_XML.replace("TEXT", &serde_json::to_string(text).unwrap());
    browser.script(&read).as_array().unwrap().clone()
}

/// Reads every page that shows a payload, and every drawing.
pub fn check(server: &Server, people: &People, seen: &Seen) {
    let browser = Browser::open(DESK);
    let mut faults = Vec::new();
    let mut times: BTreeMap<String, i64> = BTreeMap::new();
    let (mut playing, mut read_once) = ("", BTreeSet::new());
    for (who, address, _) in seen.of_type("text/html").filter(|(_, _, answer)| answer.text().contains("qz")) {
        // What several people may open is read as the first of them.
        if !read_once.insert(address) {
            continue;
        }
        if playing != who {
            browser.let_in(&server.base, cookie(people, who));
            playing = who;
        }
        browser.visit(&format!("{}{address}", server.base));
        let read = browser.script(READ);
        *times.entry(kind(address)).or_default() += read["times"].as_i64().unwrap();
        faults.extend(read["faults"].as_array().unwrap().iter().map(|fault| format!("{who} {address}: {fault}")));
    }
    let mut drawings = 0;
    for (who, address, answer) in seen.of_type("image/svg+xml") {
        drawings += 1;
        faults.extend(xml_faults(&browser, &answer.text()).iter().map(|fault| format!("{who} {address}: {fault}")));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(60)].join("\n"));
    for place in [
        "/filings/N?",
        "/claims/N?",
        "/review/N?",
        "/projects/N?as_of",
        "/notices/N?",
        "/trips/N?",
        "/trips/N/brief?",
        "/accounts?",
        "/audit?before",
        "/account/tokens?",
    ] {
        assert!(times.get(place).is_some_and(|times| *times > 0), "no payload came out at {place}: {times:?}");
    }
    assert!(times.len() > 20 && drawings > 3, "{times:?}, {drawings} drawings");
}

fn cookie<'a>(people: &'a People, who: &str) -> &'a str {
    match who {
        "clerk" => &people.clerk,
        "reviewer" => &people.second,
        "analyst" => &people.analyst,
        "team" => &people.team,
        "system" => &people.system,
        "security" => &people.security,
        "audit" => &people.audit,
        _ => "qunlian=nobody",
    }
}
