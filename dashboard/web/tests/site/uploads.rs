//! Filing by workbook: nothing is filed before the clerk's word, each row once, and only for the clerk's own carriers.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use qunlian_domain::access::{Role, RowScope};
use qunlian_domain::audit::Via;
use qunlian_domain::claim::State;
use qunlian_registry::{Claim, ClaimFilter, Doer, NewFiling, Store};
use qunlian_web::Mode;

use super::roles::{open, staffed};
use super::{Got, get_with, post, send};

const PHONE: &str = "13900005678";

struct Office {
    site: Router,
    books: Arc<dyn Store>,
}

/// `C` and `D` are clerks of 濉溪县.
fn office() -> Office {
    let app = staffed(Mode::Serve);
    let books = Arc::clone(&app.books);
    open(books.as_ref(), "clerk-second", Role::Clerk, "D");
    Office { site: qunlian_web::router(app).unwrap(), books }
}

impl Office {
    async fn upload(&self, who: char, pairs: &[(&str, &str)], file: &[u8]) -> Got {
        let mut body = Vec::new();
        for (name, text) in pairs {
            body.extend_from_slice(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").as_bytes());
        }
        body.extend_from_slice(b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"<b>5.xlsx\"\r\n\r\n");
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--b--\r\n");
        let request = Request::post("/filings/upload")
            .header("host", "127.0.0.1:8080")
            .header("cookie", format!("qunlian={who}"))
            .header("content-type", "multipart/form-data; boundary=b")
            .body(Body::from(body))
            .unwrap();
        send(&self.site, request).await
    }

    /// The preview's address.
    async fn previewed(&self) -> String {
        let for_all = [("carrier", "suixi"), ("class", "industry"), ("lead_person", "王示例"), ("lead_phone", PHONE)];
        let got = self.upload('C', &for_all, b"workbook").await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
        got.header("location").to_owned()
    }

    async fn get(&self, who: char, path: &str) -> Got {
        get_with(&self.site, path, &[("cookie", &format!("qunlian={who}"))]).await
    }

    async fn confirm(&self, who: char, preview: &str, rows: &[usize]) -> Got {
        let key = preview.rsplit('/').next().unwrap();
        let rows: String = rows.iter().map(|row| format!("&row={row}")).collect();
        post(&self.site, "/filings/upload/confirm", &format!("preview={key}{rows}"), &[("cookie", &format!("qunlian={who}"))]).await
    }

    fn claims(&self) -> Vec<Claim> {
        self.books.claims(&ClaimFilter { scope: RowScope::City, limit: 100, ..ClaimFilter::default() }).unwrap()
    }
}

#[tokio::test]
async fn a_preview_files_nothing_and_says_what_each_row_lacks() {
    let office = office();
    let form = office.get('C', "/filings/upload").await.text();
    assert!(form.contains("enctype=\"multipart/form-data\"") && form.contains("20 MiB"), "{form}");
    assert!(office.get('C', "/filings").await.text().contains("href=\"/filings/upload\""));
    let preview = office.previewed().await;
    let page = office.get('C', &preview).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let page = page.text();
    for part in ["年产5万吨铝合金型材项目", "12,000 万元", "可直接提交", "将存为草稿", "属于相山区", "日期无法识别", "尚未备案", "第 2 行"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains("name=\"row\" value=\"0\"") && !page.contains("name=\"row\" value=\"2\""), "{page}");
    assert!(!page.contains(PHONE), "a number that was typed is not shown again");
    assert!(office.claims().is_empty(), "nothing is filed");
    let english = office.get('C', &format!("{preview}?lang=en")).await.text();
    assert!(english.contains("Nothing is filed yet") && english.contains("becomes a draft"), "{english}");
}

#[tokio::test]
async fn chosen_rows_are_filed_once() {
    let office = office();
    let preview = office.previewed().await;
    let none = office.confirm('C', &preview, &[]).await;
    assert_eq!(none.header("location"), format!("{preview}?done=none"));
    for again in [false, true] {
        let got = office.confirm('C', &preview, &[0, 1, 77]).await;
        assert_eq!((got.status, got.header("location")), (StatusCode::SEE_OTHER, format!("{preview}?done=filed").as_str()), "{again}");
        let mut states: Vec<State> = office.claims().iter().map(|claim| claim.standing.state).collect();
        states.sort_by_key(|state| state.id());
        assert_eq!(states, [State::Draft, State::Submitted], "the complete row is submitted, the other kept; again: {again}");
    }
    let submitted = office.claims().into_iter().find(|claim| claim.standing.state == State::Submitted).unwrap();
    assert_eq!((submitted.carrier_id.as_str(), submitted.values.yuan("agreed_yuan")), ("suixi", Some(120_000_000)));
    let page = office.get('C', &format!("{preview}?done=filed")).await.text();
    assert!(page.contains(&format!("/filings/{}", submitted.filing_number)) && page.contains("已存为草稿") && page.contains("/claims/"));
    let twin = office.previewed().await;
    assert!(office.get('C', &twin).await.text().contains("同一项目"), "what was filed is a likely duplicate of the next workbook's row");
}

#[tokio::test]
async fn complete_rows_are_filed_though_no_draft_finds_a_place() {
    let office = office();
    let account = office.books.account_named("one-C-clerk").unwrap().unwrap();
    let (now, today) = (chrono::Utc::now(), chrono::NaiveDate::from_ymd_opt(2022, 5, 31).unwrap());
    let by = Doer { account: Some(account.id), name: account.name, via: Via::Web, now, today };
    for turn in 0..2_000 {
        let typed = [("name".to_owned(), format!("草稿{turn}"))].into();
        let new = NewFiling { carrier_id: "suixi".into(), stage: 0, typed, once: None, by: by.clone() };
        office.books.open_filing(&new).unwrap();
    }
    let preview = office.previewed().await;
    let got = office.confirm('C', &preview, &[1, 0]).await;
    assert_eq!(got.header("location"), format!("{preview}?done=drafts"), "{}", got.text());
    let submitted = ClaimFilter { scope: RowScope::City, states: vec![State::Submitted], limit: 10, ..ClaimFilter::default() };
    assert_eq!(office.books.claims(&submitted).unwrap().len(), 1, "the complete row; the other would be a draft");
    let all = ClaimFilter { scope: RowScope::City, ..ClaimFilter::default() };
    assert_eq!(office.books.count_claims(&all).unwrap(), 2_001);
    let draft = post(&office.site, "/filings", "carrier=suixi&name=x&do=draft", &[("cookie", "qunlian=C")]).await;
    assert!(draft.status == StatusCode::BAD_REQUEST && draft.text().contains("2000"), "{}", draft.text());
}

#[tokio::test]
async fn only_ones_own_carriers_and_ones_own_previews() {
    let office = office();
    assert_eq!(office.upload('C', &[("carrier", "xiangshan")], b"workbook").await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.upload('R', &[("carrier", "suixi")], b"workbook").await.status, StatusCode::FORBIDDEN);
    let preview = office.previewed().await;
    assert_eq!(office.confirm('C', &preview, &[0, 2]).await.status, StatusCode::FORBIDDEN, "a row of another carrier");
    for who in ['D'] {
        let shown = office.get(who, &preview).await;
        assert!(shown.status == StatusCode::BAD_REQUEST && !shown.text().contains("型材"), "{}", shown.text());
        assert_eq!(office.confirm(who, &preview, &[0]).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(office.confirm('R', &preview, &[0]).await.status, StatusCode::FORBIDDEN);
    assert!(office.claims().is_empty());
}

#[tokio::test]
async fn cells_stay_text() {
    let office = office();
    let preview = office.previewed().await;
    office.confirm('C', &preview, &[1]).await;
    for path in [preview.clone(), format!("{preview}?done=filed")] {
        let page = office.get('C', &path).await.text();
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>alert") && !page.contains("<svg onload"), "{page}");
        assert!(!page.contains('\u{202e}') && !page.contains(">49") && !page.contains("<b>5.xlsx"), "{page}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_on_the_form() {
    let office = office();
    let own = [("carrier", "suixi")];
    let large = vec![b'x'; (20 << 20) + 1];
    for (file, words) in [(&b""[..], "请选择报表文件"), (b"broken", "不是工作簿"), (&large, "文件过大")] {
        let got = office.upload('C', &own, file).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(got.text().contains(words), "{words}: {}", got.text());
    }
    let larger = vec![b'x'; 62 << 20];
    assert_eq!(office.upload('C', &own, &larger).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(office.claims().is_empty());
}
