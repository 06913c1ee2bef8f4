//! Sending payloads through every field of text that somebody can type into.

use std::collections::BTreeSet;

use qunlian_domain::filing::{FieldKind, kind_of};

use super::{PAYLOADS, People};
use crate::support::guest::{Answer, Guest};
use crate::support::server::Server;

/// Fields of a filing that are no texts, as they must be for a submission.
const RIGHT: [(&str, &str); 7] = [
    ("stage", "signed"),
    ("class", "industry"),
    ("agreed_yuan", "12亿元"),
    ("planned_fixed_yuan", "90000"),
    ("signed_on", "2022-05-30"),
    ("planned_start_on", "2022-09-30"),
    ("lead_phone", "13900001234"),
];

/// The answer leads on, and its header is nobody else's work.
fn ok(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 303, "{what:?}: {}", answer.text());
    own_headers(answer, what);
}

fn own_headers(answer: &Answer, what: &str) {
    let foreign = |name: &str, value: &[u8]| name.contains("qz") || value.starts_with(b"qz=");
    assert!(!answer.headers.iter().any(|(name, value)| foreign(name.as_str(), value.as_bytes())), "{what:?}: {:?}", answer.headers);
}

/// Names of the fields of a page's forms in which something is typed.
fn typed_fields(page: &str) -> BTreeSet<String> {
    let is_typed = |tag: &&str| tag.starts_with("textarea") || (tag.starts_with("input") && tag.contains("type=\"text\""));
    let name = |tag: &str| Some(tag.split_once(" name=\"")?.1.split('"').next()?.to_owned());
    page.split('<').filter(is_typed).filter_map(name).collect()
}

fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    page.split_once(&start).unwrap_or_else(|| panic!("no {name}: {page}")).1.split('"').next().unwrap().to_owned()
}

fn is_text(field: &str) -> bool {
    matches!(kind_of(field), Some(FieldKind::Text { .. } | FieldKind::LongText { .. } | FieldKind::Person))
}

/// One filing per payload, submitted, returned with remarks, mended and approved; and one draft with it in every field.
pub fn filings(server: &Server, people: &People) -> Vec<i64> {
    let (clerk, reviewer) = (Guest::new(server, &people.clerk), Guest::new(server, &people.first));
    let fields = typed_fields(&clerk.page("/filings/new?stage=at_capacity"));
    assert!(fields.len() > 30, "{fields:?}");
    PAYLOADS.iter().map(|payload| filing(&clerk, &reviewer, &fields, payload)).collect()
}

fn filing(clerk: &Guest, reviewer: &Guest, fields: &BTreeSet<String>, payload: &str) -> i64 {
    let all: Vec<(&str, &str)> = fields.iter().map(|field| (field.as_str(), payload)).collect();
    ok(&clerk.post("/filings", &[&all[..], &[("carrier", "suixi"), ("stage", "at_capacity"), ("do", "draft")]].concat()), payload);
    assert_eq!(clerk.post("/filings/preview", &[&all[..], &[("carrier", "suixi")]].concat()).status, 200);
    let short: String = payload.chars().take(40).collect();
    let fitting = |(field, payload)| (field, if matches!(kind_of(field), Some(FieldKind::Person)) { short.as_str() } else { payload });
    let texts = all.into_iter().filter(|(field, _)| is_text(field)).map(fitting);
    let form: Vec<(&str, &str)> = RIGHT.into_iter().chain(texts).collect();
    let sent = clerk.post("/filings", &[&form[..], &[("carrier", "suixi"), ("do", "submit")]].concat());
    ok(&sent, payload);
    let number = sent.header("location").trim_start_matches("/filings/").split('?').next().unwrap().to_owned();
    let page = clerk.page(&format!("/filings/{number}"));
    let id: i64 = page.split_once("id=\"claim-").unwrap().1.split('"').next().unwrap().parse().unwrap();
    returned(reviewer, id, payload);
    let version = hidden(&clerk.page(&format!("/claims/{id}")), "version");
    ok(&clerk.post(&format!("/claims/{id}"), &[&form[..], &[("version", &version), ("do", "submit")]].concat()), payload);
    let version = hidden(&reviewer.page(&format!("/review/{id}")), "version");
    ok(&reviewer.post(&format!("/review/{id}/approve"), &[("version", &version), ("remark", payload)]), payload);
    let credit =
        [("carrier1", "suixi"), ("share1", "50"), ("carrier2", "duji"), ("share2", "50"), ("from", "2022-06-01"), ("reason", payload)];
    ok(&reviewer.post(&format!("/review/filings/{number}/credit"), &credit), payload);
    let dispute = [("outside", payload), ("party", "suixi"), ("party", "duji"), ("ruling", "first_report"), ("reason", payload)];
    let ruled = reviewer.post(&format!("/review/filings/{number}/arbitration"), &dispute);
    assert!(matches!(ruled.status, 303 | 422), "{}", ruled.text());
    ok_or_refused(&reviewer.post(&format!("/filings/{number}/unmask"), &[("reason", payload)]));
    id
}

/// The forms of the clerk's drafts.
pub fn drafts(clerk: &Guest) -> Vec<String> {
    let list = clerk.page("/filings?state=draft").replace("&#x2f;", "/");
    let numbers: BTreeSet<&str> =
        list.split("href=\"/filings/2022-").skip(1).filter_map(|rest| rest.split(['"', '?', '#']).next()).collect();
    let claim = |number: &&str| {
        let page = clerk.page(&format!("/filings/2022-{number}"));
        format!("/claims/{}", page.split_once("id=\"claim-").unwrap().1.split('"').next().unwrap())
    };
    let found: Vec<String> = numbers.iter().map(claim).collect();
    assert!(found.len() >= PAYLOADS.len(), "{list}");
    found
}

/// Remarks on the whole, on every field, and whom to call.
fn returned(reviewer: &Guest, id: i64, payload: &str) {
    let page = reviewer.page(&format!("/review/{id}"));
    let version = hidden(&page, "version");
    let remarks: Vec<String> =
        page.split(" name=\"remark.").skip(1).map(|rest| format!("remark.{}", rest.split('"').next().unwrap())).collect();
    assert!(remarks.len() > 15, "{remarks:?}");
    let short: String = payload.chars().take(40).collect();
    let mut form = vec![("version", version.as_str()), ("remark", payload), ("contact", short.as_str())];
    form.extend(remarks.iter().map(|name| (name.as_str(), payload)));
    ok(&reviewer.post(&format!("/review/{id}/return"), &form), payload);
}

/// Taken or refused with words; never an error of ours.
fn ok_or_refused(answer: &Answer) {
    assert!(matches!(answer.status, 200 | 303 | 400 | 404 | 422), "{}: {}", answer.status, answer.text());
    own_headers(answer, "");
}

/// Names of accounts and persons, of tokens, and what is typed at the login.
pub fn accounts_and_tokens(server: &Server, people: &People) {
    let (system, clerk, nobody) = (Guest::new(server, &people.system), Guest::new(server, &people.clerk), Guest::new(server, ""));
    for (at, payload) in PAYLOADS.iter().enumerate() {
        ok_or_refused(&system.post("/accounts", &[("name", payload), ("person", payload)]));
        let opened = system.post("/accounts", &[("name", &format!("odd-{at}")), ("person", payload)]);
        assert!(matches!(opened.status, 200 | 422), "{}", opened.text());
        let account = system.first_link("/accounts", "/accounts/");
        ok_or_refused(&system.post(&format!("{account}/person"), &[("person", payload)]));
        ok_or_refused(&clerk.post("/account/tokens", &[("title", payload), ("days", "30"), ("scope", "read")]));
        ok_or_refused(&nobody.post("/login", &[("name", payload), ("password", payload), ("back", payload)]));
    }
}

/// Plans of trips and what was said at the firms.
pub fn trips(server: &Server, people: &People) {
    let team = Guest::new(server, &people.team);
    for payload in PAYLOADS {
        let short: String = payload.chars().take(40).collect();
        let texts = ["destination", "leaders", "firms"].map(|field| (field, short.as_str()));
        let planned = team.post("/trips", &[&texts[..], &[("note", payload), ("from", "2022-06-01"), ("until", "2022-06-02")]].concat());
        ok(&planned, payload);
        let trip = planned.header("location").split(['?', '#']).next().unwrap().to_owned();
        let texts = [("firm", short.as_str()), ("result", payload), ("next_step", payload), ("on", "2022-06-01")];
        ok_or_refused(&team.post(&format!("{trip}/visits"), &texts));
    }
}

/// Names and cells of workbooks, names of attachments, and questions.
pub fn files_and_questions(server: &Server, people: &People) {
    let (clerk, analyst) = (Guest::new(server, &people.clerk), Guest::new(server, &people.analyst));
    let (mut previews, mut attached) = (Vec::new(), 0);
    let draft = clerk.first_link("/filings?state=draft", "/filings/2022-");
    let page = clerk.page(&draft);
    let claim = page.split_once("id=\"claim-").unwrap().1.split('"').next().unwrap().to_owned();
    for payload in PAYLOADS {
        let name = format!("{}.csv", payload.replace(['"', '\r', '\n', '\0'], ""));
        let cell = format!("\"{}\"", payload.replace('"', "\"\""));
        let book = format!(
            "{cell}\n填报单位：濉溪县,,截至日期：2022年5月31日,,\n序号,项目名称,投资方,签约时间,备注\n1,{cell},{cell},2022年5月20日,{cell}\n2,{cell},{cell},{cell},{cell}\n"
        );
        let sent = clerk.upload("/filings/upload", &[("carrier", "suixi"), ("lead_person", payload)], &name, book.as_bytes());
        ok_or_refused(&sent);
        previews.extend((sent.status == 303).then(|| sent.header("location").to_owned()));
        let sent = clerk.upload(&format!("/claims/{claim}/files"), &[], &name, b"%PDF-1.7\n...\nstartxref\n9\n%%EOF\n");
        attached += usize::from(sent.status == 303);
        for (page, field) in [("/projects", "q"), ("/quality", "q"), ("/filings", "q"), ("/sql", "sql")] {
            let query: String = payload.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let who = if page == "/filings" { &clerk } else { &analyst };
            ok_or_refused(&who.get(&format!("{page}?{field}={query}")));
        }
        ok_or_refused(&analyst.post("/sql", &[("sql", payload)]));
        ok_or_refused(&analyst.post("/sql", &[("sql", &format!("select '{}' as x", payload.replace('\'', "''")))]));
    }
    assert!(previews.len() > 6 && attached > 6, "{previews:?}, {attached}");
    let last = previews.last().unwrap();
    let key = last.rsplit('/').next().unwrap();
    ok(&clerk.post("/filings/upload/confirm", &[("preview", key), ("row", "0"), ("row", "1")]), last);
}

/// An objection for each of the first projects, and its judgement.
pub fn objection(server: &Server, people: &People) {
    let (public, second) = (Guest::new(server, ""), Guest::new(server, &people.second));
    let notice = public.first_link("/notices", "/notices/2022-");
    let page = public.page(&notice);
    let forms: Vec<String> = page
        .split("class=\"object\" href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().replace("&#x2f;", "/").replace("&#x3d;", "="))
        .collect();
    assert_eq!(forms.len(), PAYLOADS.len(), "{page}");
    // Three objections are as many as one address may send a day.
    for (payload, form) in PAYLOADS.iter().zip(&forms).take(3) {
        let (path, item) = form.split_once("?item=").unwrap();
        let reason = format!("{payload} 该项目与邻县去年公示的项目系同一投资，请核实。");
        let sent = public.post(path, &[("item", item), ("reason", &reason), ("name", payload), ("contact", payload), ("website", "")]);
        ok_or_refused(&sent);
    }
    let queue = second.page("/review?tab=objected").replace("&#x2f;", "/");
    let ids = queue.split("href=\"/review/").skip(1).filter_map(|rest| rest.split(['"', '#', '?']).next());
    let claim = ids.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).map(|id| format!("/review/{id}")).next();
    let claim = claim.unwrap_or_else(|| panic!("nothing is objected to: {queue}"));
    let page = second.page(&claim);
    let objection = hidden(&page, "objection");
    ok(&second.post(&format!("{claim}/judge"), &[("objection", &objection), ("reason", PAYLOADS[0]), ("verdict", "dismiss")]), "judge");
}
