//! The reviewer's side: order and due times, returns that keep their remarks, two reviews, objections, conflicts, pace, credit.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use chrono::NaiveDate;
use qunlian_domain::access::Role;
use qunlian_domain::audit::Via;
use qunlian_domain::claim::State;
use qunlian_domain::filing::Values;
use qunlian_domain::rules::Rules;
use qunlian_registry::{Claim, Doer, NewFiling, NewNotice, NewObjection, NoticeFace, ObjectionState, Step, Store, Typed};
use qunlian_web::Mode;

use super::roles::{open, staffed};
use super::{Got, get_with, post};

/// A site with its books, on a day of its own. `R` and `R2` are reviewers, `L` a leader, `C` a clerk of 濉溪县.
struct Office {
    site: Router,
    books: Arc<dyn Store>,
    rules: Arc<Rules>,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn office(today: &str, two_reviews: bool) -> Office {
    let mut parts = staffed(Mode::Serve);
    let today = day(today);
    parts.today = Arc::new(move || today);
    open(parts.books.as_ref(), "reviewer-2", Role::Reviewer, "R2");
    if two_reviews {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let twice = |text: String| text.replace("two_reviews = false", "two_reviews = true");
        let read = |path: &str| std::fs::read_to_string(data.join(path)).map(twice);
        parts.rules = Arc::new(Rules::load(&read, "cities/huaibei").unwrap());
    }
    let (books, rules) = (Arc::clone(&parts.books), Arc::clone(&parts.rules));
    Office { site: qunlian_web::router(parts).unwrap(), books, rules }
}

fn doer(name: &str, on: &str) -> Doer {
    let today = day(on);
    Doer { account: Some(1), name: name.into(), via: Via::Web, now: today.and_hms_opt(1, 0, 0).unwrap().and_utc(), today }
}

const PHONE: &str = "13900001234";

fn form(name: &str, investor: &str) -> Typed {
    let pairs = [
        ("name", name),
        ("investor", investor),
        ("content", "建设<script>alert(1)</script>铝箔生产线"),
        ("agreed_yuan", "1200000000"),
        ("firm_contact", "王示例"),
        ("firm_phone", PHONE),
    ];
    pairs.into_iter().map(|(field, text)| (field.to_owned(), text.to_owned())).collect()
}

impl Office {
    fn file(&self, carrier: &str, name: &str, on: &str) -> Claim {
        let typed = form(name, "样例铝业");
        let by = doer("clerk", on);
        let opened = self.books.open_filing(&NewFiling { carrier_id: carrier.into(), stage: 1, typed, once: None, by }).unwrap();
        self.submit(&opened.claim, form(name, "样例铝业"), on)
    }

    fn submit(&self, claim: &Claim, typed: Typed, on: &str) -> Claim {
        let values: Values = typed.clone().into_iter().collect();
        let way = self.rules.city.procedure.way(claim.matter, values.flag("confidential"));
        self.books.step(claim.id, &Step::Submit { typed, values, way }, &doer("clerk", on)).unwrap()
    }

    fn claim(&self, claim: &Claim) -> Claim {
        self.books.find_claim(claim.id).unwrap().unwrap()
    }

    async fn see(&self, who: &str, path: &str) -> Got {
        get_with(&self.site, path, &[("cookie", &format!("qunlian={who}"))]).await
    }

    async fn send(&self, who: &str, path: &str, form: &str) -> Got {
        post(&self.site, path, form, &[("cookie", &format!("qunlian={who}"))]).await
    }

    async fn approve(&self, who: &str, claim: &Claim) -> Got {
        let form = format!("version={}&remark=", self.claim(claim).version);
        self.send(who, &format!("/review/{}/approve", claim.id), &form).await
    }
}

fn place(page: &str, words: &str) -> usize {
    page.find(words).unwrap_or_else(|| panic!("{words} is not on the page: {page}"))
}

#[tokio::test]
async fn the_queue_is_first_come_with_due_times_across_spring_festival() {
    // 29 and 30 January are make-up days, 31 January to 6 February are off.
    let office = office("2022-02-08", false);
    let late = office.file("suixi", "甲项目", "2022-01-28");
    office.file("duji", "乙项目", "2022-01-29");
    office.file("suixi", "丙项目", "2022-02-07");
    let page = office.see("R", "/review").await.text();
    assert!(place(&page, "甲项目") < place(&page, "乙项目") && place(&page, "乙项目") < place(&page, "丙项目"));
    for words in ["■ 超期 1 个工作日", "▲ 今天到期", "● 剩 2 个工作日", "濉溪县", "120,000 万元（12.00 亿元）", "无人领办", "data-go=\"v\""]
    {
        place(&page, words);
    }
    assert!(!page.contains("日历不完整"));
    let overdue = office.see("R", "/review?tab=overdue").await.text();
    assert!(overdue.contains("甲项目") && !overdue.contains("乙项目"));
    let duji = office.see("R", "/review?carrier=duji").await.text();
    assert!(duji.contains("乙项目") && !duji.contains("甲项目"));
    assert!(office.see("R", "/review?tab=returned").await.text().contains("这里没有要办的事项"));
    for wrong in ["/review?tab=nope", "/review?carrier=nope", "/review?page=0"] {
        assert_eq!(office.see("R", wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let taken = office.send("R", &format!("/review/{}/hold", late.id), "act=take").await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    assert!(office.see("R", "/review").await.text().contains("示例审核人员 · "));
}

#[tokio::test]
async fn a_year_without_announced_holidays_is_said() {
    let office = office("2027-03-02", false);
    let claim = office.file("suixi", "甲项目", "2027-03-01");
    for path in ["/review".to_owned(), format!("/review/{}", claim.id)] {
        let page = office.see("R", &path).await.text();
        assert!(page.contains("日历不完整，按周一至周五推算") && page.contains("剩 2 个工作日"), "{path}");
    }
}

#[tokio::test]
async fn a_return_keeps_its_remarks() {
    let office = office("2022-05-31", false);
    let claim = office.file("suixi", "铝箔项目", "2022-05-30");
    let address = format!("/review/{}", claim.id);
    let page = office.see("R", &address).await.text();
    assert!(page.contains("value=\"0561-3000000\"") && page.contains("name=\"remark.investor\""), "the office's number is filled in");
    assert!(!page.contains(PHONE) && page.contains("139****1234") && page.contains("王**") && !page.contains("王示例"));
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"));
    let version = claim.version;
    let nothing = office.send("R", &format!("{address}/return"), &format!("version={version}&contact=0561-3000001")).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text().contains("退回须写明意见") && nothing.text().contains("0561-3000001"), "what was typed comes back");
    let mobile = office.send("R", &format!("{address}/return"), &format!("version={version}&remark=x&contact={PHONE}")).await;
    assert_eq!(mobile.status, StatusCode::UNPROCESSABLE_ENTITY);
    let remarks = "remark.investor=%E8%AF%B7%E5%86%99%E5%85%A8%E7%A7%B0%3Cb%3E&remark.nonsense=x&remark=";
    let form = format!("version={version}&{remarks}&contact=0561-3000001");
    let returned = office.send("R", &format!("{address}/return"), &form).await;
    assert_eq!((returned.status, returned.header("location")), (StatusCode::SEE_OTHER, format!("{address}?done=return").as_str()));
    let events = office.books.claim_events(claim.id).unwrap();
    let last = events.last().unwrap();
    assert_eq!((last.contact.as_str(), last.remarks.get("investor").map(String::as_str)), ("0561-3000001", Some("请写全称<b>")));
    assert_eq!(last.remarks.len(), 1, "remarks on fields that there are none of are dropped");
    assert_eq!(office.claim(&claim).standing.state, State::Returned);
    office.submit(&claim, form_mended(), "2022-06-01");
    let page = office.see("R", &address).await.text();
    for words in ["上次意见：请写全称&lt;b&gt;", "▲ 样例铝业", "样例铝业有限公司", "退回修改", "联系电话 0561-3000001"]
    {
        place(&page, words);
    }
}

fn form_mended() -> Typed {
    form("铝箔项目", "样例铝业有限公司")
}

#[tokio::test]
async fn what_is_approved_leaves_the_queue() {
    let office = office("2022-05-31", false);
    let claim = office.file("suixi", "铝箔项目", "2022-05-30");
    let next = office.file("duji", "下一项目", "2022-05-31");
    let done = office.approve("R", &claim).await;
    let address = format!("/review/{}?done=approve", claim.id);
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, address.as_str()));
    let page = office.see("R", &address).await.text();
    assert!(page.contains("● 已通过") && page.contains(&format!("href=\"/review/{}\"", next.id)), "{page}");
    assert!(!page.contains(&format!("/review/{}/approve", claim.id)), "there is nothing more to decide");
    let queue = office.see("R", "/review").await.text();
    assert!(!queue.contains("铝箔项目") && queue.contains("下一项目"));
    assert!(office.see("R", "/review?tab=approved").await.text().contains("铝箔项目"));
    let again = office.approve("R", &claim).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("当前状态不能这样办理"));
    assert_eq!(office.see("R", "/review/4711").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_reviews_twice() {
    let office = office("2022-05-31", true);
    let claim = office.file("suixi", "铝箔项目", "2022-05-30");
    let page = office.see("R", &format!("/review/{}", claim.id)).await.text();
    assert!(page.contains("初审通过，转复审"));
    assert_eq!(office.approve("R", &claim).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.claim(&claim).standing.state, State::SecondReview);
    let page = office.see("R", &format!("/review/{}", claim.id)).await.text();
    assert!(page.contains("复审须由另一人办理") && !page.contains(&format!("/review/{}/approve", claim.id)));
    let refused = office.approve("R", &claim).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("您已作初审"));
    assert_eq!(office.approve("R2", &claim).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.claim(&claim).standing.state, State::Approved);
}

impl Office {
    /// A claim that `R` approved, under notice, with an objection.
    async fn objected(&self) -> (Claim, i64) {
        let claim = self.file("suixi", "铝箔项目", "2022-05-30");
        assert_eq!(self.approve("R", &claim).await.status, StatusCode::SEE_OTHER);
        let face = NoticeFace {
            carrier: "濉溪县".into(),
            project: "铝箔项目".into(),
            matter: "项目备案".into(),
            scale: "12亿元".into(),
            chain: "—".into(),
        };
        let new = NewNotice {
            id: "2022-W22".into(),
            from: day("2022-05-30"),
            until: day("2022-06-05"),
            slot: day("2022-06-06"),
            notice_days: 5,
            faces: [(claim.id, face)].into(),
        };
        self.books.publish_notice(&new, &doer("job:monday_notice", "2022-06-06")).unwrap();
        let objection = NewObjection {
            notice: "2022-W22".into(),
            claim: claim.id,
            reason: "与另一项目重复".into(),
            objector: "某先生".into(),
            contact_masked: "139****1234".into(),
            way: self.rules.city.procedure.way(claim.matter, false),
        };
        let made = self.books.object(&objection, &doer("public", "2022-06-07")).unwrap();
        (claim, made.id)
    }
}

#[tokio::test]
async fn whoever_approved_does_not_judge() {
    let office = office("2022-06-02", false);
    let (claim, objection) = office.objected().await;
    let address = format!("/review/{}", claim.id);
    let page = office.see("R", &address).await.text();
    assert!(page.contains("与另一项目重复") && page.contains("139****1234") && page.contains("<fieldset disabled>"), "{page}");
    assert!(page.contains("异议须由其他审核人员复核"));
    let judge = |verdict: &str, reason: &str| format!("objection={objection}&verdict={verdict}&reason={reason}");
    let refused = office.send("R", &format!("{address}/judge"), &judge("dismiss", "%E4%B8%8D%E5%90%8C")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let silent = office.send("R2", &format!("{address}/judge"), &judge("dismiss", "+")).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.text().contains("请写明理由"));
    assert_eq!(office.books.objection(objection).unwrap().unwrap().state, ObjectionState::Open);
    assert!(office.see("R2", "/review?tab=objected").await.text().contains("铝箔项目"));
    let other = office.file("suixi", "别的项目", "2022-06-01");
    let elsewhere = office.send("R2", &format!("/review/{}/judge", other.id), &judge("dismiss", "x")).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "an objection is judged on its own claim's page");
    let done = office.send("R2", &format!("{address}/judge"), &judge("dismiss", "%E4%B8%8D%E5%90%8C")).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, format!("{address}?done=dismiss").as_str()));
    let judged = office.books.objection(objection).unwrap().unwrap();
    assert_eq!((judged.state, judged.judgement.as_str()), (ObjectionState::Dismissed, "不同"));
}

#[tokio::test]
async fn a_recognition_is_taken_back_by_somebody_else_with_a_reason() {
    // The page's day stands still: the notice must fall into its week.
    let office = office("2022-06-02", false);
    let (claim, objection) = office.objected().await;
    let address = format!("/review/{}", claim.id);
    let dismiss = format!("objection={objection}&verdict=dismiss&reason=%E4%B8%8D%E5%90%8C");
    assert_eq!(office.send("R2", &format!("{address}/judge"), &dismiss).await.status, StatusCode::SEE_OTHER);
    assert!(!office.see("R2", &address).await.text().contains("/revoke"), "nothing is recognised yet");
    office.books.recognise_due(5, &doer("job:recognise", "2022-06-11")).unwrap();
    let version = office.claim(&claim).version;
    let page = office.see("R2", &address).await.text();
    assert!(page.contains("撤销认定") && page.contains(&format!("{address}/revoke")), "{page}");
    let sent = |reason: &str| format!("version={version}&reason={reason}");
    let own = office.send("R", &format!("{address}/revoke"), &sent("%E4%B8%8D%E5%AE%9E")).await;
    assert_eq!(own.status, StatusCode::CONFLICT, "{}", own.text());
    let silent = office.send("R2", &format!("{address}/revoke"), &sent("+")).await;
    assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.text().contains("请写明理由"));
    let stale = office.send("R2", &format!("{address}/revoke"), "version=1&reason=x").await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(office.claim(&claim).standing.state, State::Recognised);
    let done = office.send("R2", &format!("{address}/revoke"), &sent("%E4%B8%8D%E5%AE%9E")).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, format!("{address}?done=revoke").as_str()));
    assert_eq!(office.claim(&claim).standing.state, State::Revoked);
    assert!(office.see("R2", &address).await.text().contains("不实"), "the reason stands in the thread");
}

#[tokio::test]
async fn two_people_do_not_do_the_same_work() {
    let office = office("2022-05-31", false);
    let claim = office.file("suixi", "铝箔项目", "2022-05-30");
    let address = format!("/review/{}", claim.id);
    let stale = office.send("R", &format!("{address}/approve"), "version=1").await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("此件刚刚有变动"));
    assert_eq!(office.send("R", &format!("{address}/hold"), "act=take").await.status, StatusCode::SEE_OTHER);
    let taken = office.send("R2", &format!("{address}/hold"), "act=take").await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let refused = office.approve("R2", &claim).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("此件由示例审核人员领办"), "{}", refused.text());
    assert_eq!(office.claim(&claim).standing.state, State::Submitted);
    assert_eq!(office.send("R2", &format!("{address}/hold"), "act=drop").await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.approve("R2", &claim).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.send("R", &format!("{address}/hold"), "act=shake").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn pace_is_shown_to_leaders_without_secrets() {
    let office = office("2022-06-10", false);
    let done = office.file("suixi", "办结项目", "2022-06-06");
    assert_eq!(office.approve("R", &done).await.status, StatusCode::SEE_OTHER);
    office.file("duji", "超期项目", "2022-05-30");
    let mut secret = form("保密项目", "样例铝业");
    secret.insert("confidential".into(), "1".into());
    let opened = office.file("duji", "保密项目", "2022-05-30");
    let way = office.rules.city.procedure.way(opened.matter, true);
    let back = Step::Return { remarks: [(String::new(), "补填".to_owned())].into(), contact: "0561-3000000".into(), way };
    office.books.step(opened.id, &back, &doer("one-R-reviewer", "2022-05-31")).unwrap();
    office.submit(&opened, secret, "2022-05-31");
    let leader = office.see("L", "/review/pace").await.text();
    for words in ["近 12 周办结 2 件", "当前超期", "超期项目", "涉密项目", "● 按期", "class=\"chart", "审核人员"] {
        place(&leader, words);
    }
    assert!(!leader.contains("保密项目") && !leader.contains(&format!("href=\"/review/{}\"", done.id)), "no names, no way in");
    let reviewer = office.see("R", "/review/pace").await.text();
    assert!(reviewer.contains("保密项目") && reviewer.contains(&format!("href=\"/review/{}\"", done.id)));
    let clerk = office.see("C", "/review/pace").await.text();
    assert!(clerk.contains("办结项目") && !clerk.contains("超期项目"), "other carriers' projects are not listed");
    let week = office.see("R", "/review/pace?week=2022-W22").await.text();
    assert!(week.contains("保密项目") && !week.contains("办结项目"));
    assert_eq!(office.see("R", "/review/pace?week=soon").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn duplicates_and_credit_stand_beside_the_claim() {
    let office = office("2022-05-31", false);
    let first = office.file("suixi", "年产5万吨铝箔项目", "2022-05-24");
    let second = office.file("duji", "年产5万吨铝箔项目", "2022-05-30");
    let page = office.see("R", &format!("/review/{}", second.id)).await.text();
    for words in ["■ 同一项目", "首报：濉溪县（2022-05-24）", "未约定分成"] {
        place(&page, words);
    }
    assert!(page.contains(&format!("href=\"/review/{}\"", first.id)));
    let credit = format!("/review/filings/{}/credit", second.filing_number);
    let share = |shares: [&str; 2], from: &str| {
        format!("carrier1=suixi&share1={}&carrier2=duji&share2={}&from={from}&until=&reason=%E6%B5%81%E8%BD%AC", shares[0], shares[1])
    };
    let wrong = office.send("R", &credit, &share(["50", "49.5"], "2022-06-01")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("合计应为100%，现为99.5%") && wrong.text().contains("value=\"49.5\""), "what was typed comes back");
    assert_eq!(office.send("R", &credit, &share(["70", "30"], "2022-05-01")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.send("R", &credit, &share(["50", "50"], "2022-04-01")).await.status, StatusCode::CONFLICT);
    let page = office.see("R", &credit).await.text();
    assert!(page.contains("70%") && page.contains("执行中") && page.contains("流转"));
    let arbitration = format!("/review/filings/{}/arbitration", second.filing_number);
    let ruling = |other: &str, outside: &str| {
        format!("other={other}&outside={outside}&party=suixi&party=duji&ruling=first_elsewhere&reason=%E5%9C%A8%E5%85%88")
    };
    for (other, outside) in [("", ""), ("2022-00001", "x"), ("2022-00009", ""), (second.filing_number.as_str(), "")] {
        let got = office.send("R", &arbitration, &ruling(other, outside)).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{other:?} {outside:?}");
    }
    assert_eq!(office.send("R", &arbitration, &ruling(&first.filing_number, "")).await.status, StatusCode::SEE_OTHER);
    assert!(office.see("R", &credit).await.text().contains("<td>首报归对方</td>"));
    let from_there = office.see("R", &format!("/review/filings/{}/credit", first.filing_number)).await.text();
    assert!(from_there.contains("<td>首报归本备案</td>"), "seen from the other side it is ours");
    assert_eq!(office.see("R", "/review/filings/2022-99999/credit").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn clerks_and_leaders_decide_nothing() {
    let office = office("2022-05-31", false);
    let claim = office.file("suixi", "铝箔项目", "2022-05-30");
    for who in ["C", "L", "A", "T", "s", "g", "a"] {
        assert_eq!(office.see(who, &format!("/review/{}", claim.id)).await.status, StatusCode::FORBIDDEN, "{who}");
        assert_eq!(office.approve(who, &claim).await.status, StatusCode::FORBIDDEN, "{who}");
    }
    assert_eq!(office.claim(&claim).standing.state, State::Submitted);
}
