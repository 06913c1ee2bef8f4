//! Names of things in the data (名称): the data's own in Chinese, our words for their ids in English.

use crate::words::{Lang, Words};

impl Words {
    /// The name of the thing `id` of a group such as `stage`. In Chinese the data's own name wins, if it has one.
    pub(crate) fn named(self, group: &str, id: &str, own: &str) -> String {
        let ours = self.find(&format!("{group}.{id}")).map(str::to_owned);
        let own = (!own.is_empty()).then(|| own.to_owned());
        let name = match self.lang() {
            Lang::Chinese => own.filter(|own| own != id).or(ours),
            Lang::English => ours.or(own),
        };
        name.unwrap_or_else(|| id.to_owned())
    }

    /// 境外, 省外, 省内市外, 本市, 不明.
    pub(crate) fn region_kind(self, id: &str, own: &str) -> String {
        self.named("region_kind", id, own)
    }

    /// A nested band such as `10亿元以上`; in English by its bound.
    pub(crate) fn band(self, own: &str, least_yuan: i64) -> String {
        match self.lang() {
            Lang::Chinese => own.to_owned(),
            Lang::English => format!("≥ {}", english_amount(least_yuan)),
        }
    }

    /// A disjoint slice such as `10亿—50亿元`, `1亿元以下`; in English by its bounds.
    pub(crate) fn slice(self, id: &str, own: &str) -> String {
        if self.lang() == Lang::Chinese {
            return own.to_owned();
        }
        if id == "unknown" {
            return self.t("filter.unknown").to_owned();
        }
        let bound = |text: &str| chinese_amount(text).map(english_amount);
        let named = if let Some(bound_below) = own.strip_suffix("以下").and_then(bound) {
            Some(format!("< {bound_below}"))
        } else if let Some(bound_above) = own.strip_suffix("以上").and_then(bound) {
            Some(format!("≥ {bound_above}"))
        } else {
            own.split_once('—').and_then(|(from, to)| Some(format!("{} – {}", bound(from)?, bound(to)?)))
        };
        named.unwrap_or_else(|| own.to_owned())
    }
}

/// `10亿元`, `10亿`, `5000万元` in yuan.
fn chinese_amount(text: &str) -> Option<i64> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let number: i64 = digits.parse().ok()?;
    match text[digits.len()..].trim_end_matches('元') {
        "亿" => number.checked_mul(100_000_000),
        "万" => number.checked_mul(10_000),
        "" => Some(number),
        _ => None,
    }
}

/// `1 billion`, `500 million`, `50 million`.
fn english_amount(yuan: i64) -> String {
    let (size, word) = if yuan >= 1_000_000_000 { (1e9, "billion") } else { (1e6, "million") };
    let number = qunlian_domain::figures::print(Some(yuan as f64 / size), 1);
    format!("{} {word}", number.strip_suffix(".0").unwrap_or(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_named_in_both_languages() {
        let (chinese, english) = (Words::of(Lang::Chinese), Words::of(Lang::English));
        assert_eq!(chinese.band("10亿元以上", 1_000_000_000), "10亿元以上");
        assert_eq!(english.band("10亿元以上", 1_000_000_000), "≥ 1 billion");
        assert_eq!(english.slice("only-ge10", "10亿—50亿元"), "1 billion – 5 billion");
        assert_eq!(english.slice("lt-ge1", "5000万元以下"), "< 50 million");
        assert_eq!(english.slice("only-ge100", "100亿元以上"), "≥ 10 billion");
        assert_eq!(chinese.slice("only-ge10", "10亿—50亿元"), "10亿—50亿元");
    }

    #[test]
    fn the_datas_own_name_wins_in_chinese() {
        let (chinese, english) = (Words::of(Lang::Chinese), Words::of(Lang::English));
        assert_eq!(chinese.named("stage", "started", "已开工"), "已开工");
        assert_eq!(chinese.named("stage", "started", ""), "开工");
        assert_eq!(chinese.named("problem", "no_unit", "no_unit"), "金额没有单位");
        assert_eq!(english.named("stage", "started", "已开工"), "started");
        assert_eq!(english.named("stage", "mystery", "谜"), "谜");
    }
}
