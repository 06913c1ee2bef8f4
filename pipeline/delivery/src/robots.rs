//! What the group robots of 企业微信, 钉钉 and 飞书 take and answer (机器人消息格式), as the three platforms document it.

use qunlian_domain::subscription::{Blame, Channel, Letter, Undelivered};
use serde_json::{Value, json};

use crate::cut::cut;
use crate::sign;

/// 企业微信: the content of a markdown message, in bytes.
const WECOM_BYTES: usize = 4096;
/// 钉钉 and 飞书: a whole body is bounded by about 20 KB.
const BODY_BYTES: usize = 19_000;

/// Time and secret of a signature (加签).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signature<'a> {
    pub milliseconds: i64,
    pub secret: &'a str,
}

/// A request to a robot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// Goes behind the webhook's own query.
    pub further_query: String,
    /// JSON.
    pub body: String,
}

/// The request that brings a letter to a group.
pub(crate) fn request(channel: Channel, letter: &Letter, signature: Option<Signature<'_>>) -> Request {
    let body = match channel {
        Channel::DingTalk => bounded(|bytes| dingtalk(letter, bytes)),
        Channel::Feishu => bounded(|bytes| feishu(letter, signature, bytes)),
        Channel::WeCom | Channel::Mail => wecom(letter).to_string(),
    };
    let further_query = match (channel, signature) {
        (Channel::DingTalk, Some(Signature { milliseconds, secret })) => {
            format!("timestamp={milliseconds}&sign={}", sign::dingtalk(milliseconds, secret))
        }
        _ => String::new(),
    };
    Request { further_query, body }
}

fn wecom(letter: &Letter) -> Value {
    let content = format!("**{}**\n{}", plain(letter.subject()), plain(letter.text()));
    json!({"msgtype": "markdown", "markdown": {"content": cut(&content, WECOM_BYTES)}})
}

/// 钉钉 breaks a line of markdown after two blanks.
fn dingtalk(letter: &Letter, bytes: usize) -> Value {
    let subject = plain(letter.subject());
    let text = cut(&format!("### {subject}\n{}", plain(letter.text())), bytes).replace('\n', "  \n");
    json!({"msgtype": "markdown", "markdown": {"title": subject, "text": text}, "at": {"isAtAll": false}})
}

fn feishu(letter: &Letter, signature: Option<Signature<'_>>, bytes: usize) -> Value {
    let text = cut(letter.text(), bytes);
    let paragraphs: Vec<Value> = text.lines().map(|line| json!([{"tag": "text", "text": line}])).collect();
    let post = json!({"post": {"zh_cn": {"title": letter.subject(), "content": paragraphs}}});
    let mut body = json!({"msg_type": "post", "content": post});
    if let (Some(Signature { milliseconds, secret }), Some(fields)) = (signature, body.as_object_mut()) {
        let seconds = milliseconds.div_euclid(1000);
        fields.insert("timestamp".to_owned(), json!(seconds.to_string()));
        fields.insert("sign".to_owned(), json!(sign::feishu(seconds, secret)));
    }
    body
}

/// JSON escapes make a text longer: less of it is taken until the body fits.
fn bounded(build: impl Fn(usize) -> Value) -> String {
    let mut bytes = BODY_BYTES;
    loop {
        let body = build(bytes).to_string();
        if body.len() <= BODY_BYTES || bytes < 256 {
            return body;
        }
        bytes = bytes * 3 / 4;
    }
}

/// Text that no markdown reads anything into: its signs become their full-width cousins, so that a name can neither
/// make a link nor call on anybody.
fn plain(text: &str) -> String {
    let sign = |c: char| match c {
        '<' => '＜',
        '>' => '＞',
        '[' => '［',
        ']' => '］',
        '*' => '＊',
        '#' => '＃',
        '`' => '｀',
        '_' => '＿',
        '@' => '＠',
        '!' => '！',
        '\\' => '＼',
        '~' => '～',
        other => other,
    };
    text.chars().map(sign).collect()
}

/// What an answer with status 200 says. `scrubbed` makes the platform's own words fit for people.
pub(crate) fn judge(channel: Channel, answer: &str, scrubbed: impl Fn(&str) -> String) -> Result<(), Undelivered> {
    let unclear = || Undelivered::new(Blame::Message, format!("{}的答复无法识别", channel.name()));
    let answer: Value = serde_json::from_str(answer).map_err(|_| unclear())?;
    let (codes, texts): (&[&str], &[&str]) = match channel {
        Channel::Feishu => (&["code", "StatusCode"], &["msg", "StatusMessage"]),
        _ => (&["errcode"], &["errmsg"]),
    };
    let code = codes.iter().find_map(|name| answer.get(name)?.as_i64()).ok_or_else(unclear)?;
    if code == 0 {
        return Ok(());
    }
    let text = texts.iter().find_map(|name| answer.get(name)?.as_str()).unwrap_or_default();
    let blame = if is_for_good(channel, code) { Blame::ForGood } else { Blame::Message };
    Err(Undelivered::new(blame, format!("{}返回 {code}：{}", channel.name(), scrubbed(text))))
}

/// Codes of an address or secret that is wrong and stays so: no robot of that key, a signature or keyword that does not fit.
fn is_for_good(channel: Channel, code: i64) -> bool {
    match channel {
        Channel::WeCom => matches!(code, 93000 | 93008),
        Channel::DingTalk => matches!(code, 300_001 | 310_000 | 400_101),
        Channel::Feishu => matches!(code, 19001 | 19021 | 19024),
        Channel::Mail => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter::new("亮灯变化：濉溪县", "濉溪县 新开工项目：由正常转为黄灯。\n还差8个<@all>[x](http://y)。").unwrap()
    }

    fn body(channel: Channel, letter: &Letter, signature: Option<Signature<'_>>) -> Value {
        serde_json::from_str(&request(channel, letter, signature).body).unwrap()
    }

    #[test]
    fn bodies_are_what_the_platforms_take() {
        let by_hand = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(
            body(Channel::WeCom, &letter(), None),
            by_hand(
                r#"{"msgtype":"markdown","markdown":{"content":"**亮灯变化：濉溪县**\n濉溪县 新开工项目：由正常转为黄灯。\n还差8个＜＠all＞［x］(http://y)。"}}"#
            )
        );
        assert_eq!(
            body(Channel::DingTalk, &letter(), None),
            by_hand(
                r####"{"msgtype":"markdown","markdown":{"title":"亮灯变化：濉溪县","text":"### 亮灯变化：濉溪县  \n濉溪县 新开工项目：由正常转为黄灯。  \n还差8个＜＠all＞［x］(http://y)。"},"at":{"isAtAll":false}}"####
            )
        );
        assert_eq!(
            body(Channel::Feishu, &letter(), None),
            by_hand(
                r#"{"msg_type":"post","content":{"post":{"zh_cn":{"title":"亮灯变化：濉溪县","content":[
                    [{"tag":"text","text":"濉溪县 新开工项目：由正常转为黄灯。"}],[{"tag":"text","text":"还差8个<@all>[x](http://y)。"}]]}}}}"#
            )
        );
    }

    #[test]
    fn signatures_stand_where_each_platform_looks() {
        let signature = Some(Signature { milliseconds: 1_653_958_800_005, secret: "SEC-example-secret" });
        let query = |channel: Channel| request(channel, &letter(), signature).further_query;
        assert_eq!(query(Channel::DingTalk), "timestamp=1653958800005&sign=KWWq5%2F4J%2B0AgsbrhtevY5KsKsXnvSOJ3A2J8lPIejAA%3D");
        assert_eq!((query(Channel::WeCom), query(Channel::Feishu)), (String::new(), String::new()));
        let signed = body(Channel::Feishu, &letter(), signature);
        assert_eq!(signed["timestamp"], "1653958800");
        assert_eq!(signed["sign"], "guSPwMTASRTYbuo0qfdJUiFHVTNaVLGYI+sXwOStPdY=");
        assert_eq!(body(Channel::DingTalk, &letter(), signature), body(Channel::DingTalk, &letter(), None));
    }

    #[test]
    fn long_letters_are_cut_to_what_is_taken() {
        let line = "濉溪县 新开工项目：\"由正常转为黄灯\"。\n";
        let long = Letter::new("红黄清单", &line.repeat(1_000)).unwrap();
        let wecom = body(Channel::WeCom, &long, None);
        let content = wecom["markdown"]["content"].as_str().unwrap();
        assert!(content.len() <= 4096 && content.len() > 4096 - line.len(), "{}", content.len());
        assert!(content.lines().rev().nth(1).unwrap().ends_with("黄灯\"。"), "cut at the end of a line");
        for channel in [Channel::DingTalk, Channel::Feishu] {
            let body = request(channel, &long, None).body;
            assert!(body.len() <= 20_000 && body.len() > 10_000 && body.contains("其余请登录系统查看"), "{channel:?} {}", body.len());
        }
    }

    #[test]
    fn a_code_other_than_zero_is_a_failure() {
        let check = |channel: Channel, answer: &str, expect: Result<(), (Blame, &str)>| {
            let found = judge(channel, answer, |words| words.to_owned());
            assert_eq!(
                found.map_err(|failed| (failed.blame, failed.words)),
                expect.map_err(|(blame, words)| (blame, words.to_owned())),
                "{answer}"
            );
        };
        check(Channel::WeCom, r#"{"errcode":0,"errmsg":"ok"}"#, Ok(()));
        check(Channel::DingTalk, r#"{"errcode":0,"errmsg":"ok"}"#, Ok(()));
        check(Channel::Feishu, r#"{"code":0,"msg":"success","data":{}}"#, Ok(()));
        check(Channel::Feishu, r#"{"StatusCode":0,"StatusMessage":"success"}"#, Ok(()));
        check(
            Channel::WeCom,
            r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#,
            Err((Blame::ForGood, "企业微信返回 93000：invalid webhook url")),
        );
        check(
            Channel::WeCom,
            r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#,
            Err((Blame::Message, "企业微信返回 45009：api freq out of limit")),
        );
        check(
            Channel::DingTalk,
            r#"{"errcode":310000,"errmsg":"sign not match"}"#,
            Err((Blame::ForGood, "钉钉返回 310000：sign not match")),
        );
        check(Channel::Feishu, r#"{"code":9499,"msg":"Bad Request","data":{}}"#, Err((Blame::Message, "飞书返回 9499：Bad Request")));
        for answer in ["", "<html>", "{}", r#"{"errcode":"0"}"#, "0", "null"] {
            check(Channel::WeCom, answer, Err((Blame::Message, "企业微信的答复无法识别")));
        }
    }
}
