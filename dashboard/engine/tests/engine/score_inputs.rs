//! The figures of the assessment: counted by hand, and each led back to the rows that it counts.

use qunlian_domain::access::RowScope;
use qunlian_domain::score::Input;
use qunlian_engine::Serving;
use qunlian_queries::{Answer, Answers, Params};

use crate::fixture;
use crate::golden::day;

fn asked(as_of: &str) -> Params {
    Params::new().with("year", 2022).with("as_of", day(as_of))
}

async fn inputs(serving: &Serving, as_of: &str) -> Answer {
    serving.ask("score_inputs", asked(as_of), &RowScope::City).await.unwrap().as_ref().clone()
}

fn done(answer: &Answer, carrier: &str, metric: &str, band: &str) -> Option<i64> {
    let is = |row: usize, column: &str, text: &str| answer.get(row, column).text().unwrap_or_default() == text;
    let mut found =
        (0..answer.rows.len()).filter(|row| is(*row, "carrier_id", carrier) && is(*row, "metric", metric) && is(*row, "band_id", band));
    let row = found.next()?;
    assert_eq!(found.next(), None, "{carrier} {metric} {band} stands twice");
    answer.get(row, "done").int()
}

#[tokio::test]
async fn figures_of_the_assessment_counted_by_hand() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let may = inputs(&serving, "2022-05-31").await;
    let check = |metric: &str, band: &str, expect: [i64; 4]| {
        let found = ["suixi", "xiangshan", "gaoxin", "tielu"].map(|carrier| done(&may, carrier, metric, band));
        assert_eq!(found, expect.map(Some), "{metric} {band}");
    };
    // suixi p01 p02 p03 p12 and p05 of its park; xiangshan p06 p07 p08, and p04 p16 of the park that was its own until April;
    // gaoxin p09 p10 p11. p13 is revoked, p14 is known in June, p15 is of June.
    check("signed", "", [5, 5, 3, 3]);
    // 10亿 is 10亿以上: p01 12, p02 55; p04 10; p10 20.
    check("signed", "ge10", [2, 1, 1, 1]);
    check("signed", "ge50", [1, 0, 0, 0]);
    // p01 p03 p32, and p04 of the park in April; p06.
    check("started", "", [4, 1, 0, 1]);
    // Signed and started this year, with the one who signed: p01 p03; p06 p04; p32 was signed last year.
    check("started_of_signed", "", [2, 2, 0, 1]);
    check("completed", "", [2, 1, 0, 0]);
    check("in_production", "", [0, 1, 0, 0]);
    // 12 + 55 + 3 + 1 + 6; 2 + 4 + 0.5 + 10 + 5; 9 + 20; 10 + 6 + 5亿元. p11 names no amount.
    check("agreed", "", [7_700_000_000, 2_150_000_000, 2_900_000_000, 2_100_000_000]);
    // 12000 + 9000 + 5000 + 20000 of the park; 3000万元.
    check("fixed_assets", "", [460_000_000, 30_000_000, 0, 200_000_000]);
    check("fixed_assets", "ge10", [410_000_000, 0, 0, 200_000_000]);
    // p06's investor is local.
    check("paid_in", "", [0, 10_000_000, 0, 0]);
    check("paid_in_outside", "", [0, 0, 0, 0]);
    let march = inputs(&serving, "2022-03-31").await;
    // p13 still stands with suixi, p12 still with xiangshan.
    let found = ["suixi", "xiangshan", "gaoxin"].map(|carrier| done(&march, carrier, "signed", ""));
    assert_eq!(found, [4, 5, 1].map(Some));
}

#[tokio::test]
async fn every_figure_equals_the_rows_it_leads_to() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let mut compared = 0;
    for as_of in ["2022-03-31", "2022-05-31", "2022-12-31"] {
        let answer = inputs(&serving, as_of).await;
        for row in 0..answer.rows.len() {
            let text = |column: &str| answer.get(row, column).text().unwrap_or_default().to_owned();
            let (metric, band) = (text("metric"), text("band_id"));
            assert!(Input::parse(&metric).is_some(), "{metric} is no input of the scoring");
            let (milestone, sum) = match metric.as_str() {
                "agreed" => ("signed", "agreed_yuan"),
                "fixed_assets" => ("fixed_assets", "amount_yuan"),
                "paid_in" | "paid_in_foreign" | "paid_in_outside" => ("paid_in", "amount_yuan"),
                counted => (counted, "total"),
            };
            let kind = match metric.as_str() {
                "paid_in_foreign" => "abroad",
                "paid_in_outside" => "outside",
                _ => "",
            };
            let filter = asked(as_of)
                .with("milestone", milestone)
                .with("carrier", text("carrier_id"))
                .with("band", band.clone())
                .with("region_kind", kind);
            let rows = serving.ask("projects_count", filter, &RowScope::City).await.unwrap();
            assert_eq!(rows.get(0, sum).int(), answer.get(row, "done").int(), "{} {metric} {band} {as_of}", text("carrier_id"));
            compared += 1;
        }
    }
    // 4 carriers, 13 metrics and 4 sizes on 3 days.
    assert_eq!(compared, 4 * 13 * 4 * 3);
}
