//! `qunlian account`: the first accounts and forgotten passwords, on the console of the host.

use anyhow::Context;
use chrono::Utc;
use qunlian_domain::access::Role;
use qunlian_domain::audit::AuditAction;
use qunlian_registry::secret::{Argon2id, Passwords, new_password};
use qunlian_registry::{AccountBooks, FirstAccount};
use serde_json::json;

use crate::cli::{Account, AccountCommand, AccountInit, AccountReset, InFolder};
use crate::console_log;
use crate::exit::Unusable;
use crate::terminal::{print, say};
use crate::workspace::Workspace;

pub fn run(args: &Account) -> anyhow::Result<()> {
    match &args.command {
        AccountCommand::Init(args) => init(args),
        AccountCommand::Reset(args) => reset(args),
        AccountCommand::List(args) => list(args),
    }
}

/// The three administrators, with passwords that are shown once and must be changed at the first login.
fn init(args: &AccountInit) -> anyhow::Result<()> {
    let workspace = Workspace::open(&args.folder.data)?;
    let three =
        [(&args.system, Role::SystemAdministrator), (&args.security, Role::SecurityAdministrator), (&args.audit, Role::AuditAdministrator)];
    let mut first = Vec::new();
    let mut shown = Vec::new();
    for (name, role) in three {
        let password = new_password().context("draw a password")?;
        let hash = Argon2id.hash(&password).context("hash a password")?;
        first.push(FirstAccount { name: name.clone(), person: role.name().to_owned(), hash, role });
        shown.push(format!("{}\t{name}\t{password}", role.name()));
    }
    let opened = workspace.store.open_first_accounts(&first, console_log::ACTOR, Utc::now());
    opened.map_err(|error| Unusable::new(error.to_string(), "accounts exist already: reset a password with `qunlian account reset`"))?;
    for account in &first {
        let known = workspace.store.account_named(&account.name)?.context("an account that was just opened")?;
        workspace.store.set_password(known.id, &account.hash, true, Utc::now())?;
    }
    say("these passwords are shown once; each must be changed at the first login");
    shown.iter().try_for_each(|line| print(line))?;
    Ok(())
}

/// A new password for an account whose owner forgot it, shown once.
fn reset(args: &AccountReset) -> anyhow::Result<()> {
    let workspace = Workspace::existing(&args.folder.data)?;
    let account = workspace.store.account_named(&args.name)?;
    let account = account
        .ok_or_else(|| Unusable::new(format!("there is no account {:?}", args.name), "list them with `qunlian account list --data DIR`"))?;
    let password = new_password().context("draw a password")?;
    let hash = Argon2id.hash(&password).context("hash a password")?;
    workspace.store.set_password(account.id, &hash, true, Utc::now())?;
    console_log::record(workspace.store.as_ref(), AuditAction::PasswordReset, &account.name, json!({}))?;
    say("this password is shown once and must be changed at the next login");
    Ok(print(&format!("{}\t{password}", account.name))?)
}

fn list(args: &InFolder) -> anyhow::Result<()> {
    let workspace = Workspace::existing(&args.data)?;
    for account in workspace.store.accounts()? {
        let roles: Vec<&str> = account.grants.iter().map(|grant| grant.role.name()).collect();
        let state = if account.disabled_at.is_some() { "closed" } else { "open" };
        print(&format!("{}\t{}\t{}\t{state}", account.name, account.person, roles.join("、")))?;
    }
    Ok(())
}
