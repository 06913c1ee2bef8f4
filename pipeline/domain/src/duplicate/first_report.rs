//! Who reported a project first (首报负责): the earliest report wins while its lead is alive.

use chrono::{Days, NaiveDate};

/// One carrier's report of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report<'r> {
    pub carrier_id: &'r str,
    pub reported_on: NaiveDate,
    /// Day of the latest progress before anybody else reported; the day of the report when there was none.
    pub progress_on: NaiveDate,
}

/// Who holds the lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstReport<'r> {
    /// Nobody has reported.
    Nobody,
    Held(Report<'r>),
    /// Several carriers on one day: the center arbitrates (仲裁).
    Disputed(Vec<Report<'r>>),
}

/// Decides from all reports of one project, in any order. A lead without progress for more than `validity_days`
/// calendar days before the next report has lapsed: that report then takes its place.
pub fn first_report<'r>(reports: &[Report<'r>], validity_days: u32) -> FirstReport<'r> {
    let mut ordered = reports.to_vec();
    ordered.sort_by(|left, right| (left.reported_on, left.carrier_id).cmp(&(right.reported_on, right.carrier_id)));
    ordered.dedup_by(|later, earlier| later.carrier_id == earlier.carrier_id && later.reported_on == earlier.reported_on);
    let mut holders: Vec<Report<'r>> = Vec::new();
    for report in ordered {
        let Some(first) = holders.first() else {
            holders.push(report);
            continue;
        };
        if report.reported_on == first.reported_on {
            holders.push(report);
            continue;
        }
        if holders.iter().all(|holder| lapsed(holder, report.reported_on, validity_days)) {
            holders = vec![report];
        }
    }
    match holders.as_slice() {
        [] => FirstReport::Nobody,
        [only] => FirstReport::Held(*only),
        _ => FirstReport::Disputed(holders),
    }
}

fn lapsed(report: &Report<'_>, on: NaiveDate, validity_days: u32) -> bool {
    let alive_from = report.progress_on.max(report.reported_on);
    alive_from.checked_add_days(Days::new(u64::from(validity_days))).is_some_and(|last| on > last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(carrier_id: &'static str, reported: &str, progress: &str) -> Report<'static> {
        Report { carrier_id, reported_on: reported.parse().unwrap(), progress_on: progress.parse().unwrap() }
    }

    #[test]
    fn the_earliest_living_lead_wins() {
        let suixi = report("suixi", "2022-03-01", "2022-03-01");
        let duji = report("duji", "2022-04-01", "2022-04-01");
        assert_eq!(first_report(&[], 180), FirstReport::Nobody);
        assert_eq!(first_report(&[duji, suixi], 180), FirstReport::Held(suixi));
        let late = report("duji", "2022-08-29", "2022-08-29");
        assert_eq!(first_report(&[suixi, late], 180), FirstReport::Held(late), "181 days without progress");
        let in_time = report("duji", "2022-08-28", "2022-08-28");
        assert_eq!(first_report(&[suixi, in_time], 180), FirstReport::Held(suixi), "180 days");
        let tended = report("suixi", "2022-03-01", "2022-06-01");
        assert_eq!(first_report(&[tended, late], 180), FirstReport::Held(tended), "progress keeps a lead alive");
    }

    #[test]
    fn one_day_is_a_dispute_between_carriers_only() {
        let suixi = report("suixi", "2022-03-01", "2022-03-01");
        let duji = report("duji", "2022-03-01", "2022-03-01");
        assert_eq!(first_report(&[suixi, duji], 180), FirstReport::Disputed(vec![duji, suixi]));
        assert_eq!(first_report(&[suixi, suixi], 180), FirstReport::Held(suixi));
    }
}
