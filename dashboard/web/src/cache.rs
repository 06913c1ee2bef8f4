//! Finished pages by generation and address (页面缓存): served again as bytes, already compressed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_LENGTH, COOKIE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use moka::future::Cache;
use qunlian_domain::access::RowScope;
use qunlian_queries::Generation;

use crate::Shared;
use crate::fault::Fault;
use crate::guard;
use crate::visit::Visit;
use crate::who;

/// Bytes of all kept pages together.
const CAPACITY: u64 = 32 * 1024 * 1024;
/// A page larger than this is not kept.
const LARGEST: usize = 1024 * 1024;
/// A body larger than this is not served at all: exports end far below it.
const BODY_LIMIT: usize = 256 * 1024 * 1024;
/// How often a page is put together anew when a generation is swapped in meanwhile.
const ATTEMPTS: usize = 3;

/// The pages that are kept.
pub(crate) struct PageCache {
    pages: Cache<Key, Arc<Stored>>,
}

/// What makes two requests ask for the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    /// Generation, business day, build, language, theme, and who asks: no page of one reader is another's.
    stamp: u64,
    /// Whose rows are on the page, in full: a stamp is only a number.
    scope: RowScope,
    gzip: bool,
    /// Path and query as they came.
    address: Box<str>,
}

#[derive(Clone)]
struct Stored {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// Why a response is not kept.
enum Refused {
    /// Not a 200, or too large: passed on to whoever asked.
    NotKept(Stored),
    Fault(Fault),
}

impl PageCache {
    pub(crate) fn new() -> Self {
        let weigh = |key: &Key, page: &Arc<Stored>| u32::try_from(page.body.len() + key.address.len() + 1_024).unwrap_or(u32::MAX);
        Self { pages: Cache::builder().max_capacity(CAPACITY).weigher(weigh).build() }
    }
}

/// Answers from the cache, or has the page put together once, however many ask for it at the same time.
pub(crate) async fn serve(State(desk): State<Shared>, request: Request, next: Next) -> Response {
    let (parts, _) = request.into_parts();
    if parts.method != Method::GET {
        return next.run(Request::from_parts(parts, Body::empty())).await;
    }
    let visit = Visit::of(&parts.uri, parts.headers.get(COOKIE), who::of(&parts.extensions));
    for _ in 0..ATTEMPTS {
        let Some(generation) = desk.app.answers.generation() else {
            return Fault::NothingPublished.into_response();
        };
        let gzip = accepts_gzip(&parts.headers);
        let address: Box<str> = parts.uri.path_and_query().map_or("/", |address| address.as_str()).into();
        let key = Key { stamp: stamp(&desk, &generation, &visit), scope: visit.who.scope.clone(), gzip, address };
        if parts.headers.contains_key(IF_NONE_MATCH) {
            let etag = etag(&generation, &key);
            if is_known(&parts.headers, &etag) {
                return not_modified(&etag);
            }
        }
        if let Some(stored) = desk.pages.pages.get(&key).await {
            return stored.response();
        }
        let etag = etag(&generation, &key);
        let put_together = async {
            let mut parts = parts.clone();
            parts.extensions.insert(Arc::clone(&generation));
            let _place = desk.places.try_acquire().map_err(|_| Refused::Fault(Fault::Busy))?;
            let mut response = next.clone().run(Request::from_parts(parts, Body::empty())).await;
            if let Some(fault) = response.extensions_mut().remove::<Fault>() {
                return Err(Refused::Fault(fault));
            }
            let stored = store(response, &etag).await.map_err(Refused::Fault)?;
            if stored.status == StatusCode::OK && stored.body.len() <= LARGEST {
                Ok(Arc::new(stored))
            } else {
                Err(Refused::NotKept(stored))
            }
        };
        match desk.pages.pages.try_get_with(key, put_together).await {
            Ok(stored) => return stored.response(),
            Err(refused) => match refused.as_ref() {
                Refused::NotKept(stored) => return stored.response(),
                Refused::Fault(Fault::Swapped) => {}
                Refused::Fault(fault) => return fault.clone().into_response(),
            },
        }
    }
    Fault::Swapped.into_response()
}

impl Stored {
    fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }
}

/// Collects a response into bytes; good pages get their ETag and may be kept by the browser if it asks again.
async fn store(response: Response, etag: &HeaderValue) -> Result<Stored, Fault> {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, BODY_LIMIT).await.map_err(|error| Fault::Internal(format!("collecting a page: {error}")))?;
    let mut headers = parts.headers;
    guard::protect(&mut headers);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    if parts.status == StatusCode::OK {
        headers.insert(ETAG, etag.clone());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding, cookie"));
    } else {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(Stored { status: parts.status, headers, body })
}

fn not_modified(etag: &HeaderValue) -> Response {
    let headers = [
        (ETAG, etag.clone()),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (VARY, HeaderValue::from_static("accept-encoding, cookie")),
    ];
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

fn stamp(desk: &Shared, generation: &Generation, visit: &Visit) -> u64 {
    let mut hasher = DefaultHasher::new();
    generation.number.hash(&mut hasher);
    generation.published_at.hash(&mut hasher);
    generation.damage.hash(&mut hasher);
    desk.today().hash(&mut hasher);
    desk.app.build.hash(&mut hasher);
    visit.lang.hash(&mut hasher);
    visit.theme.hash(&mut hasher);
    visit.who.hash(&mut hasher);
    hasher.finish()
}

/// `W/"g42-1f0c…"`: the generation in plain, the rest hashed. Weak, as the compressed copy shares it.
fn etag(generation: &Generation, key: &Key) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    key.stamp.hash(&mut hasher);
    key.address.hash(&mut hasher);
    let text = format!("W/\"g{}-{:016x}\"", generation.number, hasher.finish());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("W/\"g0\""))
}

/// True when `If-None-Match` names the tag, compared weakly.
pub(crate) fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(own) = etag.to_str().map(opaque) else { return false };
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    known.flat_map(|line| line.split(',')).any(|tag| opaque(tag) == own)
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    accepted.flat_map(|line| line.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        let check = |line: &'static str, expect: bool| {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(line))]);
            assert_eq!(accepts_gzip(&headers), expect, "{line}");
        };
        check("gzip, deflate, br", true);
        check("br;q=1.0, gzip;q=0.8", true);
        check("identity", false);
        check("gzip;q=0", false);
    }

    #[test]
    fn etags_are_compared_weakly() {
        let own = HeaderValue::from_static("W/\"g42-ab\"");
        let check = |line: &'static str, expect: bool| {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(line))]);
            assert_eq!(is_known(&headers, &own), expect, "{line}");
        };
        check("W/\"g42-ab\"", true);
        check("\"g42-ab\"", true);
        check("\"x\", W/\"g42-ab\"", true);
        check("\"g41-ab\"", false);
    }
}
