//! What counted on one day against another: by hand, and against the boards.

use qunlian_domain::access::RowScope;
use qunlian_domain::change::{CountedFact, Standing, compare};
use qunlian_domain::target::Metric;
use qunlian_engine::Serving;
use qunlian_queries::{Answer, Answers, Params};

use crate::fixture;
use crate::golden::day;

async fn facts(serving: &Serving, as_of: &str) -> std::sync::Arc<Answer> {
    serving.ask("counted_facts", Params::new().with("year", 2022).with("as_of", day(as_of)), &RowScope::City).await.unwrap()
}

fn read(answer: &Answer) -> Vec<CountedFact<'_>> {
    let text = |row: usize, column: &str| answer.get(row, column).text().unwrap();
    (0..answer.rows.len())
        .map(|row| CountedFact {
            project: text(row, "project_id"),
            metric: Metric::from_id(text(row, "metric")).unwrap(),
            carrier: text(row, "carrier_id"),
            chain: text(row, "chain_id"),
            amount: answer.get(row, "amount_yuan").int(),
            standing: if answer.get(row, "counted").is_true() { Standing::Counted } else { Standing::Revoked },
        })
        .collect()
}

/// Signed: p12 goes to suixi on 10 May, p05 to food on 15 May, p13 is revoked on 20 May, p07 and p10 come on 31 May.
/// Completed: p03. Fixed assets: p01's April is corrected from 8,000 to 9,000 万元 on 15 May, p03 brings 5,000 万元.
#[tokio::test]
async fn changes_counted_by_hand() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let check = async |before: &str, after: &str, expect: &str| {
        let (earlier, later) = (facts(&serving, before).await, facts(&serving, after).await);
        let comparison = compare(&read(&earlier), &read(&later)).map(|found| found.sentence(day(before), day(after)));
        assert_eq!(comparison.as_deref(), Ok(expect), "{before} to {after}");
    };
    check(
        "2022-05-19",
        "2022-05-31",
        "与5月19日相比，新签约净增1个：新增2个，撤销1个；新开工无变化；新竣工净增1个：新增1个；固定资产投资净增5,000万元：新增1个。",
    )
    .await;
    check(
        "2022-05-09",
        "2022-05-15",
        "与5月9日相比，新签约总数不变：调整载体单位1个，调整产业链1个；新开工无变化；新竣工无变化；固定资产投资净增1,000万元：投资额变动1个（净增1,000万元）。",
    )
    .await;
    check("2022-05-31", "2022-05-31", "与5月31日相比，无变化。").await;
}

#[tokio::test]
async fn what_counts_is_what_the_city_board_counts() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for as_of in ["2022-03-31", "2022-05-19", "2022-05-31", "2022-06-01", "2022-12-31"] {
        let answer = facts(&serving, as_of).await;
        let city = serving.ask("city_progress", Params::new().with("year", 2022).with("as_of", day(as_of)), &RowScope::City).await.unwrap();
        let totals = compare(&[], &read(&answer)).unwrap().totals;
        for metric in Metric::ALL {
            let row = city.rows_where("metric", metric.id()).next().unwrap();
            let totals = totals.get(&metric).copied().unwrap_or_default();
            let counted = if metric == Metric::FixedAssets { totals.yuan_after } else { totals.after };
            assert_eq!(city.get(row, "done").int(), Some(counted), "{} {as_of}", metric.id());
        }
    }
}
