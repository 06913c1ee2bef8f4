//! The page that tries other rules: both rankings, faults beside their fields, projects that move, and books that never change.

use axum::Router;
use axum::http::StatusCode;
use qunlian_domain::score::{Period, Quarter};
use qunlian_registry::{AuditFilter, Store};

use super::get_with;
use super::score_forms::{page, serve};

const PATH: &str = "/scores/what-if?level=city&year=2022&quarter=1";
const LEADER: [(&str, &str); 1] = [("cookie", "qunlian=L")];

/// Everything that a page could have written.
fn written(books: &dyn Store) -> (usize, usize, usize, usize, usize) {
    let first = Period { year: 2022, quarter: Some(Quarter::First) };
    (
        books.audit_page(&AuditFilter::default(), None, 500).unwrap().len(),
        books.score_entries("city", 2022).unwrap().len(),
        books.score_ratings("city", first).unwrap().len(),
        books.typed_figures("city", first).unwrap().len(),
        books.investment_checks(2022).unwrap().len() + usize::from(books.closed_sheet("city", first).unwrap().is_some()),
    )
}

async fn leader(site: &Router, path: &str) -> String {
    let got = get_with(site, path, &LEADER).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text());
    got.text()
}

/// Texts of the cells of a carrier's row: places and totals before and after, and what was gained.
fn row(html: &str, name: &str) -> Vec<String> {
    let rows = html.split("<tr>").filter(|row| row.contains(&format!(">{name}</a>")));
    let cells = rows.last().unwrap().split("<td ").skip(1);
    let text = |cell: &str| cell.split_once('>').unwrap().1.split("</td>").next().unwrap().replace("</a>", "");
    cells.map(|cell| text(cell).rsplit('>').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn without_a_change_both_sides_are_the_ranking_that_stands() {
    let (site, books) = serve();
    let before = written(books.as_ref());
    let html = leader(&site, PATH).await;
    assert!(html.contains("尚未调整") && html.contains("办法 25分") && html.contains("办法 120%"), "{html}");
    let sheet = leader(&site, "/scores?level=city&year=2022&quarter=1").await;
    for name in ["濉溪", "相山", "杜集", "烈山", "高新区", "煤化工基地"] {
        let cells = row(&html, name);
        assert_eq!((&cells[1], &cells[4], cells[3].as_str(), cells[6].as_str()), (&cells[2], &cells[5], "持平", "0.00"), "{name}");
        assert!(sheet.contains(&format!("{name}：总分 {}", cells[4])), "{name} stands as on the sheet");
    }
    assert!(sheet.contains("href=\"/scores/what-if?"), "the sheet leads here");
    assert_eq!(written(books.as_ref()), before);
}

#[tokio::test]
async fn other_weights_and_caps_move_places_and_write_nothing() {
    let (site, books) = serve();
    let before = written(books.as_ref());
    let html = leader(&site, &format!("{PATH}&w-signed=5&w-started=40&c-over_target=%E6%97%A0")).await;
    for words in ["新签约项目分值 25 → 5分", "新开工项目分值 20 → 40分", "超任务签约项目上限 6分 → 不设上限"]
    {
        assert!(html.contains(words), "{words}");
    }
    let names = ["濉溪", "相山", "杜集", "烈山", "高新区", "煤化工基地"];
    let mut changed = 0;
    for name in names {
        let cells = row(&html, name);
        let [then, now, gained] = [4, 5, 6].map(|at| cells[at].parse::<f64>().unwrap());
        assert!((now - then - gained).abs() < 1e-9, "{name}: {cells:?}");
        changed += usize::from(gained != 0.0);
        // 5 ÷ 25 of what signings earned, 40 ÷ 20 of what starts earned: the derivation says so.
        assert!(html.contains("× 5分 = ") && html.contains("× 40分 = ") && !html.contains("× 25分 = "));
    }
    assert!(changed >= 4, "the change is one that shows");
    assert!(html.contains("class=\"chart chart-ranked\""), "it is drawn");
    assert_eq!(written(books.as_ref()), before, "nothing was written");
    let sheet = leader(&site, "/scores?level=city&year=2022&quarter=1").await;
    assert!(sheet.contains("× 25分 = ") && !sheet.contains("× 5分 = "), "the rules stand");
}

#[tokio::test]
async fn wrong_values_are_told_beside_their_fields() {
    let (site, _) = serve();
    for (query, field, words) in [
        ("w-signed=abc", "w-signed", "请填写0至1000的分值"),
        ("w-signed=-5", "w-signed", "请填写0至1000的分值"),
        ("w-signed=30", "weights", "分值合计为105，应为满分100"),
        ("c-signed=lots", "c-signed", "请填写0至1000的数"),
        ("from=suixi&take=p00001", "to", "请选择移到哪个单位"),
        ("move=nonsense", "moves", "移动的项目无法识别"),
        ("move=p99999~suixi~duji", "moves", "该单位本期得分中没有这个项目"),
        ("move=p99999~moon~duji", "moves", "没有要移动的单位"),
    ] {
        let got = get_with(&site, &format!("{PATH}&{query}"), &LEADER).await;
        let html = got.text();
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let beside = html.split(&format!("id=\"{field}-trouble\"")).nth(1).unwrap_or_default();
        assert!(beside.split("</span>").next().unwrap().contains(words), "{query}: {html}");
    }
}

/// Signings of a carrier as the derivation of its tried score has them.
fn signed(html: &str, anchor: &str) -> i64 {
    let own = html.split(&format!("<details class=\"twin\" id=\"{anchor}\">")).nth(1).unwrap();
    own.split("<li>新签约项目 ").nth(1).unwrap().split('/').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_project_moves_with_all_that_it_counts_in() {
    let (site, books) = serve();
    let before = written(books.as_ref());
    let chosen = leader(&site, &format!("{PATH}&from=suixi")).await;
    let offered = chosen.split("<select id=\"take\"").nth(1).unwrap().split("</select>").next().unwrap();
    let option = offered.split("<option value=\"").find(|option| option.contains("新签约项目 10亿元以上")).unwrap();
    let id = option.split('"').next().unwrap();
    let moved = leader(&site, &format!("{PATH}&from=suixi&take={id}&to=duji")).await;
    assert!(moved.contains(&format!("value=\"{id}~suixi~duji\" checked")) && moved.contains("濉溪 → 杜集"), "{moved}");
    let (from, to) = ("score-districts-suixi", "score-districts-duji");
    assert_eq!(signed(&moved, from), signed(&chosen, from) - 1);
    assert_eq!(signed(&moved, to), signed(&chosen, to) + 1);
    // It stays moved by its own address, and can be moved once.
    let again = leader(&site, &format!("{PATH}&move={id}~suixi~duji")).await;
    assert_eq!(row(&again, "杜集"), row(&moved, "杜集"));
    let twice = get_with(&site, &format!("{PATH}&move={id}~suixi~duji&move={id}~suixi~lieshan"), &LEADER).await;
    assert!(twice.status == StatusCode::UNPROCESSABLE_ENTITY && twice.text().contains("同一项目只能移动一次"));
    assert_eq!(written(books.as_ref()), before, "nothing was written");
    // A clerk of 濉溪 is offered their own projects and nobody else's.
    let clerk = [("cookie", "qunlian=C")];
    assert!(get_with(&site, &format!("{PATH}&from=suixi"), &clerk).await.text().contains("<select id=\"take\""));
    let others = get_with(&site, &format!("{PATH}&from=duji"), &clerk).await.text();
    assert!(!others.contains("<select id=\"take\"") && others.contains("没有可见的项目"), "{others}");
    let theirs = get_with(&site, &format!("{PATH}&move={id}~duji~suixi"), &clerk).await;
    assert_eq!(theirs.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn towns_are_tried_by_weights_alone() {
    let (site, _) = serve();
    let html = page(&site, "/scores/what-if?level=suixi&year=2022&quarter=1&w-signed=20&w-leads=25").await;
    assert!(html.contains("新引进项目分值 30 → 20分") && html.contains("濉溪经开区"), "{html}");
    assert!(!html.contains("value=\"linhuan-zhen\""), "towns have no rows to move");
}
