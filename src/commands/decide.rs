//! `qunlian decide`: a person's word on a project's chain or region, which wins over every rule.

use chrono::Utc;
use qunlian_registry::{NewOverride, Override, OverrideBooks, OverrideField};

use crate::cli::Decide;
use crate::exit::Unusable;
use crate::terminal::{print, say};
use crate::workspace::{Workspace, business_day};

pub fn run(args: &Decide) -> anyhow::Result<()> {
    let workspace = Workspace::existing(&args.folder.data)?;
    if let Some(number) = args.revoke {
        let by = required(args.by.as_deref(), "--by", "name who revokes it")?;
        if !workspace.store.revoke_override(number, by, Utc::now())? {
            return Err(Unusable::new(format!("no decision {number} is in force"), "list them with `qunlian decide --data DIR`"));
        }
        return Ok(print(&format!("revoked\t{number}"))?);
    }
    let Some(project) = &args.project else {
        return list(&workspace.store.overrides()?);
    };
    let (field, value) = match (&args.chain, &args.region) {
        (Some(chain), None) => (OverrideField::Chain, chain),
        (None, Some(region)) => (OverrideField::Region, region),
        _ => return list(&workspace.store.overrides_of(project)?),
    };
    check_value(&workspace, field, value)?;
    let recorded = workspace.store.set_override(&NewOverride {
        project_id: project.clone(),
        field,
        value: value.clone(),
        reason: required(args.reason.as_deref(), "--reason", "say why: it is shown with the figure")?.to_owned(),
        decided_by: required(args.by.as_deref(), "--by", "name who decided")?.to_owned(),
        decided_on: business_day(args.on),
        now: Utc::now(),
    })?;
    say("next: `qunlian run build_lake` publishes it");
    list(&[recorded])
}

fn required<'a>(value: Option<&'a str>, name: &str, hint: &str) -> anyhow::Result<&'a str> {
    value.filter(|text| !text.trim().is_empty()).ok_or_else(|| Unusable::new(format!("{name} is missing"), hint))
}

fn check_value(workspace: &Workspace, field: OverrideField, value: &str) -> anyhow::Result<()> {
    let rules = &workspace.loaded.rules;
    let known = match field {
        OverrideField::Chain => {
            let (chain, segment) = value.split_once('/').unwrap_or((value, ""));
            let found = rules.city.chains.chain(chain);
            found.is_some_and(|found| segment.is_empty() || found.segments.iter().any(|known| known.id == segment))
        }
        OverrideField::Region => {
            let clues = qunlian_domain::region::RegionClues { supplied: value, ..Default::default() };
            rules.regions.classify(&clues).kind != qunlian_domain::region::RegionKind::Unknown
        }
    };
    if known {
        return Ok(());
    }
    Err(Unusable::new(
        format!("{value:?} is not known"),
        "chains are ids of chains.toml (such as lv-ji or lv-ji/segment), regions are division codes or country codes",
    ))
}

fn list(decisions: &[Override]) -> anyhow::Result<()> {
    for decision in decisions {
        let state = decision.revoked_at.map_or("in force", |_| "revoked");
        print(&format!(
            "{}\t{}\t{}\t{}\t{}\t{}\tby {}\t{}",
            decision.id,
            decision.project_id,
            decision.field.id(),
            decision.value,
            decision.decided_on,
            state,
            decision.decided_by,
            decision.reason
        ))?;
    }
    Ok(())
}
