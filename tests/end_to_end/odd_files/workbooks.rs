//! Workbooks of every odd kind: a clerk is told in Chinese what is wrong, and the server goes on.

use qunlian_domain::access::Role;

use super::{compound, zipped};
use crate::support::Folder;
use crate::support::guest::{Answer, Guest};
use crate::support::server::Server;

const TYPES: (&str, &[u8]) = (
    "[Content_Types].xml",
    br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
);
const RELS: (&str, &[u8]) = (
    "_rels/.rels",
    br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
);
const BOOK: (&str, &[u8]) = (
    "xl/workbook.xml",
    br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>"#,
);
const BOOK_RELS: (&str, &[u8]) = (
    "xl/_rels/workbook.xml.rels",
    br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
);

const SHEET: &str =
    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>ROWS</sheetData></worksheet>"#;

/// A workbook with one sheet of that XML.
fn book(sheet: &str) -> Vec<u8> {
    zipped(&[TYPES, RELS, BOOK, BOOK_RELS, ("xl/worksheets/sheet1.xml", sheet.as_bytes())])
}

fn cells(row: usize, texts: &[&str]) -> String {
    let cell =
        |(at, text): (usize, &&str)| format!(r#"<c r="{}{row}" t="inlineStr"><is><t>{text}</t></is></c>"#, char::from(b'A' + at as u8));
    format!(r#"<row r="{row}">{}</row>"#, texts.iter().enumerate().map(cell).collect::<String>())
}

const HEADER: [&str; 4] = ["序号", "项目名称", "投资方", "签约时间"];

fn rows_of(name: &str) -> String {
    let title = ["淮北市濉溪县2022年5月新签约项目情况统计表"];
    let rows = [cells(1, &title), cells(2, &["填报单位：濉溪县", "", "截至日期：2022年5月31日"]), cells(3, &HEADER)];
    SHEET.replace("ROWS", &format!("{}{}", rows.concat(), cells(4, &["1", name, "江阴示例铝业有限公司", "2022年5月20日"])))
}

struct Office {
    server: Server,
    clerk: String,
    folder: Folder,
}

impl Office {
    fn new() -> Self {
        let (folder, _) = Folder::with_sample(7, Vec::new());
        let clerk = folder.let_in("clerk", &[Role::Clerk], Some("suixi"));
        let server = Server::start_on(&folder, "2022-06-01");
        Self { server, clerk, folder }
    }

    fn clerk(&self) -> Guest {
        Guest::new(&self.server, &self.clerk)
    }

    fn send(&self, name: &str, bytes: &[u8]) -> Answer {
        self.clerk().upload("/filings/upload", &[("carrier", "suixi"), ("class", "industry")], name, bytes)
    }
}

/// What the form says beside the file.
fn problem(page: &str) -> String {
    page.split_once("class=\"problem\"").map_or("", |(_, rest)| rest.split("</p>").next().unwrap_or("")).to_owned()
}

#[test]
fn hostile_workbooks_are_refused_in_chinese_and_the_server_goes_on() {
    let office = Office::new();
    let laughs = (1..=9).map(|at| format!("<!ENTITY l{at} \"{}\">", format!("&l{};", at - 1).repeat(10))).collect::<String>();
    let laughs = format!("<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY l0 \"哈\">{laughs}]>{}", rows_of("&l9;"));
    let outside = format!("<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>{}", rows_of("&f;"));
    let zeros = vec![b' '; 300 << 20];
    let swollen = zipped(&[TYPES, RELS, BOOK, BOOK_RELS, ("xl/worksheets/sheet1.xml", &zeros)]);
    assert!(swollen.len() < 2 << 20, "{}", swollen.len());
    drop(zeros);
    let far = SHEET.replace("ROWS", &format!("{}{}", cells(1, &HEADER), r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#));
    let macro_types: (&str, &[u8]) = (
        "[Content_Types].xml",
        b"<Types><Override PartName='/xl/workbook.xml' ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/></Types>",
    );
    let climbing = zipped(&[TYPES, RELS, BOOK, BOOK_RELS, ("../../../../tmp/climbed.xml", b"x")]);
    let refused: [(&str, Vec<u8>, &str); 11] = [
        ("bomb.xlsx", swollen, "压缩"),
        ("laughs.xlsx", book(&laughs), ""),
        ("secret.xlsx", compound("EncryptedPackage"), ""),
        ("page.xlsx", b"<html><body><script>alert(1)</script></body></html>".to_vec(), ""),
        ("cut.xlsx", book(&rows_of("x"))[..400].to_vec(), ""),
        ("climbing.xlsx", climbing, ""),
        ("macro.xlsm", zipped(&[macro_types, RELS, BOOK, ("xl/vbaProject.bin", b"x")]), ""),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec(), ""),
        ("program.xls", b"MZ\x90\0\x03".to_vec(), ""),
        ("zeros.csv", vec![0; 4_096], ""),
        ("wide.csv", "项目名称,".repeat(200_000).into_bytes(), ""),
    ];
    for (name, bytes, words) in refused {
        let sent = office.send(name, &bytes);
        let page = sent.text();
        assert_eq!(sent.status, 422, "{name}: {page}");
        let said = problem(&page);
        let chinese = said.chars().filter(|c| ('\u{4e00}'..'\u{9fff}').contains(c)).count();
        assert!(said.contains(words) && chinese > 8, "{name}: {said}");
        assert!(!page.contains("root:") && !page.contains("<script>alert"), "{name}");
    }
    // What comes from elsewhere is not fetched: the row is taken without it, or the file is refused.
    for (name, bytes) in [("outside.xlsx", book(&outside)), ("far.xlsx", book(&far))] {
        let sent = office.send(name, &bytes);
        assert!(matches!(sent.status, 303 | 422), "{name}: {}", sent.text());
        let page = if sent.status == 303 { office.clerk().page(sent.header("location")) } else { sent.text() };
        assert!(!page.contains("root:") && page.chars().any(|c| c > '\u{4e00}'), "{name}");
    }
    let large = vec![b'x'; 21 << 20];
    let sent = office.send("large.xlsx", &large);
    assert!(sent.status == 422 && problem(&sent.text()).contains("文件过大"), "{}: {}", sent.status, sent.text());
    // After all of that an honest one is read.
    let sent = office.send("濉溪县2022年5月签约.xlsx", &book(&rows_of("年产1万吨铝箔示例项目")));
    assert_eq!(sent.status, 303, "{}", sent.text());
    let page = office.clerk().page(sent.header("location"));
    assert!(page.contains("年产1万吨铝箔示例项目") && page.contains("江阴示例铝业有限公司"), "{page}");
}

/// A workbook with so many projects in talks, each complete but for what is typed once for all.
fn many(rows: usize) -> Vec<u8> {
    let title = cells(1, &["淮北市濉溪县2022年5月在谈项目情况统计表"]);
    let head =
        [title, cells(2, &["填报单位：濉溪县", "", "截至日期：2022年5月31日"]), cells(3, &["序号", "项目名称", "投资方", "建设内容"])];
    let row = |at: usize| {
        let (number, tons) = (at.to_string(), at * 7 % 9_000 + 10);
        let (name, investor) = (format!("年产{tons}吨铝箔项目（示例{at}号）"), format!("江阴示例{at}号铝业有限公司"));
        cells(at + 3, &[&number, &name, &investor, &format!("新建厂房，购置箔轧机，年产铝箔{tons}吨")])
    };
    book(&SHEET.replace("ROWS", &head.into_iter().chain((1..=rows).map(row)).collect::<String>()))
}

#[test]
fn a_workbook_of_two_thousand_rows_is_filed_by_one_word() {
    let office = Office::new();
    let for_all = [("carrier", "suixi"), ("class", "industry"), ("lead_person", "示范主任"), ("lead_phone", "13900001234")];
    let sent = office.clerk().upload("/filings/upload", &for_all, "2022年5月.xlsx", &many(2_001));
    assert!(sent.status == 422 && problem(&sent.text()).contains("行数过多"), "{}: {}", sent.status, problem(&sent.text()));
    let sent = office.clerk().upload("/filings/upload", &for_all, "2022年5月.xlsx", &many(2_000));
    assert_eq!(sent.status, 303, "{}", problem(&sent.text()));
    let preview = sent.header("location").to_owned();
    let page = office.clerk().page(&preview);
    assert!(page.contains("可直接提交 2000 行，待补全 0 行，已备案 0 行"), "{}", &page[..6_000]);
    let rows: Vec<String> = (0..2_000).map(|row| row.to_string()).collect();
    let mut form = vec![("preview", preview.rsplit('/').next().unwrap())];
    form.extend(rows.iter().map(|row| ("row", row.as_str())));
    // A slow machine may need the word again: what was filed is not filed twice.
    for _ in 0..20 {
        let filed = office.clerk().post("/filings/upload/confirm", &form);
        assert_eq!(filed.status, 303, "{}", filed.text());
        if filed.header("location").ends_with("done=filed") {
            break;
        }
        assert!(filed.header("location").ends_with("done=more"), "{}", filed.header("location"));
    }
    let page = office.clerk().page(&preview);
    assert!(page.contains("可直接提交 0 行，待补全 0 行，已备案 2000 行"), "{}", &page[..6_000]);
    let books = qunlian_registry::SqliteStore::open(&office.folder.data().join("books.sqlite")).unwrap();
    let submitted = qunlian_registry::ClaimFilter {
        scope: qunlian_domain::access::RowScope::City,
        states: vec![qunlian_domain::claim::State::Submitted],
        ..Default::default()
    };
    assert_eq!(qunlian_registry::FilingBooks::count_claims(&books, &submitted).unwrap(), 2_000);
}
