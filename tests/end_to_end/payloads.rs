//! Payloads (恶意输入): what people type, in every field of text, stays text in every page, file, answer and log.

mod files;
mod pages;
mod sent;

use std::fs::File;
use std::process::Stdio;

use qunlian_domain::access::Role;

use crate::backups::audit;
use crate::support::Folder;
use crate::support::guest::Guest;
use crate::support::server::Server;

/// Each holds `qz`, so that it is found again wherever it comes out.
pub const PAYLOADS: [&str; 12] = [
    "<script>window.qzRan=1</script><img src=qz onerror=window.qzRan=1>",
    "\"><svg/onload=window.qzRan=1>' qz onmouseover='window.qzRan=1",
    "=HYPERLINK(\"//qz.example\",\"qz\")",
    "＝cmd|'/C qz'!A0",
    "+qz+1",
    "-qz-1",
    "@SUM(qz)",
    "{{7*7}}qz{% raw %}${7*7}",
    "'; drop table filings; --qz",
    "qz\r\nSet-Cookie: qz=1\r\n\r\n<b>qz",
    "\u{202e}qz\u{2066}\u{0}\u{1b}[31m\u{2028}qz\u{feff}",
    "]]></w:t></w:r><w:p>qz</w:p>&qz;<!--",
];

/// Everybody with a session.
pub struct People {
    clerk: String,
    first: String,
    second: String,
    analyst: String,
    team: String,
    system: String,
    security: String,
    audit: String,
}

impl People {
    fn of(folder: &Folder) -> Self {
        let open = |name: &str, role: Role| folder.let_in(name, &[role], (role == Role::Clerk).then_some("suixi"));
        Self {
            clerk: open("clerk", Role::Clerk),
            first: open("reviewer-1", Role::Reviewer),
            second: open("reviewer-2", Role::Reviewer),
            analyst: folder.let_in("analyst", &[Role::Analyst, Role::Leader], None),
            team: open("team", Role::TeamMember),
            system: open("system", Role::SystemAdministrator),
            security: open("security", Role::SecurityAdministrator),
            audit: open("audit", Role::AuditAdministrator),
        }
    }
}

#[test]
fn what_is_typed_stays_text_wherever_it_comes_out() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let people = People::of(&folder);
    let log = folder.dir.path().join("log");
    let start = |today: &str| {
        let log = File::options().create(true).append(true).open(&log).unwrap();
        Server::start_logging(&folder, today, Stdio::from(log))
    };
    let server = start("2022-06-01");
    let claims = sent::filings(&server, &people);
    assert_eq!(claims.len(), PAYLOADS.len());
    sent::accounts_and_tokens(&server, &people);
    sent::trips(&server, &people);
    sent::files_and_questions(&server, &people);
    drop(server);
    folder.run(&["run", "monday_notice", "--today", "2022-06-06"]);
    let server = start("2022-06-07");
    sent::objection(&server, &people);
    drop(server);
    for job in ["recognise", "export_registry", "build_lake"] {
        folder.run(&["run", job, "--today", "2022-06-11"]);
    }
    let server = start("2022-06-11");
    let mut seen = pages::Seen::default();
    // A walk ends somewhere: what was typed is looked at first, as it is reviewed and as it is drafted.
    let reviewed: Vec<String> = claims.iter().map(|claim| format!("/review/{claim}")).collect();
    let drafted = sent::drafts(&Guest::new(&server, &people.clerk));
    for (who, cookie, starts) in [("reviewer", &people.second, reviewed), ("clerk", &people.clerk, drafted)] {
        let starts: Vec<&str> = starts.iter().map(String::as_str).collect();
        pages::crawl(&Guest::new(&server, cookie), who, &starts, &mut seen);
    }
    for (who, cookie, starts) in [
        ("clerk", &people.clerk, &["/filings", "/filings/new", "/projects?q=qz", "/reserve", "/account/tokens"][..]),
        ("reviewer", &people.second, &["/review", "/review?tab=objected", "/filings", "/reserve", "/trips"]),
        ("analyst", &people.analyst, &["/", "/projects?q=qz", "/projects", "/quality", "/regions", "/api", "/sql?sql=select+%27qz%27"]),
        ("team", &people.team, &["/trips", "/filings"]),
        ("system", &people.system, &["/accounts", "/jobs"]),
        ("security", &people.security, &["/accounts"]),
        ("audit", &people.audit, &["/audit"]),
        ("public", &String::new(), &["/notices", "/login"]),
    ] {
        pages::crawl(&Guest::new(&server, cookie), who, starts, &mut seen);
    }
    files::check(&seen);
    pages::check(&server, &people, &seen);
    drop(server);
    check_log(&std::fs::read(&log).unwrap());
    audit(&folder, &["verify"], 0);
}

/// One JSON object a line, with nothing in it that a terminal or a reader of lines could take for something else.
fn check_log(log: &[u8]) {
    let text = std::str::from_utf8(log).unwrap();
    assert!(text.lines().count() > 10, "{text}");
    for line in text.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event["level"].is_string(), "{line}");
        assert!(!line.chars().any(|c| c.is_control() || qunlian_domain::audit::is_bidi_control(c)), "{line:?}");
    }
}
