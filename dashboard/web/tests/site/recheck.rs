//! Re-checking published tables: two newspapers' tables hold, one digit is found, and nothing hostile or huge gets through.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use qunlian_domain::audit::AuditAction;
use qunlian_registry::AuditFilter;
use qunlian_web::Mode;

use super::roles::staffed;
use super::{Got, get, send, site};

/// 淮北日报 2022-07-06, with its growth and its gaps to the pace of five months.
const HUAIBEI: &str = "2022年1—5月淮北市招商引资进度\t\t\t\t\t\t
项目\t目标任务数\t完成数\t完成率（%）\t去年同期\t同比（%）\t与序时差距（个百分点）
新签约项目\t310\t188\t60.6\t61\t208.2\t19.0
新开工项目\t225\t92\t40.9\t39\t135.9\t-0.8
新竣工项目\t175\t98\t56\t28\t250\t14.3";

/// 六安市, January to September 2022.
const LUAN: &str = "县区,亿元以上签约数,5亿元以上签约数,10亿元以上签约数,亿元以上开工数,开工率（%）,招商活动次数
全市,344,88,36,285,,161
金安区,46,11,6,43,93.5,28
叶集区,19,5,4,17,89.5,23
市开发区,39,14,6,34,87.2,23
霍邱县,52,11,4,45,86.5,14
裕安区,44,10,3,37,84.1,13
金寨县,47,10,4,36,76.6,19
霍山县,45,13,4,34,75.6,17
舒城县,52,14,5,39,75.0,24";

fn form(path: &str, pairs: &[(&str, &str)], file: Option<&[u8]>) -> Request<Body> {
    let mut body = Vec::new();
    for (name, text) in pairs {
        body.extend_from_slice(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").as_bytes());
    }
    if let Some(file) = file {
        body.extend_from_slice(b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"5.xlsx\"\r\n\r\n");
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    let request = Request::post(path).header("host", "127.0.0.1:8080").header("content-type", "multipart/form-data; boundary=b");
    request.body(Body::from(body)).unwrap()
}

async fn check(site: &Router, pairs: &[(&str, &str)]) -> Got {
    send(site, form("/recheck", pairs, None)).await
}

#[tokio::test]
async fn the_published_tables_have_no_slips() {
    let site = site();
    assert!(get(&site, "/recheck").await.text().contains("<textarea id=\"f-table\" name=\"table\""));
    let page = check(&site, &[("table", HUAIBEI)]).await;
    assert_eq!(page.status, StatusCode::OK);
    let page = page.text();
    // Three rows of a rate, a growth and a gap to 5 ÷ 12; three rows of target, done and last year stand unchecked.
    for part in ["未发现差错", "重算 9 次，相符 9 格，未核 9 格", "序时进度 41.7%", "2022年1—5月淮北市招商引资进度"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let page = check(&site, &[("table", LUAN)]).await.text();
    // Five sums; the eight start rates are asked for, and hold once they are explained.
    assert!(page.contains("重算 5 次") && page.contains("name=\"part-5\"") && page.contains("未发现差错"), "{page}");
    let page = check(&site, &[("table", LUAN), ("part-5", "4"), ("whole-5", "1")]).await.text();
    assert!(page.contains("重算 13 次，相符 13 格") && page.contains("未发现差错"), "{page}");
}

#[tokio::test]
async fn one_altered_digit_is_found_and_exported() {
    let site = site();
    let wrong = HUAIBEI.replace("40.9", "50.9");
    let page = check(&site, &[("table", &wrong)]).await.text();
    for part in ["发现 1 处差错", "■ 应为 40.9", "完成数 92；目标任务数 225", "formaction=\"/recheck.xlsx\"", "重算 9 次，相符 8 格"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let file = send(&site, form("/recheck.csv", &[("table", &wrong)], None)).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.header("content-disposition").contains("attachment"));
    assert!(file.text().contains("新开工项目,完成率（%）,50.9,40.9"), "{}", file.text());
    let month = check(&site, &[("table", HUAIBEI), ("month", "6")]).await.text();
    // 60.65 − 50 = 10.6; all three gaps were printed for May.
    assert!(month.contains("发现 3 处差错") && month.contains("应为 10.6"), "{month}");
    let pace = check(&site, &[("table", HUAIBEI), ("pace", "四成")]).await;
    assert_eq!(pace.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(pace.text().contains("序时进度无法识别：四成"));
}

#[tokio::test]
async fn groups_of_columns_are_checked_each_by_itself() {
    let table = "单位\t新签约\t\t\t新开工\t\t\n\t目标\t完成\t完成率\t目标\t完成\t完成率\n甲\t10\t5\t50.0\t8\t2\t25.0\n乙\t20\t5\t25.0\t4\t1\t50.0\n合计\t30\t10\t33.3\t12\t3\t25.0";
    let page = check(&site(), &[("table", table)]).await.text();
    // Two rates of three rows and four sums; only 乙's start rate is off: 1 of 4 is 25 %.
    for part in ["重算 10 次", "发现 1 处差错", "新开工-完成率", "■ 应为 25.0"] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test]
async fn a_file_takes_the_place_of_the_text() {
    let site = site();
    let sheets = format!("封面\u{c}{HUAIBEI}");
    let page = send(&site, form("/recheck", &[("table", "x"), ("sheet", "2")], Some(sheets.as_bytes()))).await.text();
    assert!(page.contains("重算 9 次") && page.contains("新签约项目\t310\t188"), "{page}");
    let none = send(&site, form("/recheck", &[("sheet", "附表")], Some(sheets.as_bytes()))).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text().contains("没有这张工作表。现有：表1、表2"));
    assert!(send(&site, form("/recheck", &[], Some(b"broken"))).await.text().contains("请另存为 .xlsx"));
}

#[tokio::test]
async fn hostile_text_is_text() {
    let attack = "</textarea><script>alert(1)</script>";
    let table =
        format!("{attack}\t目标\t完成\t完成率\n<img src=x onerror=alert(1)>\t10\t5\t60.0\n=cmd|'/c'!A1\t<b>\t{{{{7*7}}}}\t\"\u{202e}\"");
    let page = check(&site(), &[("table", &table), ("month", attack), ("sheet", attack), ("headings", attack)]).await.text();
    assert!(page.contains("发现 1 处差错"), "{page}");
    for raw in ["<script>alert", "<img src=x", "<b>{{"] {
        assert!(!page.contains(raw), "{raw}: {page}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_in_words() {
    let site = site();
    let rows = format!("县区\t完成\n{}", "甲\t1\n".repeat(2_001));
    let long = format!("县区\t完成\n{}", "甲\t1\n".repeat(180_000));
    let wide = format!("县区{}\n甲{}", "\t完成".repeat(60), "\t1".repeat(60));
    let cases = [(&rows, "表格超过 2000 行，未复核"), (&long, "粘贴内容超过 1 兆字节，未复核"), (&wide, "表格超过 60 列，未复核")];
    for (table, expect) in cases {
        let got = check(&site, &[("table", table)]).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(got.text().contains(expect), "{expect}");
    }
    let file = vec![b'1'; (20 << 20) + 1];
    let got = send(&site, form("/recheck", &[], Some(&file))).await;
    assert!(got.text().contains("文件超过 20 MiB，未读取"));
    let body = vec![b'1'; 24 << 20];
    assert_eq!(send(&site, form("/recheck", &[], Some(&body))).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// The table is nowhere afterwards; a file leaves its one record.
#[tokio::test]
async fn only_files_leave_a_record() {
    let app = staffed(Mode::Serve);
    let books = std::sync::Arc::clone(&app.books);
    let site = qunlian_web::router(app).unwrap();
    let exports =
        || books.audit_page(&AuditFilter { action: Some(AuditAction::Export), ..AuditFilter::default() }, None, 50).unwrap().len();
    for (path, records) in [("/recheck", 0), ("/recheck.xlsx", 1), ("/recheck.csv", 2)] {
        let mut request = form(path, &[("table", HUAIBEI)], None);
        request.headers_mut().insert("cookie", "qunlian=L".parse().unwrap());
        assert_eq!(send(&site, request).await.status, StatusCode::OK, "{path}");
        assert_eq!(exports(), records, "{path}");
    }
}
