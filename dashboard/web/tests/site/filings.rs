//! The clerk's side: forms that keep what was typed, faults beside fields, own carriers only, attachments by content,
//! contacts that leave a trace.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use qunlian_domain::access::{Role, RowScope};
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_domain::claim::State;
use qunlian_domain::filing::Matter;
use qunlian_domain::project::Milestone;
use qunlian_registry::{AuditFilter, ClaimFilter, Doer, Grant, NewAccount, Step, Store};
use qunlian_web::Mode;

use super::roles::staffed;
use super::{Got, get_with, post, send};
use crate::fixture::{FakeAnswers, app, morning, rules, today};

/// A site with its books in hand. `C` is 濉溪县's clerk, `X` is 相山区's, `M` files for both, `R` reviews.
struct Office {
    site: Router,
    books: Arc<dyn Store>,
}

/// Not the catalogue's example, which stands beside the field.
const PHONE: &str = "13900005678";

fn office() -> Office {
    let app = staffed(Mode::Serve);
    let books = Arc::clone(&app.books);
    clerk(books.as_ref(), "clerk-xiangshan", &["xiangshan"], "X");
    clerk(books.as_ref(), "clerk-both", &["suixi", "xiangshan"], "M");
    Office { site: qunlian_web::router(app).unwrap(), books }
}

fn clerk(books: &dyn Store, name: &str, carriers: &[&str], secret: &str) {
    let new = NewAccount { name: name.into(), person: format!("示例{name}"), created_by: "test".into(), now: morning() };
    let account = books.create_account(&new).unwrap();
    books.set_password(account.id, "plain:Gq7-tulip-9rain", false, morning()).unwrap();
    let grants: Vec<Grant> = carriers.iter().map(|id| Grant { role: Role::Clerk, carrier_id: Some((*id).to_owned()) }).collect();
    books.grant_roles(account.id, &grants, "test", morning()).unwrap();
    books.open_session(&qunlian_registry::secret::key_of(secret), account.id, morning()).unwrap();
}

fn form(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

/// A whole form of a project in talks.
fn talks() -> Vec<(&'static str, &'static str)> {
    vec![
        ("stage", "negotiating"),
        ("name", "年产3万吨双零铝箔项目"),
        ("content", "新建厂房2万平方米，购置箔轧机6台，年产双零铝箔3万吨"),
        ("class", "industry"),
        ("address", "濉溪经济开发区樱花路"),
        ("investor", "江阴某某铝业股份有限公司"),
        ("investor_address", "江苏省江阴市"),
        ("agreed_yuan", "120000"),
        ("lead_person", "王示例"),
        ("lead_phone", PHONE),
    ]
}

fn with<'a>(mut pairs: Vec<(&'a str, &'a str)>, more: &[(&'a str, &'a str)]) -> String {
    pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    pairs.extend(more);
    form(&pairs)
}

impl Office {
    async fn get(&self, who: char, path: &str) -> Got {
        get_with(&self.site, path, &[("cookie", &format!("qunlian={who}"))]).await
    }

    async fn post(&self, who: char, path: &str, body: &str) -> Got {
        post(&self.site, path, body, &[("cookie", &format!("qunlian={who}"))]).await
    }

    /// Files and gives the number.
    async fn filed(&self, deed: &str) -> String {
        let got = self.post('C', "/filings", &with(talks(), &[("do", deed)])).await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
        self.books.filings(&qunlian_registry::FilingFilter { scope: RowScope::City, limit: 1, ..Default::default() }).unwrap()[0]
            .number
            .clone()
    }

    fn claims(&self) -> Vec<qunlian_registry::Claim> {
        self.books.claims(&ClaimFilter { scope: RowScope::City, limit: 100, ..ClaimFilter::default() }).unwrap()
    }

    fn reviewer(&self) -> Doer {
        Doer { account: None, name: "one-R-reviewer".into(), via: Via::Web, now: morning(), today: today() }
    }

    fn give_back(&self, claim: i64, field: &str, remark: &str) {
        let remarks = [(String::new(), "请补充".to_owned()), (field.to_owned(), remark.to_owned())].into();
        let way = rules().city.procedure.way(Matter::Project, false);
        self.books.step(claim, &Step::Return { remarks, contact: "0561-3000000".into(), way }, &self.reviewer()).unwrap();
    }

    fn approve(&self, claim: i64) {
        let way = rules().city.procedure.way(Matter::Project, false);
        self.books.step(claim, &Step::Approve { remark: String::new(), way }, &self.reviewer()).unwrap();
    }
}

#[tokio::test]
async fn the_form_grows_with_the_stage_and_keeps_what_was_typed() {
    let office = office();
    let blank = office.get('C', "/filings/new").await.text();
    assert!(blank.contains("name=\"content\"") && !blank.contains("name=\"signed_on\""), "{blank}");
    assert!(
        blank.contains("<option value=\"suixi\" selected>濉溪县"),
        "the granted carrier is meant unless one below it is chosen: {blank}"
    );
    let grown = office.post('C', "/filings", &with(talks(), &[("do", "stage"), ("stage", "started")])).await;
    assert_eq!(grown.status, StatusCode::OK);
    let grown = grown.text();
    for part in ["name=\"signed_on\"", "name=\"started_on\"", "年产3万吨双零铝箔项目", "type=\"date\"", "inputmode=\"decimal\""] {
        assert!(grown.contains(part), "{part}");
    }
    assert!(office.claims().is_empty(), "nothing is kept by changing the stage");
}

#[tokio::test]
async fn a_draft_is_kept_right_or_wrong_and_its_phone_never_comes_back() {
    let office = office();
    let body = with(talks(), &[("do", "draft"), ("agreed_yuan", "约十二亿"), ("lead_phone", PHONE)]);
    let kept = office.post('C', "/filings", &body).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let address = kept.header("location").to_owned();
    let page = office.get('C', &address).await.text();
    assert!(page.contains("草稿已保存") && page.contains("约十二亿") && page.contains("139****5678") && page.contains("王**"), "{page}");
    assert!(!page.contains(PHONE) && !page.contains("王示例"));
    let claim = office.claims().pop().unwrap();
    assert_eq!(claim.standing.state, State::Draft);
    assert_eq!(claim.typed["lead_phone"], PHONE);
    // Sent again without the contact: it stays; the other fields are what was sent.
    let again = with(talks(), &[("do", "draft"), ("version", &claim.version.to_string()), ("lead_phone", ""), ("lead_person", "")]);
    let saved = office.post('C', &format!("/claims/{}", claim.id), &again).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let claim = office.claims().pop().unwrap();
    assert_eq!((claim.typed["lead_phone"].as_str(), claim.typed["agreed_yuan"].as_str()), (PHONE, "120000"));
}

#[tokio::test]
async fn faults_stand_beside_their_fields_and_at_the_top() {
    let office = office();
    let body = with(talks(), &[("do", "submit"), ("stage", "signed"), ("lead_phone", "1390000"), ("credit_code", "91340600MA2N000012")]);
    let refused = office.post('C', "/filings", &body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(page.contains("id=\"faults\"") && page.contains("href=\"#f-lead_phone\"") && page.contains("href=\"#f-signed_on\""), "{page}");
    let field = page.split("id=\"field-lead_phone\"").nth(1).unwrap().split("</div>\n<div").next().unwrap();
    assert!(
        field.contains("aria-invalid=\"true\"") && field.contains("aria-describedby=\"h-lead_phone\"") && field.contains("电话号码不完整")
    );
    assert!(page.contains("年产3万吨双零铝箔项目"), "what was typed stays");
    assert!(office.claims().is_empty());
}

#[tokio::test]
async fn a_submitted_filing_is_in_the_list_with_its_due_day() {
    let office = office();
    let number = office.filed("submit").await;
    assert_eq!(number, "2022-00001");
    let list = office.get('C', "/filings").await.text();
    for part in ["年产3万吨双零铝箔项目", "2022-00001", "待审核", "尚未有人领取", "应于 6月6日 前办结", "新建备案", "data-label"]
    {
        assert!(list.contains(part), "{part}: {list}");
    }
    assert!(!office.get('C', "/filings?state=draft").await.text().contains(&number));
    assert!(office.get('C', "/filings?q=铝箔&state=submitted").await.text().contains(&number));
    let page = office.get('C', &format!("/filings/{number}")).await.text();
    for part in ["铝", "120,000 万元", "139****5678", "王**", "项目历程", "未到", "撤回", "工业"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains(PHONE) && !page.contains("王示例"));
}

#[tokio::test]
async fn other_carriers_filings_are_not_there() {
    let office = office();
    let number = office.filed("draft").await;
    let claim = office.claims().pop().unwrap().id;
    for path in [format!("/filings/{number}"), format!("/claims/{claim}"), format!("/filings/{number}/claims/new?matter=change")] {
        assert_eq!(office.get('X', &path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [format!("/claims/{claim}"), format!("/claims/{claim}/withdraw"), format!("/filings/{number}/claims/new")] {
        assert_eq!(office.post('X', &path, &with(talks(), &[("do", "draft")])).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let unmask = office.post('X', &format!("/filings/{number}/unmask"), &form(&[("reason", "核对联系方式")])).await;
    assert_eq!(unmask.status, StatusCode::NOT_FOUND);
    assert!(!office.get('X', "/filings").await.text().contains(&number));
    let foreign = office.post('X', "/filings", &with(talks(), &[("do", "draft"), ("carrier", "suixi")])).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "nobody files for another carrier");
    assert_eq!(office.claims().len(), 1);
}

#[tokio::test]
async fn whoever_files_for_several_carriers_chooses_one() {
    let office = office();
    let blank = office.get('M', "/filings/new").await.text();
    assert!(blank.contains("name=\"carrier\"") && blank.contains("相山区"), "{blank}");
    let none = office.post('M', "/filings", &with(talks(), &[("do", "draft")])).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text().contains("请选择载体单位") && none.text().contains("年产3万吨双零铝箔项目"));
    let chosen = office.post('M', "/filings", &with(talks(), &[("do", "draft"), ("carrier", "xiangshan")])).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    assert_eq!(office.claims()[0].carrier_id, "xiangshan");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_files_once() {
    let office = office();
    let blank = office.get('C', "/filings/new").await.text();
    let once = blank.split("name=\"once\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(once.len(), 64);
    let body = with(talks(), &[("do", "draft"), ("once", &once)]);
    let first = office.post('C', "/filings", &body).await;
    let second = office.post('C', "/filings", &body).await;
    assert_eq!((first.header("location"), second.status), (second.header("location"), StatusCode::SEE_OTHER));
    let other = office.post('C', "/filings", &with(talks(), &[("do", "draft"), ("once", &once), ("name", "另一项目")])).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.text().contains("此前已保存过一次") && other.text().contains("另一项目"));
    assert_eq!(office.claims().len(), 1);
}

#[tokio::test]
async fn whoever_comes_second_sees_both_texts() {
    let office = office();
    office.filed("draft").await;
    let claim = office.claims().pop().unwrap();
    let version = claim.version.to_string();
    let path = format!("/claims/{}", claim.id);
    let mine = with(talks(), &[("do", "draft"), ("version", &version), ("investor", "甲公司")]);
    assert_eq!(office.post('C', &path, &mine).await.status, StatusCode::SEE_OTHER);
    let theirs = with(talks(), &[("do", "submit"), ("version", &version), ("investor", "乙公司")]);
    let late = office.post('M', &path, &theirs).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let page = late.text();
    assert!(page.contains("id=\"conflict\"") && page.contains("甲公司") && page.contains("value=\"乙公司\""), "{page}");
    let stands = office.claims().pop().unwrap();
    assert_eq!((stands.typed["investor"].as_str(), stands.standing.state), ("甲公司", State::Draft));
    let newer = with(talks(), &[("do", "draft"), ("version", &stands.version.to_string()), ("investor", "乙公司")]);
    assert_eq!(office.post('M', &path, &newer).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_return_stands_beside_its_field_and_the_thread_goes_on() {
    let office = office();
    let number = office.filed("submit").await;
    let claim = office.claims().pop().unwrap();
    office.give_back(claim.id, "content", "请写明<b>设备</b>台数");
    let list = office.get('C', "/filings").await.text();
    assert!(list.contains("已退回") && list.contains("请按审核意见修改"), "{list}");
    let page = office.get('C', &format!("/claims/{}", claim.id)).await.text();
    assert!(
        page.contains("0561-3000000") && page.contains("请补充") && page.contains("审核意见：请写明&lt;b&gt;设备&lt;/b&gt;台数"),
        "{page}"
    );
    let version = office.claims().pop().unwrap().version.to_string();
    let body = with(talks(), &[("do", "submit"), ("version", &version), ("content", "新建铝箔生产线，购置箔轧机8台"), ("lead_phone", "")]);
    let again = office.post('C', &format!("/claims/{}", claim.id), &body).await;
    assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, format!("/filings/{number}?done=submitted").as_str()));
    let page = office.get('C', again.header("location")).await.text();
    assert!(page.contains("已提交审核") && page.contains("退回") && page.contains("变更记录") && page.contains("购置箔轧机8台"), "{page}");
    assert_eq!(office.get('C', &format!("/claims/{}", claim.id)).await.status, StatusCode::SEE_OTHER, "it is not open any more");
    let stale = office.post('C', &format!("/claims/{}", claim.id), &with(talks(), &[("do", "draft"), ("version", "9")])).await;
    assert_eq!(stale.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn further_claims_follow_the_review() {
    let office = office();
    let number = office.filed("submit").await;
    let path = format!("/filings/{number}/claims/new");
    assert_eq!(office.get('C', &format!("{path}?matter=milestone:signed")).await.status, StatusCode::BAD_REQUEST, "not before its review");
    office.approve(office.claims()[0].id);
    let page = office.get('C', &format!("/filings/{number}")).await.text();
    for part in ["签约申报", "月度投资", "信息变更", "状态变更", "删除申请"] {
        assert!(page.contains(part), "{part}");
    }
    let blank = office.get('C', &format!("{path}?matter=milestone:signed")).await.text();
    assert!(blank.contains("name=\"signed_on\"") && blank.contains("name=\"contract_number\"") && !blank.contains("name=\"content\""));
    let faulty = office.post('C', &path, &form(&[("matter", "milestone:signed"), ("do", "submit")])).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let signed = [
        ("matter", "milestone:signed"),
        ("do", "submit"),
        ("signed_on", "2022-05-18"),
        ("contract_number", "18号"),
        ("agreed_yuan", "120000"),
        ("planned_fixed_yuan", "90000"),
        ("address", "樱花路"),
        ("investor_address", "江苏省江阴市"),
        ("planned_start_on", "2022-09-30"),
    ];
    let got = office.post('C', &path, &form(&signed)).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
    let claim = office.claims().into_iter().find(|claim| claim.matter == Matter::Milestone(Milestone::Signed)).unwrap();
    assert_eq!(got.header("location"), format!("/claims/{}?done=proof#files", claim.id), "kept until its proof is attached");
    let address = format!("/claims/{}", claim.id);
    let version = claim.version.to_string();
    let again = [signed.to_vec(), vec![("version", version.as_str())]].concat();
    let unproven = office.post('C', &address, &form(&again)).await;
    assert_eq!(unproven.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unproven.text().contains("签约申报缺少佐证材料") && unproven.text().contains("合同或协议"), "{}", unproven.text());
    let attached = send(&office.site, upload('C', &format!("{address}/files"), "合同.pdf", PDF)).await;
    assert_eq!(attached.status, StatusCode::SEE_OTHER, "{}", attached.text());
    let sent = office.post('C', &address, &form(&again)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let sent = office.books.find_claim(claim.id).unwrap().unwrap();
    assert_eq!(sent.standing.state, State::Submitted);
    assert_eq!(office.post('C', &path, &form(&signed)).await.status, StatusCode::BAD_REQUEST, "one at a time");
    let month = [("matter", "investment"), ("kind", "fixed_assets"), ("month", "2022-05"), ("yuan", "3500"), ("do", "draft")];
    let got = office.post('C', &path, &form(&month)).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
    let ahead = [("matter", "investment"), ("kind", "paid_in"), ("month", "2022-07"), ("yuan", "3500"), ("do", "draft")];
    assert_eq!(office.post('C', &path, &form(&ahead)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let change = office.get('C', &format!("{path}?matter=change")).await.text();
    assert!(change.contains("value=\"120000\"") && change.contains("139****5678") && !change.contains(PHONE), "{change}");
    let same =
        office.post('C', &path, &form(&[("matter", "change"), ("agreed_yuan", "120000"), ("reason", "更正"), ("do", "submit")])).await;
    assert!(same.status == StatusCode::UNPROCESSABLE_ENTITY && same.text().contains("没有任何一项变更"));
    let other =
        office.post('C', &path, &form(&[("matter", "change"), ("agreed_yuan", "130000"), ("reason", "更正"), ("do", "submit")])).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER, "{}", other.text());
    let claim = office.claims().into_iter().find(|claim| claim.matter == Matter::Change).unwrap();
    assert_eq!(claim.values.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["agreed_yuan", "reason"]);
    let gone = office.post('C', &format!("/claims/{}/withdraw", claim.id), &form(&[("reason", "填错")])).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    let page = office.get('C', &format!("/filings/{number}")).await.text();
    assert!(page.contains("已撤回") && page.contains("填错") && page.contains("2022年5月固定资产投资"), "{page}");
}

#[tokio::test]
async fn the_preview_says_why_and_names_likely_duplicates() {
    let office = office();
    let body = with(talks(), &[("number", "")]);
    let fragment = office.post('C', "/filings/preview", &body).await;
    assert_eq!(fragment.status, StatusCode::OK);
    let text = fragment.text();
    for part in ["铝基高端金属材料", "因为", "铝箔", "把握", "江苏", "10亿元以上", "未发现疑似重复"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("<html"), "a fragment only");
    let number = office.filed("submit").await;
    let twin = office.post('C', "/filings/preview", &body).await.text();
    assert!(twin.contains("同一项目") && twin.contains(&format!("/filings/{number}")), "{twin}");
    let own = office.post('C', "/filings/preview", &with(talks(), &[("number", &number)])).await.text();
    assert!(own.contains("未发现疑似重复"), "it is not its own duplicate: {own}");
    let other = office.post('X', "/filings/preview", &body).await.text();
    assert!(other.contains("其他载体单位的项目") && other.contains("濉溪县") && !other.contains(&number), "{other}");
    let checked = office.post('M', "/filings", &with(talks(), &[("do", "check"), ("carrier", "suixi")])).await.text();
    assert!(checked.contains("同一项目") && checked.contains("校验通过"), "the button shows the same without a script");
}

#[tokio::test]
async fn published_projects_are_compared_too() {
    let office = office();
    let projects = office.get('A', "/projects").await.text();
    assert!(projects.contains("期）"), "{projects}");
    let name = projects.split("期）").next().unwrap().rsplit('>').next().unwrap().to_owned() + "期）";
    let body = form(&[("name", &name), ("content", "x"), ("investor", "")]);
    let mut hidden = 0;
    for who in ['C', 'X'] {
        let text = office.post(who, "/filings/preview", &body).await.text();
        assert!(text.contains("twins") && text.contains("class=\"lamp"), "{name}: {text}");
        hidden += usize::from(text.contains("其他载体单位的项目"));
    }
    assert!(hidden >= 1, "it is the project of one carrier at most");
}

#[tokio::test]
async fn what_is_typed_stays_text_in_every_field() {
    let office = office();
    let payload = "\"><script>alert(1)</script><svg onload=x>'{{7*7}}\u{202e}";
    let fields: Vec<&str> = rules().city.filing.fields.iter().map(|entry| entry.id).collect();
    let mut pairs: Vec<(&str, &str)> = fields.iter().map(|field| (*field, payload)).collect();
    pairs.extend([("stage", "at_capacity"), ("do", "draft"), ("carrier", "")]);
    let kept = office.post('C', "/filings", &form(&pairs)).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let number = office.claims()[0].filing_number.clone();
    let mut pages = vec![
        office.get('C', kept.header("location")).await.text(),
        office.get('C', "/filings").await.text(),
        office.get('C', &format!("/filings/{number}")).await.text(),
        office.get('R', &format!("/filings/{number}")).await.text(),
        office.post('C', "/filings/preview", &form(&pairs)).await.text(),
    ];
    for deed in ["submit", "check", "stage"] {
        let with_deed: Vec<(&str, &str)> = pairs.iter().map(|(name, text)| (*name, if *name == "do" { deed } else { *text })).collect();
        pages.push(office.post('C', "/filings", &form(&with_deed)).await.text());
    }
    pages.push(office.post('C', &format!("/filings/{number}/unmask"), &form(&[("reason", payload)])).await.text());
    for page in pages {
        assert!(
            !page.contains("<script>alert") && !page.contains("<svg onload") && !page.contains('\u{202e}') && !page.contains(">49"),
            "{page}"
        );
    }
    let long = "长".repeat(9_000);
    let got = office.post('C', "/filings", &with(talks(), &[("do", "submit"), ("name", &long), ("content", &long)])).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text().contains("太长"));
}

fn upload(who: char, path: &str, name: &str, content: &[u8]) -> Request<Body> {
    let mut body = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--b--\r\n");
    Request::post(path)
        .header("host", "127.0.0.1:8080")
        .header("cookie", format!("qunlian={who}"))
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from(body))
        .unwrap()
}

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n";

#[tokio::test]
async fn attachments_are_taken_by_content_and_given_to_those_who_may_see_them() {
    let office = office();
    office.filed("draft").await;
    let claim = office.claims()[0].clone();
    let path = format!("/claims/{}/files", claim.id);
    let taken = send(&office.site, upload('C', &path, "合同.pdf", PDF)).await;
    assert_eq!(
        (taken.status, taken.header("location")),
        (StatusCode::SEE_OTHER, format!("/claims/{}?done=attached#files", claim.id).as_str())
    );
    for (name, content, words) in [
        ("合同.pdf", b"MZ\x90\0 not a pdf".as_slice(), "不是可接收的文件类型"),
        ("页面.pdf", b"<html><script>alert(1)</script>", "不是可接收的文件类型"),
        ("断.pdf", b"%PDF-1.7\ncut off", "已损坏或不完整"),
        ("空.pdf", b"", "文件是空的"),
    ] {
        let refused = send(&office.site, upload('C', &path, name, content)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(refused.text().contains(words), "{name}: {}", refused.text());
    }
    let large = vec![b' '; 22 << 20];
    let refused = send(&office.site, upload('C', &path, "大.pdf", &large)).await;
    assert!(matches!(refused.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE), "{}", refused.status);
    assert_eq!(send(&office.site, upload('X', &path, "合同.pdf", PDF)).await.status, StatusCode::NOT_FOUND);
    let files = office.books.attachments_of(claim.filing).unwrap();
    assert_eq!(files.len(), 1);
    let file = format!("/files/{}", files[0].id);
    let got = office.get('C', &file).await;
    assert_eq!((got.status, got.header("content-type"), got.body.as_slice()), (StatusCode::OK, "application/pdf", PDF));
    assert!(got.header("content-disposition").starts_with("attachment;") && got.header("x-content-type-options") == "nosniff");
    assert_eq!(office.get('R', &file).await.status, StatusCode::OK);
    assert_eq!(office.get('X', &file).await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.post('X', &format!("{file}/remove"), "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.post('C', &format!("{file}/remove"), "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.get('C', &file).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_contact_is_shown_once_for_a_reason_so_often_a_day() {
    let office = office();
    let number = office.filed("submit").await;
    let path = format!("/filings/{number}/unmask");
    let short = office.post('C', &path, &form(&[("reason", "看看 ")])).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text().contains("不少于 5 个字") && !short.text().contains(PHONE));
    let shown = office.post('C', &path, &form(&[("reason", "电话核实开工情况")])).await;
    assert_eq!((shown.status, shown.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(shown.text().contains(PHONE) && shown.text().contains("王示例") && shown.text().contains("仅显示这一次"));
    assert!(!office.get('C', &format!("/filings/{number}")).await.text().contains(PHONE));
    let trace = || {
        let filter = AuditFilter { action: Some(AuditAction::Unmasked), ..AuditFilter::default() };
        office.books.audit_page(&filter, None, 100).unwrap()
    };
    assert_eq!(trace().len(), 1);
    assert!(trace()[0].subject == number && trace()[0].detail.contains("电话核实开工情况") && !trace()[0].detail.contains(PHONE));
    for _ in 0..19 {
        assert_eq!(office.post('C', &path, &form(&[("reason", "电话核实开工情况")])).await.status, StatusCode::OK);
    }
    let often = office.post('C', &path, &form(&[("reason", "电话核实开工情况")])).await;
    assert_eq!(often.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(often.text().contains("20 次上限") && !often.text().contains(PHONE));
    assert_eq!(trace().len(), 20);
    assert_eq!(office.post('R', &path, &form(&[("reason", "电话核实开工情况")])).await.status, StatusCode::OK, "others have their own");
}

#[tokio::test]
async fn the_guide_is_the_catalogue() {
    let office = office();
    let guide = office.get('s', "/guide").await;
    assert_eq!(guide.status, StatusCode::OK);
    let text = guide.text();
    for entry in &rules().city.filing.fields {
        assert!(text.contains(&entry.title), "{}", entry.title);
    }
    assert!(text.contains("0561-"), "whom to ask");
    assert_eq!(get_with(&office.site, "/guide", &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_demonstrations_clerk_files_too() {
    let site = qunlian_web::router(app(Arc::new(FakeAnswers::new()))).unwrap();
    let cookie = [("cookie", "qunlian_demo=clerk-suixi")];
    assert!(get_with(&site, "/filings", &cookie).await.text().contains("新建备案"));
    let kept = post(&site, "/filings", &with(talks(), &[("do", "submit")]), &cookie).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let english = get_with(&site, "/filings?lang=en", &cookie).await.text();
    assert!(english.contains("waiting for review") && english.contains("New filing"), "{english}");
    let reviewer = get_with(&site, "/filings", &[("cookie", "qunlian_demo=reviewer-1")]).await.text();
    assert!(reviewer.contains("2022-00001") && !reviewer.contains("href=\"/filings/new\""));
}
