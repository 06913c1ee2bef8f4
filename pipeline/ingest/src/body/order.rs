//! Whether a row's dates can all be true (日期先后): order of milestones, and nothing from the future.

use chrono::NaiveDate;
use qunlian_domain::period::PartialDate;

use crate::field::Field;
use crate::problem::Problem;

/// Pairs that life puts in this order.
const BEFORE: [(Field, Field); 6] = [
    (Field::SignedOn, Field::StartedOn),
    (Field::StartedOn, Field::CompletedOn),
    (Field::SignedOn, Field::CompletedOn),
    (Field::StartedOn, Field::InProductionOn),
    (Field::CompletedOn, Field::AtCapacityOn),
    (Field::InProductionOn, Field::AtCapacityOn),
];

/// A doubt about one milestone of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The later milestone of the pair, or the one that has not come.
    pub field: Field,
    pub problem: Problem,
    pub detail: String,
}

/// Checks the milestones of a row, in the order of [`Field::MILESTONES`]. A partial date is doubted only
/// when no day that it may mean would do.
pub fn doubts(dates: &[Option<PartialDate>; 7], reported_on: NaiveDate) -> Vec<Doubt> {
    let mut doubts: Vec<Doubt> = Vec::new();
    for (field, date) in Field::MILESTONES.into_iter().zip(dates) {
        if let Some(date) = date
            && date.first > reported_on
        {
            doubts.push(Doubt { field, problem: Problem::DateInFuture, detail: format!("截至日期为 {reported_on}") });
        }
    }
    for (early, late) in BEFORE {
        let (Some(first), Some(second)) = (of(dates, early), of(dates, late)) else { continue };
        let doubted = doubts.iter().any(|doubt| doubt.field == late && doubt.problem == Problem::OrderOfDates);
        if second.last() < first.first && !doubted {
            let detail = format!("{} {} 早于{} {}", late.name(), second.first, early.name(), first.first);
            doubts.push(Doubt { field: late, problem: Problem::OrderOfDates, detail });
        }
    }
    doubts
}

fn of(dates: &[Option<PartialDate>; 7], field: Field) -> Option<PartialDate> {
    dates[field as usize - Field::SignedOn as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use qunlian_domain::period::{NumericOrder, parse};

    fn check(dates: [&str; 7], expect: &[(Field, Problem)]) {
        let parsed = dates.map(|text| parse(text, NumericOrder::default()).unwrap());
        let found: Vec<_> = doubts(&parsed, "2022-05-31".parse().unwrap()).into_iter().map(|doubt| (doubt.field, doubt.problem)).collect();
        assert_eq!(found, expect, "{dates:?}");
    }

    #[test]
    fn dates_out_of_order_and_in_the_future() {
        check(["2022-03-05", "", "2022-04-01", "", "", "", ""], &[]);
        check(["2022-03-05", "", "2022-02-01", "", "", "", ""], &[(Field::StartedOn, Problem::OrderOfDates)]);
        check(["2022-03-05", "", "", "", "2022-02-01", "", ""], &[(Field::CompletedOn, Problem::OrderOfDates)]);
        check(["2022-03-05", "", "2022-04-05", "", "2022-02-01", "", ""], &[(Field::CompletedOn, Problem::OrderOfDates)]);
        check(["2022-06-05", "", "", "", "", "", ""], &[(Field::SignedOn, Problem::DateInFuture)]);
        // March may mean any day of March.
        check(["2022-03-05", "", "2022.3", "", "", "", ""], &[]);
        check(["2022-03-05", "", "2022", "", "", "", ""], &[]);
        check(["2022-03-05", "", "2022.2", "", "", "", ""], &[(Field::StartedOn, Problem::OrderOfDates)]);
    }
}
