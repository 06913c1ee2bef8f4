//! What subscribers read of lights (亮灯推送): which turned from what to what, and the weekly list of yellow and red.

use chrono::NaiveDate;

use super::turn::{LightFact, Turn};
use super::{Light, LightWords, Missing, MissingUnit, Standing};
use crate::bulletin::standing_words;
use crate::period::end_of_month;
use crate::subscription::{Letter, LetterFault};
use crate::target::Metric;

/// The letter about lights that turned: a line for each, worst first. `whom` is 淮北市 or what else the reader sees,
/// `as_of` the day of the figures.
///
/// # Errors
/// When there is no turn to tell of.
pub fn turned_letter(whom: &str, as_of: NaiveDate, turns: &[Turn<'_>], words: &LightWords) -> Result<Letter, LetterFault> {
    let mut names: Vec<&str> = turns.iter().map(|turn| turn.fact.name.as_str()).collect();
    names.dedup();
    let who = match names.as_slice() {
        [] => return Err(LetterFault::Text),
        [one] => (*one).to_owned(),
        [first, ..] => format!("{first}等{}处", distinct(&names)),
    };
    let mut lines = vec![head(whom, as_of, &format!("{}项指标亮灯有变化：", turns.len()))];
    for Turn { fact, from, to } in turns {
        let tail = if *to == Light::Green { String::new() } else { format!("；{}", missing_words(fact, as_of)) };
        let standing = standing_words(fact.metric, fact.done, fact.target, fact.pace);
        let (from, to) = (word(*from, words), word(*to, words));
        lines.push(format!("{} {}：由{from}转为{to}。{standing}{tail}。", fact.name, fact.metric.name()));
    }
    Letter::new(&format!("亮灯变化：{who}（{}）", day_words(as_of)), &lines.join("\n"))
}

/// The weekly letter: every yellow and red, in the order given; it says so when there is none.
///
/// # Errors
/// Never for facts of a city: the text is not empty, and longer ones are cut where they are sent.
pub fn weekly_letter(whom: &str, as_of: NaiveDate, facts: &[LightFact], words: &LightWords) -> Result<Letter, LetterFault> {
    let of = |light: Light| facts.iter().filter(move |fact| fact.light == Some(light));
    let (red, yellow) = (of(Light::Red).count(), of(Light::Yellow).count());
    let counts = match (red, yellow) {
        (0, 0) => format!("没有指标亮{}或{}。", words.yellow, words.red),
        _ => format!("{}{red}项，{}{yellow}项：", words.red, words.yellow),
    };
    let mut lines = vec![head(whom, as_of, &counts)];
    for fact in of(Light::Red).chain(of(Light::Yellow)) {
        let light = fact.light.map(|light| word(light, words)).unwrap_or_default();
        let months = if fact.months_lit > 1 { format!("，已连续{}个月", fact.months_lit) } else { String::new() };
        let standing = standing_words(fact.metric, fact.done, fact.target, fact.pace);
        lines.push(format!("【{light}】{} {}：{standing}{months}；{}。", fact.name, fact.metric.name(), missing_words(fact, as_of)));
    }
    Letter::new(&format!("红黄清单：{}{red}项、{}{yellow}项（{}）", words.red, words.yellow, day_words(as_of)), &lines.join("\n"))
}

fn distinct(names: &[&str]) -> usize {
    names.iter().collect::<std::collections::BTreeSet<_>>().len()
}

fn word(light: Light, words: &LightWords) -> &str {
    match light {
        Light::Green => &words.green,
        Light::Yellow => &words.yellow,
        Light::Red => &words.red,
    }
}

fn head(whom: &str, as_of: NaiveDate, rest: &str) -> String {
    format!("截至{}，{whom}{rest}", as_of.format("%Y年%-m月%-d日"))
}

fn day_words(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

fn missing_words(fact: &LightFact, as_of: NaiveDate) -> String {
    let unit = if fact.metric == Metric::FixedAssets { MissingUnit::Yuan } else { MissingUnit::Projects };
    Missing { amount: fact.missing, unit, by: end_of_month(as_of), now: Standing::BehindPace }.sentence()
}

#[cfg(test)]
mod tests {
    use super::super::turn::tests::{fact, told};
    use super::super::turn::turns;
    use super::*;

    fn words() -> LightWords {
        LightWords { green: "正常".into(), slightly_behind: "略低于序时".into(), yellow: "黄灯".into(), red: "红灯".into() }
    }

    fn day() -> NaiveDate {
        "2022-05-30".parse().unwrap()
    }

    /// 12 of 46 is 26.087 %; the pace of 41.667 % less that is 15.58 points.
    #[test]
    fn a_turn_says_who_from_what_to_what_and_what_is_missing() {
        let facts = [
            fact("suixi", "濉溪县", Metric::Started, Some(Light::Yellow)),
            LightFact { done: 20, missing: 0, ..fact("duji", "杜集区", Metric::Signed, Some(Light::Green)) },
        ];
        let before = [told("suixi", Metric::Started, Light::Green), told("duji", Metric::Signed, Light::Red)];
        let letter = turned_letter("淮北市", day(), &turns(&before, 2022, &facts), &words()).unwrap();
        assert_eq!(letter.subject(), "亮灯变化：濉溪县等2处（2022-05-30）");
        // 20 of 46 is 43.478 %, 1.81 points above the pace.
        assert_eq!(
            letter.text(),
            "截至2022年5月30日，淮北市2项指标亮灯有变化：\n\
             濉溪县 新开工项目：由正常转为黄灯。12个，完成年度目标任务46个的26.1%，低于序时进度15.6个百分点；还差8个，5月31日前补齐即回到序时。\n\
             杜集区 新签约项目：由红灯转为正常。20个，完成年度目标任务46个的43.5%，高于序时进度1.8个百分点。"
        );
        assert_eq!(turned_letter("淮北市", day(), &[], &words()), Err(LetterFault::Text));
        let one = turned_letter("淮北市", day(), &turns(&before[..1], 2022, &facts), &words()).unwrap();
        assert_eq!(one.subject(), "亮灯变化：濉溪县（2022-05-30）");
    }

    /// Of 10亿元 a year, 1亿元 is 10 %, 31.67 points behind.
    #[test]
    fn the_weekly_list_names_red_before_yellow() {
        let red = LightFact {
            months_lit: 3,
            done: 100_000_000,
            target: Some(1_000_000_000),
            missing: 316_666_667,
            ..fact("lieshan", "烈山区", Metric::FixedAssets, Some(Light::Red))
        };
        let facts = [
            fact("suixi", "濉溪县", Metric::Started, Some(Light::Yellow)),
            fact("duji", "杜集区", Metric::Started, Some(Light::Green)),
            red,
        ];
        let letter = weekly_letter("淮北市", day(), &facts, &words()).unwrap();
        assert_eq!(letter.subject(), "红黄清单：红灯1项、黄灯1项（2022-05-30）");
        assert_eq!(
            letter.text(),
            "截至2022年5月30日，淮北市红灯1项，黄灯1项：\n\
             【红灯】烈山区 固定资产投资：1.00亿元，完成年度目标任务10亿元的10.0%，低于序时进度31.7个百分点，已连续3个月；还差3.17亿元，5月31日前补齐即回到序时。\n\
             【黄灯】濉溪县 新开工项目：12个，完成年度目标任务46个的26.1%，低于序时进度15.6个百分点；还差8个，5月31日前补齐即回到序时。"
        );
        let none = weekly_letter("淮北市", day(), &facts[1..2], &words()).unwrap();
        assert_eq!(none.text(), "截至2022年5月30日，淮北市没有指标亮黄灯或红灯。");
    }
}
