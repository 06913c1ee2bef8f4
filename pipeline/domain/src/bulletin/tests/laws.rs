//! Laws of the sentences over random figures: words follow signs, and what is printed recomputes.

use proptest::prelude::*;

use super::*;
use crate::figures::growth;
use crate::recheck::{Check, PaceSource, PublishedRow, PublishedTable, RateSource, recheck};

/// What stands between two marks.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let from = text.find(before).unwrap() + before.len();
    let length = text[from..].find(after).unwrap();
    &text[from..from + length]
}

/// The figures of a sentence of progress, as a table of one row, and what they must satisfy.
fn as_table(text: &str, subject: &str, before: i64, pace: f64) -> (PublishedTable, Vec<Check>) {
    let clause = between(text, "%，", if text.contains('；') { "；" } else { "。" });
    let mut figures = vec![
        ("完成", between(text, subject, "，").to_owned()),
        ("目标", between(text, "目标任务", "的").to_owned()),
        ("完成率", between(text, "的", "，").to_owned()),
        ("差距", clause.to_owned()),
    ];
    let [done, target, rate, gap] = ["完成", "目标", "完成率", "差距"].map(str::to_owned);
    let counts = RateSource::Counts { part: done.clone(), whole: target.clone() };
    let mut checks =
        vec![Check::Rate { part: done.clone(), whole: target, rate }, Check::Gap { rate: counts, pace: PaceSource::Percent(pace), gap }];
    if let Some((_, grown)) = text.split_once("；同比") {
        figures.push(("去年同期", before.to_string()));
        figures.push(("同比", grown.trim_end_matches('。').to_owned()));
        checks.push(Check::Growth { now: done, before: "去年同期".into(), growth: "同比".into() });
    }
    let figures = figures.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    (PublishedTable { rows: vec![PublishedRow { label: "全市".into(), figures }] }, checks)
}

proptest! {
    /// 增长 stands exactly where there is growth, 下降 exactly where there is a fall; a rate of change has no points, a
    /// gap no percent sign.
    #[test]
    fn words_follow_the_figures(done in 0i64..500, target in prop::option::of(0i64..500), before in prop::option::of(0i64..500)) {
        let text = progress("2022-05-31", Metric::Signed, done, target, before);
        let grown = growth(done, before);
        prop_assert_eq!(text.contains("增长"), grown.is_some_and(|rate| rate > 0.0));
        prop_assert_eq!(text.contains("下降"), grown.is_some_and(|rate| rate < 0.0));
        prop_assert_eq!(text.contains("去年同期无"), before == Some(0));
        prop_assert_eq!(text.contains("完成年度目标"), target.is_some_and(|target| target > 0));
        for clause in text.split(['，', '；', '。']) {
            prop_assert!(!(clause.contains('%') && clause.contains("百分点")), "{}", text);
            prop_assert!(!clause.contains("同比") || clause.contains('%'), "{}", text);
            prop_assert!(!(clause.contains("序时") && clause.contains('%')), "{}", text);
        }
        prop_assert!(text.ends_with('。') && !text.contains("，。") && !text.contains([';', '-']), "{}", text);
    }

    /// Each printed figure recomputes from the printed ones, and an altered count does not.
    #[test]
    fn printed_figures_recompute(done in 0i64..3000, target in 1i64..900, before in 1i64..900, months in 1u32..=12) {
        let on = crate::period::end_of_month(NaiveDate::from_ymd_opt(2022, months, 1).unwrap());
        let pace = linear_on(on, 2022);
        let text = progress(&on.to_string(), Metric::Signed, done, Some(target), Some(before));
        let (table, checks) = as_table(&text, "工业项目", before, pace);
        prop_assert_eq!(recheck(&table, &checks), Ok(Vec::new()), "{}", text);
        let altered = text.replacen(&format!("目标任务{}个", crate::figures::print_count(target)), &format!("目标任务{}个", target * 2), 1);
        let (table, checks) = as_table(&altered, "工业项目", before, pace);
        prop_assert_eq!(recheck(&table, &checks).unwrap().is_empty(), done == 0, "{}", altered);
    }

    /// The same for amounts, which are printed rounded.
    #[test]
    fn printed_amounts_recompute(done in 0i64..90_000_000_000, target in 1_000_000i64..90_000_000_000, before in 1_000_000i64..90_000_000_000) {
        let pace = linear_on(day("2022-05-31"), 2022);
        let text = progress("2022-05-31", Metric::FixedAssets, done, Some(target), Some(before));
        let (mut table, checks) = as_table(&text, "固定资产投资", before, pace);
        for (name, text) in &mut table.rows[0].figures {
            if name == "去年同期" {
                text.push('元');
            }
        }
        prop_assert_eq!(recheck(&table, &checks), Ok(Vec::new()), "{}", text);
    }

    /// Parts never say 增长 or 下降, and every link lies on its text.
    #[test]
    fn parts_and_links_hold(parts in prop::collection::vec((0i64..90, 0i64..90), 0..9), extra in 0i64..50, on in 0u64..365) {
        let whole: i64 = parts.iter().map(|(now, _)| now).sum::<i64>() + extra;
        let whole_before: i64 = parts.iter().map(|(_, before)| before).sum();
        let name = |index: usize| format!("甲{index}");
        let told = Section {
            carriers: parts.iter().enumerate().map(|(index, (done, target))| {
                let light = [Light::Green, Light::Yellow, Light::Red][index % 3];
                carrier(&name(index), *done, Some(*target).filter(|target| target % 7 != 0), Some(light))
            }).collect(),
            chains: parts.iter().enumerate().map(|(index, (done, _))| ChainFigures { id: name(index), name: name(index), done: *done }).collect(),
            regions: parts.iter().enumerate().map(|(index, (done, before))| RegionFigures {
                id: name(index),
                name: name(index),
                done: *done,
                before: Some(PartBefore { part: *before, whole: whole_before }),
            }).collect(),
            ..section(Metric::Started, figures("2022-05-31", whole, None, None))
        };
        let on = day("2022-01-01") + chrono::Days::new(on);
        for sentence in bulletin(&on.to_string(), vec![told]).sentences() {
            prop_assert!(!sentence.text.contains("增长") && !sentence.text.contains("下降"), "{}", sentence.text);
            prop_assert!(sentence.text.ends_with('。'));
            let joined: String = sentence.pieces().into_iter().map(|(text, _)| text).collect();
            prop_assert_eq!(&joined, &sentence.text);
            prop_assert!(sentence.links.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            for link in &sentence.links {
                let text = &sentence.text[link.span.clone()];
                let linked = link.to.carrier.as_deref().map(|id| id == format!("id-{text}")).or(link.to.chain.as_deref().map(|id| id == text));
                prop_assert!(linked.unwrap_or(!text.is_empty()), "{} in {}", text, sentence.text);
            }
            // Nobody is both among the first and among the last.
            if let Some((first, last)) = sentence.text.split_once("；后").or_else(|| sentence.text.split_once("；最后")) {
                for name in last.split(['是', '、', '（']).filter(|piece| piece.starts_with('甲')) {
                    let names: Vec<&str> = first.split(['是', '、', '（']).collect();
                    prop_assert!(!names.contains(&name), "{}", sentence.text);
                }
            }
        }
    }
}
