//! What peers gave (互评): the mean of each class of raters by its share.

use super::super::rules::{Indicator, RaterClass};
use super::super::sheet::Evidence;
use super::super::words;
use super::{Desk, Scored};

impl Desk<'_> {
    /// A class in which nobody rated leaves its share to the others; without any rating it is not scored.
    pub(super) fn rated(&self, indicator: &Indicator, full: f64, classes: &[RaterClass], carrier: &str) -> Scored {
        let ratings = self.index.ratings(carrier, &indicator.id);
        let mut means: Vec<(&str, f64, f64)> = Vec::new();
        let mut silent: Vec<&str> = Vec::new();
        for class in classes {
            let Some(group) = self.level.groups.iter().find(|group| group.id == class.group) else { continue };
            let given = ratings.iter().filter(|rating| group.members.contains(&rating.rater_id)).map(|rating| rating.points);
            let (count, sum) = given.fold((0u32, 0.0), |(count, sum), points| (count + 1, sum + points));
            if count > 0 {
                means.push((&group.name, sum / f64::from(count), class.percent));
            } else {
                silent.push(&group.name);
            }
        }
        let shares: f64 = means.iter().map(|(_, _, percent)| percent).sum();
        if means.is_empty() || shares <= 0.0 {
            return Scored {
                points: None, text: format!("{} 无评分，{}", indicator.name, self.unscored(indicator)), evidence: Vec::new()
            };
        }
        let mean = means.iter().map(|(_, mean, percent)| mean * percent).sum::<f64>() / shares;
        let points = mean / full * indicator.weight;
        let print = |value: f64| crate::figures::print(Some(value), self.decimals);
        let parts = means.iter().map(|(name, mean, percent)| format!("{name}均分{} × {}%", print(*mean), words::number(*percent)));
        let parts = parts.collect::<Vec<String>>().join(" + ");
        let rescaled =
            if silent.is_empty() { String::new() } else { format!("，{}未评分，其权重由其余折算", silent.join("、")) };
        let text = format!(
            "{} {parts}{rescaled} = {} → {}/{} × {}分 = {}",
            indicator.name,
            print(mean),
            print(mean),
            words::number(full),
            words::number(indicator.weight),
            self.points(points)
        );
        let evidence = ratings.iter().map(|rating| Evidence::of_rating(rating)).collect();
        Scored { points: Some(points), text, evidence }
    }
}
