//! Before every call (门禁): whose token it carries and what its owner may now, found out before the call's message is read.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use qunlian_domain::audit::AuditAction;
use qunlian_doors::Visitor;
use qunlian_queries::Asker;
use qunlian_registry::secret::key_of;
use tonic::body::Body;
use tonic::codegen::http::header::AUTHORIZATION;
use tonic::codegen::http::{HeaderMap, Request, Response};
use tonic::{Code, Status};
use tower::{Layer, Service};

use crate::connection::Visit;
use crate::door::Door;
use crate::fault;

/// Secrets are 64 characters; longer ones are not looked up.
const LONGEST_SECRET: usize = 128;
/// Characters of an `authorization` line: a name and a secret in base64.
const LONGEST_LINE: usize = 400;

/// Whoever calls, and what they may at this moment.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub visitor: Visitor,
    pub asker: Asker,
}

/// A token as it was shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub secret: String,
    /// The login name, where a client can only send name and password.
    pub name: Option<String>,
}

impl Shown {
    /// `Bearer TOKEN`, or `Basic` with a login name and the token as its password.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let line = headers.get(AUTHORIZATION)?.to_str().ok().filter(|line| line.len() <= LONGEST_LINE)?;
        let (scheme, word) = line.split_once(' ')?;
        let shown = if scheme.eq_ignore_ascii_case("bearer") {
            Self { secret: word.trim().to_owned(), name: None }
        } else if scheme.eq_ignore_ascii_case("basic") {
            // Go's clients leave the padding out.
            let bytes = BASE64_STANDARD_NO_PAD.decode(word.trim().trim_end_matches('=')).ok()?;
            let text = String::from_utf8(bytes).ok()?;
            let (name, secret) = text.split_once(':')?;
            Self { secret: secret.to_owned(), name: Some(name.to_owned()) }
        } else {
            return None;
        };
        Some(shown).filter(|shown| !shown.secret.is_empty() && shown.secret.len() <= LONGEST_SECRET)
    }
}

/// Lets calls in.
#[derive(Clone)]
pub(crate) struct Guards(pub Arc<Door>);

/// A service behind its guard.
#[derive(Clone)]
pub(crate) struct Guard<S> {
    door: Arc<Door>,
    behind: S,
}

impl<S> Layer<S> for Guards {
    type Service = Guard<S>;

    fn layer(&self, behind: S) -> Guard<S> {
        Guard { door: Arc::clone(&self.0), behind }
    }
}

impl<S> Service<Request<Body>> for Guard<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.behind.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // The one that is ready answers; its clone is got ready for the next.
        let clone = self.behind.clone();
        let (mut behind, door) = (std::mem::replace(&mut self.behind, clone), Arc::clone(&self.door));
        Box::pin(async move {
            let visit = request.extensions().get::<Arc<Visit>>().cloned();
            match admitted(door, visit, Shown::of(request.headers())).await {
                Ok(reader) => {
                    request.extensions_mut().insert(reader);
                    behind.call(request).await
                }
                Err(status) => Ok(status.into_http()),
            }
        })
    }
}

async fn admitted(door: Arc<Door>, visit: Option<Arc<Visit>>, shown: Option<Shown>) -> Result<Reader, Status> {
    let visit = visit.ok_or_else(|| fault::internal(&"a call without its connection"))?;
    let shown = shown.ok_or_else(refused)?;
    blocking(move || look_up(&door, &visit, &shown)).await
}

/// Does what blocks on the books beside the server's threads.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Status> + Send + 'static) -> Result<T, Status> {
    tokio::task::spawn_blocking(work).await.map_err(|error| fault::internal(&error))?
}

fn look_up(door: &Door, visit: &Visit, shown: &Shown) -> Result<Reader, Status> {
    let keeper = &door.keeper;
    if keeper.tries.is_slowed(visit.address, keeper.now()) {
        return Err(fault::said(Code::ResourceExhausted, "失败次数过多", "请 15 分钟后再试"));
    }
    let token = keeper.books().token(&key_of(&shown.secret)).map_err(|error| fault::internal(&error))?;
    let Some(token) = token else { return Err(noted(door, visit.address, shown)) };
    keeper.require_alive(Some(&token)).map_err(|denied| fault::denied(&denied))?;
    let account = keeper.open_account(token.account).map_err(|denied| fault::denied(&denied))?;
    if shown.name.as_ref().is_some_and(|name| !name.eq_ignore_ascii_case(&account.name)) {
        return Err(noted(door, visit.address, shown));
    }
    let asker = keeper.asker_of(&account).map_err(|denied| fault::denied(&denied))?;
    let visitor = Visitor { account: account.id, name: account.name, token: token.id, address: visit.address };
    if !visit.has_seen(&visitor) {
        keeper.record_login(&visitor).map_err(|denied| fault::denied(&denied))?;
        if !visit.welcome(visitor.clone(), |account| door.one_more(account)) {
            return Err(fault::said(Code::ResourceExhausted, "连接数已满", "请关闭不用的连接后再试"));
        }
    }
    Ok(Reader { visitor, asker })
}

/// A wrong try is counted and written down.
fn noted(door: &Door, address: IpAddr, shown: &Shown) -> Status {
    let keeper = &door.keeper;
    keeper.tries.note_address(address, keeper.now());
    let name: String = shown.name.as_deref().unwrap_or_default().chars().take(40).collect();
    match keeper.record_failure(AuditAction::LoginFailed, &name, address, 1, false) {
        Ok(()) => refused(),
        Err(denied) => fault::denied(&denied),
    }
}

fn refused() -> Status {
    let hint = "请以 authorization: Bearer 令牌 连接；令牌须含“自助查询”范围，在网页“账号 › 接口令牌”申请";
    fault::said(Code::Unauthenticated, "令牌不正确", hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_from_their_line() {
        let check = |line: &str, expect: Option<(&str, Option<&str>)>| {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, line.parse().unwrap())]);
            let expect = expect.map(|(secret, name)| Shown { secret: secret.to_owned(), name: name.map(str::to_owned) });
            assert!(Shown::of(&headers) == expect, "{line}");
        };
        check("Bearer abc", Some(("abc", None)));
        check("bearer  abc ", Some(("abc", None)));
        // fenxi:abc:d
        check("Basic ZmVueGk6YWJjOmQ=", Some(("abc:d", Some("fenxi"))));
        check("Basic ZmVueGk6YWJjOmQ", Some(("abc:d", Some("fenxi"))));
        check("Basic ZmVueGk=", None);
        check("Basic !", None);
        check("Bearer", None);
        check("Bearer ", None);
        check("Digest abc", None);
        check(&format!("Bearer {}", "a".repeat(129)), None);
        assert!(Shown::of(&HeaderMap::new()).is_none());
    }
}
