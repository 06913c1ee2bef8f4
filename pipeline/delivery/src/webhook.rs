//! Posting to webhooks (机器人推送): bounded in time and size, no redirects, no proxy, no private network.

use std::time::Duration;

use qunlian_domain::subscription::{Address, Blame, Undelivered};
use ureq::Agent;
use ureq::unversioned::transport::DefaultConnector;

use crate::courier::Parcel;
use crate::robots::{Signature, judge, request};
use crate::scrub::scrub;
use crate::vetted::{Vetted, is_refusal};

/// For a connection, and for everything together.
const CONNECT: Duration = Duration::from_secs(8);
const WHOLE: Duration = Duration::from_secs(20);
/// Bytes of an answer that are read.
const ANSWER_BYTES: u64 = 64 * 1024;

/// The http client.
#[derive(Debug)]
pub(crate) struct Webhooks {
    agent: Agent,
}

impl Webhooks {
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(WHOLE))
            .max_response_header_size(16 * 1024)
            .user_agent("qunlian")
            .accept_encoding("identity")
            .build();
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), Vetted::default()) }
    }

    /// Posts a letter; the address has been held against the allow-list.
    pub(crate) fn send(&self, address: &Address, parcel: &Parcel<'_>) -> Result<(), Undelivered> {
        let channel = address.channel();
        let milliseconds = parcel.now.timestamp_millis();
        let signature = parcel.signing_secret.map(|secret| Signature { milliseconds, secret });
        let request = request(channel, parcel.letter, signature);
        let url = with_query(address.exposed(), &request.further_query);
        let sent = self.agent.post(&url).content_type("application/json; charset=utf-8").send(&request.body);
        let mut response = sent.map_err(|error| failed(&error))?;
        match response.status().as_u16() {
            200 => {}
            status => return Err(refused(status)),
        }
        let answer = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_string().map_err(|error| failed(&error))?;
        judge(channel, &answer, |words| scrub(words, address))
    }
}

fn with_query(url: &str, further: &str) -> String {
    match (further.is_empty(), url.contains('?')) {
        (true, _) => url.to_owned(),
        (false, true) => format!("{url}&{further}"),
        (false, false) => format!("{url}?{further}"),
    }
}

/// A status other than 200. Redirects are not followed: they could lead anywhere.
fn refused(status: u16) -> Undelivered {
    match status {
        300..400 => Undelivered::new(Blame::Message, format!("对方要求跳转（HTTP {status}），未跟随")),
        404 | 410 => Undelivered::new(Blame::ForGood, format!("地址不存在（HTTP {status}）")),
        429 | 500.. => Undelivered::new(Blame::Server, format!("对方服务暂不可用（HTTP {status}）")),
        _ => Undelivered::new(Blame::Message, format!("对方拒绝（HTTP {status}）")),
    }
}

/// Our own words: those of the client may hold the address.
fn failed(error: &ureq::Error) -> Undelivered {
    if is_refusal(error) {
        return Undelivered::new(Blame::Message, "域名解析到内网地址，已拒绝连接");
    }
    match error {
        ureq::Error::Timeout(_) => Undelivered::new(Blame::Server, "对方超时未答复"),
        ureq::Error::HostNotFound => Undelivered::new(Blame::Server, "域名无法解析"),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Undelivered::new(Blame::Server, "加密连接建立失败（证书不受信任或不匹配）"),
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => Undelivered::new(Blame::Message, "对方答复过长，未读取"),
        ureq::Error::Io(inner) => Undelivered::new(Blame::Server, format!("连接失败（{:?}）", inner.kind())),
        ureq::Error::ConnectionFailed => Undelivered::new(Blame::Server, "连接失败"),
        _ => Undelivered::new(Blame::Message, "发送失败（协议错误）"),
    }
}
