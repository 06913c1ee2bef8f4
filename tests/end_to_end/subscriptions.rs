//! Subscriptions end to end: figures of a real lake, jobs of the real binary, a robot's listener on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use chrono::Utc;
use qunlian_domain::access::Role;
use qunlian_domain::audit::Via;
use qunlian_domain::subscription::{Address, Channel, Topic};
use qunlian_registry::{AccountBooks, Doer, MessageState, NewSubscription, OutboxBooks, SqliteStore, SubscriptionBooks};
use serde_json::Value;

use crate::support::Folder;

/// Takes every request as a robot that is content; gives its port and what it was sent.
fn robot() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, received) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|read| read > 0) {}
            let length = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:").and_then(|n| n.trim().parse::<u64>().ok());
            let mut body = String::new();
            let _ = reader.take(head.lines().find_map(length).unwrap_or(0)).read_to_string(&mut body);
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\nConnection: close\r\n\r\n{\"errcode\":0,\"errmsg\":\"ok\"}");
            if send.send(body).is_err() {
                return;
            }
        }
    });
    (port, received)
}

fn subscribe(books: &SqliteStore, name: &str, address: &str, topic: Topic) {
    let owner = books.account_named(name).unwrap().unwrap().id;
    let by = Doer { account: Some(owner), name: name.into(), via: Via::Web, now: Utc::now(), today: Utc::now().date_naive() };
    books.subscribe(&NewSubscription { owner, address: Address::kept(Channel::WeCom, address), secret: None, topic }, &by).unwrap();
}

#[test]
fn lights_that_turn_reach_each_subscriber_as_far_as_they_may_read() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let (port, received) = robot();
    folder.let_in("leader", &[Role::Leader], None);
    folder.let_in("clerk", &[Role::Clerk], Some("suixi"));
    let books = SqliteStore::open(&folder.data().join("books.sqlite")).unwrap();
    subscribe(&books, "leader", &format!("http://127.0.0.1:{port}/leader"), Topic::LightTurns);
    subscribe(&books, "clerk", &format!("http://127.0.0.1:{port}/clerk"), Topic::LightTurns);
    subscribe(&books, "leader", &format!("http://127.0.0.1:{port}/week"), Topic::WeeklyLights);

    assert!(folder.run(&["run", "light_turns", "--today", "2022-05-31"]).contains("未启用推送"), "off until it is switched on");
    let configuration = format!("[delivery]\nenabled = true\n[delivery.webhooks]\nhosts = [\"127.0.0.1:{port}\"]\n");
    std::fs::write(folder.data().join("qunlian.toml"), configuration).unwrap();
    assert!(folder.run(&["run", "light_turns", "--today", "2022-05-31"]).contains("新增待发消息 0 条"), "the first lights are no turn");
    // Four months later nothing has been done, and the pace has gone on.
    let said = folder.run(&["run", "light_turns", "--today", "2022-09-30"]);
    assert!(said.contains("新增待发消息 2 条") && said.contains("送达 2 条"), "{said}");
    let contents: Vec<String> = (0..2)
        .map(|_| {
            let body: Value = serde_json::from_str(&received.recv_timeout(Duration::from_secs(10)).unwrap()).unwrap();
            body["markdown"]["content"].as_str().unwrap().to_owned()
        })
        .collect();
    let started = folder.number(
        Some("2022-09-30"),
        "select count(*) from milestones join carriers using (carrier_id) where milestone = 'started' and year = 2022 and unit_id = 'suixi'",
    );
    for content in &contents {
        assert!(
            content.contains("濉溪县 新开工项目：由正常转为红灯") && content.contains(&format!("。{started}个，完成年度")),
            "{content}"
        );
    }
    assert!(contents[0].contains("杜集区") && !contents[1].contains("杜集区") && contents[1].contains("所属载体单位"), "{contents:?}");
    assert!(folder.run(&["run", "light_turns", "--today", "2022-09-30"]).contains("0 项亮灯有变化"), "told once");

    let monday = folder.run(&["run", "weekly_lights", "--today", "2022-05-30"]);
    assert!(monday.contains("新增待发消息 1 条") && monday.contains("送达 1 条"), "{monday}");
    assert!(received.recv_timeout(Duration::from_secs(10)).unwrap().contains("红黄清单"));
    assert!(folder.run(&["run", "weekly_lights", "--today", "2022-06-03"]).contains("新增待发消息 0 条"), "once a week");
    assert!(books.messages(None, 9).unwrap().iter().all(|message| message.state == MessageState::Sent && message.attempts == 1));
}
