//! Somebody who asks the server by plain HTTP: with a session, or with a part of the demonstration.

use std::time::Duration;

use ureq::http::HeaderMap;

use super::server::Server;

/// Bytes of a form that the server takes.
const TOO_LONG: usize = 1 << 20;

/// Whoever sends that cookie.
pub struct Guest {
    base: String,
    cookie: String,
}

/// What the server answered; redirects are not followed.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Guest {
    /// With a cookie as [`super::Folder::let_in`] gives it; nobody with an empty one.
    pub fn new(server: &Server, cookie: &str) -> Self {
        Self { base: server.base.clone(), cookie: cookie.to_owned() }
    }

    /// Playing a part of the demonstration.
    pub fn playing(server: &Server, part: &str) -> Self {
        Self::new(server, &format!("qunlian_demo={part}"))
    }

    pub fn get(&self, path: &str) -> Answer {
        answer(agent().get(format!("{}{path}", self.base)).header("cookie", &self.cookie).call().unwrap())
    }

    /// Asks for what may be known already by that ETag.
    pub fn get_unless(&self, path: &str, etag: &str) -> Answer {
        let request = agent().get(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        answer(request.header("if-none-match", etag).call().unwrap())
    }

    /// A page that must be there.
    pub fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }

    /// Sends a form.
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let written = |byte: u8| if byte.is_ascii_alphanumeric() { 1 } else { 3 };
        let length: usize = form.iter().flat_map(|(_, value)| value.bytes()).map(written).sum();
        let sent = agent().post(format!("{}{path}", self.base)).header("cookie", &self.cookie).send_form(form.iter().copied());
        match sent {
            // The server has answered and hung up before all of it was sent.
            Err(ureq::Error::Io(_)) if length > TOO_LONG => Answer { status: 413, headers: HeaderMap::new(), body: Vec::new() },
            sent => answer(sent.unwrap()),
        }
    }

    /// Sends whatever bytes as a form.
    pub fn post_bytes(&self, path: &str, body: &[u8]) -> Answer {
        let request = agent().post(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        answer(request.header("content-type", "application/x-www-form-urlencoded").send(body).unwrap())
    }

    /// Sends a form with a file in its field `file`.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Answer {
        const EDGE: &str = "edge-of-a-part-7b1e";
        let mut body = Vec::new();
        for (field, text) in fields {
            body.extend(format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n").bytes());
        }
        let head = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
        body.extend(head.bytes().chain("Content-Type: application/octet-stream\r\n\r\n".bytes()));
        body.extend(bytes.iter().copied().chain(format!("\r\n--{EDGE}--\r\n").bytes()));
        let request = agent().post(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        answer(request.header("content-type", format!("multipart/form-data; boundary={EDGE}")).send(&body).unwrap())
    }

    /// Where the first form of a page leads whose address begins so.
    pub fn first_action(&self, page: &str, prefix: &str) -> String {
        let html = self.page(page).replace("&#x2f;", "/");
        let mut actions = html.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let found = actions.find(|action| action.starts_with(prefix)).map(str::to_owned);
        found.unwrap_or_else(|| panic!("{page} has no form to {prefix}: {html}"))
    }

    /// The first link of a page to an address that begins so and goes on with something else than a query.
    pub fn first_link(&self, page: &str, prefix: &str) -> String {
        let html = self.page(page);
        let links = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(|href| href.replace("&#x2f;", "/"));
        let mut found = links.filter(|href| {
            href.len() > prefix.len() && href.starts_with(prefix) && !href[prefix.len()..].starts_with(['?', '#']) && href != "/review/pace"
        });
        found.next().unwrap_or_else(|| panic!("{page} has no link to {prefix}: {html}"))
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let body = response.body_mut().with_config().limit(256 << 20).read_to_vec().unwrap();
    Answer { status: response.status().as_u16(), headers: response.headers().clone(), body }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    // More than a long file may take.
    config.timeout_global(Some(Duration::from_secs(400))).build().new_agent()
}
