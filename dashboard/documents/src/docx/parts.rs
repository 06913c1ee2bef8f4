//! The parts of a docx around its body: types, relations, styles, settings, footers.

use super::xml::escaped;
use crate::clean::clean;
use crate::fonts::Hand;
use crate::{Document, Fonts};

pub(super) const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

pub(super) const CONTENT_TYPES: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">",
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>",
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>",
    "<Default Extension=\"png\" ContentType=\"image/png\"/>",
    "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>",
    "<Override PartName=\"/word/document.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>",
    "<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>",
    "<Override PartName=\"/word/settings.xml\" ",
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml\"/>",
    "<Override PartName=\"/word/footer1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>",
    "<Override PartName=\"/word/footer2.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>",
    "</Types>",
);

pub(super) const PACKAGE_RELATIONS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" ",
    "Target=\"word/document.xml\"/>",
    "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" ",
    "Target=\"docProps/core.xml\"/>",
    "</Relationships>",
);

/// Page numbers stand right on odd pages, left on even ones.
pub(super) const SETTINGS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">",
    "<w:evenAndOddHeaders/><w:characterSpacingControl w:val=\"compressPunctuation\"/>",
    "<w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>",
    "</w:settings>",
);

pub(super) const ODD_FOOTER: &str = "rId3";
pub(super) const EVEN_FOOTER: &str = "rId4";

pub(super) fn picture_path(index: usize) -> String {
    format!("word/media/chart{}.png", index + 1)
}

pub(super) fn picture_id(index: usize) -> String {
    format!("rId{}", index + 5)
}

pub(super) fn relations(pictures: usize) -> String {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |id: &str, name: &str, target: &str| format!("<Relationship Id=\"{id}\" Type=\"{kind}/{name}\" Target=\"{target}\"/>");
    let fixed = [
        ("rId1", "styles", "styles.xml"),
        ("rId2", "settings", "settings.xml"),
        (ODD_FOOTER, "footer", "footer1.xml"),
        (EVEN_FOOTER, "footer", "footer2.xml"),
    ];
    let mut all: String = fixed.into_iter().map(|(id, name, target)| relation(id, name, target)).collect();
    for index in 0..pictures {
        all.push_str(&relation(&picture_id(index), "image", picture_path(index).trim_start_matches("word/")));
    }
    format!("{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>")
}

pub(super) fn core(document: &Document) -> String {
    let issuer = document.issuer.as_deref().map(clean).unwrap_or_default();
    format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:creator>{}</dc:creator>\
         <dc:language>zh-CN</dc:language></cp:coreProperties>",
        escaped(&document.title_line()),
        escaped(&issuer),
    )
}

/// `— 1 —`, one character from the edge of the text.
pub(super) fn footer(side: &str) -> String {
    let text = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    format!(
        "{HEAD}<w:ftr xmlns:w=\"{W}\"><w:p><w:pPr><w:pStyle w:val=\"PageNumber\"/><w:jc w:val=\"{side}\"/></w:pPr>{}\
         <w:fldSimple w:instr=\" PAGE \"><w:r><w:t>1</w:t></w:r></w:fldSimple>{}</w:p></w:ftr>",
        text("— "),
        text(" —"),
    )
}

struct Style {
    id: &'static str,
    name: &'static str,
    hand: Hand,
    half_points: u32,
    /// Inside `w:rPr`, after the fonts and before the size.
    letters: &'static str,
    /// Inside `w:pPr`, in the order of the schema.
    lines: &'static str,
}

/// Exact line heights and indents in twentieths of a point: a body line is 28.95 pt, two characters are 640.
const STYLES: [Style; 14] = [
    Style {
        id: "Body",
        name: "公文正文",
        hand: Hand::FangSong,
        half_points: 32,
        letters: "<w:spacing w:val=\"-5\"/>",
        lines: "<w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/><w:jc w:val=\"both\"/>",
    },
    Style {
        id: "Plain",
        name: "公文无缩进",
        hand: Hand::FangSong,
        half_points: 32,
        letters: "<w:spacing w:val=\"-5\"/>",
        lines: "<w:jc w:val=\"both\"/>",
    },
    Style {
        id: "Number",
        name: "发文字号",
        hand: Hand::FangSong,
        half_points: 32,
        letters: "",
        lines: "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"8\" w:space=\"4\" w:color=\"C8161D\"/></w:pBdr>\
                <w:spacing w:after=\"579\"/><w:jc w:val=\"center\"/>",
    },
    Style {
        id: "Title",
        name: "Title",
        hand: Hand::XiaoBiaoSong,
        half_points: 44,
        letters: "",
        lines: "<w:spacing w:after=\"290\" w:line=\"680\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>",
    },
    Style {
        id: "HeadEntry",
        name: "文头",
        hand: Hand::KaiTi,
        half_points: 28,
        letters: "",
        lines: "<w:spacing w:line=\"440\" w:lineRule=\"exact\"/>",
    },
    Style {
        id: "Heading1",
        name: "heading 1",
        hand: Hand::HeiTi,
        half_points: 32,
        letters: "",
        lines: "<w:keepNext/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/><w:outlineLvl w:val=\"0\"/>",
    },
    Style {
        id: "Heading2",
        name: "heading 2",
        hand: Hand::KaiTi,
        half_points: 32,
        letters: "",
        lines: "<w:keepNext/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/><w:outlineLvl w:val=\"1\"/>",
    },
    Style {
        id: "Heading3",
        name: "heading 3",
        hand: Hand::FangSong,
        half_points: 32,
        letters: "<w:b/>",
        lines: "<w:keepNext/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/><w:outlineLvl w:val=\"2\"/>",
    },
    Style {
        id: "Caption",
        name: "caption",
        hand: Hand::HeiTi,
        half_points: 24,
        letters: "",
        lines: "<w:keepNext/><w:spacing w:before=\"160\" w:line=\"400\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>",
    },
    Style {
        id: "FigureCaption",
        name: "图题",
        hand: Hand::KaiTi,
        half_points: 24,
        letters: "",
        lines: "<w:spacing w:after=\"160\" w:line=\"400\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>",
    },
    // Not of an exact height, or the picture would be cut.
    Style {
        id: "Picture",
        name: "插图",
        hand: Hand::FangSong,
        half_points: 24,
        letters: "",
        lines: "<w:keepNext/><w:spacing w:before=\"160\" w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"center\"/>",
    },
    Style {
        id: "Cell",
        name: "表格文字",
        hand: Hand::SongTi,
        half_points: 21,
        letters: "",
        lines: "<w:spacing w:before=\"40\" w:after=\"40\" w:line=\"280\" w:lineRule=\"atLeast\"/>",
    },
    Style {
        id: "Note",
        name: "表注",
        hand: Hand::SongTi,
        half_points: 18,
        letters: "",
        lines: "<w:spacing w:after=\"160\" w:line=\"300\" w:lineRule=\"exact\"/>",
    },
    Style {
        id: "PageNumber",
        name: "页码",
        hand: Hand::SongTi,
        half_points: 28,
        letters: "",
        lines: "<w:spacing w:line=\"340\" w:lineRule=\"exact\"/><w:ind w:left=\"280\" w:right=\"280\"/>",
    },
];

pub(super) fn styles(fonts: &Fonts) -> String {
    let mut all = format!(
        "{HEAD}<w:styles xmlns:w=\"{W}\"><w:docDefaults><w:rPrDefault><w:rPr>{}<w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/>\
         <w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:widowControl w:val=\"0\"/>\
         <w:spacing w:line=\"579\" w:lineRule=\"exact\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/>\
         <w:pPr><w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/></w:pPr></w:style>",
        run_fonts(Hand::FangSong, fonts),
    );
    for Style { id, name, hand, half_points, letters, lines } in &STYLES {
        all.push_str(&format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/>\
             <w:pPr>{lines}</w:pPr><w:rPr>{}{letters}<w:sz w:val=\"{half_points}\"/><w:szCs w:val=\"{half_points}\"/></w:rPr></w:style>",
            run_fonts(*hand, fonts),
        ));
    }
    all + "</w:styles>"
}

pub(super) fn run_fonts(hand: Hand, fonts: &Fonts) -> String {
    let usual = match hand {
        Hand::FangSong => "仿宋",
        Hand::XiaoBiaoSong => "方正小标宋简体",
        Hand::KaiTi => "楷体",
        Hand::HeiTi => "黑体",
        Hand::SongTi => "宋体",
    };
    let name = escaped(fonts.family(hand).unwrap_or(usual));
    format!("<w:rFonts w:ascii=\"{name}\" w:hAnsi=\"{name}\" w:eastAsia=\"{name}\" w:cs=\"{name}\"/>")
}
