//! Bulletins in other programs: LibreOffice converts the docx, and neither its pdf nor ours loses a word.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use qunlian_domain::access::Role;
use qunlian_domain::audit::Via;
use qunlian_domain::subscription::{Address, Channel, Topic};
use qunlian_registry::{AccountBooks, Doer, NewSubscription, OutboxBooks, SubscriptionBooks};

use crate::support::Folder;
use crate::support::server::{Server, demo};

/// Last month's bulletin is the long one: with chains and regions, so that tables cross pages.
const ADDRESS: &str = "?year=2022&as_of=2022-05-31&template=quarterly";

#[test]
fn a_bulletin_passes_through_libreoffice_without_loss() {
    let folder = tempfile::tempdir().unwrap();
    let docx = demo().bytes(&format!("/bulletins.docx{ADDRESS}"));
    std::fs::write(folder.path().join("bulletin.docx"), &docx).unwrap();
    std::fs::write(folder.path().join("ours.pdf"), demo().bytes(&format!("/bulletins.pdf{ADDRESS}"))).unwrap();
    let home = format!("-env:UserInstallation=file://{}", folder.path().join("office").display());
    let converted = Command::new("soffice")
        .args([&home, "--headless", "--convert-to", "pdf", "bulletin.docx"])
        .current_dir(folder.path())
        .output()
        .expect("LibreOffice is not there: tests/run without arguments installs it");
    assert!(converted.status.success(), "{}", String::from_utf8_lossy(&converted.stderr));
    let said = texts_of(&docx);
    assert!(said.len() > 100 && said.iter().any(|text| text.contains("60.6%")), "{said:?}");
    for name in ["bulletin.pdf", "ours.pdf"] {
        let printed = printed(folder.path(), name);
        let lost: Vec<&String> = said.iter().filter(|text| !printed.contains(text.as_str())).collect();
        assert!(lost.is_empty(), "{name} lost {lost:?}");
        assert!(!printed.contains('〓') && !printed.contains('\u{fffd}'), "{name} has a character that no font has");
    }
}

#[test]
fn a_made_bulletin_is_the_one_that_can_be_had() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let words = folder.run(&["run", "bulletins", "--today", "2022-05-31"]);
    assert!(words.contains("月度通报（截至 2022-04-30，第1版）"), "{words}");
    let again = folder.run(&["run", "bulletins", "--today", "2022-05-31"]);
    assert!(again.contains("没有新的通报"), "{again}");
    let subscriber = subscribe(&folder);
    let later = folder.run(&["run", "bulletins", "--today", "2022-07-05"]);
    assert!(later.contains("截至 2022-05-31") && later.contains("季度通报（截至 2022-06-30"), "{later}");
    // Two monthly ones since the subscription, each with its three files under names for people.
    let messages = folder.books().messages(Some(subscriber), 10).unwrap();
    let subjects: Vec<&str> = messages.iter().map(|message| message.letter.subject()).collect();
    assert_eq!(subjects, ["关于2022年1—6月淮北市招商引资情况的通报", "关于2022年1—5月淮北市招商引资情况的通报"]);
    assert_eq!(messages[1].attachments[0], "bulletins/2022-05-31/淮北市_月度通报_2022-05-31_第1版.docx");
    for path in messages.iter().flat_map(|message| &message.attachments) {
        assert!(folder.data().join(path).is_file(), "{path}");
    }
    let server = Server::start_on(&folder, "2022-07-05");
    let page = server.get("/bulletins");
    let made: BTreeSet<&str> =
        page.split("href=\"").filter_map(|rest| rest.split('"').next()).filter(|href| href.contains("/made/")).collect();
    assert_eq!(made.len(), 12, "four bulletins in three formats: {made:?}");
    for href in made {
        let bytes = server.bytes(href);
        assert!(bytes.len() > 5_000 && (bytes.starts_with(b"PK") || bytes.starts_with(b"%PDF")), "{href}");
    }
}

/// Lets an account have the monthly bulletins by mail, and gives its number.
fn subscribe(folder: &Folder) -> i64 {
    let delivery = "[delivery]\nenabled = true\n[delivery.mail]\nhost = \"127.0.0.1\"\nport = 9\ntls = \"none\"\n\
                    from = \"no-reply@huaibei.example\"\nrecipients = [\"huaibei.example\"]\n";
    std::fs::write(folder.data().join("qunlian.toml"), delivery).unwrap();
    folder.let_in("leader", &[Role::Leader], None);
    let books = folder.books();
    let owner = books.account_named("leader").unwrap().unwrap().id;
    let now = chrono::Utc::now();
    let by = Doer { account: Some(owner), name: "leader".into(), via: Via::Web, now, today: now.date_naive() };
    let address = Address::kept(Channel::Mail, "leader@huaibei.example");
    books.subscribe(&NewSubscription { owner, address, secret: None, topic: Topic::MonthlyBulletin }, &by).unwrap();
    owner
}

/// The paragraphs and cells of a docx, without white space.
fn texts_of(docx: &[u8]) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx)).unwrap();
    let mut xml = String::new();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut xml).unwrap();
    let paragraph = |part: &str| -> String {
        let runs = part.split("<w:t").skip(1).filter_map(|run| run.split_once('>')?.1.split_once("</w:t>").map(|found| found.0));
        runs.collect::<String>().replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    xml.split("</w:p>").map(paragraph).map(|text| without_space(&text)).filter(|text| !text.is_empty()).collect()
}

/// The text of a pdf without white space and page numbers, so that a sentence over two pages is whole.
fn printed(folder: &Path, name: &str) -> String {
    let output = Command::new("pdftotext").args(["-raw", name, "-"]).current_dir(folder).output();
    let output = output.expect("pdftotext is not there: tests/run without arguments installs it");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let is_page_number = |line: &str| {
        let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{c}');
        line.chars().all(|c| c.is_ascii_digit() || matches!(c, '—' | '-' | ' ')) && line.contains(['—', '-'])
    };
    without_space(&text.lines().filter(|line| !is_page_number(line)).collect::<String>())
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
