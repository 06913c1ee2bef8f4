//! The demonstration's books (示例办件): sample filings go through the very steps of real ones, day by day.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Utc, Weekday};
use chrono_tz::Asia::Shanghai;
use qunlian_domain::access::RowScope;
use qunlian_domain::audit::Via;
use qunlian_domain::filing::{Asked, Values, check};
use qunlian_domain::project::stage_order;
use qunlian_jobs::desk;
use qunlian_registry::{AccountBooks, Claim, Doer, FilingBooks, FilingFilter, NewFiling, NewObjection, Step, Store, Typed};
use qunlian_sample::filings::{COMMON, FILINGS, Move, SampleFiling};

use crate::workspace::Workspace;

/// Files and moves everything up to and including the day `until`, once: books that hold a filing stay as they are.
pub fn fill(workspace: &Workspace, until: NaiveDate) -> anyhow::Result<()> {
    let books = workspace.store.as_ref();
    let any = FilingFilter { scope: RowScope::City, deleted: true, ..FilingFilter::default() };
    if books.count_filings(&any)? > 0 {
        return Ok(());
    }
    let moves = |filing: &SampleFiling| filing.moves.iter().map(|(day, _)| day.parse::<NaiveDate>()).collect::<Result<Vec<_>, _>>();
    let mut days = BTreeMap::new();
    for (place, filing) in FILINGS.iter().enumerate() {
        let days_of = moves(filing)?;
        days.insert(place, days_of.first().copied().unwrap_or(until));
    }
    let first = days.values().min().copied().unwrap_or(until);
    let mut claims: BTreeMap<usize, i64> = BTreeMap::new();
    for today in first.iter_days().take_while(|day| *day <= until) {
        let morning = at(today, 8)?;
        if today.weekday() == Weekday::Mon {
            desk::notice::publish(books, &workspace.loaded.rules, morning, today, morning)?;
        }
        desk::recognise::run(books, workspace.loaded.rules.city.procedure.notice_days, today, morning)?;
        for (place, filing) in FILINGS.iter().enumerate() {
            if days.get(&place) == Some(&today) {
                claims.insert(place, open(workspace, filing, today)?);
            }
            let Some(claim) = claims.get(&place) else { continue };
            for (_, step) in filing.moves.iter().filter(|(day, _)| day.parse() == Ok(today)) {
                take(workspace, filing, *claim, *step, today)?;
            }
        }
    }
    Ok(())
}

fn at(day: NaiveDate, hour: u32) -> anyhow::Result<DateTime<Utc>> {
    let local = day.and_hms_opt(hour, 0, 0).context("an hour of the day")?;
    Shanghai.from_local_datetime(&local).earliest().map(|at| at.to_utc()).context("a time of Shanghai")
}

fn doer(workspace: &Workspace, part: &str, today: NaiveDate) -> anyhow::Result<Doer> {
    let name = format!("demo-{part}");
    let account = workspace.store.account_named(&name)?.ok_or_else(|| anyhow!("the demonstration has no account {name}"))?;
    Ok(Doer { account: Some(account.id), name, via: Via::Demo, now: at(today, 10)?, today })
}

fn typed(filing: &SampleFiling) -> Typed {
    let stage = [("stage", filing.stage)];
    let pairs = COMMON.iter().chain(filing.typed).chain(&stage);
    pairs.map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect()
}

fn open(workspace: &Workspace, filing: &SampleFiling, today: NaiveDate) -> anyhow::Result<i64> {
    let new = NewFiling {
        carrier_id: filing.carrier.to_owned(),
        stage: stage_order(filing.stage).unwrap_or_default(),
        typed: typed(filing),
        once: None,
        by: doer(workspace, &format!("clerk-{}", filing.carrier), today)?,
    };
    Ok(workspace.store.open_filing(&new)?.claim.id)
}

fn take(workspace: &Workspace, filing: &SampleFiling, id: i64, step: Move, today: NaiveDate) -> anyhow::Result<()> {
    let books = workspace.store.as_ref();
    let claim = books.find_claim(id)?.context("a claim that was just opened")?;
    let procedure = &workspace.loaded.rules.city.procedure;
    let way = procedure.way(claim.matter, claim.confidential);
    let reviewer = || doer(workspace, "reviewer-1", today);
    match step {
        Move::Submit => {
            let values = values(workspace, filing, today)?;
            let by = doer(workspace, &format!("clerk-{}", filing.carrier), today)?;
            books.step(id, &Step::Submit { typed: typed(filing), values, way }, &by)?;
        }
        Move::Return { field, remark } => {
            let remarks = BTreeMap::from([(field.to_owned(), remark.to_owned())]);
            let contact = procedure.contact.phone.clone();
            books.step(id, &Step::Return { remarks, contact, way }, &reviewer()?)?;
        }
        Move::Approve => {
            books.step(id, &Step::Approve { remark: String::new(), way }, &reviewer()?)?;
        }
        Move::Object { reason } => object(books, &claim, reason, way, today)?,
    }
    Ok(())
}

fn values(workspace: &Workspace, filing: &SampleFiling, today: NaiveDate) -> anyhow::Result<Values> {
    let city = &workspace.loaded.rules.city;
    let stage = stage_order(filing.stage).unwrap_or_default();
    let checked = check(&Asked::of_project(city, stage, &Values::default(), today), &typed(filing));
    match checked.faults.first() {
        None => Ok(checked.values),
        Some(fault) => Err(anyhow!("the sample filing of {}: {}: {}", filing.carrier, fault.field, fault.problem)),
    }
}

fn object(books: &dyn Store, claim: &Claim, reason: &str, way: qunlian_domain::claim::Way, today: NaiveDate) -> anyhow::Result<()> {
    let notice = claim.notice.clone().context("a claim in a notice")?;
    let new = NewObjection {
        notice,
        claim: claim.id,
        reason: reason.to_owned(),
        objector: "示*".to_owned(),
        contact_masked: "139****1234".to_owned(),
        way,
    };
    let by = Doer { account: None, name: "public".to_owned(), via: Via::Public, now: at(today, 11)?, today };
    books.object(&new, &by)?;
    Ok(())
}
