//! Notices and objections as the public meets them: four facts and no more, masked senders, limits, harmless files.

use std::io::{Cursor, Read};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use chrono::NaiveDate;
use qunlian_domain::audit::Via;
use qunlian_domain::claim::State;
use qunlian_domain::filing::{Matter, Values};
use qunlian_domain::notice::{Candidate, entry};
use qunlian_registry::{Claim, Doer, Judgement, NewClaim, NewFiling, NewNotice, NoticeFace, ObjectionState, Step, Store, Typed};
use qunlian_web::{App, Mode};

use super::{Got, get, post};
use crate::fixture::{FakeAnswers, app, morning};

const NASTY: &str = "=HYPERLINK(\"http://evil.example\",\"点我\")<script>alert(1)</script>";
const ID: &str = "2022-W21";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn doer(name: &str, today: &str) -> Doer {
    Doer { account: Some(1), name: name.into(), via: Via::Web, now: morning(), today: day(today) }
}

/// Books in which four projects were approved and the notice of their week was published on 30 May.
struct Desk {
    books: Arc<dyn Store>,
    site: Router,
    plain: Claim,
    nasty: Claim,
    secret: Claim,
}

fn approved(books: &dyn Store, name: &str, confidential: bool) -> Claim {
    let mut typed: Typed = [
        ("name", name),
        ("investor", "样例投资人有限公司"),
        ("agreed_yuan", "1250000000"),
        ("firm_contact", "示例人"),
        ("firm_phone", "13900001234"),
    ]
    .map(|(field, text)| (field.to_owned(), text.to_owned()))
    .into();
    typed.extend(confidential.then(|| ("confidential".to_owned(), "1".to_owned())));
    let by = doer("clerk-of-suixi", "2022-05-24");
    let new = NewFiling { carrier_id: "suixi".into(), stage: 1, typed: typed.clone(), once: None, by: by.clone() };
    let claim = books.open_filing(&new).unwrap().claim;
    let values: Values = typed.clone().into_iter().collect();
    let way = Matter::Project.way(confidential, false, 5);
    books.step(claim.id, &Step::Submit { typed, values, way }, &by).unwrap();
    books.step(claim.id, &Step::Approve { remark: String::new(), way }, &doer("reviewer-of-center", "2022-05-25")).unwrap()
}

fn face(name: &str) -> NoticeFace {
    let shown =
        Candidate {
            carrier: "濉溪县", project: name, scale_yuan: Some(1_250_000_000), chain: "铝基高端金属材料", confidential: false
        };
    let entry = entry(&shown).unwrap();
    NoticeFace { carrier: entry.carrier, project: entry.project, matter: "项目备案".into(), scale: entry.scale, chain: entry.chain }
}

fn desk(today: &str) -> Desk {
    let mut parts: App = app(Arc::new(FakeAnswers::new()));
    let today = day(today);
    parts.mode = Mode::Serve;
    parts.today = Arc::new(move || today);
    let books = Arc::clone(&parts.books);
    let plain = approved(books.as_ref(), "铝箔项目", false);
    let nasty = approved(books.as_ref(), NASTY, false);
    let later_secret = approved(books.as_ref(), "后来涉密项目", false);
    let secret = approved(books.as_ref(), "一直涉密项目", true);
    let faces = [(&plain, "铝箔项目"), (&nasty, NASTY), (&later_secret, "后来涉密项目")].map(|(claim, name)| (claim.id, face(name)));
    let (from, until, slot) = (day("2022-05-23"), day("2022-05-29"), day("2022-05-30"));
    let new = NewNotice { id: ID.into(), from, until, slot, notice_days: 5, faces: faces.into() };
    books.publish_notice(&new, &doer("job:monday_notice", "2022-05-30")).unwrap().unwrap();
    make_secret(books.as_ref(), &later_secret);
    let site = qunlian_web::router(parts).unwrap();
    Desk { books, site, plain, nasty, secret }
}

/// A change that was reviewed makes a project confidential after it stood in a notice.
fn make_secret(books: &dyn Store, claim: &Claim) {
    let typed: Typed = [("confidential".to_owned(), "1".to_owned()), ("reason".to_owned(), "涉密".to_owned())].into();
    let by = doer("clerk-of-suixi", "2022-05-30");
    let change = books.open_claim(&NewClaim { filing: claim.filing, matter: Matter::Change, typed: typed.clone(), by: by.clone() });
    let change = change.unwrap();
    let way = Matter::Change.way(false, false, 5);
    let values: Values = typed.clone().into_iter().collect();
    books.step(change.id, &Step::Submit { typed, values, way }, &by).unwrap();
    books.step(change.id, &Step::Approve { remark: String::new(), way }, &doer("reviewer-of-center", "2022-05-30")).unwrap();
}

fn form(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    pairs.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect::<Vec<_>>().join("&")
}

impl Desk {
    async fn object(&self, claim: i64, reason: &str, further: &[(&str, &str)]) -> Got {
        let item = claim.to_string();
        let mut pairs = vec![("item", item.as_str()), ("reason", reason), ("name", "王示例"), ("contact", "13900001234")];
        pairs.retain(|(key, _)| further.iter().all(|(other, _)| other != key));
        pairs.extend(further);
        post(&self.site, &format!("/notices/{ID}/objections/new"), &form(&pairs), &[]).await
    }

    fn state(&self, claim: &Claim) -> State {
        self.books.find_claim(claim.id).unwrap().unwrap().standing.state
    }

    fn judge(&self, claim: &Claim, upheld: bool, reason: &str) {
        let open = self.books.objections(Some(claim.id)).unwrap().into_iter().find(|one| one.state == ObjectionState::Open).unwrap();
        let judgement = Judgement { objection: open.id, upheld, reason: reason.into(), way: claim.way(false, 5) };
        self.books.judge(&judgement, &doer("other-reviewer", "2022-06-01")).unwrap();
    }
}

const REASON: &str = "该项目与另一项目是同一份合同，请复核。";

#[tokio::test]
async fn the_public_sees_four_facts_and_nobody_from_staff() {
    let desk = desk("2022-05-31");
    let list = get(&desk.site, "/notices").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text().contains("关于2022年第21周招商引资项目备案的公示") && list.text().contains("/notices/2022-W21"));
    let page = get(&desk.site, "/notices/2022-W21").await;
    assert_eq!((page.status, page.header("x-robots-tag"), page.header("cache-control")), (StatusCode::OK, "noindex, nofollow", "no-store"));
    let text = page.text();
    for shown in ["濉溪县", "铝箔项目", "12.5亿元", "铝基高端金属材料", "项目备案", "2022年5月30日至2022年6月3日", "0561-3000000", "公示中"]
    {
        assert!(text.contains(shown), "{shown} is missing");
    }
    for hidden in [
        "涉密项目</td>",
        "后来涉密",
        "一直涉密",
        "样例投资人",
        "示例人",
        "1390000",
        "clerk-of",
        "reviewer-of",
        "/projects",
        "class=\"nav\"",
    ] {
        assert!(!text.contains(hidden), "{hidden} is shown");
    }
    assert!(text.contains("&lt;script&gt;") && !text.contains("<script>alert"));
    assert_eq!(desk.state(&desk.secret), State::Recognised);
    let english = get(&desk.site, "/notices/2022-W21?lang=en").await.text();
    assert!(english.contains("Notice of project filings approved in week 21 of 2022") && english.contains("open to objections"));
}

#[tokio::test]
async fn addresses_that_are_no_notice_are_not_found() {
    let desk = desk("2022-05-31");
    for path in [
        "/notices/2022-W20",
        "/notices/2022-W99",
        "/notices/x",
        "/notices/2022-W21.pdf",
        "/notices/2022-W21.XLSX",
        "/notices/2022-W21.x.docx",
        "/notices/..%2F",
        "/notices/2022-W21/objections/1",
        "/notices/2022-W21/objections/-1",
        "/notices/2022-W20/objections/new?item=1",
    ] {
        assert_eq!(get(&desk.site, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for item in ["", "999", "x", "-1"] {
        let got = get(&desk.site, &format!("/notices/2022-W21/objections/new?item={item}")).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{item}");
    }
    let secret = desk.object(desk.secret.id, REASON, &[]).await;
    assert_eq!(secret.status, StatusCode::BAD_REQUEST, "an item of no notice");
}

#[tokio::test]
async fn an_objection_reaches_the_books_masked_and_is_receipted() {
    let desk = desk("2022-06-03");
    let asked = get(&desk.site, &format!("/notices/{ID}/objections/new?item={}", desk.plain.id)).await;
    assert!(asked.status == StatusCode::OK && asked.text().contains("name=\"reason\"") && asked.text().contains("10 至 2000 个字"));
    let reason = format!("{REASON}\r\n我的手机 13900005678\u{202e}");
    let sent = desk.object(desk.plain.id, &reason, &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    assert_eq!(desk.state(&desk.plain), State::Objected);
    let kept = desk.books.objections(Some(desk.plain.id)).unwrap().remove(0);
    assert_eq!((kept.objector.as_str(), kept.contact_masked.as_str()), ("王**", "139****1234"));
    assert_eq!(kept.reason, format!("{REASON}\n我的手机 139****5678"));
    let receipt = get(&desk.site, sent.header("location")).await;
    assert_eq!(receipt.status, StatusCode::OK);
    assert!(receipt.text().contains("2022-W21-0001") && receipt.text().contains("复核中"));
    for hidden in ["王", "139****", "1390000", "同一份合同"] {
        assert!(!receipt.text().contains(hidden), "{hidden} is on the receipt");
    }
    let page = get(&desk.site, "/notices/2022-W21").await.text();
    assert!(page.contains("异议复核中") && !page.contains("同一份合同"), "reasons of objectors are not published");
    // What the reviewer finds is published, without the reviewer.
    desk.judge(&desk.plain, false, "两份合同产品不同，详询 13900009999");
    let page = get(&desk.site, "/notices/2022-W21").await.text();
    assert!(page.contains("2022年6月1日异议不成立：两份合同产品不同，详询 139****9999"), "{page}");
    assert!(!page.contains("other-reviewer"));
    desk.object(desk.plain.id, REASON, &[]).await;
    desk.judge(&desk.plain, true, "核实为同一合同");
    let page = get(&desk.site, "/notices/2022-W21").await.text();
    assert!(page.contains("不予认定") && page.contains("异议成立：核实为同一合同"));
    assert!(get(&desk.site, sent.header("location")).await.text().contains("异议不成立"));
    assert_eq!(desk.object(desk.plain.id, REASON, &[]).await.status, StatusCode::CONFLICT, "nothing is left to object to");
}

#[tokio::test]
async fn forms_are_checked_and_given_back() {
    let desk = desk("2022-05-31");
    let check = async |further: &[(&str, &str)], complaint: &str| {
        let got = desk.object(desk.nasty.id, REASON, further).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{complaint}");
        assert_eq!(got.text().matches(complaint).count(), 2, "{complaint}: at the top and beside the field");
        got.text()
    };
    let page = check(&[("reason", "太短")], "请写 10 至 2000 个字的理由").await;
    assert!(page.contains(">太短</textarea>") && page.contains("value=\"王示例\""), "what was typed is there");
    check(&[("reason", &"长".repeat(2_001))], "请写 10 至 2000 个字的理由").await;
    check(&[("reason", "\u{200b}\u{202e} \r\n\u{7}")], "请写 10 至 2000 个字的理由").await;
    check(&[("name", " ")], "请填写姓名或单位名称").await;
    check(&[("name", &"名".repeat(41))], "请填写姓名或单位名称").await;
    check(&[("contact", "1")], "请填写电话或邮箱").await;
    let page = check(&[("name", ""), ("reason", "<script>alert(2)</script>\"'&")], "请填写姓名或单位名称").await;
    assert!(!page.contains("<script>alert(2)"));
    assert!(desk.books.objections(None).unwrap().is_empty());
    let foreign = post(&desk.site, &format!("/notices/{ID}/objections/new"), "", &[("origin", "http://evil.example")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn machines_and_floods_are_turned_away() {
    let desk = desk("2022-05-31");
    let baited = desk.object(desk.plain.id, REASON, &[("website", "http://spam.example")]).await;
    assert_eq!((baited.status, baited.header("location")), (StatusCode::SEE_OTHER, "/notices/2022-W21"));
    assert!(desk.books.objections(None).unwrap().is_empty());
    for _ in 0..3 {
        assert_eq!(desk.object(desk.nasty.id, REASON, &[]).await.status, StatusCode::SEE_OTHER);
    }
    let fourth = desk.object(desk.nasty.id, REASON, &[]).await;
    assert_eq!(fourth.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(fourth.text().contains("提交过于频繁") && fourth.text().contains("同一份合同"), "what was typed is not lost");
    assert_eq!(desk.books.objections(None).unwrap().len(), 3);
}

#[tokio::test]
async fn after_the_period_nothing_is_taken_any_more() {
    let desk = desk("2022-06-04");
    let got = desk.object(desk.plain.id, REASON, &[]).await;
    assert_eq!(got.status, StatusCode::CONFLICT);
    assert!(got.text().contains("公示期已于2022年6月3日结束"), "{}", got.text());
    assert!(desk.books.objections(None).unwrap().is_empty());
    let page = get(&desk.site, "/notices/2022-W21").await.text();
    assert!(page.contains("公示期满，待认定") && !page.contains("objections/new"));
    desk.books.recognise_due(5, &doer("job:recognise", "2022-06-04")).unwrap();
    assert!(get(&desk.site, "/notices/2022-W21").await.text().contains("已认定（2022年6月4日）"));
}

fn part(zipped: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(zipped)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn files_hold_the_same_and_no_formula() {
    let desk = desk("2022-05-31");
    let workbook = get(&desk.site, "/notices/2022-W21.xlsx").await;
    assert_eq!(workbook.status, StatusCode::OK);
    assert!(workbook.header("content-disposition").starts_with("attachment; "));
    let strings = part(&workbook.body, "xl/sharedStrings.xml");
    assert!(strings.contains("=HYPERLINK") && strings.contains("铝箔项目") && !strings.contains("涉密"));
    assert!(part(&workbook.body, "xl/styles.xml").contains("quotePrefix=\"1\""));
    assert!(!part(&workbook.body, "xl/worksheets/sheet1.xml").contains("<f>"));
    let document = get(&desk.site, "/notices/2022-W21.docx").await;
    assert_eq!(document.header("x-robots-tag"), "noindex, nofollow");
    let xml = part(&document.body, "word/document.xml");
    for shown in ["关于2022年第21周招商引资项目备案的公示", "濉溪县", "12.5亿元", "&lt;script&gt;", "<w:tblHeader />", "淮北市投资促进中心"]
    {
        assert!(xml.contains(shown), "{shown} is missing");
    }
    assert!(!xml.contains("涉密") && !xml.contains("<script>") && !xml.contains("样例投资人"));
    assert!(xml.contains("w:w=\"11906\"") && xml.contains("w:h=\"16838\""), "A4");
}

#[tokio::test]
async fn the_demonstrations_day_moves_and_leaves_a_trace() {
    let mut parts = app(Arc::new(FakeAnswers::new()));
    let reached = Arc::new(Mutex::new(day("2022-05-31")));
    let shown = Arc::clone(&reached);
    parts.today = Arc::new(move || *shown.lock().unwrap());
    parts.now = Arc::new(|| crate::fixture::jobs::now() + chrono::TimeDelta::microseconds(900));
    let moved = Arc::clone(&reached);
    parts.next_day = Some(Arc::new(move || {
        let mut today = moved.lock().unwrap();
        let next = (*today < day("2022-06-01")).then(|| today.succ_opt().unwrap());
        *today = next.unwrap_or(*today);
        Box::pin(async move { Ok(next) })
    }));
    let books = Arc::clone(&parts.books);
    let site = qunlian_web::router(parts).unwrap();
    assert!(get(&site, "/notices").await.text().contains("action=\"/demo/next-day\""), "the button is on public pages too");
    let passed = post(&site, "/demo/next-day", "back=%2Fprojects", &[]).await;
    assert_eq!((passed.status, passed.header("location")), (StatusCode::SEE_OTHER, "/demo/day?back=%2Fprojects"));
    let page = get(&site, passed.header("location")).await.text();
    assert!(page.contains("业务日 2022-06-01 星期三") && page.contains("href=\"/projects\""), "{page}");
    assert!(page.contains("发布第 42 代"), "a run of the same millisecond is of that day: {page}");
    let again = post(&site, "/demo/next-day", "back=%2F%2Fevil.example", &[]).await;
    assert_eq!(again.header("location"), "/demo/day?waited=1", "the day before is still at work");
    assert!(get(&site, again.header("location")).await.text().contains("上一日的任务还在办理"));
    let records = books.audit_page(&qunlian_registry::AuditFilter::default(), None, 10).unwrap();
    let moves = records.iter().filter(|record| record.action == "demo_next_day");
    assert_eq!(moves.map(|record| record.subject.as_str()).collect::<Vec<_>>(), ["2022-06-01"]);
    let mut served = app(Arc::new(FakeAnswers::new()));
    served.mode = Mode::Serve;
    let served = qunlian_web::router(served).unwrap();
    assert_eq!(post(&served, "/demo/next-day", "", &[]).await.status, StatusCode::NOT_FOUND);
}
