//! Real conversations on this machine: a small SMTP server and a small HTTP server, each of one connection, bounded in time.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use qunlian_delivery::{Attached, Courier, MailSettings, MailTls, Parcel};
use qunlian_domain::subscription::{Address, Blame, Channel, Letter, Reach, Undelivered};
use serde_json::Value;

/// Nothing here takes longer.
const BOUND: Duration = Duration::from_secs(10);

/// A server of one connection: it speaks as `talk` says, and gives what it returns.
fn server<T: Send + 'static>(talk: impl FnOnce(TcpStream) -> T + Send + 'static) -> (SocketAddr, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let serve = move || {
        let begun = Instant::now();
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false).unwrap();
                    stream.set_read_timeout(Some(BOUND)).unwrap();
                    return talk(stream);
                }
                Err(_) => assert!(begun.elapsed() < BOUND, "nobody came"),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    (address, std::thread::spawn(serve))
}

/// Answers each command by its first word; gives the commands and the mail.
fn smtp(mut stream: TcpStream, answers: &[(&str, &str)]) -> (Vec<String>, String) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    stream.write_all(b"220 test.example ESMTP\r\n").unwrap();
    let (mut commands, mut mail) = (Vec::new(), String::new());
    while let Some(Ok(line)) = lines.next() {
        let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        commands.push(line);
        let usual = match word.as_str() {
            "EHLO" => "250-test.example\r\n250 AUTH PLAIN",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let answer = answers.iter().find(|(known, _)| *known == word).map_or(usual, |(_, answer)| answer);
        stream.write_all(format!("{answer}\r\n").as_bytes()).unwrap();
        if word == "DATA" && answer.starts_with("354") {
            for line in lines.by_ref().map_while(Result::ok).take_while(|line| line != ".") {
                mail.push_str(&line);
                mail.push('\n');
            }
            let end = answers.iter().find(|(known, _)| *known == ".").map_or("250 taken", |(_, answer)| answer);
            stream.write_all(format!("{end}\r\n").as_bytes()).unwrap();
        }
        if word == "QUIT" {
            break;
        }
    }
    (commands, mail)
}

/// Reads one request, answers it; gives its head and body.
fn http(mut stream: TcpStream, answer: &str) -> (String, String) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let length = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:").and_then(|n| n.trim().parse::<u64>().ok());
    let length = head.lines().find_map(length).unwrap_or(0);
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body).unwrap();
    // The client may have closed already: it reads no more than it must.
    let _ = stream.write_all(answer.as_bytes());
    (head, body)
}

fn reply(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn letter() -> Letter {
    Letter::new("亮灯变化：濉溪县", "濉溪县 新开工项目：由正常转为黄灯。").unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_653_958_800, 5_000_000).unwrap()
}

fn send_mail(server: SocketAddr, to: &str, attachments: &[Attached]) -> Result<(), Undelivered> {
    let settings = MailSettings {
        host: server.ip().to_string(),
        port: server.port(),
        tls: MailTls::NoneOnLoopback,
        from: "群链 <no-reply@huaibei.example>".into(),
        login: Some(("no-reply".into(), "correct horse".into())),
        authority: None,
    };
    let courier = Courier::new(Reach::new(["huaibei.example"], []).unwrap(), Some(settings)).unwrap();
    let address = Address::kept(Channel::Mail, to);
    let letter = letter();
    courier.deliver(&Parcel { address: &address, signing_secret: None, letter: &letter, key: "light_turns.1.s7", attachments, now: now() })
}

fn post(server: SocketAddr, channel: Channel, path: &str, secret: Option<&str>) -> Result<(), Undelivered> {
    let courier = Courier::new(Reach::new([], [server.to_string().as_str()]).unwrap(), None).unwrap();
    let address = Address::kept(channel, &format!("http://{server}{path}"));
    let letter = letter();
    courier.deliver(&Parcel { address: &address, signing_secret: secret, letter: &letter, key: "k", attachments: &[], now: now() })
}

#[test]
fn a_mail_reaches_its_server_whole() {
    let (address, served) = server(|stream| smtp(stream, &[]));
    let files = [Attached { name: "通报.docx".into(), bytes: b"PK\x03\x04".to_vec() }];
    send_mail(address, "z@huaibei.example", &files).unwrap();
    let (commands, mail) = served.join().unwrap();
    assert_eq!(commands[0], "EHLO huaibei.example");
    // \0no-reply\0correct horse in base64
    assert!(commands.contains(&"AUTH PLAIN AG5vLXJlcGx5AGNvcnJlY3QgaG9yc2U=".to_owned()), "{commands:?}");
    assert!(commands.iter().any(|line| line.starts_with("MAIL FROM:<no-reply@huaibei.example>")), "{commands:?}");
    assert!(commands.iter().any(|line| line.starts_with("RCPT TO:<z@huaibei.example>")), "{commands:?}");
    for part in ["Message-ID: <light_turns.1.s7@huaibei.example>", "To: z@huaibei.example", "wordprocessingml.document", "UEsDBA=="] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
}

#[test]
fn what_a_mail_server_refuses_is_told_without_addresses() {
    let check = |answers: &'static [(&'static str, &'static str)], blame: Blame, words: &str| {
        let (address, served) = server(|stream| smtp(stream, answers));
        let failed = send_mail(address, "zhang.san@huaibei.example", &[]).unwrap_err();
        drop(served.join());
        assert_eq!((failed.blame, failed.words.contains(words)), (blame, true), "{failed:?}");
        assert!(!failed.words.contains("zhang.san") && !failed.words.contains("horse"), "{failed:?}");
    };
    check(&[("RCPT", "550 5.1.1 <zhang.san@huaibei.example> no such user")], Blame::ForGood, "550");
    check(&[("RCPT", "450 4.2.0 <zhang.san@huaibei.example> greylisted")], Blame::Message, "450");
    check(&[("MAIL", "421 4.3.2 closing")], Blame::Server, "421");
    check(&[("AUTH", "535 5.7.8 bad password")], Blame::Server, "535");
    check(&[(".", "552 5.3.4 too large")], Blame::ForGood, "552");
    check(&[("DATA", "554 5.7.1 refused")], Blame::Message, "554");
    check(&[("EHLO", "250 test.example")], Blame::Server, "邮件服务器无法使用");
}

#[test]
fn a_dead_mail_server_is_its_own_fault() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let failed = send_mail(address, "z@huaibei.example", &[]).unwrap_err();
    assert_eq!(failed.blame, Blame::Server, "{failed:?}");
}

#[test]
fn without_encryption_where_it_is_asked_for_nothing_is_sent() {
    let (address, served) = server(|stream| smtp(stream, &[]));
    let settings = MailSettings {
        host: address.ip().to_string(),
        port: address.port(),
        tls: MailTls::StartTls,
        from: "no-reply@huaibei.example".into(),
        login: Some(("no-reply".into(), "correct horse".into())),
        authority: None,
    };
    let courier = Courier::new(Reach::new(["huaibei.example"], []).unwrap(), Some(settings)).unwrap();
    let to = Address::kept(Channel::Mail, "z@huaibei.example");
    let letter = letter();
    let parcel = Parcel { address: &to, signing_secret: None, letter: &letter, key: "k", attachments: &[], now: now() };
    let failed = courier.deliver(&parcel).unwrap_err();
    assert_eq!(failed.blame, Blame::Server, "{failed:?}");
    drop(courier);
    let (commands, mail) = served.join().unwrap();
    assert!(mail.is_empty() && !commands.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{commands:?}");
}

#[test]
fn robots_are_posted_to_and_their_answers_read() {
    let ok = reply("200 OK", r#"{"errcode":0,"errmsg":"ok"}"#);
    let (address, served) = server(move |stream| http(stream, &ok));
    post(address, Channel::DingTalk, "/robot/send?access_token=x", Some("SEC-example-secret")).unwrap();
    let (head, body) = served.join().unwrap();
    let first = head.lines().next().unwrap();
    // 1653958800005 ms, signed as in the unit test of the signature.
    let query = "access_token=x&timestamp=1653958800005&sign=KWWq5%2F4J%2B0AgsbrhtevY5KsKsXnvSOJ3A2J8lPIejAA%3D";
    assert_eq!(first, format!("POST /robot/send?{query} HTTP/1.1"));
    assert!(head.to_ascii_lowercase().contains("content-type: application/json; charset=utf-8"), "{head}");
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["markdown"]["title"], "亮灯变化：濉溪县");

    let ok = reply("200 OK", r#"{"code":0,"msg":"success","data":{}}"#);
    let (address, served) = server(move |stream| http(stream, &ok));
    post(address, Channel::Feishu, "/open-apis/bot/v2/hook/x", Some("SEC-example-secret")).unwrap();
    let body: Value = serde_json::from_str(&served.join().unwrap().1).unwrap();
    assert_eq!((&body["msg_type"], &body["timestamp"]), (&Value::from("post"), &Value::from("1653958800")));
}

#[test]
fn a_failure_is_found_whatever_the_status() {
    let check = |answer: String, blame: Blame, words: &str| {
        let (address, served) = server(move |stream| http(stream, &answer));
        let failed = post(address, Channel::WeCom, "/send?key=693a91f6-0000-4bc4-97a0", None).unwrap_err();
        drop(served.join());
        assert_eq!((failed.blame, failed.words.as_str()), (blame, words));
    };
    let json = r#"{"errcode":93000,"errmsg":"invalid webhook url 693a91f6-0000-4bc4-97a0"}"#;
    check(reply("200 OK", json), Blame::ForGood, "企业微信返回 93000：invalid webhook url ***");
    check(reply("200 OK", "<html>"), Blame::Message, "企业微信的答复无法识别");
    check(reply("404 Not Found", ""), Blame::ForGood, "地址不存在（HTTP 404）");
    check(reply("503 Service Unavailable", ""), Blame::Server, "对方服务暂不可用（HTTP 503）");
    check(reply("200 OK", &" ".repeat(70_000)), Blame::Message, "对方答复过长，未读取");
    let elsewhere = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    check(elsewhere.to_owned(), Blame::Message, "对方要求跳转（HTTP 302），未跟随");
    check("nonsense\r\n\r\n".to_owned(), Blame::Message, "发送失败（协议错误）");
}

#[test]
fn what_is_not_on_the_list_is_never_tried() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let here = listener.local_addr().unwrap();
    let courier = Courier::new(Reach::new(["huaibei.example"], ["qyapi.weixin.qq.com"]).unwrap(), None).unwrap();
    let letter = letter();
    for (channel, text) in [
        (Channel::WeCom, format!("http://{here}/x")),
        (Channel::WeCom, "http://169.254.169.254/latest".to_owned()),
        (Channel::Mail, "z@evil.example".to_owned()),
        (Channel::Mail, "z@huaibei.example".to_owned()),
    ] {
        let address = Address::kept(channel, &text);
        let parcel = Parcel { address: &address, signing_secret: None, letter: &letter, key: "k", attachments: &[], now: now() };
        assert_eq!(courier.deliver(&parcel).unwrap_err().blame, Blame::ForGood, "{text}");
    }
    assert!(listener.accept().is_err(), "nobody knocked");
}
