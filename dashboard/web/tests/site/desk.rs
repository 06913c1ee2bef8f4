//! The analysts' desk: with and without its script, parameters that are bound, files that stream, statements by address.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use qunlian_domain::access::token::TokenScope;
use qunlian_domain::audit::AuditAction;
use qunlian_queries::{Door, Params, Value};
use qunlian_registry::secret::key_of;
use qunlian_registry::{AuditFilter, NewToken};
use serde_json::Value as Json;
use tower::ServiceExt;

use super::roles::staffed;
use super::{BOARDS, get, get_with, post, site};
use crate::fixture::{FakeSql, morning, today};
use qunlian_web::Mode;

const ANALYST: (&str, &str) = ("cookie", "qunlian=A");
const LEADER: (&str, &str) = ("cookie", "qunlian=L");

fn desk() -> (Router, Arc<FakeSql>) {
    let sql = Arc::new(FakeSql::default());
    let mut parts = staffed(Mode::Serve);
    parts.sql = Arc::clone(&sql) as Arc<_>;
    (qunlian_web::router(parts).unwrap(), sql)
}

fn json(got: &super::Got) -> Json {
    serde_json::from_slice(&got.body).unwrap_or_else(|error| panic!("{error}: {}", got.text()))
}

#[tokio::test]
async fn the_desk_works_without_its_script() {
    let (site, sql) = desk();
    let page =
        get_with(&site, "/sql?sql=select+%2A%0Afrom+t+where+year+%3D+%24year+%5B%5B+and+c+%3D+%7B%7Bcarrier%7D%7D+%5D%5D", &[ANALYST])
            .await;
    let text = page.text();
    assert!(text.contains("name=\"p.year\" type=\"text\" value=\"2022\"") && text.contains("name=\"p.carrier\""), "{text}");
    assert!(text.contains("可空") && text.contains("<option value=\"int\" selected>"), "{text}");
    assert!(text.contains("<code data-insert=\"carrier_id\">carrier_id</code>") && text.contains("载体单位编号") && text.contains("suixi"));
    assert!(text.contains("yi(yuan)") && text.contains("href=\"/sql?from=largest_projects\""));
    let form =
        "sql=select+%2A%0Afrom+t+where+year+%3D+%24year+%5B%5B+and+c+%3D+%7B%7Bcarrier%7D%7D+%5D%5D&p.year=2021&t.year=int&p.carrier=";
    let result = post(&site, "/sql", form, &[ANALYST]).await.text();
    assert!(
        result.contains("共 2 行") && result.contains("用时 ") && result.contains("第 42 代") && result.contains("占比（%）"),
        "{result}"
    );
    assert!(result.contains("<td data-label=\"占比（%）\" class=\"n blank\">—</td>"), "no value is a dash: {result}");
    assert!(result.contains("name=\"p.year\" value=\"2021\""), "the files' form carries the values: {result}");
    let asked = sql.asked.lock().unwrap();
    let (asker, statement) = asked.last().unwrap();
    assert_eq!((asker.door, asker.name.as_str(), asker.oversees), (Door::Page, "one-A-analyst", false));
    // The dropped part leaves as many blanks as it had characters.
    assert_eq!(statement.sql, format!("select *\nfrom t where year = $year{}", " ".repeat(26)));
    assert_eq!((&statement.params, statement.most), (&Params::new().with("year", 2021), Some(1_000)));
}

#[tokio::test]
async fn values_are_bound_and_never_text() {
    let (site, sql) = desk();
    let form = "sql=select+%3Aq%2C+%24rate%2C+%24d&p.q=%27%29%3B+drop+table+x%3B--&p.rate=1.5&t.rate=decimal&p.d=2022-05-31&t.d=date";
    assert!(post(&site, "/sql/run", form, &[ANALYST]).await.text().contains("\"ok\":true"));
    let statement = sql.asked.lock().unwrap().last().unwrap().1.clone();
    assert_eq!(statement.sql, "select $q, $rate, $d");
    let expect = Params::new().with("q", "'); drop table x;--").with("rate", Value::Decimal(1.5)).with("d", today());
    assert_eq!(statement.params, expect);
    let failed = post(&site, "/sql", "sql=select+1%2C%0A+%24n&p.n=three&t.n=int", &[ANALYST]).await.text();
    assert!(failed.contains("第 2 行第 2 列：参数 n 不是整数：three") && failed.contains("value=\"three\""), "{failed}");
    assert_eq!(sql.asked.lock().unwrap().len(), 1, "nothing ran");
    let halfway = post(&site, "/sql/fields", "sql=select+%7B%7B&p.n=3&t.n=int", &[ANALYST]).await.text();
    assert!(halfway.contains("name=\"p.n\" type=\"text\" value=\"3\""), "what was filled in stays while one types: {halfway}");
    let fields = post(&site, "/sql/fields", "sql=select+%24from+%5B%5B%24x%5D%5D&p.x=%22%3E%3Cscript%3E", &[ANALYST]).await.text();
    assert!(fields.contains("name=\"p.from\" type=\"date\"") && fields.contains("value=\"&quot;&gt;&lt;script&gt;\""), "{fields}");
}

#[tokio::test]
async fn a_fork_keeps_its_parameters() {
    let (site, sql) = desk();
    let page = get_with(&site, "/sql?from=city_progress&year=2021&as_of=2021-12-31", &[ANALYST]).await.text();
    assert!(page.contains("$year") && page.contains("$as_of") && !page.contains("date &#39;2021"), "{page}");
    assert!(
        page.contains("name=\"p.year\" type=\"text\" value=\"2021\"")
            && page.contains("name=\"p.as_of\" type=\"date\" value=\"2021-12-31\""),
        "{page}"
    );
    assert!(page.contains("name=\"as_of\" value=\"\""), "the statement itself takes the day: {page}");
    assert_eq!(get_with(&site, "/sql?from=nope", &[ANALYST]).await.status, StatusCode::NOT_FOUND);
    assert!(sql.asked.lock().unwrap().is_empty(), "opening the desk runs nothing");
}

#[tokio::test]
async fn the_script_gets_values_or_what_the_page_shows() {
    let (site, _) = desk();
    let said = json(&post(&site, "/sql/run", "sql=select+1&as_of=2022-05-31", &[ANALYST]).await);
    assert_eq!((said["ok"].as_bool(), said["generation"].as_u64(), said["truncated"].as_bool()), (Some(true), Some(42), Some(false)));
    assert_eq!(said["columns"][2], serde_json::json!({ "name": "share", "type": "decimal", "title": "占比", "unit": "%" }));
    assert_eq!(said["rows"][0], serde_json::json!(["濉溪县", 46, 24.468]));
    assert_eq!(said["rows"][1][2], Json::Null);
    let shown = json(&post(&site, "/sql/run", "sql=select+1&shown=yes&p.stray=1", &[ANALYST]).await);
    assert!(shown["html"].as_str().unwrap().contains("&lt;script&gt;alert") && shown["rows"].is_null(), "{shown}");
    assert_eq!(shown["address"], "/sql?sql=select%201");
    let failed = post(&site, "/sql/run", "sql=select%0A++nonsense&shown=yes", &[ANALYST]).await;
    assert_eq!(failed.status, StatusCode::BAD_REQUEST);
    let said = json(&failed);
    assert_eq!((said["kind"].as_str(), said["line"].as_u64(), said["column"].as_u64()), (Some("unknown_column"), Some(2), Some(3)));
    assert!(said["html"].as_str().unwrap().contains("没有列 nonsense") && said["hint"] == "请核对列名", "{said}");
    let busy = post(&site, "/sql/run", "sql=select+busy", &[ANALYST]).await;
    assert_eq!((busy.status, busy.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "7"));
    let busy = post(&site, "/sql", "sql=select+busy", &[ANALYST]).await;
    assert_eq!((busy.status, busy.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "7"));
    assert!(busy.text().contains("正在运行的查询较多") && busy.text().contains(">select busy</textarea>"), "{}", busy.text());
    assert_eq!(json(&post(&site, "/sql/run", "sql=", &[ANALYST]).await)["kind"], "not_one");
    assert_eq!(post(&site, "/sql/run", "sql=select+1", &[]).await.status, StatusCode::UNAUTHORIZED, "a script is told in JSON");
}

#[tokio::test]
async fn an_estimate_runs_nothing() {
    let (site, _) = desk();
    let said = json(&post(&site, "/sql/outline", "sql=select+1&shown=yes", &[ANALYST]).await);
    assert_eq!((said["files"].as_u64(), said["row_groups"].as_u64(), said["bytes"].as_u64()), (Some(9), Some(11), Some(123_456)));
    assert!(said["html"].as_str().unwrap().contains("120.6 KiB") && said["plan"].as_str().unwrap().contains("TableScan"), "{said}");
    let page = post(&site, "/sql", "sql=select+1&format=outline", &[ANALYST]).await.text();
    assert!(page.contains("<span class=\"whole soft\">文本</span>") && !page.contains("Utf8View"), "types are told in words: {page}");
    assert!(page.contains("120.6 KiB") && page.contains("  TableScan: projects") && !page.contains("id=\"result\""), "{page}");
}

#[tokio::test]
async fn a_running_statement_is_followed_and_stopped_by_its_ticket() {
    let (site, sql) = desk();
    let running = tokio::spawn({
        let site = site.clone();
        async move { post(&site, "/sql/run", "sql=select+slow&ticket=t-1", &[ANALYST]).await }
    });
    while sql.asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let said = json(&get_with(&site, "/sql/runs.json?ticket=t-1", &[ANALYST]).await);
    assert_eq!((said["runs"][0]["state"].as_str(), said["runs"][0]["rows"].as_u64()), (Some("running"), Some(1_204)));
    assert_eq!(json(&get_with(&site, "/sql/runs.json?ticket=t-2", &[ANALYST]).await)["runs"], serde_json::json!([]));
    assert_eq!(json(&post(&site, "/sql/stop", "ticket=t-2", &[ANALYST]).await)["stopped"], false);
    assert_eq!(post(&site, "/sql/stop", "ticket=t-1", &[LEADER]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(json(&post(&site, "/sql/stop", "ticket=t-1", &[ANALYST]).await)["stopped"], true);
    let stopped = running.await.unwrap();
    assert_eq!((stopped.status, json(&stopped)["kind"].as_str().unwrap()), (StatusCode::CONFLICT, "stopped"));
}

#[tokio::test]
async fn the_history_lists_what_runs_and_stops_it_without_a_script() {
    let (site, sql) = desk();
    assert!(!get_with(&site, "/sql/history", &[ANALYST]).await.text().contains("id=\"running\""), "nothing runs");
    let running = tokio::spawn({
        let site = site.clone();
        async move { post(&site, "/sql/run", "sql=select+slow&ticket=t-1", &[ANALYST]).await }
    });
    while sql.asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let page = get_with(&site, "/sql/history", &[ANALYST]).await.text();
    for words in
        ["<code>select slow</code>", "网页", "1,204", "1.20 秒", "content=\"5;url=/sql/history\"", "data-poll=\"/sql/history/live\""]
    {
        assert!(page.contains(words), "{words} is missing: {page}");
    }
    let part = get_with(&site, "/sql/history/live", &[ANALYST]).await.text();
    assert!(part.contains("action=\"/sql/stop\"") && part.contains("name=\"id\" value=\"7\"") && !part.contains("<html"), "{part}");
    let stopped = post(&site, "/sql/stop", "id=7&back=history", &[ANALYST]).await;
    assert_eq!((stopped.status, stopped.header("location")), (StatusCode::SEE_OTHER, "/sql/history?done=stopped"));
    assert_eq!(running.await.unwrap().status, StatusCode::CONFLICT);
    let over = post(&site, "/sql/stop", "id=7&back=history", &[ANALYST]).await;
    assert_eq!(over.header("location"), "/sql/history?done=over");
    assert!(get_with(&site, "/sql/history?done=over", &[ANALYST]).await.text().contains("该查询已经结束"));
}

#[tokio::test]
async fn files_are_handed_out_part_by_part() {
    let (site, sql) = desk();
    let request = Request::post("/sql")
        .header("host", "127.0.0.1:8080")
        .header(ANALYST.0, ANALYST.1)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("sql=select+1&format=csv"));
    let response = site.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(sql.parts_taken.load(Ordering::SeqCst), 1, "the first part only, to know that there is a file");
    assert!(!response.headers().contains_key("content-length"));
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&body), "查询结果 csv 2 part 1\n查询结果 csv 2 part 2\n查询结果 csv 2 part 3\n");
    assert_eq!(sql.asked.lock().unwrap().last().unwrap().1.most, None, "all rows");
    // As browsers ask: compressing a body once took the transfer down at its end.
    let packed = post(&site, "/sql", "sql=select+1&format=csv", &[ANALYST, ("accept-encoding", "gzip")]).await;
    assert!(packed.header("content-encoding") == "gzip" && packed.body.starts_with(b"\x1f\x8b"), "{:?}", packed.status);
    let file = post(&site, "/sql", "sql=select+1&format=xlsx&as_of=2022-03-31", &[ANALYST]).await;
    let name = file.header("content-disposition");
    assert!(
        name.contains("filename=\"____") && name.ends_with("filename*=UTF-8''%E6%9F%A5%E8%AF%A2%E7%BB%93%E6%9E%9C_2022-03-31.xlsx"),
        "{name}"
    );
    let refused = post(&site, "/sql", "sql=drop+table+x&format=csv", &[ANALYST]).await;
    assert!(refused.header("content-type").starts_with("text/html") && refused.text().contains("只能运行一条查询语句"));
    let broken = Request::get("/q.csv?sql=select+breaks").header("host", "127.0.0.1:8080").header(ANALYST.0, ANALYST.1).body(Body::empty());
    let broken = site.clone().oneshot(broken.unwrap()).await.unwrap();
    assert!(to_bytes(broken.into_body(), usize::MAX).await.is_err(), "a file that breaks off does not look whole");
}

#[tokio::test]
async fn a_result_is_drawn_as_it_is_asked_for() {
    let (site, _) = desk();
    let plain = post(&site, "/sql", "sql=select+1", &[ANALYST]).await.text();
    assert!(plain.contains("data-chart") && !plain.contains("<svg xmlns"), "nothing is drawn unasked: {plain}");
    let form = "sql=select+1&chart=bar&x=carrier&y=n&title=%E8%BD%BD%E4%BD%93%3Cb%3E";
    let drawn = post(&site, "/sql", form, &[ANALYST]).await.text();
    assert!(drawn.contains("class=\"chart chart-ranked\"") && drawn.contains("<figcaption>载体&lt;b&gt;</figcaption>"), "{drawn}");
    assert!(drawn.contains("name=\"chart\" value=\"bar\" data-chart-kept"), "kept for the next run: {drawn}");
    assert!(drawn.contains("<option value=\"bar\" selected>柱状图</option>"), "as saved queries call it: {drawn}");
    let lines = post(&site, "/sql", "sql=select+many&chart=line&x=carrier&y=n&y=share", &[ANALYST]).await.text();
    assert!(lines.contains("chart chart-trend") && !lines.contains("只画前"), "{lines}");
    let refused = post(&site, "/sql", "sql=select+1&chart=stacked&x=nope&y=n", &[ANALYST]).await.text();
    assert!(refused.contains("结果里没有“nope”这一列") && !refused.contains("<svg xmlns"), "{refused}");
    let svg = post(&site, "/sql", &format!("{form}&format=svg"), &[ANALYST]).await;
    assert_eq!(svg.header("content-type"), "image/svg+xml");
    assert!(svg.text().starts_with("<?xml") && !svg.text().contains("<script"), "{}", svg.text());
    let png = post(&site, "/sql", &format!("{form}&format=png"), &[ANALYST]).await;
    assert!(png.body.starts_with(b"\x89PNG"), "{}", png.text());
}

#[tokio::test]
async fn statements_are_answered_by_address() {
    let (site, sql) = desk();
    let address = "/q.csv?sql=select+%24n&p.n=3&t.n=int&as_of=2022-03-31";
    let got = get_with(&site, address, &[ANALYST]).await;
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    let (asker, statement) = sql.asked.lock().unwrap().last().unwrap().clone();
    assert_eq!((asker.door, statement.params), (Door::Rest, Params::new().with("n", 3)));
    let etag = got.header("etag").to_owned();
    assert!(etag.starts_with("W/\"g42-"), "{etag}");
    let known = get_with(&site, address, &[ANALYST, ("if-none-match", &etag)]).await;
    assert_eq!((known.status, known.body.len(), known.header("etag")), (StatusCode::NOT_MODIFIED, 0, etag.as_str()));
    assert_eq!(sql.asked.lock().unwrap().len(), 1, "what is known does not run");
    for other in ["/q.csv?sql=select+%24n&p.n=4&t.n=int&as_of=2022-03-31", "/q.json?sql=select+%24n&p.n=3&t.n=int&as_of=2022-03-31"] {
        let other = get_with(&site, other, &[ANALYST, ("if-none-match", &etag)]).await;
        assert!(other.status == StatusCode::OK && other.header("etag") != etag);
    }
    assert_eq!(get_with(&site, "/q.json?sql=select+now()", &[ANALYST]).await.header("etag"), "", "what changes by itself has none");
    let accepted = get_with(&site, "/q?sql=select+1", &[ANALYST, ("accept", "application/vnd.apache.parquet;q=0.9, */*;q=0.1")]).await;
    assert_eq!(accepted.header("content-type"), "application/vnd.apache.parquet");
    assert_eq!(get_with(&site, "/q?sql=select+1", &[ANALYST, ("accept", "image/png")]).await.status, StatusCode::BAD_REQUEST);
    let failed = get_with(&site, "/q.parquet?sql=select+nonsense", &[ANALYST]).await;
    assert_eq!((failed.status, failed.header("content-type")), (StatusCode::BAD_REQUEST, "application/json"));
    assert_eq!(json(&failed)["column"], 8);
    let busy = get_with(&site, "/q.json?sql=select+busy", &[ANALYST]).await;
    assert_eq!((busy.status, busy.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "7"));
    assert_eq!(get(&site, "/q?sql=select+1").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(get_with(&site, "/q.json?sql=select+1", &[LEADER]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_for_statements_opens_the_addresses_and_not_the_page() {
    let parts = staffed(Mode::Serve);
    let account = parts.books.account_named("one-A-analyst").unwrap().unwrap().id;
    for (secret, scope) in [("asks", TokenScope::Sql), ("reads", TokenScope::Read)] {
        let expires_at = morning() + chrono::TimeDelta::days(1);
        let token = NewToken { account, title: "x".into(), key: key_of(secret), scopes: vec![scope], now: morning(), expires_at };
        parts.books.create_token(&token).unwrap();
    }
    let site = qunlian_web::router(parts).unwrap();
    let by = async |secret: &str, path: &str| get_with(&site, path, &[("authorization", &format!("Bearer {secret}"))]).await.status;
    assert_eq!(by("asks", "/q.json?sql=select+1").await, StatusCode::OK);
    assert_eq!(by("asks", "/q?sql=select+1").await, StatusCode::OK);
    assert_eq!(by("reads", "/q.json?sql=select+1").await, StatusCode::FORBIDDEN, "made for reading");
    assert_eq!(by("nobody", "/q.json?sql=select+1").await, StatusCode::UNAUTHORIZED);
    assert_eq!(by("asks", "/sql").await, StatusCode::SEE_OTHER, "pages are for people");
}

#[tokio::test]
async fn what_runs_is_recorded_before_it_does() {
    let parts = staffed(Mode::Serve);
    let books = Arc::clone(&parts.books);
    let site = qunlian_web::router(parts).unwrap();
    post(&site, "/sql/run", "sql=select+%24n&p.n=3&t.n=int", &[ANALYST]).await;
    post(&site, "/sql/outline", "sql=select+2", &[ANALYST]).await;
    get_with(&site, "/q.csv?sql=select+3", &[ANALYST]).await;
    let recorded = |action: AuditAction| {
        let all = books.audit_page(&AuditFilter { action: Some(action), ..AuditFilter::default() }, None, 10).unwrap();
        all.into_iter().map(|record| (record.subject, serde_json::from_str::<Json>(&record.detail).unwrap())).collect::<Vec<_>>()
    };
    let asked = recorded(AuditAction::Sql);
    assert_eq!(asked.len(), 2, "an estimate runs nothing: {asked:?}");
    let of = |door: &str| asked.iter().find(|(subject, _)| subject == door).unwrap().1.clone();
    assert_eq!((of("/sql")["values"]["n"].as_str(), of("/q")["format"].as_str()), (Some("3"), Some("csv")));
    let exports = recorded(AuditAction::Export);
    assert_eq!((exports.len(), &exports[0].1["rows"]), (1, &Json::Null), "a file that streams is counted by nobody");
}

#[tokio::test]
async fn the_schema_names_tables_columns_and_catalogue_values() {
    let (site, _) = desk();
    let schema = json(&get_with(&site, "/sql/schema.json", &[ANALYST]).await);
    let table = |name: &str| schema["tables"].as_array().unwrap().iter().find(|table| table["name"] == name).unwrap().clone();
    assert_eq!(table("projects")["title"].as_str(), Some("项目"));
    let carriers = table("carriers");
    let carrier = carriers["columns"].as_array().unwrap().iter().find(|column| column["name"] == "carrier_id").unwrap();
    assert_eq!((carrier["type"].as_str(), carrier["title"].as_str()), (Some("text"), Some("载体单位编号")));
    assert_eq!(carrier["samples"].as_array().unwrap().len(), 5);
    let projects = table("projects");
    let name = projects["columns"].as_array().unwrap().iter().find(|column| column["name"] == "name").unwrap();
    assert_eq!(name["samples"], serde_json::json!([]), "rows are never shown");
    assert_eq!(schema["functions"][0]["syntax"], "yi(yuan)");
}

#[tokio::test]
async fn completion_knows_other_schemas_and_the_engines_functions() {
    let (site, _) = desk();
    let schema = json(&get_with(&site, "/sql/schema.json", &[ANALYST]).await);
    let all = |list: &str| schema[list].as_array().unwrap().clone();
    let names = |list: &str| all(list).iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<String>>();
    assert_eq!(names("prefixes"), ["asof_20220531", "generation_42", "system"]);
    assert_eq!(names("tables")[19..], ["system.tables", "system.columns", "system.queries", "system.generations", "system.jobs"]);
    let queries = all("tables")[21].clone();
    assert!(
        queries["columns"].as_array().unwrap().iter().any(|column| column["name"] == "ran_ms" && column["unit"] == "毫秒"),
        "{queries}"
    );
    let functions = all("functions");
    let sum = functions.iter().find(|function| function["name"] == "sum").unwrap();
    assert_eq!((sum["syntax"].as_str(), sum["description"].as_str()), (Some("sum(x)"), Some("合计")));
    let page = get_with(&site, "/sql", &[ANALYST]).await.text();
    assert!(page.contains("system.queries") && !page.contains("date_trunc"), "the side bar leaves the engine's own functions out: {page}");
}

#[tokio::test]
async fn coded_values_are_samples() {
    let (site, _) = desk();
    let schema = json(&get_with(&site, "/sql/schema.json", &[ANALYST]).await);
    let named = |list: &Json, name: &str| list.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    let column = |table: &str, column: &str| named(&named(&schema["tables"], table)["columns"], column);
    let region = column("projects", "region_kind");
    assert_eq!(region["samples"], serde_json::json!(["local", "in_province", "outside", "abroad", "unknown"]));
    assert_eq!(region["values"][1], serde_json::json!({ "value": "in_province", "word": "省内市外" }));
    assert_eq!(column("claims", "state")["values"], column("filings", "state")["values"], "its meaning names the other column");
    assert_eq!(column("filings", "state")["values"][0]["word"], "草稿");
    let page = get_with(&site, "/sql", &[ANALYST]).await.text();
    assert!(page.contains("取值 <code data-insert=\"'local'\">local</code>、<code"), "{page}");
}

#[tokio::test]
async fn what_the_script_says_is_in_the_readers_language() {
    let (site, _) = desk();
    let page = get_with(&site, "/sql", &[ANALYST]).await.text();
    let words = page.split("data-words=\"").nth(1).unwrap().split('"').next().unwrap().replace("&quot;", "\"");
    let words: Json = serde_json::from_str(&words).unwrap();
    assert_eq!((words["seconds"].as_str(), words["phrases"]["No diagnostics"].as_str()), (Some("{n} 秒"), Some("没有错误")));
}

#[tokio::test]
async fn only_the_desk_may_bring_styles_and_each_time_with_another_nonce() {
    let site = site();
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let page = get(&site, "/sql").await;
        let policy = page.header("content-security-policy").to_owned();
        let nonce = policy.split("style-src 'self' 'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(nonce.len() >= 32 && page.text().contains(&format!("data-nonce=\"{nonce}\"")), "{policy}");
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
    for path in BOARDS {
        let page = get(&site, path).await;
        assert!(!page.header("content-security-policy").contains("nonce") && !page.text().contains("codemirror"), "{path}");
    }
}

#[tokio::test]
async fn a_file_may_take_longer_than_a_page() {
    let mut parts = staffed(Mode::Serve);
    parts.patience = std::time::Duration::ZERO;
    let site = qunlian_web::router(parts).unwrap();
    let late = post(&site, "/sql/run", "sql=select+slow", &[ANALYST]).await;
    assert_eq!(late.status, StatusCode::GATEWAY_TIMEOUT, "it would run for ever");
    for format in ["xlsx", "csv"] {
        let file = post(&site, "/sql", &format!("sql=select+1&format={format}"), &[ANALYST]).await;
        assert_eq!(file.status, StatusCode::OK, "{format}: {}", file.text());
    }
    assert_eq!(get_with(&site, "/q.xlsx?sql=select+1", &[ANALYST]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_result_is_pinned_and_its_plan_is_at_hand() {
    let (site, sql) = desk();
    let drawn = post(&site, "/sql", "sql=select+1&chart=bar&x=carrier&y=n&title=%E4%B8%AA%E6%95%B0", &[ANALYST]).await.text();
    let form = drawn.split("class=\"pinning\"").nth(1).unwrap().split("</form>").next().unwrap();
    for field in
        ["name=\"sql\" value=\"select 1\"", "name=\"chart\" value=\"bar\"", "name=\"y\" value=\"n\"", "name=\"name\" value=\"个数\""]
    {
        assert!(form.contains(field), "{field}: {form}");
    }
    let plan = drawn.split("data-plan").nth(1).unwrap().split("</form>").next().unwrap();
    assert!(plan.contains("name=\"format\" value=\"outline\"") && plan.contains("name=\"sql\" value=\"select 1\""), "{plan}");
    let undrawn = post(&site, "/sql", "sql=select+1", &[ANALYST]).await.text();
    let form = undrawn.split("class=\"pinning\"").nth(1).unwrap().split("</form>").next().unwrap();
    assert!(!form.contains("name=\"chart\"") && undrawn.contains("以表格放上看板"), "{form}");
    assert_eq!(sql.asked.lock().unwrap().len(), 2, "the plan is asked for by whoever wants it");
}
