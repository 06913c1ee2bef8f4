//! Saved queries, history and boards: texts are shared and results are not, and nobody sees another's history or board.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use qunlian_domain::access::Role;
use qunlian_domain::access::token::TokenScope;
use qunlian_domain::audit::AuditAction;
use qunlian_registry::secret::key_of;
use qunlian_registry::{AuditFilter, NewToken, Store};
use qunlian_web::Mode;

use super::roles::{open, staffed};
use super::{Got, get_with, post};
use crate::fixture::morning;

struct Place {
    site: Router,
    books: Arc<dyn Store>,
}

impl Place {
    /// `A` is an analyst, `B` another one.
    fn new() -> Self {
        let parts = staffed(Mode::Serve);
        open(parts.books.as_ref(), "two-analyst", Role::Analyst, "B");
        let books = Arc::clone(&parts.books);
        Self { site: qunlian_web::router(parts).unwrap(), books }
    }

    async fn write(&self, as_: &str, path: &str, form: &str) -> Got {
        post(&self.site, path, form, &[("cookie", &format!("qunlian={as_}"))]).await
    }

    async fn get(&self, as_: &str, path: &str) -> Got {
        get_with(&self.site, path, &[("cookie", &format!("qunlian={as_}"))]).await
    }

    async fn read(&self, as_: &str, path: &str) -> String {
        let got = self.get(as_, path).await;
        assert_eq!(got.status, StatusCode::OK, "{path} as {as_}: {}", got.text());
        got.text()
    }

    /// Saves as `A`; gives the address of the query.
    async fn saved(&self, name: &str, more: &str) -> String {
        let got = self.write("A", "/sql/saved", &format!("{}&name={name}{more}", statement("carriers"))).await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
        got.header("location").split('?').next().unwrap().to_owned()
    }
}

fn statement(table: &str) -> String {
    format!("sql=select+carrier%2C+n+from+{table}&as_of=&p.year=2022&t.year=int")
}

const CHART: &str = "&chart=bar&x=carrier&y=n&title=%E5%90%84%E8%BD%BD%E4%BD%93%E4%B8%AA%E6%95%B0";

#[tokio::test]
async fn a_statement_is_saved_under_a_title_and_opened_again() {
    let place = Place::new();
    let desk = place.read("A", "/sql").await;
    assert!(desk.contains("formaction=\"/sql/saved\"") && desk.contains("href=\"/sql/board\""), "the desk leads there");
    let asked = place.write("A", "/sql/saved", &format!("{}&format=csv", statement("carriers"))).await;
    assert_eq!(asked.status, StatusCode::OK);
    let form = asked.text();
    assert!(form.contains("name=\"p.year\" value=\"2022\"") && form.contains("select carrier, n from carriers"), "{form}");
    assert!(!form.contains("name=\"format\""), "a saved query is no download");
    let address = place.saved("weekly", &format!("&note=%E6%AF%8F%E5%91%A8&rule=month_end{CHART}")).await;
    let one = place.read("A", &address).await;
    assert!(one.contains("weekly") && one.contains("每周") && one.contains("上一个月末") && one.contains("柱状图"), "{one}");
    let list = place.read("A", "/sql/saved").await;
    assert!(list.contains("href=\"/sql?saved=1\"") && list.contains("不共享"), "{list}");
    let open = place.read("A", "/sql?saved=1").await;
    assert!(open.contains("select carrier, n from carriers") && open.contains("value=\"2022-05-31\""), "{open}");
    let none = place.read("A", "/sql/saved?q=nowhere").await;
    assert!(none.contains("没有符合条件的查询") && !none.contains("saved=1"), "{none}");
    assert!(place.read("A", "/sql/saved?q=CARRIERS").await.contains("saved=1"), "statements are searched too");
}

#[tokio::test]
async fn one_title_is_one_query_until_it_is_replaced() {
    let place = Place::new();
    let address = place.saved("weekly", "").await;
    let again = format!("{}&name=weekly", statement("chains"));
    let twice = place.write("A", "/sql/saved", &again).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text().contains("您已有同名查询") && twice.text().contains("name=\"replace\""), "{}", twice.text());
    let replaced = place.write("A", "/sql/saved", &format!("{again}&replace=yes")).await;
    assert_eq!(replaced.header("location"), format!("{address}?done=saved"));
    assert!(place.read("A", &address).await.contains("from chains"));
    let other = place.write("B", "/sql/saved", &again).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER, "another's title is free");
    for (form, words) in [
        ("sql=select+1&name=", "请填写标题"),
        ("sql=&name=a", "没有语句可以保存"),
        ("sql=select+1&name=a&rule=soon", "请选择截至日期"),
        ("sql=select+1&name=a&chart=bar&x=a", "请选 1 到 6 个数值列"),
    ] {
        let got = place.write("A", "/sql/saved", form).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(got.text().contains(words), "{form}: {}", got.text());
    }
}

#[tokio::test]
async fn what_was_opened_is_saved_over_under_its_own_title() {
    let place = Place::new();
    let address = place.saved("weekly", "&note=%E6%AF%8F%E5%91%A8&rule=month_end").await;
    assert!(place.read("A", "/sql?saved=1").await.contains("name=\"saved\" value=\"1\""));
    let changed = place.read("A", "/sql?sql=select+2&saved=1").await;
    assert!(changed.contains(">select 2</textarea>") && changed.contains("name=\"saved\" value=\"1\""), "{changed}");
    let ran = place.write("A", "/sql/run", "sql=select+1&shown=yes&saved=1").await.text();
    assert!(ran.contains("/sql?sql=select%201&saved=1") && !ran.contains("/q.json?sql=select%201&amp;saved"), "{ran}");
    let asked = place.write("A", "/sql/saved", "sql=select+2&as_of=2022-05-31&saved=1").await.text();
    for words in ["name=\"name\" value=\"weekly\"", ">每周</textarea>", "value=\"month_end\" selected", "name=\"replace\""] {
        assert!(asked.contains(words), "{words} is missing: {asked}");
    }
    let dated = place.write("A", "/sql/saved", "sql=select+2&as_of=2022-03-31&saved=1").await.text();
    assert!(dated.contains("value=\"2022-03-31\" selected"), "a day of one's own stays: {dated}");
    let foreign = place.write("B", "/sql/saved", "sql=select+2&as_of=&saved=1").await;
    assert!(foreign.status == StatusCode::OK && !foreign.text().contains("weekly"), "what may not be seen is not there");
    let saved = place.write("A", "/sql/saved", "sql=select+2&as_of=&saved=1&name=weekly&replace=yes").await;
    assert_eq!(saved.header("location"), format!("{address}?done=saved"));
}

#[tokio::test]
async fn a_text_is_shared_with_roles_and_only_its_owner_changes_it() {
    let place = Place::new();
    let address = place.saved("weekly", "").await;
    let forms = [("", "name=stolen"), ("/share", "role=analyst"), ("/delete", ""), ("/pin", "size=half")];
    assert_eq!(place.get("B", &address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(place.get("B", "/sql?saved=1").await.status, StatusCode::NOT_FOUND);
    assert!(!place.read("B", "/sql/saved").await.contains("weekly"));
    for (path, form) in forms {
        assert_eq!(place.write("B", &format!("{address}{path}"), form).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let shared = place.write("A", &format!("{address}/share"), "role=analyst&role=audit&role=nonsense").await;
    assert_eq!(shared.header("location"), format!("{address}?done=shared"));
    assert_eq!(place.books.audit_page(&told(AuditAction::QueryShared), None, 9).unwrap().len(), 1);
    let seen = place.read("B", &address).await;
    assert!(seen.contains("select carrier, n from carriers") && !seen.contains(&format!("action=\"{address}\"")), "{seen}");
    assert!(place.read("B", "/sql/saved").await.contains("weekly") && place.read("B", "/sql?saved=1").await.contains("from carriers"));
    for (path, form) in &forms[..3] {
        assert_eq!(place.write("B", &format!("{address}{path}"), form).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let renamed = place.write("A", &address, "name=monthly&note=&rule=newest").await;
    assert_eq!(renamed.header("location"), format!("{address}?done=changed"));
    assert!(place.read("B", &address).await.contains("monthly"));
    assert_eq!(place.write("A", &format!("{address}/delete"), "").await.header("location"), "/sql/saved?done=deleted");
    assert_eq!(place.get("A", &address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_history_is_ones_own() {
    let place = Place::new();
    place.write("A", "/sql", "sql=select+1+--+mine").await;
    place.write("A", "/sql", "sql=drop+table+projects").await;
    place.write("A", "/sql", "sql=+").await;
    place.write("B", "/sql", "sql=select+2+--+theirs").await;
    let own = place.read("A", "/sql/history").await;
    assert!(own.contains("select 1 -- mine") && own.contains("drop table projects") && !own.contains("theirs"), "{own}");
    assert!(own.contains("■ 失败") && own.contains("● 完成") && own.contains("只能运行一条查询语句"), "{own}");
    assert!(place.read("B", "/sql/history").await.contains("theirs"));
    let failed = place.read("A", "/sql/history?outcome=failed").await;
    assert!(failed.contains("drop table") && !failed.contains("mine"), "{failed}");
    let searched = place.read("A", "/sql/history?q=MINE").await;
    assert!(searched.contains("mine") && !searched.contains("drop table"), "{searched}");
    assert!(place.read("A", "/sql/history?q=theirs").await.contains("没有符合条件的记录"));
    assert!(place.read("A", "/sql?past=1").await.contains("select 1 -- mine"));
    assert_eq!(place.get("B", "/sql?past=1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_board_draws_what_is_pinned_and_each_fails_alone() {
    let place = Place::new();
    assert!(place.read("A", "/sql/board").await.contains("看板上还没有图"));
    let bars = place.saved("bars", CHART).await;
    let table = place.saved("plain", "").await;
    let wrong = place.saved("wrong", "&chart=line&x=carrier&y=nothing&title=").await;
    let broken = place.write("A", "/sql/saved", "sql=drop+table+projects&name=broken").await;
    let broken = broken.header("location").split('?').next().unwrap().to_owned();
    for address in [&bars, &table, &wrong, &broken] {
        let pinned = place.write("A", &format!("{address}/pin"), "size=half").await;
        assert_eq!(pinned.header("location"), "/sql/board?done=pinned");
    }
    // A part that is left out while its parameter is empty, on a board as on the desk.
    let parts = "sql=select+1+%5B%5Bwhere+x+%3D+%7B%7Bcity%7D%7D%5D%5D&p.city=&t.city=text&name=parts";
    let parts = place.write("A", "/sql/saved", parts).await;
    let parts = parts.header("location").split('?').next().unwrap().to_owned();
    place.write("A", &format!("{parts}/pin"), "size=half").await;
    assert!(place.books.audit_page(&told(AuditAction::Sql), None, 9).unwrap().is_empty(), "nothing has run yet");
    let board = place.read("A", "/sql/board").await;
    let ran = place.books.audit_page(&told(AuditAction::Sql), None, 9).unwrap();
    assert!(ran.iter().all(|record| !record.detail.contains("{{") && !record.detail.contains("[[")), "{ran:?}");
    assert!(board.contains("chart-ranked") && board.contains("各载体个数") && board.contains("第 42 代"), "{board}");
    assert!(board.contains("&lt;script&gt;") && !board.contains("<script>alert"), "a result stays text");
    assert!(board.contains("结果里没有“nothing”这一列") && board.contains("只能运行一条查询语句"), "{board}");
    assert_eq!(place.books.audit_page(&told(AuditAction::Sql), None, 9).unwrap().len(), 5, "each statement left its text");
    assert!(place.read("A", "/sql/history").await.contains("还没有查询记录"), "a look at the board is no question of one's own");
    let order = |page: &str| ["bars", "plain", "wrong", "broken"].map(|title| page.find(&format!(">{title}</a>")).unwrap());
    assert!(order(&board).is_sorted());
    let moved = place.write("A", "/sql/board/2/move", "way=up").await;
    assert_eq!(moved.header("location"), "/sql/board#card-2");
    let [first, second, ..] = order(&place.read("A", "/sql/board").await);
    assert!(second < first);
    place.write("A", "/sql/board/4/unpin", "").await;
    assert!(!place.read("A", "/sql/board").await.contains(">broken</a>"));
    assert!(place.read("B", "/sql/board").await.contains("看板上还没有图"), "a board is its owner's");
}

#[tokio::test]
async fn what_is_no_longer_shared_says_so_on_others_boards() {
    let place = Place::new();
    let address = place.saved("weekly", "").await;
    place.write("A", &format!("{address}/share"), "role=analyst").await;
    place.write("B", &format!("{address}/pin"), "size=full").await;
    assert!(place.read("B", "/sql/board").await.contains("weekly"));
    place.write("A", &format!("{address}/share"), "").await;
    let board = place.read("B", "/sql/board").await;
    assert!(board.contains("所有人已取消共享") && !board.contains("weekly") && !board.contains("chart-"), "{board}");
    assert_eq!(place.write("B", "/sql/board/1/unpin", "").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn neither_other_sites_nor_tokens_write() {
    let place = Place::new();
    let form = format!("{}&name=weekly", statement("carriers"));
    let foreign = post(&place.site, "/sql/saved", &form, &[("cookie", "qunlian=A"), ("origin", "https://evil.example")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let account = place.books.account_named("one-A-analyst").unwrap().unwrap().id;
    let scopes = vec![TokenScope::Sql];
    let token = NewToken {
        account,
        title: "t".into(),
        key: key_of("secret"),
        scopes,
        now: morning(),
        expires_at: morning() + chrono::TimeDelta::days(1),
    };
    place.books.create_token(&token).unwrap();
    let by_token = post(&place.site, "/sql/saved", &form, &[("authorization", "Bearer secret")]).await;
    assert_eq!(by_token.status, StatusCode::FORBIDDEN, "{}", by_token.text());
    assert!(!place.read("A", "/sql/saved").await.contains("weekly"));
}

fn told(action: AuditAction) -> AuditFilter {
    AuditFilter { action: Some(action), ..AuditFilter::default() }
}

#[tokio::test]
async fn a_result_is_saved_and_pinned_by_one_form() {
    let place = Place::new();
    let form = format!("{}{CHART}&name=weekly&pin=full", statement("carriers"));
    assert_eq!(place.write("A", "/sql/saved", &form).await.header("location"), "/sql/board?done=pinned");
    let board = place.read("A", "/sql/board?done=pinned").await;
    assert!(board.contains("class=\"panel full\" id=\"card-1\"") && board.contains("chart-ranked"), "{board}");
    let twice = place.write("A", "/sql/saved", &form).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text().contains("name=\"pin\" value=\"full\"") && twice.text().contains("name=\"replace\""), "the wish goes along");
    for number in 2..=12 {
        let got = place.write("A", "/sql/saved", &format!("{}&name=q{number}&pin=half", statement("carriers"))).await;
        assert_eq!(got.header("location"), "/sql/board?done=pinned", "{number}");
    }
    let over = place.write("A", "/sql/saved", &format!("{}&name=q13&pin=half", statement("carriers"))).await;
    assert_eq!(over.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(over.text().contains("看板最多放 12 张图") && !place.read("A", "/sql/saved").await.contains("q13"), "nothing was saved");
    let again = place.write("A", "/sql/saved", &format!("{form}&replace=yes")).await;
    assert_eq!(again.header("location"), "/sql/board?done=pinned", "what stands there needs no further place");
}

#[tokio::test]
async fn a_board_says_how_far_it_can_be_trusted_and_what_its_figures_are() {
    let place = Place::new();
    let bars = place.saved("bars", &format!("&note=%E6%8C%89%E7%AD%BE%E7%BA%A6%E6%97%A5%E6%9C%9F&rule=month_end{CHART}")).await;
    place.write("A", &format!("{bars}/pin"), "size=half").await;
    let board = place.read("A", "/sql/board").await;
    assert!(board.contains("class=\"strip") && board.contains("数据截至") && board.contains("第 42 代"), "{board}");
    let card = board.split("id=\"card-1\"").nth(1).unwrap();
    for words in ["口径", "按签约日期", "上一个月末", "<code>year</code> 2022", "select carrier, n from carriers"] {
        assert!(card.contains(words), "{words}: {card}");
    }
    let hash = card.split("href=\"/q/").nth(1).unwrap().split('.').next().unwrap();
    assert!(hash.len() == 16 && card.contains(&format!("/q/{hash}.csv")), "{card}");
}

#[tokio::test]
async fn a_saved_query_is_answered_by_its_short_address() {
    let place = Place::new();
    let form = "sql=select+n+from+carriers+where+year+%3D+%24year&p.year=2022&t.year=int&name=weekly";
    let address = place.write("A", "/sql/saved", form).await.header("location").split('?').next().unwrap().to_owned();
    let page = place.read("A", &address).await;
    let hash = page.split("data-copy=\"/q/").nth(1).unwrap().split(".csv").next().unwrap().to_owned();
    assert!(page.contains(&format!("href=\"/q/{hash}.parquet\"")) && page.contains("?p.year=2022"), "{page}");
    let got = place.get("A", &format!("/q/{hash}.csv")).await;
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert!(got.text().starts_with("weekly csv 2") && got.header("content-disposition").contains("weekly_"), "its title heads the file");
    let etag = got.header("etag").to_owned();
    assert!(etag.starts_with("W/\"g42-"), "it names the generation: {etag}");
    let path = format!("/q/{hash}.csv");
    let known = get_with(&place.site, &path, &[("cookie", "qunlian=A"), ("if-none-match", &etag)]).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    let other = place.get("A", &format!("/q/{hash}.csv?p.year=2021&sql=drop+table+x")).await;
    assert!(other.status == StatusCode::OK && other.header("etag") != etag, "another year, the same statement");
    for missing in [format!("/q/{hash}.docx"), format!("/q/{hash}"), "/q/0123456789abcdef.csv".to_owned()] {
        assert_eq!(place.get("A", &missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    assert_eq!(place.get("B", &path).await.status, StatusCode::NOT_FOUND, "not shared");
    place.write("A", &format!("{address}/share"), "role=leader").await;
    assert_eq!(place.get("B", &path).await.status, StatusCode::NOT_FOUND, "shared with another role");
    place.write("A", &format!("{address}/share"), "role=analyst").await;
    assert_eq!(place.get("B", &path).await.status, StatusCode::OK);
    assert_eq!(place.get("L", &path).await.status, StatusCode::FORBIDDEN, "leaders ask no SQL");
    let ran = place.books.audit_page(&told(AuditAction::Sql), None, 9).unwrap();
    assert!(ran.iter().all(|record| record.detail.contains("from carriers")), "{ran:?}");
    let wrong = place.write("A", "/sql/saved", "sql=select+nonsense&name=wrong").await;
    let wrong = place.read("A", wrong.header("location").split('?').next().unwrap()).await;
    let wrong = wrong.split("data-copy=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let failed = place.get("A", &wrong).await;
    assert_eq!((failed.status, failed.header("content-type")), (StatusCode::BAD_REQUEST, "application/json"));
}

#[tokio::test]
async fn programs_are_told_of_both_addresses() {
    let place = Place::new();
    let document: serde_json::Value = serde_json::from_slice(&place.get("A", "/api/openapi.json").await.body).unwrap();
    for (path, own) in [("/q.{format}", "sql"), ("/q/{hash}.{format}", "hash")] {
        let get = &document["paths"][path]["get"];
        let names: Vec<&str> = get["parameters"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, [own, "format", "as_of", "values", "If-None-Match"], "{path}");
        assert_eq!(get["parameters"][1]["schema"]["enum"], serde_json::json!(["xlsx", "csv", "json", "parquet", "arrow"]));
        for status in ["200", "304", "400", "401", "403", "409", "422", "429", "503", "504"] {
            assert!(get["responses"][status]["description"].is_string(), "{path} {status}");
        }
    }
    assert!(document["paths"]["/q/{hash}.{format}"]["get"]["responses"]["404"].is_object());
    assert!(document["components"]["schemas"]["StatementFailure"]["properties"]["column"].is_object());
    assert!(document["paths"]["/api/filings"]["post"].is_object(), "filing is still there");
}
