//! The Monday notice (周一公示): which week a slot publishes, what the public sees of each approval, once per week.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use chrono_tz::Asia::Shanghai;
use qunlian_domain::access::RowScope;
use qunlian_domain::chain::ChainScratch;
use qunlian_domain::claim::State;
use qunlian_domain::filing::Values;
use qunlian_domain::notice::{LATE_WORD, Week, entry_of, week_for_slot};
use qunlian_domain::rules::Rules;
use qunlian_registry::{Claim, ClaimFilter, NewNotice, Notice, NoticeFace, RegistryError, Store};
use serde_json::{Value, json};

use crate::list::monday_notice::NAME;

/// Hour of a Monday at which notices are due.
const HOUR: u32 = 8;

/// What a run came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Published(Notice),
    /// It stood already, from a run before this one.
    Stands(Notice),
    /// The week had no approval that needs a notice.
    Empty(Week),
}

/// An approved claim with the facts of its project.
#[derive(Debug, Clone, PartialEq)]
pub struct Approved {
    pub claim: Claim,
    pub facts: Values,
}

/// Publishes the notice of a slot, unless it stands.
pub fn publish(
    books: &dyn Store,
    rules: &Rules,
    slot: DateTime<Utc>,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Outcome, RegistryError> {
    let week = week_of(slot, today);
    if let Some(stands) = books.notice(&week.to_string())? {
        return Ok(Outcome::Stands(stands));
    }
    let plan = plan_notice(week, today, rules, &approved(books, week)?);
    if plan.faces.is_empty() {
        return Ok(Outcome::Empty(week));
    }
    let published = books.publish_notice(&plan, &super::doer(NAME, today, now))?;
    Ok(published.map_or(Outcome::Empty(week), Outcome::Published))
}

/// The week whose approvals a slot publishes. A slot of the schedule belongs to its own Monday, however late it runs;
/// whatever was ordered outside the schedule publishes what is due by the business day.
pub fn week_of(slot: DateTime<Utc>, today: NaiveDate) -> Week {
    let local = slot.with_timezone(&Shanghai);
    let day = local.date_naive();
    let is_scheduled = Week::of(day).monday() == day && NaiveTime::from_hms_opt(HOUR, 0, 0) == local.time().with_nanosecond(0);
    week_for_slot(if is_scheduled && day <= today { day } else { today })
}

/// The notice of a week: a face for each approval of it that needs a notice and is no secret.
pub fn plan_notice(week: Week, today: NaiveDate, rules: &Rules, approved: &[Approved]) -> NewNotice {
    let mut scratch = ChainScratch::new();
    let mut faces = BTreeMap::new();
    for Approved { claim, facts } in approved {
        if !belongs(claim, week) {
            continue;
        }
        let entry = entry_of(rules, &claim.carrier_id, facts, claim.confidential, today, &mut scratch);
        let face = entry.map(|entry| NoticeFace {
            carrier: entry.carrier,
            project: entry.project,
            matter: claim.matter.name(),
            scale: entry.scale,
            chain: entry.chain,
        });
        faces.extend(face.map(|face| (claim.id, face)));
    }
    NewNotice {
        id: week.to_string(),
        from: week.monday(),
        until: week.sunday(),
        slot: week.published_on(),
        notice_days: rules.city.procedure.notice_days,
        faces,
    }
}

fn belongs(claim: &Claim, week: Week) -> bool {
    claim.standing.state == State::Approved && claim.matter.needs_notice() && claim.decided_on.is_some_and(|day| week.holds(day))
}

/// What was approved in a week and waits for its notice.
fn approved(books: &dyn Store, week: Week) -> Result<Vec<Approved>, RegistryError> {
    let filter = ClaimFilter { scope: RowScope::City, states: vec![State::Approved], limit: usize::MAX >> 1, ..ClaimFilter::default() };
    let mut approved = Vec::new();
    for claim in books.claims(&filter)?.into_iter().filter(|claim| belongs(claim, week)) {
        let facts = books.filing(claim.filing)?.map(|filing| filing.facts).unwrap_or_default().with(&claim.values);
        approved.push(Approved { claim, facts });
    }
    Ok(approved)
}

/// What the run says of itself. `published` decides about what follows; `quiet` means that nothing has changed.
pub fn report(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Published(notice) => {
            let late = if notice.late { format!("（{LATE_WORD}）") } else { String::new() };
            let words = format!("{} 公示 {} 项{late}", notice.id, notice.items.len());
            json!({"message": words, "notice": notice.id, "published": notice.items.len(), "late": notice.late, "quiet": false})
        }
        Outcome::Stands(notice) => {
            let words = format!("{} 已于 {} 公示", notice.id, notice.published_on);
            json!({"message": words, "notice": notice.id, "published": 0, "quiet": true})
        }
        Outcome::Empty(week) => {
            json!({"message": format!("{week} 没有需要公示的事项"), "notice": week.to_string(), "published": 0, "quiet": true})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_slot_keeps_its_week_and_an_order_takes_the_business_days() {
        let check = |slot: &str, today: &str, week: &str| {
            let slot: DateTime<Utc> = slot.parse().unwrap();
            assert_eq!(week_of(slot, today.parse().unwrap()).to_string(), week, "{slot} on {today}");
        };
        check("2022-06-06T00:00:00Z", "2022-06-06", "2022-W22");
        check("2022-06-06T00:00:00Z", "2022-06-29", "2022-W22");
        // Ordered by hand, at a moment of the system's clock.
        check("2026-11-26T07:12:33.004Z", "2022-06-08", "2022-W22");
        check("2022-06-08T07:12:33.004Z", "2022-06-08", "2022-W22");
        // A Monday at 08:00 that has not come yet by the business day.
        check("2026-11-23T00:00:00Z", "2022-06-08", "2022-W22");
    }
}
