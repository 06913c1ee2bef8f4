//! Logging in (登录): an account's name, and one of its API tokens proved by SCRAM-SHA-256.
//!
//! Names that exist and names that do not are treated alike: the same questions, salts of the same making, the same writes.

use std::net::IpAddr;
use std::sync::Arc;

use pgwire::messages::startup::Authentication;
use qunlian_domain::audit::AuditAction;
use qunlian_doors::Visitor;
use qunlian_registry::scram::{ITERATIONS, ScramKeys, salt_of};
use qunlian_registry::secret::new_secret;
use qunlian_registry::{Account, Token};

use crate::door::Door;
use crate::fault::Fault;
use crate::frontend::{self, Message};
use crate::reader::{blocking, broken, denied};
use crate::scram::{Exchange, MECHANISM};
use crate::wire::Wire;

/// Login names are no longer than this.
const LONGEST_NAME: usize = 40;

/// What a name stands for.
struct Found {
    account: Option<Account>,
    tokens: Vec<(Token, ScramKeys)>,
    salt: [u8; 16],
    is_locked: bool,
}

/// Asks for a proof and gives whoever gave it.
///
/// # Errors
/// Wrong name, wrong or old token, locked, closed: nobody learns which.
pub(crate) async fn log_in(wire: &mut Wire, door: &Arc<Door>, name: &str, address: IpAddr) -> Result<Visitor, Fault> {
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Err(refused());
    }
    if door.keeper.tries.is_slowed(address, door.keeper.now()) {
        return Err(Fault::fatal("53300", "失败次数过多").hint("请 15 分钟后再试"));
    }
    let found = {
        let (door, name) = (Arc::clone(door), name.to_owned());
        blocking(move || look_up(&door, &name)).await?
    };
    wire.put(&Authentication::SASL(vec![MECHANISM.to_owned()]))?;
    wire.flush().await?;
    let (mechanism, words) = frontend::sasl_first(&proof(wire).await?)?;
    if mechanism != MECHANISM {
        return Err(Fault::fatal("28000", format!("只支持 {MECHANISM} 登录")));
    }
    let nonce = new_secret().map_err(|error| Fault::internal(&error))?;
    let exchange = Exchange::begin(&words, &nonce, &found.salt, ITERATIONS)?;
    wire.put(&Authentication::SASLContinue(exchange.challenge().as_bytes().to_vec().into()))?;
    wire.flush().await?;
    let words = proof(wire).await?;
    let keys: Vec<ScramKeys> = found.tokens.iter().map(|(_, keys)| *keys).collect();
    let proved = exchange.finish(&words, &keys)?.filter(|_| !found.is_locked);
    let (door, name) = (Arc::clone(door), name.to_owned());
    let (reader, signature) = blocking(move || decide(&door, &name, address, found, proved)).await?;
    wire.put(&Authentication::SASLFinal(signature.into_bytes().into()))?;
    wire.put(&Authentication::Ok)?;
    Ok(reader)
}

async fn proof(wire: &mut Wire) -> Result<Vec<u8>, Fault> {
    match wire.message().await? {
        Message::Password(words) => Ok(words),
        _ => Err(Fault::fatal("08P01", "请先登录")),
    }
}

fn look_up(door: &Door, name: &str) -> Result<Found, Fault> {
    let (books, now) = (door.keeper.books(), door.keeper.now());
    let account = books.account_named(name).map_err(broken)?;
    let failures = account.as_ref().map_or_else(|| door.keeper.tries.of_unknown(name), |account| account.failures);
    let open = account.as_ref().filter(|account| account.disabled_at.is_none());
    // An account that does not exist is looked up as well, and has no tokens.
    let tokens = books.scram_tokens(open.map_or(-1, |account| account.id), now).map_err(broken)?;
    let tokens = tokens.into_iter().filter(|(_, keys)| keys.iterations == ITERATIONS).collect();
    let salt = salt_of(books, name, now).map_err(broken)?;
    Ok(Found { is_locked: failures.locked_until(door.keeper.limits(), now).is_some(), account, tokens, salt })
}

/// Writes down what came of the try.
fn decide(door: &Door, name: &str, address: IpAddr, found: Found, proved: Option<(usize, String)>) -> Result<(Visitor, String), Fault> {
    let Found { account, tokens, is_locked, .. } = found;
    if let (Some(account), Some((at, signature))) = (&account, proved)
        && let Some((token, _)) = tokens.get(at)
    {
        // Without the right there is nothing to log in for.
        door.keeper.asker_of(account).map_err(denied)?;
        if account.failures.count > 0 {
            door.keeper.books().forget_failures(account.id).map_err(broken)?;
        }
        let reader = Visitor { account: account.id, name: account.name.clone(), token: token.id, address };
        door.keeper.record_login(&reader).map_err(denied)?;
        return Ok((reader, signature));
    }
    if !is_locked {
        note_failure(door, name, address, account.as_ref())?;
    }
    Err(refused())
}

fn note_failure(door: &Door, name: &str, address: IpAddr, account: Option<&Account>) -> Result<(), Fault> {
    let (books, limits, now) = (door.keeper.books(), door.keeper.limits(), door.keeper.now());
    door.keeper.tries.note_address(address, now);
    let failures = match account {
        Some(account) => books.record_failure(account.id, limits, now).map_err(broken)?,
        None => {
            // One write to the disk here as well: its time would tell the names apart.
            books.put_time("login_of_unknown", now, now).map_err(broken)?;
            door.keeper.tries.note_unknown(name, limits, now)
        }
    };
    let action = if failures.count == limits.tries { AuditAction::Locked } else { AuditAction::LoginFailed };
    door.keeper.record_failure(action, name, address, failures.count, account.is_some()).map_err(denied)
}

fn refused() -> Fault {
    Fault::fatal("28P01", "用户名或令牌不正确")
        .hint("用户名为登录名，密码为范围含“自助查询”的接口令牌；PostgreSQL 接口启用前生成的令牌请重新申请")
}
