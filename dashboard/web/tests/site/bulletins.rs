//! Bulletins on the web: every figure leads to its rows, files on demand, and those that were made.

use axum::http::StatusCode;
use qunlian_domain::audit::AuditAction;
use qunlian_domain::audit::Via;
use qunlian_registry::{AuditFilter, BulletinFile, Doer, NewBulletin};
use qunlian_web::router;

use super::fixture::{FakeAnswers, app, today};
use super::{get, site};

#[tokio::test]
async fn every_figure_of_a_bulletin_leads_to_its_rows() {
    let site = site();
    let page = get(&site, "/bulletins?as_of=2022-05-31").await.text();
    let text: String = page.split("class=\"panel official\"").nth(1).unwrap().split("</article>").next().unwrap().into();
    let plain: String = text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, rest)| rest)).collect();
    for sentence in [
        "关于2022年1—5月淮北市招商引资情况的通报",
        "截至日期：2022年5月31日",
        "1—5月，全市新签约工业项目188个，完成年度目标任务310个的60.6%，高于序时进度19.0个百分点；同比增长208.2%。",
        "低于序时进度0.8个百分点；同比增长135.9%。",
        "完成年度目标任务175个的56.0%，高于序时进度14.3个百分点；同比增长250.0%。",
    ] {
        assert!(plain.contains(sentence), "{sentence} in {plain}");
    }
    let links: Vec<String> = text.split("<a href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect();
    assert!(links.len() > 30, "{} links", links.len());
    for href in links {
        assert_eq!(get(&site, &href).await.status, StatusCode::OK, "{href}");
    }
    let day = get(&site, "/bulletins?as_of=2022-05-13").await.text();
    assert!(day.contains("1月1日至5月13日"), "a day that closes no month is named");
}

#[tokio::test]
async fn tables_and_charts_stand_where_the_template_puts_them() {
    let site = site();
    let page = get(&site, "/bulletins?as_of=2022-05-31").await.text();
    for part in
        ["图1  新签约项目累计与序时进度", "表1  全市目标完成情况", "表2  各载体单位新签约项目完成情况", "五、分单位进度", "红黄清单"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("来源区域组"));
    let quarterly = get(&site, "/bulletins?as_of=2022-03-31&template=quarterly").await.text();
    assert!(quarterly.contains("各产业链新签约项目情况") && quarterly.contains("来源区域组"));
    let wrong = get(&site, "/bulletins?template=..%2Fcity").await;
    assert!(wrong.status == StatusCode::BAD_REQUEST && wrong.text().contains("没有这个通报模板"));
}

#[tokio::test]
async fn a_bulletin_is_had_in_three_formats() {
    let site = site();
    let check = async |suffix: &str, start: &[u8], kind: &str| {
        let file = get(&site, &format!("/bulletins.{suffix}?as_of=2022-05-31")).await;
        assert_eq!(file.status, StatusCode::OK, "{suffix}");
        assert!(file.body.starts_with(start), "{suffix}");
        assert_eq!(file.header("content-type"), kind);
        // 淮北市_月度通报_2022-05-31
        assert!(
            file.header("content-disposition").contains("%E6%9C%88%E5%BA%A6%E9%80%9A%E6%8A%A5_2022-05-31"),
            "{}",
            file.header("content-disposition")
        );
    };
    check("pdf", b"%PDF-1.7", "application/pdf").await;
    check("docx", b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document").await;
    check("xlsx", b"PK", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").await;
    assert_eq!(get(&site, "/bulletins.odt").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_was_made_is_listed_and_handed_out_as_it_was() {
    let app = app(std::sync::Arc::new(FakeAnswers::new()));
    let (books, attachments) = (app.books.clone(), app.attachments.clone());
    let site = router(app).unwrap();
    assert!(get(&site, "/bulletins").await.text().contains("还没有制作过"));
    let blake3 = attachments.keep(b"%PDF-1.7 as it was").unwrap();
    let new = NewBulletin {
        template: "monthly".into(),
        name: "月度通报".into(),
        title: "关于2022年1—4月淮北市招商引资情况的通报".into(),
        until: "2022-04-30".parse().unwrap(),
        generation: 3,
        rule_version: "ab".into(),
        words: "x".into(),
        files: vec![BulletinFile { kind: "pdf".into(), blake3, bytes: 18 }],
    };
    let by = Doer { account: None, name: "job:bulletins".into(), via: Via::Job, now: chrono::Utc::now(), today: today() };
    let id = books.keep_bulletin(&new, &by).unwrap().bulletin().id;
    let page = get(&site, "/bulletins").await.text();
    assert!(page.contains("2022-04-30") && page.contains("第1版") && page.contains(&format!("/bulletins/made/{id}.pdf")), "{page}");
    let file = get(&site, &format!("/bulletins/made/{id}.pdf")).await;
    assert_eq!((file.status, file.body.as_slice()), (StatusCode::OK, b"%PDF-1.7 as it was".as_slice()));
    for missing in
        [format!("/bulletins/made/{id}.docx"), "/bulletins/made/99.pdf".into(), "/bulletins/made/x.pdf".into(), "/bulletins/made/1".into()]
    {
        assert_eq!(get(&site, &missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    let filter = AuditFilter { action: Some(AuditAction::Export), ..AuditFilter::default() };
    assert_eq!(books.audit_page(&filter, None, 9).unwrap().len(), 1, "an export leaves a record");
}

#[tokio::test]
async fn every_chart_is_had_as_pixels_too() {
    let site = site();
    let page = get(&site, "/").await.text();
    assert!(page.contains("/charts/cumulative-signed.png?"));
    for id in ["cumulative-signed", "carrier-signed", "lights-started", "forecast-signed", "region-places"] {
        let png = get(&site, &format!("/charts/{id}.png?as_of=2022-05-31")).await;
        assert_eq!((png.status, png.header("content-type")), (StatusCode::OK, "image/png"), "{id}");
        assert!(png.body.starts_with(b"\x89PNG"), "{id}");
    }
    assert_eq!(get(&site, "/charts/nobody.png").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&site, "/charts/carrier-signed.gif").await.status, StatusCode::NOT_FOUND);
}
