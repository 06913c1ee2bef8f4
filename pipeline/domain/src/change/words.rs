//! Changes in words: `与5月31日相比，新签约净增12个：新增14个，撤销2个；…`.

use chrono::{Datelike, NaiveDate};

use super::{Comparison, Totals};
use crate::figures::print_count;
use crate::money;
use crate::target::Metric;

impl Comparison<'_> {
    /// The changes since `before` as known on `after`, as one sentence: `与5月31日相比，新签约净增12个：新增14个，撤销2个；
    /// 新开工无变化。`, or `与5月31日相比，无变化。`. The year is named when the two differ in it.
    pub fn sentence(&self, before: NaiveDate, after: NaiveDate) -> String {
        let day = format!("{}月{}日", before.month(), before.day());
        let since = if before.year() == after.year() { day } else { format!("{}年{day}", before.year()) };
        if self.is_empty() {
            return format!("与{since}相比，无变化。");
        }
        let clauses: Vec<String> = self.totals.iter().map(|(metric, totals)| totals.clause(*metric)).collect();
        format!("与{since}相比，{}。", clauses.join("；"))
    }
}

impl Totals {
    /// One metric's part of the sentence, without its stop: `新签约净增12个：新增14个，撤销2个`.
    pub fn clause(&self, metric: Metric) -> String {
        let name = metric.name().trim_end_matches("项目");
        let parts = self.parts(metric);
        if parts.is_empty() {
            return format!("{name}无变化");
        }
        let net = match metric {
            Metric::FixedAssets => net_words(self.yuan_after - self.yuan_before, "投资额不变", money::in_words),
            _ => net_words(self.after - self.before, "总数不变", in_projects),
        };
        format!("{name}{net}：{}", parts.join("，"))
    }

    fn parts(&self, metric: Metric) -> Vec<String> {
        let counts = [
            ("新增", self.entered),
            ("移出", self.left),
            ("撤销", self.revoked),
            ("调整载体单位", self.carrier_moved),
            ("调整产业链", self.chain_moved),
        ];
        let mut parts: Vec<String> =
            counts.into_iter().filter(|(_, count)| *count > 0).map(|(word, count)| format!("{word}{}", in_projects(count))).collect();
        if self.amount_changed > 0 {
            let word = if metric == Metric::FixedAssets { "投资额变动" } else { "协议投资额更正" };
            let net = net_words(self.yuan_revalued, "合计不变", money::in_words);
            parts.push(format!("{word}{}（{net}）", in_projects(self.amount_changed)));
        }
        parts
    }
}

fn in_projects(count: i64) -> String {
    format!("{}个", print_count(count))
}

fn net_words(net: i64, even: &str, print: impl Fn(i64) -> String) -> String {
    match net {
        0 => even.to_owned(),
        1.. => format!("净增{}", print(net)),
        _ => format!("净减{}", print(net.saturating_neg())),
    }
}
